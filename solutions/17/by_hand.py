"""Kata 17, Himmelblau's function with Adam: how one number of a result is worked out."""

import torch
from torch import Tensor

from dojo.feedback.by_hand import Entry, bracketed, by_hand, num

BETA1, BETA2, EPS = 0.9, 0.999, 1e-8
EXACT = 7  # digits of a point: near a minimum the brackets are small


def brackets(p: Tensor) -> tuple[Tensor, Tensor]:
    """Return a and b at every point."""
    x, y = p.double().unbind(-1)
    return x**2 + y - 11, x + y**2 - 7


def slopes(p: Tensor) -> Tensor:
    """Return the gradient of f at every point."""
    x, y = p.double().unbind(-1)
    a, b = brackets(p)
    return torch.stack([4 * x * a + 2 * b, 2 * a + 4 * y * b], dim=-1)


def curvatures(p: Tensor) -> Tensor:
    """Return H at one point, [2, 2]."""
    x, y = p.double().unbind(-1)
    rows = [12 * x**2 + 4 * y - 42, 4 * x + 4 * y, 4 * x + 4 * y, 4 * x + 12 * y**2 - 26]
    return torch.stack(rows).reshape(2, 2)


def pair(p: Tensor) -> str:
    """Write a point, or two slopes."""
    return f"({', '.join(num(x) for x in p)})"


def both_brackets(p: Tensor) -> list[str]:
    """The two brackets at a point."""
    (a, b), (x, y) = brackets(p), p
    return [
        f"a: {bracketed(x, EXACT)}² + {bracketed(y, EXACT)} − 11 = {num(a)}",
        f"b: {num(x, EXACT)} + {bracketed(y, EXACT)}² − 7 = {num(b)}",
    ]


@by_hand("f", rows="point")
def f(entry: Entry, p: Tensor) -> list[str]:
    """Both brackets, squared."""
    p = p[*entry.at]
    a, b = brackets(p)
    return [*both_brackets(p), f"f: {bracketed(a)}² + {bracketed(b)}² = {entry}"]


@by_hand("gradient", rows="point")
def gradient(entry: Entry, p: Tensor) -> list[str]:
    """Both brackets, and the slope along x or y."""
    *i, coordinate = entry.at
    p = p[*i]
    a, b = (bracketed(part) for part in brackets(p))
    along = [
        f"along x: 4 · {bracketed(p[0])} · {a} + 2 · {b}",
        f"along y: 2 · {a} + 4 · {bracketed(p[1])} · {b}",
    ]
    return [*both_brackets(p), f"{along[coordinate]} = {entry}"]


@by_hand("newton", rows="step")
def newton(entry: Entry) -> list[str]:
    """One step from the row above: the gradient, H, and the move."""
    t, *i, c = entry.at
    if t == 0:
        return [f"the path begins at {'xy'[c]} = {entry}"]
    p = entry.result[t - 1, *i]
    H, grad = curvatures(p), slopes(p)
    move = torch.linalg.solve(H, grad)
    row = " + ".join(f"{bracketed(h)} · {bracketed(m)}" for h, m in zip(H[c], move, strict=True))
    return [
        f"H at {pair(p)}: ({pair(H[0])}, {pair(H[1])})",
        f"H · move = gradient, row {c}: {row} = {num(grad[c])}",
        f"{'xy'[c]}: {num(p[c])} − {bracketed(move[c])} = {entry}",
    ]


def remembered(seen: Tensor) -> tuple[float, float]:
    """Return Adam's m and s after these slopes."""
    m = s = 0.0
    for slope in seen.tolist():
        m = BETA1 * m + (1 - BETA1) * slope
        s = BETA2 * s + (1 - BETA2) * slope**2
    return m, s


@by_hand("descend", rows="step")
def descend(entry: Entry, lr: float) -> list[str]:
    """One step of Adam from the row above; m and s are what the slopes of all rows above tell."""
    t, *i, c = entry.at
    if t == 0:
        return [f"the path begins at {'xy'[c]} = {entry}"]
    path = entry.result[:, *i]
    seen = slopes(path[:t])[:, c]
    (old_m, old_s), (m, s), slope = remembered(seen[:-1]), remembered(seen), bracketed(seen[-1])
    mean, square = m / (1 - BETA1**t), s / (1 - BETA2**t)
    return [
        f"slope {num(seen[-1])}; m: {BETA1} · {bracketed(old_m)} + 0.1 · {slope} = {num(m)}",
        f"s: {BETA2} · {num(old_s)} + 0.001 · {slope}² = {num(s)}",
        f"m̂: m / (1 − {BETA1}^{t}) = {num(mean)}; ŝ: s / (1 − {BETA2}^{t}) = {num(square)}",
        f"{'xy'[c]}: {num(path[t - 1, c])} − {num(lr)} · {bracketed(mean)} / "
        f"(√({num(square)}) + {num(EPS)}) = {entry}",
    ]


@by_hand("grid")
def grid(entry: Entry, low: float, spacing: float) -> list[str]:
    """A tick of the row or of the column."""
    row, column, coordinate = entry.at
    letter, of, tick = ("x", "column", column) if coordinate == 0 else ("y", "row", row)
    return [
        f"{letter} is the tick of the {of}, tick {tick}:",
        f"{num(low)} + {tick} · {num(spacing)} = {entry}",
    ]


def end_of(p: Tensor, lr: float, steps: int) -> Tensor:
    """Return where Adam ends from one point."""
    p = p.double()
    m, s = torch.zeros_like(p), torch.zeros_like(p)
    for t in range(1, steps + 1):
        slope = slopes(p)
        m = BETA1 * m + (1 - BETA1) * slope
        s = BETA2 * s + (1 - BETA2) * slope**2
        p = p - lr * (m / (1 - BETA1**t)) / ((s / (1 - BETA2**t)).sqrt() + EPS)
    return p


@by_hand("basins", rows="start")
def basins(entry: Entry, starts: Tensor, minima: Tensor, lr: float, steps: int) -> list[str]:
    """Where a start leads, and how far that is from each minimum."""
    start = starts[*entry.at]
    end = end_of(start, lr, steps)
    minimum = minima[entry.value]
    distances = (end - minima.double()).square().sum(-1)
    parts = " + ".join(
        f"({num(mine)} − {bracketed(its)})²" for mine, its in zip(end, minimum, strict=True)
    )
    return [
        f"from {pair(start)}, {steps} steps of Adam end at {pair(end)}",
        f"{pair(minimum)} is nearest: {parts} = {num(distances[entry.value])}",
        f"squared distances: {', '.join(num(d) for d in distances)}; least in row {entry}",
    ]
