"""Kata 07's rungs compiled by numba, as the fastest peers are: one call, whatever the steps.

A path is made by numpy and handed over once, as a tensor: numpy asks the system for large pages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..cases import Array, Case
from ..numpy_peers import CPU
from ..rows import ITERATED, JUMP, MATRIX, PRODUCT, WHOLE, WHOLE_KNOWN, Row, Run
from . import kernels, tuned
from .katas import FITS, SWINGS, fitting
from .tuned import along_eigenvectors, one_weight, repeated

CHUNK = 4_000  # samples that are still in the cache for the second product
LINE = 64  # bytes of a line of the cache
FEW = 20_000  # products: up to it, XᵀX by plain loops costs less than a call to BLAS


def summed(X: Array, y: Array) -> tuple[Array, Array]:
    """Return XᵀX and Xᵀy [n] of many samples: numpy makes half of XᵀX, and mirrors that."""
    A, b = np.zeros((X.shape[1], X.shape[1]), X.dtype), np.zeros(X.shape[1], X.dtype)
    for start in range(0, len(X), CHUNK):
        part = X[start : start + CHUNK]
        A += part.T @ part
        b += part.T @ y[start : start + CHUNK, 0]
    return A, b


def by_gram(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """Take the steps with A and b."""
    path = np.empty((steps + 1, X.shape[1], 1), np.float32)
    if X.shape[1] == 1:
        kernels.line(path, *one_weight(X, y, lr))
        return torch.from_numpy(path)
    data, target, rate = X.numpy(), y.numpy(), np.float32(lr / len(X))
    if X.numel() * X.shape[1] <= FEW:
        kernels.small_walk(path, data, target, rate)
    else:
        kernels.walk(path, *summed(data, target), rate)
    return torch.from_numpy(path)


def heavy_ball(X: Tensor, y: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """Take the heavy ball's steps with A and b."""
    path = np.empty((steps + 1, X.shape[1], 1), np.float32)
    kernels.heavy_walk(path, *sums_of(X, y), np.float32(lr / len(X)), np.float32(momentum))
    return torch.from_numpy(path)


def sums_of(X: Tensor, y: Tensor) -> tuple[Array, Array]:
    """Return XᵀX and Xᵀy [n], by plain loops where they are small."""
    sums = kernels.small_gram if X.numel() * X.shape[1] <= FEW else summed
    return sums(X.numpy(), y.numpy())


def whole_trace(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """Return every w at once."""
    if X.shape[1] > 1:
        rows = np.empty((steps + 1, X.shape[1]), np.float32)
        kernels.doubled(rows, *sums_of(X, y), np.float32(lr / len(X)))
        return torch.from_numpy(rows[:, :, None])
    path = np.empty(steps + 1, np.float32)
    a, c = one_weight(X, y, lr)
    kernels.approach(path, c / a if a else 0.0, 1 - a, 0.0)  # where X is all 0, w stays where it is
    return torch.from_numpy(path[:, None])


def jump(X: Tensor, y: Tensor, lr: float, step: int) -> Tensor:
    """Return w after `step` steps, without those before it."""
    if X.shape[1] == 1:
        return tuned.jump(X, y, lr, step)
    return torch.from_numpy(kernels.leapt(*sums_of(X, y), np.float32(lr / len(X)), step)[:, None])


def momentum_trace(X: Tensor, y: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """Return every w of the heavy ball, each eigenvector on its own."""
    path, m = np.empty((steps + 1, X.shape[1]), np.float32), np.float32(momentum)
    if X.shape[1] == 1:
        a, c = one_weight(X, y, lr)
        kernels.swings(path, np.array([a], np.float32), np.array([c], np.float32), m)
        return torch.from_numpy(path)
    curvatures, Q, push = along_eigenvectors(X, y, lr)
    kernels.swings(path, curvatures.view(-1).numpy(), push.view(-1).numpy(), m)
    return torch.from_numpy(path) @ Q.T


def path_of(rows: int, columns: int) -> Array:
    """Return an empty path; if its rows are long, it begins with a line of the cache.

    numpy begins an array 16 bytes into one as often as not: then each step takes a third longer.
    """
    if columns == 1:
        return np.empty((rows, 1), np.float32)
    path = np.empty(rows * columns + LINE // 4, np.float32)
    begin = -path.ctypes.data % LINE // 4
    return path[begin : begin + rows * columns].reshape(rows, columns)


def swinging(case: Case, steps: int) -> Run:
    """Make the heavy ball's loop on 4w²."""
    w0, c, m = case.given["w0"], np.float32(8 * case.lr), np.float32(case.momentum)

    def call() -> Tensor:
        path = path_of(steps + 1, len(w0))
        kernels.swing(path, w0.numpy(), c, m)
        return torch.from_numpy(path)

    return Run(call)


def known_swing(case: Case, steps: int) -> Run:
    """Make the heavy ball's whole trace on 4w²: the path from 1, times each w0."""
    w0, c, m = case.given["w0"], np.float32(8 * case.lr), np.float32(case.momentum)
    one = np.ones(1, np.float32)

    def call() -> Tensor:
        column = np.empty((steps + 1, 1), np.float32)
        kernels.swing(column, one, c, m)
        path = path_of(steps + 1, len(w0))
        kernels.outer(path, column, w0.numpy())
        return torch.from_numpy(path)

    return Run(call)


def known(case: Case, steps: int) -> Run:
    """Make the parabola's whole trace for who knows its minimum."""
    w0, p = case.given["w0"], 1 - 2 * case.lr

    def call() -> Tensor:
        path = np.empty(steps + 1, np.float32)
        kernels.approach(path, 5.0, p, w0.item())
        return torch.from_numpy(path[:, None])

    return Run(call)


def vjp(a: Tensor, v: Tensor) -> Tensor:
    """Return vᵀJ of softmax without J."""
    return torch.from_numpy(kernels.vjp_of(a.numpy(), v.numpy()))


def through_matrix(a: Tensor, v: Tensor) -> Tensor:
    """Return vᵀJ through J."""
    return torch.from_numpy(kernels.through(a.numpy(), v.numpy()))


def made(rung: Callable[..., Tensor]) -> Callable[[Case, int], Run]:
    """Make a rung that is called with X and y."""
    return lambda case, steps: fitting(rung, None, case, steps)


OURS: dict[str, Any] = {"side": "ours", "devices": CPU, "compiled": True}
ROWS = [
    Row(
        *("ours: compiled by_gram", ITERATED, FITS),
        made(by_gram),
        reads="Gram",
        **OURS,
    ),
    Row(
        *("ours: compiled heavy ball", ITERATED, ("heavy ball",)),
        made(heavy_ball),
        reads="Gram",
        **OURS,
    ),
    Row("ours: compiled swing", ITERATED, ("momentum",), swinging, **OURS),
    *(
        Row(
            *(f"ours: compiled {rung.__name__}", kind, problems, made(rung)),
            reads="nothing",
            most_weights=64,
            **OURS,
        )
        for rung, kind, problems in (
            (whole_trace, WHOLE, FITS),
            (jump, JUMP, ("regression",)),
            (momentum_trace, WHOLE, SWINGS),
        )
    ),
    Row("ours: compiled closed form", WHOLE_KNOWN, ("parabola",), known, reads="nothing", **OURS),
    Row("ours: compiled swing", WHOLE_KNOWN, ("momentum",), known_swing, reads="nothing", **OURS),
    Row("ours: compiled vjp", PRODUCT, ("softmax",), repeated(vjp), **OURS),
    Row("ours: compiled jacobian", MATRIX, ("softmax",), repeated(through_matrix), **OURS),
]
