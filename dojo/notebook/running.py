"""Runs pytest for a cell, each time in a process of its own, which has imported torch before.

Not in the kernel: what cells have set in it (a default dtype, a seed, gradients switched off) would
decide the verdict, and an answer that ends its process would take the notebook's values with it.
"""

from __future__ import annotations

import codecs
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from dojo.notebook.inside import ENDED

SCREEN = {"COLUMNS": "80", "LINES": "60"}  # a cell is as high as what it shows
PIECE = 1 << 16


class Screen:
    """Shows what is written in whole lines: some notebooks begin a new line at each piece."""

    def __init__(self, show: Callable[[str], object]) -> None:
        self._show, self._line = show, ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def write(self, piece: bytes) -> None:
        """Show all up to the last line's end; keep what follows it."""
        whole, end, self._line = (self._line + self._decoder.decode(piece)).rpartition("\n")
        if end:
            self._show(whole + end)

    def close(self) -> None:
        """Show what is left, where the last line has no end."""
        line, self._line = self._line, ""
        if line:
            self._show(line)


class Runs:
    """Starts the runs of a notebook; one more process than runs stands by with torch."""

    def __init__(self, repository: Path) -> None:
        self._repository = repository
        self._next = self._started()

    def run(self, words: Sequence[str], show: Callable[[str], object]) -> bool:
        """Run `pytest words` in the repository, show what it writes; False if it did not end well.

        KeyboardInterrupt goes to the run, which then says where it was; a second one ends it.
        """
        with self._next if self._next.poll() is None else self._started() as run:
            _tell(run, words)
            screen, interrupted = Screen(show), False
            while run.returncode is None:
                try:
                    _follow(run, screen)
                except KeyboardInterrupt:
                    _end(run, kindly=not interrupted)
                    interrupted = True
        self._next = self._started()
        return interrupted or run.returncode >= ENDED

    def close(self) -> None:
        """End the process that stands by."""
        with self._next as run:
            run.kill()

    def _started(self) -> subprocess.Popen[bytes]:
        """Start a process that stands by. It is in no group of the kernel's, whom a stop is for."""
        return subprocess.Popen(
            [sys.executable, "-m", "dojo.notebook.inside"],
            cwd=self._repository,
            env={**os.environ, **SCREEN, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=os.name == "posix",
        )


def _tell(run: subprocess.Popen[bytes], words: Sequence[str]) -> None:
    """Tell a process that stands by what to run."""
    assert run.stdin is not None
    with contextlib.suppress(OSError):  # it is gone: its status says so
        run.stdin.write(json.dumps(list(words)).encode() + b"\n")
        run.stdin.close()


def _follow(run: subprocess.Popen[bytes], screen: Screen) -> None:
    """Show what a run writes until it ends."""
    assert run.stdout is not None
    while piece := os.read(run.stdout.fileno(), PIECE):
        screen.write(piece)
    screen.close()
    run.wait()


def _end(run: subprocess.Popen[bytes], *, kindly: bool) -> None:
    """End a run as Ctrl-C does, or at once, with what it started; Windows has the latter only."""
    if os.name != "posix":
        run.kill()
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(run.pid, signal.SIGINT if kindly else signal.SIGKILL)
