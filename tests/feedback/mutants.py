"""Programs made by changing the solutions a little, and whether what is said of each is true.

`python -m tests.feedback.mutants 2000` draws so many anew and counts; a seed after it draws the
same again. A name is true if the program does what the mistake does on inputs that the diagnosis
never saw, a symptom if it is seen there, too.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import io
import random
import re
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dojo.calling.calls import InProcess
from dojo.catalogue import Catalogue, Kata, open_catalogue
from dojo.feedback.comparing import absent, replay
from dojo.feedback.diagnosis import agrees
from dojo.feedback.examples import Example, Examples, SpecCalls
from dojo.feedback.feedback import Situation
from dojo.feedback.mistakes import StandIn, read_stand_ins
from dojo.feedback.outcome import Feedback
from dojo.feedback.symptoms.case import Case
from dojo.feedback.symptoms.table import OF_VALUES
from dojo.feedback.time_limit import limited
from dojo.opening.answers import Answer, open_answer, open_ours
from dojo.spec.fresh import DEFAULT_SEED
from dojo.spec.trial import SpecTest

HOUSE = Path(__file__).parent.parent.parent
UNSEEN = 77_003  # the seed of inputs that no diagnosis has seen
FEW = 3  # failures of a program that are looked at: later names count as much as the first
LONG = 5.0  # seconds of one test: a changed loop may not end
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
}
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
METHODS = {"sum": "mean", "mean": "sum", "max": "min", "min": "max", "argmin": "argmax"}
Change = Callable[[], None]


def changes(function: ast.FunctionDef, draw: random.Random) -> list[Change]:
    """List what can be changed in a function, each a change of its tree in place."""
    names = sorted({n.id for n in ast.walk(function) if isinstance(n, ast.Name)})
    found = list[Change]()
    for node in ast.walk(function):
        found += list(_of_node(node, names, draw))
        body = getattr(node, "body", None)
        if isinstance(body, list):
            found += list(_of_statements(body))
    return found


def _of_node(node: ast.AST, names: Sequence[str], draw: random.Random) -> Iterator[Change]:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        value = node.value
        for new in (value + 1, value - 1, -value, 2 * value, value / 2):  # type: ignore[operator]
            yield lambda new=new: setattr(node, "value", new)
    elif isinstance(node, ast.BinOp):
        if type(node.op) in OPERATORS:
            yield lambda: setattr(node, "op", OPERATORS[type(node.op)]())
        yield lambda: node.__dict__.update(left=node.right, right=node.left)
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
        yield lambda: setattr(node, "ops", [COMPARISONS[type(node.ops[0])](), *node.ops[1:]])
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        other = draw.choice(names)
        yield lambda: setattr(node, "id", other)
    elif isinstance(node, ast.Attribute) and node.attr in METHODS:
        yield lambda: setattr(node, "attr", METHODS[node.attr])
    elif isinstance(node, ast.Call) and len(node.args) > 1:
        yield lambda: node.args.reverse()
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield lambda: setattr(node, "op", ast.UAdd())


def _of_statements(body: list[ast.stmt]) -> Iterator[Change]:
    for i, statement in enumerate(body):
        if isinstance(statement, ast.Return):
            continue
        yield lambda i=i: body.__setitem__(i, ast.Pass())
        if i + 1 < len(body) and not isinstance(body[i + 1], ast.Return):
            yield lambda i=i: body.__setitem__(slice(i, i + 2), [body[i + 1], body[i]])


def mutant(kata: Kata, draw: random.Random) -> str:
    """Return the text of a solution with one change in it, sometimes with two."""
    tree = ast.parse(kata.solution.read_text(encoding="utf-8"))
    functions = [n for n in tree.body if isinstance(n, ast.FunctionDef)]
    function = draw.choice(functions)
    for _ in range(draw.choice((1, 1, 1, 2))):
        if possible := changes(function, draw):
            draw.choice(possible)()
    return ast.unparse(copy.deepcopy(tree))


@dataclass
class Tally:
    """What was said of the programs, and what of it is false."""

    counts: Counter[str] = field(default_factory=Counter)
    false: list[str] = field(default_factory=list)


@dataclass
class Judge:
    """Looks at programs: what is said of each, and whether it is so."""

    catalogue: Catalogue
    specs: dict[str, list[SpecTest]]
    folder: Path
    tally: Tally = field(default_factory=Tally)
    asked: dict[tuple[str, int], SpecCalls] = field(default_factory=dict)

    def look_at(self, kata: Kata, text: str) -> None:
        """Try a program, and check every name and symptom that its failures are given."""
        path = kata.answer_in(self.folder)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        answer = open_answer(path)
        said = self._failures(kata, answer)
        self.tally.counts[_kind(said)] += 1
        for each in said:
            for name in each.named:
                self._check_name(kata, answer, each, name, text)
            if each.diagnosis and not each.named and each.is_by_value:
                self._check_symptom(kata, answer, each, text)

    def _failures(self, kata: Kata, answer: Answer) -> list[Feedback]:
        examples, found = Examples(answer, self._calls(kata)), list[Feedback]()
        for test in self.specs[kata.number]:
            with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
                warnings.simplefilter("ignore")
                with limited(LONG):
                    trial = test.try_on(InProcess(answer), kata, DEFAULT_SEED)
            if trial.error is not None:
                situation = Situation(trial, self.catalogue, kata, answer, 5.0, examples)
                found.append(situation.feedback())
            if len(found) == FEW:
                break
        return found

    def _calls(self, kata: Kata, seed: int = 0) -> SpecCalls:
        key = kata.number, seed
        if key not in self.asked:
            tests = self.specs[kata.number]
            self.asked[key] = SpecCalls(kata, tests, seed) if seed else SpecCalls(kata, tests)
        return self.asked[key]

    def _unseen(self, kata: Kata, answer: Answer, function: str) -> list[Example]:
        mine = answer.isolated(function) or absent
        calls = self._calls(kata, UNSEEN).of(function)
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            made = [Example(replay(mine, wanted), wanted) for wanted in calls]
        return [e for e in made if e.wanted.error is None]

    def _check_name(self, kata: Kata, answer: Answer, said: Feedback, name: str, text: str) -> None:
        mistake = next(m for m in self._known(kata) if m.name == name)
        unseen = self._unseen(kata, answer, mistake.function)
        if not all(agrees(mistake, e) for e in unseen):
            self._false(kata, text, said, f"it is not {name}")

    def _check_symptom(self, kata: Kata, answer: Answer, said: Feedback, text: str) -> None:
        unseen = self._unseen(kata, answer, said.function)
        solution, known = open_ours(kata.solution), self._known(kata)
        case = Case(said.function, unseen, answer, solution, kata.signatures, known, lambda: False)
        told = _plain(" ".join(said.diagnosis))
        if told.endswith("Start there.") or "In yours" in told or not case.wrong:
            return  # that it is wrong in itself, and no more; or what this one call shows
        if not any(shown and _plain(shown) in told for look in OF_VALUES if (shown := look(case))):
            self._false(kata, text, said, "the symptom is not seen on other inputs")

    def _known(self, kata: Kata) -> list[StandIn]:
        return read_stand_ins(self.catalogue.solutions / kata.number / "mistakes.py")

    def _false(self, kata: Kata, text: str, said: Feedback, why: str) -> None:
        changed = _changed(kata.solution, text)
        told = " ".join(said.diagnosis)
        self.tally.false.append(f"{kata.number} {said.test}: {why}: {told}\n{changed}")


def _plain(told: str) -> str:
    """Return what is said without its counts: fewer or more calls were looked at."""
    return re.sub(r"\d+", "#", " ".join(told.split()))


def _kind(said: Sequence[Feedback]) -> str:
    if not said:
        return "right"
    if any(each.named for each in said):
        return "named"
    if any(each.diagnosis for each in said):
        return "a symptom"
    return "numbers alone" if said[0].is_by_value else "its kind or its error"


def _changed(solution: Path, text: str) -> str:
    """Return the lines of a program that are not the solution's."""
    right = ast.unparse(ast.parse(solution.read_text(encoding="utf-8"))).splitlines()
    return "\n".join(f"    {line.strip()}" for line in text.splitlines() if line not in right)


def collected(*folders: str) -> dict[str, list[SpecTest]]:
    """Return the tests of each kata on the CPU."""
    items = list[pytest.Item]()

    class Collector:
        def pytest_collection_finish(self, session: pytest.Session) -> None:
            items.extend(session.items)

    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main(["--collect-only", "-m", "not cuda", *folders], plugins=[Collector()])
    found: dict[str, list[SpecTest]] = {}
    for item in items:
        assert isinstance(item, pytest.Function)
        found.setdefault(item.path.parent.name, []).append(SpecTest.of(item))
    return found


def sample(judge: Judge, count: int, seed: int) -> Tally:
    """Look at so many programs, spread over all katas."""
    draw, katas = random.Random(seed), list(judge.catalogue.katas.values())
    for i in range(count):
        kata = katas[i % len(katas)]
        judge.look_at(kata, mutant(kata, draw))
    return judge.tally


def main(count: str, seed: str = "") -> int:
    """Draw, count and print; the exit status is 1 if anything false was said."""
    drawn = int(seed) if seed else int(time.time())
    print(f"{count} programs, seed {drawn}")
    with tempfile.TemporaryDirectory() as folder:
        judge = Judge(open_catalogue(HOUSE), collected("katas"), Path(folder))
        tally = sample(judge, int(count), drawn)
    for kind, number in tally.counts.most_common():
        print(f"  {number:5} {kind}")
    print(f"  {len(tally.false):5} false", *tally.false, sep="\n")
    return 1 if tally.false else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
