"""Two katas in a repository of their own, and one watch over both for many tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ..broken import STUB
from ..processes import HOUSE

pytest.importorskip("termios", reason="these tests need a terminal as Linux and macOS have it")

from .terminal import Terminal, in_terminal

COPIED = ("katas/01", "katas/02", "solutions/01", "solutions/02")
BARE = ("conftest.py", "pyproject.toml", "dojo/plugin.py")
QUICK = ("-m", "not cuda")


@pytest.fixture(scope="session")
def watched_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first two katas in a repository of their own."""
    house = tmp_path_factory.mktemp("watched")
    for name in COPIED:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(HOUSE / name, house / name, ignore=ignored)
    for name in BARE:
        (house / name).parent.mkdir(exist_ok=True)
        shutil.copy(HOUSE / name, house / name)
    return house


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
