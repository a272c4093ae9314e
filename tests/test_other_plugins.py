"""Plugins that are in many environments: order and counts stay what the spec makes them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from dojo.feedback import overtime

from .conftest import HOUSE, Practise
from .forked import finished

Answers = Callable[..., Path]
TIME_IS_UP = {  # as if the timer had rung just then: no clock takes part
    "signal": "signal.raise_signal(signal.SIGALRM)",
    "thread": "[t.function() for t in threading.enumerate() if isinstance(t, threading.Timer)]",
}
ENDLESS = """
import signal, threading

def gradient(x):
    {time_is_up}
    return x

def descend(x0, lr, steps):
    while True:
        x0 = gradient(x0)
"""
WATCHED = """
import threading, time

def descend(x0, lr, steps):
    end = time.monotonic() + 60
    while any(t.name == "overtime" for t in threading.enumerate()) and time.monotonic() < end:
        pass
    return x0
"""
LONG = "answers-to-the-exercises-of-the-second-week"  # a folder's name
SAID = "in descend, which had called gradient (line "


@pytest.fixture
def answers(tmp_path: Path) -> Callable[..., Path]:
    """Return a folder with the solution to kata 01 and more text after it."""

    def write(more: str, folder: str = ".") -> Path:
        file = tmp_path / folder / "01/manual_update.py"
        file.parent.mkdir(parents=True)
        solution = (HOUSE / "solutions/01/manual_update.py").read_text(encoding="utf-8")
        file.write_text(solution + more, encoding="utf-8")
        return file.parent.parent

    return write


@pytest.mark.parametrize("seed", [1, 2])
def test_a_shuffled_spec_is_in_its_order_again(practise: Practise, seed: int) -> None:
    """With pytest-randomly the same test comes first, and the rest after it as they are written."""
    plain = practise("katas/01", "-m", "not cuda")
    mixed = practise("katas/01", "-m", "not cuda", "-prandomly", f"--randomly-seed={seed}")
    assert "gradient comes first" in mixed.screen
    assert [o["test"] for o in mixed.outcomes] == [o["test"] for o in plain.outcomes]


def test_an_attempt_that_is_made_again_counts_once(practise: Practise) -> None:
    """With pytest-rerunfailures only the last attempt of a test is an outcome."""
    options = "katas/01", "-m", "not cuda", "-k", "gradient_is_the_slope"
    run = practise(*options, "-prerunfailures", "--reruns=2")
    assert "2 to do" in run.screen
    assert "4 rerun" in run.screen


def test_a_test_that_took_too_long(practise: Practise, answers: Answers) -> None:
    """With pytest-timeout an endless loop is named by its line, and the other tests run on."""
    folder = answers(ENDLESS.format(time_is_up=TIME_IS_UP["signal"]))
    options = "katas/01", "-m", "not cuda", "--answers", folder, "-k", "whole_path or left_alone"
    run = practise(*options, "-ptimeout", "--timeout=600", "--timeout-method=signal")
    first, *others = run.outcomes
    body = " ".join(first["body"])
    assert first["heading"] == "TOOK TOO LONG"
    assert "took longer than 600 s (--timeout): look for a loop that does not end." in body
    assert SAID in body
    assert "x0 = gradient(x0)" in body
    assert "You printed" not in run.screen
    assert len(others) == 6


def test_a_test_that_took_too_long_where_there_are_no_signals(
    answers: Answers,
) -> None:
    """The thread method ends the whole run, but first says the same."""
    folder = answers(ENDLESS.format(time_is_up=TIME_IS_UP["thread"]))
    options = "katas/01", "-m", "not cuda", "--answers", folder, "-k", "whole_path"
    run = finished(*options, "--timeout=600", "--timeout-method=thread")
    assert run.returncode == 1
    assert "TOOK TOO LONG" in run.stdout
    assert SAID in run.stdout
    assert "Stack of" not in run.stdout


def test_what_runs_for_long_is_said(
    practise: Practise,
    answers: Answers,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Once, no word torn apart: the function, the line of the spec that called it, and its own."""
    monkeypatch.setattr(overtime, "AFTER", 0.001)
    folder = answers(WATCHED, LONG)
    run = practise("katas/01", "-m", "not cuda", "--answers", folder, "-k", "whole_path")
    shown = capfd.readouterr().err
    assert [line for line in shown.splitlines() if len(line) > 80 and " " in line.strip()] == []
    said = " ".join(shown.split())
    spec = (HOUSE / "katas/01/test_manual_update.py").read_text(encoding="utf-8").splitlines()
    line = 1 + next(i for i, text in enumerate(spec) if "path = walked(kata" in text)
    assert said.count("Still running") == 1
    assert f"descend, called at katas/01/test_manual_update.py:{line}." in said
    assert re.search(rf"/{LONG}/01/manual_update.py:\d+, in descend ", said)
    assert "Still running" not in run.screen


@pytest.mark.parametrize("option", ["--reruns=2", "--timeout=9"])
def test_a_judged_run_goes_without(practise: Practise, option: str, tmp_path: Path) -> None:
    """An answer is judged once, and the judge has time limits of its own: said in a sentence."""
    plugins = "-prerunfailures", "-ptimeout"
    run = practise("katas/01", "--submissions", tmp_path, *plugins, option)
    assert run.exit_code == 4
    assert f"--submissions goes without {option.split('=')[0]}" in run.errors
