"""Where a person's answer to a kata may lie, in the order in which it is looked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from dojo.catalogue import Kata
from dojo.judge.inbox.entries import FOLDER, Entry, Place, is_packed
from dojo.judge.inbox.platforms.export import Submission
from dojo.judge.reports.escaping import displayed
from dojo.terminal.layout import cut

LONGEST = 240  # characters of a path that is shown
ENDINGS = (".py", ".ipynb")
OF_A_SUBMISSION = re.compile(r"katas|\s*\d+\s*")  # a folder of such a name is to hold answers


class Listing(Protocol):
    """What lists folders: the files of an inbox, or what remembers them."""

    def entries(self, place: Place) -> list[Entry]:
        """Return what is in a folder. Errors: Unreadable."""
        ...


def places(files: Listing, person: Submission, kata: Kata) -> Iterator[Place]:
    """Yield where the answer may be; the first that is there counts.

    A notebook counts where there is no file of Python beside it, what is in an archive or in the
    one folder of a submission where there is nothing above. Errors: Unreadable.
    """
    if person.alone:
        yield person.alone
        return
    wanted = [f"{kata.name}{ending}" for ending in ENDINGS]
    for name in wanted:
        for handed in person.files:
            if handed.name == name:
                yield handed.place
    yield from _in_bases(person.roots, wanted, kata)
    for base in _deeper(files, person):
        yield from _in_bases((base,), wanted, kata)


def _in_bases(bases: tuple[Place, ...], wanted: list[str], kata: Kata) -> Iterator[Place]:
    for name in wanted:
        for base in bases:
            yield (*base, "katas", kata.number, name)
            yield (*base, kata.number, name)
            yield (*base, name)


def _deeper(files: Listing, person: Submission) -> Iterator[Place]:
    """Yield the folders, below those of a submission, that may be shaped like katas/."""
    archives = [h.place for h in person.files if is_packed(h.name)]
    for root in person.roots:
        yield from _wrapped(files, root)
        archives += [(*root, e.name) for e in files.entries(root) if e.is_packed]
    for archive in archives:
        yield archive
        yield from _wrapped(files, archive)


def _wrapped(files: Listing, base: Place) -> Iterator[Place]:
    """Yield the one folder that a submission is packed in, if it is in one."""
    folders = [entry.name for entry in files.entries(base) if entry.kind == FOLDER]
    if len(folders) == 1 and not OF_A_SUBMISSION.fullmatch(folders[0]):
        yield (*base, folders[0])


def shown(person: Submission, place: Place) -> str:
    """Write a place as one reads it: whose it is, and the way from there."""
    for handed in person.files:
        if place[: len(handed.place)] == handed.place:
            return _written(person.name, handed.name, *place[len(handed.place) :])
    if place == person.alone:
        return displayed(place[-1])
    root = next((r for r in person.roots if place[: len(r)] == r), ())
    return _written(person.name, *place[len(root) :])


def _written(*parts: str) -> str:
    return cut("/".join(map(displayed, parts)), LONGEST)
