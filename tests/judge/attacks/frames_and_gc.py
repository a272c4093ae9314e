"""Looks for the expected numbers in frames and in all living objects.

Must get: FAIL
"""

import gc
import sys

import torch


def gradient(x):
    frame = sys._getframe()
    seen = []
    while frame is not None:
        seen += [v for v in frame.f_locals.values() if isinstance(v, torch.Tensor)]
        frame = frame.f_back
    gc.unfreeze()
    seen += [v for v in gc.get_objects() if isinstance(v, torch.Tensor)]
    found = [v for v in seen if v.shape == x.shape and v is not x and not v.equal(x)]
    return found[0] if found else torch.zeros_like(x)
