"""A grader's desk: the inbox that is judged, the records that are kept, the gradebook they make."""

from __future__ import annotations

import datetime
import itertools
import secrets
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from dojo.catalogue import Catalogue, Kata
from dojo.command_line import callers_of
from dojo.judge.inbox.submissions import Inbox, Submission, open_inbox
from dojo.judge.options import asks_for, asks_for_additions
from dojo.judge.reports.records import (
    Records,
    RecordsError,
    judge_hash,
    record_key,
    specs_hash,
)

SEED_BITS = 31


class Desk:
    """What a run with `--submissions` reads, and where it writes.

    out:     the folder of the gradebook, if there is to be one
    records: what was judged before and is judged now, where there is a gradebook
    seed:    the one asked for, else the one begun with, else a drawn one
    Errors: InboxError, RecordsError.
    """

    def __init__(self, config: pytest.Config, catalogue: Catalogue) -> None:
        self._config, self._catalogue = config, catalogue
        self._begun, self._started = time.monotonic(), datetime.datetime.now(datetime.UTC)
        self.out = self._path("--gradebook") if config.getoption("--gradebook") else None
        self.inbox = self._open_inbox()
        self.records = self._open_records(self.out) if self.out is not None else None
        self.seed = self._seed()

    def _path(self, option: str) -> Path:
        here = self._config.invocation_params.dir
        return Path(here, self._config.getoption(option)).absolute()

    def _open_inbox(self) -> Inbox:
        katas = [k for k in self._catalogue.katas.values() if asks_for(self._config, k)]
        asked = self._config.getoption("--inbox-format") or ""
        return open_inbox(self._path("--submissions"), katas, asked)

    def _open_records(self, out: Path) -> Records:
        if out.resolve().is_relative_to(self.inbox.folder.resolve()):
            raise RecordsError(f"--gradebook {out} lies in the inbox: choose another folder.")
        from dojo.judge.reports.gradebook import PlantedLink, prepare

        try:
            prepare(out)
        except PlantedLink as error:
            raise RecordsError(str(error)) from None
        return Records(out)

    def _seed(self) -> int:
        asked = self._config.getoption("--kata-seed")
        if self.records is not None:
            return self.records.run_seed(asked)
        return secrets.randbits(SEED_BITS) if asked is None else asked

    @property
    def is_seed_asked(self) -> bool:
        """Whether the command line names the seed."""
        return self._config.getoption("--kata-seed") is not None

    def count_unjudged(self, layers: tuple[str, ...], most: int) -> int:
        """Count the answers that are to be tried, of which there is no record; `most` at most."""
        answers = itertools.product(self.inbox.submissions, self.inbox.katas)
        if self.records is None or asks_for_additions(self._config):
            return sum(1 for _ in itertools.islice(answers, most))
        judge = judge_hash(self._catalogue)
        specs = {kata.number: specs_hash(self._catalogue, kata) for kata in self.inbox.katas}
        seed = self.seed if self.is_seed_asked else None

        def is_unjudged(submission: Submission, kata: Kata) -> bool:
            handed = self.inbox.read(submission, kata)
            own = {"source": handed.source_hash, "specs": specs[kata.number]}
            key = record_key(**own, judge=judge, layers=layers)
            assert self.records is not None
            found = self.records.find(submission.name, kata.number, key, seed)
            return handed.verdict is None and found is None

        return sum(1 for _ in itertools.islice((a for a in answers if is_unjudged(*a)), most))

    def write_gradebook(self, keys: Mapping[tuple[str, str], str], layers: tuple[str, ...]) -> None:
        """Write the gradebook, if there is to be one, from the records of this run alone.

        keys: what they are kept under, by submission and kata
        """
        if self.out is None or self.records is None:
            return
        from dojo.judge.reports.gradebook import Run, write_gradebook

        katas = self.inbox.katas
        run = Run(
            katas=tuple(kata.number for kata in katas),
            seed=self.seed,
            layers=layers,
            specs={kata.number: specs_hash(self._catalogue, kata) for kata in katas},
            judge=judge_hash(self._catalogue),
            started=self._started.isoformat(timespec="seconds"),
            seconds=time.monotonic() - self._begun,
            results_for=self._config.getoption("--results-for"),
        )
        write_gradebook(
            self.out,
            self.records.each(keys),
            run,
            self.inbox.not_understood(self._catalogue),
            {kata.number: callers_of(kata) for kata in katas},
            self.records.people() - {s.name for s in self.inbox.submissions},
            {kata.number: kata.title for kata in katas},
        )
        self.records.end_run()

    def close(self) -> None:
        """Close the records."""
        if self.records is not None:
            self.records.close()
