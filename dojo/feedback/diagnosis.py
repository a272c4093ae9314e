"""Finding out which known mistake explains what an answer returned.

The mistakes of a function are replayed on the calls that a failed test made of it. One is named
only if it does what the answer did on *every* one of them, and if it is away from the solution on
at least one of them, by far more than the tolerance of that comparison.
"""

from __future__ import annotations

import contextlib
import io
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch
from torch import Tensor

from dojo.calling import values
from dojo.calling.calls import Call
from dojo.catalogue import Catalogue, Kata
from dojo.feedback.mistakes import StandIn, read_stand_ins
from dojo.isolation.isolation import Switch
from dojo.opening.answers import Answer, open_ours

ZERO = 4.0  # roundings of 1 that a sum leaves where it should be 0
FAR = 1000.0  # how many times the matching tolerance a mistake must be away from the solution
MATCHING = {torch.float64: 1e-9, torch.float32: 1e-5}  # relative; a replay may round otherwise
INNER_CALLS = 8  # of an inner function that are compared, for each call of the outer one


@dataclass(frozen=True)
class Diagnosis:
    """The mistakes that explain a failure (all alike on every input tried), and where they sit."""

    function: str
    mistakes: list[StandIn]


def diagnose(
    catalogue: Catalogue, kata: Kata, answer: Answer, calls: list[Call], seconds: float
) -> Diagnosis:
    """Name the mistakes that explain `calls`, if any do; the innermost wrong function is blamed.

    After `seconds` the search gives up and names none.
    """
    if seconds <= 0:
        return Diagnosis("", [])
    solution = open_ours(kata.answer_in(catalogue.solutions))
    known = read_stand_ins(catalogue.solutions / kata.number / "mistakes.py")
    search = _Search(answer, solution, known, time.process_time() + seconds)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        return search.run(calls)


def wanted_of(catalogue: Catalogue, kata: Kata, call: Call) -> Call:
    """Return what the solution does on the same call."""
    solution = open_ours(kata.answer_in(catalogue.solutions))
    return _replay(solution.isolated(call.function) or _absent, call)


def switches_to_blame(answer: Answer, call: Call, wanted: Call) -> list[Switch]:
    """Return the lines of a file that make this call wrong, by making it without them.

    Then it comes out as wanted, or at least without the error, or with the wanted kind of result.
    """
    switches = answer.switches()
    if not switches:
        return []

    def without(*left_out: Switch) -> Call:
        function = answer.isolated(call.function, [switch.setting for switch in left_out])
        return _replay(function or _absent, call)

    yours = without()

    def is_mended(*left_out: Switch) -> bool:
        made = without(*left_out)
        return matches(made, wanted) or _kind(yours) != _kind(wanted) == _kind(made)

    if matches(yours, wanted):
        return []
    alone = [switch for switch in switches if is_mended(switch)]
    return alone or (switches if is_mended(*switches) else [])


def _kind(call: Call) -> list[Any]:
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


class _Search:
    """One search, with the time it may take."""

    def __init__(
        self, answer: Answer, solution: Answer, known: list[StandIn], deadline: float
    ) -> None:
        self.answer, self.solution, self.known, self.deadline = answer, solution, known, deadline

    def run(self, calls: list[Call]) -> Diagnosis:
        """Blame the innermost function that is wrong in itself, else the one last called."""
        wrong = next((f for f in self._called(calls) if self._is_wrong(calls, f)), "")
        for callee in self.answer.callees(wrong):
            inner = self._inner_calls([c for c in calls if c.function == wrong], wrong, callee)
            if any(not matches(c, _replay(self._right(callee), c)) for c in inner):
                return Diagnosis(callee, self._explain(inner, callee))
        own = [c for c in calls if c.function == wrong]
        return Diagnosis(wrong, self._explain(own, wrong) if own else [])

    @staticmethod
    def _called(calls: list[Call]) -> list[str]:
        return list(dict.fromkeys(c.function for c in calls))

    def _is_wrong(self, calls: list[Call], function: str) -> bool:
        right = self._right(function)
        own = [c for c in calls if c.function == function]
        return any(not matches(c, _replay(right, c)) for c in own)

    def _right(self, function: str) -> Callable[..., Any]:
        return self.solution.isolated(function) or _absent

    def _inner_calls(self, calls: list[Call], outer: str, inner: str) -> list[Call]:
        """Return the answer's `inner` on what the solution's `outer` gives to its own `inner`."""
        original, met, most = self.solution.function(inner), list[Call](), 0
        mine = self.answer.isolated(inner)
        if original is None or mine is None:
            return []

        def recording(*args: Any, **kwargs: Any) -> Any:
            if len(met) < most:
                met.append(Call(inner, values.copied(args), values.copied(kwargs), ()))
            return original(*args, **kwargs)

        setattr(self.solution.module, inner, recording)
        try:
            for call in calls:
                most = len(met) + INNER_CALLS
                _replay(self._right(outer), call)
        finally:
            setattr(self.solution.module, inner, original)
        return [_replay(mine, call) for call in met]

    def _explain(self, calls: list[Call], function: str) -> list[StandIn]:
        """Keep the mistakes that match every call, then try inputs that tell them apart."""
        left = [m for m in self.known if m.function == function]
        visible: set[str] = set()
        for call in calls:
            right = _replay(self._right(function), call)
            kept = []
            for mistake in left:
                if time.process_time() > self.deadline:
                    return []
                made = _replay(mistake.call, call)
                if matches(call, made):
                    kept.append(mistake)
                    if not matches(right, made, slack=FAR):
                        visible.add(mistake.name)
            left = kept
        left = [m for m in left if m.name in visible]
        return self._separated(left, calls, function) if len(left) > 1 else left

    def _separated(self, left: list[StandIn], calls: list[Call], function: str) -> list[StandIn]:
        """Call the answer where the remaining mistakes differ, and keep those that still match."""
        mine = self.answer.isolated(function) or _absent
        for call in (varied for c in calls for varied in _variations(c)):
            if len(left) < 2 or time.process_time() > self.deadline:
                break
            made = {m.name: _replay(m.call, call) for m in left}
            yours = _replay(mine, call)
            kept = [m for m in left if matches(yours, made[m.name])]
            left = kept or left
        return left


def _replay(function: Callable[..., Any], call: Call) -> Call:
    """Make the same call of another function, on copies of the arguments."""
    made = replace(call, value=None, error=None)
    try:
        args, kwargs = values.copied((call.args, call.kwargs))
        made.value = values.copied(function(*args, **kwargs))
    except Exception as error:
        made.error = error
    return made


def _absent(*_: Any, **__: Any) -> None:
    """Stand in for a function that a file does not have."""


def _variations(call: Call) -> Iterator[Call]:
    """Yield the same call on other inputs: the tensors moved, then every number with them."""

    def moved(v: Any, factor: float, shift: float, *, numbers: bool) -> Any:
        if isinstance(v, Tensor) and v.dtype is not torch.bool:
            return v * factor + shift if v.is_floating_point() else v + round(10 * shift)
        if numbers and type(v) in (int, float):
            return v + 1 if type(v) is int else v * factor
        return v

    for factor, shift in ((1.07, 0.31), (0.83, -0.57), (1.29, 1.13)):
        for numbers in (False, True):
            change = partial(moved, factor=factor, shift=shift, numbers=numbers)
            yield replace(
                call,
                args=values.transform(call.args, change),
                kwargs=values.transform(call.kwargs, change),
            )


def matches(a: Call, b: Call, slack: float = 1.0) -> bool:
    """Whether two calls came out alike: the same error, or values within `slack` tolerances."""
    if a.error is not None or b.error is not None:
        alike = str(a.error).splitlines()[:1] == str(b.error).splitlines()[:1]
        own_words = type(a.error) is ValueError  # a refusal is said in words of one's own
        return type(a.error) is type(b.error) and (alike or own_words)
    mine, other = list(values.each(a.value)), list(values.each(b.value))
    return len(mine) == len(other) and all(
        p == q and _alike(x, y, slack) for (p, x), (q, y) in zip(mine, other, strict=True)
    )


def _alike(x: Any, y: Any, slack: float) -> bool:
    if isinstance(x, float) and isinstance(y, float):
        x, y = (torch.tensor(v, dtype=torch.float64) for v in (x, y))
    if not (isinstance(x, Tensor) and isinstance(y, Tensor)):
        return type(x) is type(y) and x == y
    if (x.shape, x.dtype) != (y.shape, y.dtype) or x.is_meta or y.is_meta:  # that has no values
        return False
    tolerance = MATCHING.get(x.dtype, 0.0) * slack
    zero = ZERO * torch.finfo(x.dtype).eps if x.is_floating_point() else 0.0
    x, y = (t.detach().cpu().to(torch.float64).flatten() for t in (x, y))
    odd = ~(x.isfinite() & y.isfinite())
    if not torch.allclose(x[odd], y[odd], equal_nan=True):  # inf is like inf, and like no number
        return False
    x, y = x[~odd], y[~odd]
    if not x.numel():
        return True
    # a trace may grow or shrink by orders of magnitude: each entry is held to what came before it
    reach = torch.maximum(x.abs(), y.abs()).cummax(0).values
    floor = min(1.0, float(reach[-1])) * 1e-3 + 1e-12
    return bool(((x - y).abs() <= tolerance * (reach + floor) + zero).all())
