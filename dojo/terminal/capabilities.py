"""What a terminal can show: how much, and which letters."""

from __future__ import annotations

import shutil
import sys
from functools import cache

from dojo.terminal.layout import COLUMNS, LINES

# Where a terminal cannot show a sign (a pipe on Windows is cp1252), this stands for it.
PLAIN = {
    "✓": "done:",
    "✗": "wrong:",
    "·": ".",
    "←": "<-",
    "→": "->",
    "−": "-",
    "×": "x",
    "…": "...",
    "ᵀ": "^T",
    "ᵗ": "^t",
    "ⁿ": "^n",
    "²": "^2",
    "³": "^3",
    "√": "sqrt",
    "Σ": "sum",
    "≤": "<=",
    "≥": ">=",
    "λ": "lambda",
    "θ": "theta",
    "β": "beta",
    **{chr(0x2080 + digit): f"_{digit}" for digit in range(10)},
}


LETTERS = {"done": "✓", "wrong": "✗", "to do": "·"}  # of a test, while it runs
PLAIN_LETTERS = {"done": ".", "wrong": "F", "to do": "-"}


def letters(encoding: str) -> dict[str, str]:
    """Return the letter of each outcome: all of one kind, so that · is never beside a dot."""
    signs = "".join(LETTERS.values())
    return LETTERS if legible(signs, encoding) == signs else PLAIN_LETTERS


def encoding_of_screen() -> str:
    """Return the encoding that standard output is written in."""
    return getattr(sys.stdout, "encoding", None) or "utf-8"


def size_of_screen() -> tuple[int, int]:
    """Return columns and lines: those of the terminal, of COLUMNS and LINES, or of the smallest."""
    size = shutil.get_terminal_size((COLUMNS, LINES))
    return size.columns, size.lines


def legible(text: str, encoding: str) -> str:
    """Write a text in the letters that an encoding has."""
    return "".join(_letter(sign, encoding) if ord(sign) > 127 else sign for sign in text)


@cache
def _letter(sign: str, encoding: str) -> str:
    try:
        sign.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return PLAIN.get(sign, "?")
    return sign
