"""Every sum of `solutions/NN/by_hand.py` is right, wherever in a result it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from torch import Tensor

from dojo.calling.calls import Call
from dojo.catalogue import Kata
from dojo.feedback.by_hand import Entry, Place, at_place, num, read_sums
from dojo.feedback.examples import SpecCalls
from dojo.feedback.failure import lines_of_sum

from .sums import comes_to, equations, half_a_unit, largest
from .trying import KATAS, to_write

LINES = 4  # of the screen, that a sum may take
PLACES = 7  # of a result, that are worked out
MOST_SHOWN = 0.75  # of all that is asked: where a result is large, a sum may have no room
ROUNDED = 5e-4  # of the largest number of a sum: what five digits leave of it


def places(result: Any, at: Place = ()) -> Iterator[Place]:
    """Yield where the numbers and words of a result stand: of a tensor only some of them."""
    if isinstance(result, Tensor):
        for n in spread(result.numel()):
            yield (*at, *(int(i) for i in np.unravel_index(n, result.shape)))
    elif isinstance(result, (tuple, list)):
        for i in spread(len(result)):
            yield from places(result[i], (*at, i))
    elif isinstance(result, dict):
        for key, item in result.items():
            yield from places(item, (*at, key))
    else:
        yield at


def spread(count: int) -> list[int]:
    """Return the first three of so many, the last, and some between them."""
    step = max(1, count // (PLACES - 3))
    return sorted({*range(min(3, count)), *range(0, count, step), *range(max(0, count - 1), count)})


def entries(calls: list[Call]) -> Iterator[tuple[Call, Entry]]:
    """Yield numbers of each result."""
    for call in calls:
        for at in places(call.value):
            number = at_place(call.value, at)
            if isinstance(number, str) or abs(float(number)) < 1e30:  # no nan either
                yield call, Entry(at, call.value)


@pytest.mark.parametrize("kata", KATAS)
def test_each_sum_is_right(kata: Kata, asked: dict[str, SpecCalls]) -> None:
    """For all that a spec asks: both sides of every = agree, and the last is the number wanted."""
    sums = read_sums(kata.solution.with_name("by_hand.py"))
    assert set(to_write(kata)) <= set(sums)
    for function, its in sums.items():
        calls = [c for c in asked[kata.number].of(function) if c.error is None]
        worked = [(e, its.lines(e, c)) for c, e in entries(calls)]
        for entry, lines in worked:
            assert_right(entry, lines, f"{function}, {its.where(entry)}: {lines}")
        shown = sum(bool(lines) for _, lines in worked)
        assert shown >= MOST_SHOWN * len(worked) > 0, f"{function}: {shown} of {len(worked)}"


def assert_right(entry: Entry, lines: list[str], told: str) -> None:
    """Claim that sums add up, end with the number wanted, and fit on the screen."""
    if not lines:
        return
    end = lines[-1].split("=")[-1]
    assert any(num(entry.value, digits) in end for digits in range(5, 13)), told
    assert sum(len(lines_of_sum(f"    {line}")) for line in lines) <= LINES, told
    for left, right in equations("\n".join(lines)):
        slack = ROUNDED * max(largest(left), largest(right)) + half_a_unit(right)
        assert comes_to(left) == pytest.approx(comes_to(right), rel=0, abs=slack), told
