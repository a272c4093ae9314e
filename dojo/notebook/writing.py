"""Writes `notebooks/NN.ipynb` from a kata's lesson and stub: `pytest katas/03 --notebook`."""

from __future__ import annotations

import ast
import importlib.util
import posixpath
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from dojo.catalogue import Catalogue, Kata
from dojo.notebook.statements import is_unwritten
from dojo.terminal.prompt import path_from_here

FOLDER = "notebooks"
NEEDS = "--notebook needs nbformat: pip install -c constraints.txt -e '.[notebook]'"
CHECKED = re.compile(r"<!--.*?-->\n*", re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#|/)([^)\s]+)\)")
HINTS = re.compile(r"<details><summary>Hints: <code>(\w+)</code>.*?</details>\n*", re.DOTALL)
SECTION = re.compile(r"^(?=## )", re.MULTILINE)
RUN = re.compile(r"Then (?:type )?`pytest katas/\d\d`\. ?")
WHERE = re.compile(r"(?<=In )\[`\w+\.py`\]\([^)]*\)")
DATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
    "accelerator": "GPU",  # what Colab is to lend
}
INSTALL = """\
# Adds the katas to the Python of this notebook where they are missing, as in Colab.
# pip gets no -c constraints.txt here, so the torch that is installed stays, and its CUDA with it.
import importlib.util
import os
import sys

if importlib.util.find_spec("dojo") is None:
    katas = os.path.abspath(".." if os.path.exists("../dojo/plugin.py") else "gradient-katas")
    CLONE
    %pip install -q -e "{katas}"
    sys.path.insert(0, katas)
%load_ext dojo.notebook"""

TOLD = """\
## Your turn

Write the functions in the cells below. `%%kata {number}` above a cell tests what your cells define
so far, as `pytest katas/{number}` does, and says below the cell what is wrong. For a hint, write
`%%kata {number} --hint`; for a picture, `%%kata {number} --plot`.

All is kept in `mine/{number}`: in a terminal, `pytest katas/{number} --answers mine` tests it."""


def write_named(catalogue: Catalogue, paths: Sequence[Path]) -> int:
    """Write the notebooks of the katas that paths name, but over none; return pytest's exit code.

    Errors: pytest.UsageError where nbformat is missing.
    """
    if importlib.util.find_spec("nbformat") is None:
        raise pytest.UsageError(NEEDS)
    katas = [kata for kata in catalogue.katas.values() if _is_named(kata, paths)]
    for kata in katas:
        file = catalogue.root / FOLDER / f"{kata.number}.ipynb"
        shown = path_from_here(file)
        try:
            write(kata, file)
            print(f"Written: {shown}")
        except FileExistsError:
            print(f"{shown} is there already, and stays. For a new one, move it away.")
    return pytest.ExitCode.OK if katas else pytest.ExitCode.NO_TESTS_COLLECTED


def _is_named(kata: Kata, paths: Sequence[Path]) -> bool:
    """Whether a path is the kata's folder, a file in it, or a folder above."""
    folder = kata.folder.resolve()
    named = [path.resolve() for path in paths]
    return any(path.is_relative_to(folder) or folder.is_relative_to(path) for path in named)


def write(kata: Kata, file: Path) -> None:
    """Write the notebook of a kata. Errors: FileExistsError, ModuleNotFoundError of nbformat."""
    import nbformat

    makers = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    made = [makers[kind](text) for kind, text in _cells(kata)]
    for at, cell in enumerate(made):
        cell.id = f"kata-{kata.number}-{at}"  # by chance otherwise
    book: Any = nbformat.v4.new_notebook(cells=made, metadata=DATA)
    nbformat.validate(book)
    file.parent.mkdir(exist_ok=True)
    with file.open("x", encoding="utf-8") as out:
        out.write(nbformat.writes(book) + "\n")


def _cells(kata: Kata) -> Iterator[tuple[str, str]]:
    """Yield the kind and the text of each cell."""
    lesson = _linked(CHECKED.sub("", kata.lesson.read_text(encoding="utf-8")), kata)
    hints = {found[1]: found[0].strip() for found in HINTS.finditer(lesson)}
    title, *sections = SECTION.split(HINTS.sub("", lesson))
    yield "markdown", title.strip()
    yield "code", INSTALL.replace("CLONE", _clone(kata.root))
    *sections, last = sections
    last, _, sources = last.partition("\nSource")
    for section in (*sections, last):
        yield "markdown", RUN.sub("", WHERE.sub("the cells below", section)).strip()
    told = ast.get_docstring(ast.parse(kata.stub.read_text(encoding="utf-8"))) or ""
    remarks = [part for part in told.split("\n\n")[1:] if not part.startswith("Read README")]
    yield "markdown", "\n\n".join([TOLD.format(number=kata.number), *remarks])
    yield from _functions(kata, hints)
    if sources:
        yield "markdown", f"Source{sources}".strip()


def _functions(kata: Kata, hints: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what the stub gives in a cell, then a cell for each function, and its hints."""
    source = kata.stub.read_text(encoding="utf-8")
    lines, given, functions = source.splitlines(), list[str](), dict[str, str]()
    for node in ast.parse(source).body:
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        text = "\n".join(lines[first - 1 : node.end_lineno])
        if isinstance(node, ast.FunctionDef) and is_unwritten(node):
            functions[node.name] = text
        elif not isinstance(node, ast.Expr):
            gap = "\n\n" if isinstance(node, (ast.FunctionDef, ast.ClassDef)) else ""
            given.append(f"{gap}{text}")
    yield "code", "\n".join(given)
    for name, text in functions.items():
        yield "code", f"%%kata {kata.number}\n{text}"
        if name in hints:
            yield "markdown", hints[name]


def _linked(text: str, kata: Kata) -> str:
    """Let the lesson's links begin at the notebook's folder."""
    above = Path("..", kata.folder.relative_to(kata.root)).as_posix()
    return LINK.sub(lambda found: f"]({posixpath.normpath(f'{above}/{found[1]}')})", text)


def _clone(root: Path) -> str:
    """Return the line that brings the repository: from where this one came, if git knows."""
    asked = ["git", "-C", str(root), "remote", "get-url", "origin"]
    try:
        origin = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        origin = ""
    if not origin.startswith("https://"):
        return "# A clone of the katas must lie beside this notebook, in a folder gradient-katas."
    return f"if not os.path.exists(katas):\n        !git clone -q --depth 1 {origin} gradient-katas"
