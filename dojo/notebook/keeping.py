"""Keeps what cells define as a file of answers: of each function the latest that is written.

Kept are the functions and classes of all cells with `%%kata`, and from any cell the imports, values
and functions that they need: a value that nothing needs was only tried out. Each line stands as far
below the comment that names its cell as in the cell itself, so messages name both as they are seen.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Sequence
from pathlib import Path

from dojo.catalogue import Kata
from dojo.notebook.statements import STAR, Cell, Statement, cells_in
from dojo.opening.reading import decoded, read_source

EARLIER = " of an earlier session"


def kept_cells(kata: Kata, path: Path, session: Collection[str]) -> list[Cell]:
    """Return the cells of the file at `path`; without one, the stub, which is no cell.

    session: labels of the cells that were kept since the kernel began; others get a mark
    Errors: SyntaxError, Unreadable.
    """
    try:
        cells = cells_in(decoded(read_source(path)))
    except FileNotFoundError:
        cells = cells_in(decoded(read_source(kata.stub)))
    for cell in cells:
        if cell.label and cell.label not in session:
            cell.label = f"{cell.label.removesuffix(EARLIER)}{EARLIER}"
        _ = cell.statements
    return cells


def keep(kata: Kata, path: Path, cells: Sequence[Cell]) -> None:
    """Write what the tests need of cells, the latest last, into the file at `path`.

    The first cell is what stood above all others in it: it stays, but for what is defined anew.
    """
    source = composed(kata, cells)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(source, encoding="utf-8", newline="\n")
    beside.replace(path)


def outweighed(kata: Kata, cells: Sequence[Cell]) -> dict[str, list[str]]:
    """Return which functions the last cell leaves unwritten, though another cell has written them.

    They are listed by the label of that cell.
    """
    chosen, found = _chosen(kata, cells), dict[str, list[str]]()
    *others, last = cells
    for name in (n for s in last.statements if s.is_unwritten and s not in chosen for n in s.binds):
        for cell in others:
            if chosen.intersection(cell.binding(name)):
                found.setdefault(cell.label, []).append(name)
    return found


def composed(kata: Kata, cells: Sequence[Cell]) -> str:
    """Return the text of the file that `keep` writes."""
    above, *others = cells
    chosen = _chosen(kata, cells)
    for cell in others:
        cell.kept = {s for s in cell.statements if s in chosen and not s.is_future}
    dropped = [s for s in above.statements if s.is_future or (s.defines and s not in chosen)]
    future = dict.fromkeys(s for c in cells for s in c.statements if s.is_future)
    lines = [*_headed(above, dropped, future), ""]
    for cell in others:
        if cell.kept:
            lines += [*cell.written(), ""]
    return "\n".join(lines)


def _headed(above: Cell, dropped: Sequence[Statement], future: Collection[Statement]) -> list[str]:
    """Return what stands above all cells, the imports from the future first, blanks at most two."""
    lines, written = above.without(dropped), list[str]()
    for line in lines:
        if line.strip() or (written and written[-2:] != ["", ""]):
            written.append(line)
    if future:
        docstring = ast.get_docstring(ast.parse("\n".join(written))) is not None
        at = ast.parse("\n".join(written)).body[0].end_lineno or 0 if docstring else 0
        written[at:at] = sorted({ast.unparse(s.node) for s in future})
    return written


def _chosen(kata: Kata, cells: Sequence[Cell]) -> set[Statement]:
    """Return the statements to keep: the latest that bind each name that is needed.

    What is still a stub's is kept only where nothing else is: who runs its cell once more, or all
    cells, has not given up what was written.
    """
    tested = [cell for cell in cells if cell.tested]
    defined = [n for cell in tested for s in cell.statements if s.defines for n in s.binds]
    open_names, known = [*kata.signatures, *defined], set(dir(builtins))
    chosen = set[Statement]()
    while open_names:
        name = open_names.pop()
        if name in known:
            continue
        known.add(name)
        among = tested if name in kata.signatures else cells
        by_cell = [found for cell in among if (found := cell.binding(name))]
        written = [own for own in by_cell if not all(s.is_unwritten for s in own)]
        latest = by_cell if name == STAR else (written or by_cell)[-1:]
        found = [s for own in latest for s in own]
        chosen.update(found)
        open_names += [n for s in found for n in s.needs] if found else [STAR]
    return chosen
