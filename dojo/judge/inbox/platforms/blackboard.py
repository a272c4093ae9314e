"""Blackboard: what "Assignment File Download" of the Grade Center gives."""

from __future__ import annotations

import re

from dojo.judge.inbox.platforms.export import (
    Export,
    Gathering,
    Handed,
    View,
    common_beginning,
    matched,
    mostly,
    stray,
)

PATTERN = re.compile(
    r"(?P<head>.+)_attempt_(?P<when>\d{4}(?:-\d\d){5})(?:_(?P<original>.+)|\.txt)", re.DOTALL
)


class Blackboard:
    """Files side by side, `ASSIGNMENT_USER_attempt_2026-02-03-14-15-16_ORIGINAL`, all attempts.

    `…_attempt_2026-02-03-14-15-16.txt` is Blackboard's own receipt, with the comment in it. The
    archive is called `gradebook_COURSE_ASSIGNMENT_DATE.zip`. (Blackboard's help describes the
    download and not these names; they are as BBGradebookOrganiser and similar tools read them.)
    USER may have an underscore: ASSIGNMENT is what all the names begin with, up to one.
    """

    title = "a Blackboard export"

    def marks(self, view: View) -> bool:
        """Names with `_attempt_` and a time in them."""
        return mostly(view, PATTERN)

    def take(self, view: View) -> Export:
        """Return who is in it: each by the latest attempt, the others are told."""
        gathering, last = Gathering(), dict[str, str]()
        found = [(entry, match) for entry, match in matched(view, PATTERN) if match is not None]
        begin = _assignment({match["head"] for _, match in found})
        for _, match in found:
            last[match["head"]] = max(match["when"], last.get(match["head"], ""))
        for entry, match in found:
            who, when = match["head"][begin:], match["when"]
            if when < last[match["head"]]:
                if match["original"]:
                    gathering.told(who, "", f"{who}/{match['original']}", _not_the_last(when))
            elif match["original"]:
                gathering.file(who, "", Handed(match["original"], view.at(entry.name)))
            else:
                gathering.empty(who, "")
        aside = [stray(entry) for entry, match in matched(view, PATTERN) if match is None]
        return gathering.export(aside)


def _not_the_last(when: str) -> str:
    """Say why an attempt is not read: 2026-02-03-14-15-16 is its time."""
    day, clock = when[:10], when[11:].replace("-", ":")
    return f"this is of the attempt of {day} {clock}, and a later one counts"


def _assignment(heads: set[str]) -> int:
    """Return how many characters of all these names are the assignment's."""
    common = common_beginning(heads)
    return common.rfind("_") + 1
