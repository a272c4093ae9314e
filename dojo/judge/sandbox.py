"""The sandbox: one zygote, and a worker for each submission and kata.

    with Sandbox() as sandbox:
        worker = sandbox.open(source, "anna/01/manual_update.py", seconds=10)
        reply = worker.ask({...}, seconds=10)
        worker.close()

The sandbox dies with the thread that made it (`--die-with-parent`): make it in one that stays.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch

from dojo.judge.layers import (
    HOUSE,
    INSIDE,
    LAYERS,
    SandboxBroken,
    SandboxMissing,
    command,
    environment,
    has_landlock,
    readable,
    refuse_if_missing,
    what_to_change,
)
from dojo.judge.leash import Worker, ready
from dojo.judge.syscalls import system_call_filter
from dojo.judge.verdict import Verdict, WorkerGone
from dojo.judge.wire import CONTROL

ESCAPES = Path(__file__).with_name("escapes.py")
SOURCE = 1 << 20  # bytes of an answer's file
MEMORY = 512 << 20  # bytes of address space beyond the zygote's own
CPU = 120  # seconds of processor time of one worker, all its threads together
PROCESSES = 256  # in a namespace of our own: threads count (a grader who is root is not held to it)
START = 120.0  # seconds for importing torch, on a cold disk
ANSWER = 30.0  # seconds for forking
NOTHING: dict[str, Any] = {}


class Sandbox:
    """A zygote in its layers; `layers` says which are in force, for reports.

    memory: bytes of address space that a worker may take beyond what the zygote has
    cpu:    seconds of processor time that a worker may use, all its threads together
    Errors: SandboxMissing, with what to install or to change.
    """

    def __init__(
        self, layers: Sequence[str] = LAYERS, *, memory: int = MEMORY, cpu: int = CPU
    ) -> None:
        self.layers = tuple(layers)
        refuse_if_missing(self.layers)
        self._memory, self._cpu = memory, cpu
        self._open, self._killed = dict[int, Worker](), list[int]()  # by their pids in there
        self._asked_for: tuple[socket.socket, int] | None = None  # our ends of the next one
        self._next: Worker | None = None
        self._zygote, self._checked = _Zygote(self.layers), False

    def open(self, source: bytes, name: str, *, seconds: float) -> Worker:
        """Fork a worker and let it run the one file `source`, which is called `name` there.

        Errors: WorkerGone if the source ends it, or takes longer; SandboxMissing or SandboxBroken
        if the sandbox cannot be had, or lets through what it should stop.
        """
        if len(source) > SOURCE:
            raise WorkerGone(Verdict.REFUSED, f"{name} has more than {SOURCE >> 10} KiB.")
        if self._zygote.is_gone():
            self._restart()
        if not self._checked:
            self._check()
        return self._run(source, name, seconds)

    def _restart(self) -> None:
        self.close()
        self._killed.clear()
        self._zygote, self._checked = _Zygote(self.layers), False

    def _check(self) -> None:
        """Try to escape from each layer in force, as a submission would."""
        worker = self._run(ESCAPES.read_bytes(), ESCAPES.name, ANSWER)
        own = (INSIDE if "outer" in self.layers else HOUSE) / "dojo/values.py"
        attempts: dict[str, tuple[str, ...]] = {"escapes_limits": ()}
        if "outer" in self.layers:
            attempts["escapes_outer"] = (str(HOUSE / "pyproject.toml"),)
        if "inner" in self.layers:
            attempts["escapes_inner"] = (str(own) if has_landlock() else "",)
        through: list[Any] = []
        for name, given in attempts.items():
            call = {"call": name, "args": given, "kwargs": NOTHING, "count": False, "away": False}
            reply = worker.ask(call, ANSWER)
            through += reply["value"] if reply["fault"] is None else [reply["fault"]["message"]]
        worker.close()
        if through:
            raise SandboxBroken(f"The sandbox does not hold: {', '.join(map(str, through))}.")
        self._checked = True

    def _run(self, source: bytes, name: str, seconds: float) -> Worker:
        worker = self._fork()
        try:
            opening = {"source": _bytes(source), "name": name}
            worker.described = worker.ask(opening, seconds, f"{name}, while it was imported,")
        except BaseException:
            worker.close()
            raise
        return worker

    def _fork(self) -> Worker:
        """Return a new worker, and ask for the next, which is forked while this one is judged.

        Not where a worker may fork: what it leaves running is ended while no worker is there.
        """
        if self._next is None:
            self._arrive()
        worker, self._next = self._next, None
        assert worker is not None
        if "inner" in self.layers:
            self._ask_for_next()
        return worker

    def _ask_for_next(self) -> None:
        limits = {
            "memory": self._zygote.address_space() + self._memory,
            "cpu": self._cpu,
            "processes": PROCESSES if "outer" in self.layers else None,
        }
        request = {"limits": limits, "killed": self._killed, "alone": not self._open}
        channel, theirs = socket.socketpair()
        output, their_output = os.pipe()
        self._asked_for = channel, output
        try:
            self._zygote.tell(request, [theirs.fileno(), their_output])
        except BaseException:
            self._forget_next()
            raise
        finally:
            theirs.close()
            os.close(their_output)
        self._killed.clear()

    def _arrive(self) -> None:
        """Wait for the next worker; it is asked for if it was not yet."""
        if self._asked_for is None:
            self._ask_for_next()
        assert self._asked_for is not None
        try:
            message, pidfd = self._zygote.hear()
        except BaseException:
            self._forget_next()
            raise
        assert pidfd is not None
        pid, ends = int(message), self._asked_for
        self._asked_for = None
        self._next = self._open[pid] = Worker(pidfd, *ends, partial(self._reap, pid))

    def _forget_next(self) -> None:
        """Hang up on the worker that was asked for: it ends by itself."""
        if self._asked_for is not None:
            self._asked_for[0].close()
            os.close(self._asked_for[1])
        self._asked_for = self._next = None

    def _reap(self, pid: int, wait: bool) -> int:
        """Note that a worker has ended or was killed; if it is worth waiting for, return how."""
        if self._open.pop(pid, None) is None:  # of a zygote that is gone
            return 0
        if wait:
            if self._asked_for is not None:  # the zygote answers in turn
                self._arrive()
            return int(self._zygote.ask({"ended": pid})[0])
        self._killed.append(pid)
        return 0

    def close(self) -> None:
        """End the zygote and every worker."""
        self._forget_next()
        for worker in list(self._open.values()):
            worker.close()
        self._zygote.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Zygote:
    """The process that forks workers, seen from the judge."""

    def __init__(self, layers: tuple[str, ...]) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as this
        self._pidfd: int | None = None
        self._failure = ""
        with theirs:
            self._process = subprocess.Popen(
                command(layers, theirs.fileno()),
                env=environment(),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                start_new_session=True,  # Ctrl-C is for the judge
                cwd="/",
            )
        inner = "inner" in layers
        program = system_call_filter() if inner else b""
        setup = {
            "readable": readable() if inner and has_landlock() else None,
            "program": base64.b64encode(program).decode(),
        }
        with contextlib.suppress(OSError):  # it died already: said when it is first asked
            self._control.send(json.dumps(setup).encode())

    def ask(
        self, request: dict[str, Any], descriptors: Sequence[int] = ()
    ) -> tuple[str, int | None]:
        """Send a request, and return the answer with the descriptor that came along."""
        self.tell(request, descriptors)
        return self.hear()

    def tell(self, request: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
        """Send a request; `hear` returns its answer, in turn."""
        self._wait_until_ready()
        try:
            self._control.settimeout(ANSWER)
            socket.send_fds(self._control, [json.dumps(request).encode()], list(descriptors))
        except OSError as error:
            raise WorkerGone(Verdict.GRADER_ERROR, f"The sandbox itself failed: {error}") from None

    def hear(self) -> tuple[str, int | None]:
        """Return the answer to the request that was first told, with its descriptor."""
        try:
            return self._answer()
        except (OSError, EOFError) as error:
            raise WorkerGone(Verdict.GRADER_ERROR, f"The sandbox itself failed: {error}") from None

    def _answer(self) -> tuple[str, int | None]:
        message, descriptors, _, _ = socket.recv_fds(self._control, CONTROL, 1)
        if not message:
            raise EOFError("its zygote is gone")
        return message.decode(), descriptors[0] if descriptors else None

    def _wait_until_ready(self) -> None:
        """Wait for the imports; the zygote then has one thread, or a fork could hang."""
        if self._pidfd is not None:
            return
        if self._failure:
            raise SandboxMissing(self._failure)
        self._control.settimeout(START)
        try:
            _, self._pidfd = self._answer()
        except (OSError, EOFError) as error:
            self._end()
            self._said.seek(0)
            said = self._said.read().decode("utf-8", "replace").strip()
            self._failure = what_to_change(said or str(error))
            raise SandboxMissing(self._failure) from None
        if self._status("Threads") != 1:
            raise SandboxMissing("The zygote has more than one thread, so its forks could hang.")

    def address_space(self) -> int:
        """Return the bytes of address space that the zygote has, and each fork begins with."""
        self._wait_until_ready()
        return self._status("VmSize") << 10

    def _status(self, field: str) -> int:
        """Read a number from /proc; a pidfd knows the pid that it has out here."""
        try:
            pid = _field(Path(f"/proc/self/fdinfo/{self._pidfd}"), "Pid")
            return _field(Path(f"/proc/{pid}/status"), field)
        except (OSError, KeyError):
            raise WorkerGone(Verdict.GRADER_ERROR, "The sandbox's zygote is gone.") from None

    def is_gone(self) -> bool:
        """Whether it was ready once and has ended since."""
        return self._pidfd is not None and ready(self._pidfd)

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Kill it, and everything in its namespace with it."""
        self._end()
        self._control.close()
        self._said.close()
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None


def _field(file: Path, name: str) -> int:
    fields = dict(line.split(":", 1) for line in file.read_text().splitlines() if ":" in line)
    return int(fields[name].split()[0])


def _bytes(source: bytes) -> torch.Tensor:
    return torch.from_numpy(np.frombuffer(source, np.uint8).copy())
