"""Moodle: what "Download all submissions" of an assignment gives."""

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

PATTERN = re.compile(
    r"(?P<name>[^_]+)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<original>.*))?",
    re.DOTALL,
)


class Moodle:
    """Folders `Full Name_12345_assignsubmission_file[_]`, as mod/assign/locallib.php has it.

    In groups, `Group-` stands before the name; with blind marking the name is `Participant`.
    Without "Download submissions in folders", files lie side by side, their own name at the end:
    `Full Name_12345_assignsubmission_file_topic.py`. `_onlinetext` was typed in the browser, and
    belongs to the same person. A name has no underscore: Moodle writes a blank for it.
    """

    title = "a Moodle export"

    def marks(self, view: View) -> bool:
        """Names with `_assignsubmission_` in them."""
        return mostly(view, PATTERN)

    def take(self, view: View) -> Export:
        """Return who is in it: a folder or files for each, what was typed is told."""
        gathering = Gathering()
        for entry, match in matched(view, PATTERN):
            if match is None:
                continue
            name, number = match["name"], match["id"]
            if match["kind"] != "file":
                gathering.told(name, number, entry.name, IN_THE_BROWSER)
            elif entry.kind == FOLDER:
                gathering.root(name, number, view.at(entry.name))
            else:
                handed = Handed(match["original"] or "", view.at(entry.name))
                gathering.file(name, number, handed)
        aside = [stray(entry) for entry, match in matched(view, PATTERN) if match is None]
        return gathering.export(aside)
