"""What came of one test, as plain data."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

CARRIED = "kata"  # the name of the property of a report


@dataclass
class Feedback:
    """One test's outcome, as plain data that crosses from an xdist worker.

    outcome:   "done", "wrong", "to do" or "broken" (it could not be run: no fault of the answer)
    functions: those of the answer that the test called
    asked:     the call that the failure is about, then shorter ways of writing it
    is_by_value, is_edge: numbers differ; the call has nothing to do, as with steps = 0
    named:     the known mistakes that explain it
    shows:     what these are, else what its numbers show, in words that are the same for all alike
    entries:   what the test pins, as the repository names it: a document, documented entries
    """

    number: str
    title: str
    test: str
    outcome: str
    order: int = 0
    heading: str = ""
    function: str = ""
    place: str = ""
    promise: str = ""
    source: str = ""
    functions: list[str] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    diagnosis: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    shows: str = ""
    worked: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    seed: int | None = None
    is_by_value: bool = False
    is_edge: bool = False

    def put_on(self, report: pytest.TestReport) -> None:
        """Put it on a test's report, which brings it to the end of the run; it is the only one."""
        others = [(name, value) for name, value in report.user_properties if name != CARRIED]
        report.user_properties = [*others, (CARRIED, asdict(self))]


def carried_by(report: object) -> Feedback | None:
    """Return what a report carries; None where the test is none of a kata's, or did not end."""
    for name, value in getattr(report, "user_properties", ()):
        if name == CARRIED:
            return Feedback(**value)
    return None
