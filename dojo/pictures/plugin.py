"""The plugin of a run with --plot: after the tests it draws a picture for each kata that ran.

What it draws cannot change a verdict: the tests are over, and an error here is a sentence.
"""

from __future__ import annotations

import importlib.util
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
        self._shown = False  # a line of progress is on the screen

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Draw, unless the run was stopped; the summary says it, for it knows the screen."""
        katas = self._katas_of(terminalreporter.stats)
        if self._dojo.stopped_at or not katas:
            return
        self._terminal = terminalreporter
        told = [self._drawn(kata) for kata in katas]
        files = [file for file, _ in told if file is not None]
        said = [sentence for _, sentences in told for sentence in sentences]
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

    def _drawn(self, kata: Kata) -> tuple[Path | None, list[str]]:
        """Draw the picture of a kata; return its file, and what is to be said of it."""
        from dojo.pictures.saving import has_animation, save, save_animation

        moves, said = self._format == "gif" and has_animation(kata), list[str]()
        suffix = "gif" if moves else "png" if self._format == "gif" else self._format
        if self._format == "gif" and not moves:
            said.append(f"katas/{kata.number} has no animation.")
        name = f"{kata.number}-{kata.name.replace('_', '-')}.{suffix}"
        file = self._dojo.catalogue.root / FOLDER / name
        self._progress(f"drawing {name}")
        try:
            answer, missing = self._dojo.answer(kata), self._dojo.answer_path(kata)
            given = kata, answer, f"There is no {typed(missing)}: what is wanted stands alone."
            if moves:
                save_animation(*given, file, lambda n, of: self._progress(f"{name} {n}/{of}"))
            else:
                save(*given, file)
        except OSError as error:
            return None, [*said, f"The picture could not be written: {error}"]
        except Exception as error:  # ours, or what an answer returned beyond all that we know
            return None, [*said, f"The picture of katas/{kata.number} failed: {error!r}"]
        return file, said

    def _progress(self, text: str) -> None:
        """Say on one line of a terminal what is drawn just now; "" takes it away."""
        if self._terminal.isatty and (text or self._shown):
            self._terminal.rewrite(text, erase=True)
            self._shown = bool(text)
