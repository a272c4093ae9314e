"""Processes that are forked from this one, where torch is imported already.

For what takes a process: to be killed, to have a terminal, to end itself. How one begins as a
person starts it, which takes two seconds more, is seen by those of `processes.py`.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Self

import pytest

from .conftest import forget_specs_outside
from .processes import HOUSE, PATIENCE, Finished, started, until


class Forked:
    """Such a process. What it is asked for has the names of Popen's.

    work: what it does; its exit code is what this returns
    """

    def __init__(self, work: Callable[[], int], *args: str) -> None:
        self.args = args
        self.returncode: int | None = None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # xdist's thread is not needed
            self.pid = os.fork()
        if not self.pid:
            try:
                gc.freeze()  # what is there is neither counted nor copied
                os._exit(work())
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(pytest.ExitCode.INTERNAL_ERROR)

    def poll(self) -> int | None:
        """Return its exit code, or minus the signal that ended it; None while it lives."""
        if self.returncode is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if ended else None
        return self.returncode

    def wait(self, timeout: float = PATIENCE) -> int:
        """Wait for its end. Errors: AssertionError if it takes longer."""
        until(lambda: self.poll() is not None, seconds=timeout, step=0.005)
        assert self.returncode is not None
        return self.returncode

    def kill(self) -> None:
        """Kill it, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)
            self.wait(PATIENCE)


class Piped(Forked):
    """Such a process with a pipe to its input and one from its output, in a session of its own.

    What is given are the options of Popen's. Its errors go nowhere, if not to its output.
    """

    def __init__(
        self,
        work: Callable[[], int],
        *,
        cwd: str | Path,
        env: Mapping[str, str],
        stderr: int | None = None,
        text: bool = False,
        **_more: object,
    ) -> None:
        (their_input, our_input), (our_output, their_output) = os.pipe(), os.pipe()

        def spoken_to() -> int:
            os.close(our_input)
            os.close(our_output)
            os.environ.update(env)
            begin_anew(Path(cwd), their_output)
            os.dup2(their_input, 0)
            if stderr != subprocess.STDOUT:
                os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            code = work()
            sys.stdout.flush()
            return code

        super().__init__(spoken_to)
        os.close(their_input)
        os.close(their_output)
        kind = "" if text else "b"
        self.stdin: IO[Any] = open(our_input, f"w{kind}")  # noqa: PTH123, SIM115
        self.stdout: IO[Any] = open(our_output, f"r{kind}")  # noqa: PTH123, SIM115

    def communicate(self, timeout: float = PATIENCE) -> None:
        """Say and hear nothing more, and wait for its end."""
        with contextlib.suppress(BrokenPipeError):
            self.stdin.close()
        self.stdout.close()
        self.wait(timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.communicate(timeout=PATIENCE)


@contextlib.contextmanager
def forked(
    *args: str | Path, cwd: Path = HOUSE, stdout: IO[bytes] | int
) -> Iterator[Forked | subprocess.Popen[str]]:
    """Run `pytest …` in a folder and a session of its own; it is killed at the end.

    On Linux; the libraries of other systems are not made for a fork, and there it is started.

    stdout: a file, or the descriptor of one: its input, its output and its errors
    """
    if sys.platform != "linux":
        streams = {"stdin": stdout, "stdout": stdout, "stderr": stdout}
        with started(*args, cwd=cwd, start_new_session=True, **streams) as process:
            yield process
        return
    words = [*map(str, args)]
    output = stdout if isinstance(stdout, int) else stdout.fileno()

    def work() -> int:
        begin_anew(cwd, output)
        code = pytest.main(words)
        sys.stdout.flush()
        sys.stderr.flush()
        return code

    run = Forked(work, *words)
    try:
        yield run
    finally:
        run.kill()


def finished(*args: str | Path, cwd: Path = HOUSE) -> Finished:
    """Run `pytest …` to its end, and return how it ended and all that it said, errors too."""
    with tempfile.TemporaryFile() as file, forked(*args, cwd=cwd, stdout=file) as run:
        code = run.wait(PATIENCE)
        file.seek(0)
        return Finished(run.args, code, file.read().decode())


def begin_anew(cwd: Path, output: int) -> None:
    """Be like a process that was just started, but for what is imported."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for standard in range(3):
        os.dup2(output, standard)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    encoding = os.environ.get("PYTHONIOENCODING")
    for stream, number in (("stdout", 1), ("stderr", 2)):
        setattr(sys, stream, open(number, "w", encoding=encoding, closefd=False))  # noqa: SIM115
    for name in [name for name in os.environ if name.startswith("PYTEST_")]:
        del os.environ[name]
    os.chdir(cwd)
    warnings.resetwarnings()
    forget_specs_outside(cwd)
