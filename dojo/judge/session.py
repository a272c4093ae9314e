"""The judge in pytest: one item for each submission and kata, and what a grader sees of them."""

from __future__ import annotations

import datetime
import secrets
import sys
import time
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dojo.catalogue import Catalogue, Kata
from dojo.judge.inbox import Inbox, InboxError, Submission, open_inbox
from dojo.judge.item import JudgedItem
from dojo.judge.judged import Judged
from dojo.judge.layers import LAYERS, SandboxBroken, SandboxMissing, refuse_if_missing
from dojo.judge.nursery import Nursery
from dojo.judge.pace import Pace
from dojo.judge.records import Records, RecordsError
from dojo.judge.verdict import Verdict

if TYPE_CHECKING:
    from distributed import Client

    from dojo.judge.cluster import Cluster

LETTERS = {
    Verdict.PASS: ".",
    Verdict.FAIL: "F",
    Verdict.TODO: "t",
    Verdict.TIMEOUT: "T",
    Verdict.OUT_OF_MEMORY: "M",
    Verdict.CRASH: "C",
    Verdict.REFUSED: "R",
    Verdict.GRADER_ERROR: "E",
    Verdict.NOT_SUBMITTED: "-",
}
ROWS = 40  # of the table on the screen; the gradebook has them all
SEED_BITS = 31
NOT_JUDGED = 3  # the exit code of a run without verdicts: pytest's own for an internal error


class Court:
    """The plugin of a run with `--submissions`."""

    def __init__(self, config: pytest.Config, catalogue: Catalogue) -> None:
        if sys.platform != "linux":
            raise pytest.UsageError(
                "--submissions needs Linux: its sandbox is made of Linux's own."
            )
        for other in ("--answers", "--require-cuda"):
            if config.getoption(other):
                raise pytest.UsageError(
                    f"--submissions goes without {other}: it judges on the CPU."
                )
        if config.getoption("--dask") and config.getoption("dist", "no") != "no":
            raise pytest.UsageError("--dask goes without -n: the Dask workers share the work.")
        self.config, self.catalogue = config, catalogue
        self.layers = _layers(config.getoption("--sandbox"))
        self.is_worker = hasattr(config, "workerinput")
        self.expected = self.seen = 0
        self.tests_of: dict[str, int] = {}
        self.counts, self.kept = Counter[str](), list[Judged]()
        self.broken = ""
        self.begun, self.started = time.monotonic(), datetime.datetime.now(datetime.UTC)
        self._closing = ExitStack()
        self._nursery: Nursery | None = None
        self._read: tuple[str, Judged | None] = "", None
        try:
            if not config.getoption("--dask"):  # else the sandboxes are on other machines
                refuse_if_missing(self.layers)
            self.inbox = self._open_inbox()
            self.records = self._open_records()
        except (InboxError, RecordsError, SandboxMissing) as error:
            raise pytest.UsageError(str(error)) from None
        self.seed = self._seed()
        self.client: Client | None = self._connect()
        self.cluster: Cluster | None = None

    def _open_inbox(self) -> Inbox:
        folder = self._path("--submissions")
        katas = [k for k in self.catalogue.katas.values() if _asks_for(self.config, k)]
        return open_inbox(folder, katas)

    def _path(self, option: str) -> Path:
        return Path(self.config.invocation_params.dir, self.config.getoption(option)).absolute()

    @property
    def out(self) -> Path | None:
        """Where the gradebook goes, if anywhere."""
        return self._path("--gradebook") if self.config.getoption("--gradebook") else None

    def _open_records(self) -> Records | None:
        if self.out is None:
            return None
        if self.out.resolve().is_relative_to(self.inbox.folder.resolve()):
            raise RecordsError(f"--gradebook {self.out} lies in the inbox: choose another folder.")
        self.out.mkdir(parents=True, exist_ok=True)
        return self._closing.enter_context(Records(self.out))

    def _seed(self) -> int:
        """Return the run's seed: the controller's, the one asked for, or a drawn one."""
        if self.is_worker:
            return int(self.config.__dict__["workerinput"]["kata_seed"])
        asked = self.config.getoption("--kata-seed")
        if self.records is not None:
            return self.records.run_seed(asked)
        return secrets.randbits(SEED_BITS) if asked is None else asked

    def _connect(self) -> Client | None:
        address = self.config.getoption("--dask")
        if not address or self.config.option.collectonly:
            return None
        from dojo.judge.cluster import ClusterError, connect

        try:
            return self._closing.enter_context(connect(address))
        except ClusterError as error:
            raise pytest.UsageError(str(error)) from None

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the seed to an xdist worker."""
        node.workerinput["kata_seed"] = self.seed

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Start the zygote where submissions will be judged: it imports torch while we do."""
        by_xdist = self.config.getoption("dist", "no") != "no" and not self.is_worker
        if not by_xdist and self.client is None and not self.config.option.collectonly:
            self._nursery = self._closing.enter_context(closing(Nursery(self.layers)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Put one item for each submission and kata where the kata's tests were."""
        from dojo.judge.judging import Judging
        from dojo.trial import SpecTest

        specs: dict[str, list[SpecTest]] = {}
        modules: dict[str, pytest.Collector] = {}
        for item in items:
            own = self.catalogue.kata_of(item.path)
            if own is None or not isinstance(item, pytest.Function) or item.parent is None:
                raise pytest.UsageError(f"--submissions judges katas only, not {item.nodeid}.")
            test = SpecTest.of(item)
            if test.on_cpu:
                specs.setdefault(own.number, []).append(test)
                modules[own.number] = item.parent
        self.tests_of = {number: len(tests) for number, tests in specs.items()}
        self.judging = Judging(
            self.catalogue, specs, self.inbox, self.seed, self.layers, self.records, self._nursery
        )
        self._closing.callback(self.judging.close)
        items[:] = [
            self._item(modules[number], submission, self.catalogue.katas[number])
            for submission in self.inbox.submissions
            for number in specs
        ]

    def _item(self, module: pytest.Collector, submission: Submission, kata: Kata) -> JudgedItem:
        item: JudgedItem = JudgedItem.from_parent(
            module, name=submission.name, court=self, submission=submission, kata=kata
        )
        return item

    def judge(self, item: JudgedItem) -> Judged:
        """Judge one item; whatever keeps the judge from judging ends the run."""
        from dojo.judge.judging import GraderError

        try:
            if self.client is not None and self.cluster is None:
                self.cluster = self._on_cluster(self.client, item.session)
            return (self.cluster or self.judging).judge(item.submission, item.own)
        except (GraderError, SandboxMissing, SandboxBroken) as error:
            item.session.shouldstop = f"GRADER-ERROR: {error}"
            raise

    def _on_cluster(self, client: Client, session: pytest.Session) -> Cluster:
        """Hand all that this run is to judge to the cluster, before anything is waited for."""
        from dojo.judge.cluster import Cluster

        if not client.nthreads():
            screen: Any = self.config.pluginmanager.get_plugin("terminalreporter")
            screen.write_line("The Dask cluster has no worker yet: waiting for one.")
        items = (i for i in session.items if isinstance(i, JudgedItem))
        return Cluster(client, self.judging, ((i.submission, i.own) for i in items))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put what was judged on the report, as text: it crosses from an xdist worker."""
        report = yield
        if isinstance(item, JudgedItem) and report.when == "call":
            report.__dict__["judged"] = item.judged.to_json() if item.judged else ""
            item.judged = None
        return report

    def pytest_report_teststatus(self, report: Any) -> tuple[str, str, str] | None:
        """Count by verdict."""
        judged = self._judged(report)
        if judged is not None:
            if self.pace.in_place:
                return judged.verdict.lower(), "", ""
            return judged.verdict.lower(), LETTERS[judged.verdict], judged.verdict
        return (
            ("grader-error", "E", "GRADER-ERROR") if report.__dict__.get("judged") == "" else None
        )

    def _judged(self, report: Any) -> Judged | None:
        """Return what was judged, read once for those who ask in turn."""
        text = report.__dict__.get("judged")
        if not text:
            return None
        if text is not self._read[0]:
            self._read = text, Judged.from_json(text)
        return self._read[1]

    @cached_property
    def pace(self) -> Pace:
        """The line that says how far the run is."""
        return Pace(self.config.pluginmanager.get_plugin("terminalreporter"))

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what the end of the run needs, and no more: reports stay until then."""
        if self.is_worker:
            return
        if report.__dict__.get("judged") == "":
            self.broken = str(report.longrepr)
        judged = self._judged(report)
        if judged is None:
            return
        report.__dict__["judged"] = None
        self.seen += 1
        self.pace.judged(self.expected)
        self.counts[judged.verdict] += 1
        if len(judged.tests) != self.tests_of.get(judged.kata, len(judged.tests)):
            self.broken = f"{judged.submission}, kata {judged.kata}: {len(judged.tests)} verdicts"
        if self.config.getoption("xmlpath") or len(self.kept) < ROWS:
            self.kept.append(judged)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note how many verdicts there must be."""
        self.expected = len(session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Note the same where xdist's workers collect."""
        self.expected = len(ids)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the gradebook; a run without all its verdicts is a GRADER-ERROR."""
        if self.is_worker or self.config.option.collectonly:
            return
        from dojo.judge import paperwork

        self.pace.end()
        stopped = session.shouldstop or session.shouldfail
        if self.expected and self.seen != self.expected and not stopped and not self.broken:
            self.broken = f"{self.expected} verdicts are due, there are {self.seen}."
        if self.broken:
            session.exitstatus = NOT_JUDGED
        elif self.out is not None:
            paperwork.write_books(self)
        if self.config.getoption("xmlpath") and self.kept:
            paperwork.write_junit(Path(self.config.getoption("xmlpath")), self.kept)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the first submissions, what was not understood, and where all of it is."""
        for line in self._summary():
            terminalreporter.write_line(line)

    def _summary(self) -> Iterator[str]:
        if self.broken:
            yield from ("", f"GRADER-ERROR: {self.broken}", "No verdict of this run counts.")
            return
        yield ""
        width = max((len(j.submission) for j in self.kept[:ROWS]), default=0)
        for judged in self.kept[:ROWS]:
            share = "" if judged.points is None else f"{100 * judged.points:4.0f} %"
            yield f"  {judged.submission:<{width}}   {judged.kata}  {share}  {judged.verdict}"
        if self.seen > ROWS:
            yield f"  … and {self.seen - ROWS} more"
        strays = self.inbox.not_understood(self.catalogue)
        if strays:
            yield from ("", "Not judged:", *(f"  {stray}" for stray in strays[:ROWS]))
        yield ""
        yield f"Sandbox: {' and '.join(self.layers)}. Same inputs again: --kata-seed={self.seed}"
        if self.out is not None:
            yield f"Gradebook: {self.out / 'gradebook.csv'}"

    def pytest_unconfigure(self) -> None:
        """End the sandbox and close the records."""
        self._closing.close()


def _layers(asked: str | None) -> tuple[str, ...]:
    return tuple(LAYERS) if asked is None else (asked,)


def _asks_for(config: pytest.Config, kata: Kata) -> bool:
    """Whether the command line names this kata, or a folder that it is in."""
    here = config.invocation_params.dir
    named = (Path(here, str(arg).split("::")[0]).resolve() for arg in config.args)
    return any(
        kata.folder.resolve().is_relative_to(p) or p.is_relative_to(kata.folder.resolve())
        for p in named
    )
