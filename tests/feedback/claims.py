"""Whether what is said of a program is so: each name and each symptom, on inputs never seen.

A name is true if the program does what the mistake does there, a symptom if it is seen there, too;
and a function that is said to be wrong in itself must be wrong where the spec asks for it alone.
"""

from __future__ import annotations

import ast
import contextlib
import io
import itertools
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from dojo.calling.calls import Call, InProcess, KataCalls
from dojo.calling.time_limit import limited
from dojo.catalogue import Catalogue, Kata
from dojo.errors import TimeIsUp
from dojo.feedback.comparing import replay
from dojo.feedback.diagnosis import agrees
from dojo.feedback.examples import Example, Examples, SpecCalls
from dojo.feedback.feedback import Situation
from dojo.feedback.inner_calls import changed_by, inner_calls
from dojo.feedback.mistakes import StandIn, read_stand_ins
from dojo.feedback.outcome import Feedback
from dojo.feedback.symptoms.case import Case
from dojo.feedback.symptoms.digits import no_number, of_small_numbers
from dojo.feedback.symptoms.table import OF_KINDS, OF_VALUES
from dojo.opening.answers import Answer, absent, open_answer, open_ours
from dojo.spec.fresh import DEFAULT_SEED
from dojo.spec.trial import SpecTest

UNSEEN = 77_003  # the seed of inputs that no diagnosis has seen
FEW = 3  # failures of a program that are looked at: later names count as much as the first
LONG = 2.0  # seconds of processor time, of one test and of one check: a changed loop may not end
ENDLESS = "does not end"
LOOKS = dict.fromkeys((*OF_VALUES, *OF_KINDS, of_small_numbers))
# what was looked at, not what was seen: fewer or more calls, and the worst of them
COUNTED = re.compile(
    r"(?<=in all )\d+(?= calls)|(?<=in the )\d+(?= other calls)|(?<=in )[\d,]+(?=,)"
)

MEDDLES = re.compile(r"It (?:changes|asks) its argument (\w+)")


@dataclass
class Tally:
    """What was said of the programs, and what of it is false."""

    counts: Counter[str] = field(default_factory=Counter)
    false: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Said:
    """A program, and what was said of one of its failures; the calls that the test made of it."""

    kata: Kata
    answer: Answer
    text: str
    feedback: Feedback
    calls: Sequence[Call]

    @property
    def told(self) -> str:
        """The diagnosis, in one line."""
        return " ".join(" ".join(self.feedback.diagnosis).split())


@dataclass
class Judge:
    """Looks at programs: what is said of each, and whether it is so."""

    catalogue: Catalogue
    specs: dict[str, list[SpecTest]]
    folder: Path
    tally: Tally = field(default_factory=Tally)
    asked: dict[tuple[str, int], SpecCalls] = field(default_factory=dict)

    def look_at(self, kata: Kata, text: str) -> str:
        """Try a program, check what its failures are told, and return what kind of thing it is."""
        path = kata.answer_in(self.folder)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        false: list[tuple[Said, str]] = []
        try:
            said = list(self._failures(kata, text, open_answer(path)))
            with _quiet(), limited(LONG):
                false = [(each, why) for each in said for why in self._false(each)]
            kind = _kind([each.feedback for each in said])
        except TimeIsUp:
            kind = ENDLESS
        self.tally.counts[kind] += 1
        self.tally.false += itertools.starmap(_shown, false)
        return kind

    def _failures(self, kata: Kata, text: str, answer: Answer) -> Iterator[Said]:
        examples, count = Examples(answer, self._calls(kata)), 0
        examples.prepare()
        for test in self.specs[kata.number]:
            with _quiet(), limited(LONG):
                trial = test.try_on(InProcess(answer), kata, DEFAULT_SEED)
            if isinstance(trial.error, TimeIsUp):
                raise trial.error
            if trial.error is not None:
                situation = Situation(trial, self.catalogue, kata, answer, LONG, examples)
                made = trial.first(KataCalls)
                calls = made.calls if made is not None else []
                yield Said(kata, answer, text, situation.feedback(), calls)
                count += 1
            if count == FEW:
                return

    def _calls(self, kata: Kata, seed: int = 0) -> SpecCalls:
        key = kata.number, seed
        if key not in self.asked:
            tests = self.specs[kata.number]
            self.asked[key] = SpecCalls(kata, tests, seed) if seed else SpecCalls(kata, tests)
        return self.asked[key]

    def _false(self, said: Said) -> Iterator[str]:
        """Yield why something that was said is not so."""
        for name in said.feedback.named:
            mistake = next(m for m in self._known(said.kata) if m.name == name)
            unseen = self._unseen(said, mistake.function)
            if not all(agrees(mistake, e) for e in unseen if e.wanted.error is None):
                yield f"it is not {name}"
        if meddles := MEDDLES.search(said.told):
            if not self._is_changed(said, meddles[1]):
                yield f"it leaves {meddles[1]} alone"
            return
        inside = "is wrong in itself" in said.told
        if inside and all(e.is_right for e in self._case(said).examples):
            yield "it is right in itself"
        if said.told and not said.feedback.named and not self._is_seen(said):
            yield "the symptom is not seen on other inputs"

    def _is_changed(self, said: Said, argument: str) -> bool:
        """Whether the function that is blamed changes an argument, or asks it for a gradient."""
        mine = said.answer.isolated(said.feedback.function) or absent
        calls = self._calls(said.kata, UNSEEN).of(said.feedback.function)
        changed = {name for call in calls for name in changed_by(mine, call)}
        return bool(changed & {argument, f"{argument}.requires_grad"})

    def _is_seen(self, said: Said) -> bool:
        """Whether a symptom is seen in what the test asked, and in what the diagnosis never saw."""
        if said.told.endswith("Start there."):  # said and checked above: wrong in itself, no more
            return True
        case, told = self._case(said), _uncounted(said.told)
        if "In yours" in said.told:  # of one call, which may be any of an inner function's
            of_test = case.function in {c.function for c in said.calls}
            each = (replace(case, examples=[e]) for e in case.wrong[: 1 if of_test else None])
            return any((shown := no_number(one)) and shown in said.told for one in each)
        looks = LOOKS if case.wrong else [of_small_numbers]
        return any((shown := look(case)) and _uncounted(shown) in told for look in looks)

    def _case(self, said: Said) -> Case:
        """Return the calls of the function that is blamed, those of the test first."""
        function, kata = said.feedback.function, said.kata
        solution = open_ours(kata.solution)
        right = solution.isolated(function) or absent
        calls = [c for c in said.calls if c.function == function]
        calls = calls[::-1] or self._inside(said, function)  # the one that is shown first
        mine = said.answer.isolated(function) or absent
        own = [Example(replay(mine, c), replay(right, c)) for c in calls]
        made = own + self._unseen(said, function)
        known = self._known(kata)
        return Case(function, made, said.answer, solution, kata.signatures, known, lambda: False)

    def _unseen(self, said: Said, function: str) -> list[Example]:
        """Make calls of a function of the program, as the spec does and as its caller does."""
        mine = said.answer.isolated(function) or absent
        calls = self._calls(said.kata, UNSEEN).of(function)
        return [Example(replay(mine, wanted), wanted) for wanted in calls]

    def _inside(self, said: Said, function: str) -> list[Call]:
        """Return what the solution gives to a function in the calls of the test."""
        solution = open_ours(said.kata.solution)
        inner = (inner_calls(solution, call) for call in said.calls)
        return [call for met in inner for call in met.get(function, [])]

    def _known(self, kata: Kata) -> list[StandIn]:
        return read_stand_ins(self.catalogue.solutions / kata.number / "mistakes.py")


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Show nothing of what a program prints or is warned of."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def _uncounted(told: str) -> str:
    return COUNTED.sub("#", " ".join(told.split()))


def _kind(said: Sequence[Feedback]) -> str:
    if not said:
        return "right"
    if any(each.named for each in said):
        return "named"
    if any(each.diagnosis for each in said):
        return "a symptom"
    return "numbers alone" if said[0].is_by_value else "its kind or its error"


def _shown(said: Said, why: str) -> str:
    """Return what was said falsely, with the lines of the program that are not the solution's."""
    right = ast.unparse(ast.parse(said.kata.solution.read_text(encoding="utf-8"))).splitlines()
    lines = [f"    {line.strip()}" for line in said.text.splitlines() if line not in right]
    asked = " ".join(said.feedback.asked[:1])
    return "\n".join(
        ["", f"{said.kata.number} {said.feedback.test}: {why}: {said.told}", f"  {asked}", *lines]
    )
