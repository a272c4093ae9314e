"""A limit of processor time for calls of an answer that no test asks for: a loop may have no end.

It works in each thread and on each system, for Python looks for such an exception between two of
its steps. One long step (of torch) goes on to its own end.
"""

from __future__ import annotations

import ctypes
import sys
import threading
import time
from contextlib import AbstractContextManager
from types import FrameType

from dojo.errors import TimeIsUp

LOOK = 0.05  # seconds between two looks at the clock
AGAIN = 0.5  # seconds of processor time until who took no notice (a bare `except:`) is told again


def limited(
    seconds: float, error: type[BaseException] = TimeIsUp
) -> AbstractContextManager[None, None]:
    """Raise an error in what runs meanwhile, once this process has spent so many seconds on it."""
    return _Watcher(seconds, error)


class _Watcher(threading.Thread):
    """Looks at the clock, and raises the error in the thread that made it.

    The error comes between any two steps, even just before `end` is called: so who is not in the
    function with that block any more is never disturbed.
    """

    def __init__(self, seconds: float, error: type[BaseException]) -> None:
        super().__init__(name="time limit", daemon=True)
        self._error, self._over, self._whom = error, threading.Event(), threading.get_ident()
        self._until = time.process_time() + seconds
        self._block: FrameType | None = None

    def __enter__(self) -> None:
        self._block = sys._getframe(1)
        try:
            self.start()
        except self._error:
            self.end()
            raise

    def __exit__(self, *_: object) -> None:
        try:
            self.end()
        finally:  # the error may come as late as in the first step of the line above
            self.end()

    def run(self) -> None:
        """Look on until it is over, or time is up and the block was left all the same."""
        while not self._over.wait(LOOK):
            if time.process_time() > self._until:
                if not self._is_inside():
                    return
                _raise_in(self._whom, self._error)
                self._until = time.process_time() + AGAIN

    def _is_inside(self) -> bool:
        """Whether the function with the block is running still.

        Frames of a thread that runs are looked at seldom: Python 3.11 may give anything for one.
        """
        frame = sys._current_frames().get(self._whom)
        while isinstance(frame, FrameType) and frame is not self._block:
            frame = frame.f_back
        return frame is not None and frame is self._block

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
        self._block = None


def _take_a_step() -> None:
    """Do nothing, but as a function of Python's, at whose beginning such an error comes."""


def _raise_in(thread: int, error: type[BaseException]) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))
