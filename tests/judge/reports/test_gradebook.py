"""The gradebook: right numbers, and nothing in it that a terminal, spreadsheet or page obeys."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from dojo.judge.reports import escaping
from dojo.judge.reports.gradebook import PlantedLink, Run, write_gradebook
from dojo.judge.reports.junit import write_junit
from dojo.judge.reports.replacing import replacing
from dojo.judge.result import Result, Skipped, TestResult
from dojo.judge.verdict import Verdict
from dojo.terminal.visible import visible

RUN = Run(("01", "03"), 8, ("bubblewrap", "seccomp"), {"01": "a", "03": "b"}, "j", "now", 1.5)
TOLD = ["katas/01 manual update · test_path   TRACE DIFFERS", "", "  step 2: 7.2, not 8.2"]
DONE = TestResult("test_easy", Verdict.PASS, "", [], 1.0, observed=False)
WRONG = TestResult("test_path[cpu]", Verdict.FAIL, "TRACE DIFFERS", TOLD, 3.0, observed=False)
TO_DO = TestResult("test_hard", Verdict.TODO, "", ["to do: descend"], 1.0, observed=False)
SEEN = TestResult("test_graph", Verdict.PASS, "", [], 1.0, observed=True)
CALLERS = {
    "gradient": ["test_easy"],
    "update": ["test_path", "test_end", "test_graph"],
    "descend": ["test_hard", "test_path"],
    "sweep": ["test_path"],
}
HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m=1+1\0\r\x08\udc80\ufffe\u202e</pre><script>`````\n# x"


def judged(name: str, kata: str, *tests: TestResult, seed: int = 5) -> Result:
    """Make one kata's outcome."""
    verdicts = [t.verdict for t in tests]
    verdict = next((v for v in verdicts if v is not Verdict.PASS), Verdict.PASS)
    return Result(name, kata, seed, tests, verdict, 1.0, "hash", RUN.layers)


OF_A_SUBMISSION = {  # what Gradescope's specification has
    *("score", "execution_time", "output", "output_format", "test_output_format", "visibility"),
    *("test_name_format", "stdout_visibility", "extra_data", "tests", "leaderboard"),
}
OF_A_TEST = {
    *("score", "max_score", "status", "name", "name_format", "number", "output", "output_format"),
    *("tags", "visibility", "extra_data"),
}
ANN = [judged("ann", "01", DONE, WRONG, SEEN), judged("ann", "03", DONE, DONE)]


class Book:
    """A gradebook that was written, and how to read it."""

    def __init__(
        self,
        out: Path,
        records: Iterable[Result],
        skipped: Sequence[Skipped] = (),
        gone: Sequence[str] = (),
    ) -> None:
        self.out = out
        write_gradebook(out, records, RUN, skipped, {"01": CALLERS}, gone)

    @property
    def rows(self) -> list[dict[str, str]]:
        """The table's rows."""
        with (self.out / "gradebook.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def results(self, name: str) -> dict[str, Any]:
        """Return what Gradescope gets."""
        found: dict[str, Any] = json.loads((self.out / f"results/{name}.json").read_text("utf-8"))
        return found

    def page(self, name: str) -> str:
        """Return what the student reads."""
        return (self.out / f"feedback/{name}.md").read_text("utf-8")


def test_a_row_of_the_table(tmp_path: Path) -> None:
    """Points by weight for each kata, their total, the observed apart, the verdicts counted."""
    (row,) = Book(tmp_path, ANN).rows
    points = {"submission": "ann", "katas/01": "0.25", "katas/03": "1.0", "total": "1.25"}
    counts = dict.fromkeys(map(str, Verdict), "0") | {"PASS": "4", "FAIL": "1"}
    assert row == points | {"observed": "1.0"} | counts | {"seed": "5", "note": ""}


def test_a_graders_error_is_no_zero(tmp_path: Path) -> None:
    """What was not judged is blank in the table, unscored for Gradescope, and the page says so."""
    broken = replace(WRONG, verdict=Verdict.GRADER_ERROR, message=["the sandbox broke"])
    book = Book(tmp_path, [judged("ann", "01", DONE, broken), ANN[1]])
    (row,) = book.rows
    assert (row["katas/01"], row["katas/03"], row["total"], row["observed"]) == ("", "1.0", "", "")
    assert row["GRADER-ERROR"] == "1"
    assert row["note"] == "not scored: katas/01"
    results = book.results("ann")
    assert "score" not in results
    assert [t.get("score") for t in results["tests"]] == [None, None, 500, 500]
    assert "Points: not all scored yet." in book.page("ann")
    assert "The judge failed here, not the answer: ask for a new run." in book.page("ann")


def test_a_kata_that_was_not_reached_is_no_zero(tmp_path: Path) -> None:
    """A run that was stopped by -x leaves blanks, and no total."""
    book = Book(tmp_path, ANN[:1])
    (row,) = book.rows
    assert (row["katas/03"], row["total"]) == ("", "")
    assert row["note"] == "not scored: katas/03"
    assert "score" not in book.results("ann")


@pytest.mark.parametrize("verdict", [Verdict.NOT_SUBMITTED, Verdict.REFUSED])
def test_a_kata_without_tests(tmp_path: Path, verdict: Verdict) -> None:
    """A kata of which no test could run has no points, and its verdict counts once."""
    none = replace(judged("ann", "01"), verdict=verdict)
    book = Book(tmp_path, [none, ANN[1]])
    (row,) = book.rows
    assert (row["katas/01"], row["total"], row[str(verdict)]) == ("0.0", "1.0", "1")
    first = book.results("ann")["tests"][0]
    assert (first["name"], first["score"], first["max_score"]) == ("katas/01 all tests", 0, 1000)
    assert "No points." in book.page("ann")


def test_gradescopes_format(tmp_path: Path) -> None:
    """Every field is one that Gradescope documents, with a value of its kind; scores add up."""
    results = Book(tmp_path, ANN).results("ann")
    assert results["score"] == 1250
    assert results["output"].splitlines()[0] == (
        "katas/01: 1 of 2 tests pass, 0.25 of 1 point. "
        "1 of 1 observed tests pass (not in the score)."
    )
    assert results["extra_data"] == {"kata-seed": 5, "sandbox": list(RUN.layers)}
    scores = [(t["status"], t.get("score"), t.get("max_score")) for t in results["tests"]]
    assert scores == [
        *[("passed", 250, 250), ("failed", 0, 750), ("passed", None, None)],
        *[("passed", 500, 500), ("passed", 500, 500)],
    ]
    assert results["tests"][1]["output"] == "\n".join(TOLD)
    assert results["tests"][2]["tags"] == ["observed"]
    assert results.keys() <= OF_A_SUBMISSION
    for part in (results, *results["tests"]):
        assert (part["visibility"], part["output_format"]) == ("visible", "text")
    assert all(test.keys() <= OF_A_TEST for test in results["tests"])


@pytest.mark.parametrize("number", [1, 3, 7, 45, 61, 999])
def test_points_add_up(tmp_path: Path, number: int) -> None:
    """The points of a kata's tests are whole, as nearly alike as that allows, and add up."""
    tests = [replace(DONE, test=f"test_{i}") for i in range(number)]
    results = Book(tmp_path, [judged("ann", "01", *tests), ANN[1]]).results("ann")
    worth = [test["max_score"] for test in results["tests"] if test["name"].startswith("katas/01")]
    assert (sum(worth), len(worth)) == (1000, number)
    assert all(isinstance(points, int) for points in worth)
    assert max(worth) - min(worth) <= 1
    assert results["score"] == 2000


def test_the_page_that_a_student_reads(tmp_path: Path) -> None:
    """Function by function: a tick, or the first failure of that function in full, or to do."""
    wrong = replace(WRONG, function="update")
    again = replace(wrong, test="test_path[meta]")
    other = replace(wrong, test="test_end[cpu]", heading="WRONG SHAPE", message=["other"])
    seen = replace(SEEN, verdict=Verdict.FAIL, heading="GRAPH GROWS", function="update")
    to_do = replace(TO_DO, function="descend")
    records = [judged("ann_lee", "01", DONE, wrong, again, other, to_do, to_do, seen), ANN[1]]
    assert Book(tmp_path, [records[0], replace(records[1], submission="ann_lee")]).page(
        "ann_lee"
    ) == (
        "# Feedback for ann\\_lee\n"
        "\n"
        "Points: 1.083 of 2.\n"
        "\n"
        "## katas/01\n"
        "\n"
        "1 of 6 tests pass, 0.08333 of 1 point. 0 of 1 observed tests pass (not in the score).\n"
        "\n"
        "✓ `gradient`\n"
        "\n"
        "✗ `update`\n"
        "\n"
        "```text\n"
        "test_path[cpu]                                                   TRACE DIFFERS\n"
        "\n"
        "katas/01 manual update · test_path   TRACE DIFFERS\n"
        "\n"
        "  step 2: 7.2, not 8.2\n"
        "```\n"
        "\n"
        "The same is true of 1 more test.\n"
        "\n"
        "Wrong too (it may follow from the one above):\n"
        "\n"
        "- `test_end`: WRONG SHAPE\n"
        "- `test_graph`: GRAPH GROWS (observed, not in the score)\n"
        "\n"
        "· `descend`: not written yet.\n"
        "\n"
        "– `sweep`: not proved yet. Its tests fail for another reason on this page.\n"
        "\n"
        "## katas/03\n"
        "\n"
        "2 of 2 tests pass, 1 of 1 point.\n"
    )


def test_each_function_has_its_own_first_failure(tmp_path: Path) -> None:
    """Two wrong functions are both told in full, in the order in which one works."""
    first = replace(WRONG, test="test_end", function="update", message=["update is wrong"])
    second = replace(WRONG, function="descend", message=["descend is wrong"])
    page = Book(tmp_path, [judged("ann", "01", DONE, second, first), ANN[1]]).page("ann")
    assert page.index("✗ `update`") < page.index("update is wrong") < page.index("✗ `descend`")
    assert page.index("✗ `descend`") < page.index("descend is wrong")


def test_what_ends_the_process_is_told_once_in_full(tmp_path: Path) -> None:
    """The promise of each test stands before it, and it is the same end nevertheless."""
    ends = [
        TestResult(
            f"test_{name}",
            Verdict.TIMEOUT,
            "TIMEOUT",
            [f"promise of {name}", "", "it ran on"],
            1.0,
            observed=False,
            function=name,
        )
        for name in ("gradient", "update")
    ]
    page = Book(tmp_path, [judged("ann", "01", *ends), ANN[1]]).page("ann")
    assert page.count("it ran on") == 1
    page = Book(tmp_path / "2", [judged("ann", "01", DONE, *ends), ANN[1]]).page("ann")
    assert page.count("it ran on") == 1
    assert "\nTIMEOUT\n" not in page, "its headline has said so"
    assert page.count("The same as above.") == 1


def test_one_failure_is_told_once_whatever_was_promised(tmp_path: Path) -> None:
    """Another promise stands before the same words: they are counted, not repeated."""
    said = ["", "the def line was changed", "", "it must be: def descend(x0, lr, steps):"]
    same = [
        replace(WRONG, test=f"test_{i}", function="descend", message=[f"promise {i}", *said])
        for i in "ab"
    ]
    other = replace(same[0], test="test_c", message=["promise a", "", "values differ"])
    page = Book(tmp_path, [judged("ann", "01", DONE, *same, other), ANN[1]]).page("ann")
    assert page.count("the def line was changed") == 1
    assert "The same is true of 1 more test." in page
    assert page.count("- `test_") == 1


def test_what_was_not_read_reaches_its_owner(tmp_path: Path) -> None:
    """It is in the row's note, and on the page unless the verdict tells it there already."""
    old = Skipped("ann/old.py", "a later attempt counts", owner="ann")
    almost = Skipped("ann/x (1).py", "looks like the answer", owner="ann", kata="03")
    book = Book(tmp_path, ANN, [old, almost, Skipped("notes.txt", "it is not read")])
    assert book.rows[0]["note"] == f"{old}; {almost}"
    assert "- ann/old.py: a later attempt counts" in book.page("ann")
    assert "x (1).py" not in book.page("ann")


def test_a_long_note_is_cut(tmp_path: Path) -> None:
    """A cell says three things, and how many more there are."""
    unread = [Skipped(f"ann/{i}.py", f"it is not read: {i}", owner="ann") for i in range(9)]
    assert Book(tmp_path, ANN, unread).rows[0]["note"].endswith("; 6 more on the student's page")


def test_what_is_true_of_several_files_is_said_once(tmp_path: Path) -> None:
    """In the note and on the page: an attempt, or a notebook, has one file for each kata."""
    unread = [Skipped(f"ann/{i}.py", "a later one counts", owner="ann") for i in range(5)]
    book = Book(tmp_path, ANN, unread)
    said = "ann/0.py, ann/1.py, ann/2.py and 2 more: a later one counts"
    assert book.rows[0]["note"] == said
    assert f"- {said}\n" in book.page("ann")


def test_who_is_gone_leaves_no_files(tmp_path: Path) -> None:
    """A page and a result of somebody who is not in the inbox any more are removed; no others."""
    bob = [replace(one, submission="bob") for one in ANN]
    Book(tmp_path, [*ANN, *bob])
    mine = tmp_path / "feedback/my notes.md"
    mine.write_text("grader's own", encoding="utf-8")
    Book(tmp_path, ANN, gone=["bob", "ann", "../../x"])
    assert sorted(f.name for f in tmp_path.glob("*/*")) == [
        "ann.html",
        "ann.json",
        "ann.md",
        "my notes.md",
    ]


@pytest.mark.parametrize(
    "name",
    ["gradebook.csv", "index.html", "feedback/ann.md", "feedback/ann.html", "results/ann.json"],
)
@pytest.mark.parametrize("ending", ["", ".part"])
def test_planted_links_are_replaced_not_followed(tmp_path: Path, name: str, ending: str) -> None:
    """Whoever can write into the folder cannot turn a report on another file."""
    secret, out = tmp_path / "secret", tmp_path / "out"
    secret.write_text("untouched", encoding="utf-8")
    planted = out / (name + ending)
    planted.parent.mkdir(parents=True)
    planted.symlink_to(secret)
    Book(out, ANN)
    assert secret.read_text(encoding="utf-8") == "untouched"
    assert not (out / name).is_symlink()
    assert (out / name).stat().st_size > 100


@pytest.mark.parametrize("name", ["feedback", "results"])
def test_a_link_in_place_of_a_folder_is_refused(tmp_path: Path, name: str) -> None:
    """Nothing is written behind it."""
    elsewhere, out = tmp_path / "elsewhere", tmp_path / "out"
    elsewhere.mkdir()
    out.mkdir()
    (out / name).symlink_to(elsewhere)
    with pytest.raises(PlantedLink, match=f"{name} is a link"):
        Book(out, ANN)
    assert not list(elsewhere.iterdir())


@pytest.mark.parametrize("verdict", [v for v in Verdict if v not in (Verdict.PASS, Verdict.FAIL)])
def test_every_verdict_has_something_to_read(tmp_path: Path, verdict: Verdict) -> None:
    """Where a test has no message, what its verdict means is said."""
    bare = replace(WRONG, verdict=verdict, heading="", message=[])
    book = Book(tmp_path, [judged("ann", "01", bare), ANN[1]])
    assert book.results("ann")["tests"][0]["output"].startswith(str(verdict))
    assert len(book.page("ann").splitlines()) > 8


def test_one_fault_is_told_once(tmp_path: Path) -> None:
    """A file that cannot be read fails every test alike: said once, with their number."""
    tests = [
        TestResult(f"test_{i}", Verdict.REFUSED, "REFUSED", ["it is a pipe"], 1.0, observed=False)
        for i in range(12)
    ]
    page = Book(tmp_path, [judged("ann", "01", *tests), ANN[1]]).page("ann")
    assert page.count("it is a pipe") == 1
    assert "The same is true of 11 more tests." in page


def test_a_platform_is_told_a_long_message_once(tmp_path: Path) -> None:
    """What stops every test is told at the first; the others name it. A short line is repeated."""
    stops = [replace(WRONG, test=f"test_{i}", message=["cannot import", "", "why"]) for i in "abc"]
    to_do = [replace(TO_DO, test=f"test_{i}") for i in "de"]
    results = Book(tmp_path, [judged("ann", "01", *stops, DONE, *to_do), ANN[1]]).results("ann")
    said = [test["output"] for test in results["tests"]]
    again = "The same as in test_a above: read it there."
    assert said[:4] == ["cannot import\n\nwhy", again, again, ""]
    assert said[4:6] == ["TODO\nto do: descend"] * 2


def hostile_book(tmp_path: Path) -> Book:
    """Write a gradebook in which every text that others wrote is hostile."""
    bad = TestResult("test_a", Verdict.FAIL, HOSTILE, [HOSTILE, "x" * 10**6], 1.0, observed=False)
    to_do = replace(bad, verdict=Verdict.TODO)
    names = ["=cmd|' /C calc'!A0", "a\\x1b[2J", "<img src=x>", "[x](http://y)", "../../etc", "-rf"]
    records = [
        judged(name, k, bad, replace(bad, test=HOSTILE), to_do) for name in names for k in RUN.katas
    ]
    skipped = [
        Skipped("@x.py", "doubled", "@x"),
        Skipped("\tb", "why", "\tb"),
        Skipped("c.zip", "packed"),
    ]
    return Book(tmp_path, records, skipped)


def test_nothing_in_it_is_obeyed(tmp_path: Path) -> None:
    """No file has a control character, or a character that XML forbids; all can be parsed."""
    book = hostile_book(tmp_path)
    files = [f for f in tmp_path.rglob("*") if f.is_file()]
    assert len(files) == 4 + 3 * 6
    for file in files:
        assert visible(text := file.read_text("utf-8-sig")) == text, file
        assert len(text) < 40_000
    assert len(ET.parse(tmp_path / "junit.xml").getroot()) == 6
    assert len(book.rows) == 8
    assert all(p.resolve().is_relative_to(tmp_path) for p in files)


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    """Cells that a spreadsheet would compute begin with a quote, and every text is quoted."""
    rows = hostile_book(tmp_path).rows
    assert [row["submission"] for row in rows][:2] == ["'=cmd|' /C calc'!A0", "a\\x1b[2J"]
    assert [row["submission"] for row in rows][-3:] == ["'-rf", "'@x", "\\tb"]
    assert not any(cell.lstrip()[:1] in "=+-@\t|%" for row in rows for cell in row.values() if cell)
    lines = (tmp_path / "gradebook.csv").read_text("utf-8-sig").splitlines()
    assert all(line.startswith('"') and "\x1b" not in line for line in lines)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "|", "%", " =", "\uff1d", "\uff0b"])
def test_formulas(start: str) -> None:
    """Whatever a spreadsheet takes for a formula, wide signs too, is kept from being one."""
    assert escaping.cell(f"{start}1").startswith("'")
    assert escaping.cell(f"x{start}1") == f"x{start}1"


def test_a_page_is_one_block(tmp_path: Path) -> None:
    """No message ends its block, no name is markup: a reader sees text."""
    hostile_book(tmp_path)
    page = (tmp_path / "feedback" / f"{escaping.file_name('<img src=x>')}.md").read_text("utf-8")
    lines = page.splitlines()
    assert lines[0] == r"# Feedback for \<img src=x\>"
    fences = [i for i, line in enumerate(lines) if line.startswith("``````")]
    assert len(fences) == 4
    assert [lines.index("# x", fences[0]), lines.index("# x", fences[2])] == [
        i for i, line in enumerate(lines) if line == "# x"
    ]
    outside = lines[: fences[0]] + lines[fences[1] : fences[2]] + lines[fences[3] :]
    assert not any("<script>" in line and not line.startswith("- ") for line in outside)


def test_the_lines_of_a_message() -> None:
    """Each line is without blanks at its end, and tabs are blanks."""
    assert escaping.message(["", "a\tb  ", "c\nd"]) == ["", "a   b", "c", "d"]


@pytest.mark.parametrize("unit", ["\x1b]", "\x90", "\x9b0", "\x1b[", "\x1b ", "`", "\x9d\x1b"])
def test_no_text_takes_long(unit: str) -> None:
    """A megabyte of beginnings of commands is looked through once."""
    begun = time.process_time()
    escaping.fenced([unit * (10**6 // len(unit))])
    assert time.process_time() - begun < 2


NAMES = ["Ann Lee", "李雷", "हिन्दी", "é", "O'Neil", "a.b", "=x", "A+B (2)"]
ODD = ["a/b", "a:b", "a_b-" + "0" * 16, "..", ".", "", "-rf", " a", "a.", "CON", "nul.txt", "🙂"]
ODD += ["x" * 300, "李" * 200, "a\\x1b", "a\0b", "a\udc80b", "a\nb", "e\u0301"]


def test_file_names() -> None:
    """Names in any script stay; others are made safe, each still its own, on any system."""
    assert [escaping.file_name(name) for name in NAMES] == NAMES
    made = [escaping.file_name(name) for name in ODD]
    assert len({name.casefold() for name in [*NAMES, *made]}) == len(NAMES) + len(ODD)
    for name in made:
        assert 0 < len(f"{name}.json.part".encode()) < 256
        assert not set(name) & set('/\\:*?"<>|\0\n')
        assert name[0] not in " .-"
        assert name[-1] not in " ."
    assert escaping.file_name(made[0]) != made[0]  # nobody can be called like another's file


def test_who_is_not_judged_has_a_row(tmp_path: Path) -> None:
    """Somebody whose submission was set aside is in the table, without points, and in run.json."""
    entry = Skipped("Ann.py", "it has the same name as ann", "Ann")
    book = Book(tmp_path, ANN, [entry, Skipped("c.zip", "it is packed")])
    row = book.rows[1]
    assert (row["submission"], row["katas/01"], row["total"], row["seed"]) == ("Ann", "", "", "")
    assert row["note"] == "not judged: Ann.py: it has the same name as ann"
    said = json.loads((tmp_path / "run.json").read_text("utf-8"))
    assert said["not read"] == [str(entry), "c.zip: it is packed"]


def test_how_it_was_judged(tmp_path: Path) -> None:
    """run.json has the versions, layers, seed, digests, times and counts."""
    Book(tmp_path, ANN)
    said = json.loads((tmp_path / "run.json").read_text("utf-8"))
    assert said["layers"] == list(RUN.layers)
    assert (said["seed"], said["specs"], said["judge"]) == (8, RUN.specs, "j")
    assert (said["started"], said["seconds"], said["submissions"]) == ("now", 1.5, 1)
    assert said["verdicts"]["PASS"] == 4
    assert {"python", "torch", "numpy", "pytest"} <= said["versions"].keys()


def test_junit_names_every_submission_and_test(tmp_path: Path) -> None:
    """Passed, failed, to do, not submitted and the grader's error each in their element."""
    broken = replace(WRONG, verdict=Verdict.GRADER_ERROR)
    none = replace(judged("bob", "01"), verdict=Verdict.NOT_SUBMITTED)
    bob = [none, judged("bob", "03", broken, TO_DO)]
    Book(tmp_path, [*ANN, *bob])
    ann, other = ET.parse(tmp_path / "junit.xml").getroot()
    assert (ann.get("name"), ann.get("tests"), ann.get("failures")) == ("ann", "5", "1")
    case = ann[1]
    assert (case.get("classname"), case.get("name")) == ("katas/01 ann", "test_path[cpu]")
    assert (case[0].tag, case[0].get("type"), case[0].text) == ("failure", "FAIL", "\n".join(TOLD))
    assert [[e.tag for e in case] for case in other] == [["skipped"], ["error"], ["failure"]]
    assert (other.get("errors"), other.get("failures"), other.get("skipped")) == ("1", "1", "1")


def test_pytests_own_file_is_in_the_order_of_names(tmp_path: Path) -> None:
    """With several processes answers are judged in any order, and the file is the same."""
    kept = [*ANN, judged("bob", "01", DONE)]
    write_junit(tmp_path / "a.xml", kept)
    write_junit(tmp_path / "b.xml", [kept[i] for i in (2, 1, 0)])
    assert (tmp_path / "a.xml").read_bytes() == (tmp_path / "b.xml").read_bytes()


def test_no_clock_in_the_books(tmp_path: Path) -> None:
    """But for run.json nothing tells how long it took: two runs of the same give the same bytes."""
    Book(tmp_path / "one", ANN)
    Book(tmp_path / "two", [replace(one, seconds=99.0) for one in ANN])
    for file in (tmp_path / "one").rglob("*.*"):
        if file.is_file() and file.name != "run.json":
            assert (
                file.read_bytes()
                == (tmp_path / "two" / file.relative_to(tmp_path / "one")).read_bytes()
            )


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    """A file that is cut off in the middle leaves the one before in its place."""
    path = tmp_path / "gradebook.csv"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(TypeError), replacing(path) as file:
        file.writelines(["half", None])  # pyrefly: ignore
    assert path.read_text(encoding="utf-8") == "old"


def test_records_of_one_submission_stand_together(tmp_path: Path) -> None:
    """Out of order they would give two rows: that is an error."""
    with pytest.raises(ValueError, match="do not stand together"):
        Book(tmp_path, [ANN[0], judged("bob", "01", DONE), ANN[1]])
