"""Kata 09, direction and step: how one number of a result is worked out."""

import math

from torch import Tensor

from dojo.feedback.by_hand import Entry, added, bracketed, by_hand, num

WEIGHTS = ("a", "b")


def residuals(a: float, b: float) -> tuple[float, float]:
    """Return how far the line misses (1, 2) and (3, 4)."""
    return 2 - a - b, 4 - 3 * a - b


def slopes(a: float, b: float) -> tuple[float, float]:
    """Return the gradient of SSE."""
    r, s = residuals(a, b)
    return -2 * r - 6 * s, -2 * r - 2 * s


def sloped(j: int, r: float, s: float) -> str:
    """Write the slope along a weight out, up to its =."""
    return f"slope along {WEIGHTS[j]}: −2 · {bracketed(r)} − {(6, 2)[j]} · {bracketed(s)}"


def squared(number: float) -> str:
    """Write a square."""
    text = bracketed(number)
    return f"({text})²" if "e" in text and "(" not in text else f"{text}²"


@by_hand("value_and_gradient", outputs=("SSE", "the gradient"))
def value_and_gradient(entry: Entry, point: Tensor) -> list[str]:
    """Both residuals, and what is made of them."""
    a, b = point.tolist()
    r, s = residuals(a, b)
    is_sse = entry.at[0] == 0
    last = f"SSE: {squared(r)} + {squared(s)}" if is_sse else sloped(entry.at[1], r, s)
    return [
        f"r: 2 − {bracketed(a)} − {bracketed(b)} = {num(r)}",
        f"s: 4 − 3 · {bracketed(a)} − {bracketed(b)} = {num(s)}",
        f"{last} = {entry}",
    ]


@by_hand("direction")
def direction(entry: Entry, grad: Tensor) -> list[str]:
    """An entry, against it, over the length of them all."""
    numbers = grad.tolist()
    length = num(math.hypot(*numbers))
    return [
        f"the length: √({added([squared(n) for n in numbers])}) = {length}",
        f"against the gradient: −{bracketed(numbers[entry.at[0]])} / {length} = {entry}",
    ]


@by_hand("exact_line_search")
def exact_line_search(entry: Entry, point: Tensor) -> list[str]:
    """Slope and curvature of SSE along the gradient (g, h)."""
    g, h = slopes(*point.tolist())
    curvature = num(2 * (g + h) ** 2 + 2 * (3 * g + h) ** 2)
    return [
        f"the gradient there is ({num(g)}, {num(h)})",
        f"slope at t = 0: −({squared(g)} + {squared(h)}) = {num(-g * g - h * h)}",
        f"curvature: 2 · ({num(g)} + {bracketed(h)})² + 2 · (3 · {bracketed(g)} + {bracketed(h)})²"
        f" = {curvature}",
        f"−slope / curvature: {num(g * g + h * h)} / {curvature} = {entry}",
    ]


@by_hand("descend_until", rows="step")
def descend_until(entry: Entry, lr: float, tolerance: float) -> list[str]:
    """One step from the row above, for one of the weights; and why it is the last, if it is."""
    k, j = entry.at
    if k == 0:
        return [f"the path begins at {WEIGHTS[j]} = {entry}"]
    before = entry.result[k - 1].tolist()
    a, b = before
    r, s = residuals(a, b)
    step = slopes(a, b)[j]
    return [
        *stopping([abs(lr * slope) for slope in slopes(a, b)], tolerance),
        f"at ({num(a)}, {num(b)}): r = {num(r)} and s = {num(s)}",
        f"{sloped(j, r, s)} = {num(step)}",
        f"{WEIGHTS[j]}: {num(before[j])} − {num(lr)} · {bracketed(step)} = {entry}",
    ]


def stopping(moves: list[float], tolerance: float) -> list[str]:
    """Say why a step is the last one, if it is."""
    if max(moves) >= tolerance:
        return []
    a, b = (num(move) for move in moves)
    return [f"it moves {a} and {b}, both below {num(tolerance)}: the last step"]


@by_hand("parabola", outputs=("p", "q", "r"))
def parabola(entry: Entry, x: Tensor, y: Tensor) -> str:
    """A sum over the points."""
    terms = [
        [squared(number) for number in x.tolist()],
        [f"{bracketed(a)} · {bracketed(b)}" for a, b in zip(x.tolist(), y.tolist(), strict=True)],
        [squared(number) for number in y.tolist()],
    ]
    total = added(terms[entry.at[0]], "points")
    return f"−2 · ({total}) = {entry}" if entry.at[0] == 1 else f"{total} = {entry}"


@by_hand("descend_scaled", rows="step")
def descend_scaled(entry: Entry, x: Tensor, y: Tensor, alpha: float) -> list[str]:
    """One step from the w above: its slope and the curvature."""
    (k,) = entry.at
    if k == 0:
        return [f"the path begins at w0 = {entry}"]
    w, p, q = entry.result[k - 1].item(), (x @ x).item(), -2 * (x @ y).item()
    slope, curvature = num(2 * p * w + q), num(2 * p)
    return [
        f"slope: 2p · w + q, which is {curvature} · {bracketed(w)} + {bracketed(q)} = {slope}",
        f"curvature: 2p, which is 2 · {num(p)} = {curvature}",
        f"w: {num(w)} − {num(alpha)} · {bracketed(slope)} / {curvature} = {entry}",
    ]
