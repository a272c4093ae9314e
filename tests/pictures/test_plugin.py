"""`pytest katas/NN --plot` as people type it: word order, formats, other options, what is said."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from dojo.catalogue import open_catalogue
from dojo.pictures.plugin import without_animation
from dojo.pictures.style import SETTINGS

from ..conftest import HOUSE, Practise
from ..doors import Desk, desk, edited_house

__all__ = ["desk", "edited_house"]  # fixtures
PNG, GIF = b"\x89PNG", b"GIF89a"
USAGE = 4
WRONG = """
import torch


def gradient(x):
    return 2 * x - 10


def update(x, grad, lr):
    return x + lr * grad


def descend(x0, lr, steps):
    path = [x0]
    for _ in range(steps):
        path.append(update(path[-1], gradient(path[-1]), lr))
    return torch.stack(path)
"""


@pytest.fixture
def plots(edited_house: Path) -> Path:
    """The folder of pictures beside `katas/`."""
    return edited_house / "plots"


def test_a_picture_beside_the_failure(desk: Desk, plots: Path) -> None:
    """The verdict is as without it, the screen still fits, and our last line is the path."""
    desk.write(WRONG)
    plain, run = desk.run(), desk.run("--plot")
    assert run.exit_code == plain.exit_code == 1
    assert run.tests("wrong") == plain.tests("wrong")
    *above, said, _ = run.screen.splitlines()
    assert said == "Picture: plots/01-manual-update.png"
    assert (plots / "01-manual-update.png").read_bytes().startswith(PNG)
    headline = next(i for i, line in enumerate(above) if line.startswith("katas/01 · "))
    assert len(above[headline:]) <= 24 - 3
    assert [file.name for file in plots.iterdir()] == ["01-manual-update.png"]


@pytest.mark.parametrize(
    ("words", "folder", "name"),
    [
        (["--plot", "katas/01"], ".", "plots/01-manual-update.png"),
        (["--plot=svg", "katas/01"], ".", "plots/01-manual-update.svg"),
        (["--plot"], "katas/01", "../../plots/01-manual-update.png"),
        (
            ["manual_update.py::update", "--plot=png"],
            "katas/01",
            "../../plots/01-manual-update.png",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_in_any_word_order_and_from_any_folder(
    words: list[str], folder: str, name: str, edited_house: Path, practise: Practise
) -> None:
    """--plot takes no path for its value; the path that is said is one from here."""
    run = practise(*words, "-m", "not cuda", house=edited_house, folder=folder)
    assert run.exit_code == 1
    assert run.tests("to do")
    assert run.screen.splitlines()[-2] == f"Picture: {name}"
    assert (edited_house / folder / name).is_file()


def test_an_animation(
    edited_house: Path, practise: Practise, plots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kata 01 moves: a frame for each step and the start."""
    from PIL import Image

    monkeypatch.setitem(SETTINGS, "figure.dpi", 20)  # frames are counted, however small
    words = ("katas/01", "--plot=gif", "-m", "not cuda", "-k", "refuses")
    run = practise(*words, "--answers", "solutions", house=edited_house)
    assert "Picture: plots/01-manual-update.gif" in run.screen
    with Image.open(plots / "01-manual-update.gif") as image:
        assert getattr(image, "n_frames", 0) == 21


def test_what_does_not_move_is_drawn_as_it_is(
    edited_house: Path, practise: Practise, plots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a kata has no animation, a sentence says what was drawn instead."""

    def never(_: object) -> bool:
        return False

    monkeypatch.setattr("dojo.pictures.saving.has_animation", never)
    run = practise("katas/01", "--plot=gif", "-m", "not cuda", "-k", "refuses", house=edited_house)
    *_, said, picture, _ = run.screen.splitlines()
    assert said == "katas/01 has no animation: the picture is a PNG."
    assert picture == "Picture: plots/01-manual-update.png"
    assert (plots / "01-manual-update.png").read_bytes().startswith(PNG)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (2, "katas/02, katas/03 have no animation: their pictures are PNG."),
        (16, "16 katas have no animation: their pictures are PNG."),
    ],
)
def test_several_that_do_not_move_take_one_sentence(count: int, said: str) -> None:
    """However many there are, it is a line on the screen."""
    still = list(open_catalogue(HOUSE).katas.values())[1 : 1 + count]
    assert without_animation(still) == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--plot=pdf"], "pictures are --plot (PNG), --plot=svg or --plot=gif"),
        (["--plot=mp4", "--submissions", "inbox"], "--plot=svg or --plot=gif"),
    ],
    ids=["format", "submissions"],
)
def test_what_is_refused(words: list[str], said: str, practise: Practise) -> None:
    """What cannot be drawn is refused before a test runs, in a sentence."""
    run = practise("katas/01", *words)
    assert run.exit_code == USAGE
    assert said in run.errors


def test_without_matplotlib(practise: Practise, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not installed, it is said what to type."""
    found = importlib.util.find_spec

    def without(name: str, package: str | None = None) -> object:
        return None if name == "matplotlib" else found(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    run = practise("katas/01", "--plot")
    assert run.exit_code == USAGE
    assert "pip install -c constraints.txt -e '.[plot]'" in run.errors


def test_a_folder_that_cannot_be_written(edited_house: Path, practise: Practise) -> None:
    """It is said, and the verdict stays."""
    plots = edited_house / "plots"
    kept = plots.rename(edited_house / "kept") if plots.exists() else None
    plots.write_text("a file", encoding="utf-8")
    try:
        run = practise("katas/01", "--plot", "-m", "not cuda", house=edited_house)
    finally:
        plots.unlink()
        if kept is not None:
            kept.rename(plots)
    assert run.exit_code == 1
    assert "The picture could not be written" in run.screen


def test_no_display_is_needed() -> None:
    """Nothing of ours imports pyplot, which looks for a window system and keeps each figure."""
    ours = [*(HOUSE / "dojo/pictures").glob("*.py"), *(HOUSE / "solutions").glob("*/picture.py")]
    assert len(ours) >= 10
    assert [file for file in ours if "pyplot" in file.read_text(encoding="utf-8")] == []
