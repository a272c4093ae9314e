"""The processes in which cells are tested: stopped, ended by an answer, and told what to type."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dojo.catalogue import Catalogue
from dojo.notebook import running
from dojo.notebook.inside import CellPrompt, stand_by
from dojo.notebook.running import Runs, Screen

from ..conftest import HOUSE
from ..forked import Piped

ENDLESS = "def gradient(x):\n    print('in the loop', flush=True)\n    while True:\n        pass\n"
GONE = "import os\nos._exit(0)\n"


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Runs]:
    """What runs pytest for a notebook of this repository; its processes are forked.

    How they are started is seen by the notebook in a kernel.
    """

    def fork(_: Sequence[str], **given: Any) -> Piped:
        return Piped(stand_by, **given)

    if sys.platform == "linux":
        pipes = {name: getattr(subprocess, name) for name in ("PIPE", "STDOUT")}
        monkeypatch.setattr(running, "subprocess", SimpleNamespace(Popen=fork, **pipes))
    made = Runs(HOUSE)
    yield made
    made.close()


@pytest.mark.skipif(os.name != "posix", reason="Windows has no interrupt for a single process")
def test_stopped_then_ended_by_an_answer(runs: Runs, tmp_path: Path) -> None:
    """A stop goes to the run, which says where it was; os._exit(0) is no good end."""
    answer = tmp_path / "01/manual_update.py"
    answer.parent.mkdir()
    answer.write_text(ENDLESS, encoding="utf-8")
    said, stops = list[str](), [KeyboardInterrupt()]

    def show(text: str) -> None:
        said.append(text)
        if stops and "in the loop" in text:
            raise stops.pop()

    words = ["katas/01", "--answers", str(tmp_path)]
    assert runs.run([*words, "-s"], show)
    assert "in gradient: does this loop end?" in "".join(said)
    assert "KeyboardInterrupt" in "".join(said)
    assert all(text.endswith("\n") for text in said)
    answer.write_text(GONE, encoding="utf-8")
    assert not runs.run(words, show)


def test_what_to_type_next(catalogue: Catalogue) -> None:
    """It is the first line of a cell: this one's with more options, or another kata's."""
    prompt = CellPrompt(catalogue, ["katas/03", "--answers", "mine", "-k", "a or b"], "mine")
    assert prompt.again("--hint") == "%%kata 03 -k 'a or b' --hint"
    assert prompt.kata("04") == "%%kata 04"


def test_lines_are_shown_whole() -> None:
    """A letter may come in two pieces, and a last line without an end is shown at the end."""
    shown = list[str]()
    screen = Screen(shown.append)
    for piece in ("a ✓".encode()[:3], "a ✓".encode()[3:], "✗\nb\nc".encode()):
        screen.write(piece)
    assert shown == ["a ✓✗\nb\n"]
    screen.close()
    screen.close()
    assert shown == ["a ✓✗\nb\n", "c"]
