"""Kata 09, direction and step: the reference answer."""

import torch
from torch import Tensor


def value_and_gradient(point: Tensor) -> tuple[Tensor, Tensor]:
    """Return SSE at a point, and its gradient there: the slopes along a and along b."""
    a, b = point
    first, second = 2 - a - b, 4 - 3 * a - b  # what is missing at (1, 2) and at (3, 4)
    gradient = torch.stack([-2 * first - 6 * second, -2 * first - 2 * second])
    return first**2 + second**2, gradient


def direction(grad: Tensor) -> Tensor:
    """Return the direction in which a function with this gradient falls fastest."""
    length = torch.linalg.vector_norm(grad)
    if length == 0:
        raise ValueError("a gradient of 0 has no direction")
    return -grad / length


def exact_line_search(point: Tensor) -> Tensor:
    """Return the rate whose step, point − rate · gradient, has the lowest SSE of all rates."""
    _, gradient = value_and_gradient(point)
    a, b = gradient
    # a rate t changes what is missing by t·(a + b) and t·(3a + b): SSE is a parabola in t,
    # whose slope at 0 is −gradient², and whose curvature is twice the sum of their squares
    curvature = 2 * (a + b) ** 2 + 2 * (3 * a + b) ** 2
    return gradient @ gradient / curvature


def descend_until(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """Descend on SSE from point0 until a step is small, and return the whole path."""
    path = [point0]
    for _ in range(most):
        _, gradient = value_and_gradient(path[-1])
        move = lr * gradient
        path.append(path[-1] - move)
        if (move.abs() < tolerance).all():
            break
    return torch.stack(path)


def parabola(x: Tensor, y: Tensor) -> Tensor:
    """Return p, q and r of Σ(y − w·x)² = p·w² + q·w + r, the loss of a line through 0."""
    return torch.stack([x @ x, -2 * (x @ y), y @ y])


def descend_scaled(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """Descend on Σ(y − w·x)² from w0 by alpha times slope/curvature, and return every w."""
    p, q, _ = parabola(x, y)
    if p == 0:
        raise ValueError("every x is 0: each w fits as well as any other")
    w = torch.full_like(p, w0)
    path = [w]
    for _ in range(steps):
        slope, curvature = 2 * p * w + q, 2 * p
        w = w - alpha * slope / curvature
        path.append(w)
    return torch.stack(path)
