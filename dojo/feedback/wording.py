"""Sentences of a failing test: prose to the screen's width, a diagnosis, an error's own words."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from dojo.calling import values
from dojo.calling.calls import Call
from dojo.feedback.diagnosis import Diagnosis
from dojo.isolation.isolation import Switch
from dojo.opening.answers import Answer
from dojo.opening.python_errors import words_of
from dojo.paths import typed
from dojo.stack import place_in
from dojo.terminal.layout import cut, wrapped

LINES_OF_WORDS = 8  # of what an error says
CPP_STACK = "Exception raised from"  # how torch begins it


def reflowed(lines: Sequence[str]) -> list[str]:
    """Break prose anew to the screen's width; lines that are indented, as in a table, stay."""
    found: list[str] = []
    for is_prose, group in itertools.groupby(lines, lambda line: bool(line[:1].strip())):
        kept = list(group)
        found += wrapped(" ".join(kept)) if is_prose else [cut(line) for line in kept]
    return found


def switched(answer: Answer, switch: Switch) -> list[str]:
    """Say which line sets something for the whole file."""
    file = typed(answer.path)
    if not switch.line:
        return wrapped(f"What {file} imports {switch.does} for the whole file.")
    place = place_in(answer.source.split("\n"), switch.line).capitalize()
    line = f"{place} of {file} {switch.does} for the whole file:"
    return [*wrapped(line), cut(f"    {switch.text}")]


def set_for_all(switches: Sequence[Switch]) -> str:
    """Say what some lines set, without saying where they stand."""
    return " ".join(f"A line {switch.does} for the whole file." for switch in switches)


def told_of(found: Diagnosis, outer: str, *, came: str) -> list[str]:
    """Say what is seen; `outer` calls the function that is blamed; `came` is what came back.

    came: "numbers", "words" or "error"
    """
    lead = f"{found.function}, which {outer} calls, is wrong in itself. " if outer else ""
    if not found.mistakes:
        told = found.symptom or ("Start there." if lead else "")
        return wrapped(f"{lead}{told}") if told else []
    if came == "error":
        return wrapped(f"{lead}This error is exactly what comes of {found.shows}.")
    if came == "words":
        return wrapped(f"{lead}This is exactly the answer of {found.shows}.")
    whose = "Its numbers are exactly those" if outer else "These are exactly the numbers"
    return wrapped(f"{lead}{whose} of {found.shows}.")


def came_of(made: list[Call]) -> str:
    """Say what came of a test's calls: an error in the end, words somewhere, or numbers."""
    if made[-1].error is not None:
        return "error"
    leaves = (leaf for c in made for _, leaf in values.each(c.value))
    return "words" if any(isinstance(leaf, str) for leaf in leaves) else "numbers"


def in_its_words(error: BaseException) -> list[str]:
    """What the error says, in full, as far as it is of use: no stack of C++ calls."""
    said = [line for line in words_of(error).split(CPP_STACK)[0].splitlines() if line.strip()]
    lines = reflowed(said)
    return lines if len(lines) <= LINES_OF_WORDS else [*lines[:LINES_OF_WORDS], "…"]
