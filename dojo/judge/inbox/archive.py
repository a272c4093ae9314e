"""A zip archive, read as it is: nothing of it is written to the disk, and no name in it is a path.

Names are looked up in a table of what the archive says it holds, so one with `..` or a leading
slash in it leads nowhere: it is listed, and not read. What is unpacked is what was asked for, up to
a cap, by `deflate` alone: the other methods of zipfile unpack a whole block at once, however large
it grows.
"""

from __future__ import annotations

import io
import stat
import struct
import weakref
import zipfile
import zlib
from typing import IO

from dojo.judge.inbox.entries import FILE, FOLDER, LINK, OTHER, Entry, Place
from dojo.opening.reading import Unreadable, read_at_most, too_large

DIRECTORY = 16 * 1024 * 1024  # bytes of the table at an archive's end
DEEPEST = 30  # folders in one another
ASTRAY = 8  # names that lead nowhere, and are listed
MOST = 100_000  # files and folders in one archive
ENCRYPTED = 0x1  # flags of a file in an archive
UTF_8 = 0x800
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BROKEN = (  # what zipfile ends with where an archive is damaged, or made to harm
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError, OverflowError, IndexError),
)


class Archive:
    """An open zip archive. Errors: Unreadable for what is none, or holds too much.

    astray: the first names in it that lead nowhere, so that what they name is not read
    """

    def __init__(self, file: IO[bytes]) -> None:
        weakref.finalize(self, file.close)
        try:
            self._zip = zipfile.ZipFile(_Measured(file))
        except BROKEN:
            raise Unreadable("it is no zip archive that can be read: pack it again") from None
        if len(self._zip.infolist()) > MOST:
            raise Unreadable(f"it holds more than {MOST:,} files: pack your answers alone")
        self._files: dict[Place, zipfile.ZipInfo] = {}
        self._twice: set[Place] = set()
        self.astray: list[str] = []
        self._folders: dict[Place, dict[str, Entry]] = {(): {}}
        for info in self._zip.infolist():
            self._enter(info)

    def _enter(self, info: zipfile.ZipInfo) -> None:
        """Put a file or folder into the tables, unless its name leads out of the archive."""
        name = _name_of(info)
        place = tuple([part for part in name.removesuffix("/").split("/") if part != "."])
        if not place:  # the archive itself, as some tools write it
            return
        if len(place) > DEEPEST or not {"", ".."}.isdisjoint(place):
            if len(self.astray) < ASTRAY:
                self.astray.append(name)
            return
        for end in range(len(place) - 1):
            self._folder(place[: end + 1])
        if info.is_dir():
            self._folder(place)
            return
        if place in self._files:
            self._twice.add(place)
        self._files[place] = info
        last = Entry(place[-1], _kind(info))
        self._folders.setdefault(place[:-1], {}).setdefault(last.name, last)

    def _folder(self, place: Place) -> None:
        above = self._folders.setdefault(place[:-1], {})
        above.setdefault(place[-1], Entry(place[-1], FOLDER))
        self._folders.setdefault(place, {})

    def entries(self, place: Place) -> list[Entry]:
        """Return what is in a folder of the archive; nothing if there is no such folder."""
        return list(self._folders.get(place, {}).values())

    def read(self, place: Place, cap: int) -> bytes | None:
        """Unpack a file of at most `cap` bytes; None if there is none. Errors: Unreadable."""
        info = self._files.get(place)
        if info is None:
            if place in self._folders and place:
                raise Unreadable("it is a folder, and must be a file")
            return None
        self._refuse_unless_plain(info, place, cap)
        try:
            with self._zip.open(info) as file:
                return read_at_most(file, cap)
        except BROKEN:
            raise Unreadable("it is damaged in its archive: pack it again") from None

    def _refuse_unless_plain(self, info: zipfile.ZipInfo, place: Place, cap: int) -> None:
        if place in self._twice:
            raise Unreadable("it is twice in its archive: pack it again, once")
        if info.flag_bits & ENCRYPTED:
            raise Unreadable("its archive is locked by a password: pack it without one")
        if _kind(info) == LINK:
            raise Unreadable("it is a link: hand in the file itself")
        if _kind(info) != FILE:
            raise Unreadable("it is no file, and must be one")
        if info.compress_type not in METHODS:
            raise Unreadable("it is packed in a rare way: pack it as an ordinary zip archive")
        if info.file_size > cap:
            raise too_large(f"{info.file_size:,}", cap)


class _Measured(io.BufferedIOBase):
    """A file of which no more is read at once than the table at an archive's end may have."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int | None = -1, /) -> bytes:
        """Read so many bytes. Errors: ValueError for too many."""
        if size is not None and size > DIRECTORY:
            raise ValueError(size)
        return self._file.read(DIRECTORY if size is None or size < 0 else size)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the place."""
        return self._file.tell()

    def seekable(self) -> bool:
        """Say that it can go to a place, as zipfile asks."""
        return True

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _name_of(info: zipfile.ZipInfo) -> str:
    """Return a name: systems that do not say that it is UTF-8 write it so nevertheless, or as DOS.

    Windows' own separator is one, where the archive was made there.
    """
    name = info.filename
    if not info.flag_bits & UTF_8:
        try:
            name = name.encode("cp437").decode()
        except UnicodeError:
            name = info.filename
    return name.replace("\\", "/") if info.create_system == 0 else name


def _kind(info: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return LINK
    return FILE if kind in (0, stat.S_IFREG) else OTHER
