"""What document 004 says of direction and step, and no function of kata 09 can show."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
import torch
from torch import Tensor


def leaf(number: float) -> Tensor:
    """Return the document's kind of weight: a float32 scalar that asks for a gradient."""
    return torch.tensor(number, requires_grad=True)


def sse(a: Tensor, b: Tensor) -> Tensor:
    """Return SSE as the document writes it."""
    return torch.pow((2 - a - b), 2) + torch.pow((4 - 3 * a - b), 2)


@pytest.mark.documented("m004-grad-at-1")
def test_the_slope_of_a_square_at_1() -> None:
    """backward() on x² leaves 2 in x.grad."""
    x = leaf(1.0)
    (x**2).backward()
    assert repr(x.grad) == "tensor(2.)"


@pytest.mark.documented("m004-tangent")
def test_the_tangent_touches_once() -> None:
    """2x − 1 is below x² everywhere but at 1, where both are 1."""
    x = torch.linspace(-3, 3, 13, dtype=torch.float64)
    above = x**2 - (2 * x - 1)
    assert above.min() == 0
    assert x[above == 0].tolist() == [1.0]


@pytest.mark.documented("m004-code-comment-y2x")
def test_2x_is_the_derivative_of_the_line() -> None:
    """The line y = x ** 2 is commented "y = 2x": that is its slope."""
    x = torch.tensor([0.5, 3.0], requires_grad=True)
    y = x**2
    y.sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [1.0, 6.0]
    assert y.tolist() == [0.25, 9.0]


@pytest.mark.documented("m004-ab-zero", "m004-s0", "m004-grad-origin")
def test_the_origin_is_printed_as_documented() -> None:
    """a, b, s0 and the two gradients, as the cells show them."""
    a, b = leaf(0.0), leaf(0.0)
    assert repr((a, b)) == ("(tensor(0., requires_grad=True), tensor(0., requires_grad=True))")
    s0 = sse(a, b)
    s0.backward()
    assert repr(s0) == "tensor(20., grad_fn=<AddBackward0>)"
    assert repr((a.grad, b.grad)) == "(tensor(-28.), tensor(-12.))"


@pytest.mark.documented("m004-ab-first-step", "m004-s1", "m004-grad-s1")
def test_the_first_step_is_printed_as_documented() -> None:
    """a, b, s1 and the two gradients after a step of 0.01."""
    a, b = leaf(0.28), leaf(0.12)
    assert repr((a, b)) == (
        "(tensor(0.2800, requires_grad=True), tensor(0.1200, requires_grad=True))"
    )
    s1 = sse(a, b)
    s1.backward()
    assert repr(s1) == "tensor(11.8016, grad_fn=<AddBackward0>)"
    assert repr((a.grad, b.grad)) == "(tensor(-21.4400), tensor(-9.2800))"


@pytest.mark.documented("m001-gradient-is-scalar")
def test_a_gradient_has_an_entry_for_each_weight() -> None:
    """The gradient of w·x + b, called a scalar, is (5, 1) where x is 5."""
    weights = torch.tensor([2.0, 3.0], requires_grad=True)
    (weights[0] * 5 + weights[1]).backward()
    assert weights.grad is not None
    assert weights.grad.tolist() == [5.0, 1.0]


@pytest.mark.documented("m004-gradient-vector", "m004-direction-changes")
def test_no_direction_falls_faster_than_against_the_gradient() -> None:
    """Of 360 unit vectors the one at 23° falls fastest; (1, 1) is 21.8° off that way."""
    gradient = torch.tensor([-28.0, -12.0], dtype=torch.float64)
    turn = torch.arange(360, dtype=torch.float64) * (math.pi / 180)
    change = torch.stack([turn.cos(), turn.sin()], dim=1) @ gradient
    assert (int(change.argmin()), int(change.argmax())) == (23, 203)
    assert 45 - math.degrees(math.atan2(12, 28)) == pytest.approx(21.8014, abs=5e-5)


@pytest.mark.documented("m004-minima-not-unique")
def test_a_loss_may_have_two_minima() -> None:
    """(x² − 1)² is 0 at −1 and at 1: where a descent ends depends on its start."""
    x = torch.tensor([-0.5, 0.5], dtype=torch.float64)
    for _ in range(200):
        x = x - 0.1 * 4 * x * (x**2 - 1)
    assert x.tolist() == pytest.approx([-1.0, 1.0], abs=1e-12)


@pytest.mark.documented("m004-w-closed-form")
def test_the_rounds_are_2_less_a_power_of_a_half() -> None:
    """w_n is (2ⁿ − 1)/2ⁿ⁻¹ exactly, as far as one cares to count."""
    w = Fraction(0)
    for n in range(1, 61):
        w -= Fraction(1, 2) * (w - 2)
        assert w == Fraction(2**n - 1, 2 ** (n - 1)) == 2 - Fraction(1, 2 ** (n - 1))


@pytest.mark.documented("m004-w-closed-form")
@pytest.mark.parametrize(("dtype", "lands"), [(torch.float32, 25), (torch.float64, 54)])
def test_floats_reach_the_limit(dtype: torch.dtype, lands: int) -> None:
    """The limit 2 is never reached in fractions, and in floats after 25 or 54 rounds."""
    w, n = torch.tensor(0.0, dtype=dtype), 0
    while w != 2:
        w, n = w - 0.5 * (w - 2), n + 1
        assert w == 2 - 2.0 ** (1 - n) or n == lands
    assert n == lands
