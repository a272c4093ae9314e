"""Two katas in a repository of their own, and one watch over both for many tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ..broken import STUB
from ..houses import copy_house, parts_of

pytest.importorskip("termios", reason="these tests need a terminal as Linux and macOS have it")

from .terminal import Terminal, in_terminal

QUICK = ("-m", "not cuda")


@pytest.fixture(scope="session")
def watched_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first two katas in a repository of their own."""
    return copy_house(tmp_path_factory.mktemp("watched"), parts_of("01", "02"))


@dataclass
class Desk:
    """A learner's desk: the answers to the first two katas, and a terminal with the watch."""

    house: Path
    terminal: Terminal

    @property
    def file(self) -> Path:
        """The answer to kata 01."""
        return self.house / "katas/01/manual_update.py"

    def save(self, text: str) -> None:
        """Save as editors do that keep the old file until the new one is whole."""
        beside = self.file.with_name(".manual_update.py.swp")
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, self.file)  # noqa: PTH105 - as an editor does


@pytest.fixture(scope="session")
def both(watched_house: Path) -> Iterator[Terminal]:
    """`pytest katas --watch`, started once."""
    with in_terminal(watched_house, "katas", *QUICK, "--watch") as terminal:
        yield terminal


@pytest.fixture
def desk(watched_house: Path, both: Terminal) -> Desk:
    """A desk where kata 01 is not begun, and watched."""
    made = Desk(watched_house, both)
    made.save(STUB)
    both.shows("Watching katas/01", "TO DO", "gradient comes first")
    return made
