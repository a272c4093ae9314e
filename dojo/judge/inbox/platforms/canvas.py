"""Canvas: what "Download Submissions" of an assignment gives."""

from __future__ import annotations

import re

from dojo.judge.inbox.entries import FOLDER
from dojo.judge.inbox.platforms.export import (
    IN_THE_BROWSER,
    Export,
    Gathering,
    Handed,
    View,
    matched,
    mostly,
    stray,
)

ID = r"(?:\d+|anon_[0-9A-Za-z]+)"
NAME = rf"(?:(?P<name>(?!LATE_{ID}_).+?)_)?(?:LATE_)?(?P<id>{ID})"
PATTERN = re.compile(
    rf"{NAME}_(?:(?P<file>\d+)_(?P<original>.+)|(?P<typed>(?:text|link)\.html))", re.DOTALL
)
AGAIN = re.compile(r"(?:-\d+| \(\d+\))(?=(?:\.\w+)?$)")


class Canvas:
    """Files side by side, `NAME[_LATE]_USERID_FILEID_ORIGINAL`, as lib/content_zipper.rb has it.

    NAME is the sortable name in small letters, all but letters and digits taken out of it. An
    anonymous assignment has `anon_XXXXX` for NAME_USERID. `_text.html` and `_link.html` were typed
    in the browser. Canvas writes `topic-1.py` for a file that is handed in again under its name
    (Attachment.make_unique_filename), and a browser `topic (1).py` for one that it loads again: the
    original name is meant, and of several the file with the highest FILEID counts.
    """

    title = "a Canvas export"

    def marks(self, view: View) -> bool:
        """Files of such names."""
        flat = not any(entry.kind == FOLDER for entry in view.entries)
        return flat and mostly(view, PATTERN)

    def take(self, view: View) -> Export:
        """Return who is in it: the latest file of each name, what was typed is told."""
        gathering, latest = Gathering(), dict[tuple[str, str, str], tuple[int, str]]()
        aside = [stray(entry) for entry, match in matched(view, PATTERN) if match is None]
        for entry, match in matched(view, PATTERN):
            if match is None:
                continue
            name, number = match["name"] or "", match["id"]
            if match["typed"]:
                gathering.told(name, number, entry.name, IN_THE_BROWSER)
                continue
            original = AGAIN.sub("", match["original"])
            key, this = (name, number, original), (int(match["file"][:18]), entry.name)
            older = min(this, latest.get(key, this))
            latest[key] = max(this, latest.get(key, this))
            if older != latest[key]:
                gathering.told(name, number, older[1], f"a later {original} counts")
        for (name, number, original), (_, path) in latest.items():
            gathering.file(name, number, Handed(original, view.at(path)))
        return gathering.export(aside)
