"""Kata 06, matrix regression: linear regression by gradient descent, all weights at once.

Read README.md beside this file, write the four functions, and run: pytest katas/06

No argument requires a gradient, and none may be changed. No result may hang on a graph.
"""

import torch
from torch import Tensor


def design_matrix(x: Tensor) -> Tensor:
    """Return x with a column of ones after its last column: its weight is the intercept.

    Shapes: x [m] (one feature) or [m, n]; result [m, 2] or [m, n + 1]; same dtype, same device.
    Source: 004_0edf90a3a22c9614, IV.3: the matrix X.
    """
    raise NotImplementedError


def loss(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """Return the sum of squared residuals of X w against y, divided by 2m.

    Shapes: X [m, n], y [m, 1], w [n, 1]; result one number, shape []; one dtype, one device.
    Units:  y squared.
    Errors: ValueError if y is not a column [m, 1].
    Source: 004_0edf90a3a22c9614, IV.3: L(w).
    """
    raise NotImplementedError


def gradient(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """Return the gradient of the loss with respect to w, by its formula: Xᵀ(Xw − y) / m.

    Shapes: X [m, n], y [m, 1], w [n, 1]; result [n, 1]; one dtype, one device.
    Units:  loss per w.
    Errors: ValueError if y is not a column [m, 1].
    Source: 004_0edf90a3a22c9614, IV.3, step 1.
    """
    raise NotImplementedError


def descend(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """Take `steps` steps against the gradient from w = 0 and return every w on the way.

    Shapes: X [m, n], y [m, 1]; result [steps + 1, n, 1], row 0 is zero, row t is w after t steps.
    Units:  lr in w² per loss.
    Errors: ValueError if y is not a column [m, 1].
    Source: 004_0edf90a3a22c9614, V: gradDescent.
    """
    raise NotImplementedError
