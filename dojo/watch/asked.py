"""What a command line with `--watch` asks for, and the command lines of the runs that it makes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from dojo.catalogue import Catalogue, Kata
from dojo.terminal.prompt import path_from_here

INSTALL = "pip install -c constraints.txt -e '.[watch]'"
OWN = ("--watch", "--hint")  # these words are ours to change
VALUES = ("-k", "-m", "-c", "--answers")  # the word after one of these is no path
MOST_HINTS = 3
ALONE = {  # options that do not go with it, by their names in pytest, and why
    "submissions": ("--submissions", "it is for answers of your own"),
    "numprocesses": ("-n", "it has one process, which is ready when you save"),
    "usepdb": ("--pdb", "it has the keyboard, and a debugger needs it too"),
    "trace": ("--trace", "it has the keyboard, and a debugger needs it too"),
}


def refuse_what_does_not_fit(config: pytest.Config) -> None:
    """Raise pytest.UsageError for what does not go with `--watch`, with the next move."""
    for name, (option, why) in ALONE.items():
        if config.getoption(name, default=None):
            raise pytest.UsageError(f"--watch goes without {option}: {why}.")
    capture = config.pluginmanager.get_plugin("capturemanager")
    if capture is not None:
        capture.suspend_global_capture(in_=True)  # the keyboard is to be read
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise pytest.UsageError(
            "--watch needs a terminal, for its screen and its keys. Leave it out to run once."
        )
    if find_spec("watchfiles") is None:
        raise pytest.UsageError(f"--watch needs watchfiles: {INSTALL}")


@dataclass(frozen=True)
class Asked:
    """What was typed.

    words: all arguments but those that the watch itself changes
    paths: those of them that name what to run
    specs: the same as pytest is to collect it
    hint:  the level that was asked for
    """

    catalogue: Catalogue
    words: Sequence[str]
    paths: Sequence[str]
    specs: Sequence[str]
    hint: int = 0

    @classmethod
    def of(cls, config: pytest.Config, catalogue: Catalogue, specs: Sequence[str]) -> Asked:
        """Read a command line. Errors: pytest.UsageError if it names no kata."""
        words = [w for w in map(str, config.invocation_params.args) if not w.startswith(OWN)]
        found = cls(
            catalogue, words, config.option.file_or_dir or [], specs, config.getoption("hint")
        )
        if not found.katas:
            raise pytest.UsageError("--watch is for katas. Name one: pytest katas/01 --watch")
        return found

    @property
    def katas(self) -> list[Kata]:
        """The katas that are meant, in order."""
        places = [Path(spec.split("::")[0]).resolve() for spec in self.specs]
        return [
            kata
            for kata in self.catalogue.katas.values()
            if any(_meets(place, kata.folder.resolve()) for place in places)
        ]

    def command(self, kata: Kata | None, hint: int = 0) -> list[str]:
        """Return the words of a run of one kata, or of all there are, with so many hints."""
        asked = self.katas
        if kata is None:
            paths = [path_from_here(self.catalogue.root / "katas")]
        elif asked == [kata] and self.paths:
            paths = list(self.paths)
        else:
            own = [
                p
                for p in self.paths
                if Path(p.split("::")[0]).resolve().is_relative_to(kata.folder.resolve())
            ]
            paths = own or [path_from_here(kata.folder)]
        return [*self._with(paths), *([f"--hint={hint}"] if hint else [])]

    def _with(self, paths: Sequence[str]) -> list[str]:
        """Return the words with these paths where the first of their own was."""
        kept, at = list[str](), None
        for before, word in zip(["", *self.words], self.words, strict=False):
            if word in self.paths and before not in VALUES:
                at = len(kept) if at is None else at
            else:
                kept.append(word)
        at = len(kept) if at is None else at
        return [*kept[:at], *paths, *kept[at:]]


def _meets(place: Path, folder: Path) -> bool:
    """Whether a path is in a folder, or the folder in it."""
    return place.is_relative_to(folder) or folder.is_relative_to(place)
