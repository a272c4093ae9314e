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
SUM = re.compile(rf"(?:[\s+\-*/(),]|{NUMBER.pattern}|{'|'.join(FUNCTIONS)})+")
SIGNS = str.maketrans(
    {"·": "*", "×": "*", "−": "-", "²": "**2", "³": "**3", "⁴": "**4", "√": "sqrt"}
)


def plain(side: str) -> str:
    """Return a side of a sum as Python; nothing where it is not numbers alone."""
    text = side.translate(SIGNS)
    return text if SUM.fullmatch(text) and re.search(r"\d", text) else ""


def equations(text: str) -> list[tuple[str, str]]:
    """Return each pair of neighbouring sides of = that are plain sums, as Python."""
    pairs: list[tuple[str, str]] = []
    for line in text.splitlines():
        sides = [plain(re.split(r"\s{2,}", side.strip())[-1]) for side in line.split("=")]
        pairs += [(a, b) for a, b in itertools.pairwise(sides) if a and b]
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
