"""The contract of every kata: what its stub, its solution, its mistakes and its variants must do.

A new kata is found by its folder; nothing here names one.
"""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest
import torch

from dojo.calling import values
from dojo.calling.calls import Call
from dojo.catalogue import Kata
from dojo.feedback.examples import Examples, SpecCalls
from dojo.feedback.feedback import Situation
from dojo.feedback.hints import read_hints
from dojo.feedback.inner_calls import put_in
from dojo.feedback.mistakes import StandIn, read_stand_ins
from dojo.feedback.outcome import Feedback
from dojo.feedback.symptoms import table
from dojo.opening.answers import Answer, made_answer, open_ours
from dojo.spec.fresh import DEFAULT_SEED
from dojo.spec.trial import SpecTest, Trial

from .conftest import HOUSE, Run
from .trying import (
    CATALOGUE,
    calls_of,
    each_kata,
    functions_of,
    solution_of,
    to_write,
    try_test,
)

LEAST_MISTAKES = 8
FEW, ALL = 3, 1000  # failures: a learner reads the first, and perhaps the next
PATIENCE = 10.0  # seconds for a diagnosis: the contract is about what is found, not how soon


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

    @property
    def wrong(self) -> list[Feedback]:
        """Return the tests that do not pass."""
        return [o for o in self.outcomes if o.outcome != "done"]

    @property
    def named(self) -> set[str]:
        """Return the mistakes that the failures named."""
        return {name for o in self.outcomes for name in o.named}


@dataclass
class Tries:
    """Tries texts as the answer to a kata."""

    specs: dict[str, list[SpecTest]]
    asked: dict[str, SpecCalls]  # what each kata's spec asks
    made: dict[tuple[str, str], list[Call]] = field(default_factory=dict)  # of the solution
    opened: dict[str, Answer] = field(default_factory=dict)

    def feedback(self, kata: Kata, stand_in: StandIn, most: int = ALL) -> Attempt:
        """Try a stand-in until so many tests have failed, and keep what is said of each."""
        answer, done = self.solved(kata), Attempt([])
        examples = Examples(answer, self.asked[kata.number])
        with put_in(answer, stand_in.function, stand_in.call):
            for test in self.reaching(kata, stand_in.function):
                trial = try_test(test, answer, kata, DEFAULT_SEED)
                situation = Situation(trial, CATALOGUE, kata, answer, PATIENCE, examples)
                done.outcomes.append(situation.feedback())
                if len(done.wrong) >= most:
                    break
        return done

    def reaching(self, kata: Kata, function: str) -> list[SpecTest]:
        """Return the tests that reach a function of the solution, by a call or through another.

        To the others the solution is the same with another function in its place.
        """
        solution = open_ours(kata.solution)
        within = {function, *(f for f in kata.signatures if function in solution.callees(f))}
        tests = self.specs[kata.number]
        return [t for t in tests if within & {call.function for call in self.calls(kata, t)}]

    def calls(self, kata: Kata, test: SpecTest) -> list[Call]:
        """Return the calls that a test makes of the solution, asked once."""
        if (kata.number, test.name) not in self.made:
            trial = try_test(test, open_ours(kata.solution), kata, DEFAULT_SEED)
            self.made[kata.number, test.name] = calls_of(trial)
        return self.made[kata.number, test.name]

    def solved(self, kata: Kata) -> Answer:
        """Return the solution as somebody's answer, opened once: it is as it was after each try."""
        if kata.number not in self.opened:
            self.opened[kata.number] = opened(kata, solution_of(kata))
        return self.opened[kata.number]


def opened(kata: Kata, text: str) -> Answer:
    """Open a text as somebody's answer."""
    answer = made_answer(text.encode(), kata.answer_in(HOUSE / "anna"))
    answer.isolation = open_ours(kata.solution).isolation  # it is ours, with changes of ours
    return answer


def trials(kata: Kata, answer: Answer, tests: list[SpecTest], seed: int) -> Iterator[Trial]:
    """Try an answer on these tests, one after another; what a failure says is not worked out."""
    return (try_test(test, answer, kata, seed) for test in tests)


def found_by(
    kata: Kata, answer: Answer, tests: list[SpecTest], seed: int = DEFAULT_SEED
) -> SpecTest | None:
    """Return the first of these tests that an answer fails, None if it passes them all."""
    tried = trials(kata, answer, tests, seed)
    return next((trial.test for trial in tried if trial.error is not None), None)


@pytest.fixture(scope="session")
def tries(specs: dict[str, list[SpecTest]], asked: dict[str, SpecCalls]) -> Tries:
    """Try texts as answers."""
    return Tries(specs, asked)


@each_kata
def test_a_stub_is_all_to_do(kata: Kata, untouched: Run) -> None:
    """Every test of an untouched stub is to do: none passes, none errs, the run is red."""
    assert untouched.exit_code == 1
    own = untouched.of(kata.number)
    assert {o["outcome"] for o in own} == {"to do"}
    assert {o["function"] for o in own} <= set(to_write(kata))


@each_kata
def test_a_solution_passes(kata: Kata, solved: Run) -> None:
    """The reference passes every test."""
    assert [o for o in solved.of(kata.number) if o["outcome"] != "done"] == []
    assert solved.of(kata.number)


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
    """A kata has a lesson with hints for every function, mistakes enough, and a picture."""
    hints = read_hints(kata.lesson)
    assert sorted(hints) == sorted(to_write(kata))
    assert all(2 <= len(own) <= 3 for own in hints.values())
    known = read_stand_ins(CATALOGUE.solutions / kata.number / "mistakes.py")
    assert len(known) >= LEAST_MISTAKES
    assert all(inspect.getdoc(m.call) for m in known)
    assert "draw" in functions_of(kata.solution.with_name("picture.py"))
    rights = {s.function for s in marked(kata) if s.kind == "right"}
    assert rights == set(to_write(kata))


@each_kata
def test_every_test_promises(kata: Kata) -> None:
    """Every test of a spec says in a docstring what it asks."""
    for name, node in functions_of(kata.spec).items():
        assert ast.get_docstring(node), f"{kata.spec.name}: {name} has no docstring"


@pytest.mark.parametrize(("kata", "mistake"), stand_ins("mistake"))
def test_a_mistake_is_named(kata: Kata, mistake: StandIn, tries: Tries) -> None:
    """A known mistake fails, and the failure names it and no other, in words."""
    tried = tries.feedback(kata, mistake, FEW)
    assert tried.wrong, "it passes"
    assert tried.named == {mistake.name}
    told = " ".join(" ".join(o.diagnosis) for o in tried.wrong)
    assert mistake.told in told


@pytest.mark.parametrize(("kata", "variant"), stand_ins("mistaken"))
def test_a_mistake_written_otherwise_is_named(kata: Kata, variant: StandIn, tries: Tries) -> None:
    """The same mistake written another way gets the same name."""
    tried = tries.feedback(kata, variant, FEW)
    assert tried.wrong, "it passes"
    assert tried.named == {variant.known_as}


@pytest.mark.parametrize(("kata", "variant"), stand_ins("right"))
def test_a_right_answer_written_otherwise_passes(
    kata: Kata, variant: StandIn, tries: Tries
) -> None:
    """Another right way of writing a function passes every test."""
    tried = tries.feedback(kata, variant, 1)
    assert tried.outcomes, "no test reaches it"
    assert tried.wrong == []


@pytest.mark.parametrize(("kata", "variant"), stand_ins("muddled"))
def test_two_mistakes_at_once_get_no_wrong_name(
    kata: Kata, variant: StandIn, tries: Tries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two mistakes at once fail, and are not given the name of one that they are not."""
    for symptoms in ("OF_VALUES", "OF_KINDS"):  # all the time is for the search for names
        monkeypatch.setattr(table, symptoms, ())
    tried = tries.feedback(kata, variant)
    assert tried.wrong, "it passes"
    assert tried.named == set()


@each_kata
def test_each_argument_counts(kata: Kata, tries: Tries) -> None:
    """Each argument of each function, hard-coded at a value it had or off by one, fails."""
    answer, survivors = tries.solved(kata), list[str]()
    calls = [call for test in tries.specs[kata.number] for call in tries.calls(kata, test)]
    tests = {function: tries.reaching(kata, function) for function in kata.signatures}
    for function, argument, statement in mutations(calls):
        mutant, likely = wrapped(kata, answer, function, statement), tests[function]
        with put_in(answer, function, mutant):
            found = found_by(kata, answer, likely)
        if found is None:
            survivors.append(f"{function}({argument}) with {statement}")
        else:
            likely.insert(0, likely.pop(likely.index(found)))  # it may well find the next one
    assert survivors == []


def mutations(calls: list[Call]) -> list[tuple[str, str, str]]:
    """List (function, argument, statement): values it was called with, and one more or less."""
    met: dict[tuple[str, str], list[object]] = {}
    for call in calls:
        named = dict(zip(call.names, call.args, strict=False)) | call.kwargs
        for argument, value in named.items():
            met.setdefault((call.function, argument), []).append(value)
    found: list[tuple[str, str, str]] = []
    for (function, argument), had in met.items():
        kept = {literal(v, argument) for v in (had[0], had[len(had) // 2], had[-1])}
        found += [(function, argument, f"{argument} = {text}") for text in sorted(kept)]
        changes: dict[type, tuple[str, ...]] = {
            int: ("+ 1", "- 1"),
            float: ("* 1.01",),
            torch.Tensor: ("* 1.01 + 1",),  # softmax does not see + 1 alone
        }
        found += [
            (function, argument, f"{argument} = {argument} {change}")
            for change in changes.get(type(had[0]), ())
        ]
    return found


def literal(value: object, argument: str) -> str:
    """Write a value as source; a tensor with the dtype and device of the argument it replaces."""
    if isinstance(value, torch.Tensor):
        return f"torch.tensor({value.tolist()}, dtype={argument}.dtype, device={argument}.device)"
    return repr(value)


def wrapped(kata: Kata, solution: Answer, function: str, statement: str) -> Callable[..., Any]:
    """Return a function of the solution with one argument changed on its way into it."""
    arguments = functions_of(kata.stub)[function].args
    names = ", ".join(a.arg for a in arguments.args)
    text = (
        f"def {function}({ast.unparse(arguments)}):\n    {statement}\n    return _right({names})\n"
    )
    made = vars(solution.module) | {"torch": torch, "_right": solution.function(function)}
    exec(text, made)
    mutant: Callable[..., Any] = made[function]
    return mutant


@each_kata
def test_a_table_of_answers_fails(kata: Kata, tries: Tries) -> None:
    """An answer that knows every documented number by heart fails on fresh inputs, per function."""
    tests = [t for t in tries.specs[kata.number] if not t.observed]
    solved = trials(kata, tries.solved(kata), tests, seed=1)
    learnt = table_of([call for trial in solved for call in calls_of(trial)])
    written = to_write(kata)
    assert found_by(kata, by_heart(kata, written, learnt), tests, seed=1) is None
    for function in written:
        answer = by_heart(kata, [function], learnt)
        asked = [test for test in tries.reaching(kata, function) if not test.observed]
        assert found_by(kata, answer, asked, seed=2), f"{function} can be learnt"


def table_of(calls: list[Call]) -> dict[str, dict[str, Any]]:
    """Return what each function returned, by what it was given; None where it raised."""
    learnt: dict[str, dict[str, Any]] = {}
    for call in calls:
        known = learnt.setdefault(call.function, {})
        known.setdefault(in_words(*call.args, *call.kwargs.values()), call.value)
    return learnt


def by_heart(kata: Kata, functions: list[str], learnt: dict[str, dict[str, Any]]) -> Answer:
    """Return the solution with functions that look their answers up.

    They do not call one another: what each does is the same with the others and without.
    """
    solution = open_ours(kata.solution)
    answer = Answer(kata.answer_in(HOUSE / "anna"), ModuleType("by_heart"))
    answer.isolation = solution.isolation
    for name in kata.signatures:
        right = solution.function(name)
        learns = name in functions and name in learnt
        setattr(answer.module, name, looking_up(right, learnt[name]) if learns else right)
    return answer


def looking_up(right: Callable[..., Any], known: dict[str, Any]) -> Callable[..., Any]:
    """Return a function that looks its answer up; unknown inputs get a known answer."""
    other = next(value for value in known.values() if value is not None)
    parameters = inspect.signature(right)

    @functools.wraps(right)
    def looked_up(*args: Any, **kwargs: Any) -> Any:
        given = parameters.bind(*args, **kwargs).args
        value = known.get(in_words(*given), other)
        return right(*given) if value is None else values.copied(value)

    return looked_up


def in_words(*given: Any) -> str:
    """Write down what a function is given."""
    return repr(values.transform(given, _listed))


def _listed(value: Any) -> Any:
    return (value.dtype, value.tolist()) if isinstance(value, torch.Tensor) else value
