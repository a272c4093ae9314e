"""The plugin of a run with --plot: after the tests it draws a picture for each kata that ran.

What it draws cannot change a verdict: the tests are over, and an error here is a sentence.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dojo.catalogue import Kata
from dojo.paths import typed
from dojo.run import Dojo
from dojo.terminal.prompt import path_from_here

FOLDER = "plots"
LISTED = 3  # pictures whose paths are said; of more, the folder
NEEDS = "--plot needs matplotlib: pip install -c constraints.txt -e '.[plot]'"


class Pictures:
    """Draws a kata's picture when its tests are over, and says where it is."""

    def __init__(self, config: pytest.Config, dojo: Dojo) -> None:
        if importlib.util.find_spec("matplotlib") is None:
            raise pytest.UsageError(NEEDS)
        self._config, self._dojo = config, dojo
        self._format: str = config.getoption("plot")
        self._still = list[Kata]()  # drawn as they are, though an animation was asked for
        self._shown = False  # a line of progress is on the screen

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Draw, unless the run was stopped; the summary says it, for it knows the screen."""
        katas = self._katas_of(terminalreporter.stats)
        if self._dojo.stopped_at or not katas:
            return
        self._terminal = terminalreporter
        told = [self._drawn(kata) for kata in katas]
        files = [file for file, _ in told if file is not None]
        said = [sentence for _, sentence in told if sentence]
        if self._still:
            said.append(without_animation(self._still))
        if len(files) <= LISTED:
            said += [f"Picture: {path_from_here(file)}" for file in files]
        else:
            said.append(f"{len(files)} pictures: {path_from_here(files[0].parent)}")
        self._dojo.pictures = said
        self._progress("")

    def _katas_of(self, stats: dict[str, list[Any]]) -> list[Kata]:
        """Return the katas of which a test ran."""
        catalogue, root, found = self._dojo.catalogue, self._config.rootpath, dict[str, Kata]()
        for report in (r for group in stats.values() for r in group):
            kata = catalogue.kata_of(root / str(getattr(report, "nodeid", "")).split("::")[0])
            if kata is not None:
                found[kata.number] = kata
        return [found[number] for number in sorted(found)]

    def _drawn(self, kata: Kata) -> tuple[Path | None, str]:
        """Draw the picture of a kata; return its file, or why there is none."""
        from dojo.calling.calls import InProcess
        from dojo.pictures.saving import has_animation, save, save_animation

        moves = self._format == "gif" and has_animation(kata)
        suffix = "gif" if moves else "png" if self._format == "gif" else self._format
        if self._format == "gif" and not moves:
            self._still.append(kata)
        name = f"{kata.number}-{kata.name.replace('_', '-')}.{suffix}"
        file = self._dojo.catalogue.root / FOLDER / name
        self._progress(f"drawing {name}")
        try:
            answer, missing = self._dojo.answer(kata), self._dojo.answer_path(kata)
            door = InProcess(answer) if answer is not None else None
            given = kata, door, f"There is no {typed(missing)}: what is wanted stands alone."
            if moves:
                save_animation(*given, file, lambda n, of: self._progress(f"{name} {n}/{of}"))
            else:
                save(*given, file)
        except OSError as error:
            return None, f"The picture could not be written: {error}"
        except Exception as error:  # ours, or what an answer returned beyond all that we know
            return None, f"The picture of katas/{kata.number} failed: {error!r}"
        return file, ""

    def _progress(self, text: str) -> None:
        """Say on one line of a terminal what is drawn just now; "" takes it away."""
        if self._terminal.isatty and (text or self._shown):
            self._terminal.rewrite(text, erase=True)
            self._shown = bool(text)


def without_animation(still: Sequence[Kata]) -> str:
    """Say which katas do not move."""
    if len(still) == 1:
        return f"katas/{still[0].number} has no animation: the picture is a PNG."
    named = ", ".join(f"katas/{kata.number}" for kata in still)
    named = named if len(still) <= LISTED else f"{len(still)} katas"
    return f"{named} have no animation: their pictures are PNG."
