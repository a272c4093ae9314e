"""Opens one file of a submission and decodes it, trusting neither.

Every folder on the way and the file itself are opened without following links, and looked at
before anything is read: nothing but a regular file is ever opened for reading, so that a pipe
cannot hold the judge up and a device is never touched.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import os
import re
import stat
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass

from dojo.judge.verdict import Verdict

CAP = 256 * 1024  # bytes of one answer; the longest solution has a hundredth of it
LOOK = getattr(os, "O_PATH", 0) | getattr(os, "O_NOFOLLOW", 0)  # Linux only
KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
WIDE = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}  # UTF-32 begins likewise
CODECS = re.compile(  # tables and small state machines; others take quadratic time, or run on
    r"utf-8(-sig)?|ascii|iso8859-\d+|cp\d+|koi8-[rtu]|mac-\w+|gb\w+|hz|big5\w*|shift_jis\w*"
    r"|euc_\w+|johab|ptcp154|kz1048|tis-620"
)


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


class Refused(Exception):
    """The file is not what may be handed in; the message says why, and what to do instead."""


def read_within(folder: int, parts: Sequence[str]) -> bytes | None:
    """Read the file `parts` below an open folder; None if there is none.

    Errors: Refused for anything but a regular file of at most CAP bytes, or behind a link; OSError
    where the system does not let us read it.
    """
    held: list[int] = []
    try:
        at = folder
        for part in parts:
            at = os.open(part, LOOK, dir_fd=at)
            held.append(at)
            if stat.S_ISLNK(os.fstat(at).st_mode):
                raise Refused("there is a link on the way to it: hand in the file itself")
        return _read_regular(at)
    except (FileNotFoundError, NotADirectoryError):
        return None
    finally:
        for descriptor in held:
            os.close(descriptor)


def _read_regular(looked_at: int) -> bytes:
    """Read what an O_PATH descriptor stands for, if that is a regular file of a fair size."""
    found = os.fstat(looked_at)
    if not stat.S_ISREG(found.st_mode):
        kind = KINDS.get(stat.S_IFMT(found.st_mode), "no file")
        raise Refused(f"it is {kind}: hand in a file")
    if found.st_size > CAP:
        raise _too_large(f"{found.st_size:,}")
    descriptor = os.open(f"/proc/self/fd/{looked_at}", os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        raw = file.read(CAP + 1)
    if len(raw) > CAP:  # it grew meanwhile
        raise _too_large(f"more than {CAP:,}")
    return raw


def _too_large(size: str) -> Refused:
    return Refused(f"it has {size} bytes, and an answer may have {CAP:,}: hand in the source alone")


def decoded(raw: bytes) -> str:
    r"""Decode Python source as Python does, its line ends made "\n".

    Errors: Refused for what is no text, or no text in the encoding that it declares.
    """
    for mark, encoding in WIDE.items():
        if raw.startswith(mark):
            raise Refused(f"it is {encoding} text, which Python does not read: save it as UTF-8")
    if (at := raw.find(b"\0")) >= 0:
        line = raw.count(b"\n", 0, at) + 1
        raise Refused(f"it has a NUL byte in line {line}, so it is not Python source")
    encoding = _encoding(raw)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Refused(f"line {line} is not {encoding} text: save it as UTF-8") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _encoding(raw: bytes) -> str:
    """Return the encoding that a source declares; codecs that are no plain tables are refused."""
    try:
        declared, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
    except SyntaxError as error:
        raise Refused(f"its encoding is not known ({error.msg}): save it as UTF-8") from None
    if not CODECS.fullmatch(codecs.lookup(declared).name):
        raise Refused(f"it declares the encoding {declared}: save it as UTF-8")
    return declared
