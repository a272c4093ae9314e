"""`%%kata 03` above a cell: the cell runs, what it defines is kept, and pytest tries it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dojo.catalogue import HOUSE, Catalogue, Kata, is_repository, open_catalogue
from dojo.notebook.keeping import keep, kept_cells, outweighed
from dojo.notebook.running import Runs
from dojo.notebook.statements import Cell
from dojo.opening.notebook import without_magics
from dojo.opening.reading import Unreadable
from dojo.opening.syntax_errors import not_parsed
from dojo.paths import typed

MAGIC, ANSWERS, MINE = "%%kata", "--answers", "mine"
PLOTS = "plots"
CRASHED = "\n\nThe process that ran the tests ended in the middle: does your code call os._exit?"


class NotRun(Exception):
    """Why a cell is not tested; the message says what to do."""


@dataclass(frozen=True)
class Asked:
    """The first line of a cell.

    answers: the folder where what is defined is kept
    options: pytest's, as they were typed
    """

    kata: Kata
    answers: Path
    options: Sequence[str]

    @property
    def path(self) -> Path:
        """The file in which it is kept."""
        return self.kata.answer_in(self.answers)


class Katas:
    """`%%kata` in one notebook."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._catalogue = _catalogue()
        self._runs = Runs(self._catalogue.root)
        self._begun = set[Path]()  # files that were kept since this kernel began

    def close(self) -> None:
        """End what stands by."""
        self._runs.close()

    def kata(self, line: str, cell: str) -> None:
        """Run the cell, keep what it defines, and test that: `%%kata 03`.

        The options are pytest's: `%%kata 03 --hint`, `%%kata 03 --plot`, `%%kata 03 -k sweep`.
        What is defined is kept in `mine`, or in the folder after --answers.
        """
        try:
            asked = self._asked(line)
            first = f"# {MAGIC} {line}"
            cells = self._cells(asked, first, cell)
        except NotRun as why:
            print(why)
            return
        if not self._ran(f"{first}\n{cell}"):
            print(f"This cell ended with an error, so it is not kept in {typed(asked.path)}.")
            return
        keep(asked.kata, asked.path, cells)
        self._begun.add(asked.path)
        for label, names in outweighed(asked.kata, cells).items():
            print(_still_counts(label, names))
        self._test(asked)

    def _asked(self, line: str) -> Asked:
        """Read the first line of a cell. Errors: NotRun."""
        try:
            number, *options = shlex.split(line) or [""]
        except ValueError as trouble:
            raise NotRun(f"{MAGIC} {line}: {trouble}.") from None
        katas, mine = self._catalogue.katas, str(self._catalogue.root / MINE)
        if number not in katas:
            numbers = f"{min(katas)} to {max(katas)}"
            raise NotRun(f"Begin the cell with the number of a kata, {numbers}: {MAGIC} 01")
        for at, word in enumerate(options):
            if word == ANSWERS and at + 1 < len(options):
                mine = options[at + 1]
                options[at : at + 2] = []
            elif word.startswith(f"{ANSWERS}="):
                mine = options.pop(at).partition("=")[2]
        return Asked(katas[number], Path(mine).absolute(), options)

    def _cells(self, asked: Asked, first: str, cell: str) -> list[Cell]:
        """Return the cells that the answer is made of, this one last. Errors: NotRun."""
        number = self._number()
        new = Cell(str(number), [first, *without_magics(cell.rstrip())[0]])
        try:
            _ = new.statements
        except (SyntaxError, ValueError) as trouble:
            raise NotRun(_not_python(new, trouble)) from None
        path = asked.kata.answer_in(asked.answers)
        session = list(map(str, range(number))) if asked.path in self._begun else []
        try:
            kept = kept_cells(asked.kata, path, session)
        except (SyntaxError, Unreadable, OSError) as trouble:
            raise NotRun(
                f"{typed(path)} cannot be read: {trouble}. Mend it, or delete it."
            ) from None
        above, *others = kept
        others_now = list(self._other_cells(number, asked.kata))
        found_now = {c.label for c in others_now}
        old = [c for c in others if not c.label.isdigit()]
        ours = [c for c in others if c.label.isdigit() and c.label not in found_now]
        return [above, *old, *sorted([*others_now, *ours], key=lambda c: int(c.label)), new]

    def _other_cells(self, before: int, kata: Kata) -> Iterator[Cell]:
        """Yield the cells of this session that are not this kata's: what it needs may be there."""
        for number, text in enumerate(self._shell.history_manager.input_hist_raw[:before]):
            if text.split(maxsplit=2)[:2] == [MAGIC, kata.number]:
                continue
            found = Cell(str(number), without_magics(text)[0], tested=False)
            try:
                _ = found.statements
            except (SyntaxError, ValueError):
                continue
            yield found

    def _number(self) -> int:
        """Return the number of the cell that runs: IPython 9 has counted on by now, 8 has not."""
        return len(self._shell.history_manager.input_hist_raw) - 1

    def _ran(self, cell: str) -> bool:
        """Run a cell, its first line a comment, so that errors name its number and its lines."""
        following = self._shell.execution_count
        self._shell.execution_count = self._number()
        try:
            return bool(self._shell.run_cell(cell, store_history=False).success)
        finally:
            self._shell.execution_count = following

    def _test(self, asked: Asked) -> None:
        """Run the tests, show what they say, and the pictures that they drew."""
        root, number = self._catalogue.root, asked.kata.number
        answers = asked.answers
        shown = answers.relative_to(root) if answers.is_relative_to(root) else answers
        before = _pictures(root, number)
        words = [f"katas/{number}", ANSWERS, str(shown), *asked.options]
        if not self._runs.run(words, sys.stdout.write):
            print(CRASHED)
        for file, changed in _pictures(root, number).items():
            if before.get(file) != changed:
                _display(file)


def _catalogue() -> Catalogue:
    """Return the katas of the checkout that the notebook lies in, else of the one installed."""
    here = Path.cwd()
    for root in (here, *here.parents, HOUSE):
        if is_repository(root):
            return open_catalogue(root)
    raise ImportError("the katas are not here: in a clone of them, type pip install -e .")


def _still_counts(label: str, names: Sequence[str]) -> str:
    """Say that another cell's functions are tested, for this one leaves them unwritten."""
    where = f"cell {label}" if label else "what was kept before"
    own = "that" if len(names) == 1 else "those"
    return f"Not written in this cell: {', '.join(names)}. Tested: {own} of {where}."


def _not_python(cell: Cell, trouble: Exception) -> str:
    """Say where a cell is no Python, and that nothing is lost."""
    if isinstance(trouble, SyntaxError):
        told = not_parsed("", "\n".join(cell.lines), trouble)
        told[0] = f"Cell {cell.label}{told[0]}"
    else:
        told = [f"Cell {cell.label}: {trouble}"]
    return "\n".join([*told, "", "The cell did not run. What was kept before is as it was."])


def _pictures(root: Path, number: str) -> dict[Path, int]:
    """Return a kata's pictures, and when each was written."""
    return {file: file.stat().st_mtime_ns for file in (root / PLOTS).glob(f"{number}-*")}


def _display(file: Path) -> None:
    """Show a picture below the cell."""
    from IPython.display import SVG, Image, display

    display(SVG(filename=str(file)) if file.suffix == ".svg" else Image(filename=str(file)))
