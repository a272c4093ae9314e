"""Kata 01, manual update: how one number of a result is worked out."""

from torch import Tensor

from dojo.feedback.by_hand import Entry, bracketed, by_hand, num


def slope(x: Tensor) -> str:
    """f′ at one x, as a sum."""
    return f"the slope 2x − 10 at {num(x)}: 2 · {bracketed(x)} − 10 = {num(2 * x - 10)}"


@by_hand("gradient")
def gradient(entry: Entry, x: Tensor) -> str:
    """2x − 10."""
    return slope(x[*entry.at])


@by_hand("update")
def update(entry: Entry, x: Tensor, grad: Tensor, lr: float) -> str:
    """x less lr times the slope."""
    at = entry.at
    return f"x − lr · grad: {num(x[*at])} − {num(lr)} · {bracketed(grad[*at])} = {entry}"


@by_hand("descend", rows="step")
def descend(entry: Entry, lr: float) -> list[str]:
    """One step from the row above."""
    t, *i = entry.at
    if t == 0:
        return [f"the path begins at x0 = {entry}"]
    x = entry.result.double()[t - 1, *i]
    return [slope(x), f"x − lr · slope: {num(x)} − {num(lr)} · {bracketed(2 * x - 10)} = {entry}"]
