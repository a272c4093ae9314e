"""The picture of kata 07: what one more step costs, counted, against the number of samples."""

from collections.abc import Iterator
from typing import Any

import torch

from dojo.calling.observing import WORK
from dojo.pictures.picture import Picture

SIZES = (4, 16, 64, 256, 1024)  # samples
COLUMNS, LR, FEW, MANY = 3, 0.01, 4, 36
FUNCTIONS: dict[str, tuple[float, ...]] = {
    "without_graph": (),
    "in_place": (),
    "by_gram": (),
    "whole_trace": (),
    "jump": (),
    "momentum_trace": (0.5,),  # the momentum
}


def draw(picture: Picture) -> None:
    """Draw, for each function, the numbers that a step reads against the samples."""
    picture.entitle("numbers read for one more step; both axes logarithmic")
    panels = picture.panels("ABC", "DEF", "G", height=7.4, height_ratios=[5, 5, 2.4])
    for axes, (name, more) in zip(panels, FUNCTIONS.items(), strict=False):
        both = picture.stacked(lambda kata, name=name, more=more: costs(kata, name, more), WORK)
        axes.set(title=name, xlabel="samples m", ylabel="numbers read a step")
        axes.set_xscale("log")
        axes.set_yscale("symlog", linthresh=1)  # jump reads nothing for one more step
        picture.pair(axes, SIZES, both, within=(-0.5, 3e4), row="size")
    X = torch.tensor([[1.0, 1.0], [3.0, 1.0]], dtype=torch.float64)
    y = torch.tensor([[2.0], [4.0]], dtype=torch.float64)
    asked = {f"{name}, 2 steps": (name, X, y, LR, *more, 2) for name, more in FUNCTIONS.items()}
    picture.also(panels[6], asked)


def costs(kata: Any, name: str, more: tuple[float, ...]) -> Iterator[torch.Tensor]:
    """Yield for each size what many steps read beyond what few steps read, for each of them."""
    for m in SIZES:
        generator = torch.Generator().manual_seed(m)
        X = torch.randn(m, COLUMNS, generator=generator, dtype=torch.float64)
        read = []
        for steps in (FEW, MANY):
            getattr(kata, name)(X, X[:, :1], LR, *more, steps)
            read.append(kata.observed.read or 0)
        cost = (read[1] - read[0]) / (MANY - FEW)
        yield torch.tensor(cost, dtype=torch.float64)
