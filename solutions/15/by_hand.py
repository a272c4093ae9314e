"""Kata 15, least squares and ridge: how one number of a result is worked out."""

from collections.abc import Sequence

import torch
from torch import Tensor

from dojo.feedback.by_hand import Entry, added, bracketed, by_hand, num


def joined(terms: Sequence[str], of: str = "terms") -> str:
    """Write a sum: a term below 0 is taken away."""
    return added(terms, of).replace("+ −", "− ")


def solved(entry: Entry, row: Tensor, right: Tensor, equations: str, own: str = "") -> list[str]:
    """One row of the equations, and its own weight from it, where the others are right.

    own: what stands before that weight, if it is more than a number
    """
    i = entry.at[0]
    w = entry.result.flatten()
    others = [j for j in range(len(w)) if j != i and row[j] != 0]
    before = {j: num(row[j]) for j in others} | {i: own or num(row[i])}
    left = joined([f"{before[j]} · w{j}" for j in sorted(before)])
    rest = joined([num(right), *(f"{num(-row[j])} · {bracketed(w[j])}" for j in others)])
    alone = f"if the others are right: w{i} = ({rest})" if others else f"w{i} = {rest}"
    return [
        f"row {i} of {equations}: {left} = {num(right)}",
        f"{alone} / {own or bracketed(row[i])} = {entry}",
    ]


@by_hand("normal_equations", rows="weight")
def normal_equations(entry: Entry, X: Tensor, y: Tensor) -> list[str]:
    """A weight from its row of XᵀX w = Xᵀy."""
    X, column = X.double(), X.double()[:, entry.at[0]]
    return solved(entry, column @ X, column @ y.double(), "XᵀX w = Xᵀy")


@by_hand("by_qr", rows="weight")
def by_qr(entry: Entry, X: Tensor, y: Tensor) -> list[str]:
    """A weight from its row of R w = Qᵀy, in which no weight before it stands."""
    Q, R = torch.linalg.qr(X.double())
    i = entry.at[0]
    return solved(entry, R[i], Q[:, i] @ y.double(), "R w = Qᵀy")


@by_hand("minimum_norm", rows="weight")
def minimum_norm(entry: Entry, X: Tensor, y: Tensor) -> list[str]:
    """What the shortest w comes to, and a row of X⁺ times y."""
    i = entry.at[0]
    w = entry.result.double()
    error = ((X.double() @ w - y.double()) ** 2).sum()
    SSE = 0 if error < 1e-9 * (y.double() ** 2).sum() else error  # what rounding leaves of 0
    row = torch.linalg.pinv(X)[i]
    terms = [f"{num(x)} · {bracketed(wanted)}" for x, wanted in zip(row, y, strict=True)]
    return [
        f"the smallest SSE is {num(SSE)}; the shortest w with it has length {num(w.norm())}",
        f"row {i} of X⁺ times y: {joined(terms, 'samples')} = {entry}",
    ]


@by_hand("ridge", rows="weight")
def ridge(entry: Entry, X: Tensor, y: Tensor, lam: float) -> list[str]:
    """A weight from its row of (XᵀX + λI) w = Xᵀy."""
    i = entry.at[0]
    X, column = X.double(), X.double()[:, i]
    row = column @ X
    own = f"({num(row[i])} + {num(lam)})"
    return solved(entry, row, column @ y.double(), "(XᵀX + λI) w = Xᵀy", own)


@by_hand("ridge_path")
def ridge_path(entry: Entry, X: Tensor, y: Tensor, lams: Tensor) -> list[str]:
    """What each singular value makes of Uᵀy, and a row of V times that."""
    i, j, _ = entry.at
    U, sigma, Vh = torch.linalg.svd(X.double(), full_matrices=False)
    seen, lam = (U.T @ y.double()).flatten(), num(lams[i])
    factor = sigma / (sigma**2 + lams[i])
    made = factor * seen
    others = ", ".join(num(x) for x in made[1:])
    terms = [f"{num(v)} · {bracketed(x)}" for v, x in zip(Vh[:, j], made, strict=True)]
    return [
        f"the first σ / (σ² + λ): {num(sigma[0])} / ({num(sigma[0])}² + {lam}) = {num(factor[0])}",
        f"with Uᵀy: {num(factor[0])} · {bracketed(seen[0])} = {num(made[0])}"
        + (f"; others: {others}" if others else ""),
        f"row {j} of V times these: {joined(terms)} = {entry}",
    ]


@by_hand("descend", rows="step")
def descend(entry: Entry, X: Tensor, y: Tensor, lam: float, lr: float) -> list[str]:
    """One step from the row above: the slope of SSE / 2m, and the decay."""
    t, i, _ = entry.at
    if t == 0:
        return [f"the path begins at w = {entry}"]
    w = entry.result[t - 1].double()
    column, off = X.double()[:, i], (X.double() @ w - y.double()).flatten()
    terms = [f"{num(x)} · {bracketed(e)}" for x, e in zip(column, off, strict=True)]
    slope, decay = column @ off / len(X), num(lam / len(X))
    old = num(w[i, 0]), bracketed(w[i, 0])
    return [
        f"weight_decay is {decay}; slope: column {i} of X times Xw − y, over m:",
        f"({joined(terms, 'samples')}) / {len(X)} = {num(slope)}",
        f"w{i}: {old[0]} − {num(lr)} · ({num(slope)} + {decay} · {old[1]}) = {entry}",
    ]
