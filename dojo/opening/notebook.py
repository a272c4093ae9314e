"""Reads a notebook as an answer: the Python of its code cells, one below the other, in order.

A notebook is JSON, as "The Notebook file format" of nbformat's documentation has it: in version 4
`cells`, each with a `cell_type` and a `source` (a text, or a list of its lines); in version 3
`worksheets` of cells with an `input`. Python's own json reads that, so a learner needs no more than
for a file of Python, and the judge reads what the learner's own run reads. Nothing of it runs here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dojo.opening.reading import CAP, Unreadable, read_source
from dojo.paths import typed
from dojo.stack import CELL
from dojo.terminal.layout import cut
from dojo.terminal.visible import one_line

ENDING = ".ipynb"
LISTED, ONE = 3, 40  # lines that are told of, and characters of each
LONGEST = 4 * CAP  # characters that are looked through
LARGEST = 8 * 1024 * 1024  # bytes of a notebook, with the pictures in it
HEAD = "# coding: utf-8"  # whatever a cell declares
WHOLE_CELL = re.compile(r"\s*%%(?!(?:time|capture|prun|kata)\b)")  # after these four comes Python
NAMES = r"[^\s=,#\"'()\[\]{}]++(?:[ \t]*+,[ \t]*+[^\s=,#\"'()\[\]{}]++)*+[ \t]*+"
MAGIC = re.compile(  # what IPython takes at the beginning of a line, and Python never does
    rf"(?P<indent>[ \t]*+)(?:[%!?]|{NAMES}=[ \t]*+[%!]|[\w.]++\?{{1,2}}[ \t]*$)(?:\\\n|[^\n])*+",
    re.MULTILINE,
)
TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""|\\?\Z)'
    r"|'''(?:\\.|[^\\])*?(?:'''|\\?\Z)"
    r'|"(?:\\.|[^"\\\n])*"?'
    r"|'(?:\\.|[^'\\\n])*'?"
    r"|#[^\n]*|\\\n|[\[({]|[\])}]|\n|[^\"'#\\\[\](){}\n]+|\\",
    re.DOTALL,
)


@dataclass(frozen=True)
class Notebook:
    """What a notebook has of Python, and what else was in its code cells.

    source:   its code cells; above each a comment that numbers it
    left_out: lines that only IPython understands, as a person reads them
    """

    source: bytes
    left_out: tuple[str, ...] = ()


def read_notebook(path: Path) -> Notebook:
    """Read the notebook at `path`. Errors: as `read_source` and `python_of`."""
    return python_of(read_source(path, LARGEST))


def python_of(raw: bytes) -> Notebook:
    """Take the Python out of a notebook.

    Errors: Unreadable for what is no notebook, or one of another language, or too much code.
    """
    book = _parsed(raw)
    language = _language(book)
    if language not in ("", "python", "ipython"):
        raise Unreadable(f"it is a notebook of {language[:20]!r}, and must be one of Python")
    lines, left_out = [HEAD], list[str]()
    cells = list(_code_cells(book))
    if sum(map(len, cells)) > LONGEST:
        raise Unreadable(
            f"its code cells have more than {LONGEST:,} letters: keep the source alone"
        )
    for number, cell in enumerate(cells, 1):
        kept, left = without_magics(cell)
        lines += [f"{CELL}{number}", *kept]
        left_out += [f"{cut(one_line(line), ONE)} (cell {number})" for line in left]
    try:
        source = ("\n".join(lines) + "\n").encode()
    except UnicodeEncodeError:
        raise Unreadable("a cell holds half a character: type that line again") from None
    if len(source) > CAP:
        raise Unreadable(
            f"its code cells have {len(source):,} bytes, and an answer may have {CAP:,}"
        )
    return Notebook(source, tuple(left_out))


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        book: Any = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        book = None
    if not isinstance(book, dict):
        raise Unreadable("it is not a notebook that can be read: save it again in Jupyter")
    return book


def _language(book: dict[str, Any]) -> str:
    """Return the language that a notebook says it is of, in small letters; "" if it does not."""
    about: Any = book.get("metadata")
    for part, name in (("language_info", "name"), ("kernelspec", "language")):
        found: Any = about.get(part) if isinstance(about, dict) else None
        told: Any = found.get(name) if isinstance(found, dict) else None
        if isinstance(told, str):
            return told.lower()
    return ""


def _code_cells(book: dict[str, Any]) -> Iterator[str]:
    """Yield the text of each code cell. Errors: Unreadable."""
    sheets: Any = book.get("worksheets", [book])
    if not isinstance(sheets, list) or not ("worksheets" in book or "cells" in book):
        raise Unreadable("it has no cells, so it is no notebook")
    for sheet in sheets:
        cells: Any = sheet.get("cells", []) if isinstance(sheet, dict) else None
        for cell in cells if isinstance(cells, list) else [None]:
            if not isinstance(cell, dict):
                raise Unreadable("a cell of it is damaged: save it again in Jupyter")
            if cell.get("cell_type") == "code":
                yield _text(cell.get("source", cell.get("input", "")))


def _text(source: Any) -> str:
    parts = source if isinstance(source, list) else [source]
    if not all(isinstance(part, str) for part in parts):
        raise Unreadable("a cell of it is damaged: save it again in Jupyter")
    return "".join(parts).replace("\r\n", "\n").replace("\r", "\n")


def without_magics(cell: str) -> tuple[list[str], list[str]]:
    """Return the lines of a cell, each at its number, and those that were left out of them."""
    if WHOLE_CELL.match(cell):
        first = cell.strip().split("\n")[0]
        return [""] * len(cell.split("\n")), [f"all below {first}"]
    kept, left, at = list[str](), list[str](), 0
    while at < len(cell):
        if magic := MAGIC.match(cell, at):
            kept.append(magic["indent"] + "pass" + "\n" * magic[0].count("\n"))
            left.append(" ".join(magic[0].replace("\\\n", " ").split()))
            at = magic.end()
        else:
            end = _end_of_statement(cell, at)
            kept.append(cell[at:end])
            at = end
            continue
        if at < len(cell):  # the line's own end
            kept.append("\n")
            at += 1
    return "".join(kept).split("\n"), left


def _end_of_statement(cell: str, at: int) -> int:
    """Return where the next statement begins: strings and brackets may go over several lines."""
    depth = 0
    for token in TOKEN.finditer(cell, at):
        depth += (token[0] in "([{") - (token[0] in ")]}")
        if token[0] == "\n" and depth <= 0:
            return token.end()
    return len(cell)


def said_of(path: Path) -> str:
    """Say in a sentence what of a notebook is the answer; "" where it cannot be read."""
    try:
        return told(typed(path), read_notebook(path))
    except (Unreadable, FileNotFoundError):
        return ""


def told(shown: str, notebook: Notebook) -> str:
    """Say what of a notebook, shown by this name, is the answer, and what was left out."""
    left = notebook.left_out
    listed = ", ".join(left[:LISTED])
    more = f" and {len(left) - LISTED} more" if len(left) > LISTED else ""
    without = f" Left out, as only a notebook knows it: {listed}{more}." if left else ""
    return f"The code cells of {shown} are the answer, in their order.{without}"
