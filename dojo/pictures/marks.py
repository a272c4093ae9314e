"""What is drawn on axes: a pair of lines, arrows, heights, tables, words at the end of lines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.colors import ListedColormap
from torch import Tensor

from dojo.pictures.style import DARK, EDGE, GREY, INK, PALE, SIGNED, WANTED, YOURS

Numbers = Tensor | Sequence[float] | range
MARGIN = 0.07  # of the span, free on each side
NEAR = 1.5  # spans that yours may widen a panel by, on each side
SHADES = ListedColormap(["#fbf7e3", "#cbd3e6", "#93a3c4", "#5b6c94"])  # of four regions
FIXED = "fixed"  # axes that show what they show
FAR = 20.0  # spans: what is farther away is drawn there, out of sight


def numbers_of(values: Numbers) -> np.ndarray[Any, Any]:
    """Return numbers as a flat array of float64."""
    return np.asarray(values, dtype=np.float64).reshape(-1)


def draw_pair(
    axes: Any,
    wanted: tuple[Any, Any],
    yours: tuple[Any, Any] | None,
    every: int = 1,
    within: tuple[float, float] | None = None,
) -> tuple[list[Any], int | None]:
    """Draw both lines, (x, y) each; return them, and the first point of yours out of sight."""
    for axis, along in enumerate("xy"):
        given = within if along == "y" else None
        widen(axes, along, wanted[axis], yours[axis] if yours else (), given)
    lines = axes.plot(*_same_length(axes, wanted), markevery=every, **WANTED)
    if yours is None:
        return lines, None
    drawn = _same_length(axes, yours)
    lines += axes.plot(*drawn, markevery=every, **YOURS)
    return lines, _first_outside(axes, drawn, wanted)


def widen(
    axes: Any,
    along: str,
    wanted: Iterable[float],
    yours: Iterable[float] = (),
    given: tuple[float, float] | None = None,
) -> None:
    """Let an axis show all that is wanted, what it showed before, and yours where it is near."""
    if axes.get_gid() == FIXED:
        return
    logarithmic = getattr(axes, f"get_{along}scale")() == "log"
    known = (
        () if getattr(axes, f"get_autoscale{along}_on")() else getattr(axes, f"get_{along}lim")()
    )
    low, high = given or _span(wanted, yours, known, logarithmic=logarithmic)
    getattr(axes, f"set_{along}lim")(low, high)


def _span(
    wanted: Iterable[float], yours: Iterable[float], known: Sequence[float], *, logarithmic: bool
) -> tuple[float, float]:
    """Return the limits of an axis, margins included; `known` are those that it has."""
    into = _power_of_ten if logarithmic else float
    shown = [v for v in map(into, wanted) if math.isfinite(v)] or [0.0, 1.0]
    before = list(map(into, known))
    low, high = min(shown + before), max(shown + before)
    span = high - low or max(abs(high), 1.0)
    near = [v for v in map(into, yours) if low - NEAR * span <= v <= high + NEAR * span]
    ends = [min(shown + near), max(shown + near)]
    room = MARGIN * (max([ends[1], *before]) - min([ends[0], *before]) or span)
    low, high = min([ends[0] - room, *before]), max([ends[1] + room, *before])
    return (10**low, 10**high) if logarithmic else (low, high)


def _power_of_ten(value: float) -> float:
    return math.log10(value) if value > 0 else math.nan


def _same_length(axes: Any, line: tuple[Any, Any]) -> tuple[Any, Any]:
    """Cut both to the shorter one, and bring in what is too far away to be drawn."""
    count = min(map(len, line))
    return (
        within_reach(line[0][:count], axes.get_xlim(), axes.get_xscale()),
        within_reach(line[1][:count], axes.get_ylim(), axes.get_yscale()),
    )


def within_reach(values: Any, limits: tuple[float, float], scale: str = "linear") -> Any:
    """Return the values, those far out of sight nearer, and nan where there is no number."""
    low, high = limits
    values = np.where(np.isfinite(values), values, np.nan)
    if scale == "log":
        return np.where(values > 0, np.clip(values, low / 1e6, high * 1e6), np.nan)
    far = FAR * (high - low)
    return np.clip(values, low - far, high + far)


def _first_outside(axes: Any, yours: tuple[Any, Any], wanted: tuple[Any, Any]) -> int | None:
    """Return the first number of yours that the axes do not show, though they show the wanted."""
    limits = axes.get_xlim(), axes.get_ylim()
    for i, (mine, its) in enumerate(
        zip(zip(*yours, strict=True), zip(*wanted, strict=True), strict=False)
    ):
        for value, other, (low, high) in zip(mine, its, limits, strict=True):
            if not math.isnan(value) and not low <= value <= high and low <= other <= high:
                return i
    return None


def counted(axes: Any, what: str) -> None:
    """Let the axis of x count: whole numbers, of steps or rounds."""
    axes.set_xlabel(what)
    axes.xaxis.get_major_locator().set_params(integer=True)


def curve(axes: Any, x: Numbers, y: Numbers, **line: Any) -> None:
    """Draw a plain curve, such as the function that is descended on."""
    for along, values in (("x", x), ("y", y)):
        widen(axes, along, numbers_of(values))
    axes.plot(
        numbers_of(x), numbers_of(y), **{"color": GREY, "linewidth": 1.2, "zorder": 2, **line}
    )


def heights(axes: Any, x: Numbers, y: Numbers, values: Tensor, levels: Sequence[float]) -> None:
    """Draw the contours of a surface, [len(y), len(x)], in grey; the axes show no more than it."""
    axes.contour(
        *(numbers_of(x), numbers_of(y), np.asarray(values)),
        levels=list(levels),
        colors=GREY,
        linewidths=0.7,
        zorder=1,
    )
    axes.grid(visible=False)
    axes.set(xlim=(float(x[0]), float(x[-1])), ylim=(float(y[0]), float(y[-1])), gid=FIXED)


def table(axes: Any, values: Tensor, digits: int, rows: str, columns: str) -> None:
    """Draw a table of numbers with signs as a heat map, each number written on its cell.

    rows, columns: names such as "p", to which the number is added
    """
    most = float(values[values.isfinite()].abs().max()) if values.isfinite().any() else 1.0
    most = most or 1.0
    axes.imshow(np.asarray(values), cmap=SIGNED, vmin=-most, vmax=most, aspect="auto")
    axes.grid(visible=False)
    for (i, j), value in np.ndenumerate(np.asarray(values)):
        dark = abs(value) > 0.6 * most
        word = f"{value:+.{digits}f}" if abs(value) < 1e4 else f"{value:+.0e}"
        axes.text(
            *(j, i, word.replace("-", "−")),
            ha="center",
            va="center",
            fontsize=8.5,
            color="white" if dark else INK,
        )
    axes.set_xticks(range(values.shape[1]), [f"{columns}{j}" for j in range(values.shape[1])])
    axes.set_yticks(range(values.shape[0]), [f"{rows}{i}" for i in range(values.shape[0])])


def words_at_ends(axes: Any, ends: Sequence[tuple[float, float, str]], gap: float = 0.055) -> None:
    """Write a word right of the end of each line, moved up or down until none touches another.

    ends: (x, y, word) of each; gap: of the axes' height, between two words
    """
    inverse = axes.transAxes.inverted()
    at = [inverse.transform(axes.transData.transform((x, y))) for x, y, _ in ends]
    order = sorted(range(len(ends)), key=lambda i: at[i][1])
    ups = _apart([float(at[i][1]) for i in order], gap)
    for i, up in zip(order, ups, strict=True):
        axes.annotate(
            ends[i][2],
            (float(at[i][0]), up),
            (7, 0),
            xycoords="axes fraction",
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=EDGE,
            annotation_clip=False,
        )


def _apart(ups: list[float], gap: float) -> list[float]:
    """Move sorted numbers until each is a gap above the one before, and none is above 1."""
    for i in range(1, len(ups)):
        ups[i] = max(ups[i], ups[i - 1] + gap)
    top = 1.0
    for i in reversed(range(len(ups))):
        ups[i] = min(ups[i], top)
        top = ups[i] - gap
    return ups


def arrows(
    axes: Any, x: Numbers, y: Numbers, along: Numbers, up: Numbers, *, yours: bool = False
) -> Any:
    """Draw an arrow from each point (x, y), as long as (along, up) on the axes' scales."""
    parts = [numbers_of(values) for values in (x, y, along, up)]
    count = min(map(len, parts))
    limits = [axes.get_xlim(), axes.get_ylim()] * 2
    inside = [within_reach(p[:count], lim) for p, lim in zip(parts, limits, strict=True)]
    return axes.quiver(
        *inside,
        angles="xy",
        scale_units="xy",
        scale=1,
        units="inches",
        width=0.020 if yours else 0.055,
        headwidth=4 if yours else 2.6,
        headlength=5 if yours else 2.6,
        headaxislength=4.5 if yours else 2.4,
        color=DARK if yours else PALE,
        zorder=4 if yours else 3,
    )


def regions(axes: Any, ends: tuple[float, float], labels: Tensor, wanted: Tensor) -> None:
    """Draw a square map of whole numbers, and a cross where one is not what is wanted.

    ends: the first and the last place along x, and along y
    """
    half = (ends[1] - ends[0]) / max(1, len(wanted) - 1) / 2
    edges = [ends[0] - half, ends[1] + half] * 2
    axes.imshow(np.asarray(labels), cmap=SHADES, vmin=0, vmax=3, origin="lower", extent=edges)
    axes.grid(visible=False)
    wrong = np.argwhere(np.asarray(labels != wanted))
    at = ends[0] + 2 * half * wrong
    axes.plot(at[:, 1], at[:, 0], "x", color=DARK, markersize=4)
