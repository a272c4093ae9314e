"""Which values pass, how they are refused, compared and shown."""

from __future__ import annotations

import contextlib
from collections import OrderedDict, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

from dojo.calling import values
from dojo.opening.answers import made_answer


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        2.5,
        "word",
        (1, [2.0, {"w": torch.ones(2)}]),
        torch.ones(2, dtype=torch.bfloat16),
        torch.ones(()),
        torch.ones(0, 3),
    ],
    ids=str,
)
def test_data_passes(value: Any) -> None:
    """Data is copied to an equal of its own."""
    copy = values.copied(value)
    assert values.same(copy, value)
    for old, new in zip(values.tensors(value), values.tensors(copy), strict=True):
        assert old.numel() == 0 or old.data_ptr() != new.data_ptr()


class Step(NamedTuple):
    """What a learner may well name the parts of a pair by."""

    w: torch.Tensor
    v: float


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Step(torch.ones(2), 0.5), (torch.ones(2), 0.5)),
        (torch.Size([1, 2]), (1, 2)),
        (torch.max(torch.ones(1, 1), dim=1), (torch.ones(1), torch.zeros(1, dtype=torch.int64))),
        ([OrderedDict(a=1)], [{"a": 1}]),
        (defaultdict(list, a=Step(torch.ones(1), 1.0)), {"a": (torch.ones(1), 1.0)}),
    ],
    ids=["named tuple", "size", "torch's own", "ordered", "nested"],
)
def test_named_tuples_and_other_dicts_pass(value: Any, plain: Any) -> None:
    """A named tuple is a tuple, and a dict of another class a dict: the copies are plain."""
    copy = values.copied(value)
    assert type(copy) is type(plain)
    assert values.same(copy, plain)
    assert values.shown(copy) == values.shown(plain)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (np.float64(1.0), "return a Python number, with .item()"),
        ((i for i in range(2)), "it is a generator: append to a list where `yield` stands"),
        (np.ones(2), "it is a numpy.ndarray: return a tensor, with torch.from_numpy()"),
        (torch.nn.Parameter(torch.ones(1)), "return a plain tensor"),
        (torch.ones(2).to_sparse(), "call .to_dense()"),
        ([1, {2}], "[1] is a set"),
        ({"f": len}, "['f'] is a builtin_function_or_method"),
        (1j, "is a complex"),
        (torch, "is a module"),
        ({1: 2.0}, "use strings"),
        ([torch.zeros(1).expand(10**13)], "[0] is a tensor of 10,000,000,000,000 elements"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_anything_else_is_refused(value: Any, says: str) -> None:
    """What is not data is refused by exact type, with its place and what to return instead."""
    with pytest.raises(values.NotPortable) as refusal:
        values.copied(value)
    assert says in str(refusal.value)


def test_a_coroutine_is_told_what_made_it() -> None:
    """A function that was written with `async` returns before it has done anything."""

    async def answer() -> float:
        return 1.0

    with (
        contextlib.closing(answer()) as made,
        pytest.raises(values.NotPortable, match="`def` without"),
    ):
        values.copied(made)


def test_a_class_of_the_answers_own_goes_by_its_bare_name() -> None:
    """What its module is called is ours alone, and no two runs call it the same."""
    answer = made_answer(b"class Number:\n    pass\n", Path("anna/01/manual_update.py"))
    with pytest.raises(values.NotPortable, match=r"^it is a Number: return a tensor"):
        values.copied(answer.module.Number())


def test_a_value_that_holds_itself_is_refused() -> None:
    """Nesting has an end, before Python's own stack has."""
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(values.NotPortable, match="32 deep"):
        values.copied(endless)


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [
        (float("nan"), float("nan"), True),
        (torch.tensor([1.0, float("nan")]), torch.tensor([1.0, float("nan")]), True),
        (torch.ones(2), torch.ones(2, dtype=torch.float64), False),
        (torch.ones(2), torch.ones(2, 1), False),
        (1, 1.0, False),
        (True, 1, False),
        ([1], (1,), True),
        ({"a": 1}, {"b": 1}, False),
        ([1, 2], [1], False),
    ],
)
def test_sameness(a: Any, b: Any, alike: bool) -> None:
    """Alike to the bit and in type; nan is like nan."""
    assert values.same(a, b) is alike


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (torch.tensor([10.0]), "tensor([10.])"),
        (torch.tensor([0.1], dtype=torch.float64), "tensor([0.1], dtype=float64)"),
        (torch.ones(3, 3), "<tensor [3, 3]>"),
        ((0.1, [True]), "(0.1, [True])"),
        ([torch.ones(3, 3), torch.ones(9)], "<2 tensors [3, 3], [9]>"),
        ([torch.ones(8).double()] * 4, "<4 tensors [8], [8], [8], …, dtype=float64>"),
        ([torch.ones(8), torch.ones(8).double()], "[<tensor [8]>, <tensor [8], dtype=float64>]"),
        ([torch.ones(8), torch.ones(1)], "[<tensor [8]>, tensor([1.])]"),
        ({"lr": 0.125}, "{'lr': 0.125}"),
    ],
)
def test_a_value_in_one_line(value: Any, shown: str) -> None:
    """Values are shown as a learner would type them; large tensors by their shape."""
    assert values.shown(value) == shown


X = torch.tensor([1.0, -0.0, float("nan")])


def test_a_fingerprint() -> None:
    """Copies have one in common; values that a function could tell apart have not."""
    value = {"x": (X, [1, "a", None]), "y": float("nan")}
    assert values.fingerprint(value) == values.fingerprint(values.copied(value))
    apart = [
        *(1, 1.0, True, "1", None, 0.0, -0.0, (1,), [1], [1, 2], {"a": 1}, {"b": 1}),
        *(X, X.double(), X.reshape(1, 3), X.abs(), X.to("meta"), X.to(torch.bfloat16), X[:0]),
    ]
    assert len({values.fingerprint(one) for one in apart}) == len(apart)
    assert values.fingerprint(X[::2]) == values.fingerprint(X[::2].clone())
