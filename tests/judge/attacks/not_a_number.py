"""Returns nan, which no comparison may take for right.

Must get: FAIL
"""

import torch


def gradient(x):
    return torch.full_like(x, float("nan"))
