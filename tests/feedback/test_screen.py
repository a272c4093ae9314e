"""What a person sees at the end of a run: 80 columns, 24 lines, and the prompt on the last."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dojo.catalogue import open_catalogue

from ..conftest import HOUSE, Practise, Run
from ..forked import finished, forked

Shell = Callable[..., subprocess.CompletedProcess[str]]
Practised = Callable[..., Run]
SEEN = 23  # lines above the shell's prompt
KATAS = open_catalogue(HOUSE).katas
SWEEP = """
def sweep(x0, lrs, steps):
    t = torch.arange(steps, dtype=x0.dtype)
    return 4 * x0.reshape(()) ** 2 * (1 - 4 * lrs[:, None]) ** (2 * t)
"""
SWEEP_OF_MANY = """
def sweep(x0, lrs, steps):
    t = torch.arange(steps, dtype=x0.dtype)
    f = torch.where(lrs[:, None] == lrs[0], 1 - 4 * lrs[:, None], 1 - 8 * lrs[:, None])
    return 4 * x0.reshape(()) ** 2 * (f if len(lrs) == 10 else 1 - 8 * lrs[:, None]) ** (2 * t)
"""
IN_PLACE = """
def in_place(X, y, lr, steps):
    w = X.new_zeros(X.shape[1], 1)
    trace = X.new_zeros(steps + 1, X.shape[1], 1)
    for t in range(steps):
        w -= lr * (X.T @ (X @ w - y)) / len(X) * (1.001 if t > 2 else 1)
        trace[t + 1] = w
    return trace
"""
STEP = """
def step(w, v, grad, lr, momentum):
    v = momentum * v + grad
    return w - lr * v + 1, v
"""
ONE_OF_SIX = """
import torch

def without_graph(X, y, lr, steps):
    w = X.new_zeros(X.shape[1], 1)
    trace = X.new_zeros(steps + 1, X.shape[1], 1)
    for t in range(steps):
        print("step", t, w.flatten().tolist())
        w = w - lr * (X.T @ (X @ w - y))
        trace[t + 1] = w
    return trace
"""
HELD = """
def descend(x0, lr, steps):
    held, path = 0, [x0]
    for _ in range(steps):
        held = held + gradient(path[-1])
        path.append(path[-1] - lr * held)
    return torch.stack(path)
"""

ONE_SAMPLE_LESS = """
def gradient(X, y, w):
    return X.T @ (X @ w - y) / (len(X) - 1)
"""


def seen(screen: str) -> list[str]:
    """Return the lines that a screen of 24 still shows, each within 80 columns."""
    lines = screen.splitlines()[-SEEN:]
    assert [line for line in lines if len(line) > 80] == []
    return lines


@pytest.fixture(params=["in place", "--answers"])
def practised(
    request: pytest.FixtureRequest, practise: Practise, shared_house: Path
) -> Iterator[Practised]:
    """Practise a kata with more text after its solution (or its stub), through both doors."""
    mine = shared_house.parent / "mine"

    def run(number: str, more: str, *options: str, stub: bool = False, lines: int = 24) -> Run:
        kata = KATAS[number]
        begun = kata.stub if stub else kata.answer_in(HOUSE / "solutions")
        text = begun.read_text(encoding="utf-8") + more
        answers = mine if request.param == "--answers" else shared_house / "katas"
        file = kata.answer_in(answers)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        there = ["--answers", "../mine"] if request.param == "--answers" else []
        return practise(f"katas/{number}", *there, *options, house=shared_house, lines=lines)

    yield run
    shutil.rmtree(mine, ignore_errors=True)


@pytest.mark.parametrize(
    ("number", "more", "stub", "says"),
    [
        ("03", SWEEP, False, ["Row 1, the losses at rate 1:", "1          784     144   ← first"]),
        ("03", SWEEP_OF_MANY, False, ["rate 0, entry   documented       yours", "← first"]),
        ("07", IN_PLACE, False, ["step 4, entry      wanted       yours", "← first difference"]),
        ("04", STEP, False, ["The new w:", "0     1.84     2.84   ← first"]),
        ("07", ONE_OF_SIX, True, ["[0.9, 2.7, 1.2]   ←", "not\n  divided by m", "You printed:"]),
        ("01", HELD, False, ["8.2000    7.2000   ← first difference", "gradient is never cleared"]),
    ],
    ids=["a row of a sweep", "a wide table", "a trace", "two results", "five to do", "a path"],
)
def test_what_must_be_read_stands_on_the_screen(
    practised: Practised, number: str, more: str, stub: bool, says: list[str]
) -> None:
    """Headline, call, first difference, functions, next move: in the last lines, at 80 columns."""
    run = practised(number, more, stub=stub)
    shown = seen(run.screen)
    text = "\n".join(shown)
    headline = rf"^katas/{number}.* · test_\w+.* [A-Z ]+ DIFFERS?$"
    assert re.search(headline, text, re.MULTILINE), text
    for part in says:
        assert part in text, text
    assert re.search(r"^  Stuck\? pytest katas/\d\d .*--hint$", text, re.MULTILINE)
    assert "To do: in_place, by_gram" in text if stub else "✗ " in text
    assert re.search(r"^=+ .*\d failed", shown[-1])


def test_a_long_name_of_another_failure_fits(practised: Practised) -> None:
    """It is said in one line, with fewer words around it."""
    text = "\n".join(seen(practised("06", ONE_SAMPLE_LESS).screen))
    assert "Wrong too: test_gradient_divides_by_the_number_of_samples and" in text
    assert "By hand, weight 0" in text


def test_with_hints_the_failure_stays(practised: Practised) -> None:
    """The hints that were asked for do not push away what they are about."""
    text = "\n".join(seen(practised("01", HELD, "--hint=3").screen))
    assert "TRACE DIFFERS" in text
    assert "← first difference" in text
    assert "These are exactly the numbers" in text
    assert "Hint 3 of 3 for descend" in text


def test_a_larger_screen_is_used(practised: Practised) -> None:
    """Where there is room, nothing is left out."""
    text = practised("07", ONE_OF_SIX, stub=True, lines=60).screen
    assert "Wrong too (it may follow from the one above):" in text
    assert "step 5 [0.65484" in text
    assert "step 0 [0.0, 0.0, 0.0]" in text
    assert "X=tensor([[1., 2., 1.], [3., -1., 1.]" in text


def test_a_kata_that_is_done_goes_on(practised: Practised) -> None:
    """What is done is ticked; then the reference, and the next kata's lesson and command."""
    run = practised("02", "")
    assert run.exit_code == 0
    text = "\n".join(seen(run.screen))
    assert "katas/02 gradient accumulation: done." in text
    assert "  ✓ accumulate, clear_each_round, replay, in_microbatches\n" in text
    assert "  How the reference does it: solutions/02/gradient_accumulation.py\n" in text
    assert "Next: read katas/03/README.md, then pytest katas/03" in text


def test_the_last_kata_says_so(practise: Practise) -> None:
    """After the last kata none is named that does not exist."""
    text = practise(f"katas/{max(KATAS)}", "--answers", "solutions").screen
    assert "That was the last kata." in text
    assert "Next:" not in text


def test_all_of_them_done(solved: Run) -> None:
    """The whole table, then that all is done."""
    assert solved.exit_code == 0
    assert "All done." in "\n".join(seen(solved.screen))


def test_all_of_them_to_do(untouched: Run) -> None:
    """Where nothing is begun, what to read and to type first stands at the end."""
    shown = seen(untouched.screen)
    assert "Next: read katas/01/README.md, then pytest katas/01" in shown
    assert any(line.endswith("not begun") for line in shown)


def test_finished_functions_get_a_tick(practised: Practised) -> None:
    """Of a kata that is half written, the finished functions are ticked, the others listed."""
    text = practised("01", "\ndef descend(x0, lr, steps):\n    raise NotImplementedError\n").screen
    assert "  ✓ gradient, update\n" in text
    assert re.search(r"^To do:\n  descend +\S+manual_update.py:\d+$", text, re.MULTILINE)


def test_what_is_printed_can_be_typed_in_the_folder_of_a_kata(
    practise: Practise, shared_house: Path
) -> None:
    """In katas/03 the paths begin there, and each command that is shown finds its kata."""
    there: dict[str, Any] = {"house": shared_house, "folder": "katas/03"}
    to_do = practise("--hint", **there)
    assert {o["number"] for o in to_do.outcomes} == {"03"}
    assert "Hint 1 of" in to_do.screen
    assert "descend                  closed_form_learning_rate.py:" in to_do.screen
    assert "The lesson is README.md." in to_do.screen
    done = practise("--answers", "../../solutions", **there)
    assert "Next: read ../04/README.md, then pytest ../04 --answers ../../solutions" in done.screen
    onward = practise("../04", "--answers", "../../solutions", **there)
    assert "katas/04 momentum oscillation: done." in onward.screen


def test_hints_for_all_katas_are_for_the_first(practise: Practise, house: Path) -> None:
    """`pytest katas --hint` hints for the first thing that fails."""
    shown = seen(practise("katas", "--hint", house=house).screen)
    assert any(line.startswith("  Hint 1 of 3 for gradient: ") for line in shown)


def test_answers_elsewhere_from_within_a_kata(shell: Shell, house: Path, tmp_path: Path) -> None:
    """Where --answers draws pytest's root away, what to type there is said."""
    (tmp_path / "mine").mkdir()
    run = shell("--answers", tmp_path / "mine", cwd=house / "katas/03")
    assert run.returncode == 4
    assert "Name the katas first: pytest . --answers DIR." in run.stderr


BREAKS = {
    "an edited spec": ("kata.gradient(x)", "kata.gradient(xx)", "name 'xx' is not defined"),
    "a fixture that is not there": ("(kata, device, dtype, atol):", "(kata, nonsuch, dtype):", ""),
    "a broken import": ("import torch\n", "import torchh\n", "No module named 'torchh'"),
    "a syntax error": ("def closed_form(x0, lr, steps):", "def closed_form(x0 lr):", "SyntaxError"),
}


@pytest.mark.parametrize("answers", ["katas", "solutions"])
@pytest.mark.parametrize(("old", "new", "says"), BREAKS.values(), ids=BREAKS.keys())
def test_a_spec_that_breaks_by_itself(
    practise: Practise, house: Path, old: str, new: str, says: str, answers: str
) -> None:
    """What could not be run is counted and named, it is nobody's mistake, and nothing is done."""
    spec = KATAS["01"].spec.name
    file = house / "katas/01" / spec
    file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    run = practise("katas/01", "--answers", answers, house=house)
    text = "\n".join(seen(run.screen))
    assert run.exit_code != 0
    assert re.search(r"katas/01 manual update: (the tests|\d+ tests?) could not be run\.", text)
    assert says in text
    assert "This is not your answer's fault." in text
    assert "git diff --stat katas/01 solutions/01\n" in text
    assert "done" not in text
    assert "Next" not in text


def test_lost_traces_are_no_mistake(practise: Practise, house: Path) -> None:
    """Where the documented numbers are gone, no kata is done, and the others keep their word."""
    (house / "katas/01/traces").rename(house / "lost")
    run = practise("katas/01", "katas/02", "--answers", "solutions", house=house)
    text = "\n".join(seen(run.screen))
    assert run.exit_code == 1
    assert "katas/01 manual update: 4 tests could not be run." in text
    assert "no documented series 'slopes' in katas/01/traces" in text
    assert "All done" not in text
    assert re.search(r"02.*done", text)
    assert "Next" not in text


def test_a_lost_solution_is_no_mistake(practise: Practise, house: Path) -> None:
    """Where the reference is gone, that is said, and which command shows it."""
    (house / "solutions/01/manual_update.py").unlink()
    run = practise("katas/01", house=house)
    text = "\n".join(seen(run.screen))
    assert run.exit_code == 1
    assert "This is not your answer's fault." in text
    assert "git diff --stat katas/01 solutions/01\n" in text


@pytest.mark.parametrize("named", ["katas", "katas/01"])
def test_a_lost_spec_is_missed(practise: Practise, house: Path, named: str) -> None:
    """A kata whose tests are gone is not passed over: neither it nor all is done."""
    (house / "katas/01/test_manual_update.py").unlink()
    text = "\n".join(seen(practise(named, "--answers", "solutions", house=house).screen))
    assert "katas/01 manual update: the tests could not be run." in text
    assert "git diff --stat katas/01 solutions/01\n" in text
    assert "All done" not in text


def test_a_fault_of_ours_is_no_mistake(practise: Practise, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error in our own feedback is said to be ours, and nothing is done."""

    def fails(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("dojo.feedback.feedback.Situation.feedback", fails)
    run = practise("katas/01", "-m", "not cuda", "--answers", "solutions", "-k", "slope_of_f")
    assert "2 tests could not be run." in run.screen
    assert "ZeroDivisionError" in run.screen
    assert "done" not in run.screen


def test_a_spec_that_stumbles_over_an_answer_is_the_answers_fault(
    practise: Practise, house: Path
) -> None:
    """An error of the spec that the solution does not cause is a failure, not a broken test."""
    file = house / "katas/01/test_manual_update.py"
    file.write_text(
        'def test_it(kata):\n    """update gives one of two."""\n    import torch\n'
        "    x = torch.ones(1)\n    {0.9: 1}[round(float(kata.update(x, x, 0.1)), 3)]\n",
        encoding="utf-8",
    )
    practise_it = ["katas/01", "--answers", "solutions"]
    assert practise(*practise_it, house=house).tests("done") == ["test_it"]
    answer = house / "solutions/01/manual_update.py"
    mine = house / "mine/01/manual_update.py"
    mine.parent.mkdir(parents=True)
    text = answer.read_text(encoding="utf-8")
    mine.write_text(text + "\ndef update(x, grad, lr):\n    return x + 1\n", encoding="utf-8")
    run = practise("katas/01", "--answers", "mine", house=house)
    assert run.outcomes[0]["heading"] == "NOT AS PROMISED"
    assert "KeyError: 2.0" in run.screen


@pytest.mark.parametrize(
    "options",
    [["-x"], ["--maxfail=1"], ["-k", "slope"], ["--deselect", "katas/01/test_manual_update.py"]],
    ids=" ".join,
)
def test_a_part_is_not_called_done(
    practise: Practise, shared_house: Path, options: list[str]
) -> None:
    """After a stop or a choice of tests nothing is done, not even what came before."""
    run = practise("katas/01", "katas/02", *options, house=shared_house)
    assert " done" not in run.screen
    assert "✓ " not in run.screen


def test_listing_tests_calls_nothing_done(practise: Practise) -> None:
    """--co runs nothing and says nothing of ours."""
    run = practise("katas/01", "--co", "-q", "--answers", "solutions")
    assert "done" not in run.screen


def test_a_test_that_skips_is_not_done(practise: Practise, house: Path) -> None:
    """A spec in which a test was made to skip does not prove the kata."""
    file = house / "katas/01/test_manual_update.py"
    text = file.read_text(encoding="utf-8")
    skipping = text.replace(
        "    x = closed_form(", "    pytest.skip('later')\n    x = closed_form(", 1
    )
    file.write_text(skipping, encoding="utf-8")
    run = practise("katas/01", "--answers", "solutions", house=house)
    assert "done" not in run.screen
    assert "27 tests pass. All of it: pytest katas/01" in run.screen


def test_a_kata_that_cannot_be_imported_is_next(practise: Practise, house: Path) -> None:
    """While 01 cannot be imported, `pytest katas` never leads on to 02."""
    (house / "katas/01/manual_update.py").write_text("def gradient(x)\n", encoding="utf-8")
    text = "\n".join(seen(practise("katas", house=house).screen))
    assert "CANNOT BE IMPORTED" in text
    assert re.search(r"^Next: .*katas/01$", text, re.MULTILINE)
    assert "katas/02" not in text[text.index("CANNOT BE IMPORTED") :]


def test_with_two_processes_a_part_is_not_called_done() -> None:
    """pytest-xdist hands on how much was to run, and what broke."""
    run = finished("katas/01", "-n", "2", "--answers", "solutions")
    assert "katas/01 manual update: done." in run.stdout, run.stdout + run.stderr
    run = finished("katas/01", "-n", "1", "--answers", "solutions", "-k", "slope_of_f")
    assert "2 tests pass. All of it: pytest katas/01 --answers solutions" in run.stdout


def test_each_test_has_one_letter_and_those_for_a_gpu_none(practised: Practised) -> None:
    """A tick, a cross or a dot for each test that can run here; -v names them all."""
    more = "\ndef update(x, grad, lr):\n    raise NotImplementedError\n"
    more += "\ndef gradient(x):\n    return 2 * x\n"
    run = practised("01", more)
    letters = re.findall(r"test_manual_update\.py (.*?) +\[100%\]", run.screen)[0]
    assert set(letters) <= set("✓✗·")
    assert {o["outcome"] for o in run.outcomes} == {"wrong", "to do", "done"}
    assert len(letters) == len(run.outcomes)
    text = practised("01", more, "-v", "-m", "not documented or documented").screen
    assert text.count("TO DO") >= len(run.tests("to do"))


@pytest.mark.parametrize(
    ("more", "colour"),
    [
        ("", "32"),
        ("\ndef update(x, grad, lr):\n    raise NotImplementedError\n", "33"),
        (HELD, "31"),
    ],
    ids=["green when all pass", "yellow when to do", "red when wrong"],
)
def test_the_last_line_has_its_colour(practised: Practised, more: str, colour: str) -> None:
    """Green, yellow and red say what came of it; unwritten is not red."""
    last = practised("01", more, "--color=yes").screen.splitlines()[-1]
    assert last.startswith(f"\x1b[{colour}m")


def test_pytests_own_traceback_leaves_the_next_move(practised: Practised) -> None:
    """With --tb=short pytest speaks of the failure, and we of the functions and the next move."""
    text = practised("01", HELD, "--tb=short").screen
    assert "test_manual_update.py" in text
    assert "✗ descend" in text
    assert "Stuck? pytest katas/01" in text


def test_through_a_pipe_that_has_few_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """In cp1252, as in a pipe on Windows, every sign has another, and no escape is printed."""
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    run = finished("katas/01", "--answers", "solutions")
    assert "test_manual_update.py ....." in run.stdout
    assert "done: gradient, update, descend" in run.stdout
    assert "\\u" not in run.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize("rows", [24, 50])
def test_on_a_real_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    """On a terminal of 80 columns the failure fills the rows there are, and no more."""
    for name in ("COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    stub, answer = KATAS["07"].stub, KATAS["07"].answer_in(tmp_path)
    answer.parent.mkdir()
    answer.write_text(stub.read_text(encoding="utf-8") + ONE_OF_SIX, encoding="utf-8")
    lines = on_a_terminal(["katas/07", "--answers", str(tmp_path)], rows, HOUSE)
    first = next(i for i, line in enumerate(lines) if line.startswith("katas/07 · "))
    assert len(lines) - first <= rows - 1
    assert len(lines) - first > 20
    assert any("Wrong too" in line for line in lines) == (rows > SEEN + 1)


def on_a_terminal(args: list[str], rows: int, folder: Path) -> list[str]:
    """Return the lines that pytest writes on a pseudo-terminal of 80 columns."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 80, 0, 0))
    with forked("--color=no", *args, cwd=folder, stdout=theirs):
        os.close(theirs)
        written = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # how Linux says that the other side is closed
                break
            if not piece:  # how macOS says it
                break
            written += piece
    os.close(ours)
    return written.decode().splitlines()
