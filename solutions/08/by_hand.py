"""Kata 08, quartic learning rates: how one number of a result is worked out."""

import math

from torch import Tensor

from dojo.feedback.by_hand import Entry, bracketed, by_hand, num

FAR = 1e9  # nothing comes back from there
RANKED = 3  # rates of a race that are told of


def slope(x: float) -> float:
    """Return f′(x)."""
    return 4 * x**3 - 150 * x**2 - 1


def height(x: float) -> float:
    """Return f(x); of what left all bounds, inf."""
    return x**4 - 50 * x**3 - x + 1 if math.isfinite(x) else math.inf


def after(x: float, lr: float, steps: int) -> float:
    """Return x after so many steps of descent."""
    for _ in range(steps):
        x = x - lr * slope(x) if abs(x) < FAR else math.inf
    return x


def digits(x: float) -> int:
    """Return how many digits of x matter: near 37.5 the large terms of the slope cancel."""
    return 8 if abs(x - 37.5) < 2 else 5


def place(x: float) -> str:
    """Write an x."""
    return num(x, digits(x))


def sloped(x: float) -> str:
    """Write the slope at x out, up to its =."""
    at = bracketed(x, digits(x))
    return f"4 · {at}³ − 150 · {at}² − 1"


@by_hand("gradient")
def gradient(entry: Entry, x: Tensor) -> str:
    """Put x into the slope of the lesson."""
    return f"{sloped(x[*entry.at].item())} = {entry}"


@by_hand("descend", rows="step")
def descend(entry: Entry, lr: float) -> list[str]:
    """One step from the row above."""
    k, *i = entry.at
    if k == 0:
        return [f"the path begins at x0 = {entry}"]
    x, new = (entry.result[row, *i].item() for row in (k - 1, k))
    return [
        f"the slope at {place(x)}: {sloped(x)} = {num(slope(x))}",
        f"x: {place(x)} − {num(lr)} · {bracketed(slope(x))} = {place(new)}",
    ]


@by_hand("stationary_point")
def stationary_point(entry: Entry, c: float) -> list[str]:
    """The first step of Newton's method, and where the others lead."""
    path = [c]
    for _ in range(4):
        x = path[-1]
        path.append(x - (4 * x**3 - 3 * c * x**2 - 1) / (12 * x**2 - 6 * c * x))
    then = ", ".join(num(x) for x in path[2:])
    at, rise, bend = num(c, 6), num(c**3 - 1, 6), num(6 * c**2, 6)
    return [
        f"the slope at c: 4 · {at}³ − {num(3 * c, 6)} · {at}² − 1 = {rise}",
        f"the curvature at c: 12 · {at}² − {num(6 * c, 6)} · {at} = {bend}",
        f"one step of Newton: {at} − {rise} / {bend} = {num(path[1])}",
        f"then {then} … until it stands still: {num(entry.value, 12)}",
    ]


@by_hand("largest_stable_rate")
def largest_stable_rate(entry: Entry, x: float) -> list[str]:
    """The curvature at x, and 2 divided by it."""
    at, curvature = bracketed(x, 6), num(12 * x**2 - 300 * x, 6)
    return [f"f″: 12 · {at}² − 300 · {at} = {curvature}", f"2 / {curvature} = {entry}"]


@by_hand("best_rate")
def best_rate(entry: Entry, x0: Tensor, lrs: Tensor, steps: int) -> list[str]:
    """Where the rates end, lowest first."""
    ends = {lr: after(x0.item(), lr, steps) for lr in lrs.tolist()}
    ranked = sorted(ends, key=lambda lr: height(ends[lr]))[:RANKED]
    return [
        *(f"{steps} steps at {num(lr)} end {where(ends[lr])}" for lr in ranked),
        f"the lowest f is that of the rate {entry}",
    ]


def where(x: float) -> str:
    """Say where a descent ends."""
    if not math.isfinite(x):
        return "in no number"
    return f"at x = {place(x)}, where f is {num(height(x), digits(x) + 2)}"


@by_hand("steps_to_pass")
def steps_to_pass(entry: Entry, mark: float, x0: float, lr: float) -> list[str]:
    """The last step, which gets to the mark."""
    if entry.value == 0:
        return [f"x0 = {place(x0)} is at the mark {place(mark)} or right of it: t = 0"]
    before = entry.value - 1
    x = after(x0, lr, before)
    new = x - lr * slope(x)
    return [
        f"after step {before} x is {place(x)}, left of the mark {place(mark)}",
        f"the next step: {place(x)} − {num(lr)} · {bracketed(slope(x))} = {place(new)}",
        f"this is the first x at the mark or right of it: t = {entry}",
    ]
