"""An end to what an answer does for a picture, by processor time: a loop in it may have none.

It works in each thread and on each system, for Python looks for such an exception between two of
its steps. One long step (of torch) goes on to its own end.
"""

from __future__ import annotations

import contextlib
import ctypes
import threading
import time
from collections.abc import Iterator

from dojo.errors import TookTooLong

SECONDS = 3.0  # of processor time, for all that one drawing of a path asks
LOOK = 0.05  # seconds between two looks at the clock
AGAIN = 0.5  # seconds until an answer that took no notice (a bare `except:`) is told once more


class OutOfTime(TookTooLong):
    """What ends a call that took longer than a picture waits."""

    def __init__(self) -> None:
        super().__init__(SECONDS)


@contextlib.contextmanager
def limited() -> Iterator[None]:
    """Raise OutOfTime inside once this process has spent SECONDS on it."""
    over, thread, end = threading.Event(), threading.get_ident(), time.process_time() + SECONDS

    def watch() -> None:
        while not over.wait(LOOK):
            if time.process_time() > end:
                _raise_in(thread, OutOfTime)
                over.wait(AGAIN)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        _raise_in(thread, None)  # one that was sent and has not come yet


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    given = ctypes.py_object(error) if error is not None else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), given)
