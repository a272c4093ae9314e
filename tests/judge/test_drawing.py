"""The picture of an answer that fails: of what the sandbox returned, whatever that is."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from PIL import Image

from dojo.catalogue import Catalogue, Kata
from dojo.judge import drawing
from dojo.judge.door import SandboxDoor
from dojo.judge.drawing import with_plot
from dojo.judge.result import Plot, Result, TestResult
from dojo.judge.verdict import Verdict
from dojo.pictures.saving import drawn

from ..conftest import HOUSE
from .conftest import LONG, SOLUTION, Doors

WRONG = TestResult("test_a", Verdict.FAIL, "TRACE DIFFERS", ["x"], 1.0, observed=False)
FAILED = Result("ann", "01", 5, (WRONG,), Verdict.FAIL, 1.0, "hash", ("outer", "inner"))
UPHILL = b"\ndef update(x, grad, lr):\n    return x + lr * grad\n"
NUMBERS = [f"0{n}" for n in range(1, 10)] + [f"{n}" for n in range(10, 18)]


@pytest.fixture
def kata(catalogue: Catalogue) -> Kata:
    """Kata 01."""
    return catalogue.katas["01"]


def door_to(doors: Doors, source: bytes, seconds: float = LONG) -> Callable[..., SandboxDoor]:
    """Return what opens a door, with limits of its own."""

    def door(**_: float) -> SandboxDoor:
        return doors(source, seconds=seconds)

    return door


def plotted(doors: Doors, kata: Kata, source: bytes, judged: Result = FAILED) -> Result:
    """Draw what was judged of a source."""
    return with_plot(judged, kata, door_to(doors, source))


def is_picture(plot: Plot | None) -> bool:
    """Whether it is a picture that can be opened, and is small."""
    if plot is None or not plot.png:
        return False
    png = base64.b64decode(plot.png, validate=True)
    with Image.open(io.BytesIO(png)) as image:
        image.load()
        return image.format == "PNG" and image.width > 900 and len(png) < 60_000


def test_a_wrong_answer_has_a_picture(doors: Doors, kata: Kata) -> None:
    """It says in words what it shows, its record keeps it, and it is not drawn again."""
    judged = plotted(doors, kata, SOLUTION + UPHILL)
    assert is_picture(judged.plot)
    assert judged.plot is not None
    assert judged.plot.words.startswith("manual update: f(x) = x² − 10x + 1 from x = 10")
    assert judged.plot.words.endswith("Yours leaves the picture at step 5.")
    assert Result.from_json(judged.to_json()) == judged
    assert plotted(doors, kata, SOLUTION, judged) is judged
    assert plotted(doors, kata, SOLUTION + UPHILL).plot == judged.plot


@pytest.mark.parametrize("verdict", ["PASS", "TODO", "NOT-SUBMITTED", "GRADER-ERROR"])
def test_what_is_not_wrong_has_none(kata: Kata, verdict: str) -> None:
    """Nothing is opened for it."""
    test = TestResult("test_a", Verdict(verdict), "", [], 1.0, observed=False)
    judged = Result("ann", "01", 5, (test,), test.verdict, 1.0, "hash", ())

    def door(**_: float) -> SandboxDoor:
        pytest.fail("a door was opened")

    assert with_plot(judged, kata, door) is judged


NOTHING_TO_SEE = {
    "right in all that is drawn": b"",
    "no function of its own": b"\ndef gradient(x): raise NotImplementedError\ndescend = gradient\n",
    "not imported": b"\nraise KeyError(3)\n",
    "not Python": b"\ndef (\n",
    "gone at once": b"\nimport os\nos._exit(0)\n",
}


@pytest.mark.parametrize("more", NOTHING_TO_SEE.values(), ids=NOTHING_TO_SEE)
def test_a_picture_that_shows_nothing_wrong_is_left_out(
    doors: Doors, kata: Kata, more: bytes
) -> None:
    """Nor is it drawn at the next run."""
    judged = plotted(doors, kata, SOLUTION + more)
    assert judged.plot == Plot()
    assert Result.from_json(judged.to_json()) == judged


HOSTILE = {  # what descend returns, and what is said of it
    "nan": ("torch.full((steps + 1, 1), float('nan'))", "is nan or inf from row 0 on"),
    "infinite": (
        "torch.tensor([[float('inf'), -float('inf')][i % 2] for i in range(steps + 1)])",
        "has shape [10], not [10, 1]",
    ),
    "large": ("torch.full((steps + 1, 1), 1.7e308, dtype=x0.dtype) * x0", "is nan or inf"),
    "as large as can be": ("torch.full((steps + 1, 1), 1.7e308, dtype=x0.dtype)", "leaves the"),
    "more than there is room for": (
        "torch.zeros(1 << 20)",
        "cannot be drawn (too large; its",
    ),
    "raises": ("[][1]", "raised IndexError in line 32: list index out of range"),
    "ends": ("__import__('os')._exit(0)", "cannot be drawn (crash; its test says more)"),
    "prints": ("print('\\x1b[31m' * 1000)", "is a NoneType, not a tensor"),
}


@pytest.mark.parametrize(("value", "said"), HOSTILE.values(), ids=HOSTILE)
def test_whatever_comes_back_there_is_a_picture(
    doors: Doors, kata: Kata, value: str, said: str
) -> None:
    """The other functions are in it, and what cannot be drawn is said."""
    more = f"def descend(x0, lr, steps):\n    return {value}\ndef gradient(x):\n    return 3 * x\n"
    judged = plotted(doors, kata, SOLUTION + b"\n" + more.encode())
    assert is_picture(judged.plot)
    assert judged.plot is not None
    assert said in judged.plot.words
    assert judged.plot.words.isprintable()


def test_what_does_not_end_is_not_waited_for(doors: Doors, kata: Kata) -> None:
    """The time of a picture is short, and what else can be drawn is."""
    more = b"\ndef descend(x0, lr, steps):\n    while True: pass\ndef gradient(x): return x\n"
    judged = with_plot(FAILED, kata, door_to(doors, SOLUTION + more, seconds=0.3))
    assert is_picture(judged.plot)
    assert judged.plot is not None
    assert "descend: yours took longer than" in judged.plot.words


def test_trouble_costs_the_picture_only(
    doors: Doors, kata: Kata, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault in the drawing itself is no fault of the answer's, nor is its slowness."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    def slow(*_: object) -> None:
        while True:
            pass

    for instead in (broken, slow):
        monkeypatch.setattr("dojo.pictures.saving.drawn", instead)
        monkeypatch.setattr(drawing, "DRAWING", 0.2)
        judged = plotted(doors, kata, SOLUTION + UPHILL)
        assert judged == replace(FAILED, plot=Plot())


@pytest.mark.parametrize("number", NUMBERS)
def test_right_answers_have_room(doors: Doors, catalogue: Catalogue, number: str) -> None:
    """Through the narrow door to a sandbox the solution is what is wanted, in every picture."""
    kata = catalogue.katas[number]
    source = kata.answer_in(HOUSE / "solutions").read_bytes()
    picture = drawn(kata, drawing._BriefDoor(doors(source)))
    assert picture.said == []
    assert not picture.shows_a_fault
