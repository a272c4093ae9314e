"""Kata 07, step throughput: how one number of a result is worked out."""

import torch
from torch import Tensor

from dojo.feedback.by_hand import Entry, added, bracketed, by_hand, num

LINE = 72  # characters that a line of a sum has room for


def products(row: Tensor, column: Tensor) -> str:
    """A row times a column, as a sum."""
    return added([f"{num(a)} · {bracketed(b)}" for a, b in zip(row, column.flatten(), strict=True)])


def gram(X: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Return A = XᵀX/m and b = Xᵀy/m."""
    return X.T @ X / len(X), X.T @ y / len(X)


@by_hand("without_graph", rows="step")
def without_graph(entry: Entry, X: Tensor, y: Tensor, lr: float) -> list[str]:
    """One step of kata 06 from the row above."""
    k, j, _ = entry.at
    if k == 0:
        return [f"the trace begins at w = {entry}"]
    w = entry.result[k - 1]
    residuals = X @ w - y
    slope = X[:, j] @ residuals[:, 0] / len(X)
    return [
        f"the slope of weight {j}, column {j} of X times Xw − y, over m:",
        f"({products(X[:, j], residuals)}) / {len(X)} = {num(slope)}",
        f"weight {j}: {num(w[j])} − {num(lr)} · {bracketed(slope)} = {entry}",
    ]


by_hand("in_place", rows="step")(without_graph)


@by_hand("by_gram", rows="step")
def by_gram(entry: Entry, X: Tensor, y: Tensor, lr: float) -> list[str]:
    """One step from the row above, with A and b."""
    k, j, _ = entry.at
    if k == 0:
        return [f"the trace begins at w = {entry}"]
    w, (A, b) = entry.result[k - 1], gram(X, y)
    slope = A[j] @ w[:, 0] - b[j, 0]
    less = f"({products(A[j], w)}) − {bracketed(b[j])}"
    return [
        f"the slope of weight {j}, row {j} of A times w, less entry {j} of b:",
        f"{less} = {num(slope)}",
        f"weight {j}: {num(w[j])} − {num(lr)} · {bracketed(slope)} = {entry}",
    ]


def along_eigenvectors(X: Tensor, y: Tensor, lr: float) -> tuple[Tensor, Tensor, Tensor]:
    """Return p = 1 − lr·λ and c = lr · Qᵀb, both [n], and Q."""
    A, b = gram(X, y)
    curvatures, Q = torch.linalg.eigh(A)
    return 1 - lr * curvatures, lr * Q.T @ b[:, 0], Q


def start(p: Tensor, c: Tensor) -> str:
    """What the steepest direction brings: the last one, as eigh returns them."""
    return f"along the last q: p = 1 − lr·λ = {near_one(p[-1])}; c = {num(c[-1])}"


def near_one(p: Tensor) -> str:
    """Write p with enough digits for 1 − p to have some."""
    return num(p, 5 if abs(1 - p) > 0.01 else 9)


def back(Q: Tensor, u: Tensor, entry: Entry, j: int) -> str:
    """One weight of all entries of u."""
    return f"row {j} of Q times u: {products(Q[j], u)} = {entry}"


def powers(p: Tensor, k: int) -> str:
    """Write 1 + p + … + p^(k − 1)."""
    base = bracketed(p)
    terms = ["1", base, *(f"{base}^{i}" for i in range(2, k))][:k]
    return " + ".join(terms if k <= 3 else [*terms[:2], "…", terms[-1]])


@by_hand("whole_trace", rows="step")
def whole_trace(entry: Entry, X: Tensor, y: Tensor, lr: float) -> list[str]:
    """The powers of p so far, times c, along each eigenvector."""
    k, j, _ = entry.at
    if k == 0:
        return [f"before the first step there is no power to add: w = {entry}"]
    p, c, Q = along_eigenvectors(X, y, lr)
    u = sum(p**i for i in range(k)) * c
    return [
        start(p, c),
        f"there u is ({powers(p[-1], k)}) · {bracketed(c[-1])} = {num(u[-1])}",
        back(Q, u, entry, j),
    ]


@by_hand("jump", rows="weight")
def jump(entry: Entry, X: Tensor, y: Tensor, lr: float, step: int) -> list[str]:
    """The sum of the powers in one go, times c, along each eigenvector."""
    j, _ = entry.at
    if step == 0:
        return [f"no step is taken: w = {entry}"]
    p, c, Q = along_eigenvectors(X, y, lr)
    u = torch.where(p == 1, step, (1 - p**step) / (1 - p)) * c
    still = (p == 1).nonzero().flatten().tolist()
    if still:
        i = still[0]
        return [
            f"along q{i} p = 1, so s = step = {step}; c = {num(c[i])}",
            f"there u is {step} · {bracketed(c[i])} = {num(u[i])}",
            back(Q, u, entry, j),
        ]
    base = near_one(p[-1])
    power = f"({base})^{step}" if p[-1] < 0 else f"{base}^{step}"
    return [
        start(p, c),
        f"there u is (1 − {power}) / (1 − {base}) · {bracketed(c[-1])} = {num(u[-1])}",
        back(Q, u, entry, j),
    ]


@by_hand("momentum_trace", rows="step")
def momentum_trace(entry: Entry, X: Tensor, y: Tensor, lr: float, momentum: float) -> list[str]:
    """The moves d so far, along each eigenvector."""
    k, j, _ = entry.at
    if k == 0:
        return [f"before the first move w = {entry}"]
    p, c, Q = along_eigenvectors(X, y, lr)
    pairs = [(torch.zeros_like(c), c)]
    for _ in range(k):
        d, e = pairs[-1]
        new = momentum * d + e
        pairs.append((new, e - (1 - p) * new))
    d, e = pairs[-2]
    before = sum((pair[0] for pair in pairs[:-1]), torch.zeros_like(c))
    u = before + pairs[-1][0]
    kept = added([f"{num(momentum)} · {bracketed(d[-1])}", num(e[-1])])
    new = f"{kept} = {num(pairs[-1][0][-1])}"
    grown = added([num(before[-1]), num(pairs[-1][0][-1])])
    told = [f"the last q, new d: {new}", f"there u grows by it: {grown} = {num(u[-1])}"]
    if k > 1:
        d, e = pairs[-3]
        terms = [f"−{num((1 - p[-1]) * momentum)} · {bracketed(d[-1])}"]
        terms.append(f"{num(p[-1])} · {bracketed(e[-1])}")
        whole = [f"last q, e: {added(terms)} = {num(pairs[-2][1][-1])}"]
        whole.append(f"new d: {new}; u grows to {num(u[-1])}")
        told = whole if max(map(len, whole)) <= LINE else told
    return [*told, back(Q, u, entry, j)]
