"""How a worker locks itself in: limits, files, system calls, before any submitted byte runs."""

from __future__ import annotations

import ctypes
import resource
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
FILTER = 2  # the mode of seccomp


@dataclass(frozen=True)
class Limits:
    """What a worker may use: bytes of address space, seconds of processor time, processes."""

    memory: int
    cpu: int
    processes: int | None = None

    def set(self) -> None:
        """Hold this process to them, for good; where it has less already, that stays."""
        wanted = {
            "AS": self.memory,
            "CPU": self.cpu,
            "NPROC": self.processes,
            "FSIZE": 0,
            "CORE": 0,
            "NOFILE": 64,
            "MEMLOCK": 0,
            "MSGQUEUE": 0,
        }
        for name, value in wanted.items():
            limit = getattr(resource, f"RLIMIT_{name}", None)
            if limit is not None and value is not None:
                hard = resource.getrlimit(limit)[1]
                least = value if hard == resource.RLIM_INFINITY else min(value, hard)
                resource.setrlimit(limit, (least, least))


class InnerLayer:
    """The inner layer: made ready once in the zygote, and put on by each worker.

    readable: the files and folders that may be read (None: Landlock is not used)
    program:  the BPF program of the system calls that are allowed
    """

    def __init__(self, readable: list[str] | None, program: bytes) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._ruleset = _ruleset(readable) if readable is not None else None
        self._program = _Program(program)

    def close_files(self) -> None:
        """Allow no file but the readable ones."""
        ctypes.set_errno(0)  # landlock takes any errno that is left over for its own
        if self._ruleset is not None:
            self._ruleset.apply()

    def close_system_calls(self) -> None:
        """Allow no system call but those of the program; the last step, for it bars the others."""
        # of this process nobody may make a dump, or read its memory, and it dies with its zygote
        for option, value in ((PR_SET_DUMPABLE, 0), (PR_SET_PDEATHSIG, signal.SIGKILL)):
            self._libc.prctl(option, value, 0, 0, 0)
        if self._libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "no_new_privs is refused")
        if self._libc.prctl(PR_SET_SECCOMP, FILTER, ctypes.byref(self._program), 0, 0):
            raise OSError(ctypes.get_errno(), "seccomp is refused")


class _Program(ctypes.Structure):
    """What the kernel calls struct sock_fprog: the instructions, eight bytes each."""

    _fields_: ClassVar = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]

    def __init__(self, program: bytes) -> None:
        super().__init__(len(program) // 8, program)


def _ruleset(readable: list[str]) -> Any:
    from landlock import FSAccess, Ruleset

    ruleset = Ruleset()
    for place in readable:
        listed = FSAccess.READ_DIR if Path(place).is_dir() else FSAccess(0)
        ruleset.allow(place, rules=FSAccess.READ_FILE | FSAccess.EXECUTE | listed)
    return ruleset
