"""Keys, one at a time and without Enter; the terminal is as it was afterwards."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator

CTRL_C = "\x03"
GONE = ""  # in place of a key: there is no terminal any more


@contextlib.contextmanager
def keys(told: Callable[[str], None]) -> Iterator[None]:
    """Tell, from another thread, of each key that is pressed; Ctrl-C stays what it is."""
    with by_key():
        threading.Thread(target=_read, args=(told,), name="keys", daemon=True).start()
        yield


@contextlib.contextmanager
def by_key() -> Iterator[None]:
    """Let the terminal give each key at once and show none, as long as this lasts."""
    if sys.platform == "win32":
        yield
        return
    import signal
    import termios
    import tty

    screen = sys.stdin.fileno()
    before = termios.tcgetattr(screen)
    tty.setcbreak(screen)
    # after Ctrl-Z and fg: the shell has made the terminal its own
    resumed = signal.signal(signal.SIGCONT, lambda *_: tty.setcbreak(screen))
    try:
        yield
    finally:
        signal.signal(signal.SIGCONT, resumed)
        with contextlib.suppress(termios.error):  # it is gone
            termios.tcsetattr(screen, termios.TCSADRAIN, before)


def _read(told: Callable[[str], None]) -> None:
    while (pressed := _next()) != GONE:
        told(pressed)
    told(GONE)


def _next() -> str:
    """Return the next key: one letter, or all that an arrow sends."""
    if sys.platform == "win32":
        import msvcrt

        return msvcrt.getwch()
    try:
        return os.read(sys.stdin.fileno(), 64).decode(errors="replace")
    except OSError:
        return GONE
