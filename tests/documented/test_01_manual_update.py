"""Kata 01: what torch does by itself."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor


def f(x: Tensor) -> Tensor:
    """Return x² − 10x + 1."""
    return x**2 - 10 * x + 1


@pytest.mark.documented("m000-first-grad-cell")
def test_grad_is_none_until_backward() -> None:
    """x.grad is None after the forward pass, and 10 at x = 10 after backward."""
    x = torch.tensor(np.array([10.0]), requires_grad=True)
    y = f(x)
    assert x.grad is None
    y.backward()
    assert x.grad is not None
    assert (x.grad.dtype, x.grad.tolist()) == (torch.float64, [10.0])


@pytest.mark.documented("m000-initial-print")
def test_how_a_leaf_is_printed() -> None:
    """A leaf made from a numpy array of float64 says its dtype and that it requires a gradient."""
    x = torch.tensor(np.array([10.0]), requires_grad=True)
    assert repr(x) == "tensor([10.], dtype=torch.float64, requires_grad=True)"


@pytest.mark.documented("m000-closed-form-minimum", "m000-ascent-direction")
def test_values_of_f() -> None:
    """f is −24 at its minimum, 5; from 10 it rises along the gradient and falls against it."""
    x = torch.tensor([5.0, 10.0, 11.0, 9.0], dtype=torch.float64)
    assert f(x).tolist() == [-24.0, 1.0, 12.0, -8.0]


@pytest.mark.documented("m000-manual-equals-sgd")
def test_sgd_and_the_formula_agree_to_the_last_bit_only_by_luck() -> None:
    """torch's SGD and the formula agree in float32 to a rounding, not always to the bit."""
    x = torch.tensor([3.0], requires_grad=True)
    sgd, by_hand = torch.optim.SGD([x], lr=0.05), torch.tensor([3.0])
    for _ in range(50):
        sgd.zero_grad()
        f(x).backward()
        sgd.step()
        by_hand = by_hand - 0.05 * (2 * by_hand - 10)
        assert (x - by_hand).abs().item() <= 1e-5  # measured: 4.8e-7, from a fused multiply-add


@pytest.mark.documented("m000-visualisation-arrow")
def test_the_drawn_arrow_is_the_step_before() -> None:
    """The arrow that is drawn at −15 and called the gradient there is the step that led to it."""
    lr, before = 0.1, -20.0
    step = -lr * (2 * before - 10)
    here = before + step
    assert (here, step) == (-15.0, 5.0)  # where the arrow is drawn, and how long it is
    assert (2 * here - 10, -lr * (2 * here - 10)) == (-40.0, 4.0)  # the slope and the step there


@pytest.mark.documented("m000-visualisation-title")
def test_the_title_names_the_function() -> None:
    """The title's x² − 10x + 1 gives the heights of the first four points that are drawn."""
    drawn = [5 - 25 * 0.8**step for step in (1, 2, 3, 4)]
    heights = [x**2 - 10 * x + 1 for x in drawn]
    assert heights == pytest.approx([376.0, 232.0, 139.84, 80.8576], abs=1e-9)
