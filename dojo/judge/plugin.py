"""The judge in pytest: one item for each submission and kata, and what a grader sees of them."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dojo.catalogue import Catalogue, Kata
from dojo.collection import in_order
from dojo.judge.desk import Desk
from dojo.judge.inbox.submissions import InboxError, Submission
from dojo.judge.item import SubmissionItem
from dojo.judge.options import layers_of, refuse_what_does_not_fit
from dojo.judge.reports.records import RecordsError
from dojo.judge.reports.terminal import JUDGED, KEY, TerminalReport, not_read
from dojo.judge.result import Result
from dojo.judge.sandbox.forkserver import ForkServer
from dojo.judge.sandbox.requirements import SandboxBroken, SandboxMissing, refuse_if_missing

if TYPE_CHECKING:
    from distributed import Client

    from dojo.judge.cluster.scheduler import Cluster

NOT_JUDGED = 3  # the exit code where not all is judged: pytest's own for an internal error


class JudgePlugin:
    """The plugin of a run with `--submissions`."""

    def __init__(self, config: pytest.Config, catalogue: Catalogue) -> None:
        refuse_what_does_not_fit(config)
        self.config, self.catalogue = config, catalogue
        self.layers = layers_of(config)
        self.is_worker = hasattr(config, "workerinput")
        self.terminal = TerminalReport(config)
        self.tests_of: dict[str, int] = {}
        self.interrupted = False
        self._closing = ExitStack()
        self._forkserver: ForkServer | None = None
        try:
            if not config.getoption("--dask"):  # else the sandboxes are on other machines
                refuse_if_missing(self.layers)
            self.desk = self._closing.enter_context(closing(Desk(config, catalogue)))
        except (InboxError, RecordsError, SandboxMissing) as error:
            raise pytest.UsageError(str(error)) from None
        self.client: Client | None = self._connect()
        self.cluster: Cluster | None = None

    def _connect(self) -> Client | None:
        address = self.config.getoption("--dask")
        if not address or self.config.option.collectonly:
            return None
        from dojo.judge.cluster.scheduler import ClusterError, connect

        try:
            return self._closing.enter_context(connect(address))
        except ClusterError as error:
            raise pytest.UsageError(str(error)) from None

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        """Say whose submissions these are, before any is judged."""
        screen: Any = self.config.pluginmanager.get_plugin("terminalreporter")
        self.terminal.begin()
        if not self.is_worker and screen is not None and self.config.get_verbosity() >= -1:
            screen.write_line(self.desk.inbox.said)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the seed to an xdist worker."""
        node.workerinput["kata_seed"] = self.desk.seed

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Start the zygote where submissions will be judged: it imports torch while we do."""
        by_xdist = self.config.getoption("dist", "no") != "no" and not self.is_worker
        if not by_xdist and self.client is None and not self.config.option.collectonly:
            self._forkserver = self._closing.enter_context(closing(ForkServer(self.layers)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Put one item for each submission and kata where the kata's tests were."""
        from dojo.judge.grader import Grader
        from dojo.spec.trial import SpecTest

        specs: dict[str, list[SpecTest]] = {}
        modules: dict[str, pytest.Collector] = {}
        for item in in_order(items):
            own = self.catalogue.kata_of(item.path)
            if own is None or not isinstance(item, pytest.Function) or item.parent is None:
                raise pytest.UsageError(f"--submissions judges katas only, not {item.nodeid}.")
            test = SpecTest.of(item)
            if test.on_cpu:
                specs.setdefault(own.number, []).append(test)
                modules[own.number] = item.parent
        self.tests_of = {number: len(tests) for number, tests in specs.items()}
        self.grader = Grader(
            self.catalogue,
            specs,
            self.desk.inbox,
            self.desk.seed,
            self.layers,
            self.desk.records,
            self.desk.is_seed_asked,
            self._forkserver,
        )
        self._closing.callback(self.grader.close)
        items[:] = [
            self._item(modules[number], submission, self.catalogue.katas[number])
            for submission in self.desk.inbox.submissions
            for number in specs
        ]

    def _item(self, module: pytest.Collector, submission: Submission, kata: Kata) -> SubmissionItem:
        item: SubmissionItem = SubmissionItem.from_parent(
            module, name=submission.name, judge=self.judge, submission=submission, kata=kata
        )
        return item

    def judge(self, item: SubmissionItem) -> Result:
        """Judge one item; whatever keeps the judge from judging ends the run."""
        from dojo.judge.grader import GraderError

        try:
            if self.client is not None and self.cluster is None:
                self.cluster = self._on_cluster(self.client, item.session)
            judged = (self.cluster or self.grader).judge(item.submission, item.own)
            return self._with_more(item, judged)
        except (GraderError, SandboxMissing, SandboxBroken) as error:
            item.session.shouldstop = f"GRADER-ERROR: {error}"
            raise

    def _with_more(self, item: SubmissionItem, judged: Result) -> Result:
        """Put on what is asked for beside the verdict, and on its record: a measure, a picture."""
        measured, drawn = self.config.getoption("--leaderboard"), self.config.getoption("plot")
        if not measured and drawn is None:
            return judged
        from dojo.judge.door import SandboxDoor
        from dojo.judge.drawing import with_plot
        from dojo.judge.leaderboard import measure

        handed, _ = self.grader.read(item.submission, item.own)
        if handed.verdict is not None or handed.source_hash != judged.source_hash:
            return judged  # it is another file by now

        def door(**limits: float) -> SandboxDoor:
            return SandboxDoor(self.grader.sandbox, handed.raw, handed.path, **limits)

        assert isinstance(item.parent, pytest.Module)
        more = measure(item.parent.obj, judged, door) if measured else judged
        more = with_plot(more, item.own, door) if drawn is not None else more
        if more is not judged:
            self.grader.record(more, self.grader.key(item.own, judged.source_hash))
        return more

    def _on_cluster(self, client: Client, session: pytest.Session) -> Cluster:
        """Hand all that this run is to judge to the cluster, before anything is waited for."""
        from dojo.judge.cluster.scheduler import Cluster

        if not client.nthreads():
            screen: Any = self.config.pluginmanager.get_plugin("terminalreporter")
            screen.write_line("The Dask cluster has no worker yet: waiting for one.")
        items = (i for i in session.items if isinstance(i, SubmissionItem))
        return Cluster(client, self.grader, ((i.submission, i.own) for i in items))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put what was judged on the report, as text: it crosses from an xdist worker."""
        report = yield
        if isinstance(item, SubmissionItem) and report.when == "call":
            report.user_properties += self._carried(item)
            item.judged = None
        return report

    def _carried(self, item: SubmissionItem) -> list[tuple[str, object]]:
        """What a report carries: what was judged (empty if nothing was), and its record's key."""
        if item.judged is None:
            return [(JUDGED, "")]
        key = self.grader.key(item.own, item.judged.source_hash)
        carried = replace(item.judged, plot=None)  # its record has it
        return [(JUDGED, carried.to_json()), (KEY, key)]

    def pytest_report_teststatus(self, report: Any) -> tuple[str, str, str] | None:
        """Count by verdict."""
        return self.terminal.status(report)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count it where all reports come together."""
        if not self.is_worker:
            self.terminal.note(report, self.tests_of)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note how many verdicts there must be."""
        self.terminal.expected = len(session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Note the same where xdist's workers collect."""
        self.terminal.expected = len(ids)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the gradebook; a run without all its verdicts is a GRADER-ERROR."""
        if self.is_worker or self.config.option.collectonly:
            return
        self.interrupted = session.exitstatus == pytest.ExitCode.INTERRUPTED
        self.terminal.end(whole=not (session.shouldstop or session.shouldfail or self.interrupted))
        if self.terminal.broken or (self.terminal.unjudged and not self.interrupted):
            session.exitstatus = NOT_JUDGED
        counts = not (self.terminal.broken or self.interrupted)
        if counts:
            self.desk.write_gradebook(self.terminal.keys, self.layers)
        if self.config.getoption("xmlpath") and self.terminal.kept:
            from dojo.judge.reports.junit import write_junit

            write_junit(Path(self.config.getoption("xmlpath")), self.terminal.kept)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the first submissions, what was not understood, and where all of it is."""
        for line in self._summary():
            terminalreporter.write_line(line)

    def _summary(self) -> Iterator[str]:
        if self.terminal.broken:
            yield from (
                "",
                f"GRADER-ERROR: {self.terminal.broken}",
                "No verdict of this run counts.",
            )
            return
        yield ""
        yield from self.terminal.rows()
        yield from not_read(self.desk.inbox.not_understood(self.catalogue))
        yield ""
        if self.interrupted:
            yield f"Interrupted: {self.terminal.seen} of {self.terminal.expected} are judged."
            yield from ["The same command goes on from here."] if self.desk.out is not None else []
            return
        again = f"--kata-seed={self.desk.seed}"
        if self.desk.out is not None and not self.desk.is_seed_asked:
            again = "--kata-seed=N, N from its row"
        yield f"Sandbox: {' and '.join(self.layers)}. Same inputs again: {again}"
        if self.desk.out is not None:
            yield f"Gradebook: {self.desk.out / 'gradebook.csv'}"
        if self.terminal.unjudged:
            yield from ("", *self._to_be_judged_anew(self.terminal.unjudged))

    def _to_be_judged_anew(self, count: int) -> Iterator[str]:
        """Say that the judge failed at some answers, and that all others count."""
        yield f"GRADER-ERROR: {count} of {self.terminal.seen} answers could not be judged."
        yield "They are not scored. Every other verdict counts."
        if self.desk.out is not None:
            yield "The same command judges them anew, and only them."

    def pytest_unconfigure(self) -> None:
        """End the sandbox and close the records."""
        self._closing.close()
