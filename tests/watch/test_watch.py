"""A watch as a learner has it before them: the same screen as without, after each save."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ..broken import SOLUTION, edited
from ..conftest import Practise
from ..processes import until
from .conftest import QUICK, Desk
from .terminal import in_terminal

FIRST = "    x = x.detach()"
LOOP = edited(FIRST, f"    open('begun', 'w').close()\n    while True:\n        pass\n{FIRST}")
WRONG = edited("return grad", "return 2 * grad")
SEEN = "✗ gradient"  # of what is wrong
COUNTED = " in "  # pytest's last line ends with seconds, which differ


def test_a_save_shows_what_pytest_shows(desk: Desk, practise: Practise) -> None:
    """The screen is that of `pytest katas/01`, but that a hint is a key away."""
    desk.save(WRONG)
    shown = desk.terminal.shows(SEEN, "Watching katas/01")
    plain = practise("katas/01", *QUICK, house=desk.house).screen
    wanted = plain.replace(f'pytest katas/01 -m "{QUICK[1]}" --hint', "Press h.")
    wanted = wanted.replace(f"pytest katas/01 -m '{QUICK[1]}' --hint", "Press h.")
    lines = [line for line in wanted.splitlines() if COUNTED not in line]
    assert [line for line in lines if line not in shown.splitlines()] == []


def test_what_does_not_parse_and_what_is_saved_next(desk: Desk) -> None:
    """A syntax error is shown like any other failure, and the next save is seen."""
    desk.save(edited("steps):\n", "steps)\n"))
    desk.terminal.shows("CANNOT BE IMPORTED", "expected ':'")
    desk.save(WRONG)
    desk.terminal.shows(SEEN)


def test_a_loop_without_end_is_over_with_the_next_save(desk: Desk) -> None:
    """It is said that something runs, the old screen stays, and a save is enough."""
    desk.save(LOOP)
    assert "gradient comes first" in desk.terminal.shows("Running katas/01")
    desk.save(WRONG)
    desk.terminal.shows(SEEN)


def test_a_key_stops_a_loop_and_says_where_it_was(desk: Desk) -> None:
    """As Ctrl-C does without a watch."""
    begun = desk.house / "begun"
    begun.unlink(missing_ok=True)
    desk.save(LOOP)
    until(begun.exists, desk.terminal.process)
    desk.terminal.press("\n")
    desk.terminal.shows("Stopped at katas/01/manual_update.py:", "does this loop end?")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("import os; os.abort()", "crashed (SIGABRT) at katas/01/manual_update.py:"),
        ("import os; os._exit(0)", "with code 0: does it call os._exit?"),
        ("breakpoint()", "breakpoint() needs the keyboard"),
    ],
    ids=["abort", "exit", "breakpoint"],
)
def test_the_end_of_python_is_survived(desk: Desk, line: str, says: str) -> None:
    """A crash, an exit and a debugger cost one run: what happened is said, and the next is seen."""
    desk.save(edited(FIRST, f"    {line}\n{FIRST}"))
    desk.terminal.shows(says, "Watching katas/01")
    desk.save(WRONG)
    desk.terminal.shows(SEEN, "Watching katas/01")


def test_a_deleted_file_and_its_return(desk: Desk) -> None:
    """It is said to be missing, and when it is back it is run."""
    desk.file.unlink()
    desk.terminal.shows("There is no katas/01/manual_update.py")
    desk.file.write_text(WRONG, encoding="utf-8")
    desk.terminal.shows(SEEN)


def test_of_many_saves_the_last_one_counts(desk: Desk) -> None:
    """Ten, one upon the other, in place: what stands on the screen is of the last."""
    for count in range(10):
        desk.file.write_text(f"{SOLUTION}\nnumber_{count}\n", encoding="utf-8")
    desk.terminal.shows("'number_9' is not defined")


def test_a_hint_the_next_kata_and_all_of_them(desk: Desk) -> None:
    """The keys that are named on the last line; a save ends them."""
    desk.terminal.press("h")
    desk.terminal.shows("Hint 1 of", "Still stuck? Press h.")
    desk.terminal.press("n")
    desk.terminal.shows("Watching katas/02", "katas/02 gradient accumulation")
    desk.terminal.press("a")
    desk.terminal.shows("Watching all katas", "01  manual update", "02  gradient accumulation")
    desk.save(WRONG)
    assert "Hint 1 of" not in desk.terminal.shows("Watching katas/01", SEEN)


def test_a_picture_is_a_key_away(desk: Desk) -> None:
    """It is drawn once, of what is there now, and below the same screen it is said where it is."""
    desk.save(WRONG)
    desk.terminal.shows(SEEN)
    desk.terminal.press("p")
    shown = desk.terminal.shows(SEEN, "Watching katas/01", "Picture: plots/01-manual-update.png")
    assert "katas/01 · test_gradient" in "\n".join(shown.splitlines()[-24:])
    assert (desk.house / "plots/01-manual-update.png").read_bytes().startswith(b"\x89PNG")
    desk.save(edited("return grad", "return [][1]"))
    assert "Picture" not in desk.terminal.shows("IndexError", "Watching katas/01")


def test_what_is_done_leads_to_the_next(desk: Desk) -> None:
    """With several katas, one that is done is said to be so above the next one's screen."""
    desk.save(SOLUTION)
    shown = desk.terminal.shows("Watching katas/02")
    assert "katas/01 is done. The reference: solutions/01/manual_update.py" in shown
    assert "TO DO" in shown
    second = desk.house / "katas/02/gradient_accumulation.py"
    stub = second.read_bytes()
    shutil.copy(desk.house / "solutions/02/gradient_accumulation.py", second)
    desk.terminal.shows("All done.", "Watching all katas")
    second.write_bytes(stub)
    desk.terminal.shows("Watching katas/02", "TO DO")


def test_a_spec_that_changes_is_read_again(desk: Desk) -> None:
    """What stands by has read the old one."""
    spec = desk.house / "katas/01/test_manual_update.py"
    text = spec.read_text(encoding="utf-8")
    spec.write_text(f"{text}\n\ndef test_added(kata):\n    assert False\n", encoding="utf-8")
    desk.terminal.shows("test_added")
    spec.write_text(text, encoding="utf-8")


def test_ctrl_c_leaves_the_terminal_as_it_was(watched_house: Path) -> None:
    """Its modes are those of before, its cursor is visible, and the code is pytest's own."""
    with in_terminal(watched_house, "katas/01", "--watch") as terminal:
        until(lambda: "Running katas/01" in terminal.screen(), terminal.process)
        terminal.press("\x03")
        assert terminal.process.wait(300) == pytest.ExitCode.INTERRUPTED
        assert terminal.screen().endswith("\x1b[?25h\n")
        assert terminal.modes == terminal.modes_before
