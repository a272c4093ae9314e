"""The picture of kata 01: both paths on the parabola, with the step that each slope leads to."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from dojo.pictures.asking import Both
from dojo.pictures.marks import arrows, counted, curve
from dojo.pictures.picture import Picture

LR, STEPS = 0.1, 9
START, FAR_START = (torch.tensor([x], dtype=torch.float64) for x in (10.0, -20.0))
FRAMES = 20


def f(x: Tensor) -> Tensor:
    """Return x² − 10x + 1."""
    return x**2 - 10 * x + 1


def slopes(picture: Picture, path: Both) -> Both:
    """Return the reference's slope at each point of the wanted path, and yours along your own."""
    wanted = picture.stacked(lambda kata: map(kata.gradient, path.wanted)).wanted
    if path.yours is None:
        return Both(wanted, None)
    return Both(wanted, picture.stacked(lambda kata: map(kata.gradient, path.yours)).yours)


def draw(picture: Picture) -> None:
    """Draw both paths on the parabola, an arrow for the step at each point; and step by step."""
    picture.entitle("f(x) = x² − 10x + 1 from x = 10 with lr = 0.1")
    parabola, steps = picture.panels("AAABB")
    path = picture.value("descend", START, LR, STEPS)
    slope = slopes(picture, path)
    x = torch.linspace(-0.5, 10.5, 121, dtype=torch.float64)
    parabola.set(title="on f: each arrow is −lr · gradient(x)", xlabel="x", ylabel="f(x)")
    curve(parabola, x, f(x))
    picture.pair(parabola, path, path.each(f))
    arrows(parabola, path.wanted, f(path.wanted), -LR * slope.wanted, 0 * slope.wanted)
    if slope.yours is not None:
        own = path.yours, f(path.yours), -LR * slope.yours, 0 * slope.yours
        arrows(parabola, *own, yours=True)
    steps.set(title="step by step", ylabel="x")
    counted(steps, "step")
    picture.pair(steps, range(STEPS + 1), path)


def animate(picture: Picture) -> list[Callable[[], None]]:
    """Walk down from −20: the arrow begins at the old point, and leads to the next frame's."""
    picture.entitle("f(x) = x² − 10x + 1 from x = −20 with lr = 0.1")
    (parabola,) = picture.panels("A")
    path = picture.value("descend", FAR_START, LR, FRAMES)
    slope, height = slopes(picture, path), path.each(f)
    x = torch.linspace(-22, 20, 121, dtype=torch.float64)
    parabola.set(title="the arrow is the next step, −lr · gradient(x)", xlabel="x", ylabel="f(x)")
    curve(parabola, x, f(x))
    lines = picture.pair(parabola, path, height)
    places = [line.get_xydata().copy() for line in lines]
    shown = list[Any]()

    def frame(t: int) -> None:
        while shown:
            shown.pop().remove()
        for line, place in zip(lines, places, strict=True):
            line.set_data(*place[: t + 1].T)
        for points, its, yours in (
            (path.wanted, slope.wanted, False),
            (path.yours, slope.yours, True),
        ):
            if its is not None and t < len(its):
                at, step = points[t], -LR * its[t]
                shown.append(arrows(parabola, at, f(at), step, 0 * step, yours=yours))

    return [lambda t=t: frame(t) for t in range(FRAMES + 1)]
