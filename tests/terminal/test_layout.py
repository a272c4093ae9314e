"""Fitting on a screen, tables of differences, and letters: each by itself."""

from __future__ import annotations

import pytest
import torch

from dojo.errors import Wrong
from dojo.feedback.outcome import Feedback
from dojo.feedback.progress import functions_of
from dojo.spec.proof import close
from dojo.spec.tables import differences, shortened
from dojo.terminal.capabilities import legible, letters
from dojo.terminal.layout import WIDTH, Part, fitted

HEAD, LIGHT, HEAVY = ["head"], ["light"] * 4, ["heavy"] * 4


def test_what_has_room_is_written_in_full() -> None:
    """Parts keep their order, an empty line between those that are not close."""
    parts = [Part([HEAD]), Part([LIGHT, []], 10), Part([HEAVY, ["h"]], 20, close=True)]
    assert fitted(parts, 10) == [*HEAD, "", *LIGHT, *HEAVY]


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (9, [*HEAD, "", *HEAVY]),
        (3, [*HEAD, "", "h"]),
        (1, [*HEAD, "", "h"]),
    ],
)
def test_the_lightest_is_shortened_first(lines: int, wanted: list[str]) -> None:
    """A lighter part goes before a heavier one loses a line; what has no shorter form stays."""
    parts = [Part([HEAD]), Part([LIGHT, []], 10), Part([HEAVY, ["h"]], 20, close=True)]
    assert fitted(parts, lines) == wanted


def test_each_step_may_have_a_weight_of_its_own() -> None:
    """A part gives its first lines sooner than its last."""
    parts = [Part([["a"] * 5, ["a"] * 2, []], (10, 30)), Part([["b"] * 3, []], 20, close=True)]
    assert fitted(parts, 5) == ["a"] * 2 + ["b"] * 3
    assert fitted(parts, 4) == ["a"] * 2


def test_a_line_that_the_terminal_breaks_counts_twice() -> None:
    """What is longer than the screen is wide takes more than a row."""
    assert fitted([Part([["x" * 81]]), Part([["y"], []], 1, close=True)], 2) == ["x" * 81]


def table(got: object, want: object, **options: object) -> list[str]:
    """Return the table of what differs at all."""
    mine, right = (torch.as_tensor(t, dtype=torch.float64) for t in (got, want))
    given = {"row": "step", "column": "wanted", "digits": None, **options}
    return differences(mine, right, mine == right, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("columns", range(1, 30))
@pytest.mark.parametrize("scale", [1.0, 1e-8, 1e200])
def test_both_columns_and_the_mark_are_always_there(columns: int, scale: float) -> None:
    """However wide a row is, the first difference is shown on both sides, within the screen."""
    right = (torch.arange(7 * columns, dtype=torch.float64).reshape(7, columns) / 3 - 1) * scale
    mine = right.clone()
    mine[3, columns - 1] -= scale
    lines = table(mine, right)
    assert max(map(len, lines)) <= WIDTH
    assert lines[0].split()[-2:] == ["wanted", "yours"]
    marked = next(line for line in lines if "←" in line)
    for side in (right, mine):
        assert f"{float(side[3, columns - 1]):.7g}" in marked
    if columns > 4:
        assert lines[0].startswith("  step 3, entry ")
        assert marked.split()[0] == str(columns - 1)


def test_the_place_of_an_entry_in_a_matrix() -> None:
    """A row of more than one dimension says where in it the entry stands."""
    right = torch.zeros(2, 3, 4)
    mine = right.clone()
    mine[1, 2, 1] = 5
    marked = next(line for line in table(mine, right) if "←" in line)
    assert marked.split()[:2] == ["2,", "1"]


def test_rows_have_the_numbers_that_they_are_given() -> None:
    """Where a part of a trace is compared, its rows keep their numbers."""
    with pytest.raises(Wrong) as wrong:
        close(torch.ones(2), torch.zeros(2), atol=0.1, at=(1000, 10000), what="the end")
    assert wrong.value.body[0] == "The end:"
    assert [line.split()[0] for line in wrong.value.body[1:]] == ["step", "1000", "10000"]


@pytest.mark.parametrize("rows", [1, 2, 3, 4])
@pytest.mark.parametrize("at", range(5))
def test_a_shorter_table_keeps_its_head_and_its_mark(rows: int, at: int) -> None:
    """Of a table as many rows stay as are asked for, the marked one among them."""
    mine = torch.zeros(5)
    mine[at:] = 1
    lines = shortened(table(mine, torch.zeros(5)), rows)
    assert len(lines) == rows + 1
    assert "yours" in lines[0]
    assert any("←" in line for line in lines)


def outcome(kind: str, function: str, *functions: str) -> Feedback:
    """Return what came of a test that called some functions, and blames one."""
    return Feedback("01", "it", "test", kind, function=function, functions=list(functions))


def test_what_is_said_of_a_function() -> None:
    """Done is what passed and is not blamed; unsaid is what only failures called."""
    outcomes = [
        outcome("done", "", "f", "g"),
        outcome("wrong", "g", "f", "g"),
        outcome("to do", "h", "f"),
        outcome("wrong", "g", "k", "g"),
    ]
    assert functions_of(outcomes) == {"f": "done", "g": "wrong", "h": "to do"}
    broken = outcome("broken", "f", "f")
    assert "f" not in functions_of([outcome("done", "", "f"), broken])


def test_signs_that_an_encoding_lacks() -> None:
    """They are written in letters that it has; those that it has stay."""
    assert legible("✓ x² · 8 ← no", "utf-8") == "✓ x² · 8 ← no"
    assert legible("✓ x² · 8 ← no", "cp1252") == "done: x² · 8 <- no"
    assert legible("✗ x² − 梯", "ascii") == "wrong: x^2 - ?"
    assert set(letters("utf-8").values()) == set("✓✗·")
    assert set(letters("cp1252").values()) == set(".F-")
