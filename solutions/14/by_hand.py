"""Kata 14, chain rule: how one number of a result is worked out."""

from dataclasses import dataclass

import torch
from torch import Tensor

from dojo.feedback.by_hand import Entry, added, bracketed, by_hand, num

FIVE = ("y₁", "y₂", "dy₂/dy₁", "dy₁/dw₁", "dy₂/dw₁")
ROOM = 90  # characters of a sum
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

Number = Tensor | float


@by_hand("chain_by_autograd", outputs=FIVE)
@by_hand("chain", outputs=FIVE)
def chain(entry: Entry, x: Number, w1: Number, b1: Number, w2: Number, b2: Number) -> list[str]:
    """A value from the formulas, or what grows if one letter grows by 1."""
    y1 = entry.result[0]
    inner = f"w₁ · x + b₁: {num(w1)} · {bracketed(x)} + {bracketed(b1)} = {num(y1)}"
    outer = f"w₂ · y₁ + b₂: {num(w2)} · {bracketed(y1)} + {bracketed(b2)} = {entry}"
    return {
        "y₁": [inner],
        "y₂": [inner, outer],
        "dy₂/dy₁": [f"if y₁ grows by 1, w₂ · y₁ + b₂ grows by w₂ = {entry}"],
        "dy₁/dw₁": [f"if w₁ grows by 1, w₁ · x + b₁ grows by x = {entry}"],
        "dy₂/dw₁": [f"dy₂/dy₁ · dy₁/dw₁ = w₂ · x = {num(w2)} · {bracketed(x)} = {entry}"],
    }[FIVE[entry.at[0]]]


def of_layer(letter: str, layer: int) -> str:
    """Write a letter with the number of its layer; what goes into layer 1 is X."""
    return f"{letter}{layer}".translate(SUBSCRIPTS) if layer else "X"


def products(left: Tensor, right: Tensor) -> list[str]:
    """Write two rows of numbers, multiplied one by one."""
    pairs = zip(left, right, strict=True)
    return [f"{num(a)} · {bracketed(b)}" for a, b in pairs]


@by_hand("forward", rows="layer")
def forward(entry: Entry, X: Tensor, weights: list[Tensor], biases: list[Tensor]) -> list[str]:
    """The weighted sum of one sample in one unit, and its sigmoid."""
    layer, i, k = entry.at
    into, W, b = [X, *entry.result][layer][i], weights[layer][k], biases[layer][k]
    z = into.double() @ W.double() + b.double()
    o_before, its_W, its_b = (of_layer("o", layer), *(of_layer(c, layer + 1) for c in "Wb"))
    terms = added([*products(into, W), bracketed(b)])
    return [
        f"row {i} of {o_before} times row {k} of {its_W}, plus {its_b}: {terms} = {num(z)}",
        f"σ of that sum: 1 / (1 + exp(−{bracketed(z)})) = {entry}",
    ]


@dataclass(frozen=True)
class WayBack:
    """What the error meets on its way back, in lists that begin with layer 1."""

    weights: list[Tensor]
    outputs: list[Tensor]
    delta: list[Tensor]
    t: Tensor

    def lines(self, layer: int, i: int, j: int) -> list[str]:
        """Work out one δ: from the target, or from the layer after it."""
        o, found = num(self.outputs[layer][i, j]), num(self.delta[layer][i, j])
        mine = of_layer("δ", layer + 1)
        if layer + 1 == len(self.outputs):
            error = f"({o} − {bracketed(self.t[i, j])})"
            return [f"{mine} in row {i}: {error} · {o} · (1 − {o}) = {found}"]
        after, W = self.delta[layer + 1][i], self.weights[layer + 1][:, j]
        back = after.double() @ W.double()
        its_delta, its_W = (of_layer(c, layer + 2) for c in "δW")
        return [
            f"row {i} of {its_delta} times column {j} of {its_W}: "
            f"{added(products(after, W))} = {num(back)}",
            f"{mine}, times o (1 − o): {num(back)} · {o} · (1 − {o}) = {found}",
        ]


@by_hand("deltas", rows="layer")
def deltas(entry: Entry, weights: list[Tensor], outputs: list[Tensor], t: Tensor) -> list[str]:
    """The last two links of the chain, or the way back from the layer after."""
    layer, i, j = entry.at
    return WayBack(weights, outputs, entry.result, t).lines(layer, i, j)


@by_hand("gradients", outputs=("W", "b"))
def gradients(entry: Entry, X: Tensor, outputs: list[Tensor], delta: list[Tensor]) -> str:
    """The shares of the samples, δ times input."""
    said, terms = shares(entry, X, outputs, delta)
    written = added(terms, "samples")
    if len(written) > ROOM:
        written = added([*terms[:2], f"… ({len(terms)} samples)"])
    return f"column {entry.at[2]} of {said}: {written} = {entry}"


def shares(
    entry: Entry, X: Tensor, outputs: list[Tensor], delta: list[Tensor]
) -> tuple[str, list[str]]:
    """Write what each sample wants of a weight, δ times input, or of a bias, δ; and say so."""
    which, layer, k, *j = entry.at
    its_delta, mine = of_layer("δ", layer + 1), delta[layer][:, k]
    if which == 1:
        return f"{its_delta}, added up", [num(d) for d in mine]
    into = [X, *outputs][layer][:, j[0]]
    return f"{its_delta} · column {j[0]} of {of_layer('o', layer)}", products(mine, into)


@by_hand("backpropagate", outputs=("W", "b"))
def backpropagate(
    entry: Entry, X: Tensor, weights: list[Tensor], biases: list[Tensor], t: Tensor
) -> list[str]:
    """The δ of the first sample, and what becomes of it."""
    layer, k = entry.at[1:3]
    way = way_back(X, weights, biases, t)
    said, terms = shares(entry, X, way.outputs, way.delta)
    if len(X) > 1:
        terms = [terms[0], f"… ({len(X)} rows)"]
    elif entry.at[0] == 1:
        return way.lines(layer, 0, k)
    return [*way.lines(layer, 0, k), f"{said}: {added(terms)} = {entry}"]


def way_back(X: Tensor, weights: list[Tensor], biases: list[Tensor], t: Tensor) -> WayBack:
    """Go through a net and back."""
    outputs = [X.double()]
    for W, b in zip(weights, biases, strict=True):
        outputs.append(torch.sigmoid(outputs[-1] @ W.double().T + b.double()))
    o = outputs.pop()
    delta, met = [(o - t) * o * (1 - o)], [o]
    for W in reversed(weights[1:]):
        o = outputs.pop()
        delta.insert(0, delta[0] @ W.double() * o * (1 - o))
        met.insert(0, o)
    return WayBack(weights, met, delta, t)
