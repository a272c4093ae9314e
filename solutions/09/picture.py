"""The picture of kata 09: SSE with the direction and the length of a step, and scaled steps."""

from typing import Any

import torch
from torch import Tensor

from dojo.pictures.asking import Both
from dojo.pictures.marks import arrows, counted, curve, heights
from dojo.pictures.picture import Picture

START = torch.tensor([0.0, 0.0], dtype=torch.float64)
LR, STEPS = 0.01, 12
X, Y = torch.tensor([1.0, 2.0, 3.0]).double(), torch.tensor([2.0, 4.0, 6.0]).double()
WINDOW = (-0.8, 2.2), (-1.0, 2.0)  # of a, and of b
SCALED = (0.1, 0.5, 1.5)


def sse(a: Tensor, b: Tensor) -> Tensor:
    """Return SSE at every pair of a and b."""
    return (2 - a - b) ** 2 + (4 - 3 * a - b) ** 2


def draw(picture: Picture) -> None:
    """Draw the surface with the path and the directions; SSE along the first; scaled steps."""
    picture.entitle("SSE of a line through (1, 2) and (3, 4); then of a line through 0")
    plane, search, scaled, others = picture.panels(
        "AAAABBBCCC", "D", height=5.2, height_ratios=[8, 1]
    )
    surface(picture, plane)
    line_search(picture, search)
    for alpha in SCALED:
        path = picture.value("descend_scaled", X, Y, 0.0, alpha, 6)
        picture.pair(scaled, range(7), path)
    picture.also(others, {"parabola": ("parabola", X, Y)})
    scaled.set(title="descend_scaled, α 0.1, 0.5, 1.5", ylabel="w")
    counted(scaled, "step")


def surface(picture: Picture, plane: Any) -> None:
    """Draw contours of SSE, the path, and the directions at points all over the plane."""
    a, b = (torch.linspace(low, high, 60, dtype=torch.float64) for low, high in WINDOW)
    heights(plane, a, b, sse(a[None, :], b[:, None]), [0.05, 0.5, 2, 5, 10, 20, 40, 60])
    plane.set(title="path, and directions all over", xlabel="a", ylabel="b", aspect="equal")
    path = picture.value("descend_until", START, LR, 0.0, STEPS)
    points = torch.cartesian_prod(*(torch.linspace(*ends, 6).double()[1:-1] for ends in WINDOW))
    gradients = picture.run(lambda kata: (kata.value_and_gradient(p)[1] for p in points))
    ways = picture.stacked(lambda kata: map(kata.direction, gradients.wanted))
    for found, yours in ((ways.wanted, False), (ways.yours, True)):
        if found is not None:
            way = 0.4 * found
            arrows(plane, points[:, 0], points[:, 1], way[:, 0], way[:, 1], yours=yours)
    picture.pair(plane, entry(path, 0), entry(path, 1))


def line_search(picture: Picture, search: Any) -> None:
    """Draw SSE along the first direction, and the rate where it is lowest."""
    t = torch.linspace(0, 0.09, 50, dtype=torch.float64)
    curve(search, t, along(t))
    best = picture.value("exact_line_search", START)
    picture.pair(search, best, best.each(along), row="point", joined=False)
    search.set(title="exact_line_search from (0, 0)", xlabel="rate", ylabel="SSE")


def along(t: Tensor) -> Tensor:
    """Return SSE after a step of rate t from (0, 0), where the gradient is (−28, −12)."""
    return sse(28 * t, 12 * t)


def entry(path: Both, i: int) -> Both:
    """Return a weight along both paths."""
    return path.each(lambda rows: rows[:, i])
