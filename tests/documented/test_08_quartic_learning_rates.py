"""What document 000 says of the quartic, and no function of kata 08 can show."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor


def f(x: Tensor) -> Tensor:
    """Return the document's function."""
    return x**4 - 50 * x**3 - x + 1


def start() -> Tensor:
    """Return the document's x: from a numpy array, so it is float64."""
    return torch.tensor(np.array([-25.0]), requires_grad=True)


@pytest.mark.documented("m000-quartic-initial-print")
def test_the_first_line_is_printed_as_documented() -> None:
    """The header shows the rate and the leaf, with its dtype."""
    line = f"lr:{0.00001}, initial x={start()}"
    leaf = "tensor([-25.], dtype=torch.float64, requires_grad=True)"
    assert line == f"lr:1e-05, initial x={leaf}"


@pytest.mark.documented("m000-quartic-gard-is-gradient", "m000-quartic-1e5-step")
def test_the_printed_column_is_lr_times_the_gradient() -> None:
    """The loop prints x after, and lr times the gradient before, in numpy's eight digits."""
    x, lr = start(), 0.00001
    f(x).backward()
    assert x.grad is not None
    assert x.grad.item() == -156251
    x.data = x.data - lr * x.grad
    assert str(x.data.numpy()) == "[-23.43749]"
    assert str(lr * x.grad.numpy()) == "[-1.56251]"


@pytest.mark.documented("m000-quartic-title")
def test_the_title_names_another_function() -> None:
    """The plotted curve is at −40009 where x is 10; the title's x⁴ − 15x³ − x + 1 is at −5009."""
    x = torch.tensor(10.0, dtype=torch.float64)
    assert f(x).item() == -40009
    assert (x**4 - 15 * x**3 - x + 1).item() == -5009
    titles_step = -1e-5 * (4 * (-25) ** 3 - 45 * 25**2 - 1)
    assert -25 + titles_step == pytest.approx(-24.09374, abs=1e-12)


@pytest.mark.documented("m000-quartic-claim")
def test_the_better_rate_is_better_after_fifty_steps() -> None:
    """After fifty steps f is −659216.19 at 2e-4 and 19954.11 at 1e-5, which gets there too."""

    def walk(lr: float, steps: int) -> float:
        x = -25.0
        for _ in range(steps):
            x -= lr * (4 * x**3 - 150 * x**2 - 1)
        return x

    ends = torch.tensor([walk(1e-5, 50), walk(2e-4, 50)], dtype=torch.float64)
    assert f(ends).tolist() == pytest.approx([19954.1056156, -659216.187589], abs=1e-6)
    minimum = ends[1].item()
    assert minimum - walk(1e-5, 25844) > 1e-4 > minimum - walk(1e-5, 25845)
