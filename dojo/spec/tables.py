"""The table of a failure in the numbers: what was wanted beside what came."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from dojo.calling.values import shown
from dojo.terminal.layout import WIDTH

ROWS = 5  # of a table of differences that are shown
ENTRIES = 4  # of a row that are shown beside each other
ABSENT = "—"
MARKS = "   ← first difference", "   ←"  # the short one where the long one has no room


class _Compared(NamedTuple):
    """What came, what was wanted and where they are near each other, each [rows, entries]."""

    got: Tensor
    want: Tensor
    near: Tensor


def differences(
    got: Tensor,
    want: Tensor,
    near: Tensor,
    row: str,
    column: str,
    digits: int | None,
    at: Sequence[int] | None = None,
) -> list[str]:
    """Write the rows around the first difference, wanted beside yours, within the screen.

    `row` says what a row is, `at` gives their numbers (0, 1, 2, …). Where whole rows have no room,
    the entries of the first row that differs are written, one a line.
    """
    if not got.dim():
        shown, mine = _distinct(want.reshape(1), got.reshape(1), digits)
        return [f"  {column}: {shown}", f"  yours: {mine}"]
    flat = _Compared(*(t.reshape(len(t), -1) for t in (got, want, near)))
    numbers = [str(i) for i in (range(len(got)) if at is None else at)]
    if flat.got.shape[1] <= ENTRIES:
        lines = _table(flat, (row, column), numbers, digits)
        for mark in MARKS:
            if max(len(line) for line in lines) + len(mark) <= WIDTH:
                return _marked(lines, mark, flat.near)
    first = _first(flat.near)
    entries = _Compared(*(t[first].unsqueeze(1) for t in flat))
    head = f"{row} {numbers[first]}, entry", column
    lines = _table(entries, head, _places(got[first]), digits)
    return _marked(lines, MARKS[0], entries.near)


def entries(
    yours: list[Any] | dict[str, Any],
    wanted: list[Any] | dict[str, Any],
    row: str,
    at: Sequence[str],
) -> list[str]:
    """Write the entries around the first difference of two lists or dicts, wanted beside yours.

    `row` says what an entry is, `at` names those of a list (0, 1, 2, …). Where they have no room
    beside each other, the first that differs is written alone, in two lines.
    """
    cells = [(str(n), _word(w), _word(m)) for n, w, m in _paired(yours, wanted, at)]
    first = next(i for i, (_, one, other) in enumerate(cells) if one != other)
    start = max(0, min(first - 2, len(cells) - ROWS))
    window = [(row, "wanted", "yours"), *cells[start : start + ROWS]]
    widths = [max(map(len, column)) for column in zip(*window, strict=True)]
    lines = [f"  {n:<{widths[0]}}   {w:<{widths[1]}}   {m}".rstrip() for n, w, m in window]
    at_first = 1 + first - start
    for mark in MARKS:
        marked = [f"{line}{mark}" if i == at_first else line for i, line in enumerate(lines)]
        if max(map(len, marked)) <= WIDTH:
            return marked
    name, one, other = cells[first]
    return [f"  {row} {name}", f"    wanted: {one}", f"    yours:  {other}"]


def _paired(
    yours: list[Any] | dict[str, Any], wanted: list[Any] | dict[str, Any], at: Sequence[str]
) -> list[tuple[Any, Any, Any]]:
    """Return each entry's name, what was wanted and what came; what is absent is so marked."""
    if isinstance(yours, dict) and isinstance(wanted, dict):
        names = dict.fromkeys([*wanted, *yours])
        return [(n, wanted.get(n, ABSENT), yours.get(n, ABSENT)) for n in names]
    pairs = enumerate(itertools.zip_longest(wanted, yours, fillvalue=ABSENT))
    return [(at[i] if i < len(at) else i, want, mine) for i, (want, mine) in pairs]


def _word(value: Any) -> str:
    """Write an entry: a word as it is, anything else as a learner would type it."""
    return value if type(value) is str else shown(value)


def shortened(table: Sequence[str], rows: int) -> list[str]:
    """Keep the head of a table and so many rows, the marked one among them."""
    marked = next((i for i, line in enumerate(table) if MARKS[1] in line), 0)
    if not marked:
        return list(table)
    start = max(1, min(marked - (rows - 1) // 2, len(table) - rows))
    return [table[0], *table[start : start + rows]]


def _first(near: Tensor) -> int:
    """Return the first row that is not near everywhere."""
    return int((~near.all(dim=1)).nonzero()[0, 0])


def _window(near: Tensor) -> range:
    """Return the rows that are shown: those around the first difference."""
    start = max(0, min(_first(near) - 2, len(near) - ROWS))
    return range(start, min(start + ROWS, len(near)))


def _table(
    flat: _Compared,
    head: tuple[str, str],
    numbers: Sequence[str],
    digits: int | None,
) -> list[str]:
    """Write the rows around the first difference in columns, below their heads."""
    got, want, near = flat
    cells = [(*head, "yours")]
    for i in _window(near):
        if bool(near[i].all()):  # near enough: its last digits are of no interest
            cells.append((numbers[i], *_row(want[i], got[i], _digits(digits))))
        else:
            cells.append((numbers[i], *_distinct(want[i], got[i], digits)))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [f"  {n:>{widths[0]}}   {w:>{widths[1]}}   {m:>{widths[2]}}" for n, w, m in cells]


def _marked(lines: list[str], mark: str, near: Tensor) -> list[str]:
    """Put the mark behind the first row that differs."""
    at = 1 + _first(near) - _window(near).start
    return [*lines[:at], lines[at] + mark, *lines[at + 1 :]]


def _places(row: Tensor) -> list[str]:
    """Return where each entry of a row stands in it: a number for each dimension above one."""
    shape = [size for size in row.shape if size > 1] or [1]
    places = torch.cartesian_prod(*(torch.arange(size) for size in shape)).reshape(-1, len(shape))
    return [", ".join(map(str, place)) for place in places.tolist()]


def _distinct(want: Tensor, got: Tensor, digits: int | None) -> tuple[str, str]:
    """Format both with as many digits as it takes to tell them apart where they differ."""
    pairs = [_row(want, got, spec) for spec in (_digits(digits), ".7g", ".12g", ".17g")]
    return next((p for p in pairs if p[0] != p[1]), pairs[0])


def _digits(digits: int | None) -> str:
    return f".{digits}f" if digits is not None else ".7g"


def _row(want: Tensor, got: Tensor, spec: str) -> tuple[str, str]:
    """Format a row of both."""
    wanted, mine = ([format(v, spec) for v in t.tolist()] for t in (want, got))
    if want.numel() == 1:
        return wanted[0], mine[0]
    return f"[{', '.join(wanted)}]", f"[{', '.join(mine)}]"
