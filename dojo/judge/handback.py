"""What goes back to a student: results for Gradescope, and a page to read."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from dojo.judge.judged import Judged, TestResult
from dojo.judge.plain import code, fenced, heading, markdown, message
from dojo.judge.verdict import Verdict
from dojo.visible import one_line

DIGITS = 6  # of points in Gradescope's file
MEANING = {
    Verdict.TIMEOUT: "It took too long and was stopped: look for a loop that does not end.",
    Verdict.OUT_OF_MEMORY: "It needed too much memory: look for a list or a tensor that grows.",
    Verdict.CRASH: "The process that ran it ended in the middle: does it call exit, or recurse?",
    Verdict.REFUSED: "The file could not be taken as Python source.",
    Verdict.NOT_SUBMITTED: "There is no file for this kata in the submission.",
    Verdict.GRADER_ERROR: "The judge failed here, not the answer: ask for a new run.",
}
OBSERVED = "observed, not in the score"
FOLLOWS = "Wrong too (it may follow from the one above):"


def total(judged: Sequence[Judged], katas: int) -> float | None:
    """Return the sum of the points of so many katas; None while one of them is not scored."""
    scored = [one.points for one in judged if one.points is not None]
    return math.fsum(scored) if len(scored) == katas else None


def gradescope(judged: Sequence[Judged], katas: int) -> str:
    """Write one submission in Gradescope's results.json format: each kata is worth one point.

    After a GRADER-ERROR there is no score, which Gradescope shows as an autograder that failed.
    Observed tests carry no score: they rest on the submission's own word.
    """
    results: dict[str, Any] = {
        "output": "\n".join(f"katas/{one.kata}: {_said(one)}" for one in judged),
        "output_format": "text",
        "visibility": "visible",
        "tests": [case for one in judged for case in _cases(one)],
    }
    if (score := total(judged, katas)) is not None:
        results = {"score": round(score, DIGITS), "max_score": float(katas), **results}
    return json.dumps(results, ensure_ascii=False) + "\n"


def _cases(judged: Judged) -> list[dict[str, Any]]:
    """Write a kata's tests, their scores so that all of them together are one point."""
    tests = judged.tests or [TestResult("all tests", judged.verdict, "", [], 1.0, observed=False)]
    worth = math.fsum(t.points for t in tests if not t.observed) or 1.0
    share = None if judged.points is None else 1 / worth
    return [_case(judged.kata, test, share) for test in tests]


def _case(kata: str, test: TestResult, share: float | None) -> dict[str, Any]:
    case: dict[str, Any] = {
        "name": f"katas/{kata} {one_line(test.test)}",
        "status": "passed" if test.passed else "failed",
        "output": "\n".join(_told(test)),
        "output_format": "text",
        "visibility": "visible",
    }
    if test.observed:
        return {**case, "name": f"{case['name']} ({OBSERVED})", "tags": ["observed"]}
    if share is None:
        return case
    most = round(test.points * share, DIGITS)
    return {**case, "score": most if test.passed else 0.0, "max_score": most}


def _told(test: TestResult) -> list[str]:
    """What to read of one test: the message a learner gets, else what the verdict means."""
    if test.passed:
        return []
    head = [] if test.verdict is Verdict.FAIL else [str(test.verdict)]
    meaning = MEANING.get(test.verdict, heading(test.heading))
    return [*head, *(message(test.message) or [meaning])]


def _said(judged: Judged) -> str:
    """One line: how many of a kata's tests pass."""
    if judged.points is None:
        return f"Not scored. {MEANING[Verdict.GRADER_ERROR]}"
    if not judged.tests:
        return f"No points. {MEANING.get(judged.verdict, str(judged.verdict))}"
    counted, observed = judged.counted, judged.observed
    said = f"{_passed(counted)} of {len(counted)} tests pass, {judged.points:.4g} of 1 point."
    if observed:
        said += f" {_passed(observed)} of {len(observed)} observed tests pass (not in the score)."
    return said


def _passed(tests: Sequence[TestResult]) -> int:
    return sum(test.passed for test in tests)


def page(name: str, judged: Sequence[Judged], katas: int) -> str:
    """Write one submission's page: what a learner would see, kata by kata."""
    points = total(judged, katas)
    scored = f"{points:.4g} of {katas}" if points is not None else "not all scored yet"
    lines = [f"# Feedback for {markdown(name)}", "", f"Points: {scored}.", ""]
    for one in judged:
        lines += [f"## katas/{one.kata}", "", _said(one), "", *_kata(one)]
    return "\n".join(lines)


def _kata(judged: Judged) -> list[str]:
    """Write one kata: the first failure in full, a line for each other, what is to do."""
    wrong = [t for t in judged.tests if t.verdict not in (Verdict.PASS, Verdict.TODO)]
    to_do = [t for t in judged.tests if t.verdict is Verdict.TODO]
    lines: list[str] = []
    if wrong:
        others = [t for t in wrong if not _alike(t, wrong[0])]
        alike = len(wrong) - len(others) - 1
        lines += [*fenced(_told(wrong[0])), ""]
        more = "1 more test" if alike == 1 else f"{alike} more tests"
        lines += [f"The same is true of {more}.", ""] if alike else []
        own = _lines_of(wrong[:1])
        rest = [line for line in _lines_of(others) if line not in own]
        lines += [FOLLOWS, "", *rest, ""] if rest else []
    if to_do:
        told = dict.fromkeys(" ".join(message(t.message)).strip() or t.test for t in to_do)
        lines += ["To do:", "", *(f"- {code(line)}" for line in told), ""]
    return lines


def _alike(one: TestResult, other: TestResult) -> bool:
    """Whether the same is said of two tests: of a file that cannot be read, for one."""
    return (one.verdict, one.heading, one.message) == (other.verdict, other.heading, other.message)


def _lines_of(tests: Sequence[TestResult]) -> list[str]:
    """One line for each test, whatever its parameters."""
    said = dict.fromkeys(
        (t.test.split("[")[0], heading(t.heading) or str(t.verdict), t.observed) for t in tests
    )
    return [
        f"- {code(name)}: {markdown(head)}{f' ({OBSERVED})' if observed else ''}"
        for name, head, observed in said
    ]
