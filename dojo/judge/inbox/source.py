"""Opens one file of a submission, trusting nothing on the way to it.

Every folder on the way and the file itself are opened without following links, and looked at
before anything is read: nothing but a regular file is ever opened for reading, so that a pipe
cannot hold the judge up and a device is never touched.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass

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


def read_within(folder: int, parts: Sequence[str]) -> bytes | None:
    """Read the file `parts` below an open folder; None if there is none.

    Errors: Unreadable for anything but a regular file of at most CAP bytes, or behind a link;
    OSError where the system does not let us read it.
    """
    held: list[int] = []
    try:
        at = folder
        for part in parts:
            at = os.open(part, LOOK, dir_fd=at)
            held.append(at)
            if stat.S_ISLNK(os.fstat(at).st_mode):
                raise Unreadable("there is a link on the way to it: hand in the file itself")
        return _read_regular(at)
    except (FileNotFoundError, NotADirectoryError):
        return None
    finally:
        for descriptor in held:
            os.close(descriptor)


def _read_regular(looked_at: int) -> bytes:
    """Read what an O_PATH descriptor stands for, if that is a regular file of a fair size."""
    refuse_if_no_file(os.fstat(looked_at))
    descriptor = os.open(f"/proc/self/fd/{looked_at}", os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        return read_at_most(file, CAP)
