"""Gradescope: what "Export Submissions" of an assignment gives."""

from __future__ import annotations

import re
from typing import Any

from dojo.judge.inbox.entries import FOLDER
from dojo.judge.inbox.platforms.export import Export, Gathering, View, matched, stray
from dojo.opening.reading import Unreadable

PATTERN = re.compile(r"submission_(?P<id>\d+)")
METADATA = "submission_metadata.yml"
LARGEST = 64 * 1024 * 1024  # bytes: it holds the results of all autograders


class Gradescope:
    """A folder `submission_123` for each, and `submission_metadata.yml` with whose it is.

    The archive has all of it in `assignment_123_export/`. In the metadata each folder's name has
    `:submitters:`, a list of `:name:`, `:sid:` and `:email:`, several for a group. (Gradescope's
    help describes the export; the keys are as otter-grader's GradescopeParser reads them.)
    """

    title = "a Gradescope export"

    def marks(self, view: View) -> bool:
        """The metadata, or nothing but folders of such names."""
        names = [entry.name for entry in view.entries]
        return METADATA in names or (bool(names) and all(map(PATTERN.fullmatch, names)))

    def take(self, view: View) -> Export:
        """Return who is in it, by the names in the metadata where it can be read."""
        gathering, names = Gathering(), _names(view)
        for folder, name in names.items():  # whoever handed in nothing may have no folder
            if (match := PATTERN.fullmatch(folder)) is not None:
                gathering.empty(name or folder, match["id"])
        for entry, match in matched(view, PATTERN):
            if match is not None and entry.kind == FOLDER:
                name = names.get(entry.name) or entry.name
                gathering.root(name, match["id"], view.at(entry.name))
        others = (entry for entry, match in matched(view, PATTERN) if match is None)
        return gathering.export(stray(entry) for entry in others if entry.name != METADATA)


def _names(view: View) -> dict[str, str]:
    """Return who handed in each folder; nothing where the metadata cannot be read."""
    import yaml  # pytest-regressions brings it

    loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # texts alone, no objects
    try:
        raw = view.files.read(view.at(METADATA), LARGEST) or b""
        read: Any = yaml.load(raw, loader)
    except (Unreadable, yaml.YAMLError, UnicodeError, ValueError, RecursionError):
        return {}
    found: dict[str, str] = {}
    for folder, about in read.items() if isinstance(read, dict) else ():
        submitters: Any = about.get(":submitters") if isinstance(about, dict) else None
        each = submitters if isinstance(submitters, list) else []
        names = [one.get(":name") for one in each if isinstance(one, dict)]
        found[str(folder)] = ", ".join(name for name in names if isinstance(name, str) and name)
    return found
