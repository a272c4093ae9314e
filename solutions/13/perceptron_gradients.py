"""Kata 13, perceptron gradients: the reference answer."""

import torch
from torch import Tensor
from torch.nn import functional


def output(X: Tensor, W: Tensor) -> Tensor:
    """Return what each unit answers to each sample: the sigmoid of its weighted sum, X Wᵀ."""
    return torch.sigmoid(X @ W.T)


def loss(o: Tensor, t: Tensor) -> Tensor:
    """Return E, half the sum of (o − t)² over all samples and all units."""
    refuse_other_shapes(o, t)
    return ((o - t) ** 2).sum() / 2


def unit_gradient(x: Tensor, w: Tensor, t: float) -> Tensor:
    """Return the gradient of E = ½ (o − t)² for the weights of one unit, from one sample."""
    o = torch.sigmoid(x @ w)
    return (o - t) * o * (1 - o) * x


def delta(o: Tensor, t: Tensor) -> Tensor:
    """Return δ, how E answers to each weighted sum: (o − t) o (1 − o)."""
    return (o - t) * o * (1 - o)


def gradient(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """Return the gradient of E for W, by the formula; the samples' gradients add up."""
    o = output(X, W)
    refuse_other_shapes(o, t)
    return delta(o, t).T @ X


def gradient_of_mse(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """Return the gradient for W of torch's own F.mse_loss(output, t), found by autograd."""
    W = W.detach().clone().requires_grad_()
    (grad,) = torch.autograd.grad(functional.mse_loss(output(X, W), t), W)
    return grad


def refuse_other_shapes(o: Tensor, t: Tensor) -> None:
    """Raise ValueError unless every output has a target of its own: torch would spread t."""
    if t.shape != o.shape:
        raise ValueError(f"t must have shape {list(o.shape)}, not {list(t.shape)}")
