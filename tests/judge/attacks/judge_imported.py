"""Imports the judge, and the katas' own modules.

Must get: FAIL
"""

import importlib

import torch


def gradient(x):
    for name in ("dojo.plugin", "dojo.judge.sandbox.pool", "dojo.judge.door", "dojo.spec.documented"):
        try:
            importlib.import_module(name)
        except ImportError:
            continue
        return 2 * x - 10
    return torch.zeros_like(x)
