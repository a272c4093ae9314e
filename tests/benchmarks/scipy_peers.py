"""What a user of scipy would write: BLAS by its own names, half of a symmetric product."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from scipy.linalg import eigh
from scipy.linalg.blas import ssymv, ssyrk

from .cases import Array, Case
from .numpy_peers import CPU, MOST, exponents
from .rows import ITERATED, JUMP, WHOLE, Row, Run

FITS = ("regression",)


def summed(X: Array, y: Array) -> tuple[Array, Array]:
    """Return H = XᵀX/m, its lower half only, and h = Xᵀy/m [n]."""
    return ssyrk(1 / len(X), X.T, lower=1), (X.T @ y)[:, 0] / np.float32(len(X))


def gram(case: Case, steps: int) -> Run:
    """Make the loop on H and h, which are made in the call."""
    given, lr = case.arrays(), case.lr
    X, y, w0 = given["X"], given["y"], given["w0"][:, 0]

    def call() -> Array:
        (H, h), w, path = summed(X, y), w0, [w0]
        push = np.float32(lr) * h
        for _ in range(steps):
            w = ssymv(-lr, H, w, 1.0, w + push, lower=1)
            path.append(w)
        return np.stack(path)[:, :, None]

    return Run(call)


def closed(case: Case, steps: int, *, jump: bool) -> Run:
    """Make the whole trace at once, or its last row alone, from X and y."""
    given, lr = case.arrays(), np.float32(case.lr)
    X, y = given["X"], given["y"]

    def call() -> Array:
        H, h = summed(X, y)
        curvature, Q = eigh(H, lower=True, overwrite_a=True, check_finite=False, driver="evd")
        left = (1 - lr * curvature) ** exponents(steps, jump=jump)[:, None]
        return ((1 - left) * (Q.T @ h / curvature) @ Q.T)[:, :, None]

    return Run(call)


Make = Callable[[Case, int], Run]
WHOLE_TRACE: Make = partial(closed, jump=False)
LAST: Make = partial(closed, jump=True)
CLOSED: dict[str, Any] = {"devices": CPU, "reads": "nothing", "most_weights": MOST}
ROWS = [
    Row("scipy syrk, Gram", ITERATED, FITS, gram, devices=CPU, reads="Gram"),
    Row("scipy syrk, closed form", WHOLE, FITS, WHOLE_TRACE, **CLOSED),
    Row("scipy syrk, closed form", JUMP, FITS, LAST, **CLOSED),
]
