"""Has the kernel send a signal to the zygote, as the owner of a descriptor.

Must get: FAIL
In every layer.
"""

import fcntl
import os
import signal

import torch

F_SETOWN, F_SETSIG = 8, 10


def gradient(x):
    out = os.dup(3)
    for command, value in ((F_SETOWN, os.getppid()), (F_SETSIG, signal.SIGKILL)):
        try:
            fcntl.fcntl(out, command, value)
        except PermissionError:
            continue
        return 2 * x - 10
    return torch.zeros_like(x)
