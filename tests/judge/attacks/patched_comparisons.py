"""Makes every comparison say yes.

Must get: FAIL
"""

import builtins
import operator

import numpy
import pytest
import torch


def yes(*args, **kwargs):
    return True


for place, names in (
    (torch, "equal allclose isclose eq all"),
    (torch.testing, "assert_close"),
    (torch.Tensor, "__eq__ equal allclose all __bool__"),
    (numpy, "allclose array_equal isclose all"),
    (operator, "eq ne"),
    (builtins, "all abs"),
    (pytest, "approx raises"),
):
    for name in names.split():
        setattr(place, name, yes)


def gradient(x):
    return torch.zeros_like(x)
