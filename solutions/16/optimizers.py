"""Kata 16, optimizers: the reference answer."""

import torch
from torch import Tensor


def sgd(
    w: Tensor,
    v: Tensor,
    grad: Tensor,
    lr: float,
    momentum: float,
    weight_decay: float,
    nesterov: bool,
) -> tuple[Tensor, Tensor]:
    """Take one step of SGD with weight decay and momentum, Nesterov's if asked; return (w, v)."""
    grad = grad + weight_decay * w
    v = momentum * v + grad
    step = grad + momentum * v if nesterov else v
    return w - lr * step, v


def adagrad(w: Tensor, s: Tensor, grad: Tensor, lr: float, eps: float) -> tuple[Tensor, Tensor]:
    """Take one step of Adagrad and return (w, s): s sums the squares of all gradients so far."""
    s = s + grad**2
    return w - lr * grad / (s.sqrt() + eps), s


def rmsprop(
    w: Tensor, s: Tensor, grad: Tensor, lr: float, alpha: float, eps: float
) -> tuple[Tensor, Tensor]:
    """Take one step of RMSprop and return (w, s): s averages the squares, so it forgets."""
    s = alpha * s + (1 - alpha) * grad**2
    return w - lr * grad / (s.sqrt() + eps), s


def adadelta(
    w: Tensor, s: Tensor, d: Tensor, grad: Tensor, lr: float, rho: float, eps: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Take one step of Adadelta and return (w, s, d): d averages the squares of the steps."""
    s = rho * s + (1 - rho) * grad**2
    step = (d + eps).sqrt() / (s + eps).sqrt() * grad
    d = rho * d + (1 - rho) * step**2
    return w - lr * step, s, d


def adam(
    w: Tensor,
    m: Tensor,
    s: Tensor,
    t: int,
    grad: Tensor,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
) -> tuple[Tensor, Tensor, Tensor]:
    """Take step number t of Adam and return (w, m, s), with m and s not corrected."""
    m = beta1 * m + (1 - beta1) * grad
    s = beta2 * s + (1 - beta2) * grad**2
    mean = m / (1 - beta1**t)
    square = s / (1 - beta2**t)
    return w - lr * mean / (square.sqrt() + eps), m, s


def rprop(
    w: Tensor,
    size: Tensor,
    before: Tensor,
    grad: Tensor,
    etaminus: float,
    etaplus: float,
    smallest: float,
    largest: float,
) -> tuple[Tensor, Tensor, Tensor]:
    """Take one step of Rprop and return (w, size, before): of the gradient only the sign counts."""
    sign = grad.sign() * before.sign()
    size = torch.where(sign > 0, size * etaplus, size)
    size = torch.where(sign < 0, size * etaminus, size)
    size = size.clamp(smallest, largest)
    grad = torch.where(sign < 0, 0.0, grad)
    return w - size * grad.sign(), size, grad
