"""The picture of kata 08: two rates on the quartic, one on its plateau, one over it."""

import torch

from dojo.pictures.marks import counted, curve
from dojo.pictures.picture import Picture

START = torch.tensor(-25.0, dtype=torch.float64)
RATES = {1e-5: "0.00001", 2e-4: "0.0002"}
STEPS = 30


def f(x: torch.Tensor) -> torch.Tensor:
    """Return x⁴ − 50x³ − x + 1."""
    return x**4 - 50 * x**3 - x + 1


def draw(picture: Picture) -> None:
    """Draw both paths on the quartic, in millions; and x against the step."""
    picture.entitle("x⁴ − 50x³ − x + 1 from x = −25: a plateau at 0, the minimum at 37.5")
    panels = picture.panels("AAABB", "CCCDD", "E", height=7.6, height_ratios=[5, 5, 1.7])
    x = torch.linspace(-26, 50, 200, dtype=torch.float64)
    for i, (lr, word) in enumerate(RATES.items()):
        quartic, steps = panels[2 * i : 2 * i + 2]
        path = picture.value("descend", START, lr, STEPS)
        curve(quartic, x, f(x) / 1e6)
        quartic.set(title=f"lr {word} on f", xlabel="x", ylabel="f(x), millions")
        picture.pair(quartic, path, path.each(lambda p: f(p) / 1e6))
        steps.set(title=f"lr {word} by step", ylabel="x")
        counted(steps, "step")
        curve(steps, [0, STEPS], [37.5, 37.5], linestyle=":")
        picture.pair(steps, range(STEPS + 1), path, every=2)
    rates = torch.tensor([1e-5, 1e-4, 2e-4, 4e-4], dtype=torch.float64)
    asked = {
        "stationary_point(50)": ("stationary_point", 50.0),
        "largest_stable_rate(37.5)": ("largest_stable_rate", 37.5),
        "best_rate of four": ("best_rate", START, rates, 50),
        "steps_to_pass(−10)": ("steps_to_pass", -10.0, -25.0, 1e-5, 100),
    }
    picture.also(panels[4], asked)
    picture.explain("f, and its minimum", color="#8a8a8a", linewidth=1.2)
