"""The picture of kata 12: each loss, and below it the slope that is handed to autograd."""

from collections.abc import Iterator
from typing import Any

import torch

from dojo.pictures.picture import Picture

ERRORS = torch.linspace(-3, 3, 25, dtype=torch.float64)
TARGET = torch.zeros(2, dtype=torch.float64)
KINDS = {"sse": "loss", "mse": "loss", "norm": "loss"}


def draw(picture: Picture) -> None:
    """Draw three losses of two errors, one of which is 1, and cross-entropy of two classes."""
    picture.entitle("losses, and their slopes along the first prediction")
    panels = picture.panels("ABCD", "EFGH", "I", height=7.6, height_ratios=[5, 5, 3])
    for i, kind in enumerate(KINDS):
        both = picture.run(lambda kata, kind=kind: losses(kata, kind))
        upper, lower = panels[i], panels[i + 4]
        loss, slope = (both.each(lambda rows, part=part: stacked(rows, part)) for part in (0, 1))
        upper.set(title=f"{kind}: errors e, 1", xlabel="e", ylabel="loss" if not i else " ")
        lower.set(title=f"{kind}: the slope", xlabel="e", ylabel="slope along e" if not i else " ")
        picture.pair(upper, ERRORS, loss, every=2, row="point")
        picture.pair(lower, ERRORS, slope, every=2, row="point")
    classes(picture, panels[3], panels[7])
    one, target = torch.tensor([2.5]).double(), torch.tensor([4.0]).double()
    x, y = torch.tensor([1.0, 2.0, 3.0]).double(), torch.zeros(3).double()
    formulas = ("linear", "squares", "exponentials", "squared error", "log")
    asked: dict[str, tuple[Any, ...]] = {
        f"partials: {formula}": ("partials", formula, one, target, 1.3, 0.7) for formula in formulas
    }
    asked["line_gradient: sse"] = "line_gradient", "sse", x, y, 1.0, 0.0
    asked["by autograd: norm"] = "gradient_by_autograd", "norm", x, y, 1.0, 0.0
    picture.also(panels[8], asked)


def losses(kata: Any, kind: str) -> Iterator[Any]:
    """Yield the loss and the gradient for the errors (e, 1)."""
    for error in ERRORS:
        loss, gradient = kata.loss_and_gradient(kind, torch.stack([error, error * 0 + 1]), TARGET)
        yield loss, gradient[0]


def stacked(rows: list[Any], part: int) -> torch.Tensor:
    """Return one part of all rows."""
    return torch.stack([row[part] for row in rows]) if rows else torch.zeros(0)


def classes(picture: Picture, upper: Any, lower: Any) -> None:
    """Draw the cross-entropy of the logits (z, 0) where the first class is right."""
    logits = [torch.stack([z, z * 0])[None] for z in ERRORS]
    target = torch.tensor([0])
    loss = picture.stacked(lambda kata: (kata.cross_entropy(z, target) for z in logits))
    slope = picture.stacked(
        lambda kata: (kata.cross_entropy_gradient(z, target)[0, 0] for z in logits)
    )
    upper.set(title="cross_entropy", xlabel="z of the class", ylabel="loss, nats")
    lower.set(title="its gradient", xlabel="z of the class", ylabel="slope along z")
    picture.pair(upper, ERRORS, loss, every=2, row="point")
    picture.pair(lower, ERRORS, slope, every=2, row="point")
