"""The door to an answer in one's own process: which calls fit a function, and what is seen."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from dojo.calling.calls import InProcess, KataCalls
from dojo.errors import Wrong
from dojo.opening.answers import made_answer


def opened(source: str) -> InProcess:
    """Return the door to an answer of this text."""
    return InProcess(made_answer(source.encode(), Path("anna/01/manual_update.py")))


@pytest.mark.parametrize(
    "given", [[1.0, 2.0], {"w": torch.ones(2)}, (torch.ones(2), 3)], ids=["list", "dict", "tuple"]
)
def test_what_is_inside_an_argument_is_looked_at(given: Any) -> None:
    """A change in place is seen in a list, a dict and a tuple too; numbers need no look."""
    source = "def f(x):\n    key = 'w' if type(x) is dict else 0\n"
    changes = (
        f"{source}    if type(x) is list:\n        x[key] = 9.0\n    else:\n        x[key].mul_(2)"
    )
    kata = KataCalls(opened(f"{changes}\n\n\ndef g(x):\n    return x\n"))
    kata.f(given)
    assert kata.observed.changed == ["x"]
    kata.g(3.0)
    assert kata.observed.changed == kata.observed.shared == []


@pytest.mark.parametrize(
    ("args", "kwargs"), [((1,), {}), ((1, 2, 3), {}), ((1,), {"c": 2})], ids=["few", "many", "name"]
)
def test_each_form_of_a_call_must_fit(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """One call that fits says nothing of another with more, fewer or other arguments."""
    kata = KataCalls(opened("def f(a, b):\n    return a\n"))
    assert kata.f(1, 2) == kata.f(1, b=2) == 1
    with pytest.raises(Wrong, match="SIGNATURE CHANGED"):
        kata.f(*args, **kwargs)


def test_a_function_may_be_replaced() -> None:
    """Where a call puts another function in a name's place, that one must fit the next call."""
    kata = KataCalls(opened("def f(a, b):\n    global f\n    f = lambda c: c\n    return a\n"))
    assert kata.f(1, 2) == 1
    assert kata.calls[-1].names == ("a", "b")
    with pytest.raises(Wrong, match="SIGNATURE CHANGED"):
        kata.f(1, 2)


TELLS_PARAMETERS = pytest.mark.skipif(sys.version_info >= (3, 13), reason="it tells them by now")


@pytest.mark.parametrize(
    "builtin",
    [
        "torch.sigmoid",
        pytest.param("torch.Tensor.exp", marks=TELLS_PARAMETERS),
        "max",
        "math.hypot",
    ],
)
def test_a_builtin_function_is_no_answer(builtin: str) -> None:
    """A function of C code tells no parameters: it is said which function to write instead."""
    kata = KataCalls(opened(f"import math\n\nimport torch\n\nf = {builtin}\n"))
    with pytest.raises(Wrong, match=r"Write `def f\(…\)` as in the stub"):
        kata.f(torch.ones(2))
