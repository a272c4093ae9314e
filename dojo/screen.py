"""What a run of katas prints at its end: one failure in full, a line for each other, a table."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from dojo.feedback import WIDTH, Feedback, wrapped
from dojo.progress import Progress, progress_of
from dojo.visible import visible

LINES_OF_OUTPUT = 6  # of what the learner printed
LINES_OF_REST = 4  # of the other failures
OVERWRITTEN = re.compile(r"[^\n]*\r(?!\n)")  # what a progress bar wrote over
WHOLE_FILE = ("CANNOT BE IMPORTED", "EMPTY FILE")  # headings that speak of no single test


def in_full(said: Feedback, printed: str = "") -> list[str]:
    """Write one failure: what was promised, what came, what the numbers show."""
    test = "" if said.heading in WHOLE_FILE else f" · {said.test}"
    head = _head(said, f"katas/{said.number} {said.title}{test}")
    return [*head, "", *described(said, printed)]


def described(said: Feedback, printed: str = "") -> list[str]:
    """Write the same without its headline."""
    if said.heading in WHOLE_FILE:
        return _indented(said.body)
    lines = _indented(wrapped(said.promise))
    lines += _indented(wrapped(said.source)) if said.source else []
    if said.body:
        lines += ["", *_indented(said.body)]
    if said.diagnosis:
        lines += ["", *_indented(said.diagnosis)]
    if said.seed is not None:
        lines += ["", f"  Fresh inputs, the same again with --kata-seed={said.seed}."]
    return lines + (_printed(printed) if printed.strip() else [])


def _head(said: Feedback, title: str) -> list[str]:
    """Write which test failed, and how, at the right edge (below, if it has no room)."""
    room = WIDTH + 2 - len(title)
    if room > len(said.heading):
        return [f"{title}{said.heading:>{room}}"]
    return [title, f"{said.heading:>{WIDTH + 2}}"]


def _printed(text: str) -> list[str]:
    """Write the end of what an answer printed, within the screen."""
    shown = visible(OVERWRITTEN.sub("", text)).expandtabs(4).rstrip().split("\n")
    kept = [line if len(line) <= WIDTH - 2 else f"{line[: WIDTH - 4]} …" for line in shown]
    cut = ["…"] if len(kept) > LINES_OF_OUTPUT else []
    return ["", "  You printed:", *_indented([*cut, *kept[-LINES_OF_OUTPUT:]], 4)]


@dataclass(frozen=True)
class Screen:
    """The end of one run: what was asked for, and what to type next."""

    outcomes: list[Feedback]
    printed: dict[str, str]
    command: str
    options: str = ""
    hint_level: int = 0
    whole: bool = True
    stopped_at: str = ""

    def lines(self, *, in_detail: bool = True) -> list[str]:
        """Write it all; in detail unless pytest's own tracebacks were asked for."""
        outcomes = sorted(self.outcomes, key=lambda o: (o.number, o.order))
        table = progress_of(outcomes)
        open_one = next((p for p in table if not p.finished), None)
        lines: list[str] = []
        if open_one is not None and in_detail:
            own = [o for o in outcomes if o.number == open_one.number]
            lines += self._open_kata(own, alone=len(table) == 1)
        if len(table) > 1:
            lines += ["", *self._table(table, open_one)]
        elif table and open_one is None:
            lines += ["", self._end(table[0])]
        if self.stopped_at:
            lines += ["", f"Stopped at {self.stopped_at}: does this loop end?"]
        return lines

    def _end(self, only: Progress) -> str:
        """Say that a kata is done, if all of it has run."""
        folder = f"katas/{only.number}"
        if self.whole:
            return f"{folder} {only.title}: done."
        tests = f"{only.ran} test{'s pass' if only.ran > 1 else ' passes'}"
        return f"{folder} {only.title}: {tests}. All of it: pytest {folder}{self.options}"

    def _open_kata(self, own: list[Feedback], *, alone: bool) -> list[str]:
        wrong = [o for o in own if o.outcome == "wrong"]
        to_do = [o for o in own if o.outcome == "to do"]
        if wrong and wrong[0].heading in WHOLE_FILE:
            return ["", *in_full(wrong[0])]
        if wrong:
            lines = ["", *in_full(wrong[0], self.printed.get(wrong[0].test, ""))]
            lines += self._hint(wrong[0])
            lines += _others(wrong[0], wrong[1:])
            return lines + (_unwritten(to_do) if to_do else [])
        if to_do and alone:
            return self._begin(to_do)
        return []

    def _begin(self, to_do: list[Feedback]) -> list[str]:
        """Write what is to be written, and what the first of it is asked for."""
        folder = f"katas/{to_do[0].number}"
        head = f"{folder} {to_do[0].title}"
        lines = ["", f"{head}{'TO DO':>{WIDTH - len(head)}}", *_unwritten(to_do)]
        lines += ["", f"  {to_do[0].function} comes first. It is asked for this:"]
        lines += _indented(textwrap.wrap(to_do[0].promise, WIDTH - 4), 4)
        lines += ["", f"  The lesson is {folder}/README.md."]
        return lines + self._hint(to_do[0])

    def _hint(self, said: Feedback) -> list[str]:
        """Write the hints up to the level that was asked for, or how to ask."""
        level, count = self.hint_level, len(said.hints)
        if not count:
            return []
        if not level:
            return ["", f"  Stuck? {self.command} --hint"]
        lines = [""]
        for i, hint in enumerate(said.hints[:level], start=1):
            lines += _indented(
                textwrap.wrap(f"Hint {i} of {count} for {said.function}: {hint}", WIDTH)
            )
        if level < count:
            lines.append(f"  Still stuck? {self.command} --hint={level + 1}")
        return lines

    def _table(self, table: list[Progress], open_one: Progress | None) -> list[str]:
        width = max(len(p.title) for p in table)
        lines = [f"  {p.number}  {p.title:<{width}}   {p.said(whole=self.whole)}" for p in table]
        if open_one is None:
            return [*lines, "", "All done."] if self.whole else lines
        return [*lines, "", f"Next: pytest katas/{open_one.number}{self.options}"]


def _others(first: Feedback, wrong: list[Feedback]) -> list[str]:
    """Write one line for each other test that fails, whatever its parameters."""
    names = dict.fromkeys((o.test.split("[")[0], o.heading) for o in wrong)
    names.pop((first.test.split("[")[0], first.heading), None)
    if not names:
        return []
    lines = ["", "Wrong too (it may follow from the one above):"]
    width = max(len(name) for name, _ in names)
    lines += [f"  {name:<{width}}   {heading}" for name, heading in list(names)[:LINES_OF_REST]]
    more = len(names) - LINES_OF_REST
    return [*lines, f"  … and {more} more"] if more > 0 else lines


def _unwritten(to_do: list[Feedback]) -> list[str]:
    """Write one line for each function that is still the stub, or how to begin without one."""
    if to_do[0].body:
        return ["", *to_do[0].body]
    functions = dict.fromkeys((o.function, o.place) for o in to_do)
    width = max(len(name) for name, _ in functions)
    return ["", "To do:", *(f"  {name:<{width}}   {place}" for name, place in functions)]


def _indented(lines: Sequence[str], by: int = 2) -> list[str]:
    return [f"{' ' * by}{line}".rstrip() for line in lines]
