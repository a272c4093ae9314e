"""Kata 17, Himmelblau's function with Adam: four minima, and which of them a start leads to.

Read README.md beside this file, write the six functions, and run: pytest katas/17

Points are tensors whose last dimension holds x and y: [2] is one point, [k, 2] a list of k points,
[n, n, 2] a square of them. No argument asks for a gradient. Arguments stay as they are, and results
are new tensors, on no graph, with the dtype and the device of the points that came in.
"""

import torch
from torch import Tensor


def f(p: Tensor) -> Tensor:
    """Return (x² + y − 11)² + (x + y² − 7)² at every point (x, y) of p.

    Shapes: p [..., 2]; result [...], one number for each point.
    Source: 003_22bc44a933bbb371, "优化小实例": himmelblau.
    """
    raise NotImplementedError


def gradient(p: Tensor) -> Tensor:
    """Return the gradient of f at every point of p: the slope along x, and the slope along y.

    Shapes: p [..., 2]; result [..., 2].
    Units:  f per x, f per y.
    Source: 003_22bc44a933bbb371, "优化小实例": what pred.backward() finds.
    """
    raise NotImplementedError


def newton(p0: Tensor, steps: int) -> Tensor:
    """Take `steps` steps of Newton's towards a gradient of 0, and return the whole path.

    A step goes from p to p − move. The move solves H · move = gradient, where H is the matrix of
    the second derivatives of f at p.

    Shapes: p0 [..., 2], one start or many; result [steps + 1, ..., 2], row 0 is p0, row t is the
            points after t steps.
    Source: 003_22bc44a933bbb371, "优化小实例": the four minima, to their printed digits.
    """
    raise NotImplementedError


def descend(p0: Tensor, lr: float, steps: int) -> Tensor:
    """Take `steps` steps of Adam on f from p0 and return the whole path.

    It is the Adam of torch.optim and of kata 16, with betas 0.9 and 0.999 and eps = 1e-8. Every
    coordinate of every start has its own averages.

    Shapes: p0 [..., 2], one start or many; result [steps + 1, ..., 2], row 0 is p0, row t is the
            points after t steps.
    Units:  lr in x and y.
    Source: 003_22bc44a933bbb371, "优化小实例": the loop, with lr = 1e-3 and 20000 steps.
    """
    raise NotImplementedError


def grid(low: float, high: float, spacing: float) -> Tensor:
    """Return a square of points: x and y each take the ticks low, low + spacing, … below high.

    Shapes: result [n, n, 2] for n ticks, float64, on the CPU. Row i, column j holds the point
            (tick j, tick i): along a row x grows, from row to row y grows.
    Units:  low, high and spacing in x and y.
    Source: 003_22bc44a933bbb371, "优化小实例": np.arange(-6, 6, 0.1) and np.meshgrid.
    """
    raise NotImplementedError


def basins(starts: Tensor, minima: Tensor, lr: float, steps: int) -> Tensor:
    """Return for every start the minimum that is nearest to where `steps` steps of Adam end.

    Shapes: starts [..., 2], minima [k, 2]; result [...], int64: the nearest one's row in minima,
            counted from 0. All starts walk at once: there is no loop over them.
    Units:  lr in x and y.
    Source: 003_22bc44a933bbb371, "优化小实例": the loop's three starts, and every other start.
    """
    raise NotImplementedError
