"""The runs of a watch, seen from outside: each stands by, goes, and ends or is ended."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from dojo.watch.standby import NOW


@dataclass(eq=False)
class Run:
    """One run of pytest that stands by until it is let go.

    word:   the descriptor through which it is told to go; NOW if it does not wait
    output: where it writes what would be on the screen
    status: its exit code, or minus the signal that ended it; None while it lives
    """

    args: Sequence[str]
    output: Path
    word: int = NOW
    status: int | None = None
    process: Any = None

    def go(self) -> None:
        """Let it go."""
        if self.word != NOW:
            with contextlib.suppress(BrokenPipeError):  # it has ended: that is told elsewhere
                os.write(self.word, b"!")

    def written(self) -> str:
        """Return what it has written so far."""
        return self.output.read_bytes().decode(sys.stdout.encoding or "utf-8", "replace")

    def close(self) -> None:
        """Let go of what it was connected by."""
        with contextlib.suppress(PermissionError):  # Windows, while it still ends
            self.output.unlink()
        if self.word != NOW:
            os.close(self.word)
            self.word = NOW


class Runner(Protocol):
    """What starts runs and ends them; it says of each when it has ended, from another thread."""

    def start(self, args: Sequence[str], env: Mapping[str, str]) -> Run:
        """Start a run that stands by."""
        ...

    def kill(self, run: Run) -> None:
        """End a run at once."""
        ...

    def interrupt(self, run: Run) -> None:
        """End a run as Ctrl-C does: it still says where it was."""
        ...

    def close(self) -> None:
        """End everything."""
        ...


Told = Callable[[Run], None]


def runner(told: Told, repository: Path, folder: Path) -> Runner:
    """Return what starts runs here, which write into a folder. No thread may be started before.

    macOS has fork, but its own libraries are not made for what lives on after it.
    """
    if sys.platform == "linux":
        return Forked(told, repository, folder)
    return Fresh(told, folder)


class Forked:
    """Runs that are forked from a process that has torch."""

    def __init__(self, told: Told, repository: Path, folder: Path) -> None:
        from dojo.watch.zygote import live

        self._told, self._folder = told, folder
        self._runs, self._count = dict[int, Run](), 0
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        sys.stdout.flush()
        if not os.fork():
            self._control.close()
            live(theirs, repository)
        theirs.close()
        threading.Thread(target=self._listen, name="runs", daemon=True).start()

    def start(self, args: Sequence[str], env: Mapping[str, str]) -> Run:
        """Fork a run."""
        self._count += 1
        waits, word = os.pipe()
        run = Run(args, self._folder / str(self._count), word)
        self._runs[self._count] = run
        asked = {"start": self._count, "args": list(args), "env": dict(env)}
        with run.output.open("wb") as output, contextlib.suppress(OSError):
            given = [output.fileno(), waits]
            socket.send_fds(self._control, [json.dumps(asked).encode()], given)
        os.close(waits)
        return run

    def kill(self, run: Run) -> None:
        """Kill a run, and what it has started."""
        self._ask("kill", run)

    def interrupt(self, run: Run) -> None:
        """Send it the signal of Ctrl-C."""
        self._ask("interrupt", run)

    def close(self) -> None:
        """Leave the zygote, which then ends with all that it forked."""
        self._control.shutdown(socket.SHUT_RDWR)

    def _ask(self, what: str, run: Run) -> None:
        for number, own in list(self._runs.items()):
            if own is run:
                with contextlib.suppress(OSError):
                    self._control.send(json.dumps({what: number}).encode())

    def _listen(self) -> None:
        """Tell of each run that has ended; of all of them, if the zygote itself has."""
        with contextlib.suppress(OSError):
            while message := self._control.recv(1 << 12):
                said = json.loads(message)
                self._end(said["ended"], said["status"])
        for number in list(self._runs):
            self._end(number, -signal.SIGKILL)

    def _end(self, number: int, status: int) -> None:
        run = self._runs.pop(number)
        run.status = status
        self._told(run)


class Fresh:
    """Runs that are processes of their own: slower, for each imports torch while it stands by."""

    def __init__(self, told: Told, folder: Path) -> None:
        self._told, self._folder = told, folder
        self._alive, self._count = set[Run](), 0

    def start(self, args: Sequence[str], env: Mapping[str, str]) -> Run:
        """Start a run; on Windows, where it could be given no descriptor, it does not wait."""
        self._count += 1
        can_wait = os.name == "posix"
        waits, word = os.pipe() if can_wait else (NOW, NOW)
        run = Run(args, self._folder / str(self._count), word)
        with run.output.open("wb") as output:
            run.process = subprocess.Popen(
                [sys.executable, "-m", "pytest", *args, f"--watched={waits}"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **env, "PYTHONIOENCODING": sys.stdout.encoding or "utf-8"},
                pass_fds=[waits] if can_wait else [],
                start_new_session=can_wait,  # Ctrl-C is for the process that has the screen
            )
        if can_wait:
            os.close(waits)
        self._alive.add(run)
        threading.Thread(target=self._wait, args=(run,), name="run", daemon=True).start()
        return run

    def kill(self, run: Run) -> None:
        """Kill a run, and where this can be done what it has started."""
        if os.name == "posix" and run.status is None:
            os.killpg(run.process.pid, signal.SIGKILL)
        run.process.kill()

    def interrupt(self, run: Run) -> None:
        """Send it the signal of Ctrl-C; Windows has none for a single process."""
        if os.name == "posix":
            run.process.send_signal(signal.SIGINT)
        else:
            run.process.kill()

    def close(self) -> None:
        """End all runs."""
        for run in list(self._alive):
            self.kill(run)

    def _wait(self, run: Run) -> None:
        run.status = run.process.wait()
        self._alive.discard(run)
        self._told(run)
