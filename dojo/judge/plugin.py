"""The judge in pytest: one item for each submission and kata, and what a grader sees of them."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
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
from dojo.judge.options import FEWER, judges_of, layers_of, refuse_what_does_not_fit
from dojo.judge.reports.records import RecordsError
from dojo.judge.reports.terminal import Carried, TerminalReport, not_read
from dojo.judge.result import Result
from dojo.judge.sandbox.forkserver import ForkServer
from dojo.judge.sandbox.requirements import SandboxBroken, SandboxMissing, refuse_if_missing

if TYPE_CHECKING:
    from distributed import Client

    from dojo.judge.cluster.scheduler import Cluster
    from dojo.judge.side_by_side import SideBySide
    from dojo.spec.trial import SpecTest

NO_GPU = "CUDA_VISIBLE_DEVICES"  # read when CUDA begins, so it is set before torch is imported
NOT_JUDGED = 3  # the exit code where not all is judged: pytest's own for an internal error


class JudgePlugin:
    """The plugin of a run with `--submissions`."""

    def __init__(self, config: pytest.Config, catalogue: Catalogue) -> None:
        refuse_what_does_not_fit(config)
        self.config, self.catalogue = config, catalogue
        self.layers, self.judges = layers_of(config), judges_of(config)
        self.terminal = TerminalReport(config)
        self.tests_of: dict[str, int] = {}
        self.interrupted = self.stopped = False
        self._closing = ExitStack()
        self._begun: list[ForkServer] = []
        # no verdict depends on a GPU, and those who judge are forks: CUDA lives through none
        self._closing.enter_context(pytest.MonkeyPatch.context()).setenv(NO_GPU, "")
        try:
            if not config.getoption("--dask"):  # else the sandboxes are on other machines
                refuse_if_missing(self.layers)
            self.desk = self._closing.enter_context(closing(Desk(config, catalogue)))
        except (InboxError, RecordsError, SandboxMissing) as error:
            raise pytest.UsageError(str(error)) from None
        self.client: Client | None = self._connect()
        self.others: Cluster | SideBySide | None = None  # who judge, if it is not this process

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
        """Say whose submissions these are, before any is judged.

        No logs are caught: an answer's are in its sandbox, and torch's 40 loggers would be tended
        thrice for each.
        """
        plugins = self.config.pluginmanager
        if self.client is None and (catching := plugins.get_plugin("logging-plugin")) is not None:
            plugins.unregister(catching)
        screen: Any = self.config.pluginmanager.get_plugin("terminalreporter")
        self.terminal.begin()
        if screen is not None and self.config.get_verbosity() >= -1:
            screen.write_line(self.desk.inbox.said)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Start the zygotes of those who will judge: they import torch while we do."""
        if self.client is None and not self.config.option.collectonly:
            for _ in range(self.desk.count_unjudged(self.layers, self.judges)):
                self._begin_zygote()

    def _begin_zygote(self) -> None:
        try:
            zygote = ForkServer(self.layers)
        except OSError as error:
            none = f"No sandbox can be started for {self.judges} judges at once: {error}."
            raise pytest.UsageError(f"{none} {FEWER}") from None
        self._begun.append(self._closing.enter_context(closing(zygote)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Put one item for each submission and kata where the kata's tests were."""
        from dojo.judge.additions import Additions
        from dojo.judge.grader import Grader

        specs, modules = self._collected(items)
        self.tests_of = {number: len(tests) for number, tests in specs.items()}
        self.grader = Grader(
            self.catalogue,
            specs,
            self.desk.inbox,
            self.desk.seed,
            self.layers,
            self.desk.records,
            self.desk.is_seed_asked,
            self._begun[0] if len(self._begun) == 1 else None,
        )
        self._closing.callback(self.grader.close)
        self.additions = Additions(
            {number: module.obj for number, module in modules.items()},
            lambda: self.grader.sandbox,
            measured=self.config.getoption("--leaderboard"),
            drawn=self.config.getoption("plot") is not None,
        )
        items[:] = [
            self._item(modules[number], submission, self.catalogue.katas[number])
            for submission in self.desk.inbox.submissions
            for number in specs
        ]

    def _collected(
        self, items: list[pytest.Item]
    ) -> tuple[dict[str, list[SpecTest]], dict[str, pytest.Module]]:
        """Return the tests on the CPU that were collected, and their module, by kata."""
        from dojo.spec.trial import SpecTest

        specs: dict[str, list[SpecTest]] = {}
        modules: dict[str, pytest.Module] = {}
        for item in in_order(items):
            own, module = self.catalogue.kata_of(item.path), item.getparent(pytest.Module)
            if own is None or not isinstance(item, pytest.Function) or module is None:
                raise pytest.UsageError(f"--submissions judges katas only, not {item.nodeid}.")
            test = SpecTest.of(item)
            if test.on_cpu:
                specs.setdefault(own.number, []).append(test)
                modules[own.number] = module
        return specs, modules

    def _item(self, module: pytest.Module, submission: Submission, kata: Kata) -> SubmissionItem:
        item: SubmissionItem = SubmissionItem.from_parent(
            module, name=submission.name, judge=self.judge, submission=submission, kata=kata
        )
        return item

    def judge(self, item: SubmissionItem) -> Result:
        """Judge one item; whatever keeps the judge from judging ends the run."""
        from dojo.judge.grader import GraderError

        try:
            if self.others is None:
                self.others = self._found_others(item.session)
            if self.others is not None:
                return self.others.judge(item.submission, item.own)
            return self._judged_here(item.submission, item.own)
        except (GraderError, SandboxMissing, SandboxBroken) as error:
            item.session.shouldstop = f"GRADER-ERROR: {error}"
            raise

    def _judged_here(self, submission: Submission, kata: Kata) -> Result:
        judged = self.grader.judge(submission, kata)
        if not self.additions.are_due(judged, kata):
            return judged
        handed, _ = self.grader.read(submission, kata)
        added = self.additions.put_on(judged, kata, handed)
        self.grader.record(added, self.grader.key(kata, added.source_hash))
        return added

    def _found_others(self, session: pytest.Session) -> Cluster | SideBySide | None:
        """Hand all that this run is to judge to others, if there are some, before it waits."""
        wanted = ((i.submission, i.own) for i in session.items if isinstance(i, SubmissionItem))
        if self.client is not None:
            return self._on_cluster(self.client, wanted)
        if len(self._begun) < 2:
            return None
        from dojo.judge.side_by_side import SideBySide

        judges = SideBySide(self.grader, self.additions, wanted, self._begun)
        return self._closing.enter_context(closing(judges))

    def _on_cluster(self, client: Client, wanted: Iterable[tuple[Submission, Kata]]) -> Cluster:
        from dojo.judge.cluster.scheduler import Cluster

        if not client.nthreads():
            screen: Any = self.config.pluginmanager.get_plugin("terminalreporter")
            screen.write_line("The Dask cluster has no worker yet: waiting for one.")
        return Cluster(client, self.grader, wanted)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Hand what was judged to those who count it, with its record's key."""
        report = yield
        if isinstance(item, SubmissionItem) and report.when == "call":
            report.__dict__["carried"] = self._carried(item)
            item.judged = None
        return report

    def _carried(self, item: SubmissionItem) -> Carried:
        if item.judged is None:
            return Carried(None)
        key = self.grader.key(item.own, item.judged.source_hash)
        return Carried(replace(item.judged, plot=None), key)  # its record has the picture

    def pytest_report_teststatus(self, report: Any) -> tuple[str, str, str] | None:
        """Count by verdict."""
        return self.terminal.status(report)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count it."""
        self.terminal.note(report, self.tests_of)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note how many verdicts there must be."""
        self.terminal.expected = len(session.items)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the gradebook; a run without all its verdicts is a GRADER-ERROR."""
        if self.config.option.collectonly or not self._is_about_some(session.exitstatus):
            return
        self.stopped = bool(session.shouldfail)  # by -x or --maxfail
        self.interrupted = session.exitstatus == pytest.ExitCode.INTERRUPTED or self.stopped
        self.terminal.end(whole=not (session.shouldstop or self.interrupted))
        if self.terminal.broken or (self.terminal.unjudged and not self.interrupted):
            session.exitstatus = NOT_JUDGED
        counts = not (self.terminal.broken or self.interrupted)
        if counts:
            self.desk.write_gradebook(self.terminal.keys, self.layers)
        if self.config.getoption("xmlpath") and self.terminal.kept:
            from dojo.judge.reports.junit import write_junit

            write_junit(Path(self.config.getoption("xmlpath")), self.terminal.kept)

    def pytest_terminal_summary(self, terminalreporter: Any, exitstatus: int) -> None:
        """Print the first submissions, what was not understood, and where all of it is."""
        if self._is_about_some(exitstatus):
            for line in self._summary():
                terminalreporter.write_line(line)

    def _is_about_some(self, status: int) -> bool:
        """Whether the run is about any answer: a gradebook of none takes no other's place."""
        return status != pytest.ExitCode.USAGE_ERROR and self.terminal.expected > 0

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
            if self.desk.out is not None:
                without = "Without -x and --maxfail, t" if self.stopped else "T"
                yield f"{without}he same command goes on from here."
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
