"""What every platform's class is given and gives back, and how files are put together by person."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, Protocol

from dojo.catalogue import Kata
from dojo.judge.inbox.entries import Entry, Place
from dojo.judge.inbox.files import Files
from dojo.judge.reports.escaping import displayed
from dojo.judge.result import Skipped

LONGEST = 120  # characters of a name
IN_THE_BROWSER = "it was typed in the browser, and is not read: an answer is a file"
NOT_OF_THE_EXPORT = "it does not look like a part of the export, and is not read"


class Handed(NamedTuple):
    """One file that a person handed in: the name that it had, and where it lies."""

    name: str
    place: Place


@dataclass(frozen=True)
class Submission:
    """What one person handed in.

    name:  as it is shown and reported: normalised (NFC), one line, nothing that a terminal obeys
    roots: folders and archives shaped like katas/
    files: files that lie outside of them
    alone: the one file that is the answer to the one kata that is judged, whatever its name
    """

    name: str
    roots: tuple[Place, ...] = ()
    files: tuple[Handed, ...] = ()
    alone: Place = ()


@dataclass(frozen=True)
class Export:
    """Whom an export has, and what in it is nobody's, or not read."""

    people: list[Submission]
    aside: list[Skipped]


@dataclass(frozen=True)
class View:
    """An export as a platform's class sees it: the files, where it begins, the katas judged."""

    files: Files
    place: Place
    katas: tuple[Kata, ...]

    @cached_property
    def entries(self) -> list[Entry]:
        """What lies at its beginning, litter left out."""
        return self.files.entries(self.place, None)

    def at(self, *names: str) -> Place:
        """Return the place of something in it."""
        return (*self.place, *names)


class Platform(Protocol):
    """A platform: the line that names it, how it is recognised, who is in an export of it."""

    @property
    def title(self) -> str:
        """What its export is called, after "taken as"."""
        ...

    def marks(self, view: View) -> bool:
        """Whether an export has the marks that this platform puts on it."""
        ...

    def take(self, view: View) -> Export:
        """Return who is in it."""
        ...


@dataclass
class Gathering:
    """Puts together what belongs to one person, whom a platform knows by an id beside the name."""

    _roots: dict[tuple[str, str], list[Place]] = field(default_factory=dict)
    _files: dict[tuple[str, str], list[Handed]] = field(default_factory=dict)
    _told: list[tuple[tuple[str, str], str, str]] = field(default_factory=list)

    def root(self, name: str, number: str, place: Place) -> None:
        """Give somebody a folder."""
        self._roots.setdefault((name, number), []).append(place)

    def file(self, name: str, number: str, handed: Handed) -> None:
        """Give somebody a file."""
        self._files.setdefault((name, number), []).append(handed)

    def empty(self, name: str, number: str) -> None:
        """Note that somebody is there, whatever else there is."""
        self._roots.setdefault((name, number), [])

    def told(self, name: str, number: str, path: str, why: str) -> None:
        """Keep what is to be said to somebody of what is not read."""
        self._told.append(((name, number), path, why))

    def export(self, aside: Iterable[Skipped] = ()) -> Export:
        """Return the people. Those of one name are told apart by their ids."""
        owners = list(dict.fromkeys((*self._roots, *self._files)))
        everybody = dict.fromkeys((*owners, *(who for who, _, _ in self._told)))
        shown = _told_apart(list(everybody))
        people = [
            Submission(shown[who], tuple(self._roots.get(who, ())), tuple(self._files.get(who, ())))
            for who in owners
        ]
        return Export(people, [*aside, *self._unread(set(owners), shown)])

    def _unread(
        self, owners: set[tuple[str, str]], shown: dict[tuple[str, str], str]
    ) -> Iterator[Skipped]:
        for who, path, why in self._told:
            whose = {"owner": shown[who]} if who in owners else {"name": shown[who]}
            yield Skipped(displayed(path), why, **whose)


def _told_apart(people: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return the name of each: with the id where several have the same, or there is no other."""
    names = [called(name) for name, _ in people]
    several = {name for name, number in Counter(names).items() if number > 1}
    return {
        who: f"{name} ({called(who[1])})" if name and name in several else name or called(who[1])
        for who, name in zip(people, names, strict=True)
    }


def called(name: str) -> str:
    """Write a person's name so that it can be shown."""
    shown = displayed(name).strip()
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"


def matched(view: View, pattern: re.Pattern[str]) -> list[tuple[Entry, re.Match[str] | None]]:
    """Match every name at the beginning of an export."""
    return [(entry, pattern.fullmatch(entry.name)) for entry in view.entries]


def mostly(view: View, pattern: re.Pattern[str]) -> bool:
    """Whether more than half of what lies there is named so."""
    found = [match is not None for _, match in matched(view, pattern)]
    return 2 * sum(found) > len(found)


def stray(entry: Entry) -> Skipped:
    """Say that something is no part of an export."""
    return Skipped(displayed(entry.name), NOT_OF_THE_EXPORT)


def common_beginning(names: Collection[str]) -> str:
    """Return what all these names begin with."""
    first, last = min(names, default=""), max(names, default="")
    for at, (one, other) in enumerate(zip(first, last, strict=False)):
        if one != other:
            return first[:at]
    return first
