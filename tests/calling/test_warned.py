"""Warnings of an answer are shown with the failure that they explain, and are never a failure."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..conftest import HOUSE, Practise, Run

SOLUTION = (HOUSE / "solutions/01/manual_update.py").read_text(encoding="utf-8")
NO_LEAF = """
def gradient(x):
    x = x.clone().requires_grad_()
    y = x * 1.0
    f(y).sum().backward()
    if y.grad is None:
        return 2.0 * x.grad
"""
COMPLEX = """
def gradient(x):
    return (2.0 * x.to(torch.complex128) + 1j).to(x.dtype)
"""
NUMPY = """
def gradient(x):
    import numpy as np
    return x * float(np.log(np.float64(0.0)))
"""
MANY = """
def gradient(x):
    import warnings
    for i in range(5):
        warnings.warn(f"look out {i}. " + "It goes on. " * 100)
    return x
"""
RIGHT = """
def update(x, grad, lr):
    import warnings
    warnings.warn("but it is right")
    return x - lr * grad
"""


@pytest.fixture(params=["in place", "--answers"])
def answer(
    request: pytest.FixtureRequest, practise: Practise, house: Path, tmp_path: Path
) -> Practise:
    """Practise kata 01 with the solution and more text after it, by both doors."""

    def run(more: str, *options: str) -> Run:
        folder = house / "katas" if request.param == "in place" else tmp_path
        file = folder / "01/manual_update.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(SOLUTION + more, encoding="utf-8")
        doors = [] if request.param == "in place" else ["--answers", tmp_path]
        return practise("katas/01", "-m", "not cuda", *doors, *options, house=house)

    return run


@pytest.mark.parametrize(
    ("more", "line", "says"),
    [
        (NO_LEAF, "if y.grad", "The .grad attribute of a Tensor that is not a leaf Tensor is"),
        (COMPLEX, "to(x.dtype)", "Casting complex values to real discards the imaginary part"),
        (NUMPY, "np.log", "(RuntimeWarning): divide by zero encountered in log"),
    ],
    ids=["no leaf", "complex", "numpy"],
)
def test_a_warning_stands_with_the_failure(
    answer: Practise, more: str, line: str, says: str
) -> None:
    """Once, with its line, in its own words and before ours, however often it came."""
    run = answer(more, "-k", "gradient")
    number = 1 + next(
        i for i, text in enumerate((SOLUTION + more).splitlines()) if text.strip() and line in text
    )
    told = " ".join(run.screen.split())
    assert told.count(f"Line {number} was warned") == 1
    assert says in told
    assert "Triggered internally" not in told


def test_long_and_many_warnings_leave_room(answer: Practise) -> None:
    """Two are shown, the first sentences of each; then how many more there were."""
    told = " ".join(answer(MANY, "-k", "gradient_is_the_slope").screen.split())
    assert "look out 0." in told
    assert "look out 1." in told
    assert "look out 2." not in told
    assert "… and 3 more warnings" in told
    assert told.count("It goes on.") < 80


def test_a_warning_is_no_failure(answer: Practise) -> None:
    """A right answer that is warned of something passes, also where warnings are made errors."""
    run = answer(RIGHT, "-Werror")
    assert run.exit_code == 0
    assert "but it is right" not in run.screen
