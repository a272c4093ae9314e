"""What is said of a verdict, in every report alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dojo.judge.reports.escaping import heading, message
from dojo.judge.result import Result, Skipped, TestResult
from dojo.judge.verdict import Verdict
from dojo.terminal.visible import one_line

MOVES = {
    Verdict.TIMEOUT: "Look for a loop that does not end.",
    Verdict.OUT_OF_MEMORY: "Look for a list or a tensor that grows.",
}
MEANING = {
    Verdict.TIMEOUT: f"It took too long and was stopped. {MOVES[Verdict.TIMEOUT]}",
    Verdict.OUT_OF_MEMORY: f"It needed too much memory. {MOVES[Verdict.OUT_OF_MEMORY]}",
    Verdict.CRASH: "The process that ran it ended in the middle: does it call exit, or recurse?",
    Verdict.REFUSED: "The file could not be taken as Python source.",
    Verdict.NOT_SUBMITTED: "There is no file for this kata in the submission.",
    Verdict.GRADER_ERROR: "The judge failed here, not the answer: ask for a new run.",
}
OBSERVED = "observed, not in the score"
NAMED = 3  # files of which the same is said
LONG = 2  # lines: what has no more is told again


def listed(skipped: Iterable[Skipped]) -> list[str]:
    """Say what was not read: what is true of several files is said once of all of them."""
    alike = dict[str, list[str]]()
    for entry in skipped:
        alike.setdefault(entry.why, []).append(entry.path)
    return [f"{_named(paths)}: {why}" for why, paths in alike.items()]


def _named(paths: Sequence[str]) -> str:
    """Name the first of some files, and say how many more there are."""
    if len(paths) <= NAMED:
        return ", ".join(paths)
    return f"{', '.join(paths[:NAMED])} and {len(paths) - NAMED} more"


def told(test: TestResult) -> list[str]:
    """What to read of one test: its verdict, unless it is a failure like any other, and why."""
    if test.passed:
        return []
    head = [] if test.verdict is Verdict.FAIL else [str(test.verdict)]
    return [*head, *reason(test)]


def told_in_turn(tests: Sequence[TestResult]) -> Iterator[list[str]]:
    """Yield what to read of each test: what is long and was told already is not told again."""
    first = dict[tuple[str, ...], str]()
    for test in tests:
        lines = told(test)
        where = first.setdefault(tuple(lines), test.test)
        again = where != test.test and len(lines) > LONG
        yield [f"The same as in {one_line(where)} above: read it there."] if again else lines


def reason(test: TestResult) -> list[str]:
    """Why a test failed: the message a learner gets, else what the verdict means."""
    return message(test.message) or [MEANING.get(test.verdict, heading(test.heading))]


def standing(judged: Result) -> str:
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
