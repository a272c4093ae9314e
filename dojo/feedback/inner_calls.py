"""The calls that the solution's functions make of each other."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from dojo.calling import values
from dojo.calling.observing import Call, Observed, look_at
from dojo.feedback.comparing import replay
from dojo.opening.answers import Answer, absent

INNER_CALLS = 8  # of an inner function that are kept, for each call of the outer one


def inner_calls(solution: Answer, call: Call) -> dict[str, list[Call]]:
    """Return what a function of the solution gives to those that it calls: no results."""
    names = solution.callees(call.function)
    met: dict[str, list[Call]] = {name: [] for name in names}
    with contextlib.ExitStack() as recorded:
        for name in names:
            recorded.enter_context(put_in(solution, name, _recording(solution, name, met[name])))
        if names:
            replay(solution.isolated(call.function) or absent, call)
    return met


def _recording(solution: Answer, name: str, met: list[Call]) -> Callable[..., Any]:
    """Return a function of the solution as one that keeps what it is given."""
    original = solution.function(name)

    def recording(*args: Any, **kwargs: Any) -> Any:
        if len(met) < INNER_CALLS:
            met.append(Call(name, values.copied(args), values.copied(kwargs), ()))
        return original(*args, **kwargs)

    return recording


def changed_by(function: Callable[..., Any], call: Call) -> list[str]:
    """Return what a function changes in such a call: x, or x.requires_grad."""
    args, kwargs = values.copied((call.args, call.kwargs))
    with contextlib.suppress(Exception):  # what it changed before is changed all the same
        function(*args, **kwargs)
    seen = Observed()
    look_at(seen, call, (*args, *kwargs.values()), None)
    return seen.changed


@contextlib.contextmanager
def put_in(solution: Answer, name: str, other: Callable[..., Any]) -> Iterator[None]:
    """Put another function in the place of one of the solution's, for a while."""
    original = getattr(solution.module, name)
    setattr(solution.module, name, other)
    try:
        yield
    finally:
        setattr(solution.module, name, original)
