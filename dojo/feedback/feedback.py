"""What a failing test says to a learner."""

from __future__ import annotations

import linecache
from functools import cached_property
from typing import Any

import pytest

from dojo.calling import values
from dojo.calling.calls import Call, InProcess, KataCalls
from dojo.calling.warned import first_of
from dojo.catalogue import Catalogue, Kata
from dojo.errors import NOT_RIGHT_YET, NotWritten, Wrong
from dojo.feedback import hints
from dojo.feedback.by_hand import read_sums, worked_out
from dojo.feedback.comparing import matches
from dojo.feedback.diagnosis import (
    Diagnosis,
    blamed_before,
    diagnose,
    switches_to_blame,
    wanted_of,
)
from dojo.feedback.examples import Examples
from dojo.feedback.none_returned import MADE_NONE, why_none
from dojo.feedback.outcome import Feedback
from dojo.feedback.torch_errors import NO_LEAF, meaning_of
from dojo.feedback.which_call import call_meant, is_edge
from dojo.feedback.wording import came_of, in_its_words, reflowed, set_for_all, switched, told_of
from dojo.opening.answers import Answer, frame_in, open_ours
from dojo.paths import typed
from dojo.spec import proof
from dojo.spec.documented import Documented, MissingTrace
from dojo.spec.fresh import DEFAULT_SEED, Fresh
from dojo.spec.trial import Trial
from dojo.stack import located
from dojo.terminal.layout import WIDTH, cut, wrapped

# characters of a call that is shown: what three lines hold, and two and one where room is short
CALL = 3 * WIDTH - 12, 2 * WIDTH - 8, WIDTH
PLAIN = int, float, str, bool  # results that are shown in a word
HEADINGS = {"WrongDevice": "WRONG DEVICE"}  # errors of ours that are said as a kind of failure


class Situation:
    """A trial, the kata that it is of, and the answer that was tried.

    reasons: why it failed is found out, too: that takes longer than most tests
    """

    def __init__(
        self,
        trial: Trial,
        catalogue: Catalogue,
        kata: Kata,
        answer: Answer | None,
        patience: float,
        examples: Examples | None = None,
        *,
        reasons: bool = True,
    ) -> None:
        self._reasons = reasons
        self.trial, self.catalogue, self.kata, self.answer = trial, catalogue, kata, answer
        self.patience, self.examples = patience, examples
        self.calls = trial.first(KataCalls)
        self._made = self.calls.calls if self.calls is not None else []
        self._noted = self.calls.warned if self.calls is not None else []
        self.documented = trial.first(Documented)
        self.fresh = trial.first(Fresh)

    def feedback(self) -> Feedback:
        """Return the outcome of the test, with what to say if it failed."""
        test, error = self.trial.test, self.trial.error
        said = Feedback(self.kata.number, self.kata.title, test.name, "done")
        said.promise = test.promise
        said.entries = list(test.documented_ids)
        if self.documented is not None and self.documented.source is not None:
            said.source = str(self.documented.source)
            said.entries.insert(0, self.documented.source.document)
        said.functions = list(dict.fromkeys(c.function for c in self._made))
        if error is None:
            return said
        if self.fresh is not None and self.fresh.used:
            said.seed = self.fresh.seed
        if self._made:
            said.function = self._made[-1].function
        self._judge(said, error)
        said.is_edge = bool(self._made) and is_edge(self._meant)
        if self._reasons:
            self._blame_switches(said)
            self._work_out(said, error)
        said.hints = hints.read_hints(self.kata.lesson).get(said.function, [])
        return said

    def _judge(self, said: Feedback, error: BaseException) -> None:
        """Fill in what kind of failure this is."""
        place = self._place(error)
        if isinstance(error, NotWritten):
            said.outcome, said.function = "to do", error.function
            said.place = located(error.path, error.line) if error.line else ""
            said.body = list(error.remedy)
        elif isinstance(error, Wrong):
            said.outcome, said.heading = "wrong", error.heading
            said.body = [*self._kind_told(error), *self._warned(), *error.remedy]
            said.is_by_value = error.by_value
            if error.function:  # no call that was made is to blame
                said.function = error.function
                return
            said.asked = self._asked(error)
            if error.heading == NOT_RIGHT_YET and (inner := self._blamed_before()):
                said.function = inner
                return
            self._diagnose(said, by_value=error.by_value)
            self._meddled(said)
        elif place is not None:
            name = str(error.__dict__.get("answer_type", type(error).__name__))
            said.outcome, said.heading = "wrong", HEADINGS.get(name, name)
            said.asked, said.body = self._asked(error), self._raised(error, *place)
            if name not in HEADINGS:  # on the device of the arguments its numbers are right
                self._diagnose(said, by_value=True)
        elif (kind := self._wrong_kind()) is not None:  # the spec stumbled over what came back
            said.outcome, said.heading = "wrong", kind.heading
            said.asked, said.body = self._asked(error), [*reflowed(kind.body), *self._warned()]
        elif isinstance(error, (AssertionError, pytest.fail.Exception)):
            said.outcome, said.heading = "wrong", "NOT AS PROMISED"
            told = reflowed(str(error).splitlines()[:6])
            said.asked, said.body = self._asked(error), [*told, *self._warned()]
            self._diagnose(said, by_value=True)
            self._meddled(said)
        else:
            self._stumbled(said, error)

    def _kind_told(self, error: Wrong) -> list[str]:
        """Say what is wrong; where None came back though there is a `return`, what may be None."""
        if error.heading != "NOTHING RETURNED" or not self._made or self.answer is None:
            return reflowed(error.body)
        what, _, _ = error.body[0].partition(" is None")
        if "not a leaf" in " ".join(self._noted):
            return reflowed([f"{what} is None: {NO_LEAF}"])
        if self._made[-1].value is not None:  # a part of it is
            return reflowed([f"{what} is None: {MADE_NONE}"])
        why = why_none(self.answer.source, self._made[-1].function)
        return reflowed([why] if why else error.body)

    def _stumbled(self, said: Feedback, error: BaseException) -> None:
        """Tell whose fault an error of the spec is: the answer's, if the solution passes it."""
        words = in_its_words(error)
        if self._solution_passes():
            said.outcome, said.heading, said.asked = "wrong", "NOT AS PROMISED", self._asked(error)
            said.body = ["The test cannot go on with what came back:", *words]
            self._diagnose(said, by_value=True)
            return
        said.outcome, said.heading, said.body = "broken", "COULD NOT BE RUN", words
        place = frame_in(self.kata.spec, error.__traceback__)
        said.place = f"{typed(self.kata.spec)}:{place[1]}" if place else ""

    def _solution_passes(self) -> bool:
        """Whether the solution passes this test, where the answer was called at all."""
        if not self._made:
            return False
        door = InProcess(open_ours(self.kata.answer_in(self.catalogue.solutions)))
        seed = self.fresh.seed if self.fresh is not None else DEFAULT_SEED
        return self.trial.test.try_on(door, self.kata, seed).error is None

    def _blame_switches(self, said: Feedback) -> None:
        """Name the lines that set something for the whole file, if this comes of them."""
        if said.outcome != "wrong" or self.answer is None or not self._made:
            return
        if not self.answer.switches():
            return
        call = self._meant
        wanted = wanted_of(self.catalogue, self.kata, call)
        if blamed := switches_to_blame(self.answer, call, wanted):
            said.named = []
            said.shows = set_for_all(blamed)
            said.diagnosis = [
                *(line for switch in blamed for line in switched(self.answer, switch)),
                "Without that line this does not happen.",
            ]

    def _work_out(self, said: Feedback, error: BaseException) -> None:
        """Show by hand where the first number that differs comes from, if no mistake is known."""
        if not (said.is_by_value or said.heading == "NOT AS PROMISED") or said.named:
            return
        call = self._meant
        if "DIFFER" not in said.heading and self._is_right(call):
            return  # what is wrong is how it came about
        if said.function not in ("", call.function):  # another one, inside it, is to blame
            return
        if not said.is_by_value and self._is_right(call):  # how it came is not as promised
            return
        wanted = wanted_of(self.catalogue, self.kata, call)
        said.worked = worked_out(
            read_sums(self.kata.solution.with_name("by_hand.py")),
            call,
            wanted,
            error.differing if isinstance(error, Wrong) else None,
        )

    def _meddled(self, said: Feedback) -> None:
        """Say that this call changed what it was given, if nothing else explains its numbers."""
        if not self._reasons or said.diagnosis or self.calls is None or not self._made:
            return
        meant = self._meant
        for seen in (seen for call, seen in self.calls.meddlers if call is meant):
            try:
                proof.untouched(seen)
            except Wrong as wrong:
                numbers = ["", *said.body] if said.is_by_value else []
                said.heading, said.body = wrong.heading, [*reflowed(wrong.body), *numbers]

    def _wrong_kind(self) -> Wrong | None:
        """Say how the latest result differs in kind from the solution's, if it does."""
        if not self._made or self._made[-1].error is not None:
            return None
        latest = self._made[-1]
        wanted = wanted_of(self.catalogue, self.kata, latest)
        if wanted.error is not None:
            return None
        try:
            proof.same_kind(latest.value, wanted.value)
        except Wrong as wrong:
            return wrong
        return None

    def _asked(self, error: BaseException) -> list[str]:
        """The call that the failure is about, as a learner could type it; then shorter."""
        if not self._made or isinstance(error, MissingTrace):
            return []
        return in_ever_fewer(self._meant)

    @cached_property
    def _meant(self) -> Call:
        """The call that the failure is about, of those that were made."""
        assert self.trial.error is not None
        return call_meant(self._made, self.trial.error, self._is_right)

    def _is_right(self, call: Call) -> bool:
        return matches(call, wanted_of(self.catalogue, self.kata, call))

    def _place(self, error: BaseException) -> tuple[int, str] | None:
        """Return the answer's line that raised, and its text; None if it was not the answer."""
        told: dict[str, Any] = error.__dict__
        if "answer_line" in told:  # rebuilt from what a sandbox said
            return told["answer_line"], told["answer_text"]
        place = frame_in(self.answer.path, error.__traceback__) if self.answer else None
        if self.answer is None or place is None:
            return None
        return place[1], linecache.getline(str(self.answer.path), place[1]).strip()

    def _raised(self, error: BaseException, line: int, text: str) -> list[str]:
        """The learner's own line that raised, what it said, and what that means."""
        assert self.answer is not None
        body = [f"{typed(self.answer.path)}:{line}", cut(f"    {text}")]
        body += [*in_its_words(error), *self._warned()]
        meaning = meaning_of(error, text, " ".join(self._noted)) or self._refused(text)
        return [*body, "", *reflowed(meaning.splitlines())] if meaning else body

    def _refused(self, text: str) -> str:
        """What is wanted where the answer's own `raise` refused a call."""
        if not self._made or not text.startswith("raise "):
            return ""
        wanted = wanted_of(self.catalogue, self.kata, self._made[-1])
        if wanted.error is not None:
            return ""
        what = f": {values.shown(wanted.value)} is wanted" if type(wanted.value) in PLAIN else ""
        return f"Your own `raise` refused this call, which has an answer{what}."

    def _warned(self) -> list[str]:
        """What Python and torch warned the answer of, in their own words."""
        noted = first_of(self._noted)
        return [line for text in noted for line in ("", *wrapped(text))]

    def _blamed_before(self) -> str:
        """Return the function that an earlier failure was found to come of, inside this call."""
        if self.answer is None or self.examples is None or not self._made:
            return ""
        return blamed_before(self.answer, self._made[-1].function, self.examples)

    def _diagnose(self, said: Feedback, *, by_value: bool) -> None:
        """Name the known mistake, if one explains every call of this test."""
        if self.answer is None or not self._made or not self._reasons:
            return
        begun = self.answer.clock()
        found = _diagnosed(
            self.catalogue,
            self.kata,
            self.answer,
            self._made,
            self.patience,
            self.examples,
            by_value=by_value,
        )
        self.patience -= self.answer.clock() - begun
        if found.function:
            blamed_inside = found.function not in {c.function for c in self._made}
            outer = said.function if blamed_inside else ""
            said.diagnosis = told_of(found, outer, came=came_of(self._made))
            said.function = found.function
        said.named, said.shows = [m.name for m in found.mistakes], found.shows


def in_ever_fewer(call: Call) -> list[str]:
    """Write a call as a learner could type it; then shorter."""
    return list(dict.fromkeys(call.shown(most) for most in CALL))


def _diagnosed(*given: Any, **named: Any) -> Diagnosis:
    """Look for what explains a failure; trouble in doing so costs the explanation only."""
    try:
        return diagnose(*given, **named)
    except Exception:
        return Diagnosis("", [])
