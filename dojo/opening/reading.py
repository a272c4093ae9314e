"""Reads a file of answers and decodes it as Python does, or says in a sentence why it cannot.

Nothing but a regular file is opened: a pipe would hold the reader up for ever.
"""

from __future__ import annotations

import codecs
import io
import os
import re
import stat
import tokenize
from pathlib import Path
from typing import IO

CAP = 256 * 1024  # bytes of one answer; the longest solution has a hundredth of it
NO_WAIT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)  # each on some systems only
KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # UTF-32 begins likewise
CODECS = re.compile(  # tables and small state machines; others take quadratic time, or run on
    r"utf-8(-sig)?|ascii|iso8859-\d+|cp\d+|koi8-[rtu]|mac-\w+|gb\w+|hz|big5\w*|shift_jis\w*"
    r"|euc_\w+|johab|ptcp154|kz1048|tis-620"
)
SAVE = 'save it as UTF-8 (your editor has "Save with Encoding" or the like)'
AROUND = 16  # bytes of a line that are shown on either side of a wrong one


class Unreadable(Exception):
    """A file that is no Python source; the message says why, and what to do instead."""


def read_source(path: Path, cap: int = CAP) -> bytes:
    """Read the file at `path`; a link is followed.

    Errors: Unreadable for anything but a regular file of at most `cap` bytes that may be read;
    FileNotFoundError if there is nothing of that name.
    """
    try:
        refuse_if_no_file(path.stat(), cap)
        with os.fdopen(os.open(path, os.O_RDONLY | NO_WAIT), "rb") as file:
            return read_at_most(file, cap)
    except (FileNotFoundError, NotADirectoryError):
        if path.is_symlink():
            raise Unreadable(f"it is a link to {path.readlink()}, where nothing is") from None
        raise FileNotFoundError(path) from None
    except PermissionError:
        raise Unreadable("you may not read it: give yourself the right to (chmod u+r)") from None
    except OSError as error:
        raise Unreadable(f"it cannot be read ({error.strerror})") from None


def refuse_if_no_file(found: os.stat_result, cap: int = CAP) -> None:
    """Raise Unreadable for what is no regular file, or has more than `cap` bytes."""
    if not stat.S_ISREG(found.st_mode):
        kind = KINDS.get(stat.S_IFMT(found.st_mode), "no file")
        raise Unreadable(f"it is {kind}, and must be a file")
    if found.st_size > cap:
        raise too_large(f"{found.st_size:,}", cap)


def read_at_most(file: IO[bytes], cap: int) -> bytes:
    """Read a file that may have grown since it was looked at. Errors: Unreadable."""
    raw = file.read(cap + 1)
    if len(raw) > cap:
        raise too_large(f"more than {cap:,}", cap)
    return raw


def too_large(size: str, cap: int) -> Unreadable:
    """Return what is said of a file with more bytes than it may have."""
    return Unreadable(f"it has {size} bytes, and an answer may have {cap:,}: keep the source alone")


def decoded(raw: bytes) -> str:
    r"""Decode Python source as Python does, its line ends made "\n".

    Errors: Unreadable for what is no text, or no text in the encoding that it declares.
    """
    if raw.startswith(WIDE) or len(raw) // 3 < raw.count(0) <= len(raw) // 2:  # without a mark
        raise Unreadable(f"it is UTF-16 text, which Python does not read: {SAVE}")
    if (at := raw.find(b"\0")) >= 0:
        line = raw.count(b"\n", 0, at) + 1
        raise Unreadable(f"it has a NUL byte in line {line}, so it is not Python source: {SAVE}")
    encoding = _encoding(raw)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(_wrong_byte(raw, error.start, encoding)) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _wrong_byte(raw: bytes, at: int, encoding: str) -> str:
    """Say which byte, in which line, is no text."""
    begin, end = raw.rfind(b"\n", 0, at) + 1, raw.find(b"\n", at) % (len(raw) + 1)
    near = raw[max(begin, at - AROUND) : min(end, at + AROUND)]
    shown = near.decode("ascii", "backslashreplace").strip()
    line, name = raw.count(b"\n", 0, at) + 1, encoding.upper()
    return f"the byte 0x{raw[at]:02X} in line {line} ({shown}) is not {name} text: {SAVE}"


def _encoding(raw: bytes) -> str:
    """Return the encoding that a source declares; codecs that are no plain tables are refused."""
    try:
        declared, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
    except SyntaxError as error:
        if "invalid or missing encoding" in str(error.msg):  # a byte in the first two lines
            return "utf-8"
        raise Unreadable(f"its encoding is not known ({error.msg}): {SAVE}") from None
    if not CODECS.fullmatch(codecs.lookup(declared).name):
        raise Unreadable(f"it declares the encoding {declared}: {SAVE}")
    return declared
