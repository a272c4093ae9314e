"""What goes back to a student: results for Gradescope, and a page to read."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from dojo.judge.judged import Judged, TestResult
from dojo.judge.plain import fenced, markdown, message, one_line
from dojo.judge.verdict import Verdict

DIGITS = 6  # of points in Gradescope's file
MEANING = {
    Verdict.TIMEOUT: "It took too long and was stopped: look for a loop that does not end.",
    Verdict.OUT_OF_MEMORY: "It needed more memory than there is: look for a list or tensor that grows.",
    Verdict.CRASH: "The process that ran it ended in the middle: does it call exit, or recurse?",
    Verdict.REFUSED: "The file could not be taken as Python source.",
    Verdict.NOT_SUBMITTED: "There is no file for this kata in the submission.",
    Verdict.GRADER_ERROR: "The judge failed here, not the answer. It is not scored; ask for a new run.",
}
OBSERVED = "observed, not in the score"


def total(judged: Sequence[Judged]) -> float | None:
    """Return the sum of the katas' points; None while one of them is not scored."""
    points = [one.points for one in judged]
    scored = [p for p in points if p is not None]
    return math.fsum(scored) if len(scored) == len(points) else None


def gradescope(judged: Sequence[Judged]) -> str:
    """Write one submission in Gradescope's results.json format: each kata is worth one point.

    After a GRADER-ERROR there is no score, which Gradescope shows as an autograder that failed.
    Observed tests carry no score: they rest on the submission's own word.
    """
    tests = [_case(one, test) for one in judged for test in one.tests or [_stand_in(one)]]
    results: dict[str, Any] = {
        "output": "\n".join(_summary(one) for one in judged),
        "output_format": "text",
        "visibility": "visible",
        "tests": tests,
    }
    if (score := total(judged)) is not None:
        results = {"score": round(score, DIGITS), "max_score": float(len(judged)), **results}
    return json.dumps(results, indent=1, ensure_ascii=False) + "\n"


def _case(judged: Judged, test: TestResult) -> dict[str, Any]:
    case: dict[str, Any] = {
        "name": f"katas/{judged.kata} {one_line(test.test)}",
        "status": "passed" if test.passed else "failed",
        "output": "\n".join(_told(test)),
        "output_format": "text",
        "visibility": "visible",
    }
    if test.observed:
        return {**case, "name": f"{case['name']} ({OBSERVED})", "tags": ["observed"]}
    if judged.points is None:
        return case
    worth = math.fsum(t.points for t in judged.counted) or 1.0
    most = round(test.points / worth, DIGITS)
    return {**case, "score": most if test.passed else 0.0, "max_score": most}


def _stand_in(judged: Judged) -> TestResult:
    """What stands for the tests of a kata of which none could run."""
    return TestResult("all tests", judged.verdict, "", [], 1.0, observed=False)


def _told(test: TestResult) -> list[str]:
    """What to read of one test: the message a learner gets, else what the verdict means."""
    if test.passed:
        return []
    head = [] if test.verdict is Verdict.FAIL else [str(test.verdict)]
    meaning = MEANING.get(test.verdict, one_line(test.heading))
    return [*head, *(message(test.message) or [meaning])]


def _summary(judged: Judged) -> str:
    """One line: how many of a kata's tests pass."""
    head = f"katas/{judged.kata}:"
    if judged.points is None:
        return f"{head} not scored. {MEANING[Verdict.GRADER_ERROR]}"
    if not judged.tests:
        return f"{head} 0 points. {MEANING.get(judged.verdict, str(judged.verdict))}"
    counted, observed = judged.counted, judged.observed
    line = (
        f"{head} {_passed(counted)} of {len(counted)} tests pass, {judged.points:.4g} of 1 point."
    )
    if observed:
        line += f" {_passed(observed)} of {len(observed)} observed tests pass (not in the score)."
    return line


def _passed(tests: Sequence[TestResult]) -> int:
    return sum(test.passed for test in tests)


def page(name: str, judged: Sequence[Judged]) -> str:
    """Write one submission's page: what a learner would see, kata by kata."""
    points = total(judged)
    scored = f"{points:.4g} of {len(judged)}" if points is not None else "not all scored yet"
    lines = [f"# Feedback for {markdown(name)}", "", f"Points: {scored}.", ""]
    for one in judged:
        lines += [f"## katas/{one.kata}", "", _summary(one).split(": ", 1)[1].capitalize(), ""]
        lines += _kata(one)
    return "\n".join(lines)


def _kata(judged: Judged) -> list[str]:
    """Write one kata: the first failure in full, a line for each other, what is to do."""
    open_ones = [t for t in judged.tests if not t.passed]
    to_do = [t for t in open_ones if t.verdict is Verdict.TODO]
    first, *others = [t for t in open_ones if t.verdict is not Verdict.TODO] or [None]
    lines: list[str] = []
    if first is not None:
        lines += [*fenced(_told(first)), ""]
    if others:
        lines += ["Wrong too (it may follow from the one above):", "", *_lines_of(others), ""]
    if to_do:
        told = dict.fromkeys(" ".join(message(t.message)).strip() or t.test for t in to_do)
        lines += ["To do:", "", *(f"- {markdown(line)}" for line in told), ""]
    return lines


def _lines_of(tests: Sequence[TestResult]) -> list[str]:
    """One line for each test, whatever its parameters."""
    said = dict.fromkeys(
        (t.test.split("[")[0], t.heading or str(t.verdict), t.observed) for t in tests
    )
    return [
        f"- {markdown(name)}: {markdown(heading)}{f' ({OBSERVED})' if observed else ''}"
        for name, heading, observed in said
    ]
