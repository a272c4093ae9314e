"""What the solution and known mistakes make of a call is found out once, and for no other call."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import torch

from dojo.calling.observing import LARGE, Call
from dojo.feedback import memo
from dojo.feedback.memo import Memo

ALIKE_BUT: tuple[Any, ...] = (  # arguments of which no two are the same
    *(0, 0.0, -0.0, False, "0", None, (), [], {}),
    *((1, 2), [1, 2], {"a": 1}, {"b": 1}, float("nan")),
    *(torch.tensor(v) for v in (0.0, -0.0, 0, False, [0.0], [[0.0]])),
    torch.zeros(0),
    *(torch.zeros(1, dtype=d) for d in (torch.float64, torch.bfloat16, torch.complex64)),
    *(torch.arange(4.0).reshape(2, 2), torch.arange(4.0).reshape(2, 2).T),
)


def called(*args: Any, **kwargs: Any) -> Call:
    """Return a call of a function."""
    return Call("f", args, kwargs, ())


def test_a_call_is_made_once_for_the_same_arguments() -> None:
    """Whoever asks, whenever, with copies of them; by another name it is another call."""
    kept, asked = Memo(), list[Call]()

    def noted(call: Call) -> Call:
        asked.append(call)
        return call

    for value in (*ALIKE_BUT, *ALIKE_BUT):
        copy = value.clone() if torch.is_tensor(value) else value
        assert repr(kept.of("", called(copy), noted).args[0]) == repr(value)
    assert len(asked) == len(ALIKE_BUT)
    kept.of("", called(x=0), noted)
    kept.of("other", called(0), noted)
    kept.of("", Call("g", (0,), {}, ()), noted)
    assert len(asked) == len(ALIKE_BUT) + 3


def test_what_is_large_is_not_kept_nor_more_than_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A class of many answers does not fill the memory."""
    monkeypatch.setattr(memo, "MOST", 3)
    kept, count = Memo(), itertools.count()
    large = called(torch.zeros(LARGE + 1))
    assert [kept.of("", large, lambda _: next(count)) for _ in range(2)] == [0, 1]
    assert [kept.of("", called(i % 4), lambda _: next(count)) for i in range(5)] == [2, 3, 4, 5, 6]
    assert kept.of("", called(0), lambda _: next(count)) == 6


def test_an_error_holds_nothing_of_what_was_at_work() -> None:
    """It is compared by its type and words; its frames would stay for as long as the class is."""

    def fails(x: float) -> float:
        raise ValueError(x)

    made = Memo().replay("", fails, called(3.0))
    assert str(made.error) == "3.0"
    assert made.error is not None
    assert made.error.__traceback__ is None
