"""What a user without torch would write: plain Python, numpy's loop, numpy's closed forms."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from .cases import CLOSED, FROM_SAMPLES, SLOPE, Array, Case, Given
from .rows import (
    ITERATED,
    JUMP,
    JUMP_KNOWN,
    MATRIX,
    PRODUCT,
    WHOLE,
    WHOLE_KNOWN,
    Row,
    Run,
    plain,
)
from .torch_peers import DESCENTS

CPU = ("cpu",)
FITS = ("parabola", "regression")
KNOWN = ("parabola", "momentum")
CLOSED_FORM: dict[str, Any] = {"devices": CPU, "reads": "nothing"}
MOST = 64  # weights of a closed form through eigenvectors


def floats(case: Case, steps: int) -> Run:
    """Make the loop of Python's own floats."""
    start, lr = float(case.given["w0"]), case.lr

    def call() -> list[float]:
        x, path = start, [start]
        for _ in range(steps):
            x = x - lr * (2 * x - 10)
            path.append(x)
        return path

    return Run(call, lambda path: np.array(path)[:, None])


def loop(case: Case, steps: int) -> Run:
    """Make numpy's loop."""
    given, slope, w0 = case.arrays(), SLOPE[case.size.problem], case.given["w0"].numpy()

    def call() -> Array:
        w, v, path = w0, np.zeros_like(w0), [w0]
        for _ in range(steps):
            grad = slope(w, given)
            v = case.momentum * v + grad if case.momentum else grad
            w = w - case.lr * v
            path.append(w)
        return np.stack(path)

    return Run(call)


def gram(case: Case, steps: int) -> Run:
    """Make numpy's loop on XᵀX and Xᵀy, which are made in the call."""
    given, w0 = case.arrays(), case.given["w0"].numpy()

    def call() -> Array:
        sums = summed(given)
        once = np.eye(len(w0), dtype=w0.dtype) - np.float32(case.lr) * sums["H"]
        push, w, path = np.float32(case.lr) * sums["h"], w0, [w0]
        for _ in range(steps):
            w = once @ w + push
            path.append(w)
        return np.stack(path)

    return Run(call)


def summed(given: Given) -> Given:
    """Return the inputs as the closed forms take them: of a regression its H and h."""
    if "X" not in given:
        return given
    X, y = given["X"], given["y"]
    return {"H": X.T @ X / len(X), "h": X.T @ y / len(X)}


def closed(case: Case, steps: int, *, jump: bool = False) -> Run:
    """Make numpy's whole trace at once, or its last row alone, from X and y."""
    X, y = (t.numpy() for t in case.samples())
    at = FROM_SAMPLES[case.size.problem]

    def call() -> Any:
        return at(np, summed({"X": X, "y": y}), case.rates, exponents(steps, jump=jump))

    return Run(call, lambda trace: case.back(plain(trace)))


def known(case: Case, steps: int, *, jump: bool = False) -> Run:
    """Make the same for who knows the curvature, and where the minimum is."""
    given, at = case.arrays(), CLOSED[case.size.problem]
    return Run(lambda: at(np, given, case.rates, exponents(steps, jump=jump)))


def exponents(steps: int, *, jump: bool) -> Array:
    """Return the steps that a closed form is asked for: all, or the last."""
    return np.array([steps], np.float32) if jump else np.arange(steps + 1, dtype=np.float32)


def softmax(case: Case, steps: int, *, matrix: bool) -> Run:
    """Make a block of so many vᵀJ, through the whole J or without it."""
    given = case.arrays()
    a, v = given["a"], given["v"]

    def call() -> Any:
        result = None
        for _ in range(steps):
            e = np.exp(a - a.max())
            p = e / e.sum()
            result = v @ (np.diag(p) - np.outer(p, p)) if matrix else p * (v - v @ p)
        return result

    return Run(call)


ROWS = [
    Row("Python floats", ITERATED, ("parabola",), floats, devices=CPU),
    Row("numpy loop", ITERATED, DESCENTS, loop, devices=CPU, most_steps=30_000),
    Row("numpy Gram", ITERATED, ("regression",), gram, devices=CPU, reads="Gram"),
    Row("numpy closed form", WHOLE, DESCENTS, closed, most_weights=MOST, **CLOSED_FORM),
    Row(
        *("numpy closed form", JUMP, FITS, partial(closed, jump=True)),
        most_weights=MOST,
        **CLOSED_FORM,
    ),
    Row("numpy closed form", WHOLE_KNOWN, KNOWN, known, **CLOSED_FORM),
    Row(
        *("numpy closed form", JUMP_KNOWN, ("parabola",), partial(known, jump=True)),
        **CLOSED_FORM,
    ),
    Row("numpy J", MATRIX, ("softmax",), lambda c, s: softmax(c, s, matrix=True), devices=CPU),
    Row("numpy", PRODUCT, ("softmax",), lambda c, s: softmax(c, s, matrix=False), devices=CPU),
]
