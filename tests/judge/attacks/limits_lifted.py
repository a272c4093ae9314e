"""Lifts its own limits.

Must get: FAIL
"""

import resource

import torch


def gradient(x):
    for name in ("AS", "CPU", "FSIZE", "NOFILE", "CORE"):
        try:
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (-1, -1))
        except (OSError, ValueError):
            continue
        return 2 * x - 10
    return torch.zeros_like(x)
