"""The line that says how far a judged run is."""

from __future__ import annotations

import os
import select
import time
from pathlib import Path

import pytest

from dojo.judge.reports.progress_line import ProgressLine, spoken

from ...forked import forked
from ...processes import PATIENCE
from ..test_plugin import SOLUTION


class Screen:
    """Stands in for pytest's terminal reporter, and keeps what is written."""

    def __init__(self, verbosity: int = 0, *, isatty: bool = False) -> None:
        self.verbosity, self.isatty = verbosity, isatty
        self.in_place, self.lines = list[str](), list[str]()

    def rewrite(self, line: str, *, erase: bool) -> None:
        """Write over the line."""
        assert erase
        self.in_place.append(line)

    def write_line(self, line: str) -> None:
        """Write a line of its own."""
        self.lines += [line] if line else []


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands still unless it is set."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def judge_all(screen: Screen, clock: list[float], due: int, seconds: float) -> None:
    """Judge so many, each in so many seconds."""
    progress = ProgressLine(screen)
    for _ in range(due):
        clock[0] += seconds
        progress.judged(due)
    progress.end()


def test_a_log_gets_a_line_every_ten_seconds(clock: list[float]) -> None:
    """Done of all, the rate, the time left; nothing in between, and nothing in place."""
    screen = Screen()
    judge_all(screen, clock, 161, 0.125)
    assert screen.lines == [
        "80 of 161 judged, 8 a second, 10 s left",
        "160 of 161 judged, 8 a second, 1 s left",
    ]
    assert not screen.in_place


def test_a_terminal_is_written_in_place_twice_a_second(clock: list[float]) -> None:
    """The first and the last are shown at once; at the end the line is empty again."""
    screen = Screen(isatty=True)
    judge_all(screen, clock, 100, 0.125)
    assert screen.in_place[0] == "1 of 100 judged"
    assert screen.in_place[-2:] == ["100 of 100 judged, 8 a second", ""]
    assert len(screen.in_place) == pytest.approx(100 * 0.125 / 0.5, abs=3)
    assert not screen.lines


@pytest.mark.parametrize("verbosity", [1, -2])
def test_where_every_item_has_its_line_there_is_none(clock: list[float], verbosity: int) -> None:
    """-v shows each item anyway, -qq nothing."""
    screen = Screen(verbosity, isatty=True)
    judge_all(screen, clock, 100, 1.0)
    assert not screen.lines + screen.in_place


def test_the_rate_is_that_of_the_last_minute(clock: list[float]) -> None:
    """What was judged in an earlier run is found at once, and promises nothing."""
    screen = Screen()
    progress = ProgressLine(screen)
    for _ in range(900):
        progress.judged(1000)
    for _ in range(90):
        clock[0] += 2.0
        progress.judged(1000)
    assert screen.lines[-1] == "990 of 1000 judged, 0.5 a second, 20 s left"


def test_times_are_said_as_one_says_them() -> None:
    """Seconds, minutes, hours."""
    times = [0.2, 99.4, 100, 3600, 7500]
    assert [spoken(s) for s in times] == ["1 s", "99 s", "2 min", "1 h 0 min", "2 h 5 min"]


@pytest.mark.usefixtures("sandbox", "forked_zygotes")
def test_on_a_terminal_the_letters_give_way(tmp_path: Path) -> None:
    """A judged run on a terminal counts in one line, which no path cuts; its table follows."""
    import pty  # there is none on Windows

    inbox = tmp_path / "inbox"
    for name in ("anna", "bert"):
        (inbox / name).mkdir(parents=True)
        (inbox / name / "manual_update.py").write_text(SOLUTION, encoding="utf-8")
    master, slave = pty.openpty()
    asked = ("katas/01", "katas/02", "--submissions", inbox, "--judges", "1")
    with forked(*asked, stdout=slave) as run:
        os.close(slave)
        shown = b""
        try:
            while select.select([master], [], [], PATIENCE)[0]:
                shown += os.read(master, 1 << 16)
        except OSError:  # the other end is closed
            os.close(master)
        assert run.wait(PATIENCE) == 1  # nobody has kata 02
    screen = shown.decode()
    assert "\r1 of 4 judged" in screen
    assert "\r4 of 4 judged" in screen
    assert "katas/0" not in screen.partition("of 4 judged")[2]
    assert "%]" not in screen
    assert "anna" in screen
