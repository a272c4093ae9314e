"""A limit of processor time for calls of an answer that no test asks for: a loop may have no end.

It works in each thread and on each system, for Python looks for such an exception between two of
its steps. One long step (of torch) goes on to its own end.
"""

from __future__ import annotations

import contextlib
import ctypes
import threading
import time
from collections.abc import Iterator

from dojo.errors import TimeIsUp

LOOK = 0.05  # seconds between two looks at the clock
AGAIN = 0.5  # seconds of processor time until who took no notice (a bare `except:`) is told again


@contextlib.contextmanager
def limited(seconds: float, error: type[BaseException] = TimeIsUp) -> Iterator[None]:
    """Raise an error in what runs meanwhile, once this process has spent so many seconds on it."""
    watcher = _Watcher(seconds, error)
    watcher.start()
    try:
        try:
            yield
        finally:
            watcher.end()
    finally:  # the error may come as late as in the first step of the line above
        watcher.end()


class _Watcher(threading.Thread):
    """Looks at the clock, and raises the error in the thread that made it."""

    def __init__(self, seconds: float, error: type[BaseException]) -> None:
        super().__init__(name="time limit", daemon=True)
        self._error, self._over, self._whom = error, threading.Event(), threading.get_ident()
        self._until = time.process_time() + seconds

    def run(self) -> None:
        """Look on until it is over."""
        while not self._over.wait(LOOK):
            if time.process_time() > self._until:
                _raise_in(self._whom, self._error)
                self._until = time.process_time() + AGAIN

    def end(self) -> None:
        """Look on no more; an error that was sent and has not come yet comes in here, and is over.

        It could be taken back, too, but Python 3.11 then hangs where a debugger or profiler is on.
        """
        is_over = False
        while not is_over:
            try:
                self._over.set()
                self.join()
                _take_a_step()
                is_over = True
            except self._error:
                continue


def _take_a_step() -> None:
    """Do nothing, but as a function of Python's, at whose beginning such an error comes."""


def _raise_in(thread: int, error: type[BaseException]) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))
