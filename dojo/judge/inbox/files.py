"""The files of an inbox: one view of its folders and of the zip archives in them.

An archive is a folder here, also where it lies in another one. No link is followed.
"""

from __future__ import annotations

import io
import itertools
import os
from collections import OrderedDict
from pathlib import Path

from dojo.judge.inbox.archive import Archive
from dojo.judge.inbox.entries import (
    FILE,
    FOLDER,
    LINK,
    LITTER,
    OTHER,
    PACKED,
    Entry,
    Place,
    is_litter,
    is_packed,
)
from dojo.judge.inbox.source import open_within, read_within
from dojo.opening.reading import CAP, Unreadable

DEPTH = 2  # archives in one another: an export, and what somebody handed in
NESTED = 16 * 1024 * 1024  # bytes of an archive in another one: it is unpacked in memory
KEPT_OPEN = 8  # archives
LOOKED_AT = 1000  # names in one folder of a submission
OPENED = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)  # Linux only
INSIDE = OPENED | getattr(os, "O_NOFOLLOW", 0)


class Files:
    """What lies below a folder, or in a zip archive. Places are ways from there.

    astray: names that lead nowhere, by the places of the archives that they were met in
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        packed = is_packed(root.name) and not root.is_dir()
        self._folder, self._first = (root.parent, (root.name,)) if packed else (root, ())
        self._archives = OrderedDict[Place, Archive | Unreadable | None]()
        self.astray = dict[Place, list[str]]()

    def entries(self, place: Place = (), most: int | None = LOOKED_AT) -> list[Entry]:
        """Return what is in a folder, by name, but for litter; of a crowded one the first names.

        Errors: Unreadable for an archive that cannot be read.
        """
        archive, rest = self._within((*self._first, *place))
        found = archive.entries(rest) if archive is not None else self._on_disk(rest, most)
        kept = [e for e in found if e.name[0] != "." and e.name not in LITTER]
        return sorted(kept if most is None else kept[:most])

    def has(self, place: Place) -> bool:
        """Whether something of this name lies there, hidden or not."""
        archive, rest = self._within((*self._first, *place[:-1]))
        found = archive.entries(rest) if archive is not None else self._on_disk(rest, None)
        return any(entry.name == place[-1] for entry in found)

    def litter(self, place: Place) -> list[str]:
        """Return the names of what systems leave behind in a folder, and of what is hidden."""
        archive, rest = self._within((*self._first, *place))
        found = archive.entries(rest) if archive is not None else self._on_disk(rest, None)
        return sorted(entry.name for entry in found if is_litter(entry.name))

    def read(self, place: Place, cap: int = CAP) -> bytes | None:
        """Read a file of at most `cap` bytes; None if there is none.

        Errors: Unreadable for anything else that lies there, or is on the way; OSError.
        """
        archive, rest = self._within((*self._first, *place))
        if archive is not None:
            return archive.read(rest, cap)
        folder = os.open(self._folder, OPENED)
        try:
            return read_within(folder, rest, cap)
        finally:
            os.close(folder)

    def _on_disk(self, place: Place, most: int | None) -> list[Entry]:
        """List a folder; none behind a link."""
        held: list[int] = []
        try:
            at: int | None = None
            for part in (self._folder, *place):
                at = os.open(part, INSIDE if held else OPENED, dir_fd=at)
                held.append(at)
            with os.scandir(at) as entries:
                return [Entry(e.name, _kind(e)) for e in itertools.islice(entries, most)]
        except OSError:
            return []
        finally:
            for descriptor in held:
                os.close(descriptor)

    def _within(self, place: Place) -> tuple[Archive | None, Place]:
        """Return the innermost archive on the way to a place, and the way from there."""
        packed = [end for end, part in enumerate(place, 1) if part[-4:].lower() == PACKED]
        for end in reversed(packed):
            archive = self._archive(place[:end])
            if archive is not None:
                return archive, place[end:]
        return None, place

    def _archive(self, place: Place) -> Archive | None:
        """Return the archive at a place, None if there is no file. Errors: Unreadable."""
        if place not in self._archives:
            try:
                found = self._archives[place] = self._opened(place)
                if found is not None and found.astray:
                    self.astray[place[len(self._first) :]] = found.astray
            except Unreadable as refusal:
                self._archives[place] = refusal
            while len(self._archives) > KEPT_OPEN:
                self._archives.popitem(last=False)
        self._archives.move_to_end(place)
        found = self._archives[place]
        if isinstance(found, Unreadable):
            raise Unreadable(str(found))
        return found

    def _opened(self, place: Place) -> Archive | None:
        if sum(map(is_packed, place)) > DEPTH:
            raise Unreadable("it is an archive in an archive in an archive: unpack the inner one")
        outer, rest = self._within(place[:-1])
        if outer is not None:
            if not any(e.name == place[-1] and e.kind == FILE for e in outer.entries(rest)):
                return None
            raw = outer.read((*rest, place[-1]), NESTED)
            return None if raw is None else Archive(io.BytesIO(raw))
        folder = os.open(self._folder, OPENED)
        try:
            file = open_within(folder, place)
        finally:
            os.close(folder)
        return None if file is None else Archive(file)


def _kind(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return LINK
    if entry.is_dir(follow_symlinks=False):
        return FOLDER
    return FILE if entry.is_file(follow_symlinks=False) else OTHER
