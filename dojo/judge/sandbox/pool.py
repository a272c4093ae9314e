"""The sandbox: one zygote, and a worker for each submission and kata.

    with Sandbox() as sandbox:
        worker = sandbox.open(source, "anna/01/manual_update.py", seconds=10)
        reply = worker.ask({...}, seconds=10)
        worker.close()

The sandbox dies with the thread that made it (`--die-with-parent`): make it in one that stays.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch

from dojo.catalogue import HOUSE
from dojo.judge.sandbox.bubblewrap import INSIDE
from dojo.judge.sandbox.forkserver import ANSWER, ForkServer
from dojo.judge.sandbox.requirements import LAYERS, SandboxBroken, has_landlock
from dojo.judge.sandbox.worker_client import Ends, WorkerClient
from dojo.judge.verdict import Verdict, WorkerGone

ESCAPES = Path(__file__).with_name("selftest.py")
SOURCE = 1 << 20  # bytes of an answer's file
MEMORY = 512 << 20  # bytes of address space beyond the zygote's own
CPU = 120  # seconds of processor time of one worker, all its threads together
PROCESSES = 256  # in a namespace of our own: threads count (a grader who is root is not held to it)
NOTHING: dict[str, Any] = {}
SLOW = "torch._dynamo"  # a second: these parts of torch import it when they are first used
SLOW_PARTS = re.compile(rb"\b(?:optim|func|checkpoint|compile)\b")


class Sandbox:
    """A zygote in its layers; `layers` says which are in force, for reports.

    memory: bytes of address space that a worker may take beyond what the zygote has
    cpu:    seconds of processor time that a worker may use, all its threads together
    begun:  the zygote, where it was started already
    Errors: SandboxMissing, with what to install or to change.
    """

    def __init__(
        self,
        layers: Sequence[str] = LAYERS,
        *,
        memory: int = MEMORY,
        cpu: int = CPU,
        begun: ForkServer | None = None,
    ) -> None:
        self._zygote, self._checked = begun or ForkServer(layers), False
        self.layers = self._zygote.layers
        self._memory, self._cpu = memory, cpu
        self._open, self._killed = dict[int, WorkerClient](), list[int]()  # by their pids in there
        self._asked_for: Ends | None = None  # of the next one
        self._next: WorkerClient | None = None

    def open(self, source: bytes, name: str, *, seconds: float) -> WorkerClient:
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

    def prepare_for(self, source: bytes) -> None:
        """Import once, in the zygote, what a worker of this source would take a second to import.

        Errors: WorkerGone or SandboxMissing if the zygote is gone or cannot be started.
        """
        if SLOW_PARTS.search(source) is not None:
            self.bring_in([SLOW])

    def bring_in(self, modules: Iterable[str]) -> None:
        """Import modules once, in the zygote, for all workers to come. Errors: as above."""
        wanted = set(modules) - self._zygote.imported
        if not wanted:
            return
        if self._asked_for is not None:
            self._arrive()
        if self._next is not None:  # it was forked without
            self._next.close()
            self._next = None
        self._zygote.bring_in(wanted)

    def _restart(self) -> None:
        self.close()
        self._killed.clear()
        imported = self._zygote.imported
        self._zygote, self._checked = ForkServer(self.layers), False
        if imported:
            self._zygote.bring_in(imported)

    def _check(self) -> None:
        """Try to escape from each layer in force, as a submission would."""
        worker = self._run(ESCAPES.read_bytes(), ESCAPES.name, ANSWER)
        own = (INSIDE if "outer" in self.layers else HOUSE) / "dojo/calling/values.py"
        attempts: dict[str, tuple[str, ...]] = {"escapes_limits": ()}
        if "outer" in self.layers:
            attempts["escapes_outer"] = (str(HOUSE / "pyproject.toml"),)
        if "inner" in self.layers:
            attempts["escapes_inner"] = (str(own) if has_landlock() else "",)
        through: list[Any] = []
        for name, given in attempts.items():
            call = {"call": name, "each": [given], "kwargs": NOTHING, "count": "", "away": False}
            reply = worker.ask(call, ANSWER)
            fault = reply["fault"]
            through += reply["values"][0] if fault is None else [fault["message"]]
        worker.close()
        if through:
            raise SandboxBroken(f"The sandbox does not hold: {', '.join(map(str, through))}.")
        self._checked = True

    def _run(self, source: bytes, name: str, seconds: float) -> WorkerClient:
        worker = self._fork()
        try:
            opening = {"source": _bytes(source), "name": name}
            worker.described = worker.ask(opening, seconds, f"{name}, while it was imported,")
        except BaseException:
            worker.close()
            raise
        return worker

    def _fork(self) -> WorkerClient:
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
        doorbell, their_doorbell = os.pipe()  # an eventfd's flags would be the worker's, too
        self._asked_for = Ends(channel, output, doorbell)
        try:
            self._zygote.tell(request, [theirs.fileno(), their_output, their_doorbell])
        except BaseException:
            self._forget_next()
            raise
        finally:
            theirs.close()
            os.close(their_output)
            os.close(their_doorbell)
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
        self._next = self._open[pid] = WorkerClient(pidfd, ends, partial(self._reap, pid))

    def _forget_next(self) -> None:
        """Hang up on the worker that was asked for: it ends by itself."""
        if self._asked_for is not None:
            self._asked_for.close()
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


def _bytes(source: bytes) -> torch.Tensor:
    return torch.from_numpy(np.frombuffer(source, np.uint8).copy())
