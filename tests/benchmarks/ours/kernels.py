"""Loops that numba compiles: kata 07's rungs, each written into a path that the caller made.

A compiled loop of the plain step waits for four operations one after another, and goes through the
data. These have the step multiplied out: w ← P w + c, with P = I − lr·A and c = lr·b.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg.blas  # noqa: F401 - numba's products are scipy's: their threads are limited too
from numba import njit

from ..cases import Array

TILE = 4_096  # weights whose steps are all taken before those of the next: they stay in the cache
# sums of products may be fused: rounded once, and on their way as fast as a product alone
compiled = njit(cache=True, error_model="numpy", fastmath={"contract", "reassoc"})


@compiled
def small_gram(X: Array, y: Array) -> tuple[Array, Array]:
    """Return XᵀX and Xᵀy, each as if m were 1."""
    m, n = X.shape
    A, b = np.zeros((n, n), X.dtype), np.zeros(n, X.dtype)
    for r in range(m):
        for i in range(n):
            b[i] += X[r, i] * y[r, 0]
            for j in range(n):
                A[i, j] += X[r, i] * X[r, j]
    return A, b


@compiled
def line(path: Array, a: float, c: float) -> None:
    """Write every w of one weight: w ← (1 − a) · w + c, from 0."""
    p, push, w = np.float32(1 - a), np.float32(c), np.float32(0)
    for k in range(len(path)):
        path[k, 0, 0] = w
        w = p * w + push


@compiled
def walk(path: Array, A: Array, b: Array, rate: Any) -> None:
    """Write every w of w ← w − rate · (A w − b), from 0."""
    n = len(b)
    P, c, rows = np.eye(n, dtype=A.dtype) - rate * A, rate * b, path.reshape(len(path), n)
    rows[0] = 0
    for k in range(len(path) - 1):
        for i in range(n):
            w = c[i]
            for j in range(n):
                w += P[i, j] * rows[k, j]
            rows[k + 1, i] = w


@compiled
def small_walk(path: Array, X: Array, y: Array, rate: Any) -> None:
    """Write the same, from X and y."""
    A, b = small_gram(X, y)
    walk(path, A, b, rate)


@compiled
def heavy_walk(path: Array, A: Array, b: Array, rate: Any, momentum: Any) -> None:
    """Write every w of the heavy ball: a move is momentum · the last one − rate · (A w − b)."""
    n = len(b)
    M, c, rows = -rate * A, rate * b, path.reshape(len(path), n)
    rows[0], move = 0, np.zeros(n, A.dtype)
    for k in range(len(path) - 1):
        for i in range(n):
            new = momentum * move[i] + c[i]
            for j in range(n):
                new += M[i, j] * rows[k, j]
            move[i] = new
            rows[k + 1, i] = rows[k, i] + new


@compiled
def swing(path: Array, w0: Array, curvature: Any, momentum: Any) -> None:
    """Write every w of the heavy ball, each w0 with this curvature: some weights, all steps.

    Two steps a pass: w itself stays in the path, and the move is stored half as often.
    """
    move, last = np.empty(min(TILE, len(w0)), w0.dtype), len(path) - 1
    for start in range(0, len(w0), TILE):
        stop = start + TILE
        path[0, start:stop], move[:] = w0[start:stop], 0
        for k in range(0, last, 2):
            now, new = path[k, start:stop], path[k + 1, start:stop]
            after = path[min(k + 2, last), start:stop]
            for i in range(len(now)):
                first = momentum * move[i] - curvature * now[i]
                w = now[i] + first
                move[i] = momentum * first - curvature * w
                after[i] = w + move[i]
                new[i] = w  # later, for `after` is the same row where no more are left


@compiled
def approach(path: Array, end: float, p: float, start: float) -> None:
    """Write end + (start − end) · p^k for every k: a power of p is one of few, times another."""
    size = int(np.sqrt(len(path))) + 1
    powers = np.empty(size, np.float32)
    power = 1.0
    for i in range(size):
        powers[i] = power
        power *= p
    left, last = start - end, np.float32(end)
    for first in range(0, len(path), size):
        leap, part = np.float32(left), path[first : first + size]
        for i in range(len(part)):
            part[i] = last + leap * powers[i]
        left *= power


@compiled
def doubled(path: Array, A: Array, b: Array, rate: Any) -> None:
    """Write every w of w ← w − rate · (A w − b) at once: from the first h rows, h more."""
    n, count = len(b), len(path)
    P, w = np.eye(n, dtype=A.dtype) - rate * A, rate * b  # so many steps lead from v to P v + w
    path[0], done = 0, 1
    while done < count:
        more = min(done, count - done)
        np.dot(path[:more], P, path[done : done + more])
        for k in range(done, done + more):
            row = path[k]
            for i in range(n):
                row[i] += w[i]
        w, P, done = w + P @ w, P @ P, done + more


@compiled
def leapt(A: Array, b: Array, rate: Any, step: int) -> Array:
    """Return w after `step` steps from 0, by steps of 1, 2, 4, … steps."""
    n = len(b)
    P, leap, w = np.eye(n, dtype=A.dtype) - rate * A, rate * b, np.zeros_like(b)
    while step:
        if step % 2:
            w = P @ w + leap
        leap, P, step = leap + P @ leap, P @ P, step // 2
    return w


@compiled
def swings(path: Array, curvatures: Array, starts: Array, momentum: Any) -> None:
    """Write the heavy ball's path from 0 for each curvature; `starts` is the first step."""
    n = len(starts)
    now, move = np.zeros_like(starts), np.zeros_like(starts)
    for k in range(len(path)):
        row = path[k]
        for i in range(n):
            u = now[i]
            row[i] = u
            move[i] = momentum * move[i] + starts[i] - curvatures[i] * u
            now[i] = u + move[i]


@compiled
def outer(path: Array, column: Array, row: Array) -> None:
    """Write each of a column times a row."""
    for k in range(len(path)):
        one, new = column[k, 0], path[k]
        for i in range(len(row)):
            new[i] = one * row[i]


@compiled
def vjp_of(a: Array, v: Array) -> Array:
    """Return vᵀJ of softmax, in two passes and no array but the result."""
    most, both, total = a.max(), a.dtype.type(0), a.dtype.type(0)
    result = np.empty_like(a)
    for i in range(len(a)):
        e = np.exp(a[i] - most)
        result[i] = e
        total += e
        both += e * v[i]
    mean = both / total
    for i in range(len(a)):
        result[i] = result[i] / total * (v[i] - mean)
    return result


@compiled
def through(a: Array, v: Array) -> Array:
    """Return vᵀJ through the J of softmax, each entry of J written once."""
    e = np.exp(a - a.max())
    p = e / e.sum()
    J, result = np.empty((len(a), len(a)), a.dtype), np.zeros_like(v)
    for i in range(len(a)):
        row, one, weight = J[i], -p[i], v[i]
        for j in range(len(a)):
            row[j] = one * p[j]
        row[i] += p[i]
        for j in range(len(a)):  # while the row is in the cache
            result[j] += weight * row[j]
    return result
