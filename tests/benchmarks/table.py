"""The tables: all rows, group by group, for the terminal; and README's, a line a size and kind.

`python -m tests.benchmarks.table FILE.json` prints the first again from `--benchmark-json
FILE.json`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .rows import ITERATED, JUMPS, WHOLES

HEADINGS = ("steps/s", "ns/step", "÷ fastest peer", "of the limit", "bytes kept/step", "ready in")
WIDTHS = (14, 14, 16, 14, 21, 10)
NAME = 30

Entry = dict[str, Any]


def ns(entry: Entry) -> float:
    """Return the nanoseconds of a step in the best round: what else a machine does only adds."""
    return min(entry["visits"])


def loaded(file: Path) -> list[Entry]:
    """Return the rows of a file that --benchmark-json wrote."""
    found = json.loads(file.read_text(encoding="utf-8"))["benchmarks"]
    ours = (b for b in found if "implementation" in b["extra_info"])
    return [{**b["extra_info"], "group": b["group"]} for b in ours]


def short(number: float) -> str:
    """Write a number with three digits that count, or more where it is large."""
    if number >= 100 or number == 0:
        return f"{number:,.0f}"
    digits = 1 if number >= 10 else 2 if number >= 0.1 else 3 if number >= 0.01 else 5
    return f"{number:.{digits}f}"


def unit(kind: str) -> str:
    """Return what is counted in a group: a step, but where no trace is made."""
    return "step" if kind in (ITERATED, *WHOLES) else "jump" if kind in JUMPS else "product"


def share(entry: Entry) -> str:
    """Write which part of what the hardware allows a row reaches."""
    part = entry["limit ns"] / ns(entry) * 100
    if not part:
        return "–"
    return f"{part:.0f} %" if part >= 1 else f"{part:.1g} %" if part >= 0.01 else "< 0.01 %"


def grouped(entries: list[Entry]) -> dict[str, list[Entry]]:
    """Return the rows of each group, the fastest first."""
    groups: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=ns):
        groups.setdefault(entry["group"], []).append(entry)
    first_met = dict.fromkeys(entry["group"] for entry in entries)
    return {group: groups[group] for group in first_met}


@dataclass(frozen=True)
class Ratio:
    """How many times as long ours takes as a peer: at best, and in each pair of visits."""

    ours: Entry
    peer: Entry

    @property
    def best(self) -> float:
        """The ratio of the best rounds."""
        return ns(self.ours) / ns(self.peer)

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the greatest ratio of two visits that came one after the other."""
        pairs = zip(self.ours["visits"], self.peer["visits"], strict=False)
        all_of_them = [self.best, *(a / b for a, b in pairs)]
        return min(all_of_them), max(all_of_them)

    def __str__(self) -> str:
        low, high = self.bounds
        return f"{short(self.best)} ({short(low)}–{short(high)})"


def ratio_of(rows: list[Entry], peer: str | None = None) -> Ratio | None:
    """Return our fastest row against the fastest peer of a group, or against the one named."""
    ours = [row for row in rows if row["side"] == "ours"]
    peers = [row for row in rows if row["side"] == "peer"]
    peers = [row for row in peers if peer in (None, row["implementation"])]
    return Ratio(min(ours, key=ns), min(peers, key=ns)) if ours and peers else None


def lines(entries: list[Entry]) -> Iterator[str]:
    """Write the table, group by group."""
    for group, rows in grouped(entries).items():
        yield from written(group, rows)
    if entries:
        yield ""
        yield from summary(entries)


def written(group: str, rows: list[Entry]) -> Iterator[str]:
    """Write one group, the fastest row first."""
    fastest = min((ns(r) for r in rows if r["side"] == "peer"), default=ns(rows[0]))
    yield ""
    yield group
    headings = [h.replace("step", unit(rows[0]["kind"])) for h in HEADINGS]
    yield " " * NAME + "".join(h.rjust(w) for h, w in zip(headings, WIDTHS, strict=True))
    for row in rows:
        kept = row["bytes kept per step"]
        cells = (
            short(1e9 / ns(row)),
            short(ns(row)),
            short(ns(row) / fastest),
            share(row),
            "–" if kept is None else f"{kept:,.0f}",
            f"{row['ready s']:.1f} s" if row["compiled"] else "",
        )
        yield row["implementation"].ljust(NAME) + "".join(
            cell.rjust(width) for cell, width in zip(cells, WIDTHS, strict=True)
        )
    for reason in dict.fromkeys(f"{short(r['limit ns'])} ns: {r['limit']}" for r in rows):
        if not reason.startswith("0 "):
            yield f"  limit {reason}"


def summary(entries: list[Entry]) -> Iterator[str]:
    """Write how our fastest row stands to the fastest peer of its kind, group by group."""
    yield "our fastest row ÷ the fastest peer, and from visit to visit"
    for group, rows in grouped(entries).items():
        if ratio := ratio_of(rows):
            names = f"{ratio.ours['implementation']} ÷ {ratio.peer['implementation']}"
            yield f"  {ratio!s:>20}  {group}: {names}"
    yield machine(entries)


def machine(entries: list[Entry]) -> str:
    """Write what the numbers depend on beside the code."""
    told = {
        name: entry[name]
        for entry in entries
        for name in ("threads", "torch", "gpu")
        if name in entry
    }
    return ", ".join(f"{name} {value}" for name, value in told.items())


COLUMNS = ("size", "kind", "document", "SGD", "best peer", "ours", "ratio", "limit")


def markdown(entries: list[Entry]) -> Iterator[str]:
    """Write README's table: microseconds a step (a jump, a product), a line a size and kind."""
    yield f"| {' | '.join(COLUMNS)} |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    before = ""
    for rows in grouped(entries).values():
        if (ratio := ratio_of(rows)) is None:
            continue
        first = rows[0]
        device = "" if first["device"] == "cpu" else f", {first.get('gpu', first['device'])}"
        size = f"{first['problem']}, {first['size']}{device}"
        limits = [row["limit ns"] for row in rows if row["limit ns"]]
        cells = (
            size if size != before else "",
            first["kind"].replace(", curvature known", " (known)"),
            micro(rows, "document"),
            micro(rows, "torch.optim.SGD"),
            named(ratio.peer),
            named(ratio.ours),
            str(ratio),
            short(min(limits) / 1e3) if limits else "",
        )
        before = size
        yield f"| {' | '.join(cells)} |"


def micro(rows: list[Entry], name: str) -> str:
    """Write the microseconds of the fastest row whose name begins so, or nothing."""
    found = [ns(row) for row in rows if row["implementation"].startswith(name)]
    return short(min(found) / 1e3) if found else ""


def named(row: Entry) -> str:
    """Write a row's microseconds, and whose they are."""
    return f"{short(ns(row) / 1e3)} {row['implementation'].removeprefix('ours: ')}"


if __name__ == "__main__":
    for text in lines(loaded(Path(sys.argv[1]))):
        print(text)
