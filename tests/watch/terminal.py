"""A terminal of 80 columns and 24 lines with pytest in it, as a person sits before it."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import termios
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..processes import started, until

CLEAR = "\x1b[H\x1b[J"
COLOURS = re.compile(r"\x1b\[[\d;]*m")


@dataclass
class Terminal:
    """What is typed into it, and what it has shown."""

    ours: int
    theirs: int
    process: subprocess.Popen[str] = field(init=False)
    shown: str = ""

    def __post_init__(self) -> None:
        self.modes_before = self.modes

    def press(self, key: str) -> None:
        """Press a key."""
        os.write(self.ours, key.encode())

    def screen(self) -> str:
        """Return what stands on it now, from the last time that it was cleared."""
        with contextlib.suppress(BlockingIOError, OSError):  # nothing new; it is closed
            while more := os.read(self.ours, 1 << 16):
                self.shown += more.decode(errors="replace")
        return COLOURS.sub("", self.shown.rpartition(CLEAR)[2].replace("\r\n", "\n"))

    def shows(self, *words: str) -> str:
        """Wait until all these words are on it, below them the line of keys; return it all."""

        def whole() -> str:
            screen = self.screen()
            done = all(word in screen for word in (*words, "q quit"))
            return screen if done and CLEAR in self.shown else ""

        return until(whole, self.process)

    @property
    def modes(self) -> list[Any]:
        """How it takes keys."""
        return termios.tcgetattr(self.theirs)


@contextlib.contextmanager
def in_terminal(house: Path, *words: str) -> Iterator[Terminal]:
    """Start `pytest …` in a terminal of its own."""
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    os.set_blocking(ours, False)
    terminal = Terminal(ours, theirs)
    try:
        with started(
            *words, cwd=house, preexec_fn=lambda: os.login_tty(os.dup(theirs))
        ) as terminal.process:
            yield terminal
    finally:
        os.close(ours)
        os.close(theirs)
