"""Judged runs on a Dask cluster: a real scheduler and two real workers, all on this machine."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from dojo.catalogue import Catalogue
from dojo.judge.cluster import dask_worker, judge_process, scheduler
from dojo.judge.cluster.dask_worker import JudgeLost, JudgeProcess, judge_here
from dojo.judge.cluster.scheduler import LOSSES, Cluster, ClusterError, connect
from dojo.judge.grader import Case, Grader, GraderError
from dojo.judge.inbox.submissions import open_inbox
from dojo.judge.result import Result
from dojo.judge.sandbox.pool import Sandbox
from dojo.judge.sandbox.requirements import LAYERS
from dojo.judge.verdict import Verdict
from dojo.spec.trial import SpecTest
from tests.forked import Piped
from tests.processes import HOUSE, PATIENCE, started, until

from ...conftest import Practise
from ..test_plugin import KATA, NOT_JUDGED, SOLUTION, STUB, UPHILL, hand_in, recorded

needs_a_sandbox = pytest.mark.usefixtures("sandbox")
ALONE = "127.0.0.1"


@dataclass
class Dask:
    """The processes of a cluster."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]
    log: Path


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Iterator[Dask]:
    """A scheduler that gives an answer up with the first worker that is lost, and two workers."""
    assert sandbox  # its workers need one too
    folder = tmp_path_factory.mktemp("dask")
    known, log = folder / "scheduler.json", folder / "scheduler.log"
    env = os.environ | {
        "PYTHONPATH": str(HOUSE),
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
    }

    def start(role: str, log: Path, *more: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{role}", "--host", ALONE]
        command += ["--scheduler-file", str(known), "--no-dashboard", *more]
        with log.open("wb") as file:
            return subprocess.Popen(command, cwd=folder, env=env, stdout=file, stderr=file)

    running = [start("scheduler", log, "--port", "0")]
    try:
        single = ("--nthreads", "1", "--no-nanny", "--local-directory", str(folder))
        running += [start("worker", folder / f"worker{n}.log", *single) for n in range(2)]
        until(lambda: known.exists() and known.read_text().strip(), *running)
        address = json.loads(known.read_text())["address"]
        yield Dask(address, running[0], running[1:], log)
    finally:
        for process in running:
            process.kill()
            process.wait(PATIENCE)


def pages(out: Path) -> dict[str, bytes]:
    """Return all that a grader and the students read."""
    files = [
        out / "gradebook.csv",
        out / "index.html",
        *(out / "feedback").iterdir(),
        *(out / "results").iterdir(),
    ]
    return {str(file.relative_to(out)): file.read_bytes() for file in files}


def test_a_worker_that_is_lost_costs_no_result(
    dask: Dask, practise: Practise, tmp_path: Path
) -> None:
    """One of two workers is killed half-way: the gradebook is that of a run on one machine.

    It was stopped before, when it had begun, or it might have ended what it has. Dask gives that
    up; it is judged all the same, once.
    """
    people = {f"p{i:02}": (SOLUTION, UPHILL, SOLUTION, STUB)[i % 4] for i in range(8)}
    inbox, alone, spread = hand_in(tmp_path / "inbox", **people), tmp_path / "1", tmp_path / "2"
    (inbox / "late").mkdir()
    args = ["katas/01", "--submissions", str(inbox), "--kata-seed", "5"]
    assert practise(*args, "--gradebook", alone).exit_code == 1
    args += ["--gradebook", str(spread), "--dask", dask.address]
    bare = os.environ | {"PATH": str(tmp_path)}  # without bubblewrap: the sandboxes are elsewhere
    with started(*args, env=bare, stdout=subprocess.PIPE) as run:
        lost = psutil.Process(dask.workers[0].pid)
        until(lost.children, run)
        lost.suspend()
        until(lambda: recorded(spread) >= 4, run)
        its_own = lost.children(recursive=True)
        lost.kill()
        assert recorded(spread) < len(people)
        screen, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == 1, screen
    assert pages(spread) == pages(alone)
    assert recorded(spread) == len(people) + 1
    assert "marked as failed because 1 workers died" in dask.log.read_text()
    assert its_own
    assert not psutil.wait_procs(its_own, timeout=PATIENCE)[1], "a judge outlives its Dask worker"


def test_another_version_gives_no_verdict(
    dask: Dask, practise: Practise, whole_house: Path, tmp_path: Path
) -> None:
    """Where a Dask worker has other specs than the run, that is said, and nothing is judged."""
    with KATA.spec.open("rb") as file:
        (whole_house / KATA.spec.relative_to(HOUSE)).write_bytes(file.read() + b"# changed\n")
    inbox, out = hand_in(tmp_path / "inbox", anna=SOLUTION), tmp_path / "out"
    asked = ("katas/01", "--submissions", inbox, "--gradebook", out, "--dask", dask.address)
    run = practise(*asked, house=whole_house)
    assert run.exit_code == NOT_JUDGED, run.screen
    assert "is of another version than this run (specs of kata 01)" in run.screen
    assert str(HOUSE) in run.screen
    assert not (out / "gradebook.csv").exists()


@dataclass
class Scripted:
    """A future that ends in what it was given, each time."""

    key: str
    end: str | Exception
    tries: int = 1

    def result(self) -> str:
        """Return the reply, or raise the error."""
        if isinstance(self.end, Exception):
            raise self.end
        return self.end

    def retry(self) -> None:
        """Count."""
        self.tries += 1


class Arrivals(list[Scripted]):
    """Futures in the order in which they end."""

    update, add = list.extend, list.append

    def __next__(self) -> Scripted:
        """Return the next one."""
        return self.pop(0)


@dataclass
class Run:
    """A run over anna, bert and carl, of which the cluster says what a test scripts."""

    grader: Grader
    ends: list[str | Exception] = field(default_factory=list)
    futures: list[Scripted] = field(default_factory=list)

    def map(self, function: object, lines: list[str], **_: object) -> list[Scripted]:
        """Take the requests, as Dask's client does."""
        assert callable(function)
        assert [json.loads(line)["submission"] for line in lines] == ["anna", "bert", "carl"]
        self.futures = [Scripted(f"judge-{i}", end) for i, end in enumerate(self.ends)]
        return self.futures

    def judge(self) -> list[Result]:
        """Judge all."""
        client: Any = SimpleNamespace(map=self.map, loop=None)
        wanted = [(submission, KATA) for submission in self.grader.inbox.submissions]
        cluster = Cluster(client, self.grader, wanted)
        return [cluster.judge(*each) for each in wanted]

    def right(self, name: str) -> str:
        """Return the reply for an answer that passes."""
        one = next(s for s in self.grader.inbox.submissions if s.name == name)
        handed, _ = self.grader.read(one, KATA)
        case = Case(name, KATA, handed, self.grader.seed)
        return json.dumps({"judged": self.grader.all_alike(case, Verdict.PASS, "").to_json()})


@pytest.fixture
def run(tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run on a cluster that is scripted."""
    monkeypatch.setattr("distributed.as_completed", lambda loop=None: Arrivals(loop or ()))
    inbox = hand_in(tmp_path / "inbox", anna=SOLUTION, bert=SOLUTION, carl=SOLUTION)
    specs = {"01": [SpecTest("test_it", lambda: None, {}, (), observed=False)]}
    return Run(Grader(catalogue, specs, open_inbox(inbox, [KATA]), 5, LAYERS))


def killed() -> Exception:
    """Return what Dask says of an answer that it gives up."""
    from distributed import KilledWorker

    last: Any = SimpleNamespace(address="tcp://127.0.0.1:1")
    return KilledWorker("judge-1", last, 3)


@pytest.mark.parametrize(
    ("end", "tries"), [(killed(), LOSSES + 1), (JudgeLost("it died"), 1)], ids=["worker", "judge"]
)
def test_an_answer_whose_judges_all_die_is_not_scored(run: Run, end: Exception, tries: int) -> None:
    """It is tried again for long, then a GRADER-ERROR; its neighbours keep their verdicts."""
    run.ends = [run.right("anna"), end, run.right("carl")]
    anna, bert, carl = run.judge()
    assert (anna.verdict, carl.verdict) == (Verdict.PASS, Verdict.PASS)
    assert (bert.verdict, bert.points) == (Verdict.GRADER_ERROR, None)
    assert run.futures[1].tries == tries


def test_what_ends_a_run(run: Run) -> None:
    """A worker that cannot judge, or judged something else, ends the run and says what to do."""
    for end, says in (
        (json.dumps({"trouble": "node7: no bubblewrap"}), "node7: no bubblewrap"),
        (ModuleNotFoundError("No module named 'dojo'"), "Install this checkout"),
        (run.right("bert"), "judged something else"),
    ):
        run.ends = [end, end, end]
        with pytest.raises(GraderError, match=says):
            run.judge()


def test_a_dask_worker_without_this_project_says_so(run: Run) -> None:
    """It can read what it is to run, and what comes back says what to install."""
    from distributed.protocol.pickle import dumps

    program = (
        "import pickle, sys; sys.modules['dojo'] = None; "
        f"print(pickle.loads({dumps(scheduler._task())!r})('a request'))"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, timeout=PATIENCE
    )
    run.ends = [said.stdout.decode()] * 3
    with pytest.raises(GraderError, match=r"dojo.*Install this checkout wherever Dask runs"):
        run.judge()


def request(grader: Grader, **changes: str) -> str:
    """Return a request for a solution of kata 01."""
    asked = {
        "submission": "anna",
        "kata": "01",
        "path": "anna.py",
        "seed": 7,
        "layers": LAYERS,
        "source": base64.b64encode(SOLUTION.encode()).decode(),
        "specs": grader.spec_hashes["01"],
        "judge": grader.judge_hash,
    }
    return json.dumps(asked | changes)


@pytest.mark.usefixtures("sandbox", "forked_zygotes")
def test_a_judge_that_died_is_replaced(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Dask worker asks the judge that it has; a dead or an outdated one gives way to a fresh."""
    started: list[JudgeProcess] = []

    class Counted(JudgeProcess):
        def __init__(self) -> None:
            super().__init__()
            started.append(self)

    def fork(_: object, **given: Any) -> Piped:
        def work() -> int:
            judge_process.main()
            return 0

        return Piped(work, **given)

    pipes = SimpleNamespace(Popen=fork, PIPE=subprocess.PIPE)
    monkeypatch.setattr(dask_worker, "subprocess", pipes)  # how it is started, Dask shows above
    monkeypatch.setattr(dask_worker, "JudgeProcess", Counted)
    for _ in range(2):
        judged = Result.from_json(json.loads(judge_here(request(run.grader)))["judged"])
        assert (judged.verdict, judged.points, judged.seed) == (Verdict.PASS, 1.0, 7)
    assert len(started) == 1
    died = started[0]._process
    died.kill()
    died.wait(PATIENCE)
    said = json.loads(judge_here(request(run.grader, judge="another")))["trouble"]
    assert "another version than this run (judge of kata 01)" in said
    assert len(started) == 2


@needs_a_sandbox
@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--dask", "tcp://127.0.0.1:1"], "add --submissions"),
        (["--dask", "tcp://127.0.0.1:1", "--submissions", "katas", "-pxdist", "-n2"], "without -n"),
        (["--dask", "tcp://x", "--submissions", "katas", "--judges=2"], "goes without --judges"),
        (["--dask", "nowhere", "--submissions", "katas"], "no scheduler answers there"),
    ],
    ids=["no_submissions", "xdist", "judges", "no_address"],
)
def test_what_does_not_go_together(practise: Practise, options: list[str], says: str) -> None:
    """A usage error says the next move, and nothing is judged."""
    run = practise("katas/01", *options)
    assert run.exit_code == 4
    assert says in run.errors


def test_no_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody listens, the address is named, and how to start what should listen."""
    monkeypatch.setattr(scheduler, "CONNECT", 0.3)
    with pytest.raises(ClusterError, match=r"tcp://127\.0\.0\.1:1: .* Start one with `dask sch"):
        connect("tcp://127.0.0.1:1")


def test_no_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Dask, what to install is said."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"pip install .*cluster"):
        connect("tcp://127.0.0.1:1")
