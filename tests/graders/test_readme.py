"""graders/README.md names what is there: each folder, and each file that one is to copy or type."""

from __future__ import annotations

import re

from ..conftest import HOUSE

FOLDER = HOUSE / "graders"
PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")


def test_every_platform_has_a_row_and_a_test() -> None:
    """The table has the folders, no other, and each is tested in a file of its own name."""
    folders = {p.name for p in FOLDER.iterdir() if p.is_dir()}
    assert set(re.findall(r"^\| `(\w+)/` \|", PAGE, re.MULTILINE)) == folders
    assert all((HOUSE / f"tests/graders/test_{name}.py").exists() for name in folders)


def test_every_file_has_its_place_on_the_page() -> None:
    """What the page names is there."""
    there = {p.name for p in FOLDER.rglob("*") if p.is_file()}
    named = set(re.findall(r"`(?:[\w/]*/)?(make_zip|\w+\.(?:json|html|yml))`", PAGE))
    assert named - {"results.json"} <= there
    assert named >= {"make_zip", "info.json", "question.html", "katas.yml"}
    for path in re.findall(r"\bgraders/[\w/]+", PAGE):
        assert (HOUSE / path).exists(), path
