"""Exports judged as a grader judges them: `pytest katas/03 --submissions EXPORT`, by each platform.

The runs share a folder of records: the same answer of the same person is judged once for all.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from dojo.catalogue import open_catalogue
from dojo.command_line import callers_of
from tests.conftest import Practise
from tests.processes import HOUSE

from .inbox.exports import EXPORTS, Contents, notebook, packed, write

pytestmark = pytest.mark.usefixtures("sandbox")  # skipped, visibly, where there can be none

KATA = open_catalogue(HOUSE).katas["03"]
SOLUTION = KATA.solution.read_text(encoding="utf-8")
UPHILL = SOLUTION.replace("path[-1] - lr * 8", "path[-1] + lr * 8")
PEOPLE = {
    "annlee": SOLUTION,
    "bobray": UPHILL,
    "catfox": KATA.stub.read_text(encoding="utf-8"),
    "dandoe": f"import numpyy\n{SOLUTION}",
}
POINTS = {"annlee": "1.0", "bobray": "0.6", "catfox": "0.0", "dandoe": "0.0"}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the gradebook, for all runs."""
    return tmp_path_factory.mktemp("exports") / "out"


def rows(out: Path) -> dict[str, dict[str, str]]:
    """Return the gradebook's rows by name."""
    with (out / "gradebook.csv").open(encoding="utf-8-sig", newline="") as lines:
        return {row["submission"]: row for row in csv.DictReader(lines)}


def page(out: Path, name: str) -> str:
    """Return what a student reads."""
    return (out / "feedback" / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("export", EXPORTS)
def test_an_export_is_judged_as_it_comes(
    practise: Practise, tmp_path: Path, out: Path, export: str
) -> None:
    """The archive that a platform gives: said at the start, everybody judged, each with a page."""
    title, made = EXPORTS[export]
    inbox = tmp_path / "export.zip"
    inbox.write_bytes(packed(made(PEOPLE, KATA.name)))
    run = practise("katas/03", "--submissions", inbox, "--gradebook", out, "--kata-seed", "5")
    assert run.exit_code == 1, run.screen
    taken = f"taken as {title}" if title else "a folder or a file for each person"
    begin = " ".join(run.screen.partition("collected")[0].split())
    assert f"{taken}: 4 people" in begin
    assert {name: row["total"] for name, row in rows(out).items()} == POINTS
    assert {file.stem for file in out.glob("feedback/*.md")} == set(PEOPLE)
    assert "These are exactly the numbers of a walk along the slope" in page(out, "bobray")
    assert page(out, "bobray").count("```text") == 1
    assert "✓ `sweep`" in page(out, "bobray")
    functions = ", ".join(f"`{function}`" for function in callers_of(KATA))
    assert f"· {functions}: not written yet." in page(out, "catfox")
    assert page(out, "dandoe").count("No module named 'numpyy'") == 1
    if export == "nbgrader":
        assert "%matplotlib inline (cell 1)" in rows(out)["annlee"]["note"]
        assert "%matplotlib inline (cell 1)" in page(out, "annlee")
        assert "cell 2, line 1" in page(out, "dandoe")


def test_what_looks_like_an_answer_reaches_grader_and_student(
    practise: Practise, tmp_path: Path, out: Path
) -> None:
    """It is in the note and on the page; who is gone has no page any more, nor has a double."""
    name = KATA.name
    contents: Contents = {
        f"cathy/{name} (1).py": SOLUTION,
        f"annlee/03/{name}.py": SOLUTION,
        f"3000/3/{name}.py": SOLUTION,
        f"hal/{name}.ipynb": notebook("!ls", SOLUTION),
        "eve.py": SOLUTION,
        "EVE.py": SOLUTION,
    }
    inbox = write(tmp_path / "inbox", contents)
    given = ["--gradebook", out, "--kata-seed", "5"]
    run = practise("katas/03", "--submissions", inbox, *given)
    said = " ".join(run.screen.split())
    assert f"cathy/{name} (1).py: it looks like the answer to kata 03" in said
    assert f"Name it {name}.py" in rows(out)["cathy"]["note"]
    assert "Put it into a folder 03" in rows(out)["3000"]["note"]
    assert rows(out)["eve"]["note"].startswith("not judged: ")
    told = page(out, "cathy")
    assert f"This looks like your answer: cathy/{name} (1).py\n  Name it {name}.py" in told
    assert rows(out)["hal"]["total"] == "1.0"
    assert {f.stem for f in out.glob("results/*")} == {"annlee", "cathy", "3000", "hal"}
    (inbox / "cathy").rename(inbox / "cat")
    practise("katas/03", "--submissions", inbox, *given)
    assert {f.stem for f in out.glob("feedback/*")} == {"annlee", "cat", "3000", "hal"}


def test_a_link_planted_in_the_gradebook_ends_the_run_at_its_start(
    practise: Practise, tmp_path: Path
) -> None:
    """Before anything is judged, with the next move."""
    inbox, out = write(tmp_path / "inbox", {"ann.py": SOLUTION}), tmp_path / "out"
    out.mkdir()
    (out / "feedback").symlink_to(tmp_path)
    run = practise("katas/03", "--submissions", inbox, "--gradebook", out)
    assert run.exit_code == 4
    assert "feedback is a link, which is not followed: remove it." in run.errors


def test_a_format_is_overruled_at_the_door(practise: Practise, tmp_path: Path) -> None:
    """--inbox-format says what the inbox is."""
    contents = {f"{i}_{i}_assignsubmission_file/{KATA.name}.py": SOLUTION for i in "ab"}
    contents = {path.replace("_a_", "_1_").replace("_b_", "_2_"): c for path, c in contents.items()}
    inbox = write(tmp_path / "inbox", contents)
    listed = ["katas/03", "--submissions", inbox, "--collect-only", "-q"]
    assert "taken as a Moodle export: 2 people" in practise(*listed).screen
    screen = practise(*listed, "--inbox-format", "folders").screen
    assert "a folder or a file for each person: 2 people" in screen
    assert "a_1_assignsubmission_file" in screen
