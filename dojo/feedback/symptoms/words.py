"""Words that are wanted, and came in another spelling or for each other."""

from __future__ import annotations

import re

from dojo.calling import values
from dojo.calling.values import shown
from dojo.feedback.symptoms.case import Case

LEAST = 3  # right calls, before two words are said to be exchanged
ADDRESS = re.compile(
    r"<\S+ object at 0x\w+>"
)  # how Python writes an object without words of its own


def an_object(case: Case) -> str:
    """Say that a word of yours is an object as Python writes it, with its place in memory."""
    if not case.wrong:
        return ""
    words = [leaf for _, leaf in values.each(case.wrong[0].yours.value) if type(leaf) is str]
    found = next(filter(None, map(ADDRESS.search, words)), None)
    if found is None:
        return ""
    name = found[0][1:].partition(" ")[0]
    return (
        f"Yours has <{name} object at 0x…> in it: so does str() write an object, with its place in "
        "memory. Is one of its own words asked for, such as its name?"
    )


def _words(case: Case) -> list[tuple[str, str]]:
    """Return yours and the wanted of all calls; none if one is no word."""
    both = [(e.yours.value, e.wanted.value) for e in case.valued if e.yours.error is None]
    words = [(y, w) for y, w in both if type(y) is str and type(w) is str]
    return words if len(words) == len(case.valued) else []


def spelled(case: Case) -> str:
    """Say that a word is the wanted one in another spelling."""
    wrong = [(y, w) for y, w in _words(case) if y != w]
    if not wrong or not all(_letters(y) == _letters(w) for y, w in wrong):
        return ""
    yours, wanted = wrong[0]
    return (
        f"Yours is the right word in another spelling: {shown(yours)}, where {shown(wanted)} is "
        "asked for, letter by letter."
    )


def exchanged(case: Case) -> str:
    """Say that two words stand for each other, or one for another; all else is right."""
    both = _words(case)
    wrong = dict.fromkeys((y, w) for y, w in both if y != w)
    if not wrong or sum(y == w for y, w in both) < LEAST:
        return ""
    yours, wanted = next(iter(wrong))
    one, other = shown(yours), shown(wanted)
    if set(wrong) == {(yours, wanted), (wanted, yours)}:
        return f"Yours says {one} for {other} and {other} for {one}; the other words are right."
    if len(wrong) == 1 and not any(y == wanted for y, _ in both):
        return f"Yours never says {other}: it says {one} there, and is right in all other calls."
    return ""


def _letters(word: str) -> str:
    return "".join(filter(str.isalnum, word)).casefold()
