"""What a run of katas prints at its end: one failure in full, the rest in a line each, the table."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence

from dojo.feedback import WIDTH, Feedback
from dojo.progress import Progress, progress_of

LINES_OF_OUTPUT = 8  # of what the learner printed
LINES_OF_REST = 6  # of the other failures


def in_full(said: Feedback, printed: str = "") -> list[str]:
    """Write one failure: what was promised, what came, what the numbers show."""
    head = f"katas/{said.number} {said.title} · {said.test}"
    lines = [f"{head}  {said.heading:>{max(0, WIDTH - len(head))}}", ""]
    lines += _indented([*textwrap.wrap(said.promise, WIDTH)])
    lines += _indented([said.source]) if said.source else []
    if said.body:
        lines += ["", *_indented(said.body)]
    if said.diagnosis:
        lines += ["", *_indented(said.diagnosis)]
    if said.seed is not None:
        lines += ["", f"  Fresh inputs, the same again with --kata-seed={said.seed}."]
    if printed.strip():
        kept = printed.rstrip().splitlines()
        cut = ["  …"] if len(kept) > LINES_OF_OUTPUT else []
        lines += ["", "  You printed:", *_indented([*cut, *kept[-LINES_OF_OUTPUT:]], 4)]
    return lines


def run_summary(
    outcomes: Sequence[Feedback], printed: dict[str, str], hint_level: int, *, in_detail: bool = True
) -> list[str]:
    """Write what a run says at its end; in detail unless pytest's own tracebacks were asked for."""
    outcomes = sorted(outcomes, key=lambda o: (o.number, o.order))
    table = progress_of(outcomes)
    next_one = next((p for p in table if not p.finished), None)
    lines: list[str] = []
    if next_one is not None and in_detail:
        own = [o for o in outcomes if o.number == next_one.number]
        lines += _open_kata(own, printed, hint_level, alone=len(table) == 1)
    if len(table) > 1:
        lines += ["", *_table(table, next_one)]
    elif table and next_one is None:
        lines += ["", f"katas/{table[0].number} {table[0].title}: done."]
    return lines


def _open_kata(
    own: list[Feedback], printed: dict[str, str], hint_level: int, *, alone: bool
) -> list[str]:
    wrong = [o for o in own if o.outcome == "wrong"]
    to_do = [o for o in own if o.outcome == "to do"]
    folder = f"katas/{own[0].number}"
    lines: list[str] = []
    if wrong:
        lines += ["", *in_full(wrong[0], printed.get(wrong[0].test, ""))]
        lines += _hint(wrong[0], hint_level, folder)
        lines += _others(wrong[1:])
        lines += _unwritten(to_do) if to_do else []
    elif to_do and alone:
        head = f"{folder} {own[0].title}"
        lines += ["", f"{head}{'TO DO':>{WIDTH - len(head)}}", *_unwritten(to_do)]
        lines += ["", f"  {to_do[0].function or 'The first test'} comes first. It is asked for this:"]
        lines += _indented(textwrap.wrap(to_do[0].promise, WIDTH - 4), 4)
        lines += ["", f"  The lesson is {folder}/README.md."]
        lines += _hint(to_do[0], hint_level, folder)
    return lines


def _hint(said: Feedback, level: int, folder: str) -> list[str]:
    """Write the hints up to the level that was asked for, or how to ask."""
    if not said.hints:
        return []
    if not level:
        return ["", f"  Stuck? pytest {folder} --hint"]
    lines = [""]
    for i, hint in enumerate(said.hints[:level], start=1):
        lines += _indented(
            textwrap.wrap(f"Hint {i} of {len(said.hints)} for {said.function}: {hint}", WIDTH)
        )
    if level < len(said.hints):
        lines.append(f"  Still stuck? pytest {folder} --hint={level + 1}")
    return lines


def _others(wrong: list[Feedback]) -> list[str]:
    """Write one line for each other test that fails, whatever its parameters."""
    names = Counter((o.test.split("[")[0], o.heading) for o in wrong)
    if not names:
        return []
    lines = ["", "Wrong too (what is above comes first: the rest may follow from it):"]
    width = max(len(name) for name, _ in names)
    lines += [f"  {name:<{width}}   {heading}" for name, heading in list(names)[:LINES_OF_REST]]
    more = len(names) - LINES_OF_REST
    return [*lines, f"  … and {more} more"] if more > 0 else lines


def _unwritten(to_do: list[Feedback]) -> list[str]:
    """Write one line for each function that is still the stub."""
    functions = dict.fromkeys((o.function, o.place or o.body[0]) for o in to_do)
    width = max(len(name) for name, _ in functions)
    return ["", "To do:", *(f"  {name:<{width}}   {place}" for name, place in functions)]


def _table(table: list[Progress], next_one: Progress | None) -> list[str]:
    width = max(len(p.title) for p in table)
    lines = [f"  {p.number}  {p.title:<{width}}   {p}" for p in table]
    if next_one is None:
        return [*lines, "", "All done."]
    return [*lines, "", f"Next: pytest katas/{next_one.number}"]


def _indented(lines: Sequence[str], by: int = 2) -> list[str]:
    return [f"{' ' * by}{line}".rstrip() for line in lines]
