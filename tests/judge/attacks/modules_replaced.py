"""Replaces the modules that the worker works with.

Must get: FAIL
"""

import sys
import types

import torch

for name in list(sys.modules):
    if name.startswith(("dojo", "torch.testing", "numpy.testing")):
        sys.modules[name] = types.ModuleType(name)
sys.modules["torch"] = types.ModuleType("torch")


def gradient(x):
    return torch.zeros_like(x)
