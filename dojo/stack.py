"""Where in an answer the program is, or was: the lines of its file on the stack of calls."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

from dojo.paths import typed

if TYPE_CHECKING:
    import pytest
    from _pytest._code import TracebackEntry

CELL = "# ── code cell "  # begins the line above a notebook's cell; the cell's number ends it


@dataclass(frozen=True)
class Line:
    """A line of a file that was running, and the function that it is in."""

    path: Path
    number: int
    function: str

    @property
    def text(self) -> str:
        """What stands there."""
        return linecache.getline(str(self.path), self.number).strip()

    @property
    def place(self) -> str:
        """Where it stands in its file: "line 12", in a notebook "cell 3, line 2"."""
        return place_in(linecache.getlines(str(self.path)), self.number)

    def __str__(self) -> str:
        return located(self.path, self.number)


def place_in(lines: Sequence[str], number: int) -> str:
    """Say where a line is: by its number, in the Python of a notebook by its cell's as well."""
    for at in range(min(number, len(lines)), 0, -1):
        if lines[at - 1].startswith(CELL):
            return f"cell {lines[at - 1].removeprefix(CELL).strip()}, line {number - at}"
    return f"line {number}"


def located(path: Path, number: int) -> str:
    """Write a line's file and place as an editor takes it: a notebook's in words."""
    place = place_in(linecache.getlines(str(path)), number)
    return f"{typed(path)}, {place}" if place.startswith("cell") else f"{typed(path)}:{number}"


def lines_of_traceback(path: Path, traceback: TracebackType | None) -> list[Line]:
    """Return the lines of `path` that an exception came through, the outermost first."""
    found = []
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == str(path):
            code, number = traceback.tb_frame.f_code, _number(traceback)
            found.append(Line(path, number or code.co_firstlineno, code.co_name))
        traceback = traceback.tb_next
    return found


def _number(traceback: TracebackType) -> int | None:
    """Return the number of its line; at moments a program is on none."""
    number: int | None = traceback.tb_lineno
    return number


def leave_out_what_is_on_no_line(excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    """Keep the entries of a traceback that are on a line: pytest has no words for others.

    Ctrl-C may come at such a moment, and pytest would end in an internal error.
    """
    excinfo.traceback = excinfo.traceback.filter(_is_on_a_line)


def _is_on_a_line(entry: TracebackEntry) -> bool:
    try:
        return entry.lineno >= 0
    except TypeError:  # it takes 1 from None
        return False


def lines_of_thread(path: Path, thread: int) -> list[Line]:
    """Return the lines of `path` that a thread is in just now, the outermost first."""
    frames = _frames(sys._current_frames().get(thread))
    here = (f for f in frames if f.f_code.co_filename == str(path))
    lines = [(f.f_lineno or f.f_code.co_firstlineno, f.f_code.co_name) for f in here]
    return [Line(path, *line) for line in lines][::-1]


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def told(lines: list[Line]) -> str:
    """Say where an answer was: the line that calls, and the innermost if it is in another place.

    A loop that does not end is in the outermost function more often than in what it calls.
    """
    outer = lines[0]
    inner = next((line for line in reversed(lines) if line.function.isidentifier()), outer)
    if inner.function == outer.function:
        return f"{outer}, {_in(outer)}"
    return f"{outer}, {_in(outer)}, which had called {inner.function} ({inner.place})"


def _in(line: Line) -> str:
    return f"in {line.function}" if line.function.isidentifier() else "outside of any function"
