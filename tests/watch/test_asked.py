"""What a command line with --watch asks for: the runs that it makes, and what is refused."""

from __future__ import annotations

import pytest

from dojo.catalogue import Catalogue
from dojo.watch.asked import Asked

from ..conftest import HOUSE, Practise


@pytest.mark.parametrize(
    ("typed", "paths", "number", "run"),
    [
        ("katas/03 -k sweep", "katas/03", "03", "katas/03 -k sweep"),
        ("--answers mine katas/03", "katas/03", "04", "--answers mine katas/04"),
        ("katas -k katas", "katas", "05", "katas/05 -k katas"),
        ("katas/03/test_closed_form_learning_rate.py::test_x", "", "03", ""),
        ("katas/03::test_x katas/04", "katas/03::test_x katas/04", "03", "katas/03::test_x"),
        ("katas/03", "katas/03", None, "katas"),
        ("-x", "", "02", "-x katas/02"),
    ],
)
def test_the_words_of_a_run(
    catalogue: Catalogue,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    paths: str,
    number: str | None,
    run: str,
) -> None:
    """Another kata takes the place of the one that was typed; all other words stay."""
    monkeypatch.chdir(HOUSE)
    given = paths.split() or [word for word in typed.split() if word.startswith("katas")]
    asked = Asked(catalogue, typed.split(), given, given or ["katas"])
    kata = catalogue.katas[number] if number else None
    assert asked.command(kata) == (run or typed).split()
    assert asked.command(kata, 2) == [*(run or typed).split(), "--hint=2"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["katas/01"], "--watch needs a terminal"),
        (["katas/01", "--pdb"], "--watch goes without --pdb"),
        (["katas/01", "--trace"], "--watch goes without --trace"),
        (["katas/01", "-pxdist", "-n2"], "--watch goes without -n"),
        (["katas/01", "--submissions", "inbox"], "--watch goes without --submissions"),
    ],
)
def test_what_is_refused(practise: Practise, words: list[str], says: str) -> None:
    """What does not go with a watch is refused in a sentence."""
    run = practise(*words, "--watch")
    assert run.exit_code == pytest.ExitCode.USAGE_ERROR
    assert says in run.errors
