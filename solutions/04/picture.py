"""The picture of kata 04: three momenta, the path of each, its loss, and the envelope √m^k."""

import math

import torch
from torch import Tensor

from dojo.pictures.marks import counted, curve
from dojo.pictures.picture import Picture

START = torch.tensor([2.0], dtype=torch.float64)
LR, CURVATURE, STEPS = 0.01, 8.0, 60
MOMENTA = (0.0, 0.63, 0.9)
LOWEST = 1e-12  # of the losses that are shown


def draw(picture: Picture) -> None:
    """Draw w against the step for each momentum, and below it the loss on a log axis."""
    picture.entitle("4w² from w = 2, lr = 0.01")
    panels = picture.panels("ABC", "DEF", "G", height=7.4, height_ratios=[5, 5, 1.6])
    grey = {"color": "#555555", "linestyle": ":"}
    for i, momentum in enumerate(MOMENTA):
        upper, lower = panels[i], panels[i + 3]
        path = picture.value("descend", START, LR, momentum, STEPS)
        upper.set(title=f"momentum {momentum:g}: the path", ylabel="w")
        lower.set(title=f"momentum {momentum:g}: the loss", ylabel="4w²", yscale="log")
        if momentum:
            edge = envelope(momentum)
            curve(upper, range(STEPS + 1), edge, **grey)
            curve(upper, range(STEPS + 1), -edge, **grey)
            curve(lower, range(STEPS + 1), 4 * edge**2, **grey)
        for axes in (upper, lower):
            counted(axes, "step")
        picture.pair(upper, range(STEPS + 1), path, every=4, within=(-2.4, 2.4))
        loss = path.each(lambda w: 4 * w**2)
        picture.pair(lower, range(STEPS + 1), loss, every=4, within=(LOWEST, 100))
    trace = torch.tensor([2.0, 0.5, -1.0, -0.2, 0.1], dtype=torch.float64)
    asked = {
        "average_weights(0.9, 4)": ("average_weights", 0.9, 4),
        "step from (2, 16)": ("step", START, 8 * START, 8 * START, LR, 0.9),
        "crossings": ("crossings", trace),
        "critical_momentum": ("critical_momentum", LR, CURVATURE),
    }
    picture.also(panels[6], asked)
    picture.explain("±A·√mᵏ, and 4A²·mᵏ", **grey)


def envelope(momentum: float) -> Tensor:
    """Return A·√m^k for k = 0, 1, …: how far from 0 an oscillating path gets."""
    root = math.sqrt(momentum)
    turn = math.acos((1 + momentum - LR * CURVATURE) / (2 * root))
    first = START.item() * (1 - LR * CURVATURE)  # w after one step
    sine = (first / root - START.item() * math.cos(turn)) / math.sin(turn)
    return math.hypot(START.item(), sine) * root ** torch.arange(STEPS + 1, dtype=torch.float64)
