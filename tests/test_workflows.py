"""What installs and runs the katas elsewhere: GitHub's workflows, a container for editors, uv."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from .processes import HOUSE, PATIENCE, Finished

README = (HOUSE / "README.md").read_text(encoding="utf-8")
INSTALL = "install -c constraints.txt -e ."
WHEELS = re.findall(r"--extra-index-url (\S+)(?=`)", README)[0]
SETTINGS = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))


def job(name: str) -> dict[str, Any]:
    """Return the one job of a workflow, which has the workflow's name."""
    text = (HOUSE / f".github/workflows/{name}.yml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)["jobs"][name]
    return found


def commands(name: str) -> list[str]:
    """Return what a workflow's steps run."""
    return [step["run"] for step in job(name)["steps"] if "run" in step]


def test_every_supported_python_is_tested_on_every_system() -> None:
    """From the oldest that pyproject.toml names, on Linux, macOS and Windows."""
    matrix = job("tests")["strategy"]["matrix"]
    oldest = SETTINGS["project"]["requires-python"].removeprefix(">=")
    assert matrix["python"][0] == oldest
    assert [name.split("-")[0] for name in matrix["os"]] == ["ubuntu", "macos", "windows"]


def test_what_is_installed_is_what_readme_installs() -> None:
    """README's options of pip, and its wheels for machines without a GPU."""
    assert INSTALL in README
    assert any(INSTALL in command for command in commands("tests"))
    assert job("tests")["env"]["PIP_EXTRA_INDEX_URL"] == WHEELS
    assert any(f"{INSTALL} --extra-index-url {WHEELS}" in c for c in commands("progress"))
    container = json.loads((HOUSE / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))
    assert container["postCreateCommand"].endswith(f"{INSTALL} --extra-index-url {WHEELS}")
    assert [index["url"] for index in SETTINGS["tool"]["uv"]["index"]] == [WHEELS]


def test_a_fork_shows_how_far_it_is(house: Path, tmp_path: Path) -> None:
    """The summary holds the screen of `pytest katas`; unwritten functions fail no push."""
    shutil.copy(HOUSE / "solutions/01/manual_update.py", house / "katas/01")
    run = shown(house, tmp_path / "summary.md", Path(sys.executable).parent)
    text = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert run.returncode == 0, run.stdout + run.stderr
    assert text.startswith("```text\n")
    assert text.endswith("\n```\n")
    assert "28 passed" in text
    assert "to do" in text


@pytest.mark.parametrize("code", pytest.ExitCode)
def test_a_fork_that_cannot_be_run_is_red(tmp_path: Path, code: pytest.ExitCode) -> None:
    """All is done, or something is to do or wrong: that is progress. No other end is."""
    pytest_itself = tmp_path / "pytest"
    pytest_itself.write_text(f"#!/bin/sh\nexit {code}\n", encoding="utf-8")
    pytest_itself.chmod(0o755)
    is_progress = code in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
    run = shown(tmp_path, tmp_path / "summary.md", pytest_itself.parent)
    assert (run.returncode == 0) is is_progress


def shown(house: Path, summary: Path, programs: Path) -> Finished:
    """Run the last step of progress.yml, with the pytest that is in a folder of programs."""
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    named = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", commands("progress")[-1]],
        cwd=house,
        env={**named, "PATH": path, "GITHUB_STEP_SUMMARY": str(summary), "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
