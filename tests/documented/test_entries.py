"""Every documented entry of every kata is pinned: by a trace, a spec, or a test beside this."""

from __future__ import annotations

import ast
import csv
from collections.abc import Iterator
from pathlib import Path

from dojo.catalogue import Catalogue
from dojo.spec.documented import read_sources

HERE = Path(__file__).parent


def entries() -> list[dict[str, str]]:
    """Return the rows of entries.csv."""
    with (HERE / "entries.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def marked_ids(file: Path) -> Iterator[str]:
    """Yield the ids that a file's tests are marked with: @pytest.mark.documented("id")."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.documented":
            yield from (a.value for a in node.args if isinstance(a, ast.Constant))  # type: ignore


def pinned(catalogue: Catalogue) -> set[str]:
    """Return every id that something pins."""
    found = {i for file in HERE.glob("test_*.py") for i in marked_ids(file)}
    for kata in catalogue.katas.values():
        found |= set(marked_ids(kata.spec))
        found |= {i for source in read_sources(kata.traces).values() for i in source.ids}
    return found


def test_every_entry_is_pinned(catalogue: Catalogue) -> None:
    """No entry of a kata that exists is left out, unless entries.csv says why."""
    names = {kata.name for kata in catalogue.katas.values()}
    due = {e["id"] for e in entries() if e["kata"] in names and not e["not pinned because"]}
    assert sorted(due - pinned(catalogue)) == []


def test_only_known_entries_are_pinned(catalogue: Catalogue) -> None:
    """Every id that a test or a trace names is one of the documents'."""
    known = [e["id"] for e in entries()]
    assert len(known) == len(set(known))
    assert sorted(pinned(catalogue) - set(known)) == []


def test_no_entry_is_excused_and_pinned(catalogue: Catalogue) -> None:
    """An entry that something pins has no reason why it is not pinned."""
    excused = {e["id"] for e in entries() if e["not pinned because"]}
    assert sorted(excused & pinned(catalogue)) == []


def test_every_trace_has_a_source(catalogue: Catalogue) -> None:
    """Each CSV has its table in sources.toml, and each table its CSV with a blank index header."""
    for kata in catalogue.katas.values():
        files = {file.stem: file for file in kata.traces.glob("*.csv")}
        assert files.keys() == read_sources(kata.traces).keys()
        for file in files.values():
            assert file.read_text(encoding="utf-8").startswith(","), file
