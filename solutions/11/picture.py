"""The picture of kata 11: three activations, their slopes, and what is left through layers."""

import torch

from dojo.pictures.marks import counted
from dojo.pictures.picture import Picture

X = torch.linspace(-5, 5, 41, dtype=torch.float64)
AT = torch.tensor(0.5, dtype=torch.float64)
LAYERS = range(1, 9)
NAMES = ("sigmoid", "tanh", "relu")


def draw(picture: Picture) -> None:
    """Draw each activation, below it the slope that is read off its output; then the layers."""
    picture.entitle("activations, their slopes, and the slope through layers")
    panels = picture.panels("ABC", "DEF", "GHI", "J", height=8.6, height_ratios=[4, 4, 4, 1])
    for i, name in enumerate(NAMES):
        function, slope, layers = panels[i:9:3]
        values = picture.value(name, X)
        function.set(title=f"{name}(x)", xlabel="x", ylabel="output")
        picture.pair(function, X, values, every=4, row="point")
        slopes = picture.value("slope", name, values.wanted)
        slope.set(title=f"slope({name}, output)", xlabel="x", ylabel="slope")
        picture.pair(slope, X, slopes, every=4, within=(-0.08, 1.08), row="point")
        deep = picture.stacked(
            lambda kata, name=name: (kata.slope_through(name, AT, n) for n in LAYERS)
        )
        layers.set(title=f"slope_through({name}, 0.5, …)", ylabel="slope", yscale="log")
        counted(layers, "layers")
        picture.pair(layers, LAYERS, deep, within=(1e-6, 3), row="layer")
    far = torch.tensor([-1000.0, 0.0, 1000.0], dtype=torch.float64)
    asked = {
        "slope_by_autograd": ("slope_by_autograd", far),
        "log_sigmoid_slope": ("log_sigmoid_slope", far),
    }
    picture.also(panels[9], asked)
