"""What the benchmarks say about their numbers: the table, the bytes kept, the learner's row."""

from __future__ import annotations

import json
import weakref
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from ..benchmarks import compare, cuda_graph, kept, registry, report, table
from .cases import CHECKED, MEASURED, Case, Size, build
from .cuda_graph import Captured
from .limits import limit
from .measuring import QUICK, Block, check, measure
from .registry import all_rows
from .rows import ITERATED, WHOLE_KNOWN, WHOLES, Row, Run

PARABOLA = CHECKED[0]


def entry(name: str, side: str, *visits: float, **more: Any) -> table.Entry:
    """Return a row's numbers: the nanoseconds of a step, visit by visit."""
    told = {"implementation": name, "side": side, "visits": list(visits), "group": "g"}
    told |= {"kind": ITERATED, "compiled": False, "ready s": 0.1, "threads": 1, "torch": "2"}
    told |= {"problem": "parabola", "size": "50 steps", "scale": 50, "device": "cpu"}
    return {**told, "limit ns": 10.0, "limit": "so it is", "bytes kept per step": 4.0, **more}


ROWS = [
    entry("document, graph grows", "peer", 4_000),
    entry("quick peer", "peer", 1_000, 1_200, compiled=True),
    entry("ours: tuned", "ours", 500, 900),
    entry("ours: 01 descend", "ours", 5_000),
]


def test_the_table_compares_with_the_fastest_peer() -> None:
    """Rows stand by speed; each says its ratio to the fastest peer, and its share of the limit."""
    text = list(table.lines(ROWS))
    names = ("ours: tuned", "quick", "document", "ours: 01")
    shown = [line for line in text if line.startswith(names)]
    assert [line[:8] for line in shown] == ["ours: tu", "quick pe", "document", "ours: 01"]
    assert shown[0].split()[2:] == ["2,000,000", "500", "0.50", "2", "%", "4"]
    assert shown[1].split()[2:] == ["1,000,000", "1,000", "1.00", "1", "%", "4", "0.1", "s"]
    assert any("0.50 (0.50–0.75)  g: ours: tuned ÷ quick peer" in line for line in text)


def test_readme_has_a_line_for_each_size_and_kind() -> None:
    """A line names the document's loop, the best peer and ours in microseconds, and the limit."""
    known = {"group": "h", "kind": WHOLE_KNOWN, "limit ns": 0.0}
    rows = [*ROWS, entry("peer", "peer", 100, **known), entry("ours: tuned", "ours", 200, **known)]
    _, _, *found = table.markdown(rows)
    assert [[cell.strip() for cell in line.strip("|").split("|")] for line in found] == [
        [
            *("parabola, 50 steps", "iterated", "4.00", ""),
            *("1.00 quick peer", "0.50 tuned", "0.50 (0.50–0.75)", "0.010"),
        ],
        ["", "whole trace (known)", "", "", "0.10 peer", "0.20 tuned", "2.00 (2.00–2.00)", ""],
    ]


def test_readme_is_written_between_its_marks(tmp_path: Path) -> None:
    """The table takes the place of the one before, and the rest of README stays as it was."""
    readme = tmp_path / "README.md"
    readme.write_text("no place\n", "utf-8")
    with pytest.raises(ValueError, match="has no lines"):
        next(report.write(ROWS, tmp_path))
    readme.write_text("before\n<!-- steps -->\nold\n<!-- steps end -->\nafter\n", "utf-8")
    assert next(report.write(ROWS, tmp_path)) == readme
    text = readme.read_text("utf-8")
    assert text.startswith("before\n<!-- steps -->\n| size | kind |")
    assert text.endswith("Measured with threads 1, torch 2.\n<!-- steps end -->\nafter\n")
    assert "old" not in text


def test_readme_is_written_from_a_whole_run_alone() -> None:
    """A run of some sizes would leave a table of these: what it lacks is named."""
    sizes = [size for size in MEASURED if "cpu" in size.devices]
    rows = [entry("peer", "peer", 1, problem=s.problem, size=s.label) for s in sizes]
    assert report.missing(rows) == []
    assert report.missing(rows[1:]) == ["parabola 50 steps"]


@pytest.mark.parametrize(
    ("visits", "verdict"),
    [((400, 420), "as before"), ((900, 700), "worse"), ((100, 90), "better")],
)
def test_a_ratio_is_worse_only_beyond_its_spread(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    visits: tuple[float, float],
    verdict: str,
) -> None:
    """A run fails where a ratio to the same peer is above all that it was."""
    base = [entry("peer", "peer", 1_000, 1_100), entry("ours", "ours", 400, 500)]
    now = [base[0], entry("new", "peer", 10, 10), entry("ours", "ours", *visits)]
    files = [str(tmp_path / name) for name in ("base.json", "now.json")]
    for file, rows in zip(files, (base, now), strict=True):
        found = [{"extra_info": row, "group": row["group"]} for row in rows]
        Path(file).write_text(json.dumps({"benchmarks": found}), "utf-8")
    assert compare.main(files) == int(verdict == "worse")
    assert capsys.readouterr().out.split("\n")[0].strip().startswith(verdict)


def test_visits_are_one_entry_in_seconds_a_step() -> None:
    """Whatever fits a round, pytest-benchmark keeps one entry a row, and its times are a step's."""
    session, block = (
        SimpleNamespace(benchmarks=[]),
        Block(lambda: None, "cpu", calls=3, seconds=1.0),
    )

    def pedantic(*_: Any, **__: Any) -> None:
        benchmark.stats = SimpleNamespace(stats=SimpleNamespace(data=[6.0, 12.0]), extra_info={})
        session.benchmarks.append(benchmark.stats)

    benchmark = SimpleNamespace(pedantic=pedantic)
    for _ in range(2):
        measure(benchmark, session, block, 2, QUICK)
    (kept_entry,) = session.benchmarks
    assert kept_entry.stats.data == [1.0, 2.0, 1.0, 2.0]
    assert kept_entry.extra_info["visits"] == [1e9, 1e9]


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


def test_what_is_not_installed_has_no_rows_and_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the packages of an extra the other rows are there, and a line says how to get all."""

    def absent(_: str) -> None: ...

    monkeypatch.setattr(registry, "find_spec", absent)
    names = {row.name.split()[0] for row in registry.all_rows(None)}
    assert {"numpy", "ours:", "document,"} <= names
    assert not {"numba", "JAX", "scipy"} & names
    (line,) = registry.not_installed()
    assert line.startswith("no rows of jax, optax, numba, scipy: not installed (pip install -c ")


def test_a_learner_has_rows_of_their_own(tmp_path: Path) -> None:
    """A folder of answers adds a row for each function that it has."""
    file = tmp_path / "01/manual_update.py"
    file.parent.mkdir()
    file.write_text("def descend(x0, lr, steps):\n    raise NotImplementedError\n", "utf-8")
    assert [r.name for r in all_rows(tmp_path) if r.side == "yours"] == ["yours: 01 descend"]


@pytest.mark.parametrize("steps", [20, 25, 7], ids=["two blocks", "a part more", "less than one"])
def test_a_trace_is_made_of_replays(monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    """The blocks of a graph join to one trace, whatever was in its buffers after the capture.

    A graph knows addresses alone, so whoever replays it holds what lies there.
    """

    class Graph:
        def __init__(self, work: Callable[[], None]) -> None:
            work()  # as the runs before a capture: the buffers are no longer zero
            self._work = weakref.ref(work)

        def replay(self) -> None:
            work = self._work()
            assert work is not None, "its buffers are free, and may be another's by now"
            work()

    def at_once(work: Callable[[], None]) -> Captured:
        graph: Any = Graph(work)
        return Captured(graph, work)

    monkeypatch.setattr(cuda_graph, "captured", at_once)
    monkeypatch.setattr(cuda_graph, "BLOCK", 10)
    (row,) = cuda_graph.ROWS
    case = build(Size("regression", (12, 3), steps), "cpu")
    check(row.make(case, steps), case, row)
