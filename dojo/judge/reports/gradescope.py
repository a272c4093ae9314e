"""Gradescope's results.json: one submission's tests, each with its score."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from dojo.judge.reports.wording import OBSERVED, standing, told
from dojo.judge.result import Result, TestResult, total
from dojo.terminal.visible import one_line

DIGITS = 6  # of points


def gradescope(judged: Sequence[Result], katas: int) -> str:
    """Write one submission in Gradescope's results.json format: each kata is worth one point.

    After a GRADER-ERROR there is no score, which Gradescope shows as an autograder that failed.
    Observed tests carry no score: they rest on the submission's own word.
    """
    results: dict[str, Any] = {
        "output": "\n".join(f"katas/{one.kata}: {standing(one)}" for one in judged),
        "output_format": "text",
        "visibility": "visible",
        "tests": [case for one in judged for case in _cases(one)],
    }
    if (score := total(judged, katas)) is not None:
        results = {"score": round(score, DIGITS), "max_score": float(katas), **results}
    return json.dumps(results, ensure_ascii=False) + "\n"


def _cases(judged: Result) -> list[dict[str, Any]]:
    """Write a kata's tests, their scores so that all of them together are one point."""
    tests = judged.tests or [TestResult("all tests", judged.verdict, "", [], 1.0, observed=False)]
    worth = math.fsum(t.points for t in tests if not t.observed) or 1.0
    share = None if judged.points is None else 1 / worth
    return [_case(judged.kata, test, share) for test in tests]


def _case(kata: str, test: TestResult, share: float | None) -> dict[str, Any]:
    case: dict[str, Any] = {
        "name": f"katas/{kata} {one_line(test.test)}",
        "status": "passed" if test.passed else "failed",
        "output": "\n".join(told(test)),
        "output_format": "text",
        "visibility": "visible",
    }
    if test.observed:
        return {**case, "name": f"{case['name']} ({OBSERVED})", "tags": ["observed"]}
    if share is None:
        return case
    most = round(test.points * share, DIGITS)
    return {**case, "score": most if test.passed else 0.0, "max_score": most}
