"""The picture of kata 03: the five things that a rate can do, and the losses of ten rates."""

import torch

from dojo.pictures.marks import counted, words_at_ends
from dojo.pictures.picture import Picture
from dojo.pictures.style import drawable

START = torch.tensor(2.0, dtype=torch.float64)
RATES = (0.1, 0.125, 0.2, 0.25, 0.3)
STEPS, SWEPT = 6, 10
LRS = torch.linspace(0.01, 0.2, 10, dtype=torch.float64)
BEST = 0.125
MOST = 16  # characters of your word


def draw(picture: Picture) -> None:
    """Draw x against the step for five rates; below, the loss of ten rates on a log axis."""
    picture.entitle("4x² from x = 2")
    panels = picture.panels("AABBCCDDEE", "FFFFFGGGGG", "H", height=7.2, height_ratios=[6, 6, 1.2])
    for axes, lr in zip(panels, RATES, strict=False):
        word = picture.value("behaviour", lr, 4.0)
        axes.set(title=f"lr {lr:g}: {word.wanted}", ylabel="x" if lr == RATES[0] else " ")
        if word.yours not in (None, word.wanted):
            own = drawable(word.yours[:MOST])
            axes.set_title(f"lr {lr:g}: {word.wanted}\nyours: {own}", parse_math=False)
        counted(axes, "step")
        picture.pair(axes, range(STEPS + 1), picture.value("descend", START, lr, STEPS))
    losses = picture.value("sweep", START, LRS, SWEPT)
    below, above = panels[5:7]
    below.set(title=f"sweep, lr below {BEST:g}: monotone", ylabel="loss 4x² before the step")
    above.set(title=f"sweep, lr above {BEST:g}: alternating", ylabel=" ")
    for axes, chosen in ((below, LRS < BEST), (above, LRS > BEST)):
        axes.set_yscale("log")
        counted(axes, "step")
        ends = []
        for i in chosen.nonzero().flatten().tolist():
            own = losses.each(lambda table, i=i: table[i] if i < len(table) else table[:0, 0])
            picture.pair(axes, range(SWEPT), own)
            ends.append((SWEPT - 1, own.wanted[-1].item(), f"lr {LRS[i]:.3f}"))
        words_at_ends(axes, ends)
    asked = {
        "one_step_learning_rate(4)": ("one_step_learning_rate", 4.0),
        "learning_rate_to_reach": ("learning_rate_to_reach", 0.0, 2.0, 16.0),
    }
    picture.also(panels[7], asked)
