"""Writes the gradebook: what graders open, what students read, and what machines take.

    gradebook.csv        a row for each submission
    results/NAME.json    Gradescope's results.json
    feedback/NAME.md     what the student should read
    junit.xml            every submission and test
    run.json             how it was judged, and when

One pass over the records, so it takes no more memory for thousands of submissions. But for run.json
the files hold no times: the same answers, judged in one go or in twenty, give the same bytes. Each
file appears whole or not at all.
"""

from __future__ import annotations

import csv
import itertools
import json
import operator
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dojo.judge.reports.escaping import cell, file_name
from dojo.judge.reports.feedback_pages import page
from dojo.judge.reports.gradescope import gradescope
from dojo.judge.reports.junit import JUnit
from dojo.judge.reports.records import versions
from dojo.judge.reports.replacing import replacing
from dojo.judge.result import Result, Skipped
from dojo.judge.verdict import Verdict

DIGITS = 4  # of points in the table


@dataclass(frozen=True)
class Run:
    """How a run judged.

    katas: their numbers; specs: the digest of each kata's specs; judge: the digest of the judge;
    started: a date and time; seconds: of wall-clock time.
    """

    katas: tuple[str, ...]
    seed: int
    layers: tuple[str, ...]
    specs: dict[str, str]
    judge: str
    started: str
    seconds: float


def write_gradebook(
    out: Path, judged: Iterable[Result], run: Run, skipped: Sequence[Skipped] = ()
) -> None:
    """Write everything into the folder `out`.

    `judged` comes ordered by submission, as `Records.each` yields it. `skipped` are named in
    run.json; those that are somebody's submission have a row, without points, with the reason.
    Errors: ValueError if a submission's records do not stand together.
    """
    for folder in (out, out / "results", out / "feedback"):
        folder.mkdir(parents=True, exist_ok=True)
    counts: Counter[str] = Counter()
    written: set[str] = set()
    with (
        replacing(out / "gradebook.csv", "utf-8-sig") as table,
        replacing(out / "junit.xml") as xml,
    ):
        rows = csv.writer(table, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
        rows.writerow(_header(run))
        junit = JUnit(xml)
        for name, group in itertools.groupby(judged, operator.attrgetter("submission")):
            if name in written:
                raise ValueError(f"the records of {name!r} do not stand together")
            written.add(name)
            own = sorted(group, key=operator.attrgetter("kata"))
            rows.writerow(_row(name, own, run))
            junit.add(name, own)
            _hand_back(out, name, own, run)
            counts.update(str(v) for one in own for v in one.verdicts)
        rows.writerows(_row_of_skipped(entry, run) for entry in skipped if entry.name)
        junit.end()
    _write_run(out, run, len(written), counts, skipped)


def _header(run: Run) -> list[str]:
    katas = [f"katas/{kata}" for kata in run.katas]
    return ["submission", *katas, "total", "observed", *map(str, Verdict), "seed", "note"]


def _row(name: str, judged: Sequence[Result], run: Run) -> list[str | float]:
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
        judged[0].seed,
        f"not scored: {', '.join(missing)}" if missing else "",
    ]


def _row_of_skipped(entry: Skipped, run: Run) -> list[str | float]:
    blank = [""] * (len(run.katas) + 2)
    return [cell(entry.name), *blank, *[0 for _ in Verdict], "", cell(f"not judged: {entry}")]


def _number(points: float | None) -> str | float:
    return "" if points is None else round(points, DIGITS)


def _sum(points: Sequence[float | None]) -> str | float:
    scored = [p for p in points if p is not None]
    return _number(sum(scored)) if len(scored) == len(points) else ""


def _hand_back(out: Path, name: str, judged: Sequence[Result], run: Run) -> None:
    """Write a submission's own two files."""
    with replacing(out / "results" / f"{file_name(name)}.json") as file:
        file.write(gradescope(judged, len(run.katas)))
    with replacing(out / "feedback" / f"{file_name(name)}.md") as file:
        file.write(page(name, judged, len(run.katas)))


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
