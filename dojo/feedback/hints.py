"""The hints of a lesson: folded away in its page, from a nudge to nearly there."""

from __future__ import annotations

import re
from pathlib import Path

FOLD = re.compile(
    r"<details><summary>Hints: <code>(\w+)</code></summary>(.*?)</details>", re.DOTALL
)
ITEM = re.compile(r"^\d+\. ", re.MULTILINE)


def read_hints(lesson: Path) -> dict[str, list[str]]:
    """Return the hints of every function in a lesson, in order; none if there is no lesson."""
    if not lesson.is_file():
        return {}
    text = lesson.read_text(encoding="utf-8")
    return {
        function: [" ".join(item.split()) for item in ITEM.split(body)[1:]]
        for function, body in FOLD.findall(text)
    }
