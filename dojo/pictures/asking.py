"""Asking an answer and the reference the same, for a picture: what came, as far as it goes."""

from __future__ import annotations

import contextlib
import io
import itertools
import warnings
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch

from dojo.calling import values
from dojo.calling.calls import Door, InProcess, KataCalls
from dojo.calling.observing import Observed
from dojo.calling.time_limit import limited
from dojo.catalogue import Kata
from dojo.errors import NotWritten, TookTooLong, Wrong
from dojo.opening.answers import Answer, open_ours
from dojo.opening.unusable import WHOLE_FILE
from dojo.pictures.fitting import Misfit, first_without_number, fitted, is_near
from dojo.stack import lines_of_traceback, place_in

MOST = 70  # characters of an error's own words
SECONDS = 3.0  # of processor time, for all that one drawing of a path asks
Program = Callable[[Any], Iterable[Any]]  # calls `kata.descend(…)`, yields what is drawn


class OutOfTime(TookTooLong):
    """What ends a call that took longer than a picture waits."""

    def __init__(self) -> None:
        super().__init__(SECONDS)


class AnswerDoor(Door, Protocol):
    """A door that says whose answer is behind it."""

    @property
    def answer(self) -> Answer:
        """The answer: here only where it lies, and its text, matter."""
        ...


@dataclass(frozen=True)
class Both:
    """What a program drew from the reference, and from the answer: that may be less, or None."""

    wanted: Any
    yours: Any

    def each(self, change: Callable[[Any], Any]) -> Both:
        """Return what a function makes of the one and of the other."""
        return Both(change(self.wanted), None if self.yours is None else change(self.yours))


class Asking:
    """The door from a picture to an answer and to the reference.

    sentences: what must be said of the answer below the picture
    differs:   whether something that was asked came out otherwise than from the reference
    """

    def __init__(self, kata: Kata, door: AnswerDoor | None, missing: str = "") -> None:
        self._kata, self._door = kata, door
        self.has_yours = self.differs = False
        self._said = dict.fromkeys([missing] if missing and door is None else [])  # in order
        self._noted = dict[str, dict[str, None]]()  # what is said of yours: of which functions
        self._unwritten = dict[str, None]()
        self._endless = set[str]()  # functions that took too long: not asked again
        self._asked = set[str]()

    @property
    def asked(self) -> set[str]:
        """The functions that were called, and those of the reference that they call."""
        solution = open_ours(self._kata.solution)
        return self._asked.union(*map(solution.callees, self._asked))

    def value(self, function: str, *args: Any) -> Both:
        """Call one function of both, and return both values."""
        both = self.run(lambda kata: [getattr(kata, function)(*args)])
        return Both(both.wanted[0], both.yours[0] if both.yours else None)

    def run(self, program: Program, count: str = "") -> Both:
        """Run a program with both, and return two lists of what it yielded; None for an empty one.

        count: WORK or KEPT, where it looks at `kata.observed`
        """
        reference = KataCalls(InProcess(open_ours(self._kata.solution)), count=count)
        wanted = [fitted(value, value) for value in program(reference)]
        self._asked |= {call.function for call in reference.calls}
        yours = self._yours(program, wanted, count)
        self.has_yours |= bool(yours)
        self.differs |= not is_near(yours, wanted)
        return Both(wanted, yours or None)

    def stacked(self, program: Program, count: str = "") -> Both:
        """Run a program that yields tensors of one shape, and return both as one tensor each."""
        both = self.run(program, count)
        wanted = torch.stack(both.wanted)
        rows = zip(both.yours or [], both.wanted, strict=False)
        fits = itertools.takewhile(_alike, rows)  # a row of another shape has no place below others
        yours = [own for own, _ in fits]
        return Both(wanted, torch.stack(yours) if yours else None)

    def _yours(self, program: Program, wanted: Sequence[Any], count: str) -> list[Any]:
        """Return what the answer yields, until it fails, and note how; nothing of a stub."""
        found = list[Any]()
        if self._door is None:
            return found
        calls = KataCalls(self._door, count=count, signatures=self._kata.signatures)
        kata = _Copying(calls, self._endless)
        try:
            with _quietly(), limited(SECONDS, OutOfTime):
                for came, want in zip(program(kata), wanted, strict=False):
                    found.append(fitted(came, want, lambda said: self._note(kata, said)))
        except KeyboardInterrupt:
            raise
        except NotWritten as to_do:
            self._unwritten[to_do.function] = None
            return []
        except BaseException as error:
            if _is_too_long(error):
                self._endless.add(kata.asked)
            self._note_error(kata, error, len(found), len(wanted))
        self._note_numbers(kata, found, wanted)
        return found

    @property
    def sentences(self) -> list[str]:
        """What must be said below the picture: what is to do first."""
        names = ", ".join(self._unwritten)
        are = "are" if len(self._unwritten) > 1 else "is"
        unwritten = [f"{names} {are} not written yet: there, what is wanted stands alone."]
        noted = (
            f"{', '.join(functions)}: yours {said}." for said, functions in self._noted.items()
        )
        return [*(unwritten if names else []), *noted, *self._said]

    def say(self, sentence: str) -> None:
        """Note a sentence, once."""
        self._said[sentence] = None

    def _note(self, kata: _Copying, said: str) -> None:
        """Note something of what the function that was called last returned."""
        self._noted.setdefault(said, {})[kata.asked] = None

    def _note_error(self, kata: _Copying, error: BaseException, done: int, due: int) -> None:
        """Note in a sentence why the answer's part of the picture ends here."""
        until = f", after {done} of {due} points" if due > 1 and done else ""
        if isinstance(error, Wrong) and error.heading in WHOLE_FILE:
            self.say(f"{error.heading.capitalize()}: what is wanted stands alone.")
        else:
            self._note(kata, f"{self._trouble(error)}{until}")

    def _trouble(self, error: BaseException) -> str:
        """Say what ended the answer's part: after "yours"."""
        if isinstance(error, Misfit):
            return str(error)
        if _is_too_long(error):
            seconds = error.seconds if isinstance(error, TookTooLong) else SECONDS
            return f"took longer than {seconds:g} s of processor time"
        if isinstance(error, Wrong):
            return f"cannot be drawn ({error.heading.lower()}; its test says more)"
        told: dict[str, Any] = error.__dict__  # more, if it is rebuilt from what a sandbox said
        words = str(error).strip().splitlines() or [""]
        name = str(told.get("answer_type", type(error).__name__))
        return f"raised {name}{self._place(error)}: {words[0][:MOST]}".rstrip(" :.")

    def _place(self, error: BaseException) -> str:
        """Say where in the answer an error was raised, if it was there."""
        assert self._door is not None
        answer, number = self._door.answer, error.__dict__.get("answer_line", 0)
        if lines := lines_of_traceback(answer.path, error.__traceback__):
            number = lines[-1].number
        return f" in {place_in(answer.source.split(chr(10)), number)}" if number else ""

    def _note_numbers(self, kata: _Copying, found: list[Any], wanted: Sequence[Any]) -> None:
        """Note where yours has nan or inf and a number was wanted."""
        many = len(wanted) > 1
        for i, (mine, want) in enumerate(zip(found, wanted, strict=False)):
            for own, its in zip(values.tensors(mine), values.tensors(want), strict=False):
                row = first_without_number(own)
                if row is not None and first_without_number(its) is None:
                    at = f" from {i} on" if many else f" from row {row} on" if own.dim() else ""
                    return self._note(kata, f"is nan or inf{at}")
        return None


def _alike(pair: tuple[Any, Any]) -> bool:
    """Whether two tensors have the same shape."""
    return bool(pair[0].shape == pair[1].shape)


class _Copying:
    """`kata` for a program: each call gets copies, so that an answer cannot change what is drawn.

    asked:   the function that was called last
    endless: those that are not called any more
    """

    def __init__(self, calls: KataCalls, endless: Container[str]) -> None:
        self._calls, self._endless, self.asked = calls, endless, ""

    @property
    def observed(self) -> Observed:
        """What was seen of the latest call."""
        return self._calls.observed

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.asked = name
            if name in self._endless:
                raise OutOfTime
            return getattr(self._calls, name)(*values.copied(args), **values.copied(kwargs))

        return call


def _is_too_long(error: BaseException) -> bool:
    """Whether a call was ended because of the time that it took."""
    return isinstance(error, TookTooLong) or getattr(error, "heading", "") == "TOOK TOO LONG"


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Keep what an answer prints, or warns of, off the screen: its tests have shown it."""
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield
