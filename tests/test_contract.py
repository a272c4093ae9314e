"""The contract of every kata: what its stub, its solution, its mistakes and its variants must do.

A new kata is found by its folder; nothing here names one.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from dojo.calling.calls import Call, InProcess
from dojo.catalogue import Kata, open_catalogue
from dojo.feedback.feedback import Situation
from dojo.feedback.hints import read_hints
from dojo.feedback.mistakes import StandIn, read_stand_ins
from dojo.feedback.outcome import Feedback
from dojo.opening.answers import open_answer
from dojo.spec.fresh import DEFAULT_SEED
from dojo.spec.trial import SpecTest

from .conftest import HOUSE, Practise

CATALOGUE = open_catalogue(HOUSE)
KATAS = [pytest.param(kata, id=kata.number) for kata in CATALOGUE.katas.values()]
LEAST_MISTAKES = 8
FEW, ALL = 3, 1000  # failures: a learner reads the first, and perhaps the next
PATIENCE = 10.0  # seconds for a diagnosis: the contract is about what is found, not how soon
each_kata = pytest.mark.parametrize("kata", KATAS)


def marked(kata: Kata) -> list[StandIn]:
    """Return every marked function of a kata's mistakes and variants."""
    folder = CATALOGUE.solutions / kata.number
    return [*read_stand_ins(folder / "mistakes.py"), *read_stand_ins(folder / "variants.py")]


def stand_ins(*kinds: str) -> list[object]:
    """Return the marked functions of every kata, of these kinds, as parameters."""
    return [
        pytest.param(kata, s, id=f"{kata.number}-{s.name}")
        for kata in CATALOGUE.katas.values()
        for s in marked(kata)
        if s.kind in kinds
    ]


@dataclass
class Attempt:
    """What came of trying one text as the answer to a kata."""

    outcomes: list[Feedback]
    calls: list[Call]

    @property
    def wrong(self) -> list[Feedback]:
        """Return the tests that do not pass."""
        return [o for o in self.outcomes if o.outcome != "done"]

    @property
    def named(self) -> set[str]:
        """Return the mistakes that the failures named."""
        return {name for o in self.outcomes for name in o.named}


Try = Callable[..., Attempt]


@pytest.fixture(scope="session")
def specs() -> dict[str, list[SpecTest]]:
    """The tests of every kata on the CPU, collected once."""
    collected: list[pytest.Item] = []

    class Collector:
        def pytest_collection_finish(self, session: pytest.Session) -> None:
            collected.extend(session.items)

    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main(["--collect-only", "-m", "not cuda", "katas"], plugins=[Collector()])
    found: dict[str, list[SpecTest]] = {}
    for item in collected:
        assert isinstance(item, pytest.Function)
        found.setdefault(item.path.parent.name, []).append(SpecTest.of(item))
    return found


@pytest.fixture
def attempt(specs: dict[str, list[SpecTest]], tmp_path: Path) -> Try:
    """Try a text as the answer to a kata, until so many tests have failed."""

    def run(
        kata: Kata, text: str, most: int = 1, seed: int = DEFAULT_SEED, **choice: bool
    ) -> Attempt:
        path = kata.answer_in(tmp_path)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        answer = open_answer(path)
        done = Attempt([], [])
        for test in specs[kata.number]:
            if choice.get("observed", test.observed) != test.observed:
                continue
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # an answer's own warning is no failure
                trial = test.try_on(InProcess(answer), kata, seed)
            situation = Situation(trial, CATALOGUE, kata, answer, PATIENCE)
            done.outcomes.append(situation.feedback())
            done.calls.extend(situation.calls.calls if situation.calls else [])
            if len(done.wrong) >= most:
                break
        return done

    return run


def with_stand_in(kata: Kata, stand_in: StandIn) -> str:
    """Return the text of the solution with one function replaced."""
    file = "mistakes.py" if stand_in.kind == "mistake" else "variants.py"
    source = CATALOGUE.solutions / kata.number / file
    taken = f"open_answer(Path({str(source)!r})).module.{stand_in.name}"
    imports = "from pathlib import Path\nfrom dojo.opening.answers import open_answer"
    return f"{solution_of(kata)}\n{imports}\n{stand_in.function} = {taken}\n"


def solution_of(kata: Kata) -> str:
    """Return the text of a kata's solution."""
    return kata.answer_in(CATALOGUE.solutions).read_text(encoding="utf-8")


def functions_of(path: Path) -> dict[str, ast.FunctionDef]:
    """Return the functions of a file by name, except those that start with _."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}


def to_write(kata: Kata) -> list[str]:
    """Return the functions that a learner writes: those that raise NotImplementedError."""
    stubs = functions_of(kata.stub).items()
    return [name for name, node in stubs if "NotImplementedError" in ast.unparse(node)]


@each_kata
def test_a_stub_is_all_to_do(kata: Kata, practise: Practise) -> None:
    """Every test of an untouched stub is to do: none passes, none errs, the run is red."""
    run = practise(kata.folder)
    assert run.exit_code == 1
    assert {o["outcome"] for o in run.outcomes} == {"to do"}
    assert {o["function"] for o in run.outcomes} <= set(to_write(kata))


@each_kata
def test_a_solution_passes(kata: Kata, practise: Practise) -> None:
    """The reference passes every test."""
    run = practise(kata.folder, "--answers", "solutions")
    assert run.exit_code == 0, run.screen
    assert {o["outcome"] for o in run.outcomes} == {"done"}


@each_kata
def test_a_solution_has_the_stubs_signatures(kata: Kata) -> None:
    """Stub and solution agree on every name, parameter and annotation."""
    stub, solution = functions_of(kata.stub), functions_of(kata.answer_in(CATALOGUE.solutions))
    for name in to_write(kata):
        assert ast.unparse(stub[name].args) == ast.unparse(solution[name].args)


@each_kata
def test_a_stub_imports_torch(kata: Kata) -> None:
    """A learner's first line may use it."""
    lines = kata.stub.read_text(encoding="utf-8").splitlines()
    assert lines[lines.index("import torch") + 1] == "from torch import Tensor"


@each_kata
def test_a_kata_knows_what_is_to_be_written_without_its_stub(kata: Kata) -> None:
    """Signatures come from the solution, in the order of the stub; the stub is the learner's."""
    written = [name for name in kata.signatures if name in read_hints(kata.lesson)]
    assert written == to_write(kata)


@each_kata
def test_a_kata_is_complete(kata: Kata) -> None:
    """A kata has a lesson with hints for every function, and mistakes enough."""
    hints = read_hints(kata.lesson)
    assert sorted(hints) == sorted(to_write(kata))
    assert all(2 <= len(own) <= 3 for own in hints.values())
    known = read_stand_ins(CATALOGUE.solutions / kata.number / "mistakes.py")
    assert len(known) >= LEAST_MISTAKES
    assert all(inspect.getdoc(m.call) for m in known)
    rights = {s.function for s in marked(kata) if s.kind == "right"}
    assert rights == set(to_write(kata))


@each_kata
def test_every_test_promises(kata: Kata) -> None:
    """Every test of a spec says in a docstring what it asks."""
    for name, node in functions_of(kata.spec).items():
        assert ast.get_docstring(node), f"{kata.spec.name}: {name} has no docstring"


@pytest.mark.parametrize(("kata", "mistake"), stand_ins("mistake"))
def test_a_mistake_is_named(kata: Kata, mistake: StandIn, attempt: Try) -> None:
    """A known mistake fails, and the failure names it and no other, in words."""
    tried = attempt(kata, with_stand_in(kata, mistake), most=FEW)
    assert tried.wrong, "it passes"
    assert tried.named == {mistake.name}
    told = " ".join(" ".join(o.diagnosis) for o in tried.wrong)
    assert mistake.told in told


@pytest.mark.parametrize(("kata", "variant"), stand_ins("mistaken"))
def test_a_mistake_written_otherwise_is_named(kata: Kata, variant: StandIn, attempt: Try) -> None:
    """The same mistake written another way gets the same name."""
    tried = attempt(kata, with_stand_in(kata, variant), most=FEW)
    assert tried.wrong, "it passes"
    assert tried.named == {variant.known_as}


@pytest.mark.parametrize(("kata", "variant"), stand_ins("right"))
def test_a_right_answer_written_otherwise_passes(
    kata: Kata, variant: StandIn, attempt: Try
) -> None:
    """Another right way of writing a function passes every test."""
    assert attempt(kata, with_stand_in(kata, variant)).wrong == []


@pytest.mark.parametrize(("kata", "variant"), stand_ins("muddled"))
def test_two_mistakes_at_once_get_no_wrong_name(kata: Kata, variant: StandIn, attempt: Try) -> None:
    """Two mistakes at once fail, and are not given the name of one that they are not."""
    tried = attempt(kata, with_stand_in(kata, variant), most=ALL)
    assert tried.wrong, "it passes"
    assert tried.named == set()


@each_kata
def test_each_argument_counts(kata: Kata, attempt: Try) -> None:
    """Each argument of each function, hard-coded at a value it had or off by one, fails."""
    survivors = [
        f"{function}({argument}) with {statement}"
        for function, argument, statement in mutations(attempt(kata, solution_of(kata)).calls)
        if not attempt(kata, solution_of(kata) + wrapped(kata, function, statement)).wrong
    ]
    assert survivors == []


def mutations(calls: list[Call]) -> list[tuple[str, str, str]]:
    """List (function, argument, statement): values it was called with, and one more or less."""
    met: dict[tuple[str, str], list[object]] = {}
    for call in calls:
        named = dict(zip(call.names, call.args, strict=False)) | call.kwargs
        for argument, value in named.items():
            met.setdefault((call.function, argument), []).append(value)
    found: list[tuple[str, str, str]] = []
    for (function, argument), values in met.items():
        kept = {literal(v, argument) for v in (values[0], values[len(values) // 2], values[-1])}
        found += [(function, argument, f"{argument} = {text}") for text in sorted(kept)]
        changes: dict[type, tuple[str, ...]] = {
            int: ("+ 1", "- 1"),
            float: ("* 1.01",),
            torch.Tensor: ("* 1.01 + 1",),  # softmax does not see + 1 alone
        }
        found += [
            (function, argument, f"{argument} = {argument} {change}")
            for change in changes.get(type(values[0]), ())
        ]
    return found


def literal(value: object, argument: str) -> str:
    """Write a value as source; a tensor with the dtype and device of the argument it replaces."""
    if isinstance(value, torch.Tensor):
        return f"torch.tensor({value.tolist()}, dtype={argument}.dtype, device={argument}.device)"
    return repr(value)


def wrapped(kata: Kata, function: str, statement: str) -> str:
    """Return source that changes one argument on its way into a function of the solution."""
    arguments = functions_of(kata.stub)[function].args
    names = ", ".join(a.arg for a in arguments.args)
    return (
        f"\nimport torch\n_right = {function}\n\n\ndef {function}({ast.unparse(arguments)}):\n"
        f"    {statement}\n    return _right({names})\n"
    )


@each_kata
def test_a_table_of_answers_fails(kata: Kata, attempt: Try, tmp_path: Path) -> None:
    """An answer that knows every documented number by heart fails on fresh inputs, per function."""
    seen, learnt = attempt(kata, solution_of(kata), seed=1), tmp_path / "learnt.pt"
    torch.save([(c.function, c.args, c.kwargs, c.value) for c in seen.calls], learnt)
    for function in to_write(kata):
        table = by_heart(kata, function, learnt)
        assert attempt(kata, table, seed=1, observed=False).wrong == []
        assert attempt(kata, table, seed=2, observed=False).wrong, f"{function} can be learnt"


def by_heart(kata: Kata, function: str, learnt: Path) -> str:
    """Return source of a function that looks its answers up; unknown inputs get a known answer."""
    arguments = functions_of(kata.stub)[function].args
    names = ", ".join(a.arg for a in arguments.args)
    solution = kata.answer_in(CATALOGUE.solutions)
    return f"""
import runpy
import torch
from dojo.calling import values
globals().update(runpy.run_path({str(solution)!r}, run_name="solution"))
_right = {function}
_learnt = [row for row in torch.load({str(learnt)!r}, weights_only=False) if row[0] == {function!r}]


def {function}({ast.unparse(arguments)}):
    given = ({names},)
    for _, args, kwargs, value in _learnt:
        if values.same(given, (*args, *kwargs.values())):
            if value is None:
                return _right({names})
            return values.copied(value)
    return values.copied(next(v for *_, v in _learnt if v is not None))
"""
