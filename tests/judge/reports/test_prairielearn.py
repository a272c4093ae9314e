"""What PrairieLearn gets: a score of a gradable answer, and no attempt lost with any other."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dojo.judge.reports.prairielearn import prairielearn
from dojo.judge.result import Result, TestResult
from dojo.judge.verdict import Verdict

from ...conftest import Practise
from ..conftest import SOLUTION

DONE = TestResult("test_easy", Verdict.PASS, "", [], 1.0, observed=False)
WRONG = TestResult("test_path", Verdict.FAIL, "TRACE DIFFERS", ["step 2"], 3.0, observed=False)
SEEN = TestResult("test_graph", Verdict.PASS, "", [], 1.0, observed=True)
UNUSABLE = replace(WRONG, heading="CANNOT BE IMPORTED", message=["line 3: '(' was never closed"])
OF_A_RESULT = {"gradable", "score", "message", "output", "images", "tests", "format_errors"}
OF_A_TEST = {"name", "description", "points", "max_points", "message", "output", "images"}


def judged(*tests: TestResult, kata: str = "01", verdict: Verdict = Verdict.FAIL) -> Result:
    """Make one kata's outcome."""
    return Result("ann", kata, 5, tests, verdict, 1.0, "hash", ("inner",))


def results(*records: Result, katas: int = 0) -> dict[str, Any]:
    """Return what PrairieLearn reads of these records."""
    found: dict[str, Any] = json.loads(prairielearn(records, katas or len(records)))
    assert found.keys() <= OF_A_RESULT
    assert all(test.keys() <= OF_A_TEST for test in found.get("tests", []))
    return found


def test_a_score_and_its_tests() -> None:
    """The score is the share of the katas; tests add up; what is observed is worth 0 of 0."""
    found = results(judged(DONE, WRONG, SEEN), judged(DONE, kata="02", verdict=Verdict.PASS))
    assert (found["gradable"], found["score"]) == (True, 0.625)
    assert found["message"].splitlines()[1] == "katas/02: 1 of 1 tests pass, 1 of 1 point."
    points = [(test["points"], test["max_points"]) for test in found["tests"]]
    assert points == [(250, 250), (0, 750), (0, 0), (1000, 1000)]
    assert found["tests"][1]["output"] == "step 2"
    assert found["tests"][2]["description"] == "observed, not in the score"


@pytest.mark.parametrize(
    ("record", "says"),
    [
        (judged(UNUSABLE, replace(UNUSABLE, test="test_b")), "'(' was never closed"),
        (judged(replace(UNUSABLE, heading="EMPTY FILE", message=["empty"])), "empty"),
        (judged(replace(WRONG, verdict=Verdict.REFUSED, message=["a link"])), "a link"),
        (judged(verdict=Verdict.REFUSED), "could not be taken as Python source"),
        (judged(verdict=Verdict.NOT_SUBMITTED), "no file for this kata"),
        (judged(replace(WRONG, verdict=Verdict.GRADER_ERROR)), "ask for a new run"),
    ],
    ids=["no syntax", "empty", "refused", "refused whole", "not submitted", "the judge failed"],
)
def test_what_cannot_be_read_costs_no_attempt(record: Result, says: str) -> None:
    """It is not gradable, which PrairieLearn takes for no attempt, and the reason is said once."""
    found = results(record)
    assert found["gradable"] is False
    assert "score" not in found
    assert len(found["format_errors"]) == 1
    assert says in found["format_errors"][0]


@pytest.mark.parametrize(
    "records",
    [
        [judged(DONE, UNUSABLE)],
        [judged(UNUSABLE), judged(WRONG, kata="02")],
        [judged(verdict=Verdict.NOT_SUBMITTED), judged(DONE, kata="02")],
        [judged(replace(WRONG, verdict=Verdict.CRASH))],
    ],
    ids=["one test passes", "another kata is read", "another is handed in", "it ends its process"],
)
def test_what_can_be_tried_is_graded(records: Sequence[Result]) -> None:
    """Where anything could be tried there is a score."""
    assert results(*records)["gradable"] is True


def test_a_kata_that_was_not_reached_is_no_zero() -> None:
    """A run that was stopped gives no score."""
    assert results(judged(DONE), katas=2)["gradable"] is False


@pytest.mark.usefixtures("sandbox")
def test_a_file_that_does_not_parse_costs_no_attempt(practise: Practise, tmp_path: Path) -> None:
    """It is not gradable, and the student reads where it ends to be Python."""
    file = tmp_path / "inbox/student/manual_update.py"
    file.parent.mkdir(parents=True)
    file.write_bytes(SOLUTION + b"def f(:\n")
    asked = ("katas/01", "--submissions", tmp_path / "inbox", "--results-for=prairielearn")
    practise(*asked, "--gradebook", tmp_path / "out")
    found = json.loads((tmp_path / "out/results/student.json").read_text("utf-8"))
    assert found["gradable"] is False
    assert "def f(:" in found["format_errors"][0]


def test_it_is_less_than_a_megabyte() -> None:
    """However much there is to say, PrairieLearn takes it."""
    long = ["漢" * 400] * 120
    tests = [replace(WRONG, test=f"test_{i}", message=[str(i), *long]) for i in range(90)]
    said = prairielearn([judged(*tests)], 1)
    assert len(said.encode()) < 1_000_000
    assert len(json.loads(said)["tests"]) == 90
