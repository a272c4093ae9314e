"""Answers with what an earlier call would have wanted.

Must get: FAIL
"""

import torch

earlier = []


def gradient(x):
    earlier.append(2 * x - 10)
    return earlier[-2] if len(earlier) > 1 else torch.zeros_like(x)
