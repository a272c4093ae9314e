"""More calls of one answer than the test that failed made: what a name or a symptom must hold on.

They are those that all tests of the spec make, so that they are of the kind that the function is
for, edges included, with fresh inputs of another seed than any run's.
"""

from __future__ import annotations

import contextlib
import io
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import pytest
import torch
from torch import Tensor

from dojo.calling import values
from dojo.calling.calls import Call, Given, InProcess, Named
from dojo.calling.observing import Observed
from dojo.catalogue import Kata
from dojo.errors import Unreachable
from dojo.feedback.comparing import matches, replay, replays
from dojo.feedback.inner_calls import inner_calls
from dojo.feedback.memo import Memo
from dojo.feedback.mistakes import StandIn
from dojo.opening.answers import Answer, absent, open_ours
from dojo.spec.trial import SpecTest

SEED = 20_161  # of fresh inputs; far from what people type
MOST = 48  # calls of one function, spread evenly over the spec
LONG = 0.03  # seconds of a call that is not made again: far from what any spec's take
ONCE = 0.2  # seconds of a call that may have been long by chance alone, and is timed once more
NUDGE = 8.0  # roundings
SHIFTS = ((1.07, 0.31), (0.83, -0.57), (1.29, 1.13))  # how much a varied number is changed


class SpecCalls:
    """What all tests of a spec ask, by function, and what the solution answers.

    memo:    what ours makes of calls, kept for all answers
    changed: what an argument is called that a function changes, for each that was looked at
    """

    def __init__(self, kata: Kata, tests: Sequence[SpecTest], seed: int = SEED) -> None:
        self._kata, self._tests, self._seed = kata, tests, seed
        self._heard: dict[str, list[Call]] | None = None
        self._asked = frozenset[str]()
        self.memo = Memo()

    def of(self, function: str) -> list[Call]:
        """Return the calls of one function, each with the value or the error of the solution."""
        if self._heard is None:
            self._heard = self._listen()
        if function not in self._heard:
            self._heard[function] = self._made_inside(function)
        return _spread(self._heard[function])

    def ask(self, function: str) -> bool:
        """Whether a test calls a function itself."""
        self.of("")
        return function in self._asked

    def _made_inside(self, function: str) -> list[Call]:
        """Return the calls that the solution's functions make of one that no test calls."""
        solution, made = open_ours(self._kata.solution), list[Call]()
        for outer in sorted(self._asked):
            if function in solution.callees(outer):
                inner = (inner_calls(solution, call) for call in self.of(outer))
                made += [call for met in inner for call in met[function]]
        right = solution.isolated(function) or absent
        return [replay(right, call) for call in _spread(made)]

    def _listen(self) -> dict[str, list[Call]]:
        """Run the tests on the solution; those about what is observed ask for nothing new."""
        door = _Listening(open_ours(self._kata.solution))
        with _one_thread(), warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            for test in self._tests:
                if not test.observed and test.on_cpu:
                    test.try_on(door, self._kata, self._seed)
        heard: dict[str, list[Call]] = {}
        for call in door.heard:
            heard.setdefault(call.function, []).append(call)
        self._asked = frozenset(heard)
        return heard


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Keep torch to one thread: on a busy machine, threads that wait for others take long."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _spread(calls: list[Call]) -> list[Call]:
    """Return as many of them as are looked at, spread evenly."""
    return calls[:: max(1, -(-len(calls) // MOST))]


class _Listening:
    """The door to the solution that remembers every call that did not take long."""

    def __init__(self, solution: Answer) -> None:
        self._door, self.heard = InProcess(solution), list[Call]()

    def calls(
        self, name: str, each: Sequence[Given], kwargs: Named, *, count: str, away: bool
    ) -> Iterator[tuple[Call, Observed]]:
        for args in each:
            begun = time.process_time()
            ((made, seen),) = self._door.calls(name, [args], kwargs, count=count, away=away)
            if self._is_brief(made, time.process_time() - begun):
                self.heard.append(made)
            yield made, seen
            if made.error is not None:
                return

    def _is_brief(self, call: Call, seconds: float) -> bool:
        """Whether a call takes little time; the first of its kind takes more."""
        if LONG <= seconds < ONCE:
            begun = time.process_time()
            replay(self._door.answer.isolated(call.function) or absent, call)
            seconds = time.process_time() - begun
        return seconds < LONG


@dataclass(frozen=True)
class Example:
    """One call, as the answer and as the solution make it; `varied`: no spec asks for it.

    agreed: whether known mistakes do the same, by their names, once it was found out
    memo:   what known mistakes make of it, kept for all answers
    """

    yours: Call
    wanted: Call  # kept for all answers, and so is what is known of its arguments
    varied: bool = False
    agreed: dict[str, bool] = field(default_factory=dict)
    memo: Memo = field(default_factory=Memo)

    @cached_property
    def is_right(self) -> bool:
        """Whether both came out alike."""
        return matches(self.yours, self.wanted)

    def made_by(self, mistake: StandIn) -> Call:
        """Return what a known mistake makes of the same call."""
        return self.memo.replay(mistake, mistake.call, self.wanted)

    def made_nudged(self, mistake: StandIn) -> Call:
        """Return what a known mistake makes of the same call nudged."""
        whose = mistake, "nudged"
        return self.memo.of(whose, self.wanted, lambda c: replay(mistake.call, nudged(c)))

    @property
    def given(self) -> dict[str, Any]:
        """The arguments by name."""
        return dict(zip(self.yours.names, self.yours.args, strict=False)) | self.yours.kwargs


class Examples:
    """The calls of one answer's functions that a spec makes, each made when it is first asked for.

    They are kept for as long as the answer is: all failures of a run are explained by them.

    memo:    what ours makes of calls, kept for all answers
    changed: what an argument is called that a function changes, for each that was looked at
    blamed:  the functions that were found wrong in themselves, inside another
    """

    def __init__(self, answer: Answer, asked: SpecCalls) -> None:
        self._answer, self._asked = answer, asked
        self.memo, self.changed, self.blamed = asked.memo, dict[str, str](), set[str]()
        self._made: dict[str, list[Example]] = {}

    def prepare(self) -> None:
        """Run the spec on the solution, if that was not done before."""
        self._asked.of("")

    def ask(self, function: str) -> bool:
        """Whether the spec calls a function itself, so that what it is to do is settled."""
        return self._asked.ask(function)

    def of(self, function: str) -> Iterator[Example]:
        """Yield what the spec asks of a function, as the answer and the solution answer it."""
        asked = self._asked.of(function)
        made = self._made.setdefault(function, [])
        for i in range(len(asked)):
            if i == len(made):
                few = asked[i : i + self._answer.at_once]
                both = zip(replays(self._answer, few), few, strict=True)
                made += [Example(yours, wanted, memo=self.memo) for yours, wanted in both]
            _refuse_unless_reached(made[i].yours)
            yield made[i]

    def varied(self, calls: Iterable[Call], solution: Answer) -> Iterator[Example]:
        """Yield such calls on other inputs, where the solution has a number and yours no error."""
        for call in (other for c in calls for other in variations(c)):
            right = solution.isolated(call.function) or absent
            wanted = self.memo.replay("", right, call)
            if wanted.error is None and _is_finite(wanted.value):
                (yours,) = replays(self._answer, [call])
                _refuse_unless_reached(yours)
                if yours.error is None:
                    yield Example(yours, wanted, varied=True, memo=self.memo)


def examples_in(session: pytest.Session, kata: Kata, answer: Answer) -> Examples:
    """Return what the tests of a kata in this run ask of its answer, the same for all of them."""
    kept = session.stash.setdefault(EXAMPLES, {})
    if kata.number not in kept:
        kept[kata.number] = Examples(answer, spec_calls_in(session, kata))
    return kept[kata.number]


def spec_calls_in(session: pytest.Session, kata: Kata) -> SpecCalls:
    """Return what the tests of a kata in this run ask, the same for every answer."""
    kept = session.stash.setdefault(SPEC_CALLS, {})
    if kata.number not in kept:
        own = [i for i in session.items if isinstance(i, pytest.Function) and i.path == kata.spec]
        kept[kata.number] = SpecCalls(kata, [SpecTest.of(i) for i in own])
    return kept[kata.number]


def _refuse_unless_reached(made: Call) -> None:
    """Errors: Unreachable, where a call could not be made at all."""
    if isinstance(made.error, Unreachable):
        raise made.error


EXAMPLES = pytest.StashKey[dict[str, Examples]]()
SPEC_CALLS = pytest.StashKey[dict[str, SpecCalls]]()


def _is_finite(value: Any) -> bool:
    return all(bool(t.isfinite().all()) for t in values.tensors(value))


def variations(call: Call, shifts: Sequence[tuple[float, float]] = SHIFTS) -> Iterator[Call]:
    """Yield the same call on other inputs: the tensors moved, then every number with them."""
    for factor, shift in shifts:
        for numbers in (False, True):
            change = partial(moved, factor=factor, shift=shift, numbers=numbers)
            yield replace(
                call,
                args=values.transform(call.args, change),
                kwargs=values.transform(call.kwargs, change),
            )


def nudged(call: Call) -> Call:
    """Return the same call with every tensor changed by a few roundings."""

    def change(v: Any) -> Any:
        if not (isinstance(v, Tensor) and v.is_floating_point()):
            return v
        signs = torch.arange(v.numel(), device=v.device).reshape(v.shape) % 3 - 1
        return v * (1 + NUDGE * torch.finfo(v.dtype).eps * signs.to(v.dtype))

    args, kwargs = values.transform((call.args, call.kwargs), change)
    return replace(call, args=args, kwargs=kwargs)


def _are_shares(v: Tensor) -> bool:
    """Whether these are shares of a whole, such as probabilities."""
    near = v.new_tensor(1e-3)
    return v.dim() > 0 and bool((v >= 0).all() and ((v.sum(-1) - 1).abs() < near).all())


def moved(v: Any, factor: float, shift: float, *, numbers: bool) -> Any:
    """Change a tensor (each element otherwise, so that no ties are left), or a number."""
    if isinstance(v, Tensor) and v.is_floating_point():
        wave = torch.sin(torch.arange(v.numel(), device=v.device, dtype=torch.float64))
        new = v * factor + shift * (1 + 0.3 * wave).reshape(v.shape).to(v.dtype)
        return new if not _are_shares(v) else new.abs() / new.abs().sum(-1, keepdim=True)
    if isinstance(v, Tensor) and v.dtype is not torch.bool:
        return v + round(10 * shift)
    if numbers and type(v) is int:
        return v + 1
    if numbers and type(v) is float:
        return v**factor if 0 < v < 1 else v * factor  # a share stays one
    return v
