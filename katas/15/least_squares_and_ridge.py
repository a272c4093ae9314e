"""Kata 15, least squares and ridge: the best weights in one line, and when not to.

Read README.md beside this file, write the six functions, and run: pytest katas/15

As in kata 06, X has a row for each sample, y is a column, and SSE is the sum of (Xw − y)².
No argument requires a gradient, and none may be changed. No result may hang on a graph.
"""

import torch
from torch import Tensor


def normal_equations(X: Tensor, y: Tensor) -> Tensor:
    """Return the w with the smallest SSE: solve XᵀX w = Xᵀy.

    Shapes: X [m, n], y [m, 1]; result [n, 1]; one dtype, one device.
    Units:  y per X.
    Errors: ValueError if the columns of X are dependent: then many w have the smallest SSE.
    Source: 004_0edf90a3a22c9614, III.1: (XᵀX)⁻¹Xᵀy.
    """
    raise NotImplementedError


def by_qr(X: Tensor, y: Tensor) -> Tensor:
    """Return the same w from X = QR, without XᵀX: as exact as X allows.

    Shapes: X [m, n] with independent columns, so m ≥ n; y [m, 1]; result [n, 1]; one dtype,
            one device.
    Units:  y per X.
    Source: torch.linalg.qr and torch.linalg.solve_triangular.
    """
    raise NotImplementedError


def minimum_norm(X: Tensor, y: Tensor) -> Tensor:
    """Return, of all w with the smallest SSE, the shortest one, for any X.

    Shapes: X [m, n] of any rank, m may be smaller than n; y [m, 1]; result [n, 1]; one dtype,
            one device.
    Units:  y per X.
    Source: 004_0edf90a3a22c9614, III.1, where XᵀX is singular; torch.linalg.pinv.
    """
    raise NotImplementedError


def ridge(X: Tensor, y: Tensor, lam: float) -> Tensor:
    """Return the w with the smallest SSE + λ wᵀw: solve (XᵀX + λI) w = Xᵀy.

    Shapes: X [m, n], y [m, 1]; result [n, 1]; one dtype, one device.
    Units:  lam in X²; lam = 0 is least squares.
    Errors: ValueError naming lam if it is negative.
    Source: 004_0edf90a3a22c9614, III.1: ridge regression.
    """
    raise NotImplementedError


def ridge_path(X: Tensor, y: Tensor, lams: Tensor) -> Tensor:
    """Return ridge's w for every λ in lams.

    Shapes: X [m, n], y [m, 1], lams [k], all positive; result [k, n, 1], row i for lams[i];
            one dtype, one device.
    Units:  lams as lam in ridge.
    Work:   thirty λ take as many operations as three.
    Source: X = U diag(σ) Vᵀ gives w = V diag(σ / (σ² + λ)) Uᵀy.
    """
    raise NotImplementedError


def descend(X: Tensor, y: Tensor, lam: float, lr: float, steps: int) -> Tensor:
    """Take `steps` steps of kata 06 with weight decay, from w = 0, and return every w.

    A step subtracts lr times (the gradient of SSE / 2m, plus weight_decay · w). Choose the
    weight_decay with which the descent ends at the w of ridge(X, y, lam).

    Shapes: X [m, n], y [m, 1]; result [steps + 1, n, 1], row 0 is zero, row t is w after t steps;
            one dtype, one device.
    Units:  lam as in ridge; lr in w² per loss.
    Source: 004_0edf90a3a22c9614, III.1 and V; 002_0f0b2f05897dc972, "weight_decay".
    """
    raise NotImplementedError
