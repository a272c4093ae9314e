"""Every kata's picture, for the solution, the stub and a mistake: legible, and the learner's."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from matplotlib.text import Text
from torch import Tensor

from dojo.calling import values
from dojo.calling.calls import InProcess
from dojo.catalogue import Kata, open_catalogue
from dojo.command_line import callers_of
from dojo.opening.answers import Answer, made_answer, open_answer
from dojo.pictures import asking, saving
from dojo.pictures.picture import Picture
from dojo.pictures.style import DARK, PALE, drawable

from ..conftest import HOUSE
from .readme import SHOWN, with_mistake

CATALOGUE = open_catalogue(HOUSE)
KATAS = [pytest.param(kata, id=kata.number) for kata in CATALOGUE.katas.values()]
each_kata = pytest.mark.parametrize("kata", KATAS)
FIRST = CATALOGUE.katas["01"]


def drawn(kata: Kata, answer: Answer) -> Picture:
    """Draw the picture of an answer in this process."""
    return saving.drawn(kata, InProcess(answer))


def written(text: str, kata: Kata = FIRST) -> Answer:
    """Return the solution with this at its end."""
    solution = kata.solution.read_text(encoding="utf-8")
    return made_answer(f"{solution}\n{text}\n".encode(), kata.answer_in(HOUSE / "anna"))


def words(picture: Picture) -> list[tuple[str, Any]]:
    """Return every word that is seen, with its box in pixels."""
    picture.figure.draw_without_rendering()
    unseen = set[int]()
    for axes in picture.figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            ticks = (*axis.get_major_ticks(), *axis.get_minor_ticks())
            seen = (low <= t.get_loc() <= high and axes.axison for t in ticks)
            unseen |= {id(t.label1) for t, its in zip(ticks, seen, strict=True) if not its}
    texts = (t for t in picture.figure.findobj(Text) if t.get_visible() and t.get_text().strip())
    return [(t.get_text(), t.get_window_extent()) for t in texts if id(t) not in unseen]


def legible(picture: Picture) -> None:
    """Claim that no two words touch, and none leaves the picture."""
    seen = words(picture)
    for (one, box), (other, its) in itertools.combinations(seen, 2):
        apart = box.x1 <= its.x0 or its.x1 <= box.x0 or box.y1 <= its.y0 or its.y1 <= box.y0
        assert apart, f"{one!r} is over {other!r}"
    paper = picture.figure.bbox
    for word, box in seen:
        inside = paper.x0 <= box.x0 and box.x1 <= paper.x1 and paper.y0 <= box.y0 <= box.y1
        assert inside, f"{word!r} leaves the picture"
        assert box.y1 <= paper.y1, f"{word!r} leaves the picture"


def solved(kata: Kata) -> Answer:
    """Return the solution."""
    return open_answer(kata.solution)


def unwritten(kata: Kata) -> Answer:
    """Return the stub."""
    return open_answer(kata.stub)


@each_kata
def test_the_picture_of_the_solution(kata: Kata) -> None:
    """Nothing is to be said of it, no function is left out, and each axis says what it is."""
    picture = drawn(kata, open_answer(kata.solution))
    assert picture.said == []
    assert picture.absent == []
    assert picture.draws_yours or kata.number == "10"  # a graph, and lists
    assert all(a.get_xlabel() and a.get_ylabel() for a in picture.figure.axes if a.axison)


@each_kata
def test_the_picture_of_a_stub(kata: Kata) -> None:
    """What is wanted stands alone, and it is said which functions are to do."""
    picture = drawn(kata, open_answer(kata.stub))
    (said,) = picture.said
    assert re.fullmatch(r"[\w, ]+ (is|are) not written yet: .* stands alone\.", said)
    assert not picture.draws_yours or kata.number == "11"  # relu is given


@each_kata
def test_the_picture_of_a_mistake(kata: Kata) -> None:
    """No word is over another, and none leaves the picture."""
    legible(drawn(kata, with_mistake(kata)))


def lines_of(picture: Picture, panel: int) -> list[list[float]]:
    """Return the heights of what is wanted and of yours in a panel."""
    lines = picture.figure.axes[panel].get_lines()
    return [[round(v, 4) for v in line.get_ydata().tolist()] for line in lines]


def test_what_is_drawn_is_what_the_answer_returns() -> None:
    """The documented path of kata 01, and beside it that of a gradient which is never cleared."""
    forgets = "def update(x, grad, lr):\n    return x + lr * grad"
    wanted, yours = lines_of(drawn(FIRST, written(forgets)), 1)
    assert wanted[:3] == [10.0, 9.0, 8.2]
    assert yours[:3] == [10.0, 11.0, 12.2]


TROUBLES = {
    "raises": ("return [][1]", "descend: yours raised IndexError in line 32: list index out"),
    "endless": ("while True: pass", "descend: yours took longer than 0.2 s"),
    "deaf": ("while True:\n        try: x0 + 1\n        except BaseException: pass", "took longer"),
    "no tensor": ("return 'path'", "descend: yours is a str, not a tensor"),
    "no data": ("return torch.optim", "descend: yours cannot be drawn (not data"),
    "shape": ("return x0.new_ones(3, 5)", "descend: yours has shape [3, 5], not [10, 1]"),
    "flat": ("return x0.new_ones(steps + 1)", "descend: yours has shape [10], not [10, 1]"),
    "too short": ("return torch.stack([x0] * steps)", "descend: yours has 9 rows, not 10"),
    "empty": ("return x0.new_ones(0, 1)", "descend: yours has shape [0, 1], not [10, 1]"),
    "nan": ("return torch.stack([x0] + [x0 * nan] * 9)", "raised NameError"),
    "not a number": ("return torch.full((10, 1), float('nan'))", "is nan or inf from row 0 on"),
    "huge": (
        "return torch.full((10, 1), 1e300, dtype=x0.dtype)",
        "Yours leaves the picture at step 0.",
    ),
    "exit": ("raise SystemExit", "descend: yours cannot be drawn (left the test"),
    "any language": ("raise ValueError('路径 $x$ \\x1b[31m')", "raised ValueError"),
    "complex": ("return torch.ones(10, 1) * 1j", "descend: yours has complex numbers"),
}


@pytest.mark.parametrize(("body", "said"), TROUBLES.values(), ids=TROUBLES)
def test_what_cannot_be_drawn_is_said(
    body: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever an answer does, there is a picture of what is wanted, and a sentence."""
    monkeypatch.setattr(asking, "SECONDS", 0.2)
    picture = drawn(FIRST, written(f"def descend(x0, lr, steps):\n    {body}"))
    assert said in " ".join(picture.said)
    legible(picture)
    assert lines_of(picture, 1)[0][:3] == [10.0, 9.0, 8.2]


def returning(kata: Kata, change: Callable[[Any], Any]) -> Answer:
    """Return the solution with all that its functions return changed."""
    answer = open_answer(kata.solution)
    for name in callers_of(kata):
        right = getattr(answer.module, name)

        @functools.wraps(right)
        def wrong(*args: Any, right: Callable[..., Any] = right) -> Any:
            return values.transform(right(*args), change)

        setattr(answer.module, name, wrong)
    return answer


NONSENSE: dict[str, Callable[[Any], Any]] = {
    "nan": lambda v: v * float("nan") if isinstance(v, (float, Tensor)) else v,
    "half": lambda v: v[: len(v) // 2] if isinstance(v, Tensor) and v.dim() else v,
    "words": lambda _: "路 $x_{",
}


@each_kata
@pytest.mark.parametrize("change", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_leaves_what_is_wanted(kata: Kata, change: Callable[[Any], Any]) -> None:
    """Whatever all functions of an answer return, there is a picture."""
    picture = drawn(kata, returning(kata, change))
    assert picture.figure.axes
    assert picture.said or kata.number == "10"  # whose tensors are single numbers


def test_what_does_not_end_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kata 03 asks for five paths: the first that has no end is the last."""
    monkeypatch.setattr(asking, "SECONDS", 0.2)
    kata = CATALOGUE.katas["03"]
    picture = drawn(kata, written("def descend(x0, lr, steps):\n    while True: pass", kata))
    assert picture.said == ["descend: yours took longer than 0.2 s of processor time."]
    assert lines_of(picture, 0)[0][:2] == [2.0, 0.4]


def test_wanted_and_yours_differ_in_grey() -> None:
    """The one is light, the other dark, whatever eyes or printer see of the colours."""
    from matplotlib.colors import to_rgb

    light, dark = (
        sum(to_rgb(c)[i] * w for i, w in enumerate((0.3, 0.59, 0.11))) for c in (PALE, DARK)
    )
    assert light - dark > 0.4


def test_readme_shows_pictures_that_are_there() -> None:
    """Each is made of a mistake that is known, and small; README names the command."""
    text = (HOUSE / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[[^\]]+\]\((docs/[^)]+\.png)\)", text)
    assert shown == [f"docs/{n}-{m.replace('_', '-')}.png" for n, m in SHOWN.items()]
    assert all((HOUSE / file).stat().st_size < 60_000 for file in shown)
    assert "python -m tests.pictures.readme" in text


def test_letters_that_the_font_lacks() -> None:
    """They are marked; no word of an error can warn, or break a line."""
    assert drawable("σ(x) − 1 路\x1b") == "σ(x) − 1 ??"
