"""What a judged run leaves behind: the gradebook, and a JUnit file that names every test."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dojo.judge.gradebook import Run, replacing, write_gradebook
from dojo.judge.judged import Judged
from dojo.judge.junit import JUnit
from dojo.judge.records import judge_hash, record_key, specs_hash

if TYPE_CHECKING:
    from dojo.judge.session import Court


def write_books(court: Court) -> None:
    """Write the gradebook from the records of this run, and only of this run."""
    assert court.out is not None
    assert court.records is not None
    katas = {k.number: k for k in court.inbox.katas}
    specs = {number: specs_hash(court.catalogue, kata) for number, kata in katas.items()}
    run = Run(
        katas=tuple(katas),
        seed=court.seed,
        layers=court.layers,
        specs=specs,
        judge=judge_hash(court.catalogue),
        started=court.started.isoformat(timespec="seconds"),
        seconds=time.monotonic() - court.begun,
    )
    strays = court.inbox.not_understood(court.catalogue)
    write_gradebook(court.out, court.records.each(_keys(court, run)), run, strays)


def _keys(court: Court, run: Run) -> dict[tuple[str, str], str]:
    """What each record of this run is kept under."""
    found: dict[tuple[str, str], str] = {}
    for submission in court.inbox.submissions:
        for kata in court.inbox.katas:
            found[submission.name, kata.number] = record_key(
                source=court.inbox.read(submission, kata).source_hash,
                specs=run.specs[kata.number],
                judge=run.judge,
                seed=submission.seed(court.seed),
                layers=court.layers,
            )
    return found


def write_junit(path: Path, kept: Sequence[Judged]) -> None:
    """Replace pytest's file, which knows only submissions, by one that names every test."""
    own: dict[str, list[Judged]] = {}
    for judged in kept:
        own.setdefault(judged.submission, []).append(judged)
    with replacing(path) as file:
        junit = JUnit(file)
        for name, judged in own.items():
            junit.add(name, judged)
        junit.end()
