"""Starting pytest as a process, as a person would, and the one way in which these tests wait."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

HOUSE = Path(__file__).parent.parent
PATIENCE = 300.0  # seconds: only what hangs takes so long, however busy the machine is
Finished = subprocess.CompletedProcess[str]


class Process(Protocol):
    """What can be asked whether it has ended."""

    args: Any

    def poll(self) -> int | None:
        """Return its exit code, None while it lives."""
        ...


@contextlib.contextmanager
def started(
    *args: str | Path, cwd: Path = HOUSE, **options: Any
) -> Iterator[subprocess.Popen[str]]:
    """Start `pytest …` in a folder; it is killed at the end. `options` are those of Popen."""
    around = options.get("env", os.environ).items()
    env = {k: v for k, v in around if not k.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", *map(str, args)]
    given: dict[str, Any] = {"cwd": cwd, "text": True, **options, "env": env}
    with _interruptible():
        process = subprocess.Popen(command, **given)
    with process as run:
        try:
            yield run
        finally:
            run.kill()


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Start processes that Ctrl-C ends, also where these tests run in the background of a shell.

    There it is ignored, and whatever is started would inherit that.
    """
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def finished(*args: str | Path, cwd: Path = HOUSE) -> Finished:
    """Run `pytest …` in a folder, and return how it ended and what it said."""
    with started(*args, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        out, err = run.communicate(timeout=PATIENCE)
    return Finished(run.args, run.returncode, out, err)


def until(
    what: Callable[[], T],
    *processes: Process,
    seconds: float = PATIENCE,
    step: float = 0.02,
) -> T:
    """Wait until `what` returns something true, asked every `step` seconds, and return that.

    Errors: AssertionError if a process that is to bring it about has ended, or time is up.
    """
    end = time.monotonic() + seconds
    while True:
        ended = [process.args for process in processes if process.poll() is not None]
        if found := what():
            return found
        assert not ended, f"ended without it: {ended}"
        assert time.monotonic() < end, f"still not so after {seconds} s"
        time.sleep(step)
