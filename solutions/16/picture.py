"""The picture of kata 16: six optimizers in one valley, from the same start."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from dojo.pictures.marks import heights
from dojo.pictures.picture import Picture

START = torch.tensor([-4.0, 2.0], dtype=torch.float64)
CURVATURES = torch.tensor([1.0, 12.0], dtype=torch.float64)  # a valley along x
STEPS = 30
ZERO = torch.zeros(2, dtype=torch.float64)
State = tuple[Tensor, ...]
Rule = Callable[[Any, State, Tensor, int], State]  # kata, state, gradient, number of the step
RULES: dict[str, tuple[Rule, State, str]] = {
    "sgd": (
        lambda kata, s, g, _: kata.sgd(*s, g, 0.05, 0.5, 0.0, True),
        (ZERO,),
        "lr 0.05, Nesterov",
    ),
    "adagrad": (lambda kata, s, g, _: kata.adagrad(*s, g, 0.8, 1e-10), (ZERO,), "lr 0.8"),
    "rmsprop": (lambda kata, s, g, _: kata.rmsprop(*s, g, 0.2, 0.9, 1e-8), (ZERO,), "lr 0.2"),
    "adadelta": (
        lambda kata, s, g, _: kata.adadelta(*s, g, 1.0, 0.9, 1e-2),
        (ZERO, ZERO),
        "lr 1, eps 0.01",
    ),
    "adam": (
        lambda kata, s, g, t: kata.adam(*s, t, g, 0.3, 0.9, 0.999, 1e-8),
        (ZERO, ZERO),
        "lr 0.3",
    ),
    "rprop": (
        lambda kata, s, g, _: kata.rprop(*s, g, 0.5, 1.2, 1e-6, 50.0),
        (ZERO + 0.2, ZERO),
        "first size 0.2",
    ),
}


def draw(picture: Picture) -> None:
    """Draw each optimizer's path over the contours of one valley."""
    picture.entitle("30 steps in the valley ½x² + 6y², from (−4, 2)")
    panels = picture.panels("ABC", "DEF", height=6.2)
    x = torch.linspace(-5, 2.5, 70, dtype=torch.float64)
    y = torch.linspace(-2.5, 2.5, 60, dtype=torch.float64)
    valley = (CURVATURES[0] * x[None, :] ** 2 + CURVATURES[1] * y[:, None] ** 2) / 2
    for axes, (name, (_, _, setting)) in zip(panels, RULES.items(), strict=True):
        heights(axes, x, y, valley, [0.2, 1, 3, 8, 15, 25, 35])
        path = picture.stacked(lambda kata, name=name: walk(kata, name))
        axes.set(title=f"{name}: {setting}", xlabel="x, metres", ylabel="y, metres")
        picture.pair(axes, path.each(lambda p: p[:, 0]), path.each(lambda p: p[:, 1]), every=2)


def walk(kata: Any, name: str) -> Iterator[Tensor]:
    """Yield where an optimizer is, the start first."""
    rule, memory, _ = RULES[name]
    state: State = (START, *memory)
    yield START
    for t in range(1, STEPS + 1):
        state = rule(kata, state, CURVATURES * state[0], t)
        yield state[0]
