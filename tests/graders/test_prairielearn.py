"""PrairieLearn's external grader, run in a place that is laid out as there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ..houses import WHOLE, copy_house
from ..processes import HOUSE
from .container import Container

RECIPE = HOUSE / "graders/prairielearn"
SOLUTION = (HOUSE / "solutions/01/manual_update.py").read_text(encoding="utf-8")
ENTRYPOINT = ("/katas/graders/prairielearn/grade", "katas/01")


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Container:
    """The image's /katas and the job's /grade, as PrairieLearn makes them."""
    root = tmp_path_factory.mktemp("image")
    copy_house(root / "katas", (*WHOLE, "graders"))
    return Container(root, "/katas")


def judged(image: Container, *, landlock: bool = True, **files: str) -> dict[str, Any]:
    """Hand something in, and return results.json."""
    image.hand_in("/grade/student", **files)
    results = image.inside("/grade/results/results.json")
    results.unlink(missing_ok=True)
    done = image.run(*ENTRYPOINT, landlock=landlock)
    assert results.exists(), done.stdout + done.stderr
    found: dict[str, Any] = json.loads(results.read_text("utf-8"))
    return found


def test_an_answer_is_graded(image: Container) -> None:
    """What is right counts, and each test says what a learner would read."""
    found = judged(image, manual_update=SOLUTION.replace("- lr *", "+ lr *"))
    assert found["gradable"] is True
    assert 0 < found["score"] < 1
    assert any("lr" in test["output"] for test in found["tests"])


def test_without_landlock_nothing_is_judged(image: Container) -> None:
    """Where the sandbox cannot be had, no attempt is lost, and the student reads whom to tell."""
    found = judged(image, landlock=False, manual_update=SOLUTION)
    assert found["gradable"] is False
    assert "The grader failed here, not your answer." in found["format_errors"][0]


def test_the_question_asks_for_what_the_entrypoint_judges() -> None:
    """info.json and question.html name one kata and its file; the image has the entrypoint."""
    options = json.loads((RECIPE / "info.json").read_text("utf-8"))["externalGradingOptions"]
    program, kata = options["entrypoint"]
    assert HOUSE / Path(program).relative_to("/katas") == RECIPE / "grade"
    question = (RECIPE / "question.html").read_text("utf-8")
    (file,) = (p.name for p in (HOUSE / kata).glob("*.py") if not p.name.startswith("test_"))
    assert f'file-names="{file}"' in question
