"""What a student reads: a page for each submission, function by function, as one works."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from dojo.judge.reports.escaping import code, fenced, heading, markdown, message
from dojo.judge.reports.wording import OBSERVED, listed, reason, standing, told
from dojo.judge.result import Result, Skipped, TestResult, total
from dojo.judge.verdict import Verdict
from dojo.terminal.layout import WIDTH

Callers = Mapping[str, Sequence[str]]  # the functions of a kata in order, each with its tests
PASSES, NOT_PROVED, NOT_WRITTEN, WRONG = "✓–·✗"  # how a function stands
AGAIN = "The same as above."


def page(
    name: str,
    judged: Sequence[Result],
    katas: int,
    callers: Mapping[str, Callers] | None = None,
    unread: Sequence[Skipped] = (),
) -> str:
    """Write one submission's page.

    callers: the functions of each kata, by its number, each with the names of its tests
    unread:  what of this submission was not read
    """
    points = total(judged, katas)
    scored = f"{points:.4g} of {katas}" if points is not None else "not all scored yet"
    lines = [f"# Feedback for {markdown(name)}", "", f"Points: {scored}.", ""]
    if unread:
        lines += ["Of what you handed in:", "", *(f"- {markdown(u)}" for u in listed(unread)), ""]
    for one in judged:
        own = (callers or {}).get(one.kata, {})
        lines += [f"## katas/{one.kata}", "", standing(one), "", *_kata(one, own)]
    return "\n".join(lines)


def _kata(judged: Result, callers: Callers) -> list[str]:
    """Write one kata: what is true of all its tests once, else each function in its order."""
    failed = [t for t in judged.tests if not t.passed]
    if len(failed) == len(judged.tests) and len({_said(t) for t in failed}) == 1:
        more = 0 if judged.verdict is Verdict.NOT_SUBMITTED else len(failed) - 1
        return [*fenced(told(failed[0])), "", *_same(more)]
    named = dict.fromkeys((*callers, *(t.function for t in failed if t.function)))
    passed = {t.test.split("[")[0] for t in judged.tests if t.passed}
    own = {f: [t for t in failed if t.function == f] for f in named}
    marks = {f: _mark(own[f], passes=bool(passed & set(callers.get(f, ())))) for f in named}
    lines, shown = list[str](), set[object]()
    for mark, functions in itertools.groupby(named, key=lambda f: marks[f]):
        if mark != WRONG:
            lines += [_together(mark, [code(f) for f in functions]), ""]
            continue
        for function in functions:
            wrong = [t for t in own[function] if t.verdict is not Verdict.TODO]
            lines += [f"{WRONG} {code(function)}", "", *_failures(wrong, shown)]
    return [*lines, *_of_no_function(failed, shown)]


def _mark(failed: Sequence[TestResult], *, passes: bool) -> str:
    """Tell how a function stands by the failures it is to blame for, and whether a test passes."""
    if not failed:
        return PASSES if passes else NOT_PROVED
    return NOT_WRITTEN if all(t.verdict is Verdict.TODO for t in failed) else WRONG


def _together(mark: str, functions: Sequence[str]) -> str:
    """Write the functions, one after another, that stand alike and have no failure to show."""
    if mark == PASSES:
        return " ".join(f"{mark} {function}" for function in functions)
    whose = "Its" if len(functions) == 1 else "Their"
    how = {
        NOT_WRITTEN: "not written yet.",
        NOT_PROVED: f"not proved yet. {whose} tests fail for another reason on this page.",
    }
    return f"{mark} {', '.join(functions)}: {how[mark]}"


def _failures(wrong: Sequence[TestResult], shown: set[object]) -> list[str]:
    """Write the first of some failures in full, unless the same was told, and a line for others."""
    first = wrong[0]
    if _said(first) in shown:
        lines = [AGAIN, ""]
    else:
        lines = [*fenced([*_headline(first), *reason(first)]), ""]
    shown.add(_said(first))
    own = _lines_of(wrong[:1])
    others = [t for t in wrong[1:] if _said(t) != _said(first)]
    lines += _same(len(wrong) - 1 - len(others))
    rest = [line for line in _lines_of(others) if line not in own]
    return [
        *lines,
        *(["Wrong too (it may follow from the one above):", "", *rest, ""] * bool(rest)),
    ]


def _of_no_function(failed: Sequence[TestResult], shown: set[object]) -> list[str]:
    """Write what no function is to blame for."""
    left = [t for t in failed if not t.function]
    wrong = [t for t in left if t.verdict is not Verdict.TODO]
    to_do = dict.fromkeys(" ".join(message(t.message)).strip() or t.test for t in left)
    if wrong:
        return _failures(wrong, shown)
    return ["To do:", "", *(f"- {code(line)}" for line in to_do), ""] if left else []


def _headline(test: TestResult) -> list[str]:
    """Name the test, and how it failed at the right edge, as on a learner's screen."""
    name, how = heading(test.test), heading(test.heading or str(test.verdict))
    room = WIDTH + 2 - len(name)
    return [f"{name}{how:>{room}}" if room > len(how) + 1 else f"{name}  {how}", ""]


def _said(test: TestResult) -> object:
    """What is said of a test, but for its own promise, which stands before it."""
    whole = "\n".join(test.message)
    return test.verdict, test.heading, whole.partition("\n\n")[2] or whole


def _same(number: int) -> list[str]:
    """Say of how many more tests the same is true."""
    tests = "1 more test" if number == 1 else f"{number} more tests"
    return [f"The same is true of {tests}.", ""] if number else []


def _lines_of(tests: Sequence[TestResult]) -> list[str]:
    """One line for each test, whatever its parameters."""
    said = dict.fromkeys(
        (t.test.split("[")[0], heading(t.heading) or str(t.verdict), t.observed) for t in tests
    )
    return [
        f"- {code(name)}: {markdown(head)}{f' ({OBSERVED})' if observed else ''}"
        for name, head, observed in said
    ]
