"""Draws the pictures that README shows, each of a known mistake, into a folder.

    python -m tests.pictures.readme [FOLDER]

FOLDER is `docs/` unless it is named.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image

from dojo.catalogue import Kata, open_catalogue
from dojo.feedback.mistakes import read_stand_ins
from dojo.opening.answers import Answer, open_answer
from dojo.pictures.saving import drawn

from ..processes import HOUSE

SHOWN = {"01": "never_cleared", "16": "never_corrected"}
COLOURS = 48  # are enough, and halve the file


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
        written = io.BytesIO()
        drawn(katas[number], with_mistake(katas[number], mistake)).figure.savefig(written)
        files.append(folder / f"{number}-{mistake.replace('_', '-')}.png")
        with Image.open(written) as image:
            image.convert("RGB").quantize(COLOURS).save(files[-1], optimize=True)
    return files


if __name__ == "__main__":
    for file in draw_for_readme(Path(sys.argv[1]) if len(sys.argv) > 1 else HOUSE / "docs"):
        print(file)
