"""The two doors by which a learner's answer comes in: edited in place, and in a folder of answers.

`desk` is where the answer to kata 01 is written, for either; what is said must be the same.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from .conftest import HOUSE, Practise, Run
from .houses import copy_house, parts_of
from .processes import PATIENCE

DOORS = ("in place", "--answers")
ANSWERS = ("--answers", "mine")
STUB = (HOUSE / "katas/01/manual_update.py").read_text(encoding="utf-8")
GIT = ("git", "-c", "user.name=anna", "-c", "user.email=anna@example.org")
Content = str | bytes | Callable[[Path], object]


@dataclass
class Desk:
    """An answer to kata 01, and the run that practises it."""

    house: Path
    file: Path
    options: tuple[str, ...]
    practise: Practise

    @property
    def restore(self) -> str:
        """What a learner is told to type to have the stub again."""
        if self.options:
            return "cp katas/01/manual_update.py mine/01"
        return "git checkout HEAD -- katas/01/manual_update.py"

    def write(self, content: Content) -> None:
        """Put text, bytes or what a function makes in the answer's place."""
        self.clear()
        if callable(content):
            content(self.file)
        else:
            raw = content if isinstance(content, bytes) else content.encode()
            self.file.write_bytes(raw)

    def clear(self) -> None:
        """Leave nothing in the answer's place."""
        if self.file.is_dir() and not self.file.is_symlink():
            shutil.rmtree(self.file)
        self.file.unlink(missing_ok=True)

    def run(self, *options: str, lines: int = 24) -> Run:
        """Run `pytest katas/01` on it."""
        given = ("katas/01", "-m", "not cuda", *self.options, *options)
        return self.practise(*given, house=self.house, lines=lines)


@pytest.fixture(scope="session")
def edited_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first kata in a repository of its own, whose stub is edited: one copy for all tests."""
    house = copy_house(tmp_path_factory.mktemp("edited"), parts_of("01"))
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "as it came"]):
        subprocess.run([*GIT, *words], cwd=house, check=True, timeout=PATIENCE)
    return house


@pytest.fixture(params=DOORS)
def desk(request: pytest.FixtureRequest, edited_house: Path, practise: Practise) -> Iterator[Desk]:
    """Practise kata 01 through each door in turn."""
    folder, options = ("katas", ()) if request.param == "in place" else ("mine", ANSWERS)
    file = edited_house / folder / "01/manual_update.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    made = Desk(edited_house, file, options, practise)
    yield made
    made.write(STUB)
