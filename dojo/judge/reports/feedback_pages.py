"""What a student reads: a page for each submission."""

from __future__ import annotations

from collections.abc import Sequence

from dojo.judge.reports.escaping import code, fenced, heading, markdown, message
from dojo.judge.reports.wording import OBSERVED, standing, told
from dojo.judge.result import Result, TestResult, total
from dojo.judge.verdict import Verdict

FOLLOWS = "Wrong too (it may follow from the one above):"


def page(name: str, judged: Sequence[Result], katas: int) -> str:
    """Write one submission's page: what a learner would see, kata by kata."""
    points = total(judged, katas)
    scored = f"{points:.4g} of {katas}" if points is not None else "not all scored yet"
    lines = [f"# Feedback for {markdown(name)}", "", f"Points: {scored}.", ""]
    for one in judged:
        lines += [f"## katas/{one.kata}", "", standing(one), "", *_kata(one)]
    return "\n".join(lines)


def _kata(judged: Result) -> list[str]:
    """Write one kata: the first failure in full, a line for each other, what is to do."""
    wrong = [t for t in judged.tests if t.verdict not in (Verdict.PASS, Verdict.TODO)]
    to_do = [t for t in judged.tests if t.verdict is Verdict.TODO]
    lines: list[str] = []
    if wrong:
        others = [t for t in wrong if not _alike(t, wrong[0])]
        alike = len(wrong) - len(others) - 1
        lines += [*fenced(told(wrong[0])), ""]
        more = "1 more test" if alike == 1 else f"{alike} more tests"
        lines += [f"The same is true of {more}.", ""] if alike else []
        own = _lines_of(wrong[:1])
        rest = [line for line in _lines_of(others) if line not in own]
        lines += [FOLLOWS, "", *rest, ""] if rest else []
    if to_do:
        unwritten = dict.fromkeys(" ".join(message(t.message)).strip() or t.test for t in to_do)
        lines += ["To do:", "", *(f"- {code(line)}" for line in unwritten), ""]
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
