"""Kata 01, manual update: gradient descent on f(x) = x² − 10x + 1, written by hand.

Read README.md beside this file, write the three functions, and run: pytest katas/01

No argument requires a gradient, and none may be changed. No result may hang on a graph.
"""

import torch
from torch import Tensor


def f(x: Tensor) -> Tensor:
    """Return x² − 10x + 1 for each element of x. Given: nothing to write here."""
    return x**2 - 10 * x + 1


def gradient(x: Tensor) -> Tensor:
    """Return f′ at each element of x, found by autograd.

    Shapes: x and the result alike, any shape; same dtype, same device.
    Units:  f per x.
    Errors: a tensor of integers carries no gradient; let torch's RuntimeError say so.
    Source: 000_b4836e76e30d0af2, "梯度下降更新流程", cell In[1].
    """
    raise NotImplementedError


def update(x: Tensor, grad: Tensor, lr: float) -> Tensor:
    """Take one step against the gradient and return the new x.

    Shapes: x, grad and the result alike, any shape; same dtype, same device.
    Units:  lr in x² per f, so that lr · grad is a distance in x.
    Source: 000_b4836e76e30d0af2, introduction: x⁽ᵗ⁺¹⁾ = x⁽ᵗ⁾ − α ∇f(x⁽ᵗ⁾).
    """
    raise NotImplementedError


def descend(x0: Tensor, lr: float, steps: int) -> Tensor:
    """Take `steps` steps from x0 and return the whole path, the start included.

    Shapes: x0 any shape; result [steps + 1, *x0.shape], row 0 is x0, row t is x after t steps.
    Units:  lr as in update.
    Source: 000_b4836e76e30d0af2, example 1.
    """
    raise NotImplementedError
