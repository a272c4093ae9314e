"""The table: a group of rows for each problem, size, device and kind.

`python -m tests.benchmarks.table FILE.json` prints it again from `--benchmark-json FILE.json`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .rows import ITERATED, JUMPS, WHOLES

HEADINGS = ("steps/s", "ns/step", "÷ fastest peer", "of the limit", "bytes kept/step")
WIDTHS = (14, 14, 16, 14, 17)
NAME = 30

Entry = dict[str, Any]


def ns(entry: Entry) -> float:
    """Return the nanoseconds of a step in the best round: what else a machine does only adds."""
    return entry["best"] / entry["steps a round"] * 1e9


def loaded(file: Path) -> list[Entry]:
    """Return the rows of a file that --benchmark-json wrote, each with its best visit."""
    found = json.loads(file.read_text(encoding="utf-8"))["benchmarks"]
    ours = (b for b in found if "implementation" in b["extra_info"])
    return best([{**b["extra_info"], "group": b["group"], "best": b["stats"]["min"]} for b in ours])


def best(visits: list[Entry]) -> list[Entry]:
    """Return each row of each group once: as it was at its best visit."""
    rows: dict[tuple[str, str], Entry] = {}
    for visit in visits:
        row = rows.setdefault((visit["group"], visit["implementation"]), visit)
        if ns(visit) < ns(row):
            rows[visit["group"], visit["implementation"]] = visit
    return list(rows.values())


def short(number: float) -> str:
    """Write a number with three digits that count, or more where it is large."""
    if number >= 100 or number == 0:
        return f"{number:,.0f}"
    digits = 1 if number >= 10 else 2 if number >= 0.1 else 3
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
        )
        yield row["implementation"].ljust(NAME) + "".join(
            cell.rjust(width) for cell, width in zip(cells, WIDTHS, strict=True)
        )
    for reason in dict.fromkeys(f"{short(r['limit ns'])} ns: {r['limit']}" for r in rows):
        if not reason.startswith("0 "):
            yield f"  limit {reason}"


def summary(entries: list[Entry]) -> Iterator[str]:
    """Write how our fastest row stands to the fastest peer of its kind, group by group."""
    yield "our fastest row ÷ the fastest peer (of iterated rows: that Python drives)"
    for group, rows in grouped(entries).items():
        ours = [r for r in rows if r["side"] == "ours"]
        iterated = any(r["kind"] == ITERATED for r in rows)
        peers = [r for r in rows if r["side"] == "peer" and not (iterated and r["compiled"])]
        if ours and peers:
            ratio = ns(ours[0]) / ns(peers[0])
            pair = f"{ours[0]['implementation']} ÷ {peers[0]['implementation']}"
            yield f"  {ratio:8.3f}  {group}: {pair}"
    first = entries[0]
    told = (f"{name} {first[name]}" for name in ("threads", "torch", "gpu") if name in first)
    yield ", ".join(told)


if __name__ == "__main__":
    for text in lines(loaded(Path(sys.argv[1]))):
        print(text)
