"""Explains a line that Python cannot parse: the line, Python's words, and what to type instead."""

from __future__ import annotations

import re
import unicodedata

from dojo.opening.python_errors import named, words_of
from dojo.stack import place_in

TEXT = 68  # characters of a line of the file that are shown
CONFLICT = re.compile(r"^<<<<<<<( |$)")
PROMPT = re.compile(r"^\s*(>>>|\.\.\. |In \[\d*\]:|```)")
NOTEBOOK = re.compile(r"^\s*(%|!|\?)|\?$")
ODD = re.compile(r"\(?U\+([0-9A-F]{4,6})\)?")
INSTEAD = {  # what to type for characters that a web page, a PDF or a phone puts in
    **dict.fromkeys("−‐‑‒–—﹣－", "the hyphen -"),
    **dict.fromkeys("“”„‟«»", 'the straight quote "'),
    **dict.fromkeys("‘’‚‛´", "the straight quote '"),
    **dict.fromkeys("×∗⋅·", "the star *"),
    **dict.fromkeys("÷∕", "the slash /"),
    **dict.fromkeys("。", "the full stop ."),
    **dict.fromkeys("、", "the comma ,"),
    "…": "three full stops ...",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "²": "**2",
    "³": "**3",
}


def not_parsed(shown: str, source: str, trouble: SyntaxError) -> list[str]:
    """Show the line that Python does not understand, what Python says of it, and what is meant.

    shown: the file's path, as one would type it
    """
    lines = source.split("\n")
    at = next((i for i, text in enumerate(lines, 1) if CONFLICT.match(text)), trouble.lineno or 1)
    text = lines[at - 1] if at <= len(lines) else ""
    told = _conflict(text) or _stranger(text) or _odd(text, source, trouble) or _tabs(trouble)
    return [
        f"{shown}, {place_in(lines, at)}:",
        *_pointed(text, trouble if not (_conflict(text) or _stranger(text)) else None),
        words_of(trouble),
        *(["", told] if told else []),
    ]


def _pointed(text: str, trouble: SyntaxError | None) -> list[str]:
    """Show a line of the file, and a caret below what Python stumbled over, if both are plain."""
    indented = isinstance(trouble, IndentationError)
    plain = text.rstrip() if indented else text.strip()
    shown = _visible(plain, tabs=indented)
    if len(shown) > TEXT:
        return [f"    {shown[:TEXT]} …"]
    begin, end = getattr(trouble, "offset", None), getattr(trouble, "end_offset", None)
    if indented or not begin or shown != plain or not shown.isascii() or not shown:
        return [f"    {shown}"] if shown else []
    left = begin - 1 - (len(text) - len(text.lstrip()))
    carets = "^" * max(1, min(end or 0, len(text) + 1) - begin)
    return [f"    {shown}", f"    {' ' * left}{carets}"] if 0 <= left <= len(shown) else []


def _visible(text: str, *, tabs: bool) -> str:
    """Write out what looks like a blank, or like nothing; tabs too, where they matter."""
    text = text.replace("\t", "→   " if tabs else "    ")
    return "".join(f"<U+{ord(c):04X}>" if _unseen(c) else c for c in text)


def _unseen(c: str) -> bool:
    return c != " " and unicodedata.category(c) in ("Cc", "Cf", "Zs", "Zl", "Zp")


def _conflict(text: str) -> str:
    """Explain the marks that git leaves where two versions do not fit together."""
    if not CONFLICT.match(text):
        return ""
    return (
        "git left two versions here, above and below =======. Keep the lines that you want; delete "
        "those with <<<<<<<, ======= and >>>>>>>."
    )


def _stranger(text: str) -> str:
    """Explain a line that is no Python, but belongs to a notebook, a session or a web page."""
    if NOTEBOOK.search(text):
        return (
            "Such a line works in a notebook only, and this is a plain Python file. Delete it. "
            "What begins with ! is typed in a terminal, without the !."
        )
    if PROMPT.match(text):
        return "This mark was copied along with the code, and is no Python. Keep the code alone."
    return ""


def _odd(text: str, source: str, trouble: SyntaxError) -> str:
    """Name a character that Python does not take, and what to type instead."""
    found = ODD.search(str(trouble.msg))
    c = chr(int(found[1], 16)) if found else next(filter(_unseen, text.replace("\t", "")), "")
    if not c:
        return ""
    count = source.count(c) if _unseen(c) else 1
    times = f", {count} times in this file" if count > 1 else ""
    return f"That is {named(c)}{times}. {_instead_of(c)}"


def _instead_of(c: str) -> str:
    plain = unicodedata.normalize("NFKC", c)
    if c in INSTEAD:
        return f"Type {INSTEAD[c]} instead."
    if unicodedata.category(c) == "Zs":
        return "It looks like a blank and is none: type a blank instead."
    if _unseen(c):
        return "Nobody can see it: delete this line, and type it anew."
    return f"Type {plain} instead." if plain.isascii() else "Type another one instead."


def _tabs(trouble: SyntaxError) -> str:
    """Say what to do with tabs: blanks beside them look alike, and are not."""
    mixed = isinstance(trouble, TabError) or (
        isinstance(trouble, IndentationError) and "\t" in (trouble.text or "")
    )
    return (
        "A tab (→) and blanks look alike, and Python cannot compare them. Use four blanks a level: "
        'most editors can "convert tabs to spaces".'
        if mixed
        else ""
    )
