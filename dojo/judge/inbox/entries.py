"""What lies in a folder of an inbox, be it on the disk or in an archive: names and kinds."""

from __future__ import annotations

from typing import NamedTuple

Place = tuple[str, ...]  # the way to something, from the inbox
FOLDER, FILE, LINK, OTHER = "folder", "file", "link", "other"
LITTER = frozenset({"__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini", "lost+found"})
PACKED = ".zip"


class Entry(NamedTuple):
    """A name in a folder, and what it stands for: FOLDER, FILE, LINK or OTHER."""

    name: str
    kind: str

    @property
    def is_packed(self) -> bool:
        """Whether it is an archive that is read as a folder."""
        return self.kind == FILE and is_packed(self.name)


def is_packed(name: str) -> bool:
    """Whether a file of this name is read as a folder."""
    return name.lower().endswith(PACKED)


def is_litter(name: str) -> bool:
    """Whether a name is what systems leave behind, or hidden."""
    return name.startswith(".") or name in LITTER
