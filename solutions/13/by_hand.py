"""Kata 13, perceptron gradients: how one number of a result is worked out."""

import torch
from torch import Tensor

from dojo.feedback.by_hand import Entry, added, bracketed, by_hand, num

ROOM = 90  # characters of a sum


def products(left: Tensor, right: Tensor, of: str) -> str:
    """Write two rows of numbers, multiplied one by one and added up."""
    pairs = zip(left, right, strict=True)
    terms = [f"{num(a)} · {bracketed(b)}" for a, b in pairs]
    written = added(terms, of)
    return written if len(written) <= ROOM else added([*terms[:2], f"… ({len(terms)} {of})"])


def weighted_sum(x: Tensor, w: Tensor) -> tuple[str, str]:
    """Write z as a sum, and what o is of it."""
    z = x.double() @ w.double()
    return f"{products(x, w, 'inputs')} = {num(z)}", f"1 / (1 + exp(−{bracketed(z)}))"


@by_hand("output", rows="sample")
def output(entry: Entry, X: Tensor, W: Tensor) -> list[str]:
    """The weighted sum of one sample in one unit, and its sigmoid."""
    i, k = entry.at
    z, o = weighted_sum(X[i], W[k])
    return [f"row {i} of X with row {k} of W: {z}", f"σ of that sum: {o} = {entry}"]


@by_hand("loss")
def loss(entry: Entry, o: Tensor, t: Tensor) -> list[str]:
    """The squares of all errors, and half of their sum."""
    pairs = list(zip(o.flatten(), t.flatten(), strict=True))
    squares = added([f"({num(a)} − {bracketed(b)})²" for a, b in pairs])
    total = ((o.double() - t.double()) ** 2).sum()
    return [f"Σ (o − t)²: {squares} = {num(total)}", f"half of it: {num(total)} / 2 = {entry}"]


@by_hand("unit_gradient", rows="weight")
def unit_gradient(entry: Entry, x: Tensor, w: Tensor, t: float) -> list[str]:
    """z, o, and δ times the input."""
    (j,) = entry.at
    z, written = weighted_sum(x, w)
    o = torch.sigmoid(x.double() @ w.double())
    return [
        f"z: {z}; o: {written} = {num(o)}",
        f"δ · x: {slope(o, t)} · {bracketed(x[j])} = {entry}",
    ]


def slope(o: Tensor, t: Tensor | float) -> str:
    """Write δ, how E answers to the weighted sum behind an output."""
    return f"({num(o)} − {bracketed(t)}) · {num(o)} · (1 − {num(o)})"


@by_hand("delta", rows="sample")
def delta(entry: Entry, o: Tensor, t: Tensor) -> str:
    """Two links of the chain."""
    return f"(o − t) o (1 − o): {slope(o[*entry.at], t[*entry.at])} = {entry}"


@by_hand("gradient", rows="unit")
def gradient(entry: Entry, X: Tensor, W: Tensor, t: Tensor) -> list[str]:
    """The δ of one unit, and the samples' shares of one of its weights."""
    of_first, shares, _ = chain(entry, X, W, t)
    return [of_first, f"{shares} = {entry}"]


@by_hand("gradient_of_mse", rows="unit")
def gradient_of_mse(entry: Entry, X: Tensor, W: Tensor, t: Tensor) -> list[str]:
    """The gradient of E, and what is different in a mean."""
    of_first, shares, of_sum = chain(entry, X, W, t)
    m, K = t.shape
    return [
        of_first,
        f"{shares} = {num(of_sum)}",
        f"a mean of m·K squares, no ½: 2 / ({m} · {K}) · {bracketed(of_sum)} = {entry}",
    ]


def chain(entry: Entry, X: Tensor, W: Tensor, t: Tensor) -> tuple[str, str, Tensor]:
    """Write the first sample's δ, and each δ times its input; return the gradient of E, too."""
    k, j = entry.at
    o = torch.sigmoid(X.double() @ W[k].double())
    deltas = (o - t[:, k]) * o * (1 - o)
    of_first = f"the first δ: {slope(o[0], t[0, k])} = {num(deltas[0])}"
    shares = f"δ · input {j}, over all samples: {products(deltas, X[:, j], 'samples')}"
    return of_first, shares, deltas @ X[:, j].double()
