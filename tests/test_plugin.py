"""The plugin's options and manners: where it may be run from, and with what."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from .conftest import HOUSE, Practise
from .forked import finished
from .processes import PATIENCE, Finished

Shell = Callable[..., Finished]
STUB_IS_RED = 1


@pytest.mark.parametrize(
    ("folder", "args"),
    [
        (".", ["katas/01"]),
        (".", ["katas/01/test_manual_update.py"]),
        ("katas", ["01"]),
        ("katas/01", ["."]),
        ("katas/01", []),
        ("solutions", ["../katas/01"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_it_runs_from_any_folder(
    practise: Practise, shared_house: Path, folder: str, args: list[str]
) -> None:
    """The same kata is found from any folder of the repository, in a path with a space."""
    run = practise(*args, house=shared_house, folder=folder)
    assert run.exit_code == STUB_IS_RED
    assert run.tests("to do")
    assert not run.tests("broken")


def test_it_runs_from_outside_the_repository(house: Path, tmp_path: Path) -> None:
    """A whole path names the kata, and --answers is relative to where one stands."""
    work = tmp_path / "work"
    (work / "mine").mkdir(parents=True)
    (work / "mine/01").symlink_to(house / "solutions/01")
    run = finished("-q", "-m", "not cuda", house / "katas/01", "--answers", "mine", cwd=work)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "katas/01 manual update: done." in run.stdout


def test_answers_before_the_katas_in_a_checkout_of_their_own(shell: Shell, house: Path) -> None:
    """A fork's folder named first would make pytest take the fork for the project: said so."""
    fork = house.parent / "fork"
    (fork / "katas").mkdir(parents=True)
    (fork / "pyproject.toml").write_text("[tool.pytest.ini_options]\n", encoding="utf-8")
    run = shell("--answers", fork / "katas", house / "katas/01", cwd=house.parent)
    assert run.returncode == 4
    assert "Name the katas first" in run.stderr


@pytest.mark.parametrize("words", [["--hint", "katas/01"], ["katas/01", "--hint"]], ids=" ".join)
def test_hint_in_both_word_orders(practise: Practise, words: list[str]) -> None:
    """--hint never takes the path after it for its value."""
    run = practise(*words)
    assert run.exit_code == STUB_IS_RED
    assert "Hint 1 of" in run.screen


@pytest.mark.parametrize(
    "words", [["--hint=2", "katas/01"], ["katas/01", "--hint=2"]], ids=" ".join
)
def test_hint_with_a_level_in_both_word_orders(practise: Practise, words: list[str]) -> None:
    """--hint=2 shows two."""
    assert "Hint 2 of" in practise(*words).screen


@pytest.mark.parametrize(
    "words",
    [["--answers", "solutions", "katas/01"], ["katas/01", "--answers", "solutions"]],
    ids=" ".join,
)
def test_answers_in_both_word_orders(practise: Practise, words: list[str]) -> None:
    """--answers takes one folder, wherever it stands."""
    assert practise(*words).exit_code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--force-regen"], "documented numbers come from documents"),
        (["--regen-all"], "documented numbers come from documents"),
        (["--answers", "nowhere"], "there is no folder"),
        (["--answers", "README.md"], "there is no folder"),
        (["--kata-seed", "many"], "invalid int value"),
        (["--hint=4"], "There are three hints"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_options(practise: Practise, words: list[str], says: str) -> None:
    """An option that cannot be is a usage error that says why."""
    run = practise("katas/01", *words)
    assert run.exit_code == 4
    assert says in run.errors


@pytest.mark.parametrize("option", [["--answers", "solutions"], ["--hint"]], ids=" ".join)
def test_without_a_folder_the_katas_are_meant(practise: Practise, option: list[str]) -> None:
    """`pytest --answers DIR` is about katas, not about the repository's own tests."""
    run = practise(*option, "--collect-only", "-q")
    assert "katas/01/test_manual_update.py" in run.screen
    assert "tests/test_plugin.py" not in run.screen


def test_a_long_choice_of_tests(practise: Practise) -> None:
    """A -k longer than a file name may be is no path."""
    run = practise("katas/01", "-k", " or ".join(f"test_{i}" for i in range(100)))
    assert run.exit_code == 5


def test_without_a_terminal(practise: Practise) -> None:
    """pytest without its terminal reporter runs all the same."""
    run = practise("katas/01", "-p", "no:terminal", "--answers", "solutions")
    assert run.exit_code == 0


def test_a_loop_without_end_is_named(house: Path) -> None:
    """After Ctrl-C the function that loops is named, not only what it called; nothing is done."""
    file = house / "katas/01/manual_update.py"
    endless = "\ndef gradient(x):\n    import _thread\n    _thread.interrupt_main()\n    return x\n"
    endless += "\ndef descend(x0, lr, steps):\n    while True:\n        x0 = gradient(x0)\n"
    text = (house / "solutions/01/manual_update.py").read_text(encoding="utf-8")
    file.write_text(text + endless, encoding="utf-8")
    said = " ".join(finished("katas/01", "-k", "whole_path", cwd=house).stdout.split())
    assert re.search(
        r"Stopped at katas/01/manual_update.py:\d+, in descend, which had called gradient "
        r"\(line \d+\): does this loop end\?",
        said,
    )
    assert "done" not in said


def test_a_line_that_was_stopped_at_fits_on_the_screen(practise: Practise, tmp_path: Path) -> None:
    """Where the path is long, the terminal breaks no word of it."""
    file = tmp_path / "answers-to-the-exercises-of-the-second-week/01/manual_update.py"
    file.parent.mkdir(parents=True)
    stops = "import torch\n\n\ndef gradient(x):\n    raise KeyboardInterrupt\n"
    file.write_text(stops, encoding="utf-8")
    screen = practise("katas/01", "--answers", file.parent.parent).screen
    said = screen[screen.index("Stopped at") :].partition("loop end?")[0]
    assert re.search(r"/01/manual_update.py:5, in gradient: does this", " ".join(said.split()))
    assert [line for line in said.splitlines() if len(line) > 80 and " " in line] == []


def test_one_test_stops_the_run(practise: Practise) -> None:
    """-x stops after the first test that is to do."""
    run = practise("katas/01", "-x")
    assert (run.exit_code, len(run.outcomes)) == (STUB_IS_RED, 1)


def test_a_choice_of_tests(practise: Practise) -> None:
    """-k chooses tests by name."""
    run = practise("katas/01", "-k", "update_steps", "--answers", "solutions", "-m", "not cuda")
    assert run.exit_code == 0
    assert {name.split("[")[0] for name in run.tests("done")} == {
        "test_update_steps_against_the_gradient"
    }


def test_two_katas_at_once(practise: Practise) -> None:
    """Several folders in one run: a table of each."""
    katas = sorted(path.name for path in (HOUSE / "katas").glob("[0-9][0-9]"))[:2]
    run = practise(
        *(f"katas/{number}" for number in katas), "--answers", "solutions", "-m", "not cuda"
    )
    assert run.exit_code == 0
    assert len({o["number"] for o in run.outcomes}) == len(katas)


def test_the_seed_draws_other_inputs(practise: Practise) -> None:
    """The same seed draws the same inputs, another seed others; the failure says which."""
    drawn = {}
    for seed in ("1", "1 ", "2"):
        run = practise(
            "katas/01",
            "-k",
            "update_anywhere",
            f"--kata-seed={seed.strip()}",
            "--answers",
            "solutions",
        )
        call = next(calls for name, calls in run.calls.items() if "cpu-float64" in name)[0]
        drawn[seed] = call.kwargs.get("lr", call.args[-1])
    assert drawn["1"] == drawn["1 "] != drawn["2"]


def test_failed_first_and_in_two_processes(shell: Shell, house: Path) -> None:
    """--lf runs what failed, -n 1 (one more process) gives the same screen as without."""
    (house / "katas/01/manual_update.py").write_text(
        (house / "solutions/01/manual_update.py").read_text(encoding="utf-8")
        + "\ndef update(x, grad, lr):\n    return x + lr * grad\n",
        encoding="utf-8",
    )
    words, named = ("katas/01", "-m", "not cuda"), "These are exactly the numbers of x + lr · grad"
    first = shell(*words, "-n", "1", cwd=house)
    assert first.returncode == STUB_IS_RED
    assert named in first.stdout, first.stdout + first.stderr
    again = finished(*words, "--lf", cwd=house)
    assert "run-last-failure" in again.stdout
    assert " passed" not in again.stdout
    assert named in again.stdout


def test_pytests_own_traceback_on_request(practise: Practise) -> None:
    """--tb=short gives pytest's traceback back."""
    run = practise("katas/01", "-k", "slope_of_f", "--tb=short")
    assert run.exit_code == STUB_IS_RED
    assert "test_manual_update.py" in run.screen


def test_a_missing_trace_is_an_error(practise: Practise, house: Path) -> None:
    """A spec whose documented numbers are gone fails, and none are written from a run."""
    trace = house / "katas/01/traces/slopes.csv"
    trace.unlink()
    run = practise("katas/01", "-m", "not cuda", "--answers", "solutions", house=house)
    assert run.exit_code == STUB_IS_RED
    assert "no documented series 'slopes'" in run.screen
    assert not trace.exists()


def test_cuda_is_required_on_request(practise: Practise) -> None:
    """--require-cuda fails where CUDA is missing, instead of skipping."""
    run = practise("katas/01", "-k", "slope_of_f", "--answers", "solutions", "--require-cuda")
    assert run.exit_code == (0 if torch.cuda.is_available() else 1)


def test_another_project_is_left_alone(shell: Shell, tmp_path: Path) -> None:
    """In another project the plugin adds no option and no line, even where names are the same."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "conftest.py").write_text(
        "def pytest_addoption(parser):\n"
        "    parser.addoption('--answers')\n"
        "    parser.addoption('--hint')\n",
        encoding="utf-8",
    )
    (tmp_path / "test_it.py").write_text(
        "import pytest\n\n@pytest.fixture\ndef fresh():\n    return 1\n\n"
        "def test_it(request, fresh):\n"
        "    assert request.config.getoption('--answers') == '42'\n"
        "    assert 'observed' not in str(request.config.getini('markers'))\n",
        encoding="utf-8",
    )
    run = shell("--answers", "42", "-pno:hypothesispytest", cwd=tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "kata" not in run.stdout.replace("gradient-katas", "")


def test_nothing_slow_is_imported_before_it_is_needed(tmp_path: Path) -> None:
    """No run imports pandas, matplotlib, torch._dynamo or sympy: untouched, solved, or wrong."""
    wrong = tmp_path / "wrong/01/manual_update.py"
    wrong.parent.mkdir(parents=True)
    right = (HOUSE / "solutions/01/manual_update.py").read_text(encoding="utf-8")
    wrong.write_text(right.replace("return ", "return 2 * ", 1), encoding="utf-8")
    answers = [list[str](), ["--answers", "solutions"], ["--answers", str(tmp_path / "wrong")]]
    program = f"""
import sys, pytest
for words in {answers!r}:
    code = pytest.main(["katas/01", *words])
    slow = {{'pandas', 'matplotlib', 'torch._dynamo', 'sympy'}} & set(sys.modules)
    print('slow imports:', words, int(code), sorted(slow))
"""
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=HOUSE,
        env={k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    for words, code in zip(answers, (STUB_IS_RED, 0, 1), strict=True):
        assert f"slow imports: {words} {code} []" in run.stdout
