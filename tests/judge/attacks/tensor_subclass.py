"""Returns a tensor that decides for itself what torch says of it.

Must get: FAIL
"""

import torch


class Agreeable(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return True


def gradient(x):
    return torch.zeros_like(x).as_subclass(Agreeable)
