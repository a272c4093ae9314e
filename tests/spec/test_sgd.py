"""The step that specs compare with is the one of torch.optim.SGD."""

from __future__ import annotations

import pytest
import torch

from dojo.spec.sgd import torch_step


@pytest.mark.parametrize("momentum", [0.0, 0.63, 0.9])
def test_torch_step_is_that_of_the_optimizer(momentum: float) -> None:
    """To the bit, with and without momentum, also where the rate changes on the way."""
    yours = torch.tensor([3.0, -5.0, 0.25], dtype=torch.float64)
    w = yours.clone().requires_grad_()
    sgd = torch.optim.SGD([w], lr=1.0, momentum=momentum)
    velocity = None
    for lr in (0.1, 0.1, 0.05, 0.2):
        velocity = torch_step(yours, 8 * yours, lr, momentum, velocity)
        sgd.param_groups[0]["lr"] = lr
        w.grad = 8 * w.detach()
        sgd.step()
        assert torch.equal(yours, w.detach())
    assert (velocity is None) == (momentum == 0.0)
    if velocity is not None:
        assert torch.equal(velocity, sgd.state[w]["momentum_buffer"])
