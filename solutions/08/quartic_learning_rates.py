"""Kata 08, quartic learning rates: the reference answer."""

import math

import torch
from torch import Tensor


def f(x: Tensor) -> Tensor:
    """Return x⁴ − 50x³ − x + 1 for each element of x."""
    return x**4 - 50 * x**3 - x + 1


def gradient(x: Tensor) -> Tensor:
    """Return the slope f′ at each element of x."""
    return 4 * x**3 - 150 * x**2 - 1


def descend(x0: Tensor, lr: float, steps: int) -> Tensor:
    """Take `steps` steps of gradient descent on f from x0 and return the whole path."""
    path = [x0]
    for _ in range(steps):
        path.append(path[-1] - lr * gradient(path[-1]))
    return torch.stack(path)


def stationary_point(c: float) -> float:
    """Return the only x where x⁴ − c·x³ − x + 1 has the slope 0: 4x³ − 3c·x² − 1 = 0."""
    x = c  # not left of the zero, where the slope is convex: Newton's method comes down to it
    while True:
        step = (4 * x**3 - 3 * c * x**2 - 1) / (12 * x**2 - 6 * c * x)
        x -= step
        if abs(step) <= 1e-13 * x:
            return x


def largest_stable_rate(x: float) -> float:
    """Return 2/f″(x): the rate above which a step overshoots by more than it began, near x."""
    curvature = 12 * x**2 - 300 * x
    if curvature <= 0:
        raise ValueError(f"no rate is stable at x = {x}: f does not bend up there")
    return 2 / curvature


def best_rate(x0: Tensor, lrs: Tensor, steps: int) -> float:
    """Return the rate of lrs whose descent from x0 has the lowest f after `steps` steps."""
    x = x0.expand_as(lrs)  # one descent for each rate
    for _ in range(steps):
        x = x - lrs * gradient(x)
    loss = f(x)
    loss = torch.where(loss.isfinite(), loss, math.inf)  # argmin takes nan for the least
    return lrs[loss.argmin()].item()


def steps_to_pass(mark: float, x0: float, lr: float, most: int) -> int:
    """Return the first t at which the descent on f from x0 is at mark or right of it."""
    x = x0
    for t in range(most + 1):
        if x >= mark:
            return t
        x -= lr * (4 * x**3 - 150 * x**2 - 1)
    raise ValueError(f"{most} steps do not get to {mark}")
