"""What documents 001 and 003 say of activations, and no function of kata 11 can show."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

Function = Callable[[Tensor], Tensor]


def slope(function: Function, at: float) -> float:
    """Return a function's slope by autograd, in float32."""
    x = torch.tensor(at, requires_grad=True)
    function(x).backward()
    assert x.grad is not None
    return x.grad.item()


@pytest.mark.documented("m001-relu-linspace", "m003-relu-formula")
def test_relu_is_x_from_0_on() -> None:
    """relu of linspace(−1, 1, 10) as printed; at 0 it is 0, which is x."""
    printed = [0.0, 0.0, 0.0, 0.0, 0.0, 0.1111, 0.3333, 0.5556, 0.7778, 1.0]
    assert torch.relu(torch.linspace(-1, 1, 10)).tolist() == pytest.approx(printed, abs=5e-5)
    assert torch.relu(torch.tensor([-1.0, 0.0, 2.0])).tolist() == [0.0, 0.0, 2.0]


def clamped(x: Tensor) -> Tensor:
    """Return relu by clamp."""
    return x.clamp(min=0)


def larger(x: Tensor) -> Tensor:
    """Return relu by maximum."""
    return torch.maximum(x, torch.zeros(()))


@pytest.mark.documented("m003-relu-derivative")
@pytest.mark.parametrize(
    ("function", "at_0"),
    [(torch.relu, 0.0), (clamped, 1.0), (larger, 0.5)],
    ids=["relu", "clamp", "maximum"],
)
def test_torch_chooses_a_slope_at_0(function: Function, at_0: float) -> None:
    """The document says 1. Three ways to write relu have three slopes there."""
    assert [slope(function, x) for x in (-1.0, 0.0, 1.0)] == [0.0, at_0, 1.0]


@pytest.mark.documented("m001-tanh-linspace")
def test_tanh_is_printed_as_documented() -> None:
    """Exactly ±1 in float32; in float64 the two in the middle are 4.5e-10 away from it."""
    x = torch.linspace(-100, 100, 10)
    assert repr(torch.tanh(x)) == "tensor([-1., -1., -1., -1., -1.,  1.,  1.,  1.,  1.,  1.])"
    middle = torch.tanh(torch.tensor(100 / 9, dtype=torch.float64)).item()
    assert 1 - middle == pytest.approx(4.467e-10, rel=1e-3)


@pytest.mark.documented("m001-tanh-rnn")
def test_tanh_is_what_an_rnn_uses() -> None:
    """torch.nn.RNN takes it unless told otherwise."""
    assert torch.nn.RNN(1, 1).nonlinearity == "tanh"


@pytest.mark.documented("m003-sigmoid-saturation")
def test_in_float32_a_slope_is_lost_on_one_side() -> None:
    """At 20 it is 0, and at −20 it is 2e-9: floats are dense near 0 and not near 1."""
    assert slope(torch.sigmoid, 10.0) == pytest.approx(4.5396e-05, rel=1e-3)
    assert slope(torch.sigmoid, 20.0) == 0
    assert slope(torch.sigmoid, -20.0) == pytest.approx(2.0612e-09, rel=1e-3)
