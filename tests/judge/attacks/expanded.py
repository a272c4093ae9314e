"""Returns a tensor of ten million millions of elements that holds one.

Must get: FAIL
"""

import torch


def gradient(x):
    return torch.zeros(1).expand(10**13)
