"""Runs that are processes of their own: where nothing is forked, all else is the same."""

from __future__ import annotations

import queue
from pathlib import Path

import pytest

from dojo.watch.runs import Fresh, Run
from dojo.watch.standby import END

from ..processes import PATIENCE
from .conftest import QUICK


def test_a_fresh_process_stands_by_and_goes(
    watched_house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It runs when it is told to, and says all that it has to say; another is killed."""
    monkeypatch.chdir(watched_house)
    ended = queue.SimpleQueue[Run]()
    runs = Fresh(ended.put, tmp_path)
    ours, other = (runs.start(["katas/02", *QUICK], {"COLUMNS": "80"}) for _ in range(2))
    runs.kill(other)
    assert ended.get(timeout=PATIENCE) is other
    ours.go()
    assert ended.get(timeout=PATIENCE) is ours
    assert ours.status == pytest.ExitCode.TESTS_FAILED
    assert "Press h." in ours.written()
    assert ours.written().endswith(END)
    runs.close()
