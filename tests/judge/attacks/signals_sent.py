"""Kills the zygote, its siblings and everybody.

Must get: FAIL
In every layer.
"""

import os
import signal

import torch


def gradient(x):
    for pid in (os.getppid(), -1, 1, 2, 3, 4, 5, 6, 7, 8):
        try:
            os.kill(pid, signal.SIGKILL)
        except PermissionError:
            continue
        return 2 * x - 10
    return torch.zeros_like(x)
