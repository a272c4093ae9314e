"""Draws the pictures that README shows, each of a known mistake, into a folder.

    python -m tests.pictures.readme [FOLDER]

FOLDER is `docs/` unless it is named.
"""

from __future__ import annotations

import sys
from pathlib import Path

from dojo.calling.calls import InProcess
from dojo.catalogue import Kata, open_catalogue
from dojo.feedback.mistakes import read_stand_ins
from dojo.opening.answers import Answer, open_answer
from dojo.pictures.saving import drawn, small_png

from ..processes import HOUSE

SHOWN = {"01": "never_cleared", "16": "never_corrected"}


def with_mistake(kata: Kata, name: str = "") -> Answer:
    """Return the solution with a mistake in the function's place: the first, or by name."""
    known = read_stand_ins(kata.solution.with_name("mistakes.py"))
    chosen = next(m for m in known if name in ("", m.name))
    answer = open_answer(kata.solution)
    setattr(answer.module, chosen.function, chosen.call)
    return answer


def draw_for_readme(folder: Path) -> list[Path]:
    """Draw them, and return the files."""
    files, katas = list[Path](), open_catalogue(HOUSE).katas
    folder.mkdir(exist_ok=True)
    for number, mistake in SHOWN.items():
        picture = drawn(katas[number], InProcess(with_mistake(katas[number], mistake)))
        files.append(folder / f"{number}-{mistake.replace('_', '-')}.png")
        files[-1].write_bytes(small_png(picture))
    return files


if __name__ == "__main__":
    for file in draw_for_readme(Path(sys.argv[1]) if len(sys.argv) > 1 else HOUSE / "docs"):
        print(file)
