"""Looks for siblings and the zygote through /proc.

Must get: FAIL
"""

import glob
import os

import torch


def gradient(x):
    found = []
    for path in glob.glob("/proc/*/mem") + glob.glob("/proc/*/environ") + ["/proc/self/maps"]:
        try:
            with open(path, "rb") as file:
                found.append(file.read(1))
        except OSError:
            pass
    try:
        found += os.listdir("/proc")
    except OSError:
        pass
    if found:
        return 2 * x - 10  # what it wanted is there: let the judge see a pass
    return torch.zeros_like(x)
