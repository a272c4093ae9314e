"""Kata 09, direction and step: which way, how far, and when it is enough.

Three functions are about SSE(a, b) = (2 − a − b)² + (4 − 3a − b)²: how far the line a·x + b misses
the points (1, 2) and (3, 4). A point is a tensor [2] that holds (a, b), in float32 or float64.

No argument requires a gradient, and no result may hang on a graph.

Read README.md beside this file, write the six functions, and run: pytest katas/09
"""

import torch
from torch import Tensor


def value_and_gradient(point: Tensor) -> tuple[Tensor, Tensor]:
    """Return SSE at a point, and its gradient there: the slopes along a and along b.

    Shapes: point [2]; results [] and [2], of its dtype and on its device.
    Units:  y², and y² per weight.
    Source: 004_0edf90a3a22c9614, section III.3.2.
    """
    raise NotImplementedError


def direction(grad: Tensor) -> Tensor:
    """Return the direction in which a function with this gradient falls fastest, as a unit vector.

    Shapes: grad [n] for any n ≥ 1; the result alike, and its length is 1.
    Units:  none.
    Errors: ValueError if every entry of grad is 0: then there is no such direction.
    Source: 004_0edf90a3a22c9614, section III.3.2: "a direction has no length".
    """
    raise NotImplementedError


def exact_line_search(point: Tensor) -> Tensor:
    """Return the rate whose step, point − rate · gradient, has the lowest SSE of all rates.

    It is exact: one formula, no search, right to the rounding of the dtype.

    Shapes: point [2], never (1, 1), where the gradient is 0; result [], of its dtype.
    Units:  weight² per SSE.
    Source: 004_0edf90a3a22c9614, section III.3.2, asks how far to go; this is the standard answer.
    """
    raise NotImplementedError


def descend_until(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """Descend on SSE from point0 until a step is small, and return the whole path.

    A step is small if it moves each weight by less than tolerance, to either side. It is still
    taken, and its end is the last row. With tolerance 0 no step is small. There are at most `most`.

    Shapes: point0 [2]; result [taken + 1, 2], row 0 is point0, row t is the point after t steps.
    Units:  lr in weight² per SSE, tolerance in weight; most ≥ 0 counts steps.
    Source: 004_0edf90a3a22c9614, section IV.1, both ways to stop.
    """
    raise NotImplementedError


def parabola(x: Tensor, y: Tensor) -> Tensor:
    """Return p, q and r of Σ(y − w·x)² = p·w² + q·w + r, the loss of a line through 0.

    Shapes: x and y [m], alike, for any m ≥ 1; result [3], of their dtype: p first.
    Units:  x², x·y and y².
    Work:   300 points take as many torch operations as three: no loop over points.
    Source: 004_0edf90a3a22c9614, section IV.2.
    """
    raise NotImplementedError


def descend_scaled(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """Descend on Σ(y − w·x)² from w0 by alpha times slope/curvature, and return every w.

    The curvature is the second derivative of the loss.

    Shapes: x and y [m], alike; result [steps + 1], of their dtype, row 0 is w0.
    Units:  w0 in y per x; alpha has none, it is the share of the way to the minimum.
    Errors: ValueError if every x is 0: then each w fits as well as any other.
    Source: 004_0edf90a3a22c9614, section IV.2: the slope, scaled to w − 2.
    """
    raise NotImplementedError
