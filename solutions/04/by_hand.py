"""Kata 04, momentum oscillation: how one number of a result is worked out."""

import math

import torch
from torch import Tensor

from dojo.feedback.by_hand import Entry, bracketed, by_hand, num


@by_hand("average_weights")
def average_weights(entry: Entry, beta: float) -> str:
    """What is left of the newest value's weight after k more values."""
    (k,) = entry.at
    return f"(1 − beta) · beta^{k} = {num(1 - beta)} · {num(beta**k)} = {entry}"


@by_hand("step", outputs=("the new w", "the new v"))
def step(entry: Entry, w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> list[str]:
    """The new v first, then the w that it moves."""
    _, *i = entry.at
    new = entry.result[1][*i]
    velocity = f"v: {num(momentum)} · {bracketed(v[*i])} + {bracketed(grad[*i])} = {num(new)}"
    weight = f"w: {num(w[*i])} − {num(lr)} · {bracketed(new)} = {num(entry.result[0][*i])}"
    return [velocity, weight] if entry.at[0] == 0 else [velocity]


@by_hand("descend", rows="step")
def descend(entry: Entry, lr: float, momentum: float) -> list[str]:
    """One heavy-ball step from the row above; v is what the last two rows tell."""
    k, *i = entry.at
    path = entry.result.double()
    if k == 0:
        return [f"the path begins at w0 = {entry}"]
    w = path[k - 1, *i]
    before = (path[k - 2, *i] - w) / lr if k > 1 else torch.zeros(())
    v = momentum * before + 8 * w
    return [
        f"the slope of 4w² at {num(w)}: 8 · {bracketed(w)} = {num(8 * w)}",
        f"v: {num(momentum)} · {bracketed(before)} + {bracketed(8 * w)} = {num(v)}",
        f"w: {num(w)} − {num(lr)} · {bracketed(v)} = {entry}",
    ]


@by_hand("crossings")
def crossings(entry: Entry, trace: Tensor) -> list[str]:
    """The signs along the path, and how often they change."""
    signs = ["+" if w > 0 else "−" if w < 0 else "0" for w in trace.flatten().tolist()]
    if len(signs) > 40:
        return []
    return [
        f"the signs along the path: {' '.join(signs)}",
        f"a 0 is no side: the sign changes {entry} times",
    ]


@by_hand("critical_momentum")
def critical_momentum(entry: Entry, lr: float, curvature: float) -> list[str]:
    """(1 − √(lr · curvature))²."""
    root = math.sqrt(lr * curvature)
    return [
        f"√({num(lr)} · {num(curvature)}) = {num(root)}",
        f"(1 − {num(root)})² = {entry}",
    ]
