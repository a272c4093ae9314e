"""What is on the terminal while it is watched: the last run's screen, and a line below it."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from dojo.feedback.summary import REASONS, VERDICTS
from dojo.paths import typed
from dojo.terminal.capabilities import legible, size_of_screen
from dojo.terminal.layout import cut, wrapped
from dojo.watch.standby import END

CLEAR, LINE, BOLD, PLAIN, CURSOR = "\x1b[H\x1b[J", "\r\x1b[K", "\x1b[1m", "\x1b[0m", "\x1b[?25h"
DUMPED = "Fatal Python error"
USAGE = 4  # pytest's code for what cannot be run at all


class Display:
    """The terminal. What is shown stays until the next is whole, and is drawn at once."""

    def __init__(self) -> None:
        if os.name == "nt":
            import colorama  # pytest brings it there

            colorama.just_fix_windows_console()
        self._write("\n" * size_of_screen()[1])  # what was on the screen can be scrolled back to

    def show(self, text: str, below: str, above: str = "") -> None:
        """Show the screen of a run with a line below it, and one more above that."""
        lines = [text.rstrip("\n"), *([self._one(above)] if above else []), self._one(below)]
        self._write(CLEAR + "\n".join(lines))

    def say(self, below: str) -> None:
        """Change the last line only."""
        self._write(LINE + self._one(below))

    def leave(self) -> None:
        """Leave the cursor where a shell writes next."""
        self._write(f"{PLAIN}{CURSOR}\n")

    def _one(self, line: str) -> str:
        line = legible(line, sys.stdout.encoding or "utf-8")
        return cut(line, size_of_screen()[0] - 1)

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()


def told_by(written: str, status: int, answers: Sequence[Path]) -> tuple[str, bool]:
    """Return what a run has to say, and whether it came to its end."""
    if END in written or status == USAGE:
        head, _, told = written.replace(END, "").partition(VERDICTS)
        return head + (told.partition(REASONS)[2] if REASONS in told else told), True
    written, _, dump = written.replace(VERDICTS, "").replace(REASONS, "").partition(DUMPED)
    said = "\n".join(wrapped(ended_early(status, dump, answers)))
    return f"{written.rstrip()}\n\n{said}\n", False


def verdicts_in(written: str) -> str:
    """Return the screen with the verdicts of a run that still looks for reasons; "" before that."""
    told, reasons, _ = written.partition(REASONS)
    return told.replace(f"{VERDICTS}\n", "").replace(VERDICTS, "") if reasons else ""


def ended_early(status: int, dump: str, answers: Sequence[Path]) -> str:
    """Say why a run ended in the middle: by a crash of Python, by an answer's own wish."""
    if status >= 0:
        return f"The run ended in the middle, with code {status}: does it call os._exit?"
    name = signal.Signals(-status).name
    names = {str(path): typed(path) for path in answers}
    lines = re.findall(r'File "(.*)", line (\d+) in (\S+)', dump)
    own = [f"{names[file]}:{line}, in {where}" for file, line, where in lines if file in names]
    if own:
        return f"Python itself crashed ({name}) at {own[0]}."
    if name == "SIGKILL":
        return f"The run was ended from outside ({name}). Did it take all memory?"
    return f"Python itself crashed ({name}) in the middle of the run."
