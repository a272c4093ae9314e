"""Kata 04, momentum oscillation: the heavy ball on f(w) = 4w², and when it swings.

Read README.md beside this file, write the five functions, and run: pytest katas/04

No argument requires a gradient, and none may be changed. No result may hang on a graph.
"""

import torch
from torch import Tensor


def average_weights(beta: float, n: int) -> Tensor:
    """Return the weights that an exponentially weighted average gives to the last n values.

    Shapes: result [n], float64, on the CPU; entry i is the weight of the value i steps ago.
    Units:  beta without unit, in [0, 1); n counts values.
    Source: 002_0f0b2f05897dc972, section on the exponentially weighted average.
    """
    raise NotImplementedError


def step(w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> tuple[Tensor, Tensor]:
    """Take one heavy-ball step and return the new (w, v).

    Shapes: w, v and grad alike, any shape; the new w and v too, of the same dtype and device.
    Units:  v as grad, so lr is not in it; lr in w per grad; momentum without unit.
    Errors: ValueError naming the argument if momentum is outside [0, 1).
    Source: 002_0f0b2f05897dc972, section on PyTorch's momentum.
    """
    raise NotImplementedError


def descend(w0: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """Take `steps` heavy-ball steps on 4w², from w0 at rest, and return the whole path.

    Shapes: w0 any shape; result [steps + 1, *w0.shape], row 0 is w0, row t is w after t steps.
    Units:  lr and momentum as in step; at rest means that v begins at 0.
    Source: 002_0f0b2f05897dc972, the code of the momentum figures.
    """
    raise NotImplementedError


def crossings(trace: Tensor) -> int:
    """Count how often the path of one weight goes from one side of the minimum, 0, to the other.

    Going there through 0 is one crossing; reaching 0 and staying, or coming back, is none.

    Shapes: trace [steps + 1] or [steps + 1, 1], as descend returns it for a w0 of one element.
    Source: 002_0f0b2f05897dc972, the text under the momentum figures.
    """
    raise NotImplementedError


def critical_momentum(lr: float, curvature: float) -> float:
    """Return the largest momentum with which a path on this curvature does not oscillate.

    Units:  curvature is f″ (8 for 4w²), so that lr · curvature has no unit.
    Errors: ValueError naming lr if lr · curvature is above 1: then every momentum oscillates.
    Source: 002_0f0b2f05897dc972, the text under the momentum figures, made exact.
    """
    raise NotImplementedError
