"""Kata 04, momentum oscillation: how one number of a result is worked out."""

import math
from itertools import pairwise

import torch
from torch import Tensor

from dojo.feedback.by_hand import Entry, bracketed, by_hand, num

SIGNS = {1.0: "+", 0.0: "0", -1.0: "−"}
MOST = 12  # rows of a path whose signs are written, or changes of them


@by_hand("average_weights")
def average_weights(entry: Entry, beta: float) -> str:
    """What is left of the newest value's weight after k more values."""
    (k,) = entry.at
    product = f"{num(1 - beta)} · {num(beta**k)} = {entry}"
    ago = {0: "the newest value", 1: "the value from a step ago"}.get(int(k))
    return f"{ago or f'the value from {k} steps ago'}, (1 − beta) · beta^{k}: {product}"


@by_hand("step", outputs=("the new w", "the new v"))
def step(entry: Entry, w: Tensor, v: Tensor, grad: Tensor, lr: float, momentum: float) -> list[str]:
    """The new v first, then the w that it moves."""
    _, *i = entry.at
    new = entry.result[1][*i]
    velocity = f"new v, {rolled(v[*i], grad[*i], momentum)}"
    if entry.at[0] == 1:
        return [velocity]
    return [
        velocity,
        f"new w, w − lr · new v: {num(w[*i])} − {num(lr)} · {bracketed(new)} = {entry}",
    ]


def rolled(v: Tensor, grad: Tensor, momentum: float) -> str:
    """The new v, as a sum."""
    total = f"{num(momentum)} · {bracketed(v)} + {bracketed(grad)}"
    return f"momentum · v + gradient: {total} = {num(momentum * v + grad)}"


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
        f"v, {rolled(before, 8 * w, momentum)}",
        f"w − lr · v: {num(w)} − {num(lr)} · {bracketed(v)} = {entry}",
    ]


@by_hand("crossings")
def crossings(entry: Entry, trace: Tensor) -> list[str]:
    """The signs along the path; of a long one the steps at which they change."""
    sides = [(t, side) for t, side in enumerate(trace.flatten().sign().tolist()) if side]
    crossed = [str(t) for (_, one), (t, other) in pairwise(sides) if one != other]
    without = ", a 0 left out" if len(sides) < len(trace) else ""
    if len(trace) <= MOST:
        path = " ".join(SIGNS[side] for side in trace.flatten().sign().tolist())
        return [f"the signs along the path: {path}", f"how often they change{without}: {entry}"]
    steps = ", ".join(crossed[:MOST]) + (", …" if len(crossed) > MOST else "")
    where = f"at step {steps}" if crossed else "at no step"
    return [f"the sign of w changes {where}", f"how often{without}: {entry}"]


@by_hand("critical_momentum")
def critical_momentum(entry: Entry, lr: float, curvature: float) -> list[str]:
    """(1 − √(lr · curvature))²."""
    root = math.sqrt(lr * curvature)
    return [
        f"√(lr · curvature) = √({num(lr)} · {num(curvature)}) = {num(root)}",
        f"(1 − {num(root)})² = {entry}",
    ]
