"""README's table and figure, from one run: `pytest tests/benchmarks … --benchmark-readme`.

`python -m tests.benchmarks.report FILE.json` makes them from what `--benchmark-json` wrote.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from .cases import MEASURED
from .table import Entry, loaded, machine, markdown

FIGURE = Path("tests/benchmarks/steps.png")
PLACE = re.compile(r"(<!-- steps -->\n).*?(<!-- steps end -->)", re.DOTALL)


def missing(entries: list[Entry]) -> list[str]:
    """Return the sizes that were not measured on the CPU, so that README's table lacks them."""
    there = {(e["problem"], e["size"]) for e in entries if e["device"] == "cpu"}
    sizes = [(size.problem, size.label) for size in MEASURED if "cpu" in size.devices]
    return [f"{problem} {label}" for problem, label in sizes if (problem, label) not in there]


def write(entries: list[Entry], house: Path) -> Iterator[Path]:
    """Write the table into README and draw the figure; yield what was written.

    Errors: ValueError where README has no place for the table.
    """
    readme = house / "README.md"
    text = readme.read_text(encoding="utf-8")
    if not PLACE.search(text):
        raise ValueError(f"{readme} has no lines <!-- steps --> and <!-- steps end -->")
    body = "\n".join((*markdown(entries), "", f"Measured with {machine(entries)}.", ""))
    readme.write_text(PLACE.sub(lambda found: found[1] + body + found[2], text), encoding="utf-8")
    yield readme
    if find_spec("matplotlib") is not None:
        from . import plot

        plot.draw(entries, house / FIGURE)
        yield house / FIGURE


if __name__ == "__main__":
    for file in write(loaded(Path(sys.argv[1])), Path(__file__).parents[2]):
        print(file)
