"""The benchmark of the judge runs, and says what it measured."""

from __future__ import annotations

import pytest

from ..benchmarks import judge_throughput


@pytest.mark.usefixtures("sandbox")
def test_two_submissions(capsys: pytest.CaptureFixture[str]) -> None:
    """It judges an inbox that it made, beside plain runs, and prints a row."""
    judge_throughput.main(["--kata", "01", "--submissions", "2", "--plain", "1"])
    row = capsys.readouterr().out.splitlines()[2].split()
    assert row[:2] == ["2", "0"]
    assert all(float(cell) > 0 for cell in row[2:])
