"""Kata 03, closed form learning rate: how one number, or word, of a result is worked out."""

import math

from torch import Tensor

from dojo.feedback.by_hand import Entry, bracketed, by_hand, num

MEANS = {
    "monotone": "less than 1: closer, and never past the minimum",
    "one step": "1, to one part in 10⁹: the step ends on the minimum",
    "alternating": "between 1 and 2: past the minimum, yet closer",
    "cycling": "2, to one part in 10⁹: as far away, on the other side",
    "diverging": "more than 2: past the minimum, and farther away",
}


@by_hand("descend", rows="step")
def descend(entry: Entry, lr: float) -> list[str]:
    """One step from the row above."""
    t, *i = entry.at
    if t == 0:
        return [f"the path begins at x0 = {entry}"]
    x = entry.result.double()[t - 1, *i]
    return [
        f"the slope of 4x² at {num(x)}: 8 · {bracketed(x)} = {num(8 * x)}",
        f"x − lr · slope: {num(x)} − {num(lr)} · {bracketed(8 * x)} = {entry}",
    ]


@by_hand("one_step_learning_rate")
def one_step_learning_rate(entry: Entry, a: float) -> list[str]:
    """The rate whose factor is 0."""
    return [
        "after one step 1 − 2·a·lr of the distance is left; that is to be 0",
        f"lr: 1 / (2 · {num(a)}) = {entry}",
    ]


@by_hand("learning_rate_to_reach")
def learning_rate_to_reach(entry: Entry, target: float, x0: float, grad: float) -> list[str]:
    """The way to the target, over the slope."""
    return [
        f"the step x0 − lr · grad is to end at target: {num(x0)} − lr · {bracketed(grad)} = "
        f"{num(target)}",
        f"lr: ({num(x0)} − {bracketed(target)}) / {bracketed(grad)} = {entry}",
    ]


@by_hand("behaviour")
def behaviour(entry: Entry, lr: float, a: float) -> list[str]:
    """Which part of the distance a step covers, and what follows from it."""
    share = 2 * a * lr
    near = math.isclose(share, round(share), rel_tol=1e-5)
    digits = 9 if near else 5  # so that a border and what is beside it look different
    return [
        f"a step covers 2·a·lr of the way: 2 · {num(a, digits)} · {num(lr, digits)} = "
        f"{num(share, digits)}",
        f"{MEANS[entry.value]}: {entry}",
    ]


@by_hand("sweep")
def sweep(entry: Entry, x0: Tensor, lrs: Tensor) -> list[str]:
    """f(x0), or the loss before times the factor squared."""
    i, n = entry.at
    if n == 0:
        x = x0.flatten()[0]
        return [f"before the first update x is x0, and its loss 4 · {bracketed(x)}² = {entry}"]
    factor, before = 1 - 8 * lrs[i], entry.result[i, n - 1]
    return [
        f"at rate {num(lrs[i])} a step multiplies x by 1 − 8 · {num(lrs[i])} = {num(factor)},",
        f"so 4x² by the square of it: {num(before)} · {bracketed(factor)}² = {entry}",
    ]
