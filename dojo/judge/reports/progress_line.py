"""The line that says, while submissions are judged, how many are, how fast, and for how long yet.

On a terminal it is written over itself, in the place of pytest's letters; elsewhere (a log, a pipe)
the letters stay, and every ten seconds a line comes between them. With -v every item has a line of
its own anyway, and with -q -q nothing is to be seen.
"""

from __future__ import annotations

import time
from collections import deque
from typing import Any

IN_PLACE, IN_A_LOG = 0.5, 10.0  # seconds between two lines
WINDOW = 60.0  # seconds that the rate is taken over: what was judged before is found at once


class ProgressLine:
    """Counts what is judged, and now and then writes a line on pytest's terminal reporter."""

    def __init__(self, terminal: Any) -> None:
        self._terminal = terminal
        shown = terminal is not None and terminal.verbosity in (0, -1)
        self.in_place = shown and bool(terminal.isatty)
        if self.in_place:
            terminal.showfspath = False  # pytest would end the line where a spec's path changes
        self._every = (IN_PLACE if self.in_place else IN_A_LOG) if shown else float("inf")
        self._done, self._written = 0, time.monotonic()
        self._marks = deque[tuple[float, int]]()

    def judged(self, due: int) -> None:
        """Count one of `due`, and write the line if it is time."""
        now = time.monotonic()
        self._done += 1
        if self._done == 1:  # what was before it, the start, says nothing of the rate
            self._marks.append((now, 1))
        if now - self._written < self._every and not (self.in_place and self._done in (1, due)):
            return
        self._written = now
        self._marks.append((now, self._done))
        while len(self._marks) > 2 and now - self._marks[0][0] > WINDOW:
            self._marks.popleft()
        if self.in_place:
            self._terminal.rewrite(self._line(due), erase=True)
        else:
            self._terminal.write_line("")  # ends the letters, whose line xdist leaves open
            self._terminal.write_line(self._line(due))

    def _line(self, due: int) -> str:
        (begun, before), (now, done) = self._marks[0], self._marks[-1]
        if done == before:
            return f"{done} of {due} judged"
        rate = (done - before) / max(now - begun, 1e-3)
        left = f", {spoken((due - done) / rate)} left" if done < due else ""
        return f"{done} of {due} judged, {rate:.3g} a second{left}"

    def end(self) -> None:
        """Leave the terminal's line to what comes next."""
        if self.in_place and self._done:
            self._terminal.rewrite("", erase=True)


def spoken(seconds: float) -> str:
    """Write a time as one says it: 8 s, 3 min, 2 h 5 min."""
    if seconds < 100:
        return f"{max(seconds, 1):.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
