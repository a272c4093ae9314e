"""What to type next: every command and path that we print, as seen from where a person stands."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dojo.catalogue import Catalogue
from dojo.paths import quoted, typed


@dataclass(frozen=True)
class Prompt:
    """Where a person stands (the current folder), and what was typed there.

    words:   the arguments of this run, without those that ask for a hint
    answers: the folder that was given to --answers, as it was typed; empty without one
    watched: the run is one of a watch, where a key is pressed instead
    """

    catalogue: Catalogue
    words: Sequence[str]
    answers: str = ""
    watched: bool = False

    def again(self, *options: str) -> str:
        """Return the command of this run, with more options."""
        return " ".join(["pytest", *map(quoted, self.words), *options])

    def hint(self, level: int) -> str:
        """Return what shows so many hints."""
        if self.watched:
            return "Press h."
        return self.again("--hint" if level == 1 else f"--hint={level}")

    def onward(self, number: str) -> str:
        """Return what runs the kata that follows."""
        return "press n" if self.watched else self.kata(number)

    def kata(self, number: str) -> str:
        """Return the command that runs one kata on the same answers."""
        options = ["--answers", self.answers] if self.answers else []
        return " ".join(["pytest", *map(quoted, [path_from_here(self._folder(number)), *options])])

    def lesson(self, number: str) -> str:
        """Return the path of a kata's lesson."""
        return quoted(path_from_here(self.catalogue.katas[number].lesson))

    def solution(self, number: str) -> str:
        """Return the path of the reference answer."""
        kata = self.catalogue.katas[number]
        return quoted(path_from_here(kata.answer_in(self.catalogue.solutions)))

    def difference(self, number: str) -> str:
        """Return the command that shows what was changed of a kata and its solution, or lost."""
        root = self.catalogue.root
        parts = [f"katas/{number}", f"solutions/{number}"]  # also where its spec is lost
        if Path.cwd().is_relative_to(root):
            here = " ".join(quoted(path_from_here(root / part)) for part in parts)
            return f"git diff --stat {here}"
        return f"git -C {quoted(path_from_here(root))} diff --stat {' '.join(parts)}"

    def next_after(self, number: str) -> str:
        """Return the number of the kata that follows, empty after the last."""
        return min((n for n in self.catalogue.katas if n > number), default="")

    def _folder(self, number: str) -> Path:
        return self.catalogue.katas[number].folder


def path_from_here(path: Path) -> str:
    """Return a path as one would type it here: relative, unless the whole one is shorter."""
    relative = typed(path)
    return (
        str(path) if relative.startswith(os.pardir) and len(str(path)) < len(relative) else relative
    )
