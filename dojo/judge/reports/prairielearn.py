"""PrairieLearn's results.json, which an external grader writes: one submission, its tests, a score.

Its fields: https://docs.prairielearn.com/externalGrading/#grading-results
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

from dojo.judge.reports.points import shares
from dojo.judge.reports.wording import MEANING, OBSERVED, standing, told, told_in_turn
from dojo.judge.result import Result, TestResult, total
from dojo.judge.verdict import Verdict
from dojo.opening.unusable import WHOLE_FILE
from dojo.terminal.visible import one_line

BYTES = 500_000  # of all messages together: PrairieLearn takes 1 MB
UNREAD = (Verdict.REFUSED, Verdict.NOT_SUBMITTED)


def prairielearn(judged: Sequence[Result], katas: int) -> str:
    """Write one submission in PrairieLearn's results.json format; the score is 0 to 1.

    What cannot be read, or was not judged, is not gradable: it costs no points and no attempt.
    """
    why = _why_not_gradable(judged, katas)
    results = {"gradable": False, "format_errors": why} if why else _graded(judged, katas)
    return json.dumps(results, ensure_ascii=False) + "\n"


def _why_not_gradable(judged: Sequence[Result], katas: int) -> list[str]:
    """Say why there is no score: the judge failed, or no kata's file can be read as an answer."""
    if total(judged, katas) is None:
        return [MEANING[Verdict.GRADER_ERROR]]
    said = [_unread(one) for one in judged]
    return said if all(said) else []


def _unread(judged: Result) -> str:
    """Return what is wrong with the file as a whole; nothing if its functions could be tried."""
    if judged.verdict in UNREAD and not judged.tests:
        return MEANING[judged.verdict]
    wrong = [test for test in judged.tests if not test.passed]
    whole = bool(judged.tests) and len(wrong) == len(judged.tests)
    if whole and all(t.verdict in UNREAD or t.heading in WHOLE_FILE for t in wrong):
        return _cut("\n".join(told(wrong[0])), BYTES)
    return ""


def _graded(judged: Sequence[Result], katas: int) -> dict[str, Any]:
    tests = [case for one in judged for case in _cases(one)]
    for case in tests:
        case["output"] = _cut(case["output"], BYTES // len(tests))
    return {
        "gradable": True,
        "score": math.fsum(one.points or 0.0 for one in judged) / katas,
        "message": "\n".join(f"katas/{one.kata}: {standing(one)}" for one in judged),
        "tests": tests,
    }


def _cases(judged: Result) -> Iterator[dict[str, Any]]:
    """Write a kata's tests; what is observed is worth 0 of 0, which PrairieLearn shows in gray."""
    tests = judged.tests or [TestResult("all tests", judged.verdict, "", [], 1.0, observed=False)]
    parts = iter(shares([t.points for t in tests if not t.observed]))
    for test, lines in zip(tests, told_in_turn(tests), strict=True):
        most = 0 if test.observed else next(parts)
        yield {
            "name": f"katas/{judged.kata} {one_line(test.test)}",
            "description": OBSERVED if test.observed else "",
            "points": most if test.passed else 0,
            "max_points": most,
            "output": "\n".join(lines),
        }


def _cut(text: str, most: int) -> str:
    """Cut a text to so many bytes of UTF-8."""
    return text.encode()[:most].decode(errors="ignore")
