"""Several judges at once: they share the work, and none of them decides what another's answer gets.

Most of these judges are scripted, so that they need no sandbox; they are processes all the same.
"""

from __future__ import annotations

import errno
import os
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import psutil
import pytest
import torch
from _pytest.config import get_config
from xdist.plugin import pytest_cmdline_main as expanded

from dojo.catalogue import Catalogue
from dojo.judge import options as judging_options
from dojo.judge.additions import Additions
from dojo.judge.grader import Case, Grader, GraderError
from dojo.judge.inbox.submissions import open_inbox
from dojo.judge.options import judges_of, processors
from dojo.judge.reports.records import Records
from dojo.judge.result import Result
from dojo.judge.sandbox.forkserver import ForkServer
from dojo.judge.sandbox.requirements import LAYERS
from dojo.judge.side_by_side import RETRIES, SideBySide
from dojo.judge.verdict import Verdict
from dojo.opening.reading import CAP
from dojo.spec.trial import SpecTest

from ..forked import forked
from ..processes import HOUSE, PATIENCE, until
from .test_plugin import KATA, SOLUTION, hand_in, recorded

PEOPLE = ("anna", "bert", "carl", "dora")
Script = Callable[[Case], Verdict]


def passes(_: Case) -> Verdict:
    """Let everybody pass."""
    return Verdict.PASS


class Scripted(Grader):
    """A judge that says what it is told to say; `tries` has a line for each answer it is asked."""

    script: Script
    tries: Path
    words = ""

    def decide(self, case: Case) -> Result:
        """Do what is in the script."""
        with self.tries.open("a", encoding="utf-8") as log:
            log.write(f"{os.getpid()} {case.submission} {torch.get_num_threads()}\n")
        return self.all_alike(case, self.script(case), self.words)


@pytest.fixture
def grader(tmp_path: Path, catalogue: Catalogue) -> Iterator[Scripted]:
    """A scripted judge of four people's answers to kata 01, who pass."""
    inbox = hand_in(tmp_path / "inbox", **dict.fromkeys(PEOPLE, SOLUTION))
    specs = {"01": [SpecTest("test_it", lambda: None, {}, (), observed=False)]}
    with Records(tmp_path / "out") as records:
        made = Scripted(catalogue, specs, open_inbox(inbox, [KATA]), 5, LAYERS, records)
        made.script, made.tries = passes, tmp_path / "tries"
        yield made


class Begun(ForkServer):
    """Stands in for a zygote that was begun for a judge: a socket, and whether it was ended."""

    def __init__(self) -> None:
        self._control, self.theirs = socket.socketpair()
        self.ended = False

    @property
    def held(self) -> bool:
        """Whether this process has its end of the socket."""
        return self._control.fileno() >= 0

    def close(self) -> None:
        """Note it."""
        self.ended = True
        self._control.close()
        self.theirs.close()


def verdicts(
    grader: Scripted, judges: int = 2, begun: Sequence[ForkServer] = ()
) -> dict[str, Verdict]:
    """Judge all, in the order of the inbox."""
    wanted = [(submission, KATA) for submission in grader.inbox.submissions]
    nothing = Additions({}, lambda: grader.sandbox)
    with closing(SideBySide(grader, nothing, wanted, begun or [None] * judges)) as judging:
        return {one.name: judging.judge(one, kata).verdict for one, kata in wanted}


def tries(grader: Scripted) -> list[tuple[str, str, str]]:
    """Return each judge that was asked, of whom, and how many threads it had."""
    lines = grader.tries.read_text(encoding="utf-8").splitlines()
    return [(pid, name, threads) for pid, name, threads in map(str.split, lines)]


def test_each_answer_is_judged_once_by_one_of_them(grader: Scripted) -> None:
    """All of them work, each with one thread; what comes back is recorded."""

    def waits_for_the_other(case: Case) -> Verdict:
        if case.submission in PEOPLE[:2]:
            until(lambda: len(tries(grader)) > 1)
        return Verdict.PASS if case.submission != "carl" else Verdict.FAIL

    grader.script = waits_for_the_other
    torch.set_num_threads(2)  # as where nobody has set it
    found = verdicts(grader)
    torch.set_num_threads(1)
    assert found == {**dict.fromkeys(PEOPLE, Verdict.PASS), "carl": Verdict.FAIL}
    pids, names, threads = zip(*tries(grader), strict=True)
    assert sorted(names) == sorted(PEOPLE)
    assert len(set(pids)) == 2
    assert str(os.getpid()) not in pids
    assert set(threads) == {"1"}
    assert grader.records is not None
    assert grader.records.people() == set(PEOPLE)
    assert verdicts(grader) == found
    assert len(tries(grader)) == len(PEOPLE), "what has a record was judged again"


def test_an_answer_that_ends_its_judges_is_not_scored(grader: Scripted) -> None:
    """It is tried again, then a GRADER-ERROR; its neighbours keep their verdicts."""

    def ends(case: Case) -> Verdict:
        if case.submission == "bert":
            os.kill(os.getpid(), signal.SIGKILL)
        return Verdict.PASS

    grader.script = ends
    found = verdicts(grader)
    assert found == {**dict.fromkeys(PEOPLE, Verdict.PASS), "bert": Verdict.GRADER_ERROR}
    assert [name for _, name, _ in tries(grader)].count("bert") == RETRIES + 1
    assert grader.records is not None
    keys = {("bert", KATA.number): grader.read(grader.inbox.submissions[1], KATA)[1]}
    (kept,) = grader.records.each(keys)
    assert "ended 3 times at this answer" in " ".join(kept.tests[0].message)
    assert "where memory is short" in " ".join(kept.tests[0].message)


def test_a_judge_that_was_lost_once_costs_nothing(grader: Scripted) -> None:
    """Another takes its place, and its answer is tried again."""

    def ends_at_first(_: Case) -> Verdict:
        if len(tries(grader)) == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return Verdict.PASS

    grader.script = ends_at_first
    assert verdicts(grader, judges=1) == dict.fromkeys(PEOPLE, Verdict.PASS)
    assert len(tries(grader)) == len(PEOPLE) + 1


def test_a_lost_judges_zygote_ends_with_it(grader: Scripted) -> None:
    """What it tried in there would run on; the others' zygotes stay."""
    begun = [Begun(), Begun()]

    def ends_one(case: Case) -> Verdict:
        if case.submission == "bert" and grader.forkserver is not None:
            os.kill(os.getpid(), signal.SIGKILL)
        if case.submission == "anna":  # so that there are two of them until then
            until(lambda: [name for _, name, _ in tries(grader)].count("bert") > 1)
        return Verdict.PASS

    grader.script = ends_one
    assert verdicts(grader, begun=begun) == dict.fromkeys(PEOPLE, Verdict.PASS)
    assert sorted(zygote.ended for zygote in begun) == [False, True]
    for zygote in begun:
        zygote.close()


def test_a_judge_holds_nothing_of_the_others(grader: Scripted) -> None:
    """It can speak to its own zygote alone, and ends where nobody speaks to it any more."""
    begun = [Begun(), Begun()]

    def looks(_: Case) -> Verdict:
        own = [zygote for zygote in begun if zygote.held]
        return Verdict.PASS if own == [grader.forkserver] else Verdict.FAIL

    grader.script = looks
    wanted = [(submission, KATA) for submission in grader.inbox.submissions]
    nothing = Additions({}, lambda: grader.sandbox)
    with closing(SideBySide(grader, nothing, wanted, begun)) as judging:
        for one, kata in wanted:
            assert judging.judge(one, kata).verdict is Verdict.PASS
        first, second = judging._judges
        first.channel.close()
        first.process.join(PATIENCE)
        assert first.process.exitcode == 0, "another judge holds the other end of its channel"
        assert second.process.is_alive()
    for zygote in begun:
        zygote.close()


def test_a_process_that_cannot_be_had_ends_the_run(
    grader: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system allows no more of them, the move is said."""

    def refused() -> int:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(os, "fork", refused)
    with pytest.raises(GraderError, match=r"temporarily unavailable\. Say --judges with a smaller"):
        verdicts(grader)


def test_a_judge_that_must_not_judge_ends_the_run(grader: Scripted) -> None:
    """Why is told where the run is."""

    def refuses(case: Case) -> Verdict:
        raise GraderError(f"kata {case.kata.number}: the solution fails test_it")

    grader.script = refuses
    with pytest.raises(GraderError, match="kata 01: the solution fails test_it"):
        verdicts(grader)


def test_what_is_handed_over_may_be_large(grader: Scripted, tmp_path: Path) -> None:
    """A source as large as one may be, and a message longer than a pipe holds."""
    hand_in(tmp_path / "inbox", anna=SOLUTION + "#" * (CAP - len(SOLUTION.encode())))
    grader.words = "so " * 100_000
    grader.script = lambda case: Verdict.PASS if len(case.handed.raw) == CAP else Verdict.FAIL
    assert verdicts(grader)["anna"] == Verdict.PASS


@pytest.mark.parametrize(
    ("options", "judges"),
    [
        (["--judges=3"], 3),
        (["--judges=1"], 1),
        (["-n", "2"], 2),
        (["-n", "0"], 1),
        ([], len(os.sched_getaffinity(0))),
        (["--leaderboard"], 1),
        (["--leaderboard", "--judges=2"], 2),
    ],
    ids=lambda value: " ".join(value) or "plain" if isinstance(value, list) else "",
)
def test_how_many_judge_at_once(
    options: list[str], judges: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as are asked for, by us or by pytest-xdist's -n, which then starts nothing itself."""
    monkeypatch.chdir(HOUSE)
    monkeypatch.setattr(judging_options, "QUOTA", HOUSE / "none")
    config = get_config(options)
    plugins = config.pluginmanager
    asked = plugins.hook.pytest_cmdline_parse(pluginmanager=plugins, args=options)
    expanded(asked)
    assert judges_of(asked) == judges
    assert asked.getoption("dist") == "no"
    assert not asked.getoption("tx")
    asked._ensure_unconfigure()


@pytest.mark.parametrize(
    ("quota", "count"), [("50000 100000", 1), ("150000 100000", 2), ("max 100000", 3)]
)
def test_a_container_may_have_less_than_it_sees(
    quota: str, count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its quota counts, rounded up."""

    def three(_: int) -> set[int]:
        return {0, 1, 2}

    (tmp_path / "cpu.max").write_text(f"{quota}\n", encoding="ascii")
    monkeypatch.setattr(judging_options, "QUOTA", tmp_path / "cpu.max")
    monkeypatch.setattr(os, "sched_getaffinity", three)
    assert processors() == count


@pytest.mark.usefixtures("sandbox")
def test_they_end_with_the_run(tmp_path: Path) -> None:
    """After kill -9, nothing that judged is left, nor what it judged in."""
    sleeps = f"{SOLUTION}\nimport time\ntime.sleep(9)\n"
    people = {"anna": SOLUTION, "bert": sleeps, "carl": sleeps}
    inbox, out = hand_in(tmp_path / "inbox", **people), tmp_path / "out"
    given = ["katas/01", "--submissions", inbox, "--gradebook", out, "--judges", "2"]
    with (tmp_path / "screen").open("wb") as screen, forked(*given, stdout=screen) as run:
        until(lambda: recorded(out) >= 1, run)
        whole = psutil.Process(run.pid)
        its_own = whole.children(recursive=True)
        next(one for one in whole.children() if one.exe() == whole.exe()).kill()
        begun = [one for one in whole.children() if one.exe() != whole.exe()]
        until(lambda: not all(map(psutil.Process.is_running, begun)), run)  # the lost one's
        its_own += whole.children(recursive=True)
        run.kill()
    assert len(its_own) >= 4  # two judges, two sandboxes
    assert not psutil.wait_procs(its_own, timeout=60)[1]
