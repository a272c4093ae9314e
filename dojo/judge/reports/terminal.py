"""What a judged run has come to so far: counted, and what a grader sees of it on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest

from dojo.judge.reports.progress_line import ProgressLine
from dojo.judge.result import Result, Skipped
from dojo.judge.verdict import Verdict
from dojo.terminal.layout import indented, wrapped

LETTERS = {
    Verdict.PASS: ".",
    Verdict.FAIL: "F",
    Verdict.TODO: "t",
    Verdict.TIMEOUT: "T",
    Verdict.OUT_OF_MEMORY: "M",
    Verdict.CRASH: "C",
    Verdict.REFUSED: "R",
    Verdict.GRADER_ERROR: "E",
    Verdict.NOT_SUBMITTED: "-",
}
ROWS = 40  # of the table on the screen; the gradebook has them all


@dataclass(frozen=True)
class Carried:
    """What the report of an item carries, as `carried`: what was judged, and its record's key.

    judged: None if the judge itself could not judge it
    """

    judged: Result | None
    key: str = ""


class TerminalReport:
    """Counts the verdicts as their reports come in, and says whether they are all there.

    expected: verdicts that are due, one a submission and kata
    broken:   why no verdict of this run counts; empty where they do
    unjudged: how many answers the judge failed to judge, though it works
    kept:     what was judged, the first of them or, for the JUnit file, all
    keys:     what the records of this run are kept under, by submission and kata
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self.expected = self.seen = 0
        self.broken, self.unjudged = "", 0
        self.kept: list[Result] = []
        self.keys: dict[tuple[str, str], str] = {}

    def begin(self) -> None:
        """Take pytest's line on the terminal, before it writes the first path there."""
        _ = self._progress

    @cached_property
    def _progress(self) -> ProgressLine:
        return ProgressLine(self._config.pluginmanager.get_plugin("terminalreporter"))

    def status(self, report: Any) -> tuple[str, str, str] | None:
        """Return what pytest counts a report as, its letter and its word."""
        carried: Carried | None = getattr(report, "carried", None)
        if carried is None:
            return None
        if carried.judged is None:
            return "grader-error", "E", "GRADER-ERROR"
        verdict = carried.judged.verdict
        if self._progress.in_place:
            return verdict.lower(), "", ""
        return verdict.lower(), LETTERS[verdict], verdict

    def note(self, report: Any, tests_of: Mapping[str, int]) -> None:
        """Count a report, and keep what the end of the run needs; there must be so many tests."""
        carried: Carried | None = getattr(report, "carried", None)
        if carried is None:
            return
        report.carried = None  # reports stay until the end
        judged = carried.judged
        if judged is None:
            self.broken = str(report.longrepr)
            return
        self.keys[judged.submission, judged.kata] = carried.key
        self.seen += 1
        self.unjudged += Verdict.GRADER_ERROR in (judged.verdict, *judged.verdicts)
        self._progress.judged(self.expected)
        if len(judged.tests) != tests_of.get(judged.kata, len(judged.tests)):
            self.broken = f"{judged.submission}, kata {judged.kata}: {len(judged.tests)} verdicts"
        if self._config.getoption("xmlpath") or len(self.kept) < ROWS:
            self.kept.append(judged)

    def end(self, *, whole: bool) -> None:
        """End the progress line; of a run that came to its end, every verdict must be there."""
        self._progress.end()
        if whole and self.expected and self.seen != self.expected and not self.broken:
            self.broken = f"{self.expected} verdicts are due, there are {self.seen}."

    def rows(self) -> Iterator[str]:
        """Write the table for the screen."""
        width = max((len(j.submission) for j in self.kept[:ROWS]), default=0)
        for judged in self.kept[:ROWS]:
            share = "" if judged.points is None else f"{100 * judged.points:4.0f} %"
            yield f"  {judged.submission:<{width}}   {judged.kata}  {share}  {judged.verdict}"
        if self.seen > ROWS:
            yield f"  … and {self.seen - ROWS} more"


def not_read(skipped: Sequence[Skipped]) -> Iterator[str]:
    """Write who is not judged, what looks like an answer, and what else was not read.

    What somebody's own page tells, and is no answer that is missing, is counted alone.
    """
    nobody = [entry for entry in skipped if entry.name]
    alike = [entry for entry in skipped if entry.kata]
    others = [entry for entry in skipped if not (entry.name or entry.owner)]
    told = len(skipped) - len(nobody) - len(alike) - len(others)
    for title, entries in (("Not judged:", nobody), ("Not read:", [*alike, *others])):
        if entries:
            yield from ("", title)
            for entry in entries[:ROWS]:
                yield from indented(wrapped(str(entry), hang=2))
            yield from [f"  … and {len(entries) - ROWS} more"] if len(entries) > ROWS else []
    if told:
        yield from ("", f"The students' pages say what was not read of {told} more files.")
