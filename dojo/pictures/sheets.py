"""What is drawn on axes without numbers: a graph of nodes and links, a list of words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dojo.pictures.style import DARK, GREY, INK, drawable

LETTER = 0.067  # inches of a letter in a list
PITCH = 13  # points between two lines of a list


def node(axes: Any, x: float, y: float, words: str, *, of: str = INK, square: bool = False) -> None:
    """Draw a node of a graph with words in it."""
    axes.text(
        *(x, y, drawable(words)),
        parse_math=False,
        ha="center",
        va="center",
        fontsize=8,
        color=of,
        linespacing=1.3,
        zorder=5,
        bbox={
            "boxstyle": "square,pad=0.5" if square else "round,pad=0.5",
            "facecolor": "white",
            "edgecolor": of,
        },
    )


def link(axes: Any, start: Sequence[float], end: Sequence[float], **line: Any) -> None:
    """Draw a line from one node of a graph to another, behind both, with an arrow half way."""
    style = {"color": GREY, "linewidth": 1.2, **line}
    ways = np.asarray([start, end])
    axes.plot(*ways.T, zorder=1, **style)
    half, on = (ways[0] + share * (ways[1] - ways[0]) for share in (0.5, 0.56))
    head = {"arrowstyle": "-|>,head_width=0.3,head_length=0.6", "color": GREY, "linewidth": 0}
    axes.annotate("", on, half, arrowprops=head, zorder=1)


def paper(axes: Any) -> None:
    """Make axes a sheet to draw a graph or a list on: from 0 to 1, no ticks."""
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.set_axis_off()


def listing(axes: Any, rows: Sequence[tuple[str, str, str, bool]]) -> None:
    """Write rows: what it is, what is wanted, what is yours, and whether that is right."""
    paper(axes)
    heads = ("", "wanted", "yours", True)
    width = axes.figure.get_figwidth() * axes.get_subplotspec().get_position(axes.figure).width
    first = max(len(what) + 3 for what, *_ in rows) * LETTER / width
    letters = int(width * (1 - first) / 2 / LETTER) - 3
    for i, (what, wanted, yours, right) in enumerate([heads, *rows]):
        words = what, fit(wanted, letters), fit(yours, letters) + ("" if right else " ≠")
        for j, (x, word) in enumerate(zip((0.0, first, (1 + first) / 2), words, strict=True)):
            wrong = j == 2 and not right
            axes.annotate(
                *(drawable(word), (x, 1.0), (0, -PITCH * i - 2)),
                xycoords="axes fraction",
                textcoords="offset points",
                fontsize=8,
                va="top",
                color=GREY if i == 0 else DARK if wrong else INK,
                weight="bold" if wrong else "normal",
                annotation_clip=False,
                parse_math=False,
            )


def fit(word: str, letters: int) -> str:
    """Return a word in so many letters."""
    return word if len(word) <= letters else f"{word[: letters - 1].rstrip(', ')}…"
