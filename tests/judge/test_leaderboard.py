"""The leaderboard: an entry for an answer with full marks, by the judge's clock, if it is asked."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
import torch

from dojo.calling.calls import KataCalls
from dojo.judge.leaderboard import measure
from dojo.judge.result import Result, TestResult
from dojo.judge.verdict import Verdict
from dojo.spec import proof

from ..conftest import HOUSE, Practise
from .conftest import SOLUTION, Doors

DONE = TestResult("test_a", Verdict.PASS, "", [], 1.0, observed=False)
FULL = Result("ann", "01", 5, (DONE,), Verdict.PASS, 1.0, "hash", ("outer", "inner"))
HALF = replace(FULL, tests=(DONE, replace(DONE, verdict=Verdict.FAIL)))
SPEC = ModuleType("spec")


def leaderboard(kata: KataCalls) -> tuple[str, float]:
    """Measure nothing but the slope at 6, which must be right."""
    slope = kata.gradient(torch.tensor([6.0]))
    proof.close(slope, torch.tensor([2.0]), atol=1e-6)
    return "slope", float(slope)


SPEC.__dict__["leaderboard"] = leaderboard


@pytest.mark.parametrize(
    ("source", "spec", "judged", "found"),
    [
        (SOLUTION, SPEC, FULL, ("slope", 2.0)),
        (SOLUTION, SPEC, HALF, None),
        (SOLUTION, ModuleType("bare"), FULL, None),
        (SOLUTION + b"\ndef gradient(x): return x", SPEC, FULL, None),
        (SOLUTION + b"\ndef gradient(x): import os; os._exit(0)", SPEC, FULL, None),
        (SOLUTION + b"\ndef gradient(x): raise KeyError(3)", SPEC, FULL, None),
        (SOLUTION + b"\ndef gradient(x): return 'two'", SPEC, FULL, None),
    ],
    ids=[
        *("right", "not all tests", "no measure", "wrong while measured", "ends its process"),
        *("raises while measured", "no number"),
    ],
)
def test_who_is_measured(
    doors: Doors, source: bytes, spec: ModuleType, judged: Result, found: tuple[str, float] | None
) -> None:
    """An answer that passes everything, where the spec measures something; else it is as it was."""
    measured = measure(spec, judged, lambda: doors(source))
    assert measured.measured == found
    assert Result.from_json(measured.to_json()) == measured
    assert (measured is judged) is (found is None)


@pytest.mark.usefixtures("sandbox")
def test_kata_07_has_an_entry(practise: Practise, tmp_path: Path) -> None:
    """Gradescope gets one number, if it is asked for; who goes on with a run keeps it."""
    (tmp_path / "inbox/ann").mkdir(parents=True)
    solution = (HOUSE / "solutions/07/step_throughput.py").read_bytes()
    (tmp_path / "inbox/ann/step_throughput.py").write_bytes(solution)
    out = tmp_path / "out"
    asked = ("katas/07", "--submissions", tmp_path / "inbox", "--gradebook", out)
    boards = []
    for more in ("-q", "--leaderboard", "--leaderboard"):
        assert practise(*asked, more).exit_code == 0
        results = json.loads((out / "results/ann.json").read_text("utf-8"))
        boards.append(results.get("leaderboard"))
    assert boards[0] is None
    ((entry,), again) = boards[1:]
    assert entry.keys() == {"name", "value"}
    assert entry["name"].startswith("Kata 07")
    assert entry["value"] > 0
    assert again == [entry]
