"""Text that others wrote, made fit for where it goes: a CSV cell, a page, a file's name.

`dojo.terminal.visible` has made it fit to show before that.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterable

from dojo.terminal.visible import one_line, visible

LINES, WIDTH, TEXT = 120, 400, 50_000  # of one message; the last before anything is looked at
BYTES_OF_NAME = 180  # of a file's name; file systems allow 255, and endings are added
FORMULA = re.compile(r"\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]")
MARKUP = re.compile(r"[\\`*_\[\]<>&~|!$]")
IN_A_FILE_NAME = frozenset(" .,()+@=-_'\u200c\u200d")  # beside letters, marks and digits
LIKE_A_MARKED_NAME = re.compile(r"-[0-9a-f]{16}$")
DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")  # no file's name on Windows


def displayed(entry: str) -> str:
    """Write a name from the file system so that it can be shown: normalised (NFC), in one line."""
    text = os.fsencode(entry).decode("utf-8", "backslashreplace")
    return one_line(unicodedata.normalize("NFC", text))


def message(lines: Iterable[str]) -> list[str]:
    """Make the lines of a message visible, and no more of them, or wider, than one can read."""
    text = "\n".join(lines)
    shown = visible(text if len(text) <= TEXT else f"{text[:TEXT]}…").split("\n")
    cut = [f"… {len(shown) - LINES} more lines"] if len(shown) > LINES else []
    wide = (line if len(line) <= WIDTH else f"{line[:WIDTH]}…" for line in shown[:LINES])
    return [line.expandtabs(4).rstrip() for line in (*wide, *cut)] if shown != [""] else []


def heading(text: str) -> str:
    """Make a heading visible, in one line that is no wider than one can read."""
    return " ".join(message([text]))[:WIDTH]


def cell(text: str) -> str:
    """Write a CSV cell that no spreadsheet takes for a formula."""
    text = one_line(text)
    return f"'{text}" if FORMULA.match(text) else text


def markdown(text: str) -> str:
    """Write text in one line of Markdown that is neither markup nor HTML."""
    return MARKUP.sub(lambda m: f"\\{m[0]}", one_line(text))


def code(text: str) -> str:
    """Write text in one line as code in Markdown, whatever is in it."""
    text = one_line(text)
    ticks = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{ticks}{text}{ticks}" if len(ticks) == 1 else f"{ticks} {text} {ticks}"


def fenced(lines: Iterable[str]) -> list[str]:
    """Write lines as a block of Markdown that none of them can end."""
    shown = message(lines)
    longest = max(map(len, re.findall("`+", "\n".join(shown))), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text", *shown, fence]


def file_name(name: str) -> str:
    """Return a name for files about a submission: safe on any system, and no other's.

    Letters of every script stay. A name that must be changed carries a digest of the whole; so does
    one that looks as if it did, so that nobody can be given the name of somebody else's file.
    """
    safe = "".join(map(_in_a_file_name, unicodedata.normalize("NFC", name))).lstrip(" .-")
    safe = safe.encode()[:BYTES_OF_NAME].decode(errors="ignore").rstrip(" .")
    if safe and safe == name and not LIKE_A_MARKED_NAME.search(name) and not DEVICES.match(name):
        return safe
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"{safe or '_'}-{digest}" if not DEVICES.match(safe) else f"_{safe}-{digest}"


def _in_a_file_name(character: str) -> str:
    fits = character in IN_A_FILE_NAME or unicodedata.category(character)[0] in "LMN"
    return character if fits else "_"
