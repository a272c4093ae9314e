"""Finding out which known mistake explains what an answer returned.

The mistakes of a function are replayed on the calls that a failed test made of it. One is named
only if it does what the answer did on *every* one of them and on every call that the whole spec
makes, and if it is away from the solution on at least one of them, by far more than the tolerance
of that comparison.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from dojo.calling.calls import Call
from dojo.calling.time_limit import limited
from dojo.catalogue import Catalogue, Kata
from dojo.errors import TimeIsUp, Unreachable
from dojo.feedback.comparing import bounded, kind, matches, replay, replays
from dojo.feedback.examples import Example, Examples, SpecCalls, variations
from dojo.feedback.inner_calls import INNER_CALLS, changed_by, inner_calls, put_in
from dojo.feedback.mistakes import StandIn, read_stand_ins
from dojo.isolation.isolation import Switch
from dojo.opening.answers import Answer, absent, open_ours

FAR = 1000.0  # how many times the matching tolerance a mistake must be away from the solution
GRACE = 0.5  # seconds for the call that is being made when time is up
OTHERWISE = 20.0  # tolerances within which two ways of writing one thing may differ
CHANGES = (
    "It changes its argument {0} in place, and its caller still needs the old value: make a new "
    "tensor, as a - b does and a -= b does not."
)
ASKS = (
    "It asks its argument {0} for a gradient, and its caller gets it back like that: ask a copy of "
    "your own, {0}.detach().clone()."
)
LOOKED_AT = 16  # calls of an inner function that are looked at for what they change
ENOUGH = 4  # calls of a spec that have a value: then no others are made up


@dataclass(frozen=True)
class Diagnosis:
    """The mistakes that explain a failure (all alike on every input tried), and where they sit.

    symptom: what the numbers show, where there is no such mistake
    """

    function: str
    mistakes: list[StandIn]
    symptom: str = ""

    @property
    def shows(self) -> str:
        """What the mistakes are, or the symptom where there are none."""
        return " or ".join(m.told for m in self.mistakes) or self.symptom


def diagnose(
    catalogue: Catalogue,
    kata: Kata,
    answer: Answer,
    calls: list[Call],
    seconds: float,
    examples: Examples | None = None,
    *,
    by_value: bool = True,
) -> Diagnosis:
    """Name the mistakes that explain `calls`, else a symptom; the innermost wrong one is blamed.

    They must explain `examples` as well. After `seconds` the search gives up and names none.
    Where it is the kind of a result that is wrong (not `by_value`), only symptoms are looked for.
    """
    examples = examples or Examples(answer, SpecCalls(kata, ()))
    if seconds <= 0:
        return Diagnosis(blamed_before(answer, calls[-1].function, examples), [])
    examples.prepare()
    solution = open_ours(kata.answer_in(catalogue.solutions))
    known = read_stand_ins(catalogue.solutions / kata.number / "mistakes.py")
    deadline = answer.clock() + seconds
    search = _Search(answer, solution, known, examples, kata.signatures, deadline)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            with limited(seconds + GRACE):
                return search.run(calls) if by_value else search.of_latest(calls, by_value=False)
        except (Unreachable, TimeIsUp):
            return Diagnosis("", [])


def blamed_before(answer: Answer, function: str, examples: Examples) -> str:
    """Return what was found wrong inside another failure's call, if a function calls it."""
    return next((f for f in answer.callees(function) if f in examples.blamed), "")


def wanted_of(catalogue: Catalogue, kata: Kata, call: Call) -> Call:
    """Return what the solution does on the same call."""
    solution = open_ours(kata.answer_in(catalogue.solutions))
    return replay(solution.isolated(call.function) or absent, call)


def switches_to_blame(answer: Answer, call: Call, wanted: Call) -> list[Switch]:
    """Return the lines of a file that make this call wrong, by making it without them.

    Then it comes out as wanted, or at least without the error, or with the wanted kind of result.
    """
    switches = answer.switches()
    if not switches:
        return []

    def without(*left_out: Switch) -> Call:
        function = answer.isolated(call.function, [switch.setting for switch in left_out])
        return replay(function or absent, call)

    yours = without()

    def is_mended(*left_out: Switch) -> bool:
        made = without(*left_out)
        return matches(made, wanted) or kind(yours) != kind(wanted) == kind(made)

    if matches(yours, wanted):
        return []
    alone = [switch for switch in switches if is_mended(switch)]
    return alone or (switches if is_mended(*switches) else [])


class _Search:
    """One search, with the time it may take."""

    def __init__(
        self,
        answer: Answer,
        solution: Answer,
        known: list[StandIn],
        examples: Examples,
        signatures: dict[str, list[str]],
        deadline: float,
    ) -> None:
        self.answer, self.solution, self.known = answer, solution, known
        self.examples, self.signatures, self.deadline = examples, signatures, deadline

    def run(self, calls: list[Call]) -> Diagnosis:
        """Blame the innermost function that is wrong in itself, else the one last called."""
        wrong = next((f for f in self._called(calls) if self._is_wrong(calls, f)), "")
        own = [c for c in calls if c.function == wrong]
        for callee in self.answer.callees(wrong):
            inner = self._inner_calls(own, callee)
            if changed := self._changed_by(callee, inner):
                return Diagnosis(callee, [], changed)
            if self._is_wrong(inner, callee) and self._is_to_blame(callee, own, wrong):
                self.examples.blamed.add(callee)
                return self._diagnosed(inner, callee)
        return self._diagnosed(own, wrong) if own else self.of_latest(calls, by_value=True)

    def _changed_by(self, inner: str, calls: list[Call]) -> str:
        """Say which argument `inner` changes, though its caller still needs it."""
        mine = self.answer.isolated(inner)
        if mine is None or not calls or not self.examples.ask(inner):
            return ""
        known = self.examples.changed  # all failures of an answer ask the same of it
        if inner not in known:
            names, few = tuple(self.signatures[inner]), calls[:LOOKED_AT]
            each = self.answer.changes_noted(inner, [(call.args, call.kwargs) for call in few])
            if each is None:
                each = [changed_by(mine, replace(call, names=names)) for call in few]
            known[inner] = next((c[0] for c in each if c), "")
        name, dot, _ = known[inner].partition(".")
        return (ASKS if dot else CHANGES).format(name) if name else ""

    def _is_to_blame(self, inner: str, calls: list[Call], outer: str) -> bool:
        """Whether what `inner` is to do is settled, or it alone makes these calls what they are.

        A function that a learner cut out may have the name of one of the solution's by accident.
        """
        mine = self.answer.isolated(inner)
        if mine is None or self.examples.ask(inner):
            return mine is not None
        with put_in(self.solution, inner, mine):
            right = self._right(outer)
            return all(matches(c, replay(right, c), OTHERWISE) for c in calls)

    def of_latest(self, calls: list[Call], *, by_value: bool) -> Diagnosis:
        """Look for a symptom alone, of the function that was called last."""
        function = calls[-1].function
        own = [c for c in calls if c.function == function]
        told = self._symptom(own, function, by_value=by_value)
        return Diagnosis(function if told else "", [], told)

    def _diagnosed(self, calls: list[Call], function: str) -> Diagnosis:
        if mistakes := self._explain(calls, function):
            return Diagnosis(function, mistakes)
        return Diagnosis(function, [], self._symptom(calls, function, by_value=True))

    def _symptom(self, calls: list[Call], function: str, *, by_value: bool) -> str:
        from dojo.feedback.symptoms.case import Case
        from dojo.feedback.symptoms.table import symptom_of

        memo = self.examples.memo
        own = [Example(c, self._wanted(c), memo=memo) for c in calls]  # the last is shown
        examples = [*own[: -INNER_CALLS - 1 : -1], *self._others(calls, function)]
        case = Case(
            function,
            examples,
            self.answer,
            self.solution,
            self.signatures,
            self.known,
            lambda: self.answer.clock() > self.deadline,
            memo,
        )
        return symptom_of(case, by_value=by_value)

    @staticmethod
    def _called(calls: list[Call]) -> list[str]:
        return list(dict.fromkeys(c.function for c in calls))

    def _is_wrong(self, calls: list[Call], function: str) -> bool:
        return any(not matches(c, self._wanted(c)) for c in calls if c.function == function)

    def _right(self, function: str) -> Callable[..., Any]:
        return self.solution.isolated(function) or absent

    def _wanted(self, call: Call) -> Call:
        """Return what the solution does on the same call."""
        return self.examples.memo.replay("", self._right(call.function), call)

    def _inner_calls(self, calls: list[Call], inner: str) -> list[Call]:
        """Return the answer's `inner` on what the solution gives to its own in such calls."""
        if self.answer.isolated(inner) is None:
            return []
        memo, find = self.examples.memo, partial(inner_calls, self.solution)
        given = (memo.of("inner", call, find).get(inner, []) for call in calls)
        return replays(self.answer, [call for met in given for call in met])

    def _explain(self, calls: list[Call], function: str) -> list[StandIn]:
        """Keep the mistakes that match every call, then try inputs that tell them apart."""
        left = [m for m in self.known if m.function == function]
        visible: set[str] = set()
        for call in calls:
            if self.answer.clock() > self.deadline:
                return []
            kept = []
            for mistake in left:
                made = self.examples.memo.replay(mistake, mistake.call, call)
                if matches(call, made):
                    kept.append(mistake)
                    if not matches(self._wanted(call), made, slack=FAR):
                        visible.add(mistake.name)
            left = kept
        left = [m for m in left if m.name in visible]
        return self._holds(left, calls, function)

    def _holds(self, left: list[StandIn], calls: list[Call], function: str) -> list[StandIn]:
        """Keep the mistakes that do what the answer does on all other calls as well."""
        refused = any(self._wanted(c).error is not None for c in calls)
        for example in self._others(calls, function):
            if not left or self.answer.clock() > self.deadline:
                return []
            if refused or example.wanted.error is None:
                left = [m for m in left if agrees(m, example)]
        return self._separated(left, calls)

    def _others(self, calls: list[Call], function: str) -> Iterator[Example]:
        """Yield what the spec asks of a function; if that is little, variations of these calls."""
        count = 0
        for example in self.examples.of(function):
            count += example.wanted.error is None
            yield example
        if count < ENOUGH:
            yield from self.examples.varied(calls, self.solution)

    def _separated(self, left: list[StandIn], calls: list[Call]) -> list[StandIn]:
        """Call the answer where the remaining mistakes differ, and keep those that still match."""
        for call in (varied for c in calls for varied in variations(c)):
            if len(left) < 2 or self.answer.clock() > self.deadline:
                break
            (yours,) = replays(self.answer, [call])
            kept = [m for m in left if matches(yours, replay(m.call, call))]
            left = kept or left
        return left


def agrees(mistake: StandIn, example: Example) -> bool:
    """Whether a mistake does what the answer does, or nobody could tell.

    Nobody can where both fail and the solution does not (each in the words of another line), where
    yours is None and the mistake fails somehow (a .grad that no backward() filled), or
    where the last digit of the input decides what comes: both may be right, and differ.
    """
    if mistake.name not in example.agreed:  # several failures are explained by one example
        example.agreed[mistake.name] = _agrees(mistake, example)
    return example.agreed[mistake.name]


def _agrees(mistake: StandIn, example: Example) -> bool:
    yours, made = example.yours, example.made_by(mistake)
    if matches(yours, made, OTHERWISE) or matches(bounded(yours), bounded(made), OTHERWISE):
        return True
    if example.wanted.error is None and yours.error is not None and made.error is not None:
        return True
    if yours.error is None and yours.value is None and not matches(made, example.wanted):
        return True
    return made.error is None and not matches(made, example.made_nudged(mistake))
