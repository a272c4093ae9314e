"""Kata 04: what torch does by itself, and the rounding of a sum."""

from __future__ import annotations

import inspect
import math

import numpy as np
import pytest
import torch


def sgd_path(dampening: float = 0.0, *, nesterov: bool = False) -> list[float]:
    """Return the first three places of torch's SGD on 4w² from 2, with lr 0.01 and momentum 0.9."""
    w = torch.tensor([2.0], dtype=torch.float64, requires_grad=True)
    sgd = torch.optim.SGD([w], lr=0.01, momentum=0.9, dampening=dampening, nesterov=nesterov)
    path: list[float] = []
    for _ in range(3):
        sgd.zero_grad()
        (4 * w**2).sum().backward()
        sgd.step()
        path.append(w.item())
    return path


@pytest.mark.documented("m002-momentum-formula")
def test_dampening_spares_the_first_gradient() -> None:
    """Torch scales every gradient by 1 − dampening but the first: so it is no average either."""
    assert sgd_path() == pytest.approx([1.84, 1.5488, 1.162816], rel=1e-12)
    assert sgd_path(dampening=0.9) == pytest.approx([1.84, 1.68128, 1.52498176], rel=1e-12)


@pytest.mark.documented("m002-momentum-formula")
def test_nesterov_differs_from_the_first_step_on() -> None:
    """Torch's Nesterov moves by grad + momentum · v: at the first step by 1.9 gradients."""
    assert sgd_path(nesterov=True) == pytest.approx([1.696, 1.308608, 0.883158784], rel=1e-12)


@pytest.mark.documented("m002-plain-gd", "m002-momentum-formula")
def test_the_defaults_are_plain_descent() -> None:
    """Torch's SGD has no momentum, no dampening and no Nesterov unless it is told to."""
    parameters = inspect.signature(torch.optim.SGD).parameters
    defaults = [parameters[name].default for name in ("momentum", "dampening", "nesterov")]
    assert defaults == [0, 0, False]


@pytest.mark.documented("m002-ewma-weight-sum")
def test_the_sum_of_the_weights_depends_on_its_order_in_the_last_digit() -> None:
    """Added one by one, in pairs, or in float32: 0.99997343860 up to the rounding of each."""
    weights = [(1 - 0.9) * 0.9**i for i in range(100)]
    wanted = 1 - 0.9**100
    for total in (sum(weights), float(np.sum(weights)), math.fsum(weights)):
        assert total == pytest.approx(wanted, rel=1e-12)
    single = torch.tensor(weights, dtype=torch.float32).sum().item()
    assert single == pytest.approx(wanted, rel=1e-6)
