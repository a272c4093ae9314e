"""Kata 06, matrix regression: how one number of a result is worked out."""

from torch import Tensor

from dojo.feedback.by_hand import Entry, added, bracketed, by_hand, num

MOST = 5  # residuals that are listed


def listed(numbers: Tensor) -> str:
    """Write numbers one after the other; of many the first ones."""
    shown = ", ".join(num(x) for x in numbers.flatten()[:MOST])
    return shown if numbers.numel() <= MOST else f"{shown}, …"


def slope(X: Tensor, residuals: Tensor, j: int) -> str:
    """Column j of X times the residuals, over m."""
    pairs = zip(X[:, j], residuals.flatten(), strict=True)
    terms = [f"{num(x)} · {bracketed(r)}" for x, r in pairs]
    return f"({added(terms, 'samples')}) / {len(X)}"


@by_hand("design_matrix", rows="sample")
def design_matrix(entry: Entry) -> str:
    """A feature, as it was, or the one at the end."""
    i, j = entry.at
    if j == entry.result.shape[1] - 1:
        return "the last column, of the intercept, holds ones: 1"
    return f"the features come first, as they are in x: row {i} has {entry} there"


@by_hand("loss")
def loss(entry: Entry, X: Tensor, y: Tensor, w: Tensor) -> list[str]:
    """The squares of the residuals, over 2m."""
    residuals = X @ w - y
    squares = (residuals**2).flatten()
    return [
        f"the residuals Xw − y: {listed(residuals)}",
        f"squared: {added([num(s) for s in squares], 'samples')} = {num(squares.sum())}",
        f"over 2m: {num(squares.sum())} / (2 · {len(X)}) = {entry}",
    ]


@by_hand("gradient", rows="weight")
def gradient(entry: Entry, X: Tensor, y: Tensor, w: Tensor) -> list[str]:
    """One column of X times the residuals, over m."""
    j, _ = entry.at
    residuals = X @ w - y
    return [
        f"the residuals Xw − y: {listed(residuals)}",
        f"column {j} of X times them, over m: {slope(X, residuals, j)} = {entry}",
    ]


@by_hand("descend", rows="step")
def descend(entry: Entry, X: Tensor, y: Tensor, lr: float) -> list[str]:
    """One step from the row above."""
    t, j, _ = entry.at
    if t == 0:
        return [f"the path begins at w = {entry}"]
    w = entry.result[t - 1]
    residuals = X @ w - y
    along = X[:, j] @ residuals[:, 0] / len(X)
    return [
        f"the residuals at step {t - 1}: {listed(residuals)}",
        f"slope {j}: {slope(X, residuals, j)} = {num(along)}",
        f"weight {j}: {num(w[j])} − {num(lr)} · {bracketed(along)} = {entry}",
    ]
