"""What takes long: it is said what is running, and what it means when pytest-timeout ends a test.

No verdict comes of a clock here but where --timeout asks for it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator
from typing import Any

import pytest

from dojo.catalogue import Kata
from dojo.run import Dojo, kata_of
from dojo.stack import Line, lines_of_thread, told
from dojo.terminal.layout import WIDTH, cut, indented, wrapped

AFTER = 10.0  # seconds of one test, until it is said what is running


class Overtime:
    """The plugin that speaks up, on the terminal, also where what tests print is captured.

    One thread looks on, now and then: to wake it for each test would cost more than most tests.
    """

    def __init__(self, dojo: Dojo, *, watched: bool = False) -> None:
        self._dojo = dojo
        self.stops = "A save or a key stops it." if watched else "Ctrl-C stops it."
        self._said = False
        self._over = threading.Event()
        self._running: tuple[Kata, int, float] | None = None  # a test's thread, and when it began
        self._watcher: threading.Thread | None = None
        self._screen: int | None = None
        with contextlib.suppress(OSError):  # there may be no screen
            self._screen = os.dup(2)  # pytest captures the other one

    def pytest_unconfigure(self) -> None:
        """Let go of the screen."""
        self._over.set()
        if self._screen is not None:
            os.close(self._screen)
        self._screen = None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Watch each test of a kata until something was said once."""
        own = kata_of(item)
        if own is None or self._said or not isinstance(item, pytest.Function):
            return (yield)
        self._running = own, threading.get_ident(), time.monotonic()
        if self._watcher is None:
            self._watcher = threading.Thread(target=self._watch, name="overtime", daemon=True)
            self._watcher.start()
        try:
            return (yield)
        finally:
            self._running = None

    def pytest_enter_pdb(self) -> None:
        """Say nothing while somebody is thinking."""
        self._running = None

    def _watch(self) -> None:
        """Say what runs, once, where a test takes long."""
        while not self._over.wait(AFTER / 10):
            running = self._running
            if running is None or time.monotonic() - running[2] < AFTER:
                continue
            own, thread, _ = running
            lines = lines_of_thread(self._dojo.answer_path(own), thread)
            if lines:
                self._said = True
                said = _still_running(lines, lines_of_thread(own.spec, thread))
                self._write([*said, f"Does this loop end? {self.stops}"])
                return

    def _write(self, text: list[str]) -> None:
        if self._screen is not None:
            encoding = getattr(sys.__stderr__, "encoding", None) or "utf-8"
            os.write(self._screen, "\n".join(["", *text, ""]).encode(encoding, "replace"))

    @pytest.hookimpl(optionalhook=True)
    def pytest_timeout_set_timer(self, item: pytest.Item, settings: Any) -> bool | None:
        """Set pytest-timeout's timer so that its end is explained."""
        own = kata_of(item)
        if own is None:
            return None
        if not isinstance(item, pytest.Function):
            return True  # none where submissions are judged: the judge has time limits of its own
        in_main = threading.current_thread() is threading.main_thread()
        by_signal = settings.method == "signal" and in_main
        cancel = _ring(settings) if by_signal else self._leave_after(item, own, settings)
        item.__dict__["cancel_timeout"] = cancel
        return True

    def _leave_after(self, item: pytest.Function, own: Kata, settings: Any) -> Callable[[], None]:
        """End the whole run from another thread, as pytest-timeout does without signals."""
        thread = threading.get_ident()

        def leave() -> None:
            if _is_debugging(settings):
                return
            try:
                self._write(self._last_words(item, own, thread, settings.timeout))
            finally:
                os._exit(1)

        timer = threading.Timer(settings.timeout, leave)
        timer.daemon = True
        timer.start()
        return timer.cancel

    def _last_words(
        self, item: pytest.Function, own: Kata, thread: int, seconds: float
    ) -> list[str]:
        """Write the failure as the end of the run would have shown it."""
        from dojo.errors import TookTooLong
        from dojo.feedback.failure import in_full
        from dojo.feedback.outcome import Feedback
        from dojo.feedback.wording import reflowed
        from dojo.spec.trial import SpecTest

        lines = lines_of_thread(self._dojo.answer_path(own), thread)
        said = Feedback(own.number, own.title, item.name, "wrong", heading="TOOK TOO LONG")
        said.promise = SpecTest.of(item).promise
        said.body = reflowed(TookTooLong(seconds).told(lines))
        capture = item.config.pluginmanager.get_plugin("capturemanager")
        printed = ""
        if capture is not None and capture.is_globally_capturing():
            capture.suspend_global_capture(in_=True)
            printed = capture.read_global_capture().out
        end = "The run ends here: --timeout-method=thread can stop no test without all of them."
        return [*in_full(said, printed), "", end]


def _ring(settings: Any) -> Callable[[], None]:
    """End the test by a signal, which goes through the line that is running."""
    from dojo.errors import TookTooLong

    def ring(*_: object) -> None:
        if not _is_debugging(settings):
            raise TookTooLong(settings.timeout)

    def cancel() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, settings.timeout)
    return cancel


def _is_debugging(settings: Any) -> bool:
    """Whether somebody is thinking, and pytest-timeout is to take it into account."""
    import pytest_timeout

    return not settings.disable_debugger_detection and bool(pytest_timeout.is_debugging())


def _still_running(answer: list[Line], spec: list[Line]) -> list[str]:
    """Say which function of the answer runs, and which line of the spec called it."""
    what = answer[0].function
    what = what if what.isidentifier() else "the file itself"
    asked = f", called at {spec[0]}" if spec else ""
    return [
        *wrapped(f"Still running after {AFTER:g} s: {what}{asked}."),
        "",
        *indented(wrapped(told(answer))),
        f"      {cut(answer[0].text, WIDTH - 4)}",
        "",
    ]
