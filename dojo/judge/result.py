"""What judging one submission's answer to one kata came to, as plain data that can be stored."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from dojo.judge.verdict import Verdict


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test's verdict.

    points:   what the test is worth if it passes: its weight, not what was earned
    observed: it rests on what the worker says of itself, so its points are kept apart
    function: the one that is to be mended; empty where it passed, or none is to blame
    named:    the known mistakes that explain why it failed
    shows:    what these are, else what the numbers show; the same for all who fail in this way
    """

    __test__ = False  # pytest collects no class of this name

    test: str
    verdict: Verdict
    heading: str
    message: list[str]
    points: float
    observed: bool
    function: str = ""
    named: list[str] = field(default_factory=list)
    shows: str = ""

    @property
    def passed(self) -> bool:
        """Whether the points are earned."""
        return self.verdict is Verdict.PASS


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture of an answer, beside what is wanted. Empty where there was nothing to show.

    png: in base64; words: what it shows, for whoever does not see it
    """

    png: str = ""
    words: str = ""


@dataclass(frozen=True)
class Result:
    """One submission's answer to one kata, judged: what is recorded, reported and resumed from.

    seconds is wall-clock time; it takes no part in the gradebook. layers are those of the sandbox
    that were in force. measured is what goes on a leaderboard, by its name, where that is asked;
    plot is a picture of it, None if none was asked for.
    """

    submission: str
    kata: str
    seed: int
    tests: tuple[TestResult, ...]
    verdict: Verdict
    seconds: float
    source_hash: str
    layers: tuple[str, ...]
    measured: tuple[str, float] | None = None
    plot: Plot | None = None

    @cached_property
    def points(self) -> float | None:
        """The share of the kata's tests that pass, by weight, 0 to 1, what is observed apart.

        None after a GRADER-ERROR: what was not judged is not scored.
        """
        return self._share(observed=False)

    @cached_property
    def observed_points(self) -> float | None:
        """The share of its observed tests that pass, 0 to 1 (0 if it has none); None as above."""
        return self._share(observed=True)

    @property
    def counted(self) -> list[TestResult]:
        """The tests that make up the points."""
        return [t for t in self.tests if not t.observed]

    @property
    def observed(self) -> list[TestResult]:
        """The tests that rest on the worker's own word."""
        return [t for t in self.tests if t.observed]

    @property
    def verdicts(self) -> list[Verdict]:
        """Each test's verdict; where no test could run, the one of the whole."""
        return [t.verdict for t in self.tests] or [self.verdict]

    def _share(self, *, observed: bool) -> float | None:
        if Verdict.GRADER_ERROR in (self.verdict, *self.verdicts):
            return None
        own = self.observed if observed else self.counted
        worth = math.fsum(t.points for t in own)
        return math.fsum(t.points for t in own if t.passed) / worth if worth else 0.0

    def to_json(self) -> str:
        """Write it as one line of JSON."""
        return json.dumps(self, default=_fields, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Result:
        """Read what `to_json` wrote.

        Errors: ValueError, KeyError or TypeError for anything else.
        """
        read: dict[str, Any] = json.loads(text)
        tests = tuple(_test_from(test) for test in read.pop("tests"))
        layers, verdict = tuple(read.pop("layers")), Verdict(read.pop("verdict"))
        name_and_value = read.pop("measured", None)
        measured = tuple(name_and_value) if name_and_value else None
        drawn = read.pop("plot", None)
        plot = Plot(**drawn) if drawn is not None else None
        return cls(
            **read, tests=tests, layers=layers, verdict=verdict, measured=measured, plot=plot
        )


@dataclass(frozen=True)
class Skipped:
    """Something in an inbox that was not read, and why.

    name:  somebody who is not judged for it
    owner: somebody who is judged, and should hear of it
    kata:  the number of the kata that it may answer, whose verdict tells its owner already
    """

    path: str
    why: str
    name: str = ""
    owner: str = ""
    kata: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.why}"


def total(judged: Sequence[Result], katas: int) -> float | None:
    """Return the sum of the points of so many katas; None while one of them is not scored."""
    scored = [one.points for one in judged if one.points is not None]
    return math.fsum(scored) if len(scored) == katas else None


def _fields(of: Result | TestResult | Plot) -> dict[str, Any]:
    return {name: getattr(of, name) for name in of.__dataclass_fields__}


def _test_from(read: dict[str, Any]) -> TestResult:
    return TestResult(**read | {"verdict": Verdict(read["verdict"])})
