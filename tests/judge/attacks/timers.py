"""Has the kernel send signals later: in the middle of another call, or of the worker's own code.

Must get: FAIL
In every layer.
"""

import ctypes
import platform
import signal

import torch

LATER = 1000.0  # seconds
ALARM = {"x86_64": 37}.get(platform.machine())
CLOCK_MONOTONIC = 1


def refused(result):
    if result < 0:
        raise PermissionError


def attempts():
    libc = ctypes.CDLL(None, use_errno=True)
    timer = ctypes.c_void_p()
    for kind in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
        yield lambda: signal.setitimer(kind, LATER)
    yield lambda: refused(libc.timer_create(CLOCK_MONOTONIC, None, ctypes.byref(timer)))
    yield lambda: refused(libc.timerfd_create(CLOCK_MONOTONIC, 0))
    if ALARM is not None:
        yield lambda: refused(libc.syscall(ALARM, int(LATER)))


def gradient(x):
    for attempt in attempts():
        try:
            attempt()
        except OSError:
            continue
        return 2 * x - 10
    return torch.zeros_like(x)
