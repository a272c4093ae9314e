"""Whoever returned None is told why, as far as the function's own text tells it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dojo.feedback.none_returned import why_none

from ..conftest import HOUSE, Practise

LEAF = "x = a.clone().requires_grad_()"
COPY = "a is the argument, and x is the tensor that asked for a gradient"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("x = 1", ""),
        ("return", ""),
        ("x = [y for y in a]", ""),
        ("return a.grad", "what stands behind it is None"),
        ("for y in a:\n        return y", "Does it stand inside a loop"),
        ("if a:\n        return a", "Does it stand inside a loop or an `if`"),
        (f"{LEAF}\n    x.sum().backward()\n    return a.grad", COPY),
        ("x = torch.tensor(a, requires_grad=True)\n    return a.grad", COPY),
        ("x = a.clone()\n    x.requires_grad = True\n    return a.grad", COPY),
        ("x = a.clone()\n    x.requires_grad_()\n    return a.grad", COPY),
        (f"{LEAF}\n    return x.grad", "what stands behind it is None"),
        (f"{LEAF}\n    y = x.detach()\n    return y.grad", "what stands behind it is None"),
        ("a = a.clone().requires_grad_()\n    return a.grad", "what stands behind it is None"),
        (f"y = {LEAF}\n    return a.grad", "what stands behind it is None"),
    ],
)
def test_why_none_came_back(body: str, said: str) -> None:
    """One without a `return` is not asked for more, and a copy is named only where it is one."""
    why = why_none(f"import torch\n\n\ndef f(a):\n    {body}\n", "f")
    assert said in why
    assert bool(why) is bool(said)


@pytest.fixture
def practised(practise: Practise, tmp_path: Path) -> Callable[[str], str]:
    """Return what a learner reads whose kata 05 has this after the solution, in one line."""

    def run(more: str) -> str:
        file = tmp_path / "05/softmax_jacobian.py"
        file.parent.mkdir()
        text = (HOUSE / "solutions/05/softmax_jacobian.py").read_text(encoding="utf-8")
        file.write_text(text + more, encoding="utf-8")
        options = "katas/05", "-m", "not cuda", "-k", "backward_twice", "--answers", tmp_path
        return " ".join(practise(*options).screen.split())

    return run


def test_the_gradient_of_the_argument(practised: Callable[[str], str]) -> None:
    """Its copy is named, which was differentiated."""
    said = practised(
        """
def backward_twice(a):
    x = a.clone().requires_grad_()
    p = softmax(x)
    p.backward(p.detach(), retain_graph=True)
    p.backward(p.detach())
    return a.grad
"""
    )
    assert f"{COPY}. backward() fills x.grad, not a.grad." in said
