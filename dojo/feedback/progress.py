"""How far each kata is, and each function of it, from the outcomes of its tests."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from dojo.feedback.outcome import Feedback


@dataclass(frozen=True)
class Progress:
    """One kata's tests in this run.

    ran:    tests that ran, whatever came of them; skipped ones do not count
    broken: tests that could not be run, by no fault of the answer
    whole:  every test of the kata was to run, and did
    """

    number: str
    title: str
    ran: int
    done: int
    to_do: int
    broken: int
    whole: bool

    @property
    def passes(self) -> bool:
        """Whether every test that ran passes."""
        return self.done == self.ran

    @property
    def finished(self) -> bool:
        """Whether the kata is done: all of it ran, and all of it passes."""
        return self.passes and self.whole

    def said(self) -> str:
        """Say it in a few words."""
        if self.finished:
            return "done"
        if self.broken:
            return f"{tests(self.broken)} could not be run"
        if self.to_do == self.ran:
            return "not begun"
        return f"{self.done} of {tests(self.ran)} pass{'es' if self.ran == 1 else ''}"


def progress_of(outcomes: Sequence[Feedback], *, whole: bool) -> list[Progress]:
    """Count the outcomes of each kata, in order."""
    rows = []
    for number, group in itertools.groupby(
        sorted(outcomes, key=lambda o: o.number), lambda o: o.number
    ):
        own = list(group)
        count = [sum(o.outcome == kind for o in own) for kind in ("done", "to do", "broken")]
        rows.append(Progress(number, own[0].title, len(own), *count, whole=whole))
    return rows


def functions_of(outcomes: Sequence[Feedback]) -> dict[str, str]:
    """Return for each function of a kata whether it is "done", "wrong" or "to do", in their order.

    Done is what a test that passes has called, and no other test blames; unsaid is what was called
    only by tests that failed for another reason.
    """
    told = dict.fromkeys(f for o in outcomes for f in (*o.functions, o.function) if f)
    found = {}
    for function in told:
        blamed = {o.outcome for o in outcomes if o.function == function and o.outcome != "done"}
        broken = any(o.outcome == "broken" and function in o.functions for o in outcomes)
        if "wrong" in blamed or "to do" in blamed:
            found[function] = "wrong" if "wrong" in blamed else "to do"
        elif not broken and any(o.outcome == "done" and function in o.functions for o in outcomes):
            found[function] = "done"
    return found


def tests(count: int) -> str:
    """Say how many tests."""
    return f"{count} test" if count == 1 else f"{count} tests"
