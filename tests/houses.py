"""Copies of the repository, or of the part of it that a test needs."""

from __future__ import annotations

import shutil
from pathlib import Path

from .processes import HOUSE

MARKS = ("conftest.py", "pyproject.toml", "dojo/plugin.py")  # by which katas are known
WHOLE = ("conftest.py", "pyproject.toml", "dojo", "katas", "solutions")
CACHES = shutil.ignore_patterns("__pycache__")


def parts_of(*numbers: str) -> tuple[str, ...]:
    """Return what is to be copied of these katas."""
    folders = ("katas", "solutions")
    return (*MARKS, *(f"{folder}/{number}" for folder in folders for number in numbers))


def copy_house(to: Path, parts: tuple[str, ...] = WHOLE) -> Path:
    """Copy files and folders of the repository into another, each to where it is here."""
    for part in parts:
        source, copy = HOUSE / part, to / part
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copy, ignore=CACHES)
        else:
            shutil.copy(source, copy)
    return to
