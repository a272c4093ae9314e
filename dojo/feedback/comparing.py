"""Making a call again, of another function, and telling whether two calls came out alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dojo.calling import values
from dojo.calling.calls import Call
from dojo.errors import TimeIsUp
from dojo.opening.answers import Answer

ZERO = 4.0  # roundings of 1 that a sum leaves where it should be 0
MATCHING = {torch.float64: 1e-9, torch.float32: 1e-5}  # relative; a replay may round otherwise


def replay(function: Callable[..., Any], call: Call) -> Call:
    """Make the same call of another function, on copies of the arguments."""

    def end() -> Any:
        args, kwargs = values.copied((call.args, call.kwargs))
        return function(*args, **kwargs)

    return _ended(call, end)


def replays(answer: Answer, calls: Sequence[Call]) -> list[Call]:
    """Make the same calls of an answer's own function: one of that name, in all of them."""
    if not calls:
        return []
    each = [values.copied((call.args, call.kwargs)) for call in calls]
    begun = answer.begun(calls[0].function, each)
    return [_ended(call, end) for call, end in zip(calls, begun, strict=True)]


def _ended(call: Call, end: Callable[[], Any]) -> Call:
    """Return the call with what comes of it now."""
    made = replace(call, value=None, error=None)
    try:
        made.value = values.copied(end())
    except (KeyboardInterrupt, TimeIsUp):
        raise
    except BaseException as error:  # exits and skips, too: here they end nothing
        made.error = error
    return made


def kind(call: Call) -> list[Any]:
    """Return what kind of outcome a call has: its error's type, or types, shapes and dtypes."""
    if call.error is not None:
        return [type(call.error)]
    return [
        (
            where,
            type(leaf),
            *((leaf.shape, leaf.dtype, leaf.device) if torch.is_tensor(leaf) else ()),
        )
        for where, leaf in values.each(call.value)
    ]


def matches(a: Call, b: Call, slack: float = 1.0) -> bool:
    """Whether two calls came out alike: the same error, or values within `slack` tolerances."""
    if a.error is not None or b.error is not None:
        same_words = str(a.error).splitlines()[:1] == str(b.error).splitlines()[:1]
        own_words = type(a.error) is ValueError  # a refusal is said in words of one's own
        return type(a.error) is type(b.error) and (same_words or own_words)
    mine, other = list(values.each(a.value)), list(values.each(b.value))
    return len(mine) == len(other) and all(
        p == q and alike(x, y, slack) for (p, x), (q, y) in zip(mine, other, strict=True)
    )


def bounded(call: Call) -> Call:
    """Return the call with nan for what grew beyond all bounds: where it does, nobody can say."""

    def change(v: Any) -> Any:
        if isinstance(v, Tensor) and v.is_floating_point():
            return torch.where(v.abs() < torch.finfo(v.dtype).max ** 0.5, v, torch.nan)
        return v

    return replace(call, value=values.transform(call.value, change))


def alike(x: Any, y: Any, slack: float = 1.0) -> bool:
    """Whether two leaves are alike: numbers within `slack` tolerances, anything else the same."""
    if isinstance(x, float) and isinstance(y, float):
        x, y = (torch.tensor(v, dtype=torch.float64) for v in (x, y))
    if not (isinstance(x, Tensor) and isinstance(y, Tensor)):
        return type(x) is type(y) and x == y
    if (x.shape, x.dtype) != (y.shape, y.dtype) or x.is_meta or y.is_meta:  # that has no values
        return False
    if x.device == y.device and torch.equal(x, y):
        return True
    tolerance = MATCHING.get(x.dtype, 0.0) * slack
    zero = ZERO * torch.finfo(x.dtype).eps if x.is_floating_point() else 0.0
    # in numpy, which takes a third of torch's time for so few numbers
    a, b = (t.detach().cpu().to(torch.float64).flatten().numpy() for t in (x, y))
    finite = np.isfinite(a) & np.isfinite(b)
    if not finite.all():
        if not np.allclose(a[~finite], b[~finite], equal_nan=True):
            return False  # inf is like inf, and like no number
        a, b = a[finite], b[finite]
    if not a.size:
        return True
    # a trace may grow or shrink by orders of magnitude: each entry is held to what came before it
    reach = np.maximum.accumulate(np.maximum(np.abs(a), np.abs(b)))
    floor = min(1.0, float(reach[-1])) * 1e-3 + 1e-12
    with np.errstate(over="ignore"):
        return bool((np.abs(a - b) <= tolerance * (reach + floor) + zero).all())
