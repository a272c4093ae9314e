"""Drawing a kata's picture, and putting it into a file: at once, so that no viewer sees half."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

from matplotlib.animation import PillowWriter
from PIL import Image

from dojo.catalogue import Kata
from dojo.opening.answers import open_ours
from dojo.pictures.asking import AnswerDoor
from dojo.pictures.picture import Picture
from dojo.pictures.style import our_style

FRAMES = 4  # a second
COLOURS = 48  # of a small picture: enough, and half the bytes
UNDATED: dict[str, dict[str, None]] = {".svg": {"Date": None}}  # the same picture, the same file
Progress = Callable[[int, int], None]  # frames that are drawn, of so many


def program_of(kata: Kata) -> ModuleType:
    """Return what `solutions/NN/picture.py` defines. Errors: what it raises when it is imported."""
    opened = open_ours(kata.solution.with_name("picture.py"))
    if opened.trouble is not None:
        raise opened.trouble
    return opened.module


def has_animation(kata: Kata) -> bool:
    """Whether the picture of a kata can move."""
    return hasattr(program_of(kata), "animate")


def drawn(kata: Kata, door: AnswerDoor | None, missing: str = "") -> Picture:
    """Draw the picture of a kata; `missing` is said below it where there is no answer."""
    with our_style():
        picture = Picture(kata, door, missing)
        program_of(kata).draw(picture)
        picture.finish()
    return picture


def small_png(picture: Picture) -> bytes:
    """Return a picture as a PNG of few colours; the same picture is the same bytes."""
    written, small = io.BytesIO(), io.BytesIO()
    with our_style():
        picture.figure.savefig(written, format="png")
    with Image.open(written) as image:
        image.convert("RGB").quantize(COLOURS).save(small, format="PNG", optimize=True)
    return small.getvalue()


def save(kata: Kata, door: AnswerDoor | None, missing: str, file: Path) -> None:
    """Draw a picture in the format that the file's name ends with. Errors: OSError."""
    picture, written = drawn(kata, door, missing), io.BytesIO()
    with our_style():
        picture.figure.savefig(written, format=file.suffix[1:], metadata=UNDATED.get(file.suffix))
    file.parent.mkdir(exist_ok=True)
    with _beside(file) as new:
        new.write_bytes(written.getvalue())


def save_animation(
    kata: Kata, door: AnswerDoor | None, missing: str, file: Path, progress: Progress
) -> None:
    """Draw an animation frame by frame, into a GIF. Errors: OSError."""
    file.parent.mkdir(exist_ok=True)
    with our_style(), _beside(file) as new:
        picture = Picture(kata, door, missing)
        frames = program_of(kata).animate(picture)
        picture.finish()
        picture.figure.draw_without_rendering()
        picture.figure.set_layout_engine("none")  # so that nothing moves but what is to move
        writer = PillowWriter(fps=FRAMES)
        with writer.saving(picture.figure, str(new), picture.figure.dpi):
            for i, frame in enumerate(frames, start=1):
                frame()
                writer.grab_frame()
                progress(i, len(frames))


@contextlib.contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """Give a file to write, which takes the other's place at once: no viewer sees half of it."""
    new = file.with_name(f"new-{file.name}")
    try:
        yield new
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)
