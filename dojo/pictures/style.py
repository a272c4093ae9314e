"""One look for all pictures: legible in grey and to the colour-blind, the same for each kata.

What is wanted is a broad pale band with rings, yours a thin dark broken line with crosses on top of
it: they differ in lightness, width, line and marker, and where both are the same, both are seen.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
from matplotlib.font_manager import FontProperties, findfont, get_font

INK, PALE, DARK = "#222222", "#8cc4ec", "#9c2d00"  # of words and curves; wanted; yours
EDGE = "#1f6aa5"  # of the rings, and of words about what is wanted
GREY, GRID = "#8a8a8a", "#dddddd"
MAP = "cividis"  # of heights: even in lightness, and the same to the colour-blind
SIGNED = "PuOr"  # of numbers with a sign, white at 0; signs are written on it too
DPI = 110

WANTED: dict[str, Any] = {
    "color": PALE,
    "linewidth": 4.5,
    "linestyle": "-",
    "marker": "o",
    "markersize": 7.5,
    "markerfacecolor": "white",
    "markeredgecolor": EDGE,
    "markeredgewidth": 1.1,
    "solid_capstyle": "round",
    "zorder": 3,
}
YOURS: dict[str, Any] = {
    "color": DARK,
    "linewidth": 1.5,
    "linestyle": (0, (4, 2)),
    "marker": "x",
    "markersize": 5.5,
    "markeredgewidth": 1.5,
    "zorder": 4,
}
SETTINGS: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],  # comes with matplotlib: the same letters on each machine
    "font.size": 9,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.labelsize": 9,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "text.color": INK,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "svg.hashsalt": "katas",  # the same picture is the same file
    "figure.dpi": DPI,
    "savefig.dpi": DPI,
}


@contextlib.contextmanager
def our_style() -> Iterator[None]:
    """Draw in this style, whatever a matplotlibrc or an answer has set; then set it back."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS)
        yield


def drawable(text: str) -> str:
    """Write a text in the letters that the font has: an error may be in any language."""
    font = get_font(findfont(FontProperties(family="DejaVu Sans")))
    signs = (
        s if s == "\n" or (s.isprintable() and font.get_char_index(ord(s))) else "?" for s in text
    )
    return "".join(signs)
