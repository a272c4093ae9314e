"""README's figure: what a step costs against the size of the problem, a panel for each problem."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl

from .rows import ITERATED, WHOLE, WHOLE_KNOWN
from .table import Entry, ns

mpl.use("agg")
from matplotlib import pyplot as plt

AXES = {"parabola": "steps", "regression": "numbers in X", "momentum": "weights"}
Chosen = Callable[[Entry], bool]


def of(side: str, *kinds: str) -> Chosen:
    """Choose the rows of one side, of some kinds."""
    return lambda row: row["side"] == side and row["kind"] in kinds


def called(name: str) -> Chosen:
    """Choose the rows whose names begin so."""
    return lambda row: row["implementation"].startswith(name)


LINES: dict[str, tuple[Chosen, dict[str, Any]]] = {
    "the document's loop": (called("document"), {"color": "0.6", "marker": "o"}),
    "torch.optim.SGD": (called("torch.optim.SGD"), {"color": "0.3", "marker": "o"}),
    "best peer, iterated": (of("peer", ITERATED), {"color": "C0", "marker": "o"}),
    "best peer, whole trace": (
        of("peer", WHOLE, WHOLE_KNOWN),
        {"color": "C0", "marker": "o", "linestyle": "--"},
    ),
    "ours, iterated": (of("ours", ITERATED), {"color": "C3", "marker": "s"}),
    "ours, whole trace": (
        of("ours", WHOLE, WHOLE_KNOWN),
        {"color": "C3", "marker": "s", "linestyle": "--"},
    ),
}


def fastest(rows: list[Entry], cost: Callable[[Entry], float]) -> tuple[list[int], list[float]]:
    """Return the sizes, and what the cheapest row costs at each."""
    scales = sorted({row["scale"] for row in rows})
    return scales, [min(cost(r) for r in rows if r["scale"] == scale) for scale in scales]


def panel(axes: Any, problem: str, rows: list[Entry]) -> None:
    """Draw the lines of one problem, and the hardware's limit."""
    for label, (chosen, style) in LINES.items():
        if found := [row for row in rows if chosen(row)]:
            axes.plot(*fastest(found, lambda row: ns(row) / 1e3), label=label, **style)
    limited = [row for row in rows if row["limit ns"]]
    axes.plot(
        *fastest(limited, lambda row: row["limit ns"] / 1e3), ":k", label="the hardware's limit"
    )
    axes.set(xscale="log", yscale="log", title=problem, xlabel=AXES[problem])
    axes.grid(visible=True, which="major", alpha=0.3)


def draw(entries: list[Entry], file: Path) -> None:
    """Draw the figure of what ran on the CPU."""
    entries = [entry for entry in entries if entry["device"] == "cpu"]
    shown = [problem for problem in AXES if any(e["problem"] == problem for e in entries)]
    figure, panels = plt.subplots(
        1, len(shown), figsize=(4 * len(shown), 4.2), squeeze=False, layout="constrained"
    )
    for axes, problem in zip(panels[0], shown, strict=True):
        panel(axes, problem, [entry for entry in entries if entry["problem"] == problem])
    panels[0][0].set_ylabel("microseconds a step")
    handles, labels = panels[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=100, metadata={"Software": None})
    plt.close(figure)
