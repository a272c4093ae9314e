"""A process's own time: it goes on while the process runs or sleeps.

While others keep all processors busy it stands, or a right answer would be late on a full machine:
neither what the process waits for a processor counts, nor what the judge waits for one itself.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

FLAGS, PF_EXITING = 6, 4  # the flags of a process, after its name in /proc/*/stat, and one of them
BUSY = 8.0  # times its own time may pass at most: what makes itself wait gains no more than that


class Clock:
    """Tells how long the process of a pidfd has taken since the clock was last started.

    Where the kernel does not say how long a process waited for a processor, all time counts.
    """

    def __init__(self, pidfd: int) -> None:
        self._file, self._known = _schedule_of(pidfd), 0.0
        self._own = _opened("/proc/thread-self/schedstat")
        self.start()

    def start(self) -> None:
        """Begin anew."""
        self._begun, self._before = time.monotonic(), self._waited()

    @property
    def seconds(self) -> float:
        """What the process has taken."""
        passed = time.monotonic() - self._begun
        return max(passed - (self._waited() - self._before), passed / BUSY)

    def left(self, seconds: float) -> float:
        """Return how many of these seconds the process may still take."""
        passed = time.monotonic() - self._begun
        if passed < seconds:  # it has taken no more: the kernel need not be asked
            return seconds - passed
        return max(seconds - self.seconds, 0.0)

    def close(self) -> None:
        """Let the kernel's file go; the time that was taken stays known."""
        self._known = self._waited()
        for file in (self._file, self._own):
            if file is not None:
                os.close(file)
        self._file = self._own = None

    def _waited(self) -> float:
        """Return how long both were ready to run and had to wait, in all their lives."""
        if self._file is not None:
            with contextlib.suppress(OSError, IndexError):  # it is gone
                waits = [
                    int(os.pread(file, 128, 0).split()[1])
                    for file in (self._file, self._own)
                    if file is not None
                ]
                self._known = sum(waits) / 1e9
        return self._known


def is_living_on(pidfd: int) -> bool:
    """Whether the kernel says that a process has not begun to end; False if it says nothing."""
    with contextlib.suppress(OSError, StopIteration, ValueError, IndexError):
        stat = (_folder_of(pidfd) / "stat").read_text().rpartition(")")[2].split()
        return not int(stat[FLAGS]) & PF_EXITING
    return False


def _schedule_of(pidfd: int) -> int | None:
    """Open what the kernel tells of a process's turns; None if it tells nothing."""
    try:
        return _opened(f"{_folder_of(pidfd)}/schedstat")
    except (OSError, StopIteration):
        return None


def _folder_of(pidfd: int) -> Path:
    """Return where the kernel tells of a process. Errors: OSError, StopIteration."""
    lines = Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines()
    return Path("/proc") / next(line.split()[1] for line in lines if line.startswith("Pid:"))


def _opened(file: str) -> int | None:
    with contextlib.suppress(OSError):
        return os.open(file, os.O_RDONLY)
    return None
