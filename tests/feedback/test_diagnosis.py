"""What a diagnosis may do, and what it may not: it explains, and ends."""

from __future__ import annotations

import itertools
from contextlib import AbstractContextManager
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from dojo.calling.calls import Call
from dojo.calling.time_limit import limited
from dojo.catalogue import Catalogue
from dojo.feedback import diagnosis, examples
from dojo.feedback.comparing import replays
from dojo.feedback.diagnosis import Diagnosis, agrees, diagnose
from dojo.feedback.examples import Example, Examples, SpecCalls
from dojo.feedback.mistakes import StandIn
from dojo.feedback.wording import came_of, told_of
from dojo.opening.answers import made_answer
from dojo.spec.trial import SpecTest

from ..doors import Desk, desk, edited_house

__all__ = ["desk", "edited_house"]  # fixtures
ENDLESS = """
met = []


def gradient(x):
    met.append(1)
    while len(met) > 2:
        pass
    return 2 * x
"""


def test_a_loop_that_ends_in_no_test_ends_in_a_diagnosis(
    desk: Desk, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that is made to explain a failure is cut off; the failure is shown all the same."""

    def soon(_: float) -> AbstractContextManager[None, None]:
        return limited(0.3)  # a learner's is 1.5 s

    monkeypatch.setattr(diagnosis, "limited", soon)
    desk.write(catalogue.katas["01"].solution.read_text(encoding="utf-8") + ENDLESS)
    run = desk.run("-k", "slope_of_f and float64")
    assert "VALUES DIFFER" in run.screen


def test_what_was_blamed_stays_blamed_when_time_is_up(catalogue: Catalogue) -> None:
    """A caller of what is wrong in itself is not said to be wrong because others took the time."""
    kata = catalogue.katas["01"]
    wrong = kata.solution.read_bytes() + b"\ndef gradient(x):\n    return 2.2 * (x - 5)\n"
    answer = made_answer(wrong, Path("anna/01/manual_update.py"))
    given = Call("descend", (torch.tensor([10.0]), 0.1, 3), {}, ("x0", "lr", "steps"))
    calls, asked = replays(answer, [given]), Examples(answer, SpecCalls(kata, ()))

    def blamed(seconds: float, by: Examples) -> str:
        return diagnose(catalogue, kata, answer, calls, seconds, by).function

    assert not blamed(0.0, asked)
    assert blamed(20.0, asked) == blamed(0.0, asked) == "gradient"
    assert not blamed(0.0, Examples(answer, SpecCalls(kata, ())))


@pytest.mark.parametrize(("again", "share"), [(0.001, 1.0), (0.05, 0.0)], ids=["once", "always"])
def test_what_took_long_once_is_asked_of_an_answer(
    catalogue: Catalogue,
    specs: dict[str, list[SpecTest]],
    monkeypatch: pytest.MonkeyPatch,
    again: float,
    share: float,
) -> None:
    """A call that is slow at first is among the examples, and one that always is, is not."""
    all_calls = SpecCalls(catalogue.katas["01"], specs["01"]).of("gradient")
    steps = itertools.cycle([0.0, 0.05, 0.0, again])  # begun, ended; begun and ended once more
    clock = itertools.accumulate(steps)
    monkeypatch.setattr(examples, "time", SimpleNamespace(process_time=lambda: next(clock)))
    torch.set_num_threads(2)
    found = SpecCalls(catalogue.katas["01"], specs["01"]).of("gradient")
    assert torch.get_num_threads() == 2
    torch.set_num_threads(1)
    assert len(found) == share * len(all_calls)


def test_a_mistake_is_compared_with_an_example_once() -> None:
    """An answer that fails ten tests is explained ten times by the same examples."""
    asked = list[float]()

    def halved(x: float) -> float:
        asked.append(x)
        return x / 2

    def example(value: float) -> Example:
        yours, wanted = (Call("f", (3.0,), {}, ("x",), v) for v in (value, 3.0))
        return Example(yours, wanted)

    like, unlike = example(1.5), example(2.5)
    mistake = StandIn("halved", "f", halved, "mistake")
    assert [agrees(mistake, like) for _ in range(3)] == [True] * 3
    assert len(asked) == 1
    assert not agrees(mistake, unlike)
    assert not agrees(mistake, unlike)
    other = StandIn("without_sign", "f", abs, "mistake")
    assert not agrees(other, like)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (Call("f", (), {}, (), 1.0), "These are exactly the numbers of x + lr"),
        (Call("f", (), {}, (), "cycling"), "This is exactly the answer of x + lr"),
        (Call("f", (), {}, (), None, ValueError()), "This error is exactly what comes of x + lr"),
    ],
)
def test_a_mistake_is_named_by_what_came_of_it(call: Call, said: str) -> None:
    """Numbers, a word or an error."""

    def walk() -> None:
        pass

    walk.__doc__ = "x + lr"
    found = Diagnosis("f", [StandIn("walk", "f", walk, "mistake")])
    assert told_of(found, "", came=came_of([call])) == [f"{said}."]
