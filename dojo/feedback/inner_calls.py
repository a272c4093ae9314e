"""The calls that the solution's functions make of each other."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from dojo.calling import values
from dojo.calling.calls import Call
from dojo.feedback.comparing import replay
from dojo.opening.answers import Answer, absent

INNER_CALLS = 8  # of an inner function that are kept, for each call of the outer one


def inner_calls(solution: Answer, calls: list[Call], outer: str, inner: str) -> list[Call]:
    """Return what the solution's `outer` gives to its own `inner` in such calls: no results."""
    original, met, most = solution.function(inner), list[Call](), 0
    if original is None:
        return []

    def recording(*args: Any, **kwargs: Any) -> Any:
        if len(met) < most:
            met.append(Call(inner, values.copied(args), values.copied(kwargs), ()))
        return original(*args, **kwargs)

    with put_in(solution, inner, recording):
        for call in calls:
            most = len(met) + INNER_CALLS
            replay(solution.isolated(outer) or absent, call)
    return met


@contextlib.contextmanager
def put_in(solution: Answer, name: str, other: Callable[..., Any]) -> Iterator[None]:
    """Put another function in the place of one of the solution's, for a while."""
    original = getattr(solution.module, name)
    setattr(solution.module, name, other)
    try:
        yield
    finally:
        setattr(solution.module, name, original)
