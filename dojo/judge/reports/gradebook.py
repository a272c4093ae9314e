"""Writes the gradebook: what graders open, what students read, and what machines take.

    gradebook.csv        a row for each submission
    index.html           the class: how far everyone is, and what to teach again
    results/NAME.json    Gradescope's results.json, or PrairieLearn's
    feedback/NAME.md     what the student should read; NAME.html, the same in a browser
    junit.xml            every submission and test
    run.json             how it was judged, and when

One pass over the records: of thousands of submissions only the table of the class is kept. But for
run.json the files hold no times: the same answers, judged in one go or in twenty, give the same
bytes. Each file appears whole or not at all.
"""

from __future__ import annotations

import csv
import itertools
import json
import operator
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dojo.judge.reports.class_page.counting import Classroom
from dojo.judge.reports.escaping import cell, file_name
from dojo.judge.reports.feedback_pages import Callers, page
from dojo.judge.reports.gradescope import gradescope
from dojo.judge.reports.junit import JUnit
from dojo.judge.reports.prairielearn import prairielearn
from dojo.judge.reports.records import versions
from dojo.judge.reports.replacing import replacing
from dojo.judge.reports.wording import listed
from dojo.judge.result import Result, Skipped
from dojo.judge.verdict import Verdict

RESULTS = {"gradescope": gradescope, "prairielearn": prairielearn}
DIGITS = 4  # of points in the table
NOTED = 3  # reasons why something was not read, in one person's note
HANDED_BACK = {"results": [".json"], "feedback": [".md", ".html"]}  # files of each submission


@dataclass(frozen=True)
class Run:
    """How a run judged.

    katas: their numbers; specs: the digest of each kata's specs; judge: the digest of the judge;
    started: a date and time; seconds: of wall-clock time; results_for: the platform whose format
    results/ are in.
    """

    katas: tuple[str, ...]
    seed: int
    layers: tuple[str, ...]
    specs: dict[str, str]
    judge: str
    started: str
    seconds: float
    results_for: str = "gradescope"


class PlantedLink(ValueError):
    """A link in the place of a folder that is to be written in; the message says which."""


def prepare(out: Path) -> None:
    """Make the folder `out` and those in it. Errors: PlantedLink for a link in place of one."""
    out.mkdir(parents=True, exist_ok=True)
    for folder in (out / name for name in HANDED_BACK):
        if folder.is_symlink():
            raise PlantedLink(f"{folder} is a link, which is not followed: remove it.")
        folder.mkdir(exist_ok=True)


def write_gradebook(
    out: Path,
    judged: Iterable[Result],
    run: Run,
    skipped: Sequence[Skipped] = (),
    callers: Mapping[str, Callers] | None = None,
    gone: Iterable[str] = (),
    titles: Mapping[str, str] | None = None,
) -> None:
    """Write everything into the folder `out`.

    `judged` comes ordered by submission, as `Records.each` yields it. `skipped` are named in
    run.json; those that are somebody's submission have a row, without points, with the reason, and
    those that somebody should hear of are in that row's note and on that page. `callers` are each
    kata's functions with their tests, `titles` what the katas are called, by number. Whoever is
    `gone` from the inbox keeps no file here.
    Errors: ValueError if a submission's records do not stand together; PlantedLink.
    """
    prepare(out)
    from dojo.judge.reports.class_page.writing import write_class_page

    book = _Book(out, run, skipped, callers)
    with (
        replacing(out / "gradebook.csv", "utf-8-sig") as table,
        replacing(out / "junit.xml") as xml,
    ):
        rows = csv.writer(table, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
        rows.writerow(_header(run))
        junit = JUnit(xml)
        for name, own in _by_submission(judged):
            rows.writerow(_row(name, own, run, book.unread(name)))
            junit.add(name, own)
            book.add(name, own)
        rows.writerows(_row_of_skipped(entry, run) for entry in skipped if entry.name)
        junit.end()
    with replacing(out / "index.html") as file:
        write_class_page(file, book.room, titles or {}, skipped)
    _write_run(out, run, len(book.names), book.counts, skipped)
    for name in set(gone) - book.names:
        _take_back(out, name)


def _by_submission(judged: Iterable[Result]) -> Iterator[tuple[str, list[Result]]]:
    """Yield each submission's name with its records, by kata.

    Errors: ValueError if a submission's records do not stand together.
    """
    met = set[str]()
    for name, group in itertools.groupby(judged, operator.attrgetter("submission")):
        if name in met:
            raise ValueError(f"the records of {name!r} do not stand together")
        met.add(name)
        yield name, sorted(group, key=operator.attrgetter("kata"))


class _Book:
    """Writes what each submission is handed back, and keeps what is said of all of them.

    names, counts: whose records they are, and how many tests came to each verdict
    room:          the class, as its page shows it
    """

    def __init__(
        self,
        out: Path,
        run: Run,
        skipped: Sequence[Skipped],
        callers: Mapping[str, Callers] | None,
    ) -> None:
        from dojo.judge.reports.class_page.feedback import FeedbackInHtml

        self._out, self._run, self._callers = out, run, callers
        self._in_html = FeedbackInHtml()
        self._unread: dict[str, list[Skipped]] = {}
        for entry in skipped:
            self._unread.setdefault(entry.owner, []).append(entry)
        self.names, self.counts, self.room = set[str](), Counter[str](), Classroom(run.katas)

    def unread(self, name: str) -> Sequence[Skipped]:
        """Return what somebody should hear of that was not read."""
        return self._unread.get(name, ())

    def add(self, name: str, own: Sequence[Result]) -> None:
        """Write one submission's files, and count it."""
        katas, unread = len(self._run.katas), [u for u in self.unread(name) if not u.kata]
        results = RESULTS[self._run.results_for](own, katas)
        told = page(name, own, katas, self._callers, unread)
        plots = {one.kata: one.plot for one in own if one.plot is not None and one.plot.png}
        texts = {".json": results, ".md": told, ".html": self._in_html.page(name, told, plots)}
        _hand_back(self._out, name, texts)
        self.names.add(name)
        self.room.add(name, own)
        self.counts.update(str(v) for one in own for v in one.verdicts)


def _header(run: Run) -> list[str]:
    katas = [f"katas/{kata}" for kata in run.katas]
    return ["submission", *katas, "total", "observed", *map(str, Verdict), "seed", "note"]


def _row(
    name: str, judged: Sequence[Result], run: Run, unread: Sequence[Skipped]
) -> list[str | float]:
    """One submission: a kata that is not judged, or not scored, is blank, and so is the total."""
    points = {one.kata: one.points for one in judged}
    each = [points.get(kata) for kata in run.katas]
    missing = [f"katas/{kata}" for kata, p in zip(run.katas, each, strict=True) if p is None]
    observed = [one.observed_points for one in judged]
    verdicts = Counter(v for one in judged for v in one.verdicts)
    return [
        cell(name),
        *map(_number, each),
        _sum(each),
        "" if missing else _sum(observed),
        *(verdicts[verdict] for verdict in Verdict),
        " ".join(dict.fromkeys(str(one.seed) for one in judged)),
        cell(_note(missing, unread)),
    ]


def _note(missing: Sequence[str], unread: Sequence[Skipped]) -> str:
    """Write what a grader should know of a row: what has no points, what was not read."""
    said = [f"not scored: {', '.join(missing)}"] if missing else []
    reasons = listed(unread)
    more = len(reasons) - NOTED
    rest = [f"{more} more on the student's page"] if more > 0 else []
    return "; ".join([*said, *reasons[:NOTED], *rest])


def _row_of_skipped(entry: Skipped, run: Run) -> list[str | float]:
    blank = [""] * (len(run.katas) + 2)
    return [cell(entry.name), *blank, *[0 for _ in Verdict], "", cell(f"not judged: {entry}")]


def _number(points: float | None) -> str | float:
    return "" if points is None else round(points, DIGITS)


def _sum(points: Sequence[float | None]) -> str | float:
    scored = [p for p in points if p is not None]
    return _number(sum(scored)) if len(scored) == len(points) else ""


def _hand_back(out: Path, name: str, texts: Mapping[str, str]) -> None:
    """Write a submission's own files, each text under its ending."""
    for path in _own_files(out, name):
        with replacing(path) as file:
            file.write(texts[path.suffix])


def _take_back(out: Path, name: str) -> None:
    """Remove the files of somebody whose submission is not there any more."""
    for path in _own_files(out, name):
        path.unlink(missing_ok=True)


def _own_files(out: Path, name: str) -> list[Path]:
    own = file_name(name)
    return [out / folder / f"{own}{end}" for folder, ends in HANDED_BACK.items() for end in ends]


def _write_run(
    out: Path, run: Run, submissions: int, counts: Counter[str], skipped: Sequence[Skipped]
) -> None:
    said: dict[str, Any] = {
        **asdict(run),
        "versions": versions(),
        "submissions": submissions,
        "verdicts": {str(v): counts[v] for v in Verdict},
        "not read": [str(entry) for entry in skipped],
    }
    with replacing(out / "run.json") as file:
        file.write(json.dumps(said, indent=1, ensure_ascii=False) + "\n")
