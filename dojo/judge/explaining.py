"""From the failed tests of one answer to what its student reads: verdicts first, then reasons.

Whatever goes wrong while a failure is explained costs the explanation, never the verdict; and so
does it where explaining takes too much of the judge's own time. That is far more than an answer
takes that comes to its end in each call: what is said must not depend on how busy the machine is.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

import pytest

from dojo.calling.calls import KataCalls
from dojo.catalogue import Catalogue, Kata
from dojo.errors import NotWritten, Wrong
from dojo.feedback.examples import Examples
from dojo.feedback.failure import described
from dojo.feedback.feedback import Situation
from dojo.feedback.wording import reflowed
from dojo.judge.batching import Tried
from dojo.judge.reports.wording import MOVES
from dojo.judge.result import TestResult
from dojo.judge.verdict import Verdict, WorkerGone
from dojo.opening.answers import Answer
from dojo.opening.python_errors import words_of
from dojo.spec.trial import SpecTest, Trial
from dojo.terminal.layout import cut, paragraphs
from dojo.terminal.visible import visible

PATIENCE = 10.0  # seconds of the judge's and the worker's for finding out one answer's mistakes
EXPLAINING = 20.0  # seconds of the judge's for all that is said of one answer
PRINTED = 2000  # characters of what an answer prints that its feedback shows
LINES = 12  # of a failure that is not explained
UNEXPLAINED = "Why it came to this could not be found out here."


class _Said(NamedTuple):
    """What is said of a failed test: its heading, the lines, and the function to be mended.

    named and shows as in a `TestResult`
    """

    heading: str
    lines: list[str]
    function: str
    named: Sequence[str] = ()
    shows: str = ""


class Explanation:
    """What is said of one answer's tests, in turn.

    patience: seconds of the judge's and the worker's for finding out its mistakes
    """

    def __init__(
        self,
        catalogue: Catalogue,
        kata: Kata,
        answer: Answer,
        examples: Examples,
        patience: float = PATIENCE,
    ) -> None:
        self._catalogue, self._kata, self._answer = catalogue, kata, answer
        self._examples = examples
        self._patience, self._until = patience, time.process_time() + EXPLAINING

    def result(self, tried: Tried) -> TestResult:
        """Return the verdict of one test, and why."""
        test, failed = tried.test, tried.failed
        if failed is None:
            return passed(test)
        verdict, error = verdict_of(failed), failed.error
        if isinstance(error, WorkerGone):
            said = _Said(str(verdict), _of_the_end(test, error), error.function)
        elif isinstance(error, NotWritten):
            lines = [f"{error.function} is not written yet."]
            said = _Said(str(verdict), lines, error.function)
        else:
            said = self._why(failed, tried.printed[:PRINTED])
        return TestResult(
            test.name,
            verdict,
            said.heading,
            said.lines,
            test.points,
            test.observed,
            said.function,
            list(said.named),
            said.shows,
        )

    def _why(self, failed: Trial, printed: str) -> _Said:
        """Return what a learner would read of a failure."""
        if time.process_time() > self._until:
            return _unexplained(failed)
        given = self._catalogue, self._kata, self._answer, self._patience, self._examples
        situation = Situation(failed, *given)
        try:
            said = situation.feedback()
            heading = said.heading or str(verdict_of(failed))
            lines = described(said, printed)
            return _Said(heading, lines, said.function, said.named, said.shows)
        except Exception:  # whatever an answer returned has led to it
            return _unexplained(failed)
        finally:
            self._patience = situation.patience


def _of_the_end(test: SpecTest, gone: WorkerGone) -> list[str]:
    """Say what was promised, how the worker ended instead, and the next move."""
    ended = [gone.message, *([MOVES[gone.verdict]] if gone.verdict in MOVES else [])]
    return paragraphs([test.promise, "", *ended])


def passed(test: SpecTest) -> TestResult:
    """Return the result of a test that passed."""
    verdict = Verdict.PASS
    return TestResult(test.name, verdict, str(verdict), [], test.points, test.observed)


def verdict_of(failed: Trial) -> Verdict:
    """Return the verdict of a test that failed: it rests on its error alone, on no explanation."""
    error = failed.error
    if isinstance(error, WorkerGone):
        return error.verdict
    if isinstance(error, NotWritten):
        return Verdict.TODO
    calls = failed.first(KataCalls)
    claimed = isinstance(error, (Wrong, AssertionError, pytest.fail.Exception))
    if not claimed and (calls is None or not calls.calls):
        return Verdict.GRADER_ERROR  # before any call: it cannot be the answer's doing
    return Verdict.FAIL


def _unexplained(failed: Trial) -> _Said:
    """Say a failure in its own words only."""
    error = failed.error
    assert error is not None
    heading, body = "NOT AS PROMISED", _words(error)
    if isinstance(error, Wrong):
        heading, body = error.heading, reflowed(error.body)
    calls = failed.first(KataCalls)
    function = calls.calls[-1].function if calls is not None and calls.calls else ""
    lines = [failed.test.promise, "", *map(cut, body[:LINES]), "", UNEXPLAINED]
    return _Said(heading, lines, function)


def _words(error: BaseException) -> Sequence[str]:
    return visible(words_of(error)).splitlines()
