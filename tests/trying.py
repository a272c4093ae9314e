"""Trying answers on the tests of a spec, one by one and in this process."""

from __future__ import annotations

import ast
import warnings
from pathlib import Path

import pytest

from dojo.calling.calls import Call, Door, InProcess, KataCalls
from dojo.catalogue import Kata, open_catalogue
from dojo.opening.answers import Answer
from dojo.spec.trial import SpecTest, Trial

from .conftest import HOUSE

CATALOGUE = open_catalogue(HOUSE)
KATAS = [pytest.param(kata, id=kata.number) for kata in CATALOGUE.katas.values()]
each_kata = pytest.mark.parametrize("kata", KATAS)


def try_test(test: SpecTest, answer: Answer, kata: Kata, seed: int) -> Trial:
    """Try an answer on one test, in this process."""
    return try_on_door(test, InProcess(answer), kata, seed)


def try_on_door(test: SpecTest, door: Door, kata: Kata, seed: int) -> Trial:
    """Try what is behind a door on one test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an answer's own warning is no failure
        return test.try_on(door, kata, seed)


def calls_of(trial: Trial) -> list[Call]:
    """Return the calls that a test made."""
    made = trial.first(KataCalls)
    return made.calls if made is not None else []


def solution_of(kata: Kata) -> str:
    """Return the text of a kata's solution."""
    return kata.answer_in(CATALOGUE.solutions).read_text(encoding="utf-8")


def functions_of(path: Path) -> dict[str, ast.FunctionDef]:
    """Return the functions of a file by name, except those that start with _."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}


def to_write(kata: Kata) -> list[str]:
    """Return the functions that a learner writes: those that raise NotImplementedError."""
    stubs = functions_of(kata.stub).items()
    return [name for name, node in stubs if "NotImplementedError" in ast.unparse(node)]
