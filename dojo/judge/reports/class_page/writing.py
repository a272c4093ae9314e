"""Writing the page of a class: one file that needs no network, no script and no trust.

Whatever was submitted is escaped by the templates' engine. Nothing but the page's own style and its
own script is let run: the browser is told their digests.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dojo.judge.reports.class_page.counting import Classroom
from dojo.judge.result import Skipped
from dojo.terminal.visible import one_line

HERE = Path(__file__).parent
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
    engine = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    style, script = (_own(name) for name in ("class.css", "class.js"))
    found = room.faults
    listed = [(fault, who) for fault, who in found[:MOST] if len(who) >= SHARED]
    stream = engine.get_template("class.html").stream(
        style=style,
        script=script,
        policy=_policy(style, script),
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


def _own(name: str) -> Markup:
    """Read a file of ours that goes into the page as it is."""
    return Markup((HERE / name).read_text(encoding="utf-8"))


def _policy(style: str, script: str) -> str:
    """Allow this style and this script, by their digests, and nothing else at all."""
    return "; ".join(
        [
            "default-src 'none'",
            f"style-src '{_digest(style)}'",
            f"script-src '{_digest(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
