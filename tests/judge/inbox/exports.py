"""Inboxes as platforms write them: the same people, each with an answer, in every platform's way.

A file is a path and what is in it; a folder of them, or a zip archive, is written from that.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

Content = str | bytes
Contents = Mapping[str, Content]  # of an export, by path


def notebook(*cells: str) -> str:
    """Write a notebook of code cells, as Jupyter does."""
    empty = dict[str, object]()
    code = {"cell_type": "code", "metadata": empty, "outputs": [*empty], "execution_count": None}
    made = [code | {"source": cell} for cell in cells]
    return json.dumps({"cells": made, "metadata": empty, "nbformat": 4, "nbformat_minor": 5})


def canvas(people: Contents, topic: str) -> Contents:
    """Canvas: files side by side; one is late, one was handed in again."""
    found: dict[str, Content] = {}
    for number, (name, content) in enumerate(people.items(), 101):
        late, again = ("_LATE" * (number % 2), "-1" * (number % 3 == 0))
        found[f"{name}{late}_{number}_{90000 + number}_{topic}{again}.py"] = content
    return found


def moodle(people: Contents, topic: str) -> Contents:
    """Moodle: a folder for each; the first wrote a comment, too."""
    found: dict[str, Content] = {}
    for number, (name, content) in enumerate(people.items(), 12345):
        found[f"{name}_{number}_assignsubmission_file/{topic}.py"] = content
        if number == 12345:
            found[f"{name}_{number}_assignsubmission_onlinetext/onlinetext.html"] = "<p>hello"
    return found


def moodle_flat(people: Contents, topic: str) -> Contents:
    """Moodle: without folders."""
    return {
        f"{name}_{number}_assignsubmission_file_{topic}.py": content
        for number, (name, content) in enumerate(people.items(), 12345)
    }


def blackboard(people: Contents, topic: str) -> Contents:
    """Blackboard: every attempt, with a receipt; the last counts."""
    found: dict[str, Content] = {}
    for name, content in people.items():
        for when in ("2026-02-03-04-05-06", "2026-02-10-04-05-06"):
            begin = f"Homework 1_{name}_attempt_{when}"
            found[f"{begin}.txt"] = f"Name: {name}"
            found[f"{begin}_{topic}.py"] = content if "-10-" in when else "raise SystemExit\n"
    return found


def gradescope(people: Contents, topic: str) -> Contents:
    """Gradescope: a folder for each by its number, and whose it is in the metadata."""
    found: dict[str, Content] = {}
    metadata = ["---"]
    for number, (name, content) in enumerate(people.items(), 7001):
        found[f"assignment_5_export/submission_{number}/{topic}.py"] = content
        metadata += [f"submission_{number}:", "  :submitters:", f"  - :name: {name}"]
        metadata += ["    :sid: '1'", "  :created_at: 2026-02-03 04:05:06.789 Z", "  :score: 1.0"]
    found["assignment_5_export/submission_metadata.yml"] = "\n".join(metadata) + "\n"
    return found


def github(people: Contents, topic: str) -> Contents:
    """GitHub Classroom: clones named by person."""
    found: dict[str, Content] = {}
    for name, content in people.items():
        found[f"kata-submissions/kata-{name}/katas/03/{topic}.py"] = content
        found[f"kata-submissions/kata-{name}/.git/HEAD"] = "ref: refs/heads/main\n"
    return found


def nbgrader(people: Contents, topic: str) -> Contents:
    """nbgrader: notebooks, by person and assignment, with a time stamp."""
    found: dict[str, Content] = {"source/ps1/x.ipynb": notebook(), "gradebook.db": ""}
    for name, content in people.items():
        text = content if isinstance(content, str) else content.decode()
        found[f"submitted/{name}/ps1/{topic}.ipynb"] = notebook("%matplotlib inline", text)
        found[f"submitted/{name}/ps1/timestamp.txt"] = "2026-02-03 04:05:06.789 UTC"
    return found


def by_hand(people: Contents, topic: str) -> Contents:
    """Nobody's platform: an archive, a fork, a folder."""
    found: dict[str, Content] = {}
    for name, content in people.items():
        found[f"{name}.zip"] = packed({f"repository-main/katas/03/{topic}.py": content})
    return found


EXPORTS: Mapping[str, tuple[str, Callable[[Contents, str], Contents]]] = {
    "canvas": ("a Canvas export", canvas),
    "moodle": ("a Moodle export", moodle),
    "moodle-flat": ("a Moodle export", moodle_flat),
    "blackboard": ("a Blackboard export", blackboard),
    "gradescope": ("a Gradescope export", gradescope),
    "github": ("GitHub Classroom's clones", github),
    "by-hand": ("", by_hand),
    "nbgrader": ("nbgrader's submitted assignments", nbgrader),
}


def write(folder: Path, contents: Contents) -> Path:
    """Write files into a folder."""
    for path, content in contents.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def packed(contents: Contents, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Pack files into a zip archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for path, content in contents.items():
            archive.writestr(path, content)
    return made.getvalue()
