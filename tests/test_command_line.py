"""What people type and editors pass: it means the tests that one expects, or says what to do."""

from __future__ import annotations

import importlib.metadata
import re
import runpy
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from dojo.catalogue import Catalogue
from dojo.command_line import tests_of as calling
from dojo.paths import quoted

from .conftest import HOUSE, Practise

STUB_IS_RED = 1
NOT_INSTALLED = ("msgpack", "hypothesis")


@pytest.mark.parametrize(
    ("folder", "file"),
    [
        (".", "katas/01/manual_update.py"),
        (".", HOUSE / "katas/01/manual_update.py"),
        ("katas/01", "manual_update.py"),
        ("tests", "../katas/01/manual_update.py"),
    ],
    ids=["relative", "absolute", "from its folder", "from elsewhere"],
)
def test_the_file_that_one_edits(practise: Practise, folder: str, file: str | Path) -> None:
    """The file of a kata means that kata's tests, and nothing of it is left out."""
    run = practise(file, "-m", "not cuda", "--answers", HOUSE / "solutions", folder=folder)
    assert run.exit_code == 0
    assert "katas/01 manual update: done." in run.screen


def test_one_function_of_it(practise: Practise) -> None:
    """The name of a function means the tests that call it; that is not all of the kata."""
    run = practise("katas/01/manual_update.py::update", "-m", "not cuda", "--answers", "solutions")
    assert run.exit_code == 0
    assert {name.split("[")[0] for name in run.tests("done")} == {
        "test_update_steps_against_the_gradient",
        "test_update_anywhere",
        "test_arguments_are_left_alone",
        "test_everything_stays_on_its_device",
    }
    assert "done" not in run.screen


def test_every_test_is_some_functions(catalogue: Catalogue) -> None:
    """Each test of each kata is found by the name of a function, also if it calls by helpers."""
    for kata in catalogue.katas.values():
        found = {test for function in kata.signatures for test in calling(kata, function)}
        assert found == set(re.findall(r"^def (test_\w+)", kata.spec.read_text("utf-8"), re.M))


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ("katas/01/manual_update.py::descnd", "The tests call: gradient, update, descend."),
        ("solutions/01/manual_update.py", "pytest katas/01 --answers solutions"),
    ],
)
def test_what_has_no_tests(practise: Practise, named: str, says: str) -> None:
    """A function that is not there, and a file of answers elsewhere: the next thing to type."""
    run = practise(named)
    assert run.exit_code == 4
    assert says in run.errors


@pytest.mark.parametrize(("kata", "word"), [("01", "update"), ("05", "softmax"), ("04", "mom")])
def test_k_chooses_by_the_names_of_tests(practise: Practise, kata: str, word: str) -> None:
    """-k finds a word in the name of a test, not in that of the file which has them all."""
    chosen = practise(f"katas/{kata}", "-k", word, "--collect-only", "-q").screen
    names = [line.split("::")[1] for line in chosen.splitlines() if "::" in line]
    assert all(word in name for name in names)


@pytest.mark.parametrize("folder", [".", "katas/01"])
@pytest.mark.parametrize("rootdir", ["..", str(HOUSE.parent)], ids=["..", "absolute"])
def test_the_folder_that_an_editor_has_open(
    practise: Practise, shared_house: Path, folder: str, rootdir: str
) -> None:
    """--rootdir only names tests in another way."""
    kata = shared_house / "katas/01"
    run = practise(
        kata, f"--rootdir={rootdir}", "-m", "not cuda", house=shared_house, folder=folder
    )
    assert run.exit_code == STUB_IS_RED
    assert run.tests("to do")
    assert not run.tests("broken")


def test_a_rootdir_that_hides_the_settings(practise: Practise, tmp_path: Path) -> None:
    """Where pytest cannot find the settings by itself, what to add is said, and it works."""
    (tmp_path / "01").mkdir()
    command = "katas/01", "--answers", tmp_path, f"--rootdir={HOUSE.parent}"
    run = practise(*command)
    assert run.exit_code == 4
    remedy = f"-c {quoted(str(HOUSE / 'pyproject.toml'))}"
    assert f"add: {remedy}" in run.errors
    assert practise(*command, *shlex.split(remedy)).tests("to do")


def test_one_test_as_an_editor_names_it(practise: Practise, shared_house: Path) -> None:
    """A test by its whole path, seen from the folder above."""
    named = "test_gradient_is_the_slope_of_f[cpu-float64]"
    test = f"{shared_house}/katas/01/test_manual_update.py::{named}"
    above = shared_house.parent
    run = practise(test, f"--rootdir={above}", house=above, folder=".")
    assert run.tests("to do") == [named]


@pytest.fixture
def learner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what only the repository's own tests need."""
    version: Callable[[str], str] = importlib.metadata.version

    def without(name: str) -> str:
        if name in NOT_INSTALLED:
            raise importlib.metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(importlib.metadata, "version", without)


@pytest.mark.usefixtures("learner")
@pytest.mark.parametrize("args", [[], ["tests"], ["tests/test_values.py"]], ids=str)
def test_own_tests_after_a_learners_install(practise: Practise, args: list[str]) -> None:
    """Bare `pytest` says what to type instead, and how to install what it needs; no traceback."""
    run = practise(*args)
    assert run.exit_code == 4
    said = run.errors
    assert "To practise, type: pytest katas\n" in said
    assert "hypothesis, msgpack" in said
    assert "pip install -c constraints.txt -e '.[dev]'" in said
    assert "Traceback" not in said + run.screen


@pytest.mark.usefixtures("learner")
@pytest.mark.parametrize("args", [["."], []], ids=str)
def test_an_editor_after_a_learners_install(practise: Practise, args: list[str]) -> None:
    """A look for tests finds the katas, and no test that could not run."""
    run = practise(*args, "--collect-only", "-q")
    assert run.exit_code == 0
    assert "katas/01/test_manual_update.py" in run.screen
    assert "tests/test_values.py" not in run.screen


def test_an_old_python_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence before anything is downloaded; pip itself would speak of conflicts."""
    monkeypatch.setitem(sys.modules, "setuptools", ModuleType("setuptools"))
    monkeypatch.setattr(sys.modules["setuptools"], "setup", lambda: None, raising=False)
    runpy.run_path(str(HOUSE / "setup.py"))
    monkeypatch.setattr(sys, "version_info", (3, 10, 13))
    with pytest.raises(SystemExit, match=r"need Python 3\.11 or newer.*python3\.13 -m venv"):
        runpy.run_path(str(HOUSE / "setup.py"))
