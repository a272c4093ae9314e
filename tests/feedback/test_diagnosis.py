"""What a diagnosis may do, and what it may not: it explains, and ends."""

from __future__ import annotations

from dojo.calling.calls import Call
from dojo.catalogue import Catalogue
from dojo.feedback.diagnosis import agrees
from dojo.feedback.examples import Example
from dojo.feedback.mistakes import StandIn

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


def test_a_loop_that_ends_in_no_test_ends_in_a_diagnosis(desk: Desk, catalogue: Catalogue) -> None:
    """A call that is made to explain a failure is cut off; the failure is shown all the same."""
    desk.write(catalogue.katas["01"].solution.read_text(encoding="utf-8") + ENDLESS)
    run = desk.run("-k", "slope_of_f and float64")
    assert "VALUES DIFFER" in run.screen


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
