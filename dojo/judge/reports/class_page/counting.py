"""Counting a class: where everyone stands, and which faults how many have in common."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from dojo.errors import NOT_RIGHT_YET
from dojo.judge.reports.escaping import file_name, heading
from dojo.judge.reports.wording import MEANING
from dojo.judge.result import Result, TestResult, total
from dojo.judge.verdict import NO_FAULT, Verdict
from dojo.opening.unusable import WHOLE_FILE
from dojo.terminal.visible import one_line

NAME = 80  # characters of a name that are shown
NOT_JUDGED = "NOT-JUDGED"  # in place of a verdict where there is no record
KINDS: dict[str, tuple[str, ...]] = {
    "done": (Verdict.PASS,),
    "wrong": (Verdict.FAIL,),
    "stopped": (Verdict.TIMEOUT, Verdict.OUT_OF_MEMORY, Verdict.CRASH, Verdict.REFUSED),
    "todo": (Verdict.TODO,),
    "absent": (Verdict.NOT_SUBMITTED,),
    "unjudged": (Verdict.GRADER_ERROR, NOT_JUDGED),
}
ROUNDING = 1e-9  # of a share that is a sum of weights


@dataclass(frozen=True, slots=True)
class Cell:
    """What came of one answer: its verdict, and the share of the points, in words."""

    verdict: str
    share: str = ""

    @property
    def kind(self) -> str:
        """What kind of verdict it is: they have a colour each."""
        return next(kind for kind, verdicts in KINDS.items() if self.verdict in verdicts)


@dataclass(frozen=True, slots=True)
class Person:
    """One person's row. href: where the feedback is; points: in words, of all katas."""

    name: str
    href: str
    done: int
    points: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a function, in words that are the same for all who have it.

    how: "mistake" where it is a known one, "symptom" where the numbers show it, else "heading"
    """

    kata: str
    function: str
    what: str
    how: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How many people stand where in one kata, by the kind of their verdict."""

    kata: str
    people: dict[str, int]


class Classroom:
    """Counts what came of each submission, in turn."""

    def __init__(self, katas: Sequence[str]) -> None:
        self.katas = katas
        self._cells: dict[Cell, Cell] = {}  # few are different
        self._who: dict[Fault, list[Person]] = {}
        self.people: list[Person] = []

    def add(self, name: str, judged: Sequence[Result]) -> None:
        """Count one submission: all that was judged of it."""
        cells = {one.kata: self._cell(one) for one in judged}
        points = total(judged, len(self.katas))
        shown = one_line(name)
        person = Person(
            name=shown if len(shown) <= NAME else f"{shown[:NAME]}…",
            href=quote(f"feedback/{file_name(name)}.html"),
            done=sum(one.verdict is Verdict.PASS for one in judged),
            points="–" if points is None else f"{points:.2f}",
            cells=tuple(cells.get(kata, Cell(NOT_JUDGED)) for kata in self.katas),
        )
        self.people.append(person)
        for fault in dict.fromkeys(f for one in judged for f in faults(one)):
            self._who.setdefault(fault, []).append(person)

    def _cell(self, judged: Result) -> Cell:
        share = judged.points
        unsaid = share is None or judged.verdict in (Verdict.PASS, Verdict.NOT_SUBMITTED)
        cell = Cell(str(judged.verdict), "" if unsaid else _percent(share or 0.0))
        return self._cells.setdefault(cell, cell)

    @property
    def faults(self) -> list[tuple[Fault, list[Person]]]:
        """Each fault with who has it, the most common first."""
        order = sorted(self._who, key=lambda f: (-len(self._who[f]), f.kata, f.function, f.what))
        return [(fault, self._who[fault]) for fault in order]

    @property
    def standings(self) -> Iterator[Standing]:
        """Where the class stands in each kata."""
        for i, kata in enumerate(self.katas):
            found = Counter(p.cells[i].kind for p in self.people)
            yield Standing(kata, {kind: found[kind] for kind in KINDS})

    @property
    def kinds(self) -> list[str]:
        """Every kind of verdict that somebody has."""
        found = {cell.kind for p in self.people for cell in p.cells}
        return [kind for kind in KINDS if kind in found]

    @property
    def verdicts(self) -> list[str]:
        """Every verdict that somebody has, in the order of the gradebook."""
        found = {cell.verdict for p in self.people for cell in p.cells}
        return [v for v in (*map(str, Verdict), NOT_JUDGED) if v in found]

    @property
    def half(self) -> int:
        """So many katas, or more, are done by half of the people."""
        done = sorted(p.done for p in self.people)
        return done[len(done) // 2] if done else 0


def faults(judged: Result) -> Iterator[Fault]:
    """Yield what is wrong with each function: what explains it; where nothing does, how it fails.

    What is not written is no fault, nor is what was not handed in, nor what is looked at only where
    a result is right. A file that cannot be used is one fault, not one of each function.
    """
    failed = [t for t in judged.tests if t.verdict not in NO_FAULT and t.heading != NOT_RIGHT_YET]
    if unusable := [t for t in failed if t.heading in WHOLE_FILE]:
        yield Fault(judged.kata, "", *_what(unusable[0]))
        return
    for function in dict.fromkeys(t.function for t in failed):
        own = [t for t in failed if t.function == function]
        explained = [t for t in own if t.shows]
        for test in explained or own[:1]:
            yield Fault(judged.kata, heading(function), *_what(test))


def _what(test: TestResult) -> tuple[str, str]:
    if test.shows:
        return heading(test.shows), "mistake" if test.named else "symptom"
    meaning = MEANING.get(test.verdict)
    return f"{test.verdict}. {meaning}" if meaning else heading(test.heading), "heading"


def _percent(share: float) -> str:
    """Write a share; what is not the whole is never written as 100 %."""
    return f"{math.floor(100 * share + ROUNDING)} %"
