"""What is uploaded to Gradescope, run in a place that is laid out as there."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ..houses import WHOLE
from ..processes import HOUSE, PATIENCE
from .container import Container

RECIPE = HOUSE / "graders/gradescope"
SOLUTION = (HOUSE / "solutions/01/manual_update.py").read_text(encoding="utf-8")
REACHES = """
def reached(path, mode):
    try:
        open(path, mode).close()
    except OSError:
        return False
    return True

results, own = "/autograder/results/results.json", "/autograder/source/"
for written in (results, f"{own}arguments.txt"):
    assert not reached(written, "a"), written
assert not reached(f"{own}gradient-katas/solutions/01/manual_update.py", "r")
"""


def make_zip(house: Path, *katas: str) -> subprocess.CompletedProcess[str]:
    """Type the one command that makes the zip."""
    return subprocess.run(
        [house / "graders/gradescope/make_zip", *katas],
        cwd=house,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


@pytest.fixture(scope="module")
def zipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip of kata 01, made in a clone."""
    clone = tmp_path_factory.mktemp("clone") / "my katas"
    cloning = ["git", "clone", "--quiet", "--no-hardlinks", str(HOUSE), str(clone)]
    subprocess.run(cloning, check=True, timeout=PATIENCE)
    shutil.copytree(HOUSE / "graders", clone / "graders", dirs_exist_ok=True)
    done = make_zip(clone, "katas/01")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("autograder.zip is made")
    return clone / "autograder.zip"


@pytest.fixture(scope="module")
def autograder(zipped: Path, tmp_path_factory: pytest.TempPathFactory) -> Container:
    """/autograder, as Gradescope's image has it; the code is this checkout's, as it is now."""
    container = tmp_path_factory.mktemp("container")
    root = container / "autograder"
    with zipfile.ZipFile(zipped) as packed:
        packed.extractall(root / "source")
    for name in (i for i in WHOLE if (HOUSE / i).is_dir()):
        to = root / "source/gradient-katas" / name
        shutil.copytree(HOUSE / name, to, dirs_exist_ok=True)
    (root / "results").mkdir()
    shutil.copy(root / "source/run_autograder", root)
    (root / "run_autograder").chmod(0o755)
    return Container(container, "/autograder/source/gradient-katas")


def judged(autograder: Container, *, landlock: bool = True, **files: str) -> tuple[str, Any]:
    """Hand something in, and return what was printed and results.json (None if there is none)."""
    results = autograder.inside("/autograder/results/results.json")
    results.unlink(missing_ok=True)
    autograder.hand_in("/autograder/submission", **files)
    done = autograder.run("/autograder/run_autograder", landlock=landlock)
    found = json.loads(results.read_text("utf-8")) if results.exists() else None
    assert (done.returncode == 0) is (found is not None), done.stdout + done.stderr
    return done.stdout + done.stderr, found


def test_what_is_in_the_zip(zipped: Path) -> None:
    """Both scripts are at its root, run_autograder can be executed, no test of ours is in it."""
    with zipfile.ZipFile(zipped) as packed:
        modes = {entry.filename: entry.external_attr >> 16 for entry in packed.infolist()}
        assert packed.read("arguments.txt") == b"katas/01\n"
    assert {"setup.sh", "run_autograder", "gradient-katas/pyproject.toml"} <= modes.keys()
    assert modes["run_autograder"] & 0o111
    assert not any(name.startswith(("gradient-katas/tests", "gradient-katas/.")) for name in modes)


@pytest.mark.parametrize(
    "katas", [[], ["--leaderboard"], ["katas/99"], ["katas/01; true"], ["solutions/01"]]
)
def test_a_kata_that_is_none(katas: list[str]) -> None:
    """What is no kata is said, with what to type, and no zip is made."""
    done = make_zip(HOUSE, *katas)
    assert done.returncode == 2
    assert "graders/gradescope/make_zip katas/03" in done.stderr
    assert done.stdout == ""


def test_there_are_no_namespaces_in_there(autograder: Container) -> None:
    """The place is like a container in what matters: the outer layer cannot be had."""
    program = "import ctypes; print(ctypes.CDLL(None).unshare(0x10000000))"
    done = autograder.run(f"{autograder.katas}/.venv/bin/python", "-c", program)
    assert done.stdout == "-1\n", done.stderr


def test_a_right_answer_gets_full_marks_and_reaches_nothing(autograder: Container) -> None:
    """The inner layer alone judges it, and both the teacher's output and the file say so.

    The answer fails unless it can write no results, nor read the solution that lies beside it.
    """
    said, results = judged(autograder, manual_update=SOLUTION + REACHES)
    assert results["score"] == sum(t.get("max_score", 0) for t in results["tests"]) == 1000
    assert results["extra_data"]["sandbox"] == ["inner"]
    assert "Sandbox: inner." in said
    assert autograder.inside("/autograder/source/arguments.txt").read_text() == "katas/01\n"


def test_without_landlock_nothing_is_judged(autograder: Container) -> None:
    """Where the inner layer cannot be had either, there is no score, and the output says why."""
    said, results = judged(autograder, landlock=False, manual_update=SOLUTION)
    assert results is None
    assert "needs Landlock, and this kernel does not offer it" in said
    assert "It is no fault of the answer." in said
