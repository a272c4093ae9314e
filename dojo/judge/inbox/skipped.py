"""What lies in an inbox and is not read: each with the reason, and what to do about it.

Only names are looked at, never contents, and of a crowded folder only the first names.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from dojo.catalogue import Catalogue, Kata
from dojo.judge.reports.escaping import displayed
from dojo.judge.result import Skipped

LOOKED_AT = 1000  # names in one folder
LISTED = 8  # of one submission
FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)  # Linux only
LITTER = frozenset({"__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini", "lost+found"})
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
EXPECTED = frozenset({"README.md", "LICENSE", "traces"})  # beside answers, in any folder


def is_litter(entry: str) -> bool:
    """Whether an entry is what systems leave behind, or hidden."""
    return entry.startswith(".") or entry in LITTER


def why_no_submission(entry: str) -> str:
    """Say why an entry of the inbox is no submission, and the next move."""
    lower = entry.lower()
    if is_litter(entry):
        return "hidden files and what systems leave behind are not read"
    if lower.endswith(ARCHIVES):
        return "it is packed: unpack it into a folder"
    if lower.endswith(".ipynb"):
        return "it is a notebook: export it as a .py file"
    return "it is neither a folder nor a .py file, and is not read"


def inside(folder: Path, name: str, catalogue: Catalogue, katas: Sequence[Kata]) -> list[Skipped]:
    """List what in one submission's folder was not read though it may have been meant to be."""
    found = list(itertools.islice(_inside(folder, catalogue, katas), LISTED + 1))
    listed = [Skipped(f"{name}/{path}", why) for path, why in found[:LISTED]]
    more = [Skipped(name, "and more that is not read")] if len(found) > LISTED else []
    return [*listed, *more]


def _inside(folder: Path, catalogue: Catalogue, katas: Sequence[Kata]) -> Iterator[tuple[str, str]]:
    top = _names(folder)
    if "katas" in top:  # a fork: what else is in it belongs there
        yield from _beside(folder, ("katas",), catalogue, katas)
    else:
        yield from _beside(folder, (), catalogue, katas)
    for kata in katas:
        first, *others = _answers(folder, top, kata) or [""]
        for path in others:
            yield path, f"it was not read, as {first} was"


def _answers(folder: Path, top: Sequence[str], kata: Kata) -> list[str]:
    """Return the places where a submission has an answer to this kata; the first is read."""
    file = f"{kata.name}.py"
    places = [("katas", kata.number), (kata.number,), ()]
    found = [p for p in places if (not p or p[0] in top) and file in _names(folder, *p)]
    return ["/".join((*place, file)) for place in found]


def _beside(
    folder: Path, place: tuple[str, ...], catalogue: Catalogue, katas: Sequence[Kata]
) -> Iterator[tuple[str, str]]:
    """Yield what is in a folder shaped like katas/ and has no place there."""
    files = {f"{kata.name}.py" for kata in catalogue.katas.values()}
    asked = {kata.number: kata for kata in katas}
    for name in _names(folder, *place):
        if name in asked:
            yield from _in_kata(folder, (*place, name), asked[name])
        elif name not in EXPECTED and name not in catalogue.katas and name not in files:
            below = _names(folder, *place, name)
            yield "/".join((*place, displayed(name))), _why_not_read(below, catalogue, katas)


def _in_kata(folder: Path, place: tuple[str, ...], kata: Kata) -> Iterator[tuple[str, str]]:
    expected = {f"{kata.name}.py", f"test_{kata.name}.py", "mistakes.py", "variants.py"}
    for name in _names(folder, *place):
        if name not in expected | EXPECTED:
            path = "/".join((*place, displayed(name)))
            yield path, f"only {kata.name}.py is read of this folder"


def _why_not_read(below: list[str], catalogue: Catalogue, katas: Sequence[Kata]) -> str:
    """Say what an unexpected entry, with these names in it, may have been meant for."""
    if "katas" in below or any(name in catalogue.katas for name in below):
        return "this folder is shaped like a submission: move what is in it one folder up"
    wanted = " or ".join(f"{k.number}/{k.name}.py" for k in katas[:3])
    return f"it is not read. An answer is called {wanted}{' …' if len(katas) > 3 else ''}"


def _names(folder: Path, *place: str) -> list[str]:
    """Return the first names in a folder, sorted, litter left out; none behind a link."""
    held: list[int] = []
    try:
        at: int | None = None
        for part in (folder, *place):
            at = os.open(part, FOLDER, dir_fd=at)
            held.append(at)
        with os.scandir(at) as entries:
            names = [entry.name for entry in itertools.islice(entries, LOOKED_AT)]
    except OSError:
        return []
    finally:
        for descriptor in held:
            os.close(descriptor)
    return sorted(name for name in names if not is_litter(name))
