"""How far each kata is, from the outcomes of its tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dojo.feedback import Feedback


@dataclass(frozen=True)
class Progress:
    """One kata's tests in this run: how many ran, how many pass, how many wait to be written."""

    number: str
    title: str
    ran: int
    done: int
    to_do: int

    @property
    def finished(self) -> bool:
        """Whether every test that ran passes."""
        return self.done == self.ran

    def said(self, *, whole: bool = True) -> str:
        """Say it in a few words; done only if the whole kata has run."""
        if self.finished and whole:
            return "done"
        if self.to_do == self.ran:
            return "not begun"
        return f"{self.done} of {self.ran} tests pass"


def progress_of(outcomes: Sequence[Feedback]) -> list[Progress]:
    """Count the outcomes of each kata, in order; tests that were skipped do not count."""
    counted = [o for o in outcomes if o.outcome != "skipped"]
    rows = []
    for number in sorted({o.number for o in counted}):
        own = [o for o in counted if o.number == number]
        done = sum(o.outcome == "done" for o in own)
        to_do = sum(o.outcome == "to do" for o in own)
        rows.append(Progress(number, own[0].title, len(own), done, to_do))
    return rows
