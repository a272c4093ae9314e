"""One failure as it is written: what was promised, what came, what the numbers show."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dojo.feedback.outcome import Feedback
from dojo.opening.unusable import WHOLE_FILE
from dojo.spec.tables import MARKS, shortened
from dojo.terminal.layout import WIDTH, Part, cut, fitted, indented, wrapped
from dojo.terminal.visible import visible

LINES_OF_OUTPUT = (6, 3, 1)  # of what the learner printed
PROSE = 10  # lines of an error and its meaning that are kept where room is short
TIMES = "\u00a0·\u00a0"  # what is multiplied is not torn apart
UNLIMITED = 1 << 30  # lines
OVERWRITTEN = re.compile(r"[^\n]*\r(?!\n)")  # what a progress bar wrote over


def in_full(said: Feedback, printed: str = "") -> list[str]:
    """Write one failure below its headline."""
    return [*headline(said), "", *described(said, printed)]


def described(said: Feedback, printed: str = "") -> list[str]:
    """Write the same without its headline."""
    return fitted(failure(said, printed), UNLIMITED)


def headline(said: Feedback) -> list[str]:
    """Write which test failed, and how, at the right edge: in one line if there is room."""
    folder = f"katas/{said.number}"
    titles = [f"{folder} {said.title}"]
    if said.heading not in WHOLE_FILE:
        titles = [f"{titles[0]} · {said.test}", f"{folder} · {said.test}"]
    for title in titles:
        room = WIDTH + 2 - len(title)
        if room > len(said.heading):
            return [f"{title}{said.heading:>{room}}"]
    return [titles[0], f"{said.heading:>{WIDTH + 2}}"]


def failure(said: Feedback, printed: str = "", *, verbose: bool = False) -> list[Part]:
    """Return the paragraphs of one failure; what is shortened first is the lightest."""
    bodies = [indented(form) for form in _bodies(said.body)]
    body = Part(bodies, (25, 65) if len(bodies) > 2 else 65)  # three forms has a table
    if said.heading in WHOLE_FILE:
        return [body]
    entries = f"In the repository: {', '.join(said.entries)}." if verbose and said.entries else ""
    diagnosis = [indented(said.diagnosis)]
    seed = f"  Fresh inputs, the same again with --kata-seed={said.seed}."
    return [
        Part([indented(wrapped(said.promise)), []], 55),
        *(Part(_sources(text), 20, close=True) for text in (said.source, entries) if text),
        Part([indented(wrapped(text, hang=4)) for text in said.asked], (22, 50, 50)),
        body,
        Part(diagnosis),
        *_sums(said),
        *([Part([[seed], []], 15)] if said.seed is not None else []),
        *([Part(_outputs(printed), weight=(26, 40))] if printed.strip() else []),
    ]


def _sums(said: Feedback) -> list[Part]:
    """Write the sum by hand, or its last line alone; not at all where something else says more."""
    if not said.worked:
        return []
    head, *lines = said.worked
    full, last = (
        indented([head, *(part for line in kept for part in lines_of_sum(line))])
        for kept in (lines, lines[-1:])
    )
    return [Part([full, last, []], (35, 60))] if said.diagnosis else [Part([full, last], 64)]


def lines_of_sum(text: str) -> list[str]:
    """Break a line of a sum where it is too long, no product in two, and keep its indent."""
    by = len(text) - len(text.lstrip())
    whole = text.strip().replace(" · ", TIMES)
    lines = wrapped(whole, WIDTH - by, hang=2)
    return indented((line.replace(TIMES, " · ") for line in lines), by)


def _sources(text: str) -> list[list[str]]:
    """Write where the numbers come from, on one line where room is short, or not at all."""
    return [indented(wrapped(text)), [f"  {cut(text)}"], []]


def _bodies(body: Sequence[str]) -> list[list[str]]:
    """Write what came: with the whole table, with three rows of it, or with the marked one."""
    marked = next((i for i, line in enumerate(body) if MARKS[1] in line), None)
    if marked is None:
        return [list(body), *([[*body[:PROSE], "…"]] if len(body) > PROSE + 1 else [])]
    start = next((i + 1 for i in range(marked, -1, -1) if not body[i].startswith(" ")), 0)
    end = next((i for i in range(marked, len(body)) if not body[i].startswith(" ")), len(body))
    table = body[start:end]
    return [
        [*body[:start], *t, *body[end:]] for t in (table, *(shortened(table, n) for n in (3, 1)))
    ]


def _outputs(text: str) -> list[list[str]]:
    """Write the end of what an answer printed, within the screen."""
    shown = visible(OVERWRITTEN.sub("", text)).expandtabs(4).rstrip().split("\n")
    kept = [cut(line, WIDTH - 2) for line in shown]
    forms = []
    for most in LINES_OF_OUTPUT:
        above = ["…"] if len(kept) > most else []
        forms.append(["  You printed:", *indented([*above, *kept[-most:]], 4)])
    return forms
