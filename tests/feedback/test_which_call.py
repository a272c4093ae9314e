"""Which of several calls a failure is about."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from dojo.calling.calls import Call
from dojo.errors import Wrong
from dojo.feedback.which_call import call_meant
from dojo.spec import proof


def made(step: int, value: list[float]) -> Call:
    """Return a call jump(step) and what came of it."""
    return Call("jump", (step,), {}, ("step",), torch.tensor(value))


CALLS = [made(6, [1.0, 2.0]), made(1, [3.0, 4.0]), made(0, [5.0, 6.0])]


def failure(yours: Tensor, wanted: Tensor) -> Wrong:
    """Return the error of a comparison."""
    with pytest.raises(Wrong) as caught:
        proof.close(yours, wanted, atol=1e-9)
    return caught.value


def stacked() -> Tensor:
    """Return what all calls returned, as a spec compares it at once."""
    return torch.stack([c.value for c in CALLS])


@pytest.mark.parametrize("row", range(3))
def test_of_results_compared_together_it_is_the_first_that_differs(row: int) -> None:
    """The table marks that row, and the call above it is the one that returned it."""
    wanted = stacked()
    wanted[row:] += 1
    assert call_meant(CALLS, failure(stacked(), wanted), lambda _: False) is CALLS[row]


def test_of_numbers_it_is_the_call_that_returned_it() -> None:
    """However near to the wanted one it is: nearer than another wrong one that came before."""
    calls = [Call("root", (c,), {}, ("c",), value) for c, value in ((1.0, 4.0), (50.0, 37.5))]
    error = failure(torch.tensor(37.5, dtype=torch.float64), torch.tensor(37.6))
    assert call_meant(calls, error, lambda call: call is calls[1]) is calls[1]


@pytest.mark.parametrize("i", range(3))
def test_of_one_result_it_is_the_call_that_returned_it(i: int) -> None:
    """Whatever was called after it."""
    yours = CALLS[i].value
    assert call_meant(CALLS, failure(yours, yours + 1), lambda _: False) is CALLS[i]
