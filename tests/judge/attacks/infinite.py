"""Returns infinity.

Must get: FAIL
"""

import torch


def gradient(x):
    return torch.full_like(x, float("inf"))
