"""Records: nothing that was judged is lost, doubled or judged again, wherever the run was cut."""

from __future__ import annotations

import csv
import json
import os
import random
import sqlite3
import sys
import time
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from dojo.catalogue import Catalogue
from dojo.judge.reports.records import (
    FILE,
    Records,
    RecordsError,
    judge_hash,
    record_key,
    specs_hash,
)
from dojo.judge.result import Result, TestResult
from dojo.judge.verdict import Verdict, worst

from ...forked import Forked
from ...processes import PATIENCE
from .. import writing

PASSED = TestResult("test_a[cpu]", Verdict.PASS, "", [], 2.0, observed=False)
TOLD = ["one", "\x1b[2J\udc80 'é\0"]
FAILED = TestResult("test_b", Verdict.FAIL, "WRONG", TOLD, 1.0, False, "f", ["late"], "a step late")
SEEN = TestResult("test_c", Verdict.PASS, "", [], 1.0, observed=True)
JUDGED = Result("李 \x1b", "03", 7, (PASSED, FAILED, SEEN), Verdict.FAIL, 0.1, "ab", ("a", "b"))
KEY = "key"
STUDENTS = 200  # who have an answer to each of two katas


def test_json_and_back() -> None:
    """Whatever is in a message, a record reads as it was written."""
    assert Result.from_json(JUDGED.to_json()) == JUDGED
    assert type(Result.from_json(JUDGED.to_json()).tests[0].verdict) is Verdict


@pytest.mark.parametrize("text", ["", "{}", "[]", JUDGED.to_json().replace("FAIL", "MAYBE", 1)])
def test_other_json_is_no_record(text: str) -> None:
    """Anything else raises."""
    with pytest.raises((ValueError, KeyError, TypeError)):
        Result.from_json(text)


def test_points_are_shares_by_weight() -> None:
    """Observed tests have a share of their own; a GRADER-ERROR anywhere leaves both open."""
    assert (JUDGED.points, JUDGED.observed_points) == (2 / 3, 1.0)
    assert replace(JUDGED, tests=()).points == 0.0
    broken = replace(FAILED, verdict=Verdict.GRADER_ERROR)
    assert replace(JUDGED, tests=(PASSED, broken)).points is None
    assert replace(JUDGED, verdict=Verdict.GRADER_ERROR).observed_points is None


def test_the_worst_verdict_is_the_whole() -> None:
    """PASS only if all of them are; nothing at all is the grader's error."""
    assert worst([Verdict.PASS, Verdict.PASS]) is Verdict.PASS
    assert worst([Verdict.PASS, Verdict.TODO, Verdict.TIMEOUT]) is Verdict.TIMEOUT
    assert worst([]) is Verdict.GRADER_ERROR
    assert all(worst([v]) is v for v in Verdict)


def test_found_under_its_key_alone(tmp_path: Path) -> None:
    """A record is found again, also by another process, unless anything that counts is changed."""
    with Records(tmp_path / "new/out") as records:
        records.add(JUDGED, KEY)
    with Records(tmp_path / "new/out") as records:
        assert records.find(JUDGED.submission, "03", KEY) == JUDGED
        assert records.find(JUDGED.submission, "03", "other") is None
        assert records.find(JUDGED.submission, "01", KEY) is None
        assert records.find("ann", "03", KEY) is None


def test_judged_again_is_recorded_once(tmp_path: Path) -> None:
    """A new verdict under another key takes the place of the old one."""
    with Records(tmp_path) as records:
        records.add(JUDGED, KEY)
        records.add(replace(JUDGED, seconds=9.0), "new")
        assert records.find(JUDGED.submission, "03", KEY) is None
        assert [j.seconds for j in records.each({(JUDGED.submission, "03"): "new"})] == [9.0]
        assert list(records.each({(JUDGED.submission, "03"): KEY})) == []


def test_a_graders_error_is_judged_again(tmp_path: Path) -> None:
    """It is reported, and never taken for a verdict on the submission."""
    broken = replace(JUDGED, tests=(PASSED, replace(FAILED, verdict=Verdict.GRADER_ERROR)))
    with Records(tmp_path) as records:
        records.add(broken, KEY)
        assert records.find(JUDGED.submission, "03", KEY) is None
        assert list(records.each({(JUDGED.submission, "03"): KEY})) == [broken]


def test_each_comes_in_order(tmp_path: Path) -> None:
    """Records come by submission and kata, however they were written; others are left out."""
    pairs = [(name, kata) for name in ("Zoe", "ann", "é", "李") for kata in ("01", "03")]
    mixed = random.Random(1).sample(pairs, len(pairs))
    with Records(tmp_path) as records:
        for name, kata in [*mixed, ("gone", "01")]:
            records.add(replace(JUDGED, submission=name, kata=kata), KEY)
        found = [(j.submission, j.kata) for j in records.each(dict.fromkeys(mixed, KEY))]
    assert found == pairs


def test_the_seed_of_a_run_stays(tmp_path: Path) -> None:
    """A run that goes on has the seed it was begun with, unless another is asked for.

    When it is whole, whoever it was about may have read the seed: the next run has a new one.
    """
    with Records(tmp_path) as records:
        drawn = records.run_seed(None)
    with Records(tmp_path) as records:
        assert records.run_seed(None) == drawn
        assert records.run_seed(5) == 5
        assert records.run_seed(None) == 5
        records.end_run()
        assert records.run_seed(None) not in (5, drawn)


def test_a_seed_that_is_asked_for_matters(tmp_path: Path) -> None:
    """What was judged with another seed is to be judged again, only where one is asked for."""
    with Records(tmp_path) as records:
        records.add(JUDGED, KEY)
        place = JUDGED.submission, JUDGED.kata, KEY
        assert records.find(*place) == records.find(*place, JUDGED.seed) == JUDGED
        assert records.find(*place, JUDGED.seed + 1) is None


def test_no_power_cut_leaves_half_a_record(tmp_path: Path) -> None:
    """The settings that keep the file whole are in force: a log, flushed before it is merged."""
    normal = 1
    with Records(tmp_path) as records:
        assert records._file.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert records._file.execute("PRAGMA synchronous").fetchone() == (normal,)


def test_what_is_no_file_of_ours(tmp_path: Path) -> None:
    """Another program's file, or another version's, is not touched: said with its path."""
    (tmp_path / FILE).write_text("Dear diary, " * 100, encoding="utf-8")
    with pytest.raises(RecordsError, match=r"records\.sqlite.*Name another folder"):
        Records(tmp_path)
    (tmp_path / FILE).unlink()
    with sqlite3.connect(tmp_path / FILE) as file:
        file.execute("PRAGMA user_version = 99")
    with pytest.raises(RecordsError, match="format 99"):
        Records(tmp_path)


def test_a_key_follows_all_that_a_verdict_depends_on() -> None:
    """Source, specs, judge and layers each change it; the order of layers does not."""

    def key(source: str = "s", specs: str = "p", judge: str = "j", layers: str = "ab") -> str:
        return record_key(source=source, specs=specs, judge=judge, layers=layers)

    assert len({key(), key("t"), key(specs="q"), key(judge="k"), key(layers="a")}) == 5
    assert key(layers="ba") == key()
    assert key("sp", "") != key("s", "p")


def test_hashes_follow_the_files(whole_house: Path, catalogue: Catalogue) -> None:
    """A changed trace, spec or judge is another hash; another kata's spec and a lesson are not."""
    copy = Catalogue(
        whole_house,
        {n: replace(k, folder=whole_house / "katas" / n) for n, k in catalogue.katas.items()},
    )
    kata = copy.katas["01"]
    before = specs_hash(copy, kata), judge_hash(copy)
    assert before == (specs_hash(catalogue, catalogue.katas["01"]), judge_hash(catalogue))
    kata.lesson.write_text("new", encoding="utf-8")
    assert (specs_hash(copy, kata), judge_hash(copy)) == before
    next(kata.traces.glob("*.csv")).write_text("new", encoding="utf-8")
    (whole_house / "dojo/plugin.py").write_text("new", encoding="utf-8")
    assert specs_hash(copy, kata) != before[0]
    assert judge_hash(copy) != before[1]


class Judging:
    """A process that judges so many submissions and records them.

    records: after so many it waits to be killed
    files:   where so many of the gradebook's have their names, and another is about to take its
             own, it kills itself
    """

    def __init__(
        self,
        out: Path,
        number: int,
        *,
        seed: int | None = None,
        records: int | None = None,
        files: int | None = None,
    ) -> None:
        ours, theirs = os.pipe()

        def work() -> int:
            sys.stdout = os.fdopen(theirs, "w", encoding="utf-8")
            if files is not None:
                writing.end_after(files)
            writing.main(out, number, seed, records)
            return 0

        self.process = Forked(work)
        os.close(theirs)
        self._said = os.fdopen(ours, encoding="utf-8")

    def killed_after(self, lines: int, delay: float) -> list[str]:
        """Kill -9 it some time after it said so many lines; return all that it said."""
        said = [self._said.readline() for _ in range(lines)]
        time.sleep(delay)
        self.process.kill()
        return [line for line in [*said, *self.said()] if line.endswith("\n")]

    def said(self) -> list[str]:
        """Return the lines that it said, when it has ended."""
        with self._said:
            lines = self._said.readlines()
        self.process.wait(PATIENCE)
        return lines


def recorded(out: Path) -> list[tuple[str, str]]:
    """Return what is recorded, after a check of the whole file."""
    with sqlite3.connect(out / FILE) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return file.execute("SELECT submission, kata FROM judged").fetchall()


def books(out: Path) -> dict[str, bytes]:
    """Return the gradebook's files, all but what tells of the run itself."""
    files = (f for f in out.rglob("*") if f.is_file() and not f.name.startswith("records.sqlite"))
    return {f.relative_to(out).as_posix(): f.read_bytes() for f in files if f.name != "run.json"}


def refuse_fragments(out: Path) -> None:
    """Check that each file of the gradebook that has its name is complete."""
    for name, content in books(out).items():
        text, kind = content.decode("utf-8-sig"), Path(name).suffix
        if kind == ".json":
            json.loads(text)
        elif kind == ".xml":
            assert len(ET.fromstring(text)) == STUDENTS
        elif kind == ".csv":
            assert len(list(csv.reader(text.splitlines()))) == STUDENTS + 1
        elif kind == ".html":
            assert text.rstrip().endswith("</html>"), name
        else:
            assert kind == ".part" or text.startswith("# Feedback"), name


def test_kill_9_at_twenty_random_moments(tmp_path: Path) -> None:
    """What was judged is not judged again, nothing is lost or doubled, the gradebook is the same.

    Twenty kills while it judges, five more while it writes the gradebook.
    """
    whim, out = random.Random(8), tmp_path / "out"
    said: list[str] = []
    for i in range(20):
        seed = None if i > 0 else 8  # later it is remembered
        lines = whim.randint(1, 10)
        judging = Judging(out, STUDENTS, seed=seed, records=lines + 9)
        said += judging.killed_after(lines, whim.random() / 100)
        assert judging.process.returncode == -9
        safe = {line.removeprefix("judged ").strip() for line in said}
        rows = [f"{name} {kata}" for name, kata in recorded(out)]
        assert len(rows) == len(set(rows)) < 2 * STUDENTS
        assert safe <= set(rows)
    for files in (0, 1, 2, STUDENTS - 50, 2 * STUDENTS - 50):
        judging = Judging(out, STUDENTS, files=files)
        said += judging.said()
        assert judging.process.returncode == -9
        refuse_fragments(out)
    said += Judging(out, STUDENTS).said()
    judged = [line for line in said if line.startswith("judged")]
    assert len(judged) == len(set(judged))
    undisturbed = tmp_path / "undisturbed"
    assert Judging(undisturbed, STUDENTS, seed=8).said()[-1] == "done\n"
    assert books(out) == books(undisturbed)


def test_several_processes_share_a_file(tmp_path: Path) -> None:
    """Judges that begin at once on one folder get into nobody's way."""
    together = [Judging(tmp_path, 60, seed=8) for _ in range(4)]
    said = [judging.said() for judging in together]
    assert all("book\n" in lines for lines in said)
    assert len(recorded(tmp_path)) == 120


@pytest.mark.parametrize("ending", ["", "-wal", "-shm", "-journal"])
def test_a_planted_link_is_refused(tmp_path: Path, ending: str) -> None:
    """No database is opened, nor written beside, through a link."""
    (tmp_path / "secret").write_text("untouched", encoding="utf-8")
    (tmp_path / f"{FILE}{ending}").symlink_to(tmp_path / "secret")
    with pytest.raises(RecordsError, match="is a link"):
        Records(tmp_path)
    assert (tmp_path / "secret").read_text(encoding="utf-8") == "untouched"
