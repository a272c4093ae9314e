"""JUnit XML of a judged run: every submission and every test by name, written as it comes."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET

from dojo.judge.reports.escaping import heading, message
from dojo.judge.reports.replacing import replacing
from dojo.judge.result import Result, TestResult
from dojo.judge.verdict import Verdict
from dojo.terminal.visible import one_line

HEAD = "<?xml version='1.0' encoding='utf-8'?>\n<testsuites name=\"gradient katas\">\n"
TAIL = "</testsuites>\n"
ELEMENT = {Verdict.GRADER_ERROR: "error", Verdict.NOT_SUBMITTED: "skipped"}  # others: failure


class JUnit:
    """A JUnit file that is being written: a test suite for each submission.

    It holds no time that differs between two runs of the same.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        file.write(HEAD)

    def add(self, submission: str, judged: Sequence[Result]) -> None:
        """Write the suite of one submission."""
        suite = ET.Element("testsuite", name=one_line(submission))
        for one in judged:
            for result in one.tests or [_whole(one)]:
                _case(suite, one, result)
        suite.set("tests", str(len(suite)))
        for element, counted in (("failure", "failures"), ("error", "errors")):
            suite.set(counted, str(len(suite.findall(f"testcase/{element}"))))
        suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
        self._file.write(ET.tostring(suite, encoding="unicode") + "\n")

    def end(self) -> None:
        """Write what closes the file."""
        self._file.write(TAIL)


def write_junit(path: Path, kept: Sequence[Result]) -> None:
    """Replace pytest's own file, which knows only submissions, by one that names every test.

    It is in the order of names and katas: with `-n` they were judged in any.
    """
    own: dict[str, list[Result]] = {}
    for judged in sorted(kept, key=attrgetter("submission", "kata")):
        own.setdefault(judged.submission, []).append(judged)
    with replacing(path) as file:
        junit = JUnit(file)
        for name, judged in own.items():
            junit.add(name, judged)
        junit.end()


def _whole(judged: Result) -> TestResult:
    """What stands for the tests of a kata of which none could run."""
    return TestResult("all tests", judged.verdict, str(judged.verdict), [], 0.0, observed=False)


def _case(suite: ET.Element, judged: Result, result: TestResult) -> None:
    name = f"katas/{judged.kata} {one_line(judged.submission)}"
    case = ET.SubElement(suite, "testcase", classname=name, name=one_line(result.test))
    if not result.passed:
        said = ET.SubElement(case, ELEMENT.get(result.verdict, "failure"))
        said.set("type", str(result.verdict))
        said.set("message", heading(result.heading) or str(result.verdict))
        said.text = "\n".join(message(result.message))
