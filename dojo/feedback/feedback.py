"""What a failing test says to a learner."""

from __future__ import annotations

import itertools
import linecache
from collections.abc import Sequence
from typing import Any

import pytest
import torch
from torch import Tensor

from dojo.calling import values
from dojo.calling.calls import Call, InProcess, KataCalls
from dojo.calling.warned import first_of
from dojo.catalogue import Catalogue, Kata
from dojo.errors import NotWritten, Wrong
from dojo.feedback import hints
from dojo.feedback.comparing import matches
from dojo.feedback.diagnosis import Diagnosis, diagnose, switches_to_blame, wanted_of
from dojo.feedback.examples import Examples
from dojo.feedback.outcome import Feedback
from dojo.feedback.torch_errors import NO_LEAF, meaning_of, of_none
from dojo.isolation.isolation import Switch
from dojo.opening.answers import Answer, frame_in, open_ours
from dojo.opening.python_errors import words_of
from dojo.paths import typed
from dojo.spec import proof
from dojo.spec.documented import Documented, MissingTrace
from dojo.spec.fresh import DEFAULT_SEED, Fresh
from dojo.spec.trial import Trial
from dojo.stack import located, place_in
from dojo.terminal.layout import WIDTH, cut, wrapped

# characters of a call that is shown: what three lines hold, and two and one where room is short
CALL = 3 * WIDTH - 12, 2 * WIDTH - 8, WIDTH
LOOPS = "steps", "step", "rounds", "n"  # arguments that say how often a loop is run
LINES_OF_WORDS = 8  # of what an error says
PLAIN = int, float, str, bool  # results that are shown in a word
CPP_STACK = "Exception raised from"  # how torch begins it
HEADINGS = {"WrongDevice": "WRONG DEVICE"}  # errors of ours that are said as a kind of failure


class Situation:
    """A trial, the kata that it is of, and the answer that was tried."""

    def __init__(
        self,
        trial: Trial,
        catalogue: Catalogue,
        kata: Kata,
        answer: Answer | None,
        patience: float,
        examples: Examples | None = None,
    ) -> None:
        self.trial, self.catalogue, self.kata, self.answer = trial, catalogue, kata, answer
        self.patience, self.examples = patience, examples
        self.calls = trial.first(KataCalls)
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
        if self.calls is not None:
            said.functions = list(dict.fromkeys(c.function for c in self.calls.calls))
        if error is None:
            return said
        if self.fresh is not None and self.fresh.used:
            said.seed = self.fresh.seed
        if self.calls is not None and self.calls.calls:
            said.function = self.calls.calls[-1].function
        self._judge(said, error)
        said.is_edge = self._is_edge(error)
        self._blame_switches(said, error)
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
            said.body = [*self._told(error), *self._warned(), *error.remedy]
            said.is_by_value = error.by_value
            if error.function:  # no call that was made is to blame
                said.function = error.function
                return
            said.asked = self._asked(error)
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

    def _told(self, error: Wrong) -> list[str]:
        """Say what is wrong; where None came back though there is a `return`, what may be None."""
        if error.heading != "NOTHING RETURNED" or self.calls is None or self.answer is None:
            return reflowed(error.body)
        if "not a leaf" in " ".join(self.calls.warned):
            return reflowed([f"the result is None: {NO_LEAF}"])
        why = of_none(self.answer.source, self.calls.calls[-1].function)
        return reflowed([why] if why else error.body)

    def _stumbled(self, said: Feedback, error: BaseException) -> None:
        """Tell whose fault an error of the spec is: the answer's, if the solution passes it."""
        words = _in_its_words(error)
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
        if self.calls is None or not self.calls.calls:
            return False
        door = InProcess(open_ours(self.kata.answer_in(self.catalogue.solutions)))
        seed = self.fresh.seed if self.fresh is not None else DEFAULT_SEED
        return self.trial.test.try_on(door, self.kata, seed).error is None

    def _blame_switches(self, said: Feedback, error: BaseException) -> None:
        """Name the lines that set something for the whole file, if this comes of them."""
        made = self.calls.calls if self.calls is not None else []
        if said.outcome != "wrong" or self.answer is None or not made:
            return
        call = self._meant(made, error)
        wanted = wanted_of(self.catalogue, self.kata, call)
        if blamed := switches_to_blame(self.answer, call, wanted):
            said.named = []
            said.shows = _set_for_all(blamed)
            said.diagnosis = [
                *(line for switch in blamed for line in _switched(self.answer, switch)),
                "Without that line this does not happen.",
            ]

    def _meddled(self, said: Feedback) -> None:
        """Say that a call changed what it was given, if nothing else explains the numbers."""
        if self.calls is not None and self.calls.meddled.changed and not said.diagnosis:
            try:
                proof.untouched(self.calls.meddled)
            except Wrong as wrong:
                said.heading, said.asked = wrong.heading, self._asked(wrong)
                said.body = reflowed(wrong.body)

    def _wrong_kind(self) -> Wrong | None:
        """Say how the latest result differs in kind from the solution's, if it does."""
        made = self.calls.calls if self.calls is not None else []
        if not made or made[-1].error is not None:
            return None
        wanted = wanted_of(self.catalogue, self.kata, made[-1])
        if wanted.error is not None:
            return None
        try:
            proof.same_kind(made[-1].value, wanted.value)
        except Wrong as wrong:
            return wrong
        return None

    def _asked(self, error: BaseException) -> list[str]:
        """The call that the failure is about, as a learner could type it; then shorter."""
        made = self.calls.calls if self.calls is not None else []
        if not made or isinstance(error, MissingTrace):
            return []
        call = self._meant(made, error)
        return list(dict.fromkeys(call.shown(most) for most in CALL))

    def _meant(self, made: list[Call], error: BaseException) -> Call:
        """Return the call whose result was compared, else the latest one that is wrong."""
        compared = error.compared if isinstance(error, Wrong) else None
        if compared is not None:
            for call in reversed(made):
                if any(_is_in(compared, t) for t in values.tensors(call.value)):
                    return call
        if made[-1].error is not None or not isinstance(error, Wrong) or not error.by_value:
            return made[-1]
        wrong = (c for c in reversed(made) if not self._is_right(c))
        return next(wrong, made[-1])

    def _is_edge(self, error: BaseException) -> bool:
        """Whether the call that the failure is about has nothing to do: 0 steps, an empty batch."""
        made = self.calls.calls if self.calls is not None else []
        if not made:
            return False
        call = self._meant(made, error)
        given = (*call.args, *call.kwargs.values())
        empty = any(isinstance(v, Tensor) and not v.numel() for v in given)
        named = dict(zip(call.names, call.args, strict=False)) | call.kwargs
        return empty or any(named.get(name) == 0 for name in LOOPS if type(named.get(name)) is int)

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
        body += [*_in_its_words(error), *self._warned()]
        warned = " ".join(self.calls.warned) if self.calls is not None else ""
        meaning = meaning_of(error, text, warned) or self._refused(text)
        return [*body, "", *reflowed(meaning.splitlines())] if meaning else body

    def _refused(self, text: str) -> str:
        """What is wanted where the answer's own `raise` refused a call."""
        if self.calls is None or not self.calls.calls or not text.startswith("raise "):
            return ""
        wanted = wanted_of(self.catalogue, self.kata, self.calls.calls[-1])
        if wanted.error is not None:
            return ""
        what = f": {values.shown(wanted.value)} is wanted" if type(wanted.value) in PLAIN else ""
        return f"Your own `raise` refused this call, which has an answer{what}."

    def _warned(self) -> list[str]:
        """What Python and torch warned the answer of, in their own words."""
        noted = first_of(self.calls.warned if self.calls is not None else [])
        return [line for text in noted for line in ("", *wrapped(text))]

    def _diagnose(self, said: Feedback, *, by_value: bool) -> None:
        """Name the known mistake, if one explains every call of this test."""
        if self.calls is None or self.answer is None or not self.calls.calls:
            return
        begun = self.answer.clock()
        made = self.calls.calls
        found = _diagnosed(
            self.catalogue,
            self.kata,
            self.answer,
            made,
            self.patience,
            self.examples,
            by_value=by_value,
        )
        self.patience -= self.answer.clock() - begun
        if found.function:
            blamed_inside = found.function not in {c.function for c in self.calls.calls}
            leaves = (leaf for c in self.calls.calls for _, leaf in values.each(c.value))
            words = any(isinstance(leaf, str) for leaf in leaves)
            said.diagnosis = _told(found, said.function if blamed_inside else "", words=words)
            said.function = found.function
        said.named, said.shows = [m.name for m in found.mistakes], found.shows


def _diagnosed(*given: Any, **named: Any) -> Diagnosis:
    """Look for what explains a failure; trouble in doing so costs the explanation only."""
    try:
        return diagnose(*given, **named)
    except Exception:
        return Diagnosis("", [])


def reflowed(lines: Sequence[str]) -> list[str]:
    """Break prose anew to the screen's width; lines that are indented, as in a table, stay."""
    found: list[str] = []
    for is_prose, group in itertools.groupby(lines, lambda line: bool(line[:1].strip())):
        kept = list(group)
        found += wrapped(" ".join(kept)) if is_prose else [cut(line) for line in kept]
    return found


def _switched(answer: Answer, switch: Switch) -> list[str]:
    """Say which line sets something for the whole file."""
    file = typed(answer.path)
    if not switch.line:
        return wrapped(f"What {file} imports {switch.does} for the whole file.")
    place = place_in(answer.source.split("\n"), switch.line).capitalize()
    line = f"{place} of {file} {switch.does} for the whole file:"
    return [*wrapped(line), cut(f"    {switch.text}")]


def _set_for_all(switches: Sequence[Switch]) -> str:
    """Say what some lines set, without saying where they stand."""
    return " ".join(f"A line {switch.does} for the whole file." for switch in switches)


def _told(found: Diagnosis, outer: str, *, words: bool) -> list[str]:
    """Say what the numbers show."""
    lead = f"{found.function}, which {outer} calls, is wrong in itself. " if outer else ""
    if not found.mistakes:
        told = found.symptom or ("Start there." if lead else "")
        return wrapped(f"{lead}{told}") if told else []
    if words:
        return wrapped(f"{lead}This is exactly the answer of {found.shows}.")
    whose = "Its numbers are exactly those" if outer else "These are exactly the numbers"
    return wrapped(f"{lead}{whose} of {found.shows}.")


def _in_its_words(error: BaseException) -> list[str]:
    """What the error says, in full, as far as it is of use: no stack of C++ calls."""
    said = [line for line in words_of(error).split(CPP_STACK)[0].splitlines() if line.strip()]
    lines = reflowed(said)
    return lines if len(lines) <= LINES_OF_WORDS else [*lines[:LINES_OF_WORDS], "…"]


def _is_in(compared: Tensor, result: Tensor) -> bool:
    """Whether what was compared is this result, or a part of it."""
    whole = result.detach().cpu().to(torch.float64)
    if compared.numel() == whole.numel():
        return values.same(compared.flatten(), whole.flatten())
    return (
        any(values.same(compared.flatten(), row.flatten()) for row in whole)
        if whole.dim()
        else False
    )
