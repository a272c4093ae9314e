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
AGAIN = 0.5  # seconds until an answer that took no notice (a bare `except:`) is told once more


@contextlib.contextmanager
def limited(seconds: float, error: type[BaseException] = TimeIsUp) -> Iterator[None]:
    """Raise an error in what runs meanwhile, once this process has spent so many seconds on it."""
    over, thread, end = threading.Event(), threading.get_ident(), time.process_time() + seconds

    def watch() -> None:
        while not over.wait(LOOK):
            if time.process_time() > end:
                _raise_in(thread, error)
                over.wait(AGAIN)

    watcher = threading.Thread(target=watch, name="time limit", daemon=True)
    watcher.start()
    try:
        try:
            yield
        finally:
            over.set()
    finally:  # the error may come in the line above, too
        over.set()
        watcher.join()
        _raise_in(thread, None)  # one that was sent and has not come yet


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    given = ctypes.py_object(error) if error is not None else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), given)
