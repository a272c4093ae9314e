"""Fitting what is to be read on a screen: what matters least is shortened first."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

COLUMNS, LINES = 80, 24  # of the smallest screen that is thought of
PATH = 160  # characters of one word that are not broken
WIDTH = 76  # characters of prose, behind an indent of two


@dataclass(frozen=True)
class Part:
    """A paragraph of the screen, in one form or more.

    forms:  from the fullest to the shortest, each a list of lines (no line: it is left out)
    weight: of the parts that can be shorter, the lightest is shortened first; where each step to
            a shorter form has a weight of its own, there is one for each
    close:  it follows the part above, if that is there, without an empty line
    """

    forms: Sequence[Sequence[str]]
    weight: int | tuple[int, ...] = 100
    close: bool = False

    def weighs(self, form: int) -> int:
        """Return the weight of what is lost by the step to the form after this one."""
        return self.weight if isinstance(self.weight, int) else self.weight[form]


def fitted(parts: Iterable[Part], lines: int, columns: int = COLUMNS) -> list[str]:
    """Write the parts in their order, in so many lines if their shortest forms allow it.

    It is the lightest part that goes to its next form, until all fit or none is left.
    """
    asked = [part for part in parts if part.forms]
    chosen = [0] * len(asked)
    while _height(written := _joined(asked, chosen), columns) > lines:
        left = [i for i, part in enumerate(asked) if chosen[i] + 1 < len(part.forms)]
        if not left:
            break
        chosen[min(left, key=lambda i: asked[i].weighs(chosen[i]))] += 1
    return written


def _joined(parts: Sequence[Part], chosen: Sequence[int]) -> list[str]:
    """Write each part in the chosen form, an empty line between those that are not `close`."""
    lines, above = list[str](), False
    for part, form in zip(parts, chosen, strict=True):
        written = part.forms[form]
        if written:
            lines += [*([""] if lines and not (part.close and above) else []), *written]
        above = bool(written)
    return lines


def _height(lines: Sequence[str], columns: int) -> int:
    """Count the rows that lines take on a screen: a terminal breaks what is too long."""
    return sum(1 + max(0, len(line) - 1) // columns for line in lines)


def wrapped(text: str, width: int = WIDTH, hang: int = 0) -> list[str]:
    """Break a text into lines, at blanks only: a path stays whole.

    All lines but the first are indented by `hang`.
    """
    endless = any(len(word) > PATH for word in text.split())
    return textwrap.wrap(
        text, width, break_on_hyphens=False, break_long_words=endless, subsequent_indent=" " * hang
    )


def indented(lines: Iterable[str], by: int = 2) -> list[str]:
    """Move lines to the right."""
    return [f"{' ' * by}{line}".rstrip() for line in lines]


def paragraphs(texts: Iterable[str]) -> list[str]:
    """Break each text into indented lines; an empty one is an empty line."""
    return [line for text in texts for line in indented(wrapped(text) or [""])]


def cut(line: str, width: int = WIDTH) -> str:
    """Shorten a line to a width."""
    return line if len(line) <= width else f"{line[: width - 2]} …"
