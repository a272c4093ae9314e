"""Gradescope's results.json: one submission's tests, each with its score.

Only fields that Gradescope documents: https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from dojo.judge.reports.points import shares
from dojo.judge.reports.wording import OBSERVED, standing, told_in_turn
from dojo.judge.result import Result, TestResult
from dojo.terminal.visible import one_line


def gradescope(judged: Sequence[Result], katas: int) -> str:
    """Write one submission in Gradescope's results.json format: each kata is worth KATA points.

    After a GRADER-ERROR there is no score, which Gradescope shows as an autograder that failed.
    Observed tests carry no score: they rest on the submission's own word.
    """
    tests = [case for one in judged for case in _cases(one)]
    results: dict[str, Any] = {
        "output": "\n".join(f"katas/{one.kata}: {standing(one)}" for one in judged),
        "output_format": "text",
        "visibility": "visible",
        "extra_data": _how(judged),
        "tests": tests,
    }
    if len(judged) == katas and all(one.points is not None for one in judged):
        results = {"score": sum(case.get("score", 0) for case in tests), **results}
    if entries := [one.measured for one in judged if one.measured is not None]:
        results["leaderboard"] = [{"name": name, "value": value} for name, value in entries]
    return json.dumps(results, ensure_ascii=False) + "\n"


def _how(judged: Sequence[Result]) -> dict[str, Any]:
    """How it was judged, for who wants to do it again."""
    layers = {layer: None for one in judged for layer in one.layers}
    return {"kata-seed": judged[0].seed, "sandbox": list(layers)} if judged else {}


def _cases(judged: Result) -> list[dict[str, Any]]:
    """Write a kata's tests; all of them together are worth KATA points."""
    tests = judged.tests or [TestResult("all tests", judged.verdict, "", [], 1.0, observed=False)]
    parts = iter(shares([t.points for t in tests if not t.observed]))
    scored = judged.points is not None
    return [
        _case(judged.kata, test, lines, None if test.observed or not scored else next(parts))
        for test, lines in zip(tests, told_in_turn(tests), strict=True)
    ]


def _case(kata: str, test: TestResult, lines: list[str], most: int | None) -> dict[str, Any]:
    case: dict[str, Any] = {
        "name": f"katas/{kata} {one_line(test.test)}",
        "status": "passed" if test.passed else "failed",
        "output": "\n".join(lines),
        "output_format": "text",
        "visibility": "visible",
    }
    if test.observed:
        return {**case, "name": f"{case['name']} ({OBSERVED})", "tags": ["observed"]}
    if most is None:
        return case
    return {**case, "score": most if test.passed else 0, "max_score": most}
