"""A file that cannot be used is explained, alike by every door, and is in nobody else's way."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from dojo.feedback.failure import in_full
from dojo.feedback.outcome import Feedback

from ..broken import FILES, NO_FILES, SOLUTION, Broken, edited
from ..conftest import Practise
from ..doors import GIT, STUB, Content, Desk, desk, edited_house
from ..processes import PATIENCE

__all__ = ["desk", "edited_house"]  # fixtures
LINES = 12  # of the screen, for a file that cannot be used
ONE_TEST = ("-k", "gradient_is_the_slope and float64")
NO_COLON = edited("steps):\n", "steps)\n")


def shown_by(desk: Desk) -> list[str]:
    """Return the lines of the screen about the one test that was run."""
    (outcome,) = desk.run(*ONE_TEST).outcomes
    return in_full(Feedback(**outcome))


@pytest.mark.parametrize("broken", [pytest.param(b, id=i) for i, b in (FILES | NO_FILES).items()])
def test_a_broken_file_is_explained(desk: Desk, broken: Broken) -> None:
    """In twelve lines: what, where, Python's words, the next move; nothing of pytest's inside."""
    desk.write(broken.content)
    run = desk.run(*ONE_TEST)
    (outcome,) = run.outcomes
    shown = in_full(Feedback(**outcome))
    said = " ".join(" ".join(shown).split())
    assert (run.exit_code, outcome["outcome"], outcome["heading"]) == (1, "wrong", broken.heading)
    assert [words for words in broken.says if " ".join(words.split()) not in said] == []
    assert (desk.restore in shown[-1]) == broken.lost
    assert len(shown) <= LINES
    assert max(map(len, shown)) <= 80
    assert len(run.screen.splitlines()) <= LINES + 8


def linked(file: Path) -> None:
    """Make a link to the solution."""
    file.symlink_to(file.parent.parent.parent / "solutions/01/manual_update.py")


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + SOLUTION.encode(),
        SOLUTION.replace("\n", "\r\n"),
        SOLUTION.replace("\n", "\r"),
        f"# coding: latin-1\n# caf\xe9\n{SOLUTION}".encode("latin-1", "replace"),
        f"#!/usr/bin/python\n# -*- coding: gbk -*-\n# 梯度\n{SOLUTION}".encode("gbk", "replace"),
        SOLUTION.replace("    ", "\t"),
        f"{SOLUTION}\nif __name__ == '__main__':\n    print(descend(1, 2))\n",
        linked,
    ],
    ids=["bom", "crlf", "cr", "latin-1", "gbk", "all-tabs", "try-out", "link"],
)
def test_an_odd_file_that_python_reads_is_right(desk: Desk, content: Content) -> None:
    """What Python itself reads is read, and right."""
    desk.write(content)
    assert desk.run("-k", "float64").exit_code == 0


def typed_again(desk: Desk, command: str) -> str:
    """Type what was shown, and return what the answer is then."""
    subprocess.run(command.strip(), shell=True, cwd=desk.house, check=True, timeout=PATIENCE)
    return desk.file.read_text(encoding="utf-8")


@pytest.mark.parametrize("content", [NO_COLON, "", b"\0", FILES["huge"].content])
def test_the_way_back_works(desk: Desk, content: str | bytes) -> None:
    """The command that is shown last brings the untouched stub."""
    (desk.house / "katas/01/manual_update.py").write_text(STUB, encoding="utf-8")
    desk.write(content)
    assert typed_again(desk, shown_by(desk)[-1]) == STUB


@pytest.mark.parametrize("folder", ["katas/01", "solutions", ".."])
def test_the_way_back_is_typed_where_the_learner_stands(
    edited_house: Path, practise: Practise, folder: str
) -> None:
    """In the kata's folder, in another one, and outside of the repository."""
    file = edited_house / "katas/01/manual_update.py"
    file.write_text(NO_COLON, encoding="utf-8")
    run = practise(edited_house / "katas/01", *ONE_TEST, house=edited_house, folder=folder)
    command = run.outcomes[0]["body"][-1].strip()
    subprocess.run(command, shell=True, cwd=edited_house / folder, check=True, timeout=PATIENCE)
    assert file.read_text(encoding="utf-8") == STUB


def test_the_way_back_from_a_conflict(edited_house: Path, practise: Practise) -> None:
    """After `git stash pop` met another version, git keeps no stub to check out but HEAD's."""
    desk = Desk(edited_house, edited_house / "katas/01/manual_update.py", (), practise)
    desk.write(SOLUTION)
    git = [*GIT, "-C", str(desk.house)]
    subprocess.run([*git, "stash", "-q"], check=True, timeout=PATIENCE)
    desk.write(newer := STUB.replace("raise NotImplementedError", "raise  NotImplementedError"))
    subprocess.run([*git, "commit", "-aqm", "newer"], check=True, timeout=PATIENCE)
    popped = subprocess.run(
        [*git, "stash", "pop"], check=False, capture_output=True, timeout=PATIENCE
    )
    shown = shown_by(desk)
    assert popped.returncode == 1
    assert any("<<<<<<< Updated upstream" in line for line in shown)
    assert typed_again(desk, shown[-1]) == newer
    subprocess.run([*git, "stash", "drop", "-q"], check=True, timeout=PATIENCE)
    subprocess.run([*git, "reset", "-q", "--hard", "HEAD~"], check=True, timeout=PATIENCE)


def test_a_deleted_file_is_to_do(desk: Desk) -> None:
    """It is not wrong, and what is shown brings it back."""
    (desk.house / "katas/01/manual_update.py").write_text(STUB, encoding="utf-8")
    desk.clear()
    (outcome,) = desk.run(*ONE_TEST).outcomes
    assert (outcome["outcome"], outcome["function"]) == ("to do", "gradient")
    assert typed_again(desk, outcome["body"][-1]) == STUB


@pytest.mark.parametrize(
    "name",
    [
        *("manual_update (1).py", "manual_update copy.py", "manual_update.py.txt"),
        *("Manual Update.py", "manual-update.py", "manual_update.py.py"),
    ],
)
def test_a_file_of_almost_this_name_is_found(desk: Desk, name: str) -> None:
    """As browsers, editors and systems rename it; what is shown gives it its name again."""
    desk.clear()
    almost = desk.file.parent / name
    almost.write_text(SOLUTION, encoding="utf-8")
    try:
        (outcome,) = desk.run(*ONE_TEST).outcomes
        assert outcome["outcome"] == "to do"
        assert typed_again(desk, outcome["body"][-1]) == SOLUTION
    finally:
        almost.unlink(missing_ok=True)


@pytest.mark.parametrize("name", ["manual_update.ipynb", "notes.py", "manual.py", "manual_update"])
def test_a_file_of_another_name_is_not(desk: Desk, name: str) -> None:
    """A notebook is no Python file, and the spec is not the answer."""
    (desk.house / "katas/01/manual_update.py").write_text(STUB, encoding="utf-8")
    desk.clear()
    other = desk.file.parent / name
    other.write_text(SOLUTION, encoding="utf-8")
    try:
        (outcome,) = desk.run(*ONE_TEST).outcomes
        assert typed_again(desk, outcome["body"][-1]) == STUB
    finally:
        other.unlink()


def test_a_folder_of_answers_may_lack_one(practise: Practise, tmp_path: Path) -> None:
    """It is made, and the stub is copied into it."""
    run = practise("katas/01", "--answers", tmp_path)
    assert {o["outcome"] for o in run.outcomes} == {"to do"}
    assert "mkdir -p " in run.screen
    assert "cp katas/01/manual_update.py" in run.screen


def test_a_broken_file_is_said_once(desk: Desk) -> None:
    """All its tests fail, and one explanation stands for them."""
    desk.write(NO_COLON)
    run = desk.run()
    assert {o["outcome"] for o in run.outcomes} == {"wrong"}
    assert run.screen.count("expected ':'") == 1
    assert len(run.screen.splitlines()) <= 24


def test_without_git_the_archive_is_named(desk: Desk) -> None:
    """Where the katas were not cloned, git cannot bring the stub."""
    desk.write(NO_COLON)
    (desk.house / ".git").rename(desk.house / "git")
    try:
        shown = shown_by(desk)
    finally:
        (desk.house / "git").rename(desk.house / ".git")
    assert ("unpack the archive" in shown[-1]) == (not desk.options)


def test_what_may_not_be_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without the right to read it is said to be that."""
    desk.write(SOLUTION)
    opened = os.open

    def refused(path: object, *rest: int, **named: int) -> int:
        if path == desk.file:
            raise PermissionError(13, "Permission denied")
        return opened(path, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("dojo.opening.reading.os.open", refused)
    assert "you may not read it" in " ".join(shown_by(desk))


def test_a_broken_stub_is_in_nobodys_way(edited_house: Path, practise: Practise) -> None:
    """Whatever stands in katas/, other answers are tried by the same spec."""
    stub = edited_house / "katas/01/manual_update.py"
    for text in (NO_COLON, "def descend(a, b, c):\n    return a\n", ""):
        stub.write_text(text, encoding="utf-8")
        run = practise("katas/01", "--answers", "solutions", "-m", "not cuda", house=edited_house)
        assert run.exit_code == 0


@pytest.mark.parametrize(
    ("definition", "difference"),
    [
        ("update(x, g, lr)", "grad is named g"),
        ("update(grad, x, lr)", "x and grad changed places"),
        ("update(x, grad, lr, scale)", "scale was added"),
        ("update(x, grad)", "lr is missing"),
        ("update(x, lr=0.1)", "grad is missing"),
        ("update(scale, x, grad, lr)", "scale was added"),
        ("update(*args)", "its parameters have other names"),
    ],
)
def test_changed_parameters_are_said(desk: Desk, definition: str, difference: str) -> None:
    """They are compared with the solution's, and the `def` line is shown."""
    desk.write(f"{SOLUTION}\ndef {definition}:\n    return x\n")
    outcome = desk.run("-k", "update_anywhere and float64").outcomes[0]
    assert outcome["heading"] == "SIGNATURE CHANGED"
    assert f"The `def` line of update was changed: {difference}" in " ".join(outcome["body"])
    assert outcome["body"][-1] == "    def update(x, grad, lr):"


def test_a_parameter_with_a_default_may_be_added(desk: Desk) -> None:
    """A call without it fits."""
    added = edited("lr: float, steps: int)", "lr: float = 0.1, steps: int = 3, path: None = None)")
    desk.write(added)
    assert desk.run("-k", "float64").exit_code == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (SOLUTION.replace("gradient", "gradiant"), "Did you mean gradient where you wrote gradi"),
        (edited("def gradient", "if not __name__:\n  def gradient"), "It is inside an `if`"),
        (f"{SOLUTION}\ngradient = 3.0\n", "it is a float"),
        (SOLUTION.replace("gradient", "slope"), "There is no function gradient"),
    ],
    ids=["misspelt", "inside", "overwritten", "another"],
)
def test_a_missing_function_is_looked_for(desk: Desk, text: str, says: str) -> None:
    """What may stand for it is named, and how its `def` line begins."""
    desk.write(text)
    outcome = desk.run(*ONE_TEST).outcomes[0]
    assert outcome["heading"] == "MISSING FUNCTION"
    assert says in " ".join(outcome["body"])
    assert outcome["body"][-1] == "    def gradient(x):"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("import torch\n", "", "torch is not imported"),
        ("torch.autograd.grad", "np.gradient", "    import numpy as np"),
        ("torch.autograd.grad", "F.relu", "    import torch.nn.functional as F"),
        ("return grad", "return zeros(3)", "write torch.zeros."),
        ("return grad", "return updat", "Did you mean: 'update'?"),
        ("return grad", "return gr\u0430d", "U+0430 (cyrillic small letter a)"),
        ("return grad", "return torch.oness(3)", "Did you mean: 'ones'?"),
        ("return grad", "return x.zero()", "Did you mean: 'zero_'?"),
        ("return grad", "return input()", "input() waits for somebody"),
        ("return grad", "get_ipython()", "notebook only"),
        ("return grad", "return torch.symeig(x)", "torch.linalg.eigh"),
    ],
)
def test_a_name_that_is_not_there(desk: Desk, old: str, new: str, says: str) -> None:
    """Python's guess is shown in full; a name that was not imported is said to be that."""
    desk.write(edited(old, new))
    outcome = desk.run(*ONE_TEST).outcomes[0]
    assert says in "\n".join([*outcome["body"], " ".join(outcome["body"])])
