"""Kata 02, gradient accumulation: how one number of a result is worked out."""

from torch import Tensor

from dojo.feedback.by_hand import Entry, added, bracketed, by_hand, num


@by_hand("accumulate")
def accumulate(entry: Entry, x: Tensor) -> list[str]:
    """What was there, and 2x more."""
    k, *i = entry.at
    slope = f"2 · {bracketed(x[*i])} = {num(2 * x[*i])}"
    if k == 0:
        return ["x² has the slope 2x, and .grad was empty before the first backward:", slope]
    held = entry.result[k - 1, *i]
    return [
        f"each backward finds the slope 2x: {slope}",
        f"it is added to what .grad held: {num(held)} + {bracketed(2 * x[*i])} = {entry}",
    ]


@by_hand("clear_each_round")
def clear_each_round(entry: Entry, x: Tensor) -> str:
    """2x, each time."""
    _, *i = entry.at
    return (
        f".grad was cleared, so it holds 2x, of this round alone: 2 · {bracketed(x[*i])} = {entry}"
    )


@by_hand("replay", rows="batch")
def replay(entry: Entry, grads: Tensor, lr: float, clear: bool) -> list[str]:
    """One step from the row above, with what .grad holds."""
    t, *i = entry.at
    if t == 0:
        return [f"the path begins at theta0 = {entry}"]
    so_far, before = grads[:t, *i], entry.result[t - 1, *i]
    held = so_far[-1] if clear else so_far.sum()
    return [
        told(so_far, clear=clear),
        f"θ − lr · .grad: {num(before)} − {num(lr)} · {bracketed(held)} = {entry}",
    ]


def told(grads: Tensor, *, clear: bool) -> str:
    """What .grad holds after these gradients."""
    if clear or len(grads) == 1:
        return f".grad holds the gradient of this batch alone: {num(grads[-1])}"
    total = f"{added([num(g) for g in grads], 'gradients')} = {num(grads.sum())}"
    return f".grad, never cleared, holds all so far: {total}"


@by_hand("in_microbatches", rows="weight")
def in_microbatches(entry: Entry, X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> list[str]:
    """The slopes of the rows, added up in each micro-batch, each over all rows."""
    j, _ = entry.at
    m, x = len(X), X[:, j]
    errors = (X @ w - y)[:, 0]
    slopes = 2 * errors * x
    sums = [part.sum() for part in slopes.split(batch_size)]
    first = added([num(s) for s in slopes[:batch_size]], "rows")
    shares = added([f"{num(s)} / {m}" for s in sums], "micro-batches")
    return [
        f"row 0, error {num(errors[0])}: its slope is "
        f"2 · {bracketed(errors[0])} · {bracketed(x[0])} = {num(slopes[0])}",
        f"micro-batch 0 adds up: {first} = {num(sums[0])}",
        f"each over all {m} rows: {shares} = {entry}",
    ]
