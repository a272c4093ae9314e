"""Opens one file of a submission, trusting nothing on the way to it.

Every folder on the way and the file itself are opened without following links, and looked at
before anything is read: nothing but a regular file is ever opened for reading, so that a pipe
cannot hold the judge up and a device is never touched.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO

from dojo.judge.verdict import Verdict
from dojo.opening.reading import CAP, Unreadable, read_at_most, refuse_if_no_file

LOOK = getattr(os, "O_PATH", 0) | getattr(os, "O_NOFOLLOW", 0)  # Linux only


@dataclass(frozen=True)
class HandedIn:
    r"""What a submission has for one kata: a source, or a verdict that says why there is none.

    path:    where it was found, as one would write it from the inbox
    raw:     the bytes to be compiled, byte order mark and coding line included
    text:    the same, decoded, with "\n" for every line end
    verdict: NOT_SUBMITTED, REFUSED or (where the file cannot be read here) GRADER_ERROR, with `why`
    """

    path: str
    raw: bytes = b""
    text: str = ""
    verdict: Verdict | None = None
    why: str = ""

    @property
    def source_hash(self) -> str:
        """The digest that a record is kept under; where there is no source, of the reason."""
        content = self.raw if self.verdict is None else f"{self.verdict} {self.why}".encode()
        return hashlib.sha256(content).hexdigest()


def read_within(folder: int, parts: Sequence[str], cap: int = CAP) -> bytes | None:
    """Read the file `parts` below an open folder; None if there is none.

    Errors: Unreadable for anything but a regular file of at most `cap` bytes, or behind a link;
    OSError where the system does not let us read it.
    """
    with ExitStack() as held:
        looked_at = _looked_at(folder, parts, held)
        if looked_at is None:
            return None
        refuse_if_no_file(os.fstat(looked_at), cap)
        with _open_regular(looked_at) as file:
            return read_at_most(file, cap)


def open_within(folder: int, parts: Sequence[str]) -> IO[bytes] | None:
    """Open a file of any size; None if there is none, or a folder. Errors: as `read_within`."""
    with ExitStack() as held:
        looked_at = _looked_at(folder, parts, held)
        if looked_at is None or stat.S_ISDIR(os.fstat(looked_at).st_mode):
            return None
        refuse_if_no_file(os.fstat(looked_at), sys.maxsize)
        return _open_regular(looked_at)


def _looked_at(folder: int, parts: Sequence[str], held: ExitStack) -> int | None:
    """Return a descriptor that stands for what is there; it is closed with `held`."""
    at = folder
    try:
        for part in parts:
            at = os.open(part, LOOK, dir_fd=at)
            held.callback(os.close, at)
            if stat.S_ISLNK(os.fstat(at).st_mode):
                raise Unreadable("there is a link on the way to it: hand in the file itself")
    except (FileNotFoundError, NotADirectoryError):
        return None
    return at


def _open_regular(looked_at: int) -> IO[bytes]:
    """Open what an O_PATH descriptor stands for, which is a regular file."""
    descriptor = os.open(f"/proc/self/fd/{looked_at}", os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    return os.fdopen(descriptor, "rb")
