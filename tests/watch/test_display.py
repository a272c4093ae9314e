"""What a watched run writes: the verdicts first, then the screen that it has without a watch."""

from __future__ import annotations

import pdb

import pytest

from dojo.feedback.summary import REASONS, VERDICTS
from dojo.watch.display import told_by, verdicts_in
from dojo.watch.standby import END, NOW

from ..broken import edited
from ..conftest import Practise
from ..doors import Desk, desk, edited_house

__all__ = ["desk", "edited_house"]  # fixtures
WRONG = edited("x - lr", "x + lr")
NAMED = "These are exactly the numbers of x + lr"
COUNTED = " in "  # pytest's last line ends with seconds, which differ


def test_verdicts_come_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are all there before a reason is looked for; the last screen is the usual one."""
    monkeypatch.setattr(pdb, "set_trace", pdb.set_trace)  # it is refused in a watched run
    desk.write(WRONG)
    plain, watched = desk.run(), desk.run(f"--watched={NOW}")
    verdicts = verdicts_in(watched.screen)
    assert "TRACE DIFFERS" in verdicts
    assert "← first difference" in verdicts
    assert NAMED not in verdicts
    text, whole = told_by(watched.screen, 1, [])
    assert whole
    headline = next(i for i, x in enumerate(text.splitlines()) if x.startswith("katas/01 · "))
    assert verdicts.splitlines()[headline] == text.splitlines()[headline]  # nothing moves
    assert NAMED in text
    wanted = plain.screen.replace(" --hint", "").splitlines()
    told = text.splitlines()
    assert [x for x in wanted if COUNTED not in x and "Stuck" not in x and x not in told] == []
    assert not {VERDICTS, REASONS, END} & set(text.split())


def test_a_run_that_passes_has_one_screen(
    practise: Practise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no reason to look for."""
    monkeypatch.setattr(pdb, "set_trace", pdb.set_trace)
    run = practise("katas/01", "-m", "not cuda", "--answers", "solutions", f"--watched={NOW}")
    assert VERDICTS not in run.screen
    assert verdicts_in(run.screen) == ""
    assert "katas/01 manual update: done." in told_by(run.screen, 0, [])[0]


def test_an_end_while_reasons_are_looked_for_keeps_the_verdicts() -> None:
    """An answer may end its process when it is called once more."""
    written = f"head\n{VERDICTS}wrong\n{REASONS}"
    text, whole = told_by(written, -9, [])
    assert not whole
    assert text.startswith("head\nwrong\n")
    assert verdicts_in(written) == "head\nwrong\n"
    assert verdicts_in(f"head\n{VERDICTS}wro") == ""
