"""Kata 05, softmax Jacobian: how each probability answers to each score.

Read README.md beside this file, write the five functions, and run: pytest katas/05

No argument requires a gradient, and none may be changed. No result may hang on a graph.
"""

import torch
from torch import Tensor


def softmax(a: Tensor) -> Tensor:
    """Turn scores into probabilities: exp(aᵢ) over the sum of exp(aⱼ), for scores of any size.

    Shapes: a and the result [n]; same dtype, same device.
    Units:  the result without unit, its entries sum to 1.
    Source: 001_017c0e040f7f1b0b, section "softmax", cell In[53].
    """
    raise NotImplementedError


def jacobian(p: Tensor) -> Tensor:
    """Return the Jacobian of softmax where it gave p: diag(p) − p pᵀ.

    Shapes: p [n], the result [n, n]: entry i, j is ∂pᵢ/∂aⱼ; same dtype, same device.
    Source: 003_22bc44a933bbb371, section "Softmax激活函数", its conclusion.
    """
    raise NotImplementedError


def vjp(p: Tensor, v: Tensor) -> Tensor:
    """Return vᵀJ, where J is the Jacobian of softmax at p, without building J.

    Shapes: p, v and the result [n]; same dtype, same device. No tensor of n·n elements is made.
    Units:  v is a slope per p, the result a slope per a.
    Source: 001_017c0e040f7f1b0b, cell In[53]: what backward(v) works out.
    """
    raise NotImplementedError


def jacobian_by_autograd(a: Tensor) -> Tensor:
    """Return the Jacobian of softmax at a, found by autograd: row i is the gradient of pᵢ.

    Shapes: a [n], the result [n, n]; same dtype, same device.
    Source: 001_017c0e040f7f1b0b, cell In[53]: torch.autograd.grad(p[1], [a], …).
    """
    raise NotImplementedError


def backward_twice(a: Tensor) -> Tensor:
    """Return what a.grad holds after p.backward(p) was called twice, with p = softmax(a).

    Both calls walk one and the same graph; a.grad is empty before the first.

    Shapes: a and the result [n]; same dtype, same device.
    Source: 001_017c0e040f7f1b0b, cell In[53], "A grad".
    """
    raise NotImplementedError
