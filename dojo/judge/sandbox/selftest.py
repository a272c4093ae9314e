"""What a submission must not be able to do, tried. The judge sends this file to a worker.

It is not imported by the judge: a worker runs it as it would run a submission.
"""

import ctypes
import mmap
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path


def escapes_outer(house: str) -> list[str]:
    """Return what got through that bubblewrap should have stopped, and its seccomp."""
    return _succeeded(
        {
            "it sees the katas": lambda: Path(house).stat(),
            "it sees other processes": lambda: Path("/proc/1").stat(),
            "it sees devices": lambda: Path("/dev/tty").stat(),
            "it changes packages": lambda: _unless(any(os.access(p, os.W_OK) for p in sys.path)),
            "it writes files": lambda: Path("/tmp/made").mkdir(),
            "it opens sockets": socket.socket,
        }
    )


def escapes_inner(own: str) -> list[str]:
    """Return what got through that seccomp should have stopped, or Landlock (`own` is a file)."""
    return _succeeded(
        {
            "it forks": _fork,
            "it starts programs": lambda: subprocess.run(["true"], check=False),
            "it makes sockets": socket.socket,
            "it sends signals": lambda: os.kill(os.getppid(), 0),
            "it enters namespaces": lambda: _unless(not ctypes.CDLL(None).unshare(0x10000000)),
            "it traces": lambda: _unless(not ctypes.CDLL(None).ptrace(0, 0, 0, 0)),
            "it reads files beside its libraries": lambda: Path(own).read_bytes(),
        }
    )


def escapes_limits() -> list[str]:
    """Return what got through that the limits should have stopped."""
    return _succeeded(
        {
            "it has no limit of memory": lambda: mmap.mmap(-1, 4 << 30),
            "it has descriptors beside its own": lambda: _unless(any(map(_is_open, range(5, 64)))),
            "it raises its limits": lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)),
            "it dumps core": lambda: _unless(resource.getrlimit(resource.RLIMIT_CORE)[1]),
        }
    )


def _fork() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def _unless(happened: object) -> None:
    """Raise as a barred attempt does, unless it happened."""
    if not happened:
        raise PermissionError


def _succeeded(attempts: dict[str, Callable[[], object]]) -> list[str]:
    """Return the names of the attempts that raised nothing."""
    through = []
    for name, attempt in attempts.items():
        try:
            attempt()
        except (OSError, ValueError, MemoryError):
            continue
        through.append(name)
    return through
