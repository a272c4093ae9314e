"""Returns many tensors that are too large together.

Must get: OUT-OF-MEMORY
"""

import torch


def gradient(x):
    return [torch.zeros(1).expand(1 << 22)] * 1000
