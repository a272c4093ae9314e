"""Writing a report's file so that it appears whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

PART = ".part"  # of the name of a file that is being written


@contextmanager
def replacing(path: Path, encoding: str = "utf-8") -> Iterator[IO[str]]:
    """Open a file that takes its name only when it is whole; a file of that name is replaced.

    A link in its place, or in that of the unfinished file, is replaced too, never followed.
    """
    part = path.with_name(path.name + PART)
    part.unlink(missing_ok=True)
    with part.open("x", encoding=encoding, newline="\n") as file:
        yield file
    part.replace(path)
