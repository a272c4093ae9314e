"""One picture: a figure in our style, with what a kata draws on it and what must be said below it.

A kata draws in `solutions/NN/picture.py`, in a function `draw(picture)`; where it also moves, a
function `animate(picture)` yields once for each frame.
"""

from __future__ import annotations

import itertools
import textwrap
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from torch import Tensor

from dojo.catalogue import Kata
from dojo.command_line import callers_of
from dojo.pictures.asking import AnswerDoor, Asking, Both, Program
from dojo.pictures.fitting import is_near, shortened
from dojo.pictures.marks import Numbers, draw_pair, numbers_of, widen
from dojo.pictures.sheets import listing
from dojo.pictures.style import DARK, WANTED, YOURS, drawable
from dojo.spec.documented import read_trace

WIDTH, HEIGHT = 9.0, 5.0  # inches
LEFT = 0.012  # of the width: where words begin
LEGEND = 0.3  # inches of its line
LINE = 0.17  # inches of a line of words below the figure
LETTERS = 140  # of such a line


class Picture:
    """What a kata's picture is made of: the figure, and the way to the answer and the reference.

    said: the sentences below the figure
    """

    def __init__(self, kata: Kata, door: AnswerDoor | None, missing: str = "") -> None:
        self.kata, self.figure = kata, Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
        self._asking = Asking(kata, door, missing)
        self._legend = list[Any]()
        self._left = dict[Any, str]()  # where yours first leaves a panel
        self.head, self.draws_yours = "", False

    @property
    def said(self) -> list[str]:
        """What is said below the figure, in sentences."""
        return self._asking.sentences

    @property
    def shows_a_fault(self) -> bool:
        """Whether there is something of yours in it, and not all of it is what is wanted."""
        return self._asking.has_yours and self._asking.differs

    @property
    def absent(self) -> list[str]:
        """The functions that tests call, and this picture does not."""
        return [name for name in callers_of(self.kata) if name not in self._asking.asked]

    @property
    def told(self) -> list[str]:
        """What is said, and which functions are not in the picture."""
        absent = f"Not in this picture: {', '.join(self.absent)}."
        return [*self.said, *([absent] if self.absent else [])]

    def panels(self, *rows: str, height: float = HEIGHT, **options: Any) -> list[Any]:
        """Make axes in rows, each with columns of its own, and return them in their order.

        A row is a string with a letter for each panel, more often for a wider one: "AAB".
        """
        self.figure.set_size_inches(WIDTH, height)
        grid = self.figure.add_gridspec(len(rows), 1, **options)
        made = list[Any]()
        for cell, row in zip(grid, rows, strict=True):
            widths = [len(list(group)) for _, group in itertools.groupby(row)]
            columns = cell.subgridspec(1, len(widths), width_ratios=widths)
            made += [self.figure.add_subplot(column) for column in columns]
        return made

    def value(self, function: str, *args: Any) -> Both:
        """Call a function of the reference and of the answer with these arguments."""
        return self._asking.value(function, *args)

    def run(self, program: Program, count: str = "") -> Both:
        """Run a program that calls `kata.f(…)` and yields what is to be drawn, with both.

        count: WORK or KEPT, where it looks at `kata.observed`
        """
        return self._asking.run(program, count)

    def stacked(self, program: Program, count: str = "") -> Both:
        """Run such a program, and stack what it yields to one tensor."""
        return self._asking.stacked(program, count)

    def also(self, axes: Any, asked: dict[str, tuple[Any, ...]]) -> None:
        """List what functions without a line in the picture return: {what: (function, *args)}."""
        self.list_both(axes, {what: self.value(*call) for what, call in asked.items()})

    def list_both(self, axes: Any, rows: dict[str, Both]) -> None:
        """List values, wanted and yours, and mark those of yours that differ."""
        written = [
            (what, shortened(both.wanted), shortened(both.yours), is_near(both.yours, both.wanted))
            for what, both in rows.items()
        ]
        listing(axes, written)

    def trace(self, name: str) -> Tensor:
        """Return a documented series of this kata, float64."""
        return read_trace(self.kata.traces / f"{name}.csv")

    def pair(
        self,
        axes: Any,
        x: Both | Numbers,
        y: Both,
        *,
        every: int = 1,
        within: tuple[float, float] | None = None,
        row: str = "step",
        joined: bool = True,
    ) -> list[Any]:
        """Draw what is wanted and yours on it, y against x, on a scale where both are seen.

        Returns the lines: that of what is wanted, and yours where there is one.

        x:      of both, or the same for both
        every:  a marker on each so many points
        within: what the axis of y shows; else all that is wanted, and yours where it is near
        row:    what a point is called where yours leaves the panel
        joined: by a line; else they are markers alone, and 0 is shown
        """
        across = x if isinstance(x, Both) else Both(x, x)
        wanted = numbers_of(across.wanted), numbers_of(y.wanted)
        yours = None
        if y.yours is not None and across.yours is not None:
            yours = numbers_of(across.yours), numbers_of(y.yours)
            self.draws_yours = True
        if not joined:
            widen(axes, "y", [0.0])
        lines, left = draw_pair(axes, wanted, yours, every, within)
        if not joined:
            for line in lines:
                line.set_linestyle("none")
        if left is not None:
            self._left.setdefault(axes, f"{row} {left}")
        return lines

    def say(self, sentence: str) -> None:
        """Say a sentence below the figure."""
        self._asking.say(sentence)

    def entitle(self, head: str) -> None:
        """Say what the picture shows, behind the kata's title."""
        self.head = head

    def explain(self, label: str, **line: Any) -> None:
        """Add a line to the legend."""
        self._legend.append(Line2D([], [], label=label, **line))

    def finish(self) -> None:
        """Write the title, the legend and what is said, each in room of its own."""
        for axes, at in self._left.items():
            panel = axes.get_title(loc="left").splitlines()[:1]
            where = f"“{panel[0]}”" if len(self.figure.axes) > 2 and panel else "the picture"
            self.say(f"Yours leaves {where} at {at}.")
        title = f"{self.kata.number} {self.kata.title}"
        self.figure.suptitle(f"{title}: {self.head}", x=LEFT, ha="left", fontsize=11)
        below = self._write_below()
        room = self._add_legend(below)
        self.figure.get_layout_engine().set(rect=(0, room, 1, 1 - room))

    def _write_below(self) -> float:
        """Write what is said on lines that are added to the figure; return their height, inches."""
        lines = [drawable(part) for said in self.told for part in textwrap.wrap(said, LETTERS)]
        below = LINE * (len(lines) + 0.5) if lines else 0.0
        height = self.figure.get_figheight() + below
        self.figure.set_figheight(height)
        for i, line in enumerate(reversed(lines)):
            up = LINE * (i + 0.4) / height
            self.figure.text(
                *(LEFT, up, line), color=DARK, fontsize=8.5, va="bottom", parse_math=False
            )
        return below

    def _add_legend(self, below: float) -> float:
        """Add the legend above what is said, if there are lines; return the share of both."""
        height = self.figure.get_figheight()
        if not any(axes.get_lines() and axes.axison for axes in self.figure.axes):
            return below / height
        keys = [Line2D([], [], label="wanted", **WANTED)]
        if self.draws_yours:
            keys.append(Line2D([], [], label="yours", **YOURS))
        keys += self._legend
        self.figure.legend(
            handles=keys,
            loc="lower center",
            bbox_to_anchor=(0.5, below / height),
            ncols=len(keys),
            borderaxespad=0.2,
        )
        return (below + LEGEND) / height
