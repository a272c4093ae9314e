"""The picture of kata 17: Himmelblau's contours with the paths, and the basins of Adam."""

from typing import Any

import torch
from torch import Tensor

from dojo.pictures.marks import heights, regions
from dojo.pictures.picture import Picture
from dojo.pictures.style import INK

STARTS = torch.tensor([[-4.0, 0.0], [1.0, 0.0], [4.0, 0.0]], dtype=torch.float64)
LR, STEPS = 0.1, 60
SPACING, FAR_LR, FAR_STEPS = 0.4, 0.2, 100
EDGE = 6.0
LEVELS = [2, 10, 30, 60, 110, 180, 300, 500]


def himmelblau(x: Tensor, y: Tensor) -> Tensor:
    """Return f at every pair of x and y."""
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def draw(picture: Picture) -> None:
    """Draw three paths of Adam over the contours; and each start's basin, wanted and yours."""
    picture.entitle("Himmelblau's function, Adam from (−4, 0), (1, 0) and (4, 0)")
    plane, wanted, yours, others = picture.panels(
        "AAABBBCCC", "D", height=5.4, height_ratios=[8, 2.6]
    )
    minima = picture.trace("minima")
    window = torch.linspace(-EDGE, EDGE, 90, dtype=torch.float64)
    heights(plane, window, window, himmelblau(window[None, :], window[:, None]), LEVELS)
    plane.set(title="descend with lr = 0.1, 60 steps", xlabel="x", ylabel="y", aspect="equal")
    path = picture.value("descend", STARTS, LR, STEPS)
    for i in range(len(STARTS)):
        own = path.each(lambda rows, i=i: rows[:, i])
        picture.pair(plane, own.each(lambda p: p[:, 0]), own.each(lambda p: p[:, 1]), every=4)
    basins(picture, wanted, yours, minima)
    point = torch.tensor([-4.0, 0.0], dtype=torch.float64)
    near = torch.tensor([4.0, 3.0], dtype=torch.float64)
    asked = {
        "f(−4, 0)": ("f", point),
        "gradient(−4, 0)": ("gradient", point),
        "newton from (4, 3)": ("newton", near, 2),
        "grid(−1, 1, 1)": ("grid", -1.0, 1.0, 1.0),
    }
    picture.also(others, asked)


def basins(picture: Picture, wanted: Any, yours: Any, minima: Tensor) -> None:
    """Draw which minimum each start leads to; of yours, crosses where it is another one."""
    ticks = torch.arange(-EDGE, EDGE, SPACING, dtype=torch.float64)
    starts = torch.stack(torch.meshgrid(ticks, ticks, indexing="xy"), dim=-1)
    found = picture.value("basins", starts, minima, FAR_LR, FAR_STEPS)
    ends = float(ticks[0]), float(ticks[-1])
    for axes, labels, title in ((wanted, found.wanted, "wanted"), (yours, found.yours, "yours")):
        if labels is not None:
            regions(axes, ends, labels, found.wanted)
        axes.set(title=f"basins, {title}", xlabel="x of the start", ylabel="y of the start")
        axes.set(xlim=(-EDGE, EDGE), ylim=(-EDGE, EDGE), aspect="equal")
        for i, (x, y) in enumerate(minima.tolist()):
            box = {"boxstyle": "circle,pad=0.2", "facecolor": "white", "edgecolor": INK}
            axes.text(x, y, f"{i}", ha="center", va="center", fontsize=8, bbox=box)
