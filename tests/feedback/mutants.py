"""Programs made by changing the solutions a little, and whether what is said of each is true.

`python -m tests.feedback.mutants 2000` draws so many anew and counts; a seed after it draws the
same again. What is false is shown as it is met (claims.py says when it is).
"""

from __future__ import annotations

import ast
import contextlib
import copy
import io
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from dojo.catalogue import Kata, open_catalogue
from dojo.spec.trial import SpecTest

from .claims import Judge

HOUSE = Path(__file__).parent.parent.parent
SLOW = 5.0  # seconds of processor time that a program may take to be looked at, before it is shown
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


def sample(judge: Judge, count: int, seed: int) -> Iterator[Kata]:
    """Look at so many programs, spread over all katas; yield the kata of each."""
    draw, katas = random.Random(seed), list(judge.catalogue.katas.values())
    for i in range(count):
        kata = katas[i % len(katas)]
        judge.look_at(kata, mutant(kata, draw))
        yield kata


def main(count: str, seed: str = "") -> int:
    """Draw, count and print; the exit status is 1 if anything false was said."""
    drawn = int(seed) if seed else int(time.time())
    print(f"{count} programs, seed {drawn}")
    with tempfile.TemporaryDirectory() as folder:
        judge = Judge(open_catalogue(HOUSE), collected("katas"), Path(folder))
        shown, begun = 0, time.process_time()
        for i, kata in enumerate(sample(judge, int(count), drawn)):
            if (took := time.process_time() - begun) > SLOW:
                print(f"{kata.number} took {took:.0f} s, program {i}", flush=True)
            for false in judge.tally.false[shown:]:
                print(false, flush=True)
            shown, begun = len(judge.tally.false), time.process_time()
    for kind, number in judge.tally.counts.most_common():
        print(f"  {number:5} {kind}")
    print(f"  {shown:5} false")
    return 1 if shown else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
