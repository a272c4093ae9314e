"""What the judge says of a test of a submission, and how a worker's end is told to a spec."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import pytest


class Verdict(StrEnum):
    """The outcome of one test of one submission."""

    PASS = "PASS"
    FAIL = "FAIL"
    TODO = "TODO"
    TIMEOUT = "TIMEOUT"
    OUT_OF_MEMORY = "OUT-OF-MEMORY"
    CRASH = "CRASH"
    REFUSED = "REFUSED"
    GRADER_ERROR = "GRADER-ERROR"  # never the student's fault, never scored as zero
    NOT_SUBMITTED = "NOT-SUBMITTED"


WORST_FIRST = (
    Verdict.GRADER_ERROR,
    Verdict.REFUSED,
    Verdict.NOT_SUBMITTED,
    Verdict.CRASH,
    Verdict.OUT_OF_MEMORY,
    Verdict.TIMEOUT,
    Verdict.FAIL,
    Verdict.TODO,
    Verdict.PASS,
)

NO_FAULT = (Verdict.PASS, Verdict.TODO, Verdict.NOT_SUBMITTED, Verdict.GRADER_ERROR)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict of the whole: the worst of its parts, PASS only if all of them are."""
    found = set(verdicts)
    return next((v for v in WORST_FIRST if v in found), Verdict.GRADER_ERROR)


class WorkerGone(pytest.fail.Exception):
    """The process that ran a submission is no more, and `verdict` tells why.

    Built on pytest's own failure, so that no `pytest.raises` of a spec takes it for the error that
    it waits for.

    function: the one that ended it, if one did
    """

    def __init__(self, verdict: Verdict, message: str, function: str = "") -> None:
        super().__init__(message, pytrace=False)
        self.verdict, self.message, self.function = verdict, message, function
