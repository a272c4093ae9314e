"""How learning platforms write out what was handed in: a class for each, found by a table.

An export is recognised by the marks that its platform puts on it. Where none has any, it is an
inbox that somebody made by hand: a folder or a file for each person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dojo.catalogue import Kata
from dojo.judge.inbox.entries import FOLDER, Place
from dojo.judge.inbox.files import Files
from dojo.judge.inbox.platforms.blackboard import Blackboard
from dojo.judge.inbox.platforms.by_hand import ByHand
from dojo.judge.inbox.platforms.canvas import Canvas
from dojo.judge.inbox.platforms.export import Platform, View
from dojo.judge.inbox.platforms.github_classroom import GitHubClassroom
from dojo.judge.inbox.platforms.gradescope import Gradescope
from dojo.judge.inbox.platforms.moodle import Moodle
from dojo.judge.inbox.platforms.nbgrader import Nbgrader

PLATFORMS: Mapping[str, Platform] = {  # in the order in which their marks are looked for
    "moodle": Moodle(),
    "blackboard": Blackboard(),
    "gradescope": Gradescope(),
    "canvas": Canvas(),
    "nbgrader": Nbgrader(),
    "github": GitHubClassroom(),
    "folders": ByHand(),
}
FOLDERS = "folders"
SUBMITTED = "submitted"  # nbgrader's own name for what was handed in


def recognised(files: Files, katas: Sequence[Kata], asked: str = "") -> tuple[Platform, View]:
    """Return the platform that wrote these files, or the one that is asked for, and its export.

    An export may lie in a folder, or an archive, of its own. Errors: Unreadable for an archive that
    cannot be read.
    """
    views = [View(files, place, tuple(katas)) for place in _places(files)]
    tried = [PLATFORMS[asked]] if asked else list(PLATFORMS.values())
    for platform in tried:
        for view in views:
            if platform.marks(view):
                return platform, view
    return PLATFORMS[asked or FOLDERS], views[0]


def _places(files: Files) -> list[Place]:
    """Return where an export may begin: here, or in the one folder or archive that is here."""
    place: Place = ()
    found = [place]
    while True:
        inside = [e for e in files.entries(place, None) if e.kind == FOLDER or e.is_packed]
        named = [entry for entry in inside if entry.name == SUBMITTED]
        if len(inside) != 1 and not named:
            return found
        place = (*place, (named or inside)[0].name)
        found.append(place)
        if len(found) > 2:
            return found
