"""The katas' own code: every solution's `descend`, kata 07's rungs, a learner's as "yours"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dojo.catalogue import open_catalogue
from dojo.opening.answers import open_answer

from ..cases import Case
from ..rows import ITERATED, JUMP, MATRIX, PRODUCT, WHOLE, Row, Run, plain

CATALOGUE = open_catalogue(Path(__file__).parents[3])
Make = Callable[[Any, Any, Case, int], Run]  # from the function, its module, a case, the steps


def called(function: Any, *args: Any, **more: Any) -> Run:
    """Run the function of an answer."""
    return Run(lambda: function(*args, **more))


def from_start(function: Any, _: Any, case: Case, steps: int) -> Run:
    """Run kata 01's descent."""
    return called(function, case.given["w0"], case.lr, steps)


def around_zero(function: Any, _: Any, case: Case, steps: int) -> Run:
    """Run kata 03's descent on 4x²: the same distances as on x² − 10x + 1 with a quarter of lr."""
    run = called(function, case.given["w0"] - 5, case.lr / 4, steps)
    return Run(run.call, lambda trace: plain(trace) + 5)


def rolling(function: Any, _: Any, case: Case, steps: int) -> Run:
    """Run kata 04's descent."""
    return called(function, case.given["w0"], case.lr, case.momentum, steps)


def fitting(function: Any, _: Any, case: Case, steps: int) -> Run:
    """Run a descent on X and y from w = 0, with momentum where the case has some."""
    rest = (case.momentum, steps) if case.momentum else (steps,)
    run = called(function, *case.samples(), case.lr, *rest)
    return Run(run.call, lambda trace: case.back(plain(trace)))


def product(function: Any, module: Any, case: Case, steps: int) -> Run:
    """Run kata 05's product, softmax included."""
    a, v = case.given["a"], case.given["v"]
    return block(lambda: function(module.softmax(a), v), steps)


def matrix(function: Any, module: Any, case: Case, steps: int) -> Run:
    """Run kata 05's Jacobian, softmax and the product with v included."""
    a, v = case.given["a"], case.given["v"]
    return block(lambda: v @ function(module.softmax(a)), steps)


def matrix_by_autograd(function: Any, _: Any, case: Case, steps: int) -> Run:
    """Run kata 05's Jacobian by autograd, the product with v included."""
    a, v = case.given["a"], case.given["v"]
    return block(lambda: v @ function(a), steps)


def block(one: Callable[[], Any], steps: int) -> Run:
    """Repeat one evaluation."""

    def call() -> Any:
        result = None
        for _ in range(steps):
            result = one()
        return result

    return Run(call)


@dataclass(frozen=True)
class Function:
    """A function of a kata that has a row: where it stands, and how it is called."""

    number: str
    name: str
    kind: str
    problems: tuple[str, ...]
    make: Make
    reads: str = "data"
    most_steps: int = 30_000
    most_weights: int = 10_000_000
    error: float = 2e-5

    def row(
        self, name: str, side: str, function: Any, module: Any = None, *, brief: bool = True
    ) -> Row:
        """Return the row of a function that is called as this one is."""
        return Row(
            name=name,
            kind=self.kind,
            problems=self.problems,
            make=lambda case, steps: self.make(function, module, case, steps),
            side=side,
            reads=self.reads,
            most_steps=self.most_steps,
            most_weights=self.most_weights,
            error=self.error,
            brief=brief,
        )

    def answered(self, answers: Path, side: str) -> Row | None:
        """Return its row in a folder of answers, None where they have no such function."""
        kata = CATALOGUE.katas.get(self.number)
        path = kata.answer_in(answers) if kata else None
        if path is None or not path.is_file():
            return None
        answer = open_answer(path)
        function = answer.function(self.name)
        name = f"{side}: {self.number} {self.name}"
        if function is None:
            return None
        return self.row(name, side, function, answer.module, brief=side == "yours")


FITS = ("parabola", "regression")
SWINGS = ("heavy ball", "momentum")
FUNCTIONS = [
    Function("01", "descend", ITERATED, ("parabola",), from_start, most_steps=1_000),
    Function("03", "descend", ITERATED, ("parabola",), around_zero),
    Function("04", "descend", ITERATED, ("momentum",), rolling),
    Function("06", "descend", ITERATED, ("regression",), fitting),
    Function("07", "without_graph", ITERATED, FITS, fitting),
    # its addmm adds 100,000 products one after another: measured 1e-4 there
    Function("07", "in_place", ITERATED, FITS, fitting, error=2e-4),
    Function("07", "by_gram", ITERATED, FITS, fitting, reads="Gram", most_steps=1_000_000),
    Function("07", "whole_trace", WHOLE, FITS, fitting, reads="nothing", most_steps=1_000_000),
    Function("07", "jump", JUMP, FITS, fitting, reads="nothing", most_steps=1_000_000),
    Function("07", "momentum_trace", WHOLE, SWINGS, fitting, reads="nothing", most_weights=32),
    Function("05", "vjp", PRODUCT, ("softmax",), product),
    Function("05", "jacobian", MATRIX, ("softmax",), matrix),
    Function("05", "jacobian_by_autograd", MATRIX, ("softmax",), matrix_by_autograd),
]


def rows_of(answers: Path, side: str) -> list[Row]:
    """Return the rows of a folder of answers."""
    rows = (function.answered(answers, side) for function in FUNCTIONS)
    return [row for row in rows if row is not None]
