"""Locks, leases and watches a library's file, which every other submission reads as well.

Must get: FAIL
In every layer.
"""

import fcntl
import os
import signal
import struct

import torch

LOCK = struct.pack("hhqqi4x", fcntl.F_RDLCK, os.SEEK_SET, 0, 0, 0)
F_OFD_SETLK = 37


def attempts():
    file = os.open(torch.__file__, os.O_RDONLY)
    folder = os.open(os.path.dirname(torch.__file__), os.O_RDONLY)
    yield lambda: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    yield lambda: fcntl.fcntl(file, fcntl.F_SETLK, LOCK)
    yield lambda: fcntl.fcntl(file, fcntl.F_GETLK, LOCK)
    yield lambda: fcntl.fcntl(file, F_OFD_SETLK, LOCK)
    yield lambda: fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    yield lambda: fcntl.fcntl(folder, fcntl.F_NOTIFY, 1 | fcntl.DN_MULTISHOT)
    yield lambda: fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGKILL)
    yield lambda: fcntl.fcntl(file, fcntl.F_SETOWN, os.getppid())


def gradient(x):
    for attempt in attempts():
        try:
            attempt()
        except OSError:
            continue
        return 2 * x - 10
    return torch.zeros_like(x)
