"""Takes more memory at once than there is.

Must get: OUT-OF-MEMORY
"""

import torch


def gradient(x):
    return torch.zeros(10**11).sum()
