"""A run of a watch, from inside: it collects, waits, and says at last that all is said."""

from __future__ import annotations

import contextlib
import os
import pdb
import sys
from collections.abc import Generator
from typing import Any, NoReturn

import pytest
from _pytest.timing import Instant

from dojo.run import DOJO, kata_of

NOW = -1  # in place of a descriptor: do not wait
LOGS = ("log_level", "log_cli_level", "log_file", "log_file_level")  # options of pytest's
END = "\x1eall is said\x1e"  # at the end of what a run writes that came to its end


def _refuse(*_: object, **__: object) -> NoReturn:
    """Raise, in place of a debugger that would wait for keys which it never gets."""
    raise RuntimeError(
        "breakpoint() needs the keyboard, and --watch has it. Leave the watch with q; "
        "run once, without --watch."
    )


def _think_ahead(session: pytest.Session) -> None:
    """Find out what wrong answers are compared with, for it is the same whatever is saved."""
    from dojo.feedback.examples import spec_calls_in
    from dojo.feedback.mistakes import read_stand_ins

    katas = {kata.number: kata for item in session.items if (kata := kata_of(item)) is not None}
    for kata in katas.values():
        with contextlib.suppress(Exception):  # the run itself says what is wrong there
            read_stand_ins(kata.solution.with_name("mistakes.py"))
            spec_calls_in(session, kata).of("")


class Standby:
    """The plugin of a run with `--watched=FD`: what it waits for comes through that descriptor.

    What is collected before is the spec; an answer is opened by the first test. Why tests failed is
    found out when all verdicts are told.
    """

    def __init__(self, config: pytest.Config, descriptor: int) -> None:
        self._config, self._descriptor = config, descriptor
        config.stash[DOJO].explanations = []

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Wait for the word to go; there is nobody to write for where it never comes."""
        pdb.set_trace = _refuse
        self._keep_no_log()
        if self._descriptor != NOW:
            _think_ahead(session)
            if not os.read(self._descriptor, 1):
                os._exit(pytest.ExitCode.INTERRUPTED)
            reporter: Any = self._config.pluginmanager.get_plugin("terminalreporter")
            if reporter is not None:  # its last line is to count no seconds of waiting
                reporter._session_start = Instant()
        return (yield)

    def _keep_no_log(self) -> None:
        """Leave out pytest's log of each test where nobody will read it.

        It hooks into each of torch's forty loggers three times a test: an eighth of all the time.
        """
        asked = any(self._config.getoption(o, default=None) for o in LOGS)
        if not asked and self._config.getoption("tbstyle", default="") == "auto":
            self._config.pluginmanager.unregister(name="logging-plugin")

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Say that all is said: an answer can end its process, with any code."""
        sys.stdout.write(END)
        sys.stdout.flush()
