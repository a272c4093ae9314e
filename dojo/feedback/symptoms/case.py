"""What every symptom is looked for in: all calls of one function, yours beside what is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from dojo.calling import values
from dojo.calling.calls import Call
from dojo.feedback.comparing import alike, kind, replays
from dojo.feedback.examples import Example
from dojo.feedback.memo import Memo
from dojo.feedback.mistakes import StandIn
from dojo.opening.answers import Answer, absent

FAR = 1000.0  # tolerances that something must differ by, to be said to differ


@dataclass(frozen=True)
class Case:
    """One function that is wrong, with all calls of it that are known: the failed test's first.

    signatures: the functions of the solution, each with the names of its parameters
    known:      all mistakes of the kata
    is_late:    whether the time for explaining is over
    memo:       what ours makes of calls
    """

    function: str
    examples: Sequence[Example]
    answer: Answer
    solution: Answer
    signatures: dict[str, list[str]]
    known: Sequence[StandIn]
    is_late: Callable[[], bool]
    memo: Memo = field(default_factory=Memo)

    @cached_property
    def valued(self) -> list[Example]:
        """The calls where a value is wanted."""
        return [e for e in self.examples if e.wanted.error is None]

    @cached_property
    def wrong(self) -> list[Example]:
        """The calls where a value is wanted and yours is not it."""
        return [e for e in self.valued if not e.is_right]

    @cached_property
    def comparable(self) -> list[Example]:
        """The wrong calls whose value is of the wanted kind, so that numbers can be compared."""
        return [e for e in self.wrong if kind(e.yours) == kind(e.wanted)]

    @property
    def is_slight(self) -> bool:
        """Whether all that is wrong differs by less than a symptom allows for roundings."""
        return self.is_numeric and all(map(_is_near, self.wrong))

    @property
    def is_numeric(self) -> bool:
        """Whether all wrong calls differ in their numbers alone, and there are enough of them."""
        return len(self.wrong) > 1 and len(self.comparable) == len(self.wrong)

    @property
    def calls(self) -> str:
        """How many calls a claim was looked at in, in words."""
        return f"in all {len(self.valued)} calls tried"

    def right(self, name: str) -> Callable[..., Any]:
        """Return a function of the solution."""
        return self.solution.isolated(name) or absent

    def mine(self, calls: Sequence[Call]) -> list[Call]:
        """Make calls of the answer's function."""
        return replays(self.answer, calls)

    def wanted(self, call: Call) -> Call:
        """Make a call of the solution's function."""
        return self.memo.replay("", self.right(call.function), call)

    def all_wrong(self, claim: Callable[[Example], bool]) -> bool:
        """Whether a claim holds in every wrong call."""
        return bool(self.wrong) and all(claim(e) for e in self.wrong)


def numbers(call: Call) -> list[Tensor]:
    """Return the numbers of a result: its floating point tensors, and its floats as tensors."""
    leaves = (leaf for _, leaf in values.each(call.value))
    return [t for t in map(as_tensor, leaves) if t is not None]


def as_tensor(leaf: Any) -> Tensor | None:
    """Return a floating point tensor, or a number as one; None for anything else."""
    if isinstance(leaf, Tensor):
        return leaf if leaf.is_floating_point() else None
    return torch.tensor(leaf, dtype=torch.float64) if type(leaf) in (int, float) else None


def pairs(example: Example) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield yours and the wanted of each part of a result."""
    yield from zip(numbers(example.yours), numbers(example.wanted), strict=False)


def only_pair(example: Example) -> tuple[Tensor, Tensor] | None:
    """Return yours and the wanted of a result that is one tensor or number."""
    if isinstance(example.yours.value, (tuple, list, dict)):
        return None
    return next(pairs(example), None)


def _is_near(example: Example) -> bool:
    both, parts = list(pairs(example)), list(values.each(example.wanted.value))
    return len(both) == len(parts) and all(near(y, w) for y, w in both)


def near(x: Tensor, y: Tensor) -> bool:
    """Whether two tensors are alike, up to what another way of computing them would change."""
    return alike(x, y, 20.0)


def is_something(t: Tensor) -> bool:
    """Whether there is a number other than 0 in it, and none that is infinite or nan."""
    return bool(t.numel() and t.isfinite().all() and t.abs().max() > 0)
