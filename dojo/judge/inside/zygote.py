"""The process that has torch and numpy imported, and forks a worker for each submission and kata.

It is started clean (never forked from the judge, whose threads a fork would break), has one thread,
and never runs a line of a submission. The judge speaks to it over one socket.
"""

from __future__ import annotations

import base64
import contextlib
import ctypes
import gc
import importlib
import json
import os
import signal
import socket
import sys
from typing import Any, NoReturn

from dojo.judge.inside import confinement, worker
from dojo.judge.wire.codec import CONTROL

READY = b"ready"
LARGE = 1 << 21  # bytes of a large page
MADV_COLLAPSE = 25  # of Linux 6.1 and newer; an older one refuses it


def main(descriptor: int) -> NoReturn:
    """Serve the judge at the other end of the socket until it hangs up."""
    control = socket.socket(fileno=descriptor)
    control.set_inheritable(False)
    setup = json.loads(control.recv(CONTROL))
    inner = confinement.InnerLayer(setup["readable"], base64.b64decode(setup["program"]))
    _warm_up()
    _hand_over(control, READY, os.getpid())
    dying: list[int] = []
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, CONTROL, 3)
        if not message:
            os._exit(0)
        request = json.loads(message)
        if "imports" in request:
            _bring_in(request["imports"])
            control.send(READY)
        elif "ended" in request:
            _, status = os.waitpid(request["ended"], 0)
            control.send(str(status).encode())
        else:
            dying = [pid for pid in dying + request["killed"] if _is_dying(pid)]
            if request["alone"]:
                _sweep()
            _fork(control, request["limits"], descriptors, inner)


def _bring_in(modules: list[str]) -> None:
    """Import modules for the workers that are forked from here on."""
    for module in modules:
        if module not in sys.modules:
            with contextlib.suppress(Exception):  # then a worker will say why
                importlib.import_module(module)
    gc.collect()
    _freeze()


def _warm_up() -> None:
    """Do once what each worker would do, and collect the garbage of that, but not the imports'.

    To look for it takes long, and each gap that it leaves is a page of its own that a worker
    writes to, and so copies.
    """
    gc.freeze()
    gc.enable()  # it was off for the imports
    worker.warm_up()
    gc.collect()
    gc.unfreeze()
    _freeze()


def _freeze() -> None:
    """Make what is shared with workers cheap to fork, and keep their collections off it."""
    use_large_pages()
    gc.freeze()  # no worker's collection touches, and so copies, what is shared


def use_large_pages() -> None:
    """Move Python's objects to large pages: a fork copies one entry for each, not 512.

    Blocks that cannot be moved, or are there already, are left as they are.
    """
    madvise = ctypes.CDLL(None).madvise
    for block in {id(o) // LARGE for o in gc.get_objects()}:
        madvise(ctypes.c_void_p(block * LARGE), ctypes.c_size_t(LARGE), MADV_COLLAPSE)


def _is_dying(pid: int) -> bool:
    """Reap a worker that was killed; True if it takes a moment longer (2 to 5 ms)."""
    return os.waitpid(pid, os.WNOHANG)[0] == 0


def _fork(
    control: socket.socket,
    limits: dict[str, Any],
    descriptors: list[int],
    inner: confinement.InnerLayer,
) -> None:
    pid = os.fork()
    if pid == 0:
        channel, output, doorbell = descriptors
        worker.live(channel, output, doorbell, confinement.Limits(**limits), inner)
    for descriptor in descriptors:
        os.close(descriptor)
    _hand_over(control, str(pid).encode(), pid)


def _hand_over(control: socket.socket, message: bytes, pid: int) -> None:
    """Send a message with a pidfd: outside this namespace a pid means another process."""
    pidfd = os.pidfd_open(pid)
    socket.send_fds(control, [message], [pidfd])
    os.close(pidfd)


def _sweep() -> None:
    """End what earlier workers may have left running, where it was allowed to fork.

    Only as the second process of a namespace of our own: everywhere else there are others.
    """
    if (os.getpid(), os.getppid()) == (2, 1):
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
