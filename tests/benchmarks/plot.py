"""Cost against size on a log-log axis, one figure for each problem, the slope of each line stated.

    python -m tests.benchmarks.plot FILE.json [FOLDER]

FILE.json is what `--benchmark-json FILE.json` wrote; the figures go to FOLDER, else `.benchmarks/`.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl

from .table import Entry, loaded, ns, unit

mpl.use("agg")
from matplotlib import pyplot as plt

AXES = {
    "parabola": "steps",
    "regression": "numbers in X",
    "heavy ball": "numbers in X",
    "momentum": "weights",
    "softmax": "scores",
}
MARKERS = {"peer": "o", "ours": "s", "yours": "*"}


def slope(x: list[float], y: list[float]) -> str:
    """Write the exponent p of the power law y ~ xᵖ between the last two sizes."""
    if len(x) < 2:
        return ""
    power = math.log(y[-1] / y[-2]) / math.log(x[-1] / x[-2])
    return f"{round(power, 2) + 0.0:+.2f}"


def line(axes: Any, name: str, rows: list[Entry], colour: Any) -> None:
    """Draw one implementation over all sizes it was measured at."""
    rows = sorted(rows, key=lambda row: row["scale"])
    x, y = [float(row["scale"]) for row in rows], [ns(row) for row in rows]
    ours = rows[0]["side"] != "peer"
    axes.plot(
        *(x, y),
        marker=MARKERS[rows[0]["side"]],
        linestyle="-" if ours else "--",
        linewidth=2 if ours else 1.2,
        color=colour,
        label=f"{slope(x, y):>5}  {name}",
    )


def panel(axes: Any, kind: str, rows: list[Entry], colours: dict[str, Any]) -> None:
    """Draw all implementations of one kind, and their limit; the slowest is named first."""
    names = dict.fromkeys(row["implementation"] for row in sorted(rows, key=ns, reverse=True))
    for name in names:
        line(axes, name, [row for row in rows if row["implementation"] == name], colours[name])
    limited = [row for row in rows if row["limit ns"]]
    if limited:
        most = {row["scale"]: row for row in sorted(limited, key=lambda row: row["limit ns"])}
        points = sorted((scale, row["limit ns"]) for scale, row in most.items())
        what = most[points[-1][0]]["limit"].split(", ")[0]
        axes.plot(*zip(*points, strict=True), ":k", label=f"       limit: {what}")
    axes.set(xscale="log", yscale="log", title=kind, xlabel=AXES[rows[0]["problem"]])
    axes.set_ylabel(f"ns per {unit(kind)}")
    axes.grid(visible=True, which="major", alpha=0.3)
    axes.legend(
        title="slope between the last two sizes",
        alignment="left",
        prop={"family": "monospace", "size": 8},
        title_fontsize=8,
        loc="upper left",
        bbox_to_anchor=(0, -0.16),
        frameon=False,
    )


def draw(entries: list[Entry], folder: Path) -> list[Path]:
    """Draw a figure for each problem and device, and return the files."""
    files = []
    for problem, device in dict.fromkeys((e["problem"], e["device"]) for e in entries):
        rows = [e for e in entries if (e["problem"], e["device"]) == (problem, device)]
        if len({row["scale"] for row in rows}) < 2:
            continue  # a point has no slope
        names = dict.fromkeys(row["implementation"] for row in rows)
        colours = dict(zip(names, mpl.colormaps["tab20"].colors, strict=False))
        kinds = list(dict.fromkeys(row["kind"] for row in rows))
        figure, panels = plt.subplots(
            1, len(kinds), figsize=(5 * len(kinds), 6.5), squeeze=False, layout="constrained"
        )
        for axes, kind in zip(panels[0], kinds, strict=True):
            panel(axes, kind, [row for row in rows if row["kind"] == kind], colours)
        figure.suptitle(f"{problem} on {device}: cost against size")
        folder.mkdir(parents=True, exist_ok=True)
        files.append(folder / f"{problem.replace(' ', '_')}-{device}.png")
        figure.savefig(files[-1], dpi=110)
        plt.close(figure)
    return files


if __name__ == "__main__":
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(".benchmarks")
    for file in draw(loaded(Path(sys.argv[1])), target):
        print(file)
