"""What document 003 says of perceptrons, and no function of kata 13 can show."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional


def documented() -> tuple[Tensor, Tensor, Tensor]:
    """Return X [1, 2], W [2, 2], which asks for a gradient, and t [1, 2]."""
    rows = [[1.0, 2.0]], [[0.1, 0.2], [-0.3, 0.4]], [[1.0, 0.0]]
    X, W, t = (torch.tensor(part, dtype=torch.float64) for part in rows)
    return X, W.requires_grad_(), t


@pytest.mark.documented("m003-broadcast-claim")
def test_a_target_of_one_number_warns_and_spreads() -> None:
    """A (1, 1) target for two outputs is no error: torch warns, and takes it for both."""
    X, W, t = documented()
    with pytest.warns(UserWarning, match=r"target size .*\[1, 1\].* different to the input size"):
        error = functional.mse_loss(torch.sigmoid(X @ W.T), t[:, :1])
    (grad,) = torch.autograd.grad(error, W)
    row = [-0.0887234586746, -0.177446917349]
    assert grad.flatten().tolist() == pytest.approx([*row, *row], abs=1e-12)


@pytest.mark.parametrize(("hidden", "moved"), [(False, [False, True]), (True, [True, True])])
@pytest.mark.documented("m003-multi-name")
def test_the_sum_disappears_in_one_layer_only(hidden: bool, moved: list[bool]) -> None:
    """Another target for unit 2 moves its own row; behind a layer more it moves every row."""
    X, W, t = documented()
    gradients = []
    for target in (t, torch.tensor([[1.0, 1.0]], dtype=t.dtype)):
        o = torch.sigmoid(X @ W.T)
        after = torch.tensor([[0.2, -0.5], [0.6, 0.1]], dtype=t.dtype)
        o = torch.sigmoid(o @ after.T) if hidden else o
        error = ((o - target) ** 2).sum() / 2
        gradients.append(torch.autograd.grad(error, W)[0])
    assert (gradients[0] != gradients[1]).any(dim=1).tolist() == moved
