"""The picture of kata 15: ridge's weights against λ, and where weight decay leads a descent."""

from typing import Any

import torch
from torch import Tensor

from dojo.pictures.marks import heights, words_at_ends
from dojo.pictures.picture import Picture

X = torch.tensor([[1.0, 1.0], [3.0, 1.0]], dtype=torch.float64)
Y = torch.tensor([[2.0], [4.0]], dtype=torch.float64)
LAMS = torch.logspace(-2, 3, 21, dtype=torch.float64)
LAM, LR, STEPS = 1.0, 0.1, 200
MARKED = (*range(8), 10, 14, 20, 30, 50, 80, 120, 200)


def draw(picture: Picture) -> None:
    """Draw both weights against λ; in the plane ridge's way, and the descent that ends on it."""
    picture.entitle("a line through (1, 2) and (3, 4)")
    weights, plane, others = picture.panels("AB", "C", height=6.2, height_ratios=[8, 2.1])
    path = picture.value("ridge_path", X, Y, LAMS)
    weights.set(title="ridge_path: the weights", xlabel="λ", ylabel="weight", xscale="log")
    ends = []
    for i, name in enumerate("ab"):
        own = path.each(lambda rows, i=i: rows[:, i, 0])
        picture.pair(weights, LAMS, own, every=2, row="λ number")
        ends.append((LAMS[-1].item(), own.wanted[-1].item(), name))
    words_at_ends(weights, ends)
    a, b = (torch.linspace(-0.15, 1.35, 60, dtype=torch.float64) for _ in "ab")
    heights(plane, a, b, sse(a[None, :], b[:, None]), [0.02, 0.2, 1, 3, 6, 10, 15, 20])
    plane.set(title="descend with λ = 1, over contours of SSE", xlabel="a", ylabel="b")
    steps = picture.value("descend", X, Y, LAM, LR, STEPS)
    chosen = steps.each(lambda rows: rows[[t for t in MARKED if t < len(rows)], :, 0])
    plane.plot(*path.wanted[:, :, 0].T, color="#555555", linestyle=":", zorder=2)
    plane.plot([1], [1], "*", color="#222222", markersize=11, zorder=5)
    picture.pair(plane, chosen.each(lambda w: w[:, 0]), chosen.each(lambda w: w[:, 1]), row="point")
    asked: dict[str, tuple[Any, ...]] = {
        name: (name, X, Y) for name in ("normal_equations", "by_qr", "minimum_norm")
    }
    asked["ridge, λ = 1"] = "ridge", X, Y, LAM
    picture.also(others, asked)
    picture.explain("ridge, all λ", color="#555555", linestyle=":")
    picture.explain("least squares", color="#222222", marker="*", linestyle="none", markersize=10)


def sse(a: Tensor, b: Tensor) -> Tensor:
    """Return SSE at every pair of a and b."""
    residuals = a[..., None] * X[:, 0] + b[..., None] - Y[:, 0]
    return (residuals**2).sum(-1)
