"""What a run of katas prints at its end: where it stands, one failure, and the next move.

Every paragraph is a `Part` with a weight, and `fitted` alone decides what is left out.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from dojo.errors import NOT_RIGHT_YET
from dojo.feedback.failure import failure, headline
from dojo.feedback.outcome import Feedback
from dojo.feedback.progress import Progress, functions_of, progress_of, tests
from dojo.opening.unusable import WHOLE_FILE
from dojo.terminal.layout import COLUMNS, LINES, WIDTH, Part, cut, fitted, indented, wrapped
from dojo.terminal.prompt import Prompt

BELOW = 2  # lines that follow ours: pytest's last one, and the shell's prompt
LINES_OF_REST = 4  # of the other failures
MARKS = {"wrong": "✗ ", "to do": "to do: ", "done": "✓ "}


@dataclass(frozen=True)
class Screen:
    """The end of one run: what came of it, and what to type next.

    whole:     every test of these katas was to run, and did
    in_detail: failures are said in our words (not where pytest's own tracebacks were asked for)
    reference: it was the reference answer that was run
    skipped:   tests that need a GPU
    notebooks: what is to be said of answers in notebooks
    pictures:  where they are, or why there is none
    """

    outcomes: Sequence[Feedback]
    printed: dict[str, str]
    prompt: Prompt
    hint_level: int = 0
    whole: bool = True
    in_detail: bool = True
    verbose: bool = False
    reference: bool = False
    skipped: int = 0
    stopped_at: str = ""
    notebooks: Sequence[str] = ()
    pictures: Sequence[str] = ()

    def lines(self, lines: int = LINES, columns: int = COLUMNS) -> list[str]:
        """Write it all on a screen of this size: the last lines are all that need be seen."""
        outcomes = sorted(self.outcomes, key=lambda o: (o.number, o.order))
        table = progress_of(outcomes, whole=self.whole)
        open_one = next((p for p in table if not p.passes), None)
        parts: list[Part] = []
        if open_one is not None:
            own = [o for o in outcomes if o.number == open_one.number]
            parts += self._open_kata(own, alone=len(table) == 1)
        if len(table) > 1:
            parts += self._table(table, open_one)
        elif table and open_one is None:
            parts += self._end(table[0], functions_of(outcomes))
        if self.stopped_at:
            parts.append(Part([wrapped(f"Stopped at {self.stopped_at}: does this loop end?")]))
        parts += [Part([wrapped(said), [cut(said)]], 30) for said in self.notebooks]
        if self.skipped:
            count = f"{tests(self.skipped)} skipped"
            said = f"cuda: no GPU here, {count} (--require-cuda fails them instead)"
            parts.append(Part([[said], []], 10))
        if self.pictures:  # last, where an editor's terminal makes them a link
            parts.append(Part([self.pictures]))
        return fitted(parts, max(lines, LINES) - BELOW, columns)

    def _open_kata(self, own: list[Feedback], *, alone: bool) -> list[Part]:
        """Write the first kata that is not done: what broke, else what is wrong, else the stub."""
        broken = [o for o in own if o.outcome == "broken"]
        wrong = [o for o in own if o.outcome == "wrong"]
        to_do = [o for o in own if o.outcome == "to do"]
        if broken:
            return self._broken(broken)
        if wrong:
            return self._wrong(own, wrong)
        return self._begin(own, to_do) if alone or self.hint_level else []

    def _broken(self, broken: list[Feedback]) -> list[Part]:
        """Say that the tests themselves failed, and how to see what was changed in them."""
        number, title = broken[0].number, broken[0].title
        count = "the tests" if any(o.test.endswith(".py") for o in broken) else tests(len(broken))
        head = f"katas/{number} {title}: {count} could not be run."
        told = list(dict.fromkeys(line for o in broken for line in _stumble(o)))
        kept = [
            told[:n] + ([f"  … and {len(told) - n} more"] if len(told) > n else []) for n in (8, 2)
        ]
        remedy = [
            "  This is not your answer's fault. Was a file of the tests changed, or lost?",
            f"      {self.prompt.difference(number)}",
            "  If not, this says more:",
            f"      {self.prompt.again('--tb=short')}",
        ]
        if all(o.body[0].startswith("--require-cuda") for o in broken if o.body):
            remedy = ["  Without --require-cuda these are skipped."]
        return [Part([[head]]), Part(kept if self.in_detail else [[]], 60), Part([remedy])]

    def _wrong(self, own: list[Feedback], wrong: list[Feedback]) -> list[Part]:
        """Write the first failure, a line for the others and for the functions, and the hint."""
        first = most_telling(wrong)
        if first.heading in WHOLE_FILE:
            return [Part([headline(first)]), *failure(first)] if self.in_detail else []
        parts, others = list[Part](), _others(first, [o for o in wrong if o is not first])
        if self.in_detail:
            printed = self.printed.get(first.test, "")
            parts += [Part([headline(first)]), *failure(first, printed, verbose=self.verbose)]
            parts += others
        return [*parts, *self._functions(own, close=bool(others)), *self._hint(first)]

    def _begin(self, own: list[Feedback], to_do: list[Feedback]) -> list[Part]:
        """Write what is to be written, and what the first of it is asked for."""
        first = to_do[0]
        title = f"katas/{first.number} {first.title}"
        promise = indented(wrapped(first.promise, WIDTH - 4), 4)
        asked = [f"  {first.function} comes first. It is asked for this:", *promise]
        lesson = f"  The lesson is {self.prompt.lesson(first.number)}."
        return [
            Part([[f"{title}{'TO DO':>{WIDTH + 2 - len(title)}}"]]),
            *(_places(own, to_do) if not first.body else [Part([first.body])]),
            Part([asked, []], 50),
            Part([[lesson], []], 70),
            *self._hint(first),
        ]

    def _functions(self, own: list[Feedback], *, close: bool = False) -> list[Part]:
        """Write in a line which functions are done, which are wrong, and which are to do."""
        if not self.whole:
            return []
        found = functions_of(own)
        groups = {kind: [f for f, its in found.items() if its == kind] for kind in MARKS}
        said = "   ".join(f"{MARKS[k]}{', '.join(group)}" for k, group in groups.items() if group)
        to_do = f"To do: {', '.join(groups['to do'])}" if groups["to do"] else ""
        short = [f"  {cut(to_do or said)}"]
        return [Part([indented(wrapped(said)), short, []], weight=(18, 62), close=close)]

    def _hint(self, said: Feedback) -> list[Part]:
        """Write the hints up to the level that was asked for, or how to ask."""
        level, count = self.hint_level, len(said.hints)
        if not count:
            return []
        if not level:
            return [Part([[f"  Stuck? {self.prompt.hint(1)}"]])]
        told = [
            indented(wrapped(f"Hint {i} of {count} for {said.function}: {hint}"))
            for i, hint in enumerate(said.hints[:level], start=1)
        ]
        more = [f"  Still stuck? {self.prompt.hint(level + 1)}"] if level < count else []
        return [Part([[*itertools.chain(*told[i:]), *more] for i in range(len(told))], 58)]

    def _table(self, table: list[Progress], open_one: Progress | None) -> list[Part]:
        """Write how far each kata is, then where to go on."""
        width = max(len(p.title) for p in table)
        rows = [f"  {p.number}  {p.title:<{width}}   {p.said()}" for p in table]
        parts = [Part([rows, indented(wrapped(_in_brief(table), hang=2))], 35)]
        if open_one is not None and open_one.broken:
            return parts
        if open_one is not None:
            again = [f"Next: {self.prompt.kata(open_one.number)}"]
            return [*parts, Part([again if open_one.done else self._next(open_one.number)])]
        if not self.whole:
            return parts
        return [*parts, Part([["All done.", *self._onward(table[-1].number)]])]

    def _end(self, only: Progress, functions: dict[str, str]) -> list[Part]:
        """Say that a kata is done, if all of it has run, and where to go on."""
        title = f"katas/{only.number} {only.title}"
        if not only.finished:
            passing = f"{tests(only.ran)} pass{'es' if only.ran == 1 else ''}"
            return [Part([[f"{title}: {passing}. All of it: {self.prompt.kata(only.number)}"]])]
        ticks = f"✓ {', '.join(f for f, its in functions.items() if its == 'done')}"
        solution = self.prompt.solution(only.number)
        return [
            Part([[f"{title}: done."]]),
            Part([indented(wrapped(ticks))]),
            *([] if self.reference else [Part([[f"  How the reference does it: {solution}"]])]),
            Part([self._onward(only.number)]),
        ]

    def _onward(self, number: str) -> list[str]:
        """Say which kata comes after this one."""
        number = self.prompt.next_after(number)
        if not number:
            return ["That was the last kata."]
        return self._next(number)

    def _next(self, number: str) -> list[str]:
        """Say what to read and what to type: in two lines if they are long."""
        read, run = f"Next: read {self.prompt.lesson(number)}", self.prompt.onward(number)
        said = f"{read}, then {run}"
        return [said] if len(said) <= COLUMNS else [read, f"then: {run}"]


def most_telling(wrong: Sequence[Feedback]) -> Feedback:
    """Return the failure that says most of the first function that is wrong.

    A mistake with a name says more than numbers that nothing explains, and both say more than a
    call whose loop has nothing to do, and than that numbers are wrong, without the numbers. What
    fails first comes first, otherwise.
    """

    def rank(said: Feedback) -> int:
        if said.named:
            return 0
        if said.heading == NOT_RIGHT_YET:
            return 3
        return 1 if said.diagnosis or said.worked or not said.is_by_value else 2

    first = wrong[0]
    settled = not (first.is_by_value or first.is_edge or first.heading == NOT_RIGHT_YET)
    if first.named or settled:
        return first
    own = [o for o in wrong if o.function == first.function]
    return min(own, key=lambda said: rank(said) + 2 * said.is_edge)


def _stumble(broken: Feedback) -> list[str]:
    """Write in two lines at most which test could not be run, and why."""
    where = f" ({broken.place})" if broken.place else ""
    reason = " ".join(broken.body) or broken.heading
    return [f"  {cut(broken.test.split('[')[0] + where)}", f"      {cut(reason, WIDTH - 4)}"]


def _others(first: Feedback, wrong: list[Feedback]) -> list[Part]:
    """Write a line for each other test that fails, whatever its parameters; or one for all."""
    names = dict.fromkeys((o.test.split("[")[0], o.heading) for o in wrong)
    names.pop((first.test.split("[")[0], first.heading), None)
    if not names:
        return []
    width = max(len(name) for name, _ in names)
    lines = [f"  {name:<{width}}   {heading}" for name, heading in list(names)[:LINES_OF_REST]]
    more = len(names) - len(lines)
    head = "Wrong too (it may follow from the one above):"
    lines = [head, *lines, *([f"  … and {more} more"] if more else [])]
    only, more = next(iter(names))[0], len(names) - 1
    others = f"{only}{f' and {more} more' if more else ''}"
    forms = [f"Wrong too (it may follow): {others}", f"Wrong too: {others}"]
    short = next((form for form in forms if len(form) <= WIDTH), cut(forms[-1]))
    return [Part([indented(lines), [f"  {short}"], []], weight=(12, 30))]


def _places(own: list[Feedback], to_do: list[Feedback]) -> list[Part]:
    """Write one line for each function that is still the stub, with its place; then the others."""
    functions = dict.fromkeys((o.function, o.place) for o in to_do)
    done = [f for f, its in functions_of(own).items() if its == "done"]
    width = max(len(name) for name in (*done, *(name for name, _ in functions)))
    lines = [f"  {name:<{width}}   {place}" for name, place in functions]
    ticks = [Part([[f"  ✓ {', '.join(done)}"]])] if done else []
    names = wrapped(f"To do: {', '.join(name for name, _ in functions)}")
    return [*ticks, Part([["To do:", *lines], names], 60)]


def _in_brief(table: list[Progress]) -> str:
    """Write the table as a sentence: neighbours of which the same is true are said together."""
    told = []
    for said, group in itertools.groupby(table, Progress.said):
        numbers = [p.number for p in group]
        whole = f"{numbers[0]} to {numbers[-1]}" if len(numbers) > 1 else numbers[0]
        told.append(f"{whole}: {said}")
    return ", ".join(told) + "."
