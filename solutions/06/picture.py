"""The picture of kata 06: the line on its way through the points, and the path over the loss."""

import torch
from torch import Tensor

from dojo.pictures.marks import heights, words_at_ends
from dojo.pictures.picture import Picture

POINTS = torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=torch.float64)
X, Y = torch.column_stack([POINTS[:, 0], torch.ones(2, dtype=torch.float64)]), POINTS[:, 1:]
LR = 0.01
STEPS = 1000
SHOWN = (0, 4, 12, 40, 1000)  # of the lines
MARKED = (*range(5), 7, 10, 14, 20, 28, 40, 60, 100, 200, 400, 600, 800, 1000)  # of the path


def draw(picture: Picture) -> None:
    """Draw the lines of some steps through the points; and (a, b) over the contours of L."""
    picture.entitle("the line a·x + b through (1, 2) and (3, 4), lr = 0.01")
    line, plane, others = picture.panels("AB", "C", height=6.0, height_ratios=[8, 1.8])
    path = picture.value("descend", X, Y, LR, STEPS)
    x = torch.tensor([0.0, 4.0], dtype=torch.float64)
    ends = []
    for step in SHOWN:
        own = path.each(lambda w, t=step: w[t, 0] * x + w[t, 1] if t < len(w) else x[:0])
        picture.pair(line, x, own, within=(-0.4, 5.4), row="end")
        ends.append((4.0, own.wanted[-1].item(), f"step {step}"))
    line.plot(*POINTS.T, "s", color="#222222", markersize=8, zorder=5)
    line.set(title="the line after some steps", xlabel="x", ylabel="a·x + b")
    words_at_ends(line, ends)
    picture.explain("the points", color="#222222", marker="s", linestyle="none", markersize=7)
    a = torch.linspace(-0.2, 1.5, 60, dtype=torch.float64)
    b = torch.linspace(-0.2, 1.5, 60, dtype=torch.float64)
    heights(plane, a, b, loss(a[None, :], b[:, None]), [0.003, 0.03, 0.1, 0.3, 1, 2, 3, 4, 5])
    chosen = path.each(lambda w: w[[t for t in MARKED if t < len(w)], :, 0])
    picture.pair(plane, chosen.each(lambda w: w[:, 0]), chosen.each(lambda w: w[:, 1]), row="point")
    w = torch.tensor([[0.5], [-1.0]], dtype=torch.float64)
    asked = {
        "design_matrix": ("design_matrix", POINTS[:, 0]),
        "loss at (0.5, −1)": ("loss", X, Y, w),
        "gradient there": ("gradient", X, Y, w),
    }
    picture.also(others, asked)
    plane.set(title="the path over contours of L", xlabel="a", ylabel="b")


def loss(a: Tensor, b: Tensor) -> Tensor:
    """Return L at every pair of a and b."""
    residuals = a[..., None] * X[:, 0] + b[..., None] - Y[:, 0]
    return (residuals**2).sum(-1) / (2 * len(X))
