"""The workflow for GitHub Actions: a step for each kata, and each step's command as it stands."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from dojo.catalogue import Catalogue

from ..conftest import HOUSE
from ..processes import PATIENCE

TEXT = (HOUSE / "graders/github/katas.yml").read_text(encoding="utf-8")
STEPS: list[dict[str, Any]] = yaml.safe_load(TEXT)["jobs"]["katas"]["steps"]
INSTALL, *KATAS = [step for step in STEPS if "run" in step]


def test_there_is_a_step_for_each_kata(catalogue: Catalogue) -> None:
    """In order, named as its lesson; it runs whatever became of those before it."""
    lessons = (kata.folder / "README.md" for kata in catalogue.katas.values())
    titles = [lesson.read_text("utf-8").splitlines()[0].removeprefix("# ") for lesson in lessons]
    assert [step["name"] for step in KATAS] == titles
    wanted = [f".venv/bin/pytest katas/{number}" for number in catalogue.katas]
    assert [step["run"] for step in KATAS] == wanted
    condition = f"${{{{ !cancelled() && steps.{INSTALL['id']}.outcome == 'success' }}}}"
    assert {step["if"] for step in KATAS} == {condition}


def test_what_it_installs_is_what_readme_installs() -> None:
    """The line that installs is README's, with the wheels for machines without a GPU."""
    readme = (HOUSE / "README.md").read_text(encoding="utf-8")
    wheels = re.findall(r"--extra-index-url \S+(?=`)", readme)
    assert INSTALL["run"].endswith(wheels[0])
    assert ".venv/bin/pip install -c constraints.txt -e ." in readme
    assert ".venv/bin/pip install -c constraints.txt -e ." in INSTALL["run"]


def test_a_step_passes_where_its_kata_is_done(house: Path) -> None:
    """Its command runs as it stands, and its exit code is 0 for a kata that is done."""
    (house / ".venv").symlink_to(sys.prefix)
    solution = (HOUSE / "solutions/01/manual_update.py").read_bytes()
    (house / "katas/01/manual_update.py").write_bytes(solution)
    done = subprocess.run(
        ["bash", "-e", "-c", KATAS[0]["run"]],
        cwd=house,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
