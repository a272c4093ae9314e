"""What is said of a wrong program is true: a small sample, drawn alike each time (mutants.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from dojo.catalogue import Catalogue
from dojo.feedback.diagnosis import CHANGES, _Search
from dojo.feedback.examples import SpecCalls
from dojo.feedback.mistakes import StandIn
from dojo.spec.trial import SpecTest

from .claims import Judge
from .mutants import sample

SEED, COUNT = 3, 34  # two programs for each kata
ONE_ROW_MORE = """
def gradient(x):
    return x - 5 if x.numel() < 5 else 2 * x
"""
CHANGES_W = """
def step(w, v, grad, lr, momentum):
    v = momentum * v + grad
    w -= lr * v
    return w, v
"""


def without_another_look(_search: object, left: list[StandIn], *_: object) -> list[StandIn]:
    """Name what matches the calls of the test alone."""
    return left


@pytest.fixture
def judge(
    catalogue: Catalogue,
    specs: dict[str, list[SpecTest]],
    asked: dict[str, SpecCalls],
    tmp_path: Path,
) -> Judge:
    """What looks at programs; what the specs ask was listened to before."""
    heard = {(number, 0): calls for number, calls in asked.items()}
    return Judge(catalogue, specs, tmp_path, asked=heard)


def test_what_is_said_of_changed_solutions_is_true(judge: Judge) -> None:
    """Each name and each symptom holds on inputs that the diagnosis never saw."""
    assert len(list(sample(judge, COUNT, SEED))) == COUNT
    tally = judge.tally
    assert tally.false == []
    assert tally.counts["named"]
    assert tally.counts["a symptom"]


def test_a_program_that_agrees_by_accident_is_not_named(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does what a mistake does on the calls of one test, and something else elsewhere."""
    kata = judge.catalogue.katas["01"]
    text = kata.solution.read_text(encoding="utf-8") + ONE_ROW_MORE
    judge.look_at(kata, text)
    assert judge.tally.false == []
    monkeypatch.setattr(_Search, "_holds", without_another_look)
    judge.look_at(kata, text)
    assert any("it is not gradient_halved" in told for told in judge.tally.false)


def accuses_grad(*_: object) -> str:
    """Say that grad is changed, which is left alone."""
    return CHANGES.format("grad")


def test_an_argument_that_is_left_alone_is_not_accused(
    specs: dict[str, list[SpecTest]],
    catalogue: Catalogue,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a function inside another is said to change, it does change."""
    kata = catalogue.katas["04"]
    text = kata.solution.read_text(encoding="utf-8") + CHANGES_W
    judge = Judge(catalogue, specs, tmp_path)
    judge.look_at(kata, text)
    assert judge.tally.false == []
    monkeypatch.setattr(_Search, "_changed_by", accuses_grad)
    judge.look_at(kata, text)
    assert any("it leaves grad alone" in told for told in judge.tally.false)
