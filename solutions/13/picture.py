"""The picture of kata 13: a unit's decision line, batch by batch, and its error."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from dojo.pictures.marks import counted, words_at_ends
from dojo.pictures.picture import Picture

POINTS = torch.tensor(
    [
        [1.0, 2.2],
        [1.8, 3.0],
        [2.4, 1.9],
        [0.6, 3.1],
        [-1.0, 0.2],
        [0.4, -0.8],
        [-0.6, 1.4],
        [1.5, 0.1],
    ],
    dtype=torch.float64,
)
TARGETS = torch.tensor([[1.0]] * 4 + [[0.0]] * 4, dtype=torch.float64)
INPUTS = torch.column_stack([POINTS, torch.ones(8, dtype=torch.float64)])  # a third one, always 1
START = torch.tensor([[-0.6, 0.9, 0.3]], dtype=torch.float64)
BATCHES = ([0, 4, 2, 6], [1, 5, 3, 7])
LR, ROUNDS = 1.5, 12
SHOWN = (0, 1, 2, 4, 24)  # batches after which the line is drawn
ENDS = torch.tensor([-2.0, 3.0], dtype=torch.float64)


def draw(picture: Picture) -> None:
    """Draw where the unit answers ½ after some batches; and E after each batch."""
    picture.entitle("one unit learns 8 points, 4 a batch, lr = 1.5")
    plane, error, others = picture.panels("AAABB", "C", height=5.8, height_ratios=[8, 1.6])
    path = picture.stacked(weights)
    ends = []
    for batch in SHOWN:
        own = path.each(lambda W, t=batch: line(W[t, 0]) if t < len(W) else ENDS[:0])
        picture.pair(plane, ENDS, own, within=(-2.0, 4.2), row="end")
        ends.append((3.0, own.wanted[-1].item(), f"after {batch}"))
    for points, marker in ((POINTS[:4], "s"), (POINTS[4:], "^")):
        plane.plot(*points.T, marker, color="#222222", markersize=7, zorder=5)
    plane.set(title="where the output is ½", xlabel="x₁", ylabel="x₂")
    words_at_ends(plane, ends)
    loss = picture.stacked(
        lambda kata: (kata.loss(kata.output(INPUTS, W), TARGETS) for W in path.wanted)
    )
    error.set(title="E of all points, at the wanted weights", ylabel="E")
    counted(error, "batch")
    picture.pair(error, range(len(path.wanted)), loss, every=2, row="batch")
    o, t = torch.tensor([[0.6, 0.9]]).double(), torch.tensor([[1.0, 0.0]]).double()
    asked = {
        "unit_gradient": ("unit_gradient", INPUTS[0], START[0], 1.0),
        "delta": ("delta", o, t),
        "gradient_of_mse": ("gradient_of_mse", INPUTS, START, TARGETS),
    }
    picture.also(others, asked)
    picture.explain("target 1", color="#222222", marker="s", linestyle="none")
    picture.explain("target 0", color="#222222", marker="^", linestyle="none")


def weights(kata: Any) -> Iterator[Tensor]:
    """Yield W [1, 3] before the first batch and after each."""
    W = START
    yield W
    for _ in range(ROUNDS):
        for rows in BATCHES:
            W = W - LR * kata.gradient(INPUTS[rows], W, TARGETS[rows])
            yield W


def line(w: Tensor) -> Tensor:
    """Return x₂ at both ends of x₁ where the weighted sum is 0."""
    return -(w[0] * ENDS + w[2]) / w[1]
