"""Writing the page of a class: what to teach again, how far everyone is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import IO

from dojo.judge.reports.class_page.counting import Classroom
from dojo.judge.reports.class_page.pages import PageTemplate
from dojo.judge.result import Skipped
from dojo.terminal.visible import one_line

MOST, SHARED = 50, 2  # faults that are listed, and by how many people they are shared at least

HEADINGS = {  # of the columns that count people
    "done": "All tests pass",
    "wrong": "Some fail",
    "stopped": "Stopped or refused",
    "todo": "Some to do",
    "absent": "Not submitted",
    "unjudged": "Not judged",
}


def write_class_page(
    file: IO[str],
    room: Classroom,
    titles: Mapping[str, str],
    skipped: Sequence[Skipped] = (),
) -> None:
    """Write the page. titles: of the katas, by number; skipped: who is not judged, and why."""
    page = PageTemplate("class")
    found = room.faults
    listed = [(fault, who) for fault, who in found[:MOST] if len(who) >= SHARED]
    stream = page.template.stream(
        **page.own,
        room=room,
        faults=listed,
        more=len(found) - len(listed),
        katas=room.katas,
        titles=titles,
        headings=HEADINGS,
        not_judged=[[one_line(e.name), one_line(str(e))] for e in skipped if e.name],
    )
    stream.enable_buffering(1000)
    file.writelines(stream)
