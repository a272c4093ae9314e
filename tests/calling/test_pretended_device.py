"""The pretended device: what a GPU would refuse is refused, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from dojo.calling.pretended_device import PretendedDevice, WrongDevice

X = torch.tensor([10.0, 3.0])
Function = Callable[[Tensor], Tensor]


def softmax(x: Tensor) -> Tensor:
    """Return the softmax of a vector."""
    return torch.softmax(x, 0)


def by_optimizer(x: Tensor) -> Tensor:
    """Take three steps of torch's own momentum."""
    x = x.clone().requires_grad_()
    sgd = torch.optim.SGD([x], lr=0.1, momentum=0.9)
    for _ in range(3):
        sgd.zero_grad()
        (x**2).sum().backward()
        sgd.step()
    return x.detach()


def by_block(x: Tensor) -> Tensor:
    """Make a tensor in a block that says where."""
    with torch.device(x.device):
        return torch.zeros(2) + x


def by_preallocation(x: Tensor) -> Tensor:
    """Write rows into a tensor that was made there."""
    rows = torch.empty(3, 2, dtype=x.dtype, device=x.device)
    rows[0] = x
    rows[1:] = torch.ones(2, 2)
    return rows


STAYS: list[Function] = [
    lambda x: 2 * x,
    lambda x: torch.zeros(2, device=x.device) + x,
    lambda x: x.new_zeros(2),
    lambda x: torch.zeros_like(x) + torch.tensor(3.0) * x,
    lambda x: torch.tensor([v.item() for v in x], device=x.device),
    lambda x: torch.tensor([v.item() for v in x]).to(x),
    lambda x: torch.arange(2).to(x.device) * x,
    lambda x: torch.zeros(2, device=str(x.device)),
    lambda x: torch.vstack([x, torch.ones_like(x)]),
    lambda x: x.double().data,
    lambda x: x[torch.tensor([1, 0])],
    lambda x: torch.autograd.functional.jacobian(softmax, x),
    lambda x: torch.func.jacrev(softmax)(x),
    lambda x: torch.func.vmap(softmax)(x[None]),
    lambda x: torch.linalg.lstsq(torch.stack([x, x.flip(0)]), x[:, None]).solution,
    by_optimizer,
    by_block,
    by_preallocation,
]
LEAVES: list[Function] = [
    lambda x: torch.zeros(x.shape),
    lambda x: x.cpu(),
    lambda x: x.to("cpu"),
    lambda x: torch.tensor([v.item() for v in x]),
    lambda x: torch.eye(len(x)) * 3,
]
MIXES: list[Function] = [
    lambda x: torch.zeros(2) + x,
    lambda x: x @ torch.ones(2),
    lambda x: x.clone().sub_(torch.ones(2)),
    lambda x: torch.einsum("i,i->", x, torch.ones(2)),
    lambda x: torch.eye(2, device="cpu") @ x,
    lambda x: torch.cat([x, torch.ones(1)]),
    lambda x: torch.stack([x[0], torch.tensor(1.0)]),
    lambda x: torch.where(x > 0, x, torch.zeros(2)),
    lambda x: torch.from_numpy(x.numpy()),
]


@pytest.mark.parametrize("function", STAYS)
def test_right_ways_stay(function: Function) -> None:
    """What is made where the arguments are is there, and has its values."""
    mode = PretendedDevice()
    with mode:
        result = function(X)
    assert mode.holds(result)
    assert torch.equal(result, function(X))


@pytest.mark.parametrize("function", LEAVES)
def test_what_is_made_here_is_here(function: Function) -> None:
    """What is made without saying where is on the default device."""
    mode = PretendedDevice()
    with mode:
        result = function(X)
    assert not mode.holds(result)


@pytest.mark.parametrize("function", MIXES)
def test_mixing_is_refused(function: Function) -> None:
    """An operation on tensors of two devices raises, also where torch's meta device is silent."""
    with PretendedDevice(), pytest.raises(WrongDevice):
        function(X)


def test_the_arguments_say_so() -> None:
    """Under the mode a tensor says that it is elsewhere; afterwards it is where it was."""
    with PretendedDevice():
        assert (X.device.type, X.is_cuda, X.is_cpu) == ("meta", False, False)
    assert X.device.type == "cpu"
