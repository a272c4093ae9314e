"""The picture of kata 14: δ flows back through a net, and shrinks from layer to layer."""

from typing import Any

import torch

from dojo.pictures.asking import Both
from dojo.pictures.marks import counted
from dojo.pictures.picture import Picture
from dojo.pictures.sheets import link, node, paper
from dojo.pictures.style import DARK, INK

X, T = torch.tensor([[0.5, -1.0]]).double(), torch.tensor([[1.0, 0.0]]).double()
WEIGHTS = [
    torch.tensor([[0.1, 0.4], [-0.3, 0.2], [0.7, -0.6]]).double(),
    torch.tensor([[0.2, -0.5, 0.3], [0.6, 0.1, -0.4]]).double(),
]
BIASES = [torch.zeros(3).double(), torch.zeros(2).double()]
DEPTH = 6
NEAR = 5e-6  # of a δ that counts as the same


def draw(picture: Picture) -> None:
    """Draw the net with each unit's δ, wanted and yours; the shrinking; and the two lines."""
    picture.entitle("inputs 0.5 and −1, targets 1 and 0; then a chain of units")
    net, size, lines = picture.panels("AAAAA", "BBCCC", height=7.0)
    outputs = picture.value("forward", X, WEIGHTS, BIASES)
    delta = picture.value("deltas", WEIGHTS, outputs.wanted, T)
    net.set_title("deltas: each is sent back along the weights, and added up")
    units(net, delta)
    chain = [torch.ones(1, 1).double()] * DEPTH, [torch.zeros(1).double()] * DEPTH
    signal = picture.value("forward", X[:, :1], *chain)
    back = picture.value("deltas", chain[0], signal.wanted, torch.ones(1, 1).double())
    sizes = back.each(lambda layers: torch.stack([d.reshape(-1)[0].abs() for d in layers]))
    size.set(title="|δ| in six layers of one unit", ylabel="|δ|", yscale="log")
    counted(size, "layer")
    picture.pair(size, range(1, DEPTH + 1), sizes, row="layer")
    picture.list_both(lines, slopes(picture, outputs.wanted, delta.wanted))


def slopes(picture: Picture, outputs: Any, delta: Any) -> dict[str, Both]:
    """Return the numbers of the two lines, and of the net's gradients, each with its name."""
    given = [3.0, 2.0, 1.0, 5.0, 1.0]
    hand = picture.value("chain", *given)
    tensors = [torch.tensor(value, dtype=torch.float64) for value in given]
    rows = {name: hand.each(lambda v, i=i: entry(v, i)) for i, name in enumerate(NAMES)}
    rows["by autograd"] = picture.value("chain_by_autograd", *tensors)
    rows["gradients, W₁"] = picture.value("gradients", X, outputs, delta).each(first)
    rows["backpropagate, W₁"] = picture.value("backpropagate", X, WEIGHTS, BIASES, T).each(first)
    return rows


def entry(values: Any, i: int) -> Any:
    """Return an entry, None where there is none."""
    return values[i] if i < len(values) else None


def first(both: Any) -> Any:
    """Return the gradient for the weights of layer 1, None where there is none."""
    return entry(entry(both, 0) or [], 0)


NAMES = ("y₁", "y₂", "dy₂/dy₁", "dy₁/dw₁", "dy₂/dw₁")


def units(axes: Any, delta: Both) -> None:
    """Draw the net from left to right, links pointing back, thicker where the weight is larger."""
    paper(axes)
    places = [[(column, (i + 0.5) / n) for i in reversed(range(n))] for column, n in COLUMNS]
    for layer, W in enumerate(WEIGHTS):
        for k, row in enumerate(W.tolist()):
            for j, weight in enumerate(row):
                ends = places[layer + 1][k], places[layer][j]
                link(axes, *ends, linewidth=0.6 + 3 * abs(weight))
    for place, value in zip(places[0], X[0].tolist(), strict=True):
        node(axes, *place, f"input {value:g}".replace("-", "−"), square=True)
    for layer, wanted in enumerate(delta.wanted):
        own = delta.yours[layer][0].tolist() if delta.yours and layer < len(delta.yours) else []
        for k, want in enumerate(wanted[0].tolist()):
            words, same = f"δ wanted {want:+.5f}", True
            if k < len(own):
                words, same = f"{words}\nyours {own[k]:+.5f}"[:60], abs(own[k] - want) < NEAR
            node(axes, *places[layer + 1][k], words.replace("-", "−"), of=INK if same else DARK)


COLUMNS = ((0.07, 2), (0.5, 3), (0.9, 2))  # where each layer stands, and its units
