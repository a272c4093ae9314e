"""What came of one test, as plain data."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Feedback:
    """One test's outcome, as plain data that crosses from an xdist worker.

    outcome:   "done", "wrong", "to do" or "broken" (it could not be run: no fault of the answer)
    functions: those of the answer that the test called
    asked:     the call that the failure is about, then shorter ways of writing it
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
    hints: list[str] = field(default_factory=list)
    seed: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for a report."""
        return asdict(self)
