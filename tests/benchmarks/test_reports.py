"""What the benchmarks say about their numbers: the table, the bytes kept, the learner's row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from ..benchmarks import cuda_graph, kept, table
from .cases import CHECKED, MEASURED, Case, Size, build
from .limits import limit
from .measuring import check
from .registry import all_rows
from .rows import ITERATED, WHOLES, Row, Run

PARABOLA = CHECKED[0]


def entry(name: str, side: str, best: float, **more: Any) -> table.Entry:
    """Return a row's numbers: 1,000 steps in so many seconds."""
    told = {"implementation": name, "side": side, "best": best, "steps a round": 1_000}
    told |= {"group": "g", "kind": ITERATED, "compiled": False, "threads": 1, "torch": "2"}
    return {**told, "limit ns": 10.0, "limit": "so it is", "bytes kept per step": 4.0, **more}


def test_the_table_compares_with_the_fastest_peer() -> None:
    """Rows stand by speed; each says its ratio to the fastest peer, and its share of the limit."""
    rows = [
        entry("slow peer", "peer", 4e-3),
        entry("quick peer", "peer", 1e-3),
        entry("ours", "ours", 5e-4),
        entry("compiled", "peer", 1e-4, compiled=True),
    ]
    text = list(table.lines(rows))
    names = ("compiled", "ours", "quick", "slow")
    assert [line.split()[0] for line in text if line.startswith(names)][:4] == list(names)
    (ours,) = (line.split() for line in text if line.startswith("ours "))
    assert ours == ["ours", "2,000,000", "500", "5.00", "2", "%", "4"]
    assert "     0.500  g: ours ÷ quick peer" in text


def test_a_row_is_as_fast_as_at_its_best_visit() -> None:
    """Of a row's visits the best counts, by its time a step; another group's row is another."""
    visits = [
        entry("ours", "ours", 3e-3),
        entry("peer", "peer", 5e-3),
        entry("ours", "ours", 4e-3, **{"steps a round": 2_000}),
        entry("ours", "ours", 1e-3, group="h"),
    ]
    found = [(row["group"], row["implementation"], table.ns(row)) for row in table.best(visits)]
    assert found == [("g", "ours", 2_000.0), ("g", "peer", 5_000.0), ("h", "ours", 1_000.0)]


def test_every_measured_row_has_a_limit() -> None:
    """A step that makes a trace moves something, so it cannot take no time."""
    size = Size("regression", (12, 3), 20)
    rows = [r for r in all_rows(None) if r.fits(size, "cpu") and r.kind in (ITERATED, *WHOLES)]
    assert all(limit(size, row, "cpu").ns > 0 for row in rows)


def test_what_a_loop_keeps_is_counted() -> None:
    """A loop that keeps 4,096 bytes of every step is found to do so."""

    def make(_: Case, steps: int) -> Run:
        return Run(lambda: [torch.zeros(1024) for _ in range(steps)])

    try:
        count = kept.in_use()
    except AttributeError:
        pytest.skip("malloc is not glibc's")
    row = Row("keeps", ITERATED, ("parabola",), make)
    assert 4096 <= kept.kept(build(PARABOLA, "cpu"), row, count) < 6000


def test_ids_are_unique() -> None:
    """The process that counts bytes finds a row, and a size, by its id alone."""
    rows, sizes = [r.id for r in all_rows(None)], [s.id for s in MEASURED]
    assert len(set(rows)) == len(rows)
    assert len(set(sizes)) == len(sizes)


def test_a_learner_has_rows_of_their_own(tmp_path: Path) -> None:
    """A folder of answers adds a row for each function that it has."""
    file = tmp_path / "01/manual_update.py"
    file.parent.mkdir()
    file.write_text("def descend(x0, lr, steps):\n    raise NotImplementedError\n", "utf-8")
    assert [r.name for r in all_rows(tmp_path) if r.side == "yours"] == ["yours: 01 descend"]


@pytest.mark.parametrize("steps", [20, 25, 7], ids=["two blocks", "a part more", "less than one"])
def test_a_trace_is_made_of_replays(monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    """The blocks of a graph join to one trace, whatever was in its buffers after the capture."""

    def at_once(work: Callable[[], None]) -> Callable[[], None]:
        work()  # as the runs before a capture: the buffers are no longer zero
        return work

    monkeypatch.setattr(cuda_graph, "captured", at_once)
    monkeypatch.setattr(cuda_graph, "BLOCK", 10)
    (row,) = cuda_graph.ROWS
    case = build(Size("regression", (12, 3), steps), "cpu")
    check(row.make(case, steps), case, row)
