"""What one run of pytest knows: the katas, whose answers are practised, and what is open."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dojo.catalogue import Catalogue, Kata
from dojo.terminal.prompt import Prompt

if TYPE_CHECKING:
    from dojo.opening.answers import Answer


@dataclass
class Dojo:
    """What this run knows: the katas, whose answers are practised, and how it ended."""

    catalogue: Catalogue
    answers: Path
    opened: dict[Path, Answer] = field(default_factory=dict)
    patience: float = 1.0  # seconds that this run may still spend on diagnoses
    whole: bool = True  # every test of the katas that were named was to run, and did
    pictures: list[str] = field(default_factory=list)  # what --plot has to say
    stopped_at: str = ""  # the line of an answer that Ctrl-C interrupted
    prompt: type[Prompt] = Prompt  # how it is written what to type next
    # what finds out why tests failed, where that waits until the verdicts are told; else None
    explanations: list[Callable[[], None]] | None = None

    def answer_path(self, kata: Kata) -> Path:
        """Return where the answer to a kata is, or would be: a notebook where there is no .py."""
        path = kata.answer_in(self.answers)
        notebook = path.with_suffix(".ipynb")
        return notebook if notebook.is_file() and not os.path.lexists(path) else path

    def answer(self, kata: Kata) -> Answer | None:
        """Return the answer to a kata, opened once a run; None if there is no such file."""
        from dojo.opening.answers import open_answer

        path = self.answer_path(kata)
        if path not in self.opened:
            with suppress(FileNotFoundError):
                self.opened[path] = open_answer(path)
        return self.opened.get(path)

    @pytest.hookimpl(tryfirst=True)  # before pytest words it
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Remember which line of an answer was running: a loop without end is a mistake too."""
        from dojo.stack import leave_out_what_is_on_no_line, lines_of_traceback, told

        leave_out_what_is_on_no_line(excinfo)
        for answer in map(self.answer_path, self.catalogue.katas.values()):
            if lines := lines_of_traceback(answer, excinfo.tb):
                self.stopped_at = told(lines)

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
