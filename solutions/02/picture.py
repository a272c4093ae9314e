"""The picture of kata 02: what .grad holds round by round, cleared and not, and where θ goes."""

from typing import Any

import torch

from dojo.pictures.asking import Both
from dojo.pictures.marks import counted, words_at_ends
from dojo.pictures.picture import Picture

X = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
THETA = torch.tensor(10.0, dtype=torch.float64)
GRADS = torch.tensor([2.0, 1.0, -1.0], dtype=torch.float64)
ROWS, Y = (
    torch.tensor(v, dtype=torch.float64) for v in ([[1.0], [2.0], [3.0]], [[1.0], [3.0], [5.0]])
)
W = torch.tensor([[2.0]], dtype=torch.float64)
ROUNDS = 5
PATHS = {"cleared": True, "not cleared": False}


def draw(picture: Picture) -> None:
    """Draw a line for each entry of .grad, and θ's two paths."""
    picture.entitle("the .grad of (x²).sum() at x = 1, 2 and 3; then three batches")
    never, each_round, theta, others = picture.panels("ABC", "D", height=5.0, height_ratios=[8, 1])
    held(picture, never, "accumulate")
    held(picture, each_round, "clear_each_round")
    theta.set(title="replay: θ from 10 with lr = 1", ylabel="θ")
    counted(theta, "batch")
    ends = []
    for word, clear in PATHS.items():
        path = picture.value("replay", THETA, GRADS, 1.0, clear)
        picture.pair(theta, range(len(GRADS) + 1), path, row="batch")
        ends.append((3.0, path.wanted[-1].item(), word))
    words_at_ends(theta, ends)
    picture.also(others, {"in_microbatches": ("in_microbatches", ROWS, Y, W, 2)})


def held(picture: Picture, axes: Any, function: str) -> None:
    """Draw what .grad holds after each round, a line for each entry of x."""
    grads = picture.value(function, X, ROUNDS)
    rounds, ends = range(1, ROUNDS + 1), list[tuple[float, float, str]]()
    for i, x in enumerate(X.tolist()):
        picture.pair(axes, rounds, column(grads, i), within=(-2, 33), row="round index")
        ends.append((ROUNDS, grads.wanted[-1, i].item(), f"x = {x:g}"))
    axes.set(title=function, ylabel=".grad")
    counted(axes, "round")
    words_at_ends(axes, ends)


def column(table: Both, i: int) -> Both:
    """Return a column of both."""
    return table.each(lambda rows: rows[:, i])
