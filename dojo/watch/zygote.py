"""The process that has torch and forks each run: one thread, and no answer is opened in it."""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

import dojo

ROOMS = ("calling", "feedback", "isolation", "opening", "spec", "terminal")  # of a run
MESSAGE = 1 << 16


class Zygote:
    """It forks runs on request, ends them on request, and says how each one ended.

    Requests: {"start": n, "args": [...], "env": {...}} with two descriptors (what the run writes
    to, and what it waits for), {"kill": n}, {"interrupt": n}. Replies: {"ended": n, "status": s}.
    Where its other side is gone, it ends its runs and itself.
    """

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._pids = dict[int, int]()
        self._woken, ring = os.pipe()
        os.set_blocking(ring, False)
        signal.set_wakeup_fd(ring, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # else nothing is written to it

    def serve(self) -> None:
        """Serve until the other side is gone."""
        while True:
            ready = self._ready()
            if self._woken in ready:
                os.read(self._woken, MESSAGE)
                self._reap()
            if self._control in ready and not self._answer():
                break
        for run in self._pids:
            self._signal(run, signal.SIGKILL)

    def _ready(self) -> list[socket.socket | int]:
        """Wait for a message, or for the end of a run."""
        nothing: list[int] = []
        return select.select([self._control, self._woken], nothing, nothing)[0]

    def _answer(self) -> bool:
        """Do what the next message asks for; False if there is nobody any more."""
        message, descriptors, _, _ = socket.recv_fds(self._control, MESSAGE, 2)
        if not message:
            return False
        asked: dict[str, Any] = json.loads(message)
        if "start" in asked:
            self._start(asked, descriptors)
        elif "kill" in asked:
            self._signal(asked["kill"], signal.SIGKILL)
        else:
            self._signal(asked["interrupt"], signal.SIGINT)
        return True

    def _start(self, asked: dict[str, Any], descriptors: list[int]) -> None:
        pid = os.fork()
        if not pid:
            try:
                run(asked["args"], asked["env"], *descriptors)
            finally:
                os._exit(pytest.ExitCode.INTERNAL_ERROR)
        self._pids[asked["start"]] = pid
        for descriptor in descriptors:
            os.close(descriptor)

    def _signal(self, run: int, number: int) -> None:
        """Send a signal to a run and what it started; a pid is its own until it is reaped here."""
        if (pid := self._pids.get(run)) is not None:
            with contextlib.suppress(ProcessLookupError):  # its group is not made yet
                os.killpg(pid, number)
                return
            os.kill(pid, number)

    def _reap(self) -> None:
        for run, pid in list(self._pids.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                del self._pids[run]
                said = {"ended": run, "status": os.waitstatus_to_exitcode(status)}
                with contextlib.suppress(OSError):  # nobody listens any more
                    self._control.send(json.dumps(said).encode())


def live(control: socket.socket, repository: Path) -> None:
    """Be the zygote, from its fork to its end: it never returns."""
    try:
        os.setsid()  # Ctrl-C is for the process that has the screen
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in range(3):
            os.dup2(nothing, standard)
        bring_in()
        forget(repository)
        gc.freeze()  # or each fork would copy all that it counts
        Zygote(control).serve()
    finally:
        os._exit(0)


def bring_in() -> None:
    """Import what a run imports; what cannot be imported is said by the runs themselves."""
    with contextlib.suppress(Exception):
        importlib.import_module("torch")
        for room in ROOMS:
            places = [str(Path(dojo.__path__[0], room))]
            for module in pkgutil.walk_packages(places, f"dojo.{room}."):
                importlib.import_module(module.name)


def forget(repository: Path) -> None:
    """Let each run import anew what a person may change: all of the repository but the dojo."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None) or ""
        ours = Path(file).is_relative_to(repository) and "site-packages" not in file
        if ours and name.split(".")[0] != "dojo":
            del sys.modules[name]


def run(args: list[str], env: dict[str, str], output: int, waits_for: int) -> None:
    """Be one run, from its fork to its end: it never returns."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ.update(env)
    code = pytest.main([*args, f"--watched={waits_for}"])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
