"""The cells of a notebook as statements: which names each binds, and which it needs."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from dojo.stack import CELL

STAR = "*"  # the name that `from math import *` binds
FUTURE = "__future__"
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Statement:
    """A statement at the left edge of a cell.

    first, last: its lines, counted from 0, decorators included
    """

    node: ast.stmt
    first: int
    last: int
    binds: frozenset[str]
    needs: frozenset[str]

    @property
    def numbers(self) -> range:
        """Return the numbers of its lines."""
        return range(self.first, self.last + 1)

    @property
    def defines(self) -> bool:
        """Whether it is a function or a class."""
        return isinstance(self.node, DEFINITIONS)

    @property
    def is_unwritten(self) -> bool:
        """Whether it is a function as a stub has it."""
        return is_unwritten(self.node)

    @property
    def is_future(self) -> bool:
        """Whether it is `from __future__ import …`, which must come first in a file."""
        return isinstance(self.node, ast.ImportFrom) and self.node.module == FUTURE


@dataclass
class Cell:
    """The Python of a cell.

    label:   what its author calls it ("7"); empty for what stands in no cell
    tested:  it begins with `%%kata` of this kata
    """

    label: str
    lines: Sequence[str]
    tested: bool = True
    kept: set[Statement] = field(default_factory=set)

    @cached_property
    def statements(self) -> list[Statement]:
        """Its statements. Errors: SyntaxError."""
        return list(_statements(self.lines))

    def binding(self, name: str) -> list[Statement]:
        """Return the statements that bind a name."""
        return [s for s in self.statements if name in s.binds]

    def without(self, dropped: Sequence[Statement]) -> list[str]:
        """Return its lines, each at its number, those of some statements empty."""
        gone = {n for s in dropped for n in s.numbers}
        gone -= {n for s in self.statements if s not in dropped for n in s.numbers}  # a = 1; b = 2
        lines = ["" if n in gone else line for n, line in enumerate(self.lines)]
        while lines and not lines[-1].strip():
            lines.pop()
        return lines

    def written(self) -> list[str]:
        """Return the lines that are kept of it, below one that names it."""
        dropped = [s for s in self.statements if s not in self.kept]
        return [f"{CELL}{self.label}", *self.without(dropped)]


def is_unwritten(node: ast.stmt) -> bool:
    """Whether a statement is a function with nothing in it but a docstring and what says so."""
    if not isinstance(node, ast.FunctionDef):
        return False
    *above, last = node.body
    raises = isinstance(last, ast.Raise) and "NotImplementedError" in ast.dump(last)
    return raises and all(isinstance(part, ast.Expr) for part in above)


def cells_in(source: str) -> list[Cell]:
    """Return what stands above the first cell of a kept file, then its cells."""
    cells, label, lines = list[Cell](), "", list[str]()
    for line in source.split("\n"):
        if line.startswith(CELL):
            cells.append(Cell(label, lines))
            label, lines = line.removeprefix(CELL).strip(), list[str]()
        else:
            lines.append(line)
    return [*cells, Cell(label, lines)]


def _statements(lines: Sequence[str]) -> Iterator[Statement]:
    for node in ast.parse("\n".join(lines)).body:
        decorators = getattr(node, "decorator_list", [])
        first = min(n.lineno for n in (node, *decorators)) - 1
        last = (node.end_lineno or node.lineno) - 1
        text = ast.unparse(node)
        yield Statement(node, first, last, frozenset(_bound(node)), frozenset(_needed(text)))


def _bound(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement binds; none in a mere expression, such as a call."""
    if isinstance(node, DEFINITIONS):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        for alias in node.names:
            yield alias.asname or alias.name.split(".")[0]
    elif not isinstance(node, ast.Expr):
        for symbol in symtable.symtable(ast.unparse(node), "cell", "exec").get_symbols():
            if symbol.is_assigned() or symbol.is_imported():
                yield symbol.get_name()


def _needed(text: str) -> Iterator[str]:
    """Yield the global names that are read by a statement, or by a function in it."""
    tables = [symtable.symtable(text, "cell", "exec")]
    for table in tables:
        top = table is tables[0]
        tables += table.get_children()
        read = (s for s in table.get_symbols() if s.is_referenced() and (top or s.is_global()))
        yield from (s.get_name() for s in read)
