"""What a user of numba would write: the loops as they stand in the documents, compiled by LLVM."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg.blas  # noqa: F401 - numba's products are scipy's: their threads are limited too
from numba import njit

from .cases import Array, Case
from .numpy_peers import CPU, FITS, MOST
from .rows import ITERATED, MATRIX, PRODUCT, WHOLE, WHOLE_KNOWN, Row, Run, plain
from .torch_peers import DESCENTS

COMPILED: dict[str, Any] = {"devices": CPU, "compiled": True}
compiled = njit(cache=True, error_model="numpy")  # kept on disk: only the first run waits for it


@compiled
def parabola(w0: Array, lr: Any, momentum: Any, steps: int) -> Array:  # noqa: ARG001
    """Return the path on x² − 10x + 1."""
    path = np.empty((steps + 1, 1), w0.dtype)
    x = w0[0]
    path[0, 0] = x
    for k in range(steps):
        x = x - lr * (2 * x - 10)
        path[k + 1, 0] = x
    return path


@compiled
def momentum(w0: Array, lr: Any, momentum: Any, steps: int) -> Array:
    """Return the heavy ball's path on 4w²."""
    path, v = np.empty((steps + 1, len(w0)), w0.dtype), np.zeros_like(w0)
    path[0] = w0
    for k in range(steps):
        for i in range(len(w0)):
            v[i] = momentum * v[i] + w0.dtype.type(8) * path[k, i]
            path[k + 1, i] = path[k, i] - lr * v[i]
    return path


@compiled
def regression(X: Array, y: Array, w0: Array, lr: Any, momentum: Any, steps: int) -> Array:
    """Return the path of a regression, the heavy ball's where momentum is not 0."""
    path, w, v = np.empty((steps + 1, len(w0), 1), w0.dtype), w0, np.zeros_like(w0)
    path[0] = w
    m = w0.dtype.type(len(X))
    for k in range(steps):
        v = momentum * v + X.T @ (X @ w - y) / m
        w = w - lr * v
        path[k + 1] = w
    return path


@compiled
def gram(X: Array, y: Array, w0: Array, lr: Any, steps: int) -> Array:
    """Return the path of a regression on XᵀX and Xᵀy, which are made in the call."""
    m = w0.dtype.type(len(X))
    H, h = X.T @ X / m, X.T @ y / m
    path, w = np.empty((steps + 1, len(w0), 1), w0.dtype), w0
    path[0] = w
    for k in range(steps):
        w = w - lr * (H @ w - h)
        path[k + 1] = w
    return path


@compiled
def closed_regression(X: Array, y: Array, lr: Any, steps: int) -> Array:
    """Return every w of a regression at once, through the eigenvectors of XᵀX/m."""
    m = X.dtype.type(len(X))
    curvature, Q = np.linalg.eigh(X.T @ X / m)
    end = (Q.T @ (X.T @ y / m))[:, 0] / curvature
    rows = np.empty((steps + 1, len(end)), X.dtype)
    for k in range(steps + 1):
        rows[k] = (1 - (1 - lr * curvature) ** k) * end
    return rows @ np.ascontiguousarray(Q.T)


@compiled
def closed_parabola(x0: Any, lr: Any, steps: int) -> Array:
    """Return every x at once, for who knows where the minimum is."""
    path = np.empty((steps + 1, 1), np.float32)
    for k in range(steps + 1):
        path[k, 0] = 5 + (x0 - 5) * (1 - 2 * lr) ** k
    return path


@compiled
def vjp(a: Array, v: Array) -> Array:
    """Return vᵀJ of softmax without J."""
    e = np.exp(a - a.max())
    p = e / e.sum()
    return p * (v - (p * v).sum())


@compiled
def through_matrix(a: Array, v: Array) -> Array:
    """Return vᵀJ through J."""
    e = np.exp(a - a.max())
    p = e / e.sum()
    return v @ (np.diag(p) - np.outer(p, p))


LOOPS = {"parabola": parabola, "momentum": momentum}


def rates(case: Case) -> tuple[Any, Any]:
    """Return lr and momentum in float32, as every row computes."""
    return np.float32(case.lr), np.float32(case.momentum)


def loop(case: Case, steps: int) -> Run:
    """Make the compiled loop."""
    given, more = case.arrays(), rates(case)
    if case.size.problem in LOOPS:
        function, w0 = LOOPS[case.size.problem], given["w0"]
        return Run(lambda: function(w0, *more, steps))
    X, y, w0 = given["X"], given["y"], given["w0"]
    return Run(lambda: regression(X, y, w0, *more, steps))


def gram_loop(case: Case, steps: int) -> Run:
    """Make the compiled loop on the Gram matrix."""
    given, lr = case.arrays(), rates(case)[0]
    X, y, w0 = given["X"], given["y"], given["w0"]
    return Run(lambda: gram(X, y, w0, lr, steps))


def closed(case: Case, steps: int) -> Run:
    """Make the whole trace at once, from X and y."""
    (X, y), lr = (t.numpy() for t in case.samples()), rates(case)[0]
    return Run(lambda: closed_regression(X, y, lr, steps), lambda path: case.back(plain(path)))


def known(case: Case, steps: int) -> Run:
    """Make the whole trace of the parabola for who knows its minimum and its curvature."""
    x0, lr = np.float32(case.given["w0"].item()), rates(case)[0]
    return Run(lambda: closed_parabola(x0, lr, steps))


def repeated(one: Any) -> Any:
    """Make a block of so many evaluations."""

    def make(case: Case, steps: int) -> Run:
        given = case.arrays()
        a, v = given["a"], given["v"]

        def call() -> Any:
            result = None
            for _ in range(steps):
                result = one(a, v)
            return result

        return Run(call)

    return make


ROWS = [
    Row("numba loop", ITERATED, DESCENTS, loop, **COMPILED),
    Row("numba Gram", ITERATED, ("regression",), gram_loop, reads="Gram", **COMPILED),
    Row("numba closed form", WHOLE, FITS, closed, reads="nothing", most_weights=MOST, **COMPILED),
    Row("numba closed form", WHOLE_KNOWN, ("parabola",), known, reads="nothing", **COMPILED),
    Row("numba J", MATRIX, ("softmax",), repeated(through_matrix), **COMPILED),
    Row("numba", PRODUCT, ("softmax",), repeated(vjp), **COMPILED),
]
