"""What one run of pytest knows: the katas, whose answers are practised, and what is open."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dojo.catalogue import Catalogue, Kata

if TYPE_CHECKING:
    from dojo.answers import Answer


@dataclass
class Dojo:
    """What this run knows: the katas, whose answers are practised, and how it ended."""

    catalogue: Catalogue
    answers: Path
    opened: dict[Path, Answer] = field(default_factory=dict)
    patience: float = 1.0  # seconds that this run may still spend on diagnoses
    whole: bool = True  # every test of the katas that were named was to run, and did
    stopped_at: str = ""  # the line of an answer that Ctrl-C interrupted

    def answer(self, kata: Kata) -> Answer | None:
        """Return the answer to a kata, opened once a run; None if there is no such file."""
        from dojo.answers import open_answer

        path = kata.answer_in(self.answers)
        if path not in self.opened and path.is_file():
            self.opened[path] = open_answer(path)
        return self.opened.get(path)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Remember which line of an answer was running: a loop without end is a mistake too."""
        from dojo.answers import frame_in, typed

        for path in self.opened:
            place = frame_in(path, excinfo.tb)
            if place is not None:
                self.stopped_at = f"{typed(path)}:{place[1]}, in {place[0]}"

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Remember whether the run came to its end."""
        ended = session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        if not ended or session.shouldstop or session.shouldfail:
            self.whole = False


DOJO = pytest.StashKey[Dojo]()


def kata_of(node: pytest.Item | pytest.FixtureRequest) -> Kata | None:
    """Return the kata whose spec this test is in, None if it is none of ours."""
    dojo = node.config.stash.get(DOJO, None)
    return dojo.catalogue.kata_of(node.path) if dojo is not None else None
