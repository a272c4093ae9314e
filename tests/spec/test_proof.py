"""What a spec may claim of a result, and what is said where the claim does not hold."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from dojo.calling.calls import KataFunction
from dojo.calling.observing import Observed
from dojo.errors import Wrong
from dojo.spec import proof
from dojo.spec.fresh import Fresh

LIKE = torch.zeros(1, dtype=torch.float64)
SHAPES = [(2,), (3, 1)]


def right() -> list[torch.Tensor]:
    """Return tensors of the claimed shapes."""
    return [torch.ones(shape, dtype=torch.float64) for shape in SHAPES]


@pytest.mark.parametrize("kind", [list, tuple])
def test_a_list_of_tensors(kind: type[Any]) -> None:
    """A list or a tuple of tensors of the claimed shapes will do."""
    proof.tensors(kind(right()), SHAPES, LIKE)


@pytest.mark.parametrize(
    ("result", "says"),
    [
        (None, "NOTHING RETURNED"),
        (torch.ones(2), "a list of 2 tensors"),
        ([*right(), torch.ones(1)], "has 3 tensors, wanted: 2"),
        ([right()[0], 1.0], r"the slopes\[1\] is a float"),
        ([right()[1], right()[0]], r"the slopes\[0\] has shape \[3, 1\], wanted: \[2\]"),
        ([t.float() for t in right()], r"the slopes\[0\] is torch.float32"),
    ],
    ids=["none", "a tensor", "too many", "a number", "shapes", "dtype"],
)
def test_what_is_no_such_list(result: Any, says: str) -> None:
    """What differs is said, with its place in the list."""
    with pytest.raises(Wrong, match=says):
        proof.tensors(result, SHAPES, LIKE, what="the slopes")


def test_a_list_is_compared_in_kind_with_the_solutions() -> None:
    """Where a spec stumbles over a list, its kind is claimed as the solution's is."""
    proof.same_kind(right(), right())
    with pytest.raises(Wrong, match="has 1 tensors"):
        proof.same_kind(right()[:1], right())


def test_a_changed_argument_is_told_how_to_be_copied() -> None:
    """A tensor is cloned, a list is copied with list(): the message says both."""
    with pytest.raises(Wrong, match="ARGUMENT CHANGED") as said:
        proof.untouched(Observed(changed=["Ws"]))
    assert "Ws.detach().clone() of a tensor, list(Ws) of a list." in " ".join(said.value.body)


def said_of(yours: Any, wanted: Any, **naming: Any) -> list[str]:
    """Return the body of the failure, which yours must be."""
    with pytest.raises(Wrong) as failure:
        proof.entries(yours, wanted, **naming)
    return failure.value.body


def test_entries_are_compared_one_by_one() -> None:
    """The first that differs is marked, beside those before and after it, by the name it has."""
    proof.entries(["ok", "ok"], ["ok", "ok"])
    lines = ["x = 1", "f()", "f()", "g()"]
    assert said_of(["ok", "ok", "ok", "ok"], ["ok", "ok", "warns", "ok"], row="line", at=lines) == [
        "  line    wanted   yours",
        "  x = 1   ok       ok",
        "  f()     ok       ok",
        "  f()     warns    ok   ← first difference",
        "  g()     ok       ok",
    ]


def test_entries_may_be_too_few_or_too_many() -> None:
    """What is absent on one side is marked so; what is beyond the names has a number."""
    assert said_of(["ok"], ["ok", "ok"])[-1] == "  1       ok       —   ← first difference"
    assert (
        said_of(["ok", "ok"], ["ok"], at=["x"])[-1] == "  1       —        ok   ← first difference"
    )
    assert said_of({"y": 2}, {"x": 1, "y": 2})[1] == "  x       1        —   ← first difference"


def test_entries_without_room_are_written_one_above_the_other() -> None:
    """Two that do not fit beside each other stand in two lines."""
    one, other = "a" * 40, "b" * 40
    assert said_of({"x": [one]}, {"x": [other]}, row="tensor") == [
        "  tensor x",
        f"    wanted: ['{other}']",
        f"    yours:  ['{one}']",
    ]


def test_entries_of_another_kind() -> None:
    """A tuple is no list."""
    with pytest.raises(Wrong, match="the result is a tuple of 1, wanted: list"):
        proof.entries(("ok",), ["ok"])


@pytest.mark.parametrize(
    ("result", "wanted"),
    [
        (torch.ones(2), torch.ones(2).double()),
        (1.0 + 1e-9, 1),
        (([torch.ones(1)], "word"), ([torch.ones(1)], "word")),
    ],
    ids=["a tensor", "a number", "nested"],
)
def test_what_is_right_is_looked_at(result: Any, wanted: Any) -> None:
    """Numbers near what is wanted are right, whatever their dtype."""
    proof.right(result, wanted, atol=1e-6)


@pytest.mark.parametrize(
    "result",
    [None, 0.0, [], torch.zeros(2), torch.ones(1), torch.ones(2, 1), (torch.ones(2),), "word"],
    ids=str,
)
def test_what_is_not_right_comes_first(result: Any) -> None:
    """Whatever else it is, it is not right yet, and no mistake is looked for."""
    with pytest.raises(Wrong, match="NOT RIGHT YET") as said:
        proof.right(result, torch.ones(2), atol=1e-6)
    assert not said.value.by_value


def test_cases_are_asked_in_an_order_of_the_run() -> None:
    """What is asked first depends on the seed; what is claimed first does not."""
    orders = set[tuple[int, ...]]()
    for seed in range(9):
        asked, claimed = list[int](), list[int]()

        def made(each: Any, _: Any, asked: list[int] = asked) -> list[int]:
            asked.extend(given for (given,) in each)
            return [given for (given,) in each]

        def claim(result: int, wanted: int, claimed: list[int] = claimed) -> None:
            assert result == wanted
            claimed.append(wanted)

        cases = [((i,), i) for i in range(5)]
        proof.each(KataFunction(made), cases, claim, Fresh(seed, "order"))
        orders.add(tuple(asked))
        assert claimed == [0, 1, 2, 3, 4]
    assert len(orders) > 6


def test_autograd_is_asked_for() -> None:
    """Where nothing was kept for a backward pass no autograd was; what is not counted passes."""
    with pytest.raises(Wrong, match="NO AUTOGRAD"):
        proof.by_autograd(Observed(kept=0))
    proof.by_autograd(Observed(kept=1))
    proof.by_autograd(Observed())
