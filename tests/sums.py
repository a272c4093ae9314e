"""Sums as they are written for a reader, `2 · 10 − 10 = 10`, and whether both sides agree."""

from __future__ import annotations

import itertools
import math
import re

NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")
FUNCTIONS = {name: getattr(math, name) for name in ("exp", "log", "sqrt", "tanh", "cos", "sin")} | {
    "max": max,
    "min": min,
    "abs": abs,
}
# each part is taken whole (?>…) and none is given back (++), or a long line takes for ever
SUM = re.compile(rf"(?:[\s+\-*/(),]|(?>{NUMBER.pattern})|{'|'.join(FUNCTIONS)})++")
SIGNS = str.maketrans(
    {"·": "*", "×": "*", "−": "-", "²": "**2", "³": "**3", "⁴": "**4", "^": "**", "√": "sqrt"}
)
OPERATORS = "+", "−", "·", "×", "/"


def plain(side: str) -> str:
    """Return a side of a sum as Python; nothing where it is not numbers alone."""
    text = side.translate(SIGNS)
    return text if SUM.fullmatch(text) and re.search(r"\d", text) else ""


def last_sum(side: str) -> str:
    """Return the plain sum that the left side of an = ends with: of `v: 3 · 2` it is 3 · 2."""
    words = re.split(r"\s{2,}|[:;] ", side.strip())[-1].split(" ")
    for i, word in enumerate(words):
        if found := plain(" ".join(words[i:])):
            return found if word not in OPERATORS else ""  # v · 3 is no plain sum
    return ""


def first_sum(side: str) -> str:
    """Return the plain sum that the right side of an = begins with: of `6: far` it is 6."""
    words = re.split(r"\s{2,}|[:;] ", side.strip())[0].split(" ")
    for i in range(len(words), 0, -1):
        if found := plain(" ".join(words[:i]).rstrip(".,:;")):
            return found if words[i - 1] not in OPERATORS else ""
    return ""


def equations(text: str) -> list[tuple[str, str]]:
    """Return each pair of neighbouring sides of = that are plain sums, as Python."""
    pairs: list[tuple[str, str]] = []
    for line in text.splitlines():
        for one, other in itertools.pairwise(line.split("=")):
            left, right = last_sum(one), first_sum(other)
            pairs += [(left, right)] if left and right else []
    return pairs


def comes_to(side: str) -> float:
    """Return what a side of a sum comes to."""
    return float(eval(side, {"__builtins__": {}}, FUNCTIONS))


def largest(side: str) -> float:
    """Return the largest number that is written in a side."""
    return max(float(n) for n in NUMBER.findall(side))


def half_a_unit(printed: str) -> float:
    """Return half a unit of the last printed decimal."""
    return 0.5 * 10.0 ** -len(printed.partition(".")[2]) if "." in printed else 0.0
