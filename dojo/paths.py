"""Paths and words as a person types them: from where one stands, for the shell of this system."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path


def typed(path: Path) -> str:
    """Return a path as one would type it from here; a mere name as it is."""
    try:
        return os.path.relpath(path) if path.is_absolute() else str(path)
    except ValueError:  # on another drive
        return str(path)


def quoted(word: str) -> str:
    """Quote a word for the shell of this system."""
    return subprocess.list2cmdline([word]) if os.name == "nt" else shlex.quote(word)
