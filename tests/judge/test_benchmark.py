"""The benchmark of the judge runs, and says what it measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import IO

import pytest

from ..benchmarks import judge_throughput
from ..conftest import HOUSE, Practise
from ..forked import Forked, begin_anew


@pytest.mark.usefixtures("sandbox", "forked_zygotes")
def test_two_submissions(
    practise: Practise, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It judges an inbox that it made, beside plain runs (in this process), and prints a row."""

    def fork(command: Sequence[str], *, stdout: IO[str], **_: object) -> Forked:
        def work() -> int:
            begin_anew(HOUSE, stdout.fileno())
            return pytest.main([*command[3:]])

        return Forked(work)

    monkeypatch.setattr(judge_throughput, "subprocess", SimpleNamespace(Popen=fork))
    process = judge_throughput.pytest_run

    def run(log: Path, *args: str | Path) -> judge_throughput.Run:
        if "--submissions" in args:
            return process(log, *args)
        assert practise(*args).exit_code == 0
        return judge_throughput.Run(seconds=1.0, memory=1.0)

    monkeypatch.setattr(judge_throughput, "pytest_run", run)
    judge_throughput.main(["--kata", "01", "--submissions", "2", "--plain", "1"])
    row = capsys.readouterr().out.splitlines()[2].split()
    assert row[:2] == ["2", "1"]
    assert all(float(cell) > 0 for cell in row[2:])
