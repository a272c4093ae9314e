"""Every number that a lesson prints is worked out again from the solution.

A lesson may show numbers in three ways, and each is checked here:

- a ```pycon block, run as a doctest with the solution's functions at hand;
- a ```text block of sums by hand, `label   2 · 10 − 10 = 10`: both sides of every = must agree;
- a table under `<!-- checked: x = descend(...); left = x - 5 -->`, one expression for each column.

A decimal number in the prose must stand in one of these too.
"""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from dojo.catalogue import Kata, open_catalogue
from dojo.opening.answers import open_answer

from .conftest import HOUSE
from .sums import SIGNS, comes_to, equations, half_a_unit

CATALOGUE = open_catalogue(HOUSE)
KATAS = [pytest.param(kata, id=kata.number) for kata in CATALOGUE.katas.values()]
each_lesson = pytest.mark.parametrize("kata", KATAS)

FENCE = re.compile(r"^ *```(\w+)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
TABLE = re.compile(
    r"(?:<!-- checked: ((?:(?!-->).)*) -->\n\n)?((?:^\|[^\n]*\n)+)", re.MULTILINE | re.DOTALL
)
DECIMAL = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.]*\d)")
PAGE_LINES = 140
TWO_PAGES = {"07"}  # it works out five closed forms, one from the other


def lesson_of(kata: Kata) -> str:
    """Return the text of a lesson."""
    return kata.lesson.read_text(encoding="utf-8")


def namespace(kata: Kata) -> dict[str, Any]:
    """What the examples of a lesson may use: the solution's functions, and torch's main names."""
    module = open_answer(kata.answer_in(CATALOGUE.solutions)).module
    names = ("tensor", "float32", "float64", "arange", "linspace", "stack", "ones", "zeros")
    return {**vars(module), "torch": torch, **{name: getattr(torch, name) for name in names}}


def blocks(text: str, kind: str) -> list[str]:
    """Return the fenced blocks of one kind."""
    return [body for language, body in FENCE.findall(text) if language == kind]


@each_lesson
def test_examples_run_as_shown(kata: Kata) -> None:
    """What stands after >>> gives what stands below it."""
    parser, globs = doctest.DocTestParser(), namespace(kata)
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    for number, block in enumerate(blocks(lesson_of(kata), "pycon")):
        test = parser.get_doctest(block, globs, f"{kata.number}-{number}", str(kata.lesson), 0)
        said: list[str] = []
        doctest.DocTestRunner(optionflags=flags).run(test, out=said.append)
        assert not said, "".join(said)


@each_lesson
def test_sums_by_hand_are_right(kata: Kata) -> None:
    """Both sides of every = in a text block agree, to the decimals that are printed."""
    for block in blocks(lesson_of(kata), "text"):
        found = equations(block)
        assert found, f"nothing to check in {block!r}"
        for left, right in found:
            slack = half_a_unit(right.split()[-1]) + 1e-9
            got, wanted = comes_to(left), comes_to(right)
            assert got == pytest.approx(wanted, rel=0, abs=slack), f"{left} = {right}"


def tables(text: str) -> list[tuple[str, list[list[str]]]]:
    """Return (expressions, rows of cells) for each table, the header first."""
    found = []
    for expressions, lines in TABLE.findall(FENCE.sub("", text)):
        rows = [
            [c.strip() for c in line.strip().strip("|").split("|")] for line in lines.splitlines()
        ]
        found.append((expressions, [rows[0], *rows[2:]]))
    return found


@each_lesson
def test_tables_are_right(kata: Kata) -> None:
    """Every cell of a checked table is what its column's expression gives."""
    for expressions, (head, *rows) in tables(lesson_of(kata)):
        if not expressions:
            assert not DECIMAL.search(str(rows)), f"numbers that nothing checks: {rows}"
            continue
        names = namespace(kata)
        for statement in expressions.split(";"):
            exec(statement.strip(), names)
        for column, title in enumerate(head):
            wanted = names[title.strip("`")]
            wanted = (
                wanted.tolist() if isinstance(wanted, (torch.Tensor, np.ndarray)) else list(wanted)
            )
            assert len(wanted) == len(rows), f"column {title}: {len(rows)} rows for {wanted}"
            for row, value in zip(rows, wanted, strict=True):
                assert_cell(row[column].strip("`"), value)


def assert_cell(cell: str, value: Any) -> None:
    """Claim that a cell prints this value."""
    if isinstance(value, str):
        assert cell == value
        return
    printed = cell.translate(SIGNS)
    assert float(printed) == pytest.approx(value, rel=0, abs=half_a_unit(printed) + 1e-9), cell


@each_lesson
def test_numbers_in_prose_are_shown_somewhere(kata: Kata) -> None:
    """A decimal number in the prose stands in a checked block or table of the same lesson."""
    text = lesson_of(kata)
    checked = " ".join([*(b for _, b in FENCE.findall(text)), *(str(t) for t in tables(text))])
    prose = TABLE.sub("", FENCE.sub("", text)).split("\nSources:")[0]
    known = set(DECIMAL.findall(checked))
    assert [n for n in DECIMAL.findall(prose) if n not in known] == []


@each_lesson
def test_a_lesson_is_a_page(kata: Kata) -> None:
    """A lesson is a page (a few are two), with the same parts in the same order."""
    text = lesson_of(kata)
    assert text.startswith(f"# {kata.number} {kata.title.capitalize()}\n")
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings == [
        "The mathematics",
        "The numbers by hand",
        "What you will write",
        "What to look for",
    ]
    pages = 2 if kata.number in TWO_PAGES else 1
    assert len(text.splitlines()) <= pages * PAGE_LINES
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert (kata.folder / Path(link)).exists(), f"{link} is not there"


@each_lesson
def test_the_last_line_names_the_next_kata(kata: Kata) -> None:
    """Whoever has read a lesson finds the next one: by a link, where that kata exists."""
    following = CATALOGUE.katas.get(f"{int(kata.number) + 1:02}")
    last = lesson_of(kata).splitlines()[-1]
    assert last.startswith("Next: ")
    if following:
        assert f"[kata {following.number}, " in last
        assert f"](../{following.number}/README.md)" in last
