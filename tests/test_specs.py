"""What the spec of every kata owes to the judge: nothing is earned without the work.

An answer that does not look at what it is given passes no test, and no argument holds what another
call is to return. A new kata is found by its folder; nothing here names one.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from dojo.calling import values
from dojo.calling.calls import Call, Given, InProcess, Named, Observed
from dojo.catalogue import Kata
from dojo.opening.answers import open_answer, open_ours
from dojo.spec.trial import SpecTest

from .trying import calls_of, each_kata, functions_of, to_write, try_on_door, try_test

Specs = dict[str, list[SpecTest]]
Made = list[tuple[Call, Observed]]
FIRST, SECOND = 1, 2  # seeds

# What an answer may do that does no work, as the body of every function.
IDLE: dict[str, Callable[[list[str]], str]] = {
    "an error that names every argument": lambda names: f"raise ValueError({' '.join(names)!r})",
    "its first argument": lambda names: f"return {names[0]}",
    "a copy of it": lambda names: f"return copy.deepcopy({names[0]})",
    "zeros like it": lambda names: f"return 0 * {names[0]}",
    "the number 0.0": lambda _: "return 0.0",
    "the number 0": lambda _: "return 0",
    "the tensor 0": lambda _: "return torch.zeros(())",
    "an empty list": lambda _: "return []",
    "None": lambda _: "return None",
}


def idle_answer(kata: Kata, body: Callable[[list[str]], str]) -> str:
    """Return source in which every function has the same idle body."""
    text = "import copy\nfrom typing import Any\n\nimport torch\nfrom torch import Tensor\n"
    stubs = functions_of(kata.stub)
    for name in to_write(kata):
        arguments = stubs[name].args
        does = body([a.arg for a in arguments.args])
        text += f"\n\ndef {name}({ast.unparse(arguments)}):\n    {does}\n"
    return text


@each_kata
def test_an_idle_answer_earns_nothing(kata: Kata, specs: Specs, tmp_path: Path) -> None:
    """An error, a constant or an argument handed back passes no test: not one about manners either.

    So a refusal asks first that the right input is accepted, and what a call leaves alone counts
    only beside a right result.
    """
    passed = list[str]()
    for does, body in IDLE.items():
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.py"
        path.write_text(idle_answer(kata, body), encoding="utf-8")
        answer = open_answer(path)
        for test in specs[kata.number]:
            if try_test(test, answer, kata, FIRST).error is None:
                passed.append(f"{test.name}, by {does}")
    assert passed == []


@dataclass
class Recording:
    """The door to the solution, which notes all that passes through it.

    nudge: whether every float is handed on one rounding off, as another right answer's may be
    """

    door: InProcess
    nudge: bool = False
    passed: Made = field(default_factory=list)

    def calls(
        self, name: str, each: Sequence[Given], kwargs: Named, *, count: str, away: bool
    ) -> Iterator[tuple[Call, Observed]]:
        """Make the calls, and note them."""
        for call, seen in self.door.calls(name, each, kwargs, count=count, away=away):
            if self.nudge:
                call.value = values.transform(call.value, a_rounding_off)
            self.passed.append((call, seen))
            yield call, seen


@dataclass
class Replay:
    """A door behind which nobody looks at the arguments: it tells by position what was noted."""

    noted: dict[str, Made]

    def calls(
        self, name: str, each: Sequence[Given], kwargs: Named, **_: object
    ) -> Iterator[tuple[Call, Observed]]:
        """Give the next outcome of each function, whatever it is asked."""
        for given in each:
            if not self.noted[name]:
                yield Call(name, given, kwargs, ()), Observed()
                continue
            was, seen = self.noted[name].pop(0)
            yield Call(name, given, kwargs, was.names, was.value, was.error), seen


def a_rounding_off(leaf: Any) -> Any:
    """Return the next float above each."""
    if isinstance(leaf, Tensor) and leaf.is_floating_point():
        return torch.nextafter(leaf, torch.full_like(leaf, torch.inf))
    return leaf


def recorded(kata: Kata, test: SpecTest, seed: int, *, nudge: bool = False) -> Made:
    """Return what passes between a test and the solution."""
    door = Recording(InProcess(open_ours(kata.solution)), nudge)
    try_on_door(test, door, kata, seed)
    return door.passed


@dataclass
class Recordings:
    """What passes between each test and the solution with the first seed, recorded once."""

    specs: Specs
    made: dict[str, list[tuple[SpecTest, Made]]] = field(default_factory=dict)

    def of(self, kata: Kata) -> list[tuple[SpecTest, Made]]:
        """Return each test of a kata, and the calls that it makes."""
        if kata.number not in self.made:
            tests = self.specs[kata.number]
            self.made[kata.number] = [(test, recorded(kata, test, FIRST)) for test in tests]
        return self.made[kata.number]


@pytest.fixture(scope="module")
def recordings(specs: Specs) -> Recordings:
    """What the solutions are asked, and answer."""
    return Recordings(specs)


def given_to(call: Call) -> tuple[Any, ...]:
    """Return all arguments of a call."""
    return (*call.args, *call.kwargs.values())


def in_words(value: Any) -> bool:
    """Whether a value can be guessed: words, counts, or lists of these."""
    return not any(isinstance(leaf, (float, Tensor)) for _, leaf in values.each(value))


@each_kata
def test_answering_by_position_earns_nothing(kata: Kata, recordings: Recordings) -> None:
    """Who answers each call as another seed's call in its place passes nothing that is drawn.

    Words and counts are drawn, or asked in a drawn order, in every test: there are few of them.
    """
    passed = list[str]()
    for test, one in recordings.of(kata):
        other, noted = recorded(kata, test, SECOND), defaultdict[str, Made](list)
        for call, seen in one:
            noted[call.function].append((call, seen))
        alike = values.same(*([given_to(call) for call, _ in side] for side in (one, other)))
        guessed = all(in_words(call.value) for call, _ in one)
        if (guessed or not alike) and try_on_door(test, Replay(noted), kata, SECOND).error is None:
            passed.append(test.name)
    assert passed == []


@each_kata
def test_a_constant_earns_nothing(kata: Kata, recordings: Recordings) -> None:
    """In every test some function has two answers or more, or one of more than a single number."""
    passed = list[str]()
    for test, made in recordings.of(kata):
        answers = defaultdict[str, list[Any]](list)
        for call, _ in made:
            if call.error is None:
                answers[call.function].append(call.value)
        if all(are_one_number(same) for same in answers.values()):
            passed.append(test.name)
    assert passed == []


def are_one_number(answers: list[Any]) -> bool:
    """Whether a function always gave one and the same number or word."""
    first, *more = (leaf for _, leaf in values.each(answers[0]))
    single = not more and (not isinstance(first, Tensor) or first.numel() == 1)
    return single and all(values.same(a, answers[0]) for a in answers)


@dataclass
class Sent:
    """A tensor that passed the door, in which test, in or out of which of its calls."""

    test: SpecTest
    place: int
    function: str
    numbers: Tensor


def tensors_of(value: Any) -> list[Tensor]:
    """Return each tensor in a value as a row of floats; whole numbers are labels and counts."""
    found = (t for t in values.tensors(value) if t.is_floating_point())
    return [t.detach().double().flatten() for t in found]


NEAR = 1e-4  # of the largest: a number that near would pass in float32, or as documented


def holds(given: Tensor, answers: Tensor) -> Tensor:
    """Return of each answer, [answers, n], whether its numbers stand in an argument in a row."""
    if len(given) < answers.shape[1]:
        return torch.zeros(len(answers), dtype=torch.bool)
    off = (given.unfold(0, answers.shape[1], 1) - answers[:, None]).abs().amax(2)
    return (off <= NEAR * answers.abs().amax(1, keepdim=True)).any(1)


def can_be_read(answer: Tensor) -> bool:
    """Whether an answer is worth reading off: two numbers or more, no row of one or of 0 and 1."""
    trivial = (answer == 0) | (answer.abs() == 1)
    return len(answer) > 1 and bool((answer != answer[0]).any() & ~trivial.all())


@each_kata
def test_no_argument_holds_what_another_call_is_to_return(
    kata: Kata, recordings: Recordings
) -> None:
    """All that the judge sends may be read by the answer: it tells of no other call's result.

    What a test makes of the answer's own earlier result may be sent: it is as wrong as that was.
    """
    given, answers = dict[Any, Sent](), dict[Any, Sent]()
    for test, made in recordings.of(kata):
        for i, (call, _) in enumerate(made):
            own = tensors_of(given_to(call))
            for numbers in own:
                given.setdefault(key(numbers), Sent(test, i, call.function, numbers))
            for numbers in tensors_of(call.value):
                if can_be_read(numbers) and not any(holds(g, numbers[None]) for g in own):
                    answers.setdefault(key(numbers), Sent(test, i, call.function, numbers))
    alike = defaultdict[int, list[Sent]](list)  # answers by their length
    for answer in answers.values():
        alike[len(answer.numbers)].append(answer)
    told = [
        f"{g.test.name} gives {g.function} what {a.function} returns in {a.test.name}"
        for those in alike.values()
        for g in given.values()
        for a in compress(those, holds(g.numbers, torch.stack([a.numbers for a in those])))
        if not is_made_of_results(kata, g)
    ]
    assert told == []


def key(numbers: Tensor) -> tuple[float, ...]:
    """Return what tells one row of numbers from another."""
    return tuple(numbers.tolist())


def is_made_of_results(kata: Kata, sent: Sent) -> bool:
    """Whether an argument changes as soon as the results before it are a rounding off."""
    calls = recorded(kata, sent.test, FIRST, nudge=True)
    if len(calls) <= sent.place:
        return False
    call, _ = calls[sent.place]
    return key(sent.numbers) not in map(key, tensors_of(given_to(call)))


GROWS = """

_{name} = {name}


def {name}(*args, **kwargs):
    if any(v.numel() > {most} for v in (*args, *kwargs.values()) if isinstance(v, torch.Tensor)):
        raise MemoryError
    found = _{name}(*args, **kwargs)
    return torch.stack([found, found]) if isinstance(found, torch.Tensor) else found
"""
MOST = 20_000  # elements that a function may be given which makes more of them each time


@each_kata
def test_what_grows_with_each_step_is_not_repeated(
    kata: Kata, specs: Specs, tmp_path: Path
) -> None:
    """A function of one dimension too many, called in a loop, would fill a learner's memory.

    Of what returns no tensor nobody sees after one step that it grows.
    """
    text, grew = kata.solution.read_text(encoding="utf-8"), list[str]()
    solution = open_ours(kata.solution)
    stubs = functions_of(kata.stub).items()
    returns = {name: "Tensor" in ast.unparse(stub.returns or stub) for name, stub in stubs}
    inner = {name for outer in to_write(kata) for name in solution.callees(outer)}
    for name in sorted(inner & set(to_write(kata))):
        path = tmp_path / f"{name}.py"
        path.write_text(text + GROWS.format(name=name, most=MOST), encoding="utf-8")
        answer = open_answer(path)
        for test in specs[kata.number]:
            trial = try_test(test, answer, kata, FIRST)
            if isinstance(trial.error, MemoryError) and returns[calls_of(trial)[-1].function]:
                grew.append(f"{test.name}, by {name}")
    assert grew == []
