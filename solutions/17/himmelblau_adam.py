"""Kata 17, Himmelblau's function with Adam: the reference answer."""

import torch
from torch import Tensor

BETA1, BETA2, EPS = 0.9, 0.999, 1e-8


def f(p: Tensor) -> Tensor:
    """Return (x² + y − 11)² + (x + y² − 7)² at every point (x, y) of p."""
    x, y = p[..., 0], p[..., 1]
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def gradient(p: Tensor) -> Tensor:
    """Return the gradient of f at every point of p: the slope along x, and the slope along y."""
    x, y = p[..., 0], p[..., 1]
    a = x**2 + y - 11
    b = x + y**2 - 7
    return torch.stack([4 * x * a + 2 * b, 2 * a + 4 * y * b], dim=-1)


def hessian(p: Tensor) -> Tensor:
    """Return the second derivatives of f at every point of p, [..., 2, 2]."""
    x, y = p[..., 0], p[..., 1]
    mixed = 4 * x + 4 * y
    along_x = torch.stack([12 * x**2 + 4 * y - 42, mixed], dim=-1)
    along_y = torch.stack([mixed, 4 * x + 12 * y**2 - 26], dim=-1)
    return torch.stack([along_x, along_y], dim=-2)


def newton(p0: Tensor, steps: int) -> Tensor:
    """Take `steps` steps of Newton's towards a gradient of 0, and return the whole path."""
    p, path = p0, [p0]
    for _ in range(steps):
        p = p - torch.linalg.solve(hessian(p), gradient(p))
        path.append(p)
    return torch.stack(path)


def descend(p0: Tensor, lr: float, steps: int) -> Tensor:
    """Take `steps` steps of Adam on f from p0 and return the whole path."""
    p, path = p0, [p0]
    m, s = torch.zeros_like(p0), torch.zeros_like(p0)
    for t in range(1, steps + 1):
        grad = gradient(p)
        m = BETA1 * m + (1 - BETA1) * grad
        s = BETA2 * s + (1 - BETA2) * grad**2
        mean, square = m / (1 - BETA1**t), s / (1 - BETA2**t)
        p = p - lr * mean / (square.sqrt() + EPS)
        path.append(p)
    return torch.stack(path)


def grid(low: float, high: float, spacing: float) -> Tensor:
    """Return a square of points: x and y each take the ticks low, low + spacing, … below high."""
    ticks = torch.arange(low, high, spacing, dtype=torch.float64)
    x, y = torch.meshgrid(ticks, ticks, indexing="xy")
    return torch.stack([x, y], dim=-1)


def basins(starts: Tensor, minima: Tensor, lr: float, steps: int) -> Tensor:
    """Return for every start the minimum that is nearest to where `steps` steps of Adam end."""
    ends = descend(starts, lr, steps)[-1]
    differences = ends[..., None, :] - minima
    return (differences**2).sum(dim=-1).argmin(dim=-1)
