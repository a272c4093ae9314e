"""What the judge can say of a test, and how it is said when the worker is gone."""

from __future__ import annotations

from enum import StrEnum

import pytest


class Verdict(StrEnum):
    """The outcome of one judged test; GRADER_ERROR is never the student's fault, never a zero."""

    PASS = "PASS"
    FAIL = "FAIL"
    TODO = "TODO"
    TIMEOUT = "TIMEOUT"
    OUT_OF_MEMORY = "OUT-OF-MEMORY"
    CRASH = "CRASH"
    REFUSED = "REFUSED"
    GRADER_ERROR = "GRADER-ERROR"
    NOT_SUBMITTED = "NOT-SUBMITTED"


class WorkerGone(pytest.fail.Exception):
    """The worker behind a call is gone, with the verdict that this means.

    Built on pytest's own failure, which `pytest.raises` never takes for the error it waits for.
    """

    def __init__(self, verdict: Verdict, message: str) -> None:
        super().__init__(message, pytrace=False)
        self.verdict, self.message = verdict, message
