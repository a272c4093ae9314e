"""The sum by hand that a learner reads where no known mistake explains a failure."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from dojo.calling.calls import Call
from dojo.feedback.by_hand import Entry, Sum, first_difference, worked_out
from dojo.feedback.outcome import Feedback
from dojo.feedback.screen import most_telling

from ..doors import Desk, desk, edited_house

__all__ = ["desk", "edited_house"]  # fixtures
SOLUTION = Path(__file__).parents[2] / "solutions/01/manual_update.py"
NAMELESS = """
def update(x, grad, lr):
    return 1.07 * x - lr * grad**2
"""
NAMED = """
def update(x, grad, lr):
    return x + lr * grad
"""
STRETCHED = """
def descend(x0, lr, steps):
    path = [x0]
    for _ in range(steps):
        path.append(1.01 * update(path[-1], gradient(path[-1]), lr))
    return torch.stack(path)
"""


def test_a_failure_without_a_name_is_worked_out(desk: Desk) -> None:
    """Below the table stands the first wrong number as a sum, on the smallest screen too."""
    desk.write(SOLUTION.read_text(encoding="utf-8") + NAMELESS)
    run = desk.run("-k", "test_update")
    assert "By hand" in run.screen
    first = next(o for o in run.outcomes if o["worked"])
    assert not first["named"]
    assert "=" in first["worked"][-1]


def summed(entry: Entry) -> str:
    """Work out a 2."""
    return f"1 + 1 = {entry}"


def wordless(_entry: Entry) -> list[str]:
    """Work out nothing."""
    return []


@pytest.mark.parametrize(
    ("mistake", "function"), [(STRETCHED, "descend"), (NAMELESS, "update")], ids=["last", "inner"]
)
def test_numbers_are_shown_before_it_is_said_that_they_are_wrong(
    desk: Desk, mistake: str, function: str
) -> None:
    """Of all that fails the learner reads what has a sum, of the function that is to be mended."""
    desk.write(SOLUTION.read_text(encoding="utf-8") + mistake)
    run = desk.run("-k", "against_the_gradient or follows or arguments")
    assert "NOT RIGHT YET" not in run.screen.split("Wrong too")[0]
    assert "first difference" in run.screen
    assert "By hand" in run.screen
    assert f"  {function}(" in run.screen


def test_a_failure_with_a_name_needs_no_sum(desk: Desk) -> None:
    """What explains the numbers is enough."""
    desk.write(SOLUTION.read_text(encoding="utf-8") + NAMED)
    run = desk.run("-k", "test_update")
    assert run.named
    assert "By hand" not in run.screen


def test_a_sum_tells_more_than_what_is_wrong_beside_a_result() -> None:
    """Of failures without a name the one that works a number out is shown."""
    by_value, beside = (Feedback("01", "", test, "wrong", function="f") for test in "ab")
    by_value.is_by_value = True
    assert most_telling([by_value, beside]) is beside
    by_value.worked = ["By hand:", "    1 + 1 = 2"]
    assert most_telling([by_value, beside]) is by_value


@pytest.mark.parametrize(
    ("yours", "wanted", "place"),
    [
        (torch.tensor([1.0, 2.0]), torch.tensor([1.0, 3.0]), (1,)),
        (torch.tensor([[1.0], [2.0]]), torch.tensor([[1.0], [torch.nan]]), (1, 0)),
        (torch.tensor([1.0, 2.0 + 1e-6]), torch.tensor([1.0, 2.0]), (1,)),  # the farthest
        (torch.tensor([0.1]), torch.tensor([0.1], dtype=torch.float64), None),  # its dtype alone
        (torch.tensor(1.0), torch.tensor(2.0), ()),
        ((torch.zeros(2), torch.ones(2)), (torch.zeros(2), torch.zeros(2)), (1, 0)),
        ([3, 5], [3, 4, 5], (1,)),
        ([3], [3, 4], (1,)),
        ({"a": 1.0, "b": 2.0}, {"a": 1.0, "b": 2.5}, ("b",)),
        ("monotone", "cycling", ()),
        (1.0, 1.5, ()),
        (torch.zeros(2), torch.zeros(2), None),
        ([torch.zeros(2)], [torch.zeros(2)] * 2, None),  # a tensor that is missing has no number
        (torch.zeros(3), torch.zeros(2), (1,)),  # a path that goes on: where the right one ends
        (torch.zeros(1, 2), torch.zeros(3, 2), (1, 0)),  # one that ends early: what comes then
        (torch.zeros(2, 3), torch.zeros(2, 2), None),  # which is its, and which is another's?
        ("cycling", "cycling", None),
    ],
)
def test_the_first_difference(yours: object, wanted: object, place: tuple[int, ...]) -> None:
    """It is a path from the whole result to one number or word."""
    assert first_difference(yours, wanted) == place


def test_the_difference_that_the_table_marks() -> None:
    """Where the table is about a part of the result, so is the sum."""
    yours, wanted = (Call("f", (), {}, (), torch.tensor(v)) for v in ([1.0, 2.0], [3.0, 4.0]))
    sums = {"f": Sum(summed, "row", ())}
    for marked, said in ((2.0, "By hand, entry 1:"), (9.0, "By hand, entry 0:"), (None, "0:")):
        at = None if marked is None else torch.tensor([marked], dtype=torch.float64)
        assert worked_out(sums, yours, wanted, at)[0].endswith(said)


@pytest.mark.parametrize(
    ("result", "at", "said"),
    [
        (torch.zeros(3), (2,), "step 2"),
        (torch.zeros(3, 1), (2, 0), "step 2"),
        (torch.zeros(3, 4), (2, 1), "step 2, entry 1"),
        (torch.zeros(()), (), ""),
    ],
)
def test_where_a_number_stands(result: object, at: tuple[int, ...], said: str) -> None:
    """It is said in the words of the table."""
    assert Sum(summed, "step", ()).where(Entry(at, result)) == said


def test_an_output_has_its_name() -> None:
    """Of several results it is said which."""
    entry = Entry((1, 0, 2), (torch.zeros(2, 3), torch.zeros(2, 3)))
    assert Sum(summed, "row", ("w", "v")).where(entry) == "v, row 0, entry 2"


def test_the_tensors_of_a_list_are_counted_as_layers_are() -> None:
    """Layer 1 comes first, and its tensor is counted from row 0, as in the table above."""
    layers = [torch.zeros(2, 2), torch.zeros(2, 3)]
    entry = Entry((1, 0, 2), layers)
    assert Sum(summed, "layer", ()).where(entry) == "layer 2, row 0, entry 2"
    both = Entry((0, 1, 0, 2), (layers, layers))
    assert Sum(summed, "row", ("W", "b")).where(both) == "W 2, row 0, entry 2"


def test_where_nothing_can_be_said_nothing_is() -> None:
    """A sum without a line has no heading either; nor has a function without a sum."""
    yours, wanted = (Call("f", (), {}, (), value) for value in (1.0, 2.0))
    assert worked_out({"f": Sum(wordless, "row", ())}, yours, wanted) == []
    assert worked_out({}, yours, wanted) == []
    told = worked_out({"f": Sum(summed, "row", ())}, yours, wanted)
    assert told == ["By hand:", "    1 + 1 = 2"]
