"""Judged runs of pytest, as a grader starts them."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import torch

from dojo.catalogue import open_catalogue
from dojo.judge.batching import Batch
from dojo.judge.door import SandboxDoor
from dojo.judge.reports.records import FILE
from dojo.spec import proof
from tests.conftest import Practise
from tests.forked import finished, forked
from tests.processes import HOUSE, PATIENCE, Finished, started, until
from tests.processes import finished as judge

from .conftest import BRIEFLY

pytestmark = pytest.mark.usefixtures("sandbox")  # skipped, visibly, where there can be none

KATA = open_catalogue(HOUSE).katas["01"]
SOLUTION = KATA.answer_in(HOUSE / "solutions").read_text(encoding="utf-8")
UPHILL = SOLUTION + "\ndef update(x, grad, lr):\n    return x + lr * grad\n"
LEAVES = SOLUTION + "\ndef gradient(x):\n    import os\n    os._exit(0)\n"
SLEEPS = "import time\ntime.sleep(1000)\n"  # no run comes past it before it is corrected
STUB = KATA.stub.read_text(encoding="utf-8")
NOT_JUDGED = 3


def hand_in(inbox: Path, **sources: str) -> Path:
    """Fill an inbox with one file a person."""
    inbox.mkdir(exist_ok=True)
    for name, source in sources.items():
        (inbox / f"{name}.py").write_text(source, encoding="utf-8")
    return inbox


def points(out: Path) -> dict[str, str]:
    """Return each person's total."""
    with (out / "gradebook.csv").open(encoding="utf-8-sig", newline="") as lines:
        return {row["submission"]: row["total"] for row in csv.DictReader(lines)}


def recorded(out: Path) -> int:
    """Return how many records there are by now."""
    with contextlib.suppress(sqlite3.OperationalError):  # not made yet
        file = sqlite3.connect(f"file:{out / FILE}?mode=ro", uri=True)
        with contextlib.closing(file):
            return int(file.execute("SELECT count(*) FROM judged").fetchone()[0])
    return 0


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Finished, Path]:
    """A run over right, wrong, unwritten and hostile answers in all shapes, and its gradebook."""
    folder = tmp_path_factory.mktemp("mixed")
    inbox = hand_in(folder / "inbox", anna=SOLUTION, bert=UPHILL, carl=LEAVES, dora=STUB)
    fork = inbox / "Zoë Ångström/katas/01"
    fork.mkdir(parents=True)
    (fork / "manual_update.py").write_text(SOLUTION, encoding="utf-8")
    (fork / "conftest.py").write_text("raise SystemExit('executed')\n", encoding="utf-8")
    (inbox / "late").mkdir()
    (inbox / "notes.txt").write_text("marks so far", encoding="utf-8")
    out = folder / "out"
    run = judge(
        *("katas/01", "--submissions", inbox, "--gradebook", out, "--plot"),
        f"--junitxml={folder / 'j.xml'}",
    )
    return run, out


def test_everybody_gets_a_verdict(mixed: tuple[Finished, Path]) -> None:
    """The screen has a line for each person, what was not understood, the layers and the seed."""
    run, out = mixed
    assert run.returncode == 1, run.stdout + run.stderr
    for name, verdict in {
        "anna": "PASS",
        "bert": "FAIL",
        "carl": "CRASH",
        "dora": "TODO",
        "late": "NOT-SUBMITTED",
        "Zoë Ångström": "PASS",
    }.items():
        assert any(name in line and line.endswith(verdict) for line in run.stdout.splitlines())
    assert "notes.txt" in run.stdout
    assert "Sandbox: outer and inner." in run.stdout
    assert "--kata-seed=" in run.stdout
    assert str(out / "gradebook.csv") in run.stdout


def test_points_are_the_share_of_tests(mixed: tuple[Finished, Path]) -> None:
    """Full marks for right answers, part for half-right ones, none for the stub."""
    total = points(mixed[1])
    assert (total["anna"], total["Zoë Ångström"]) == ("1.0", "1.0")
    assert 0 < float(total["bert"]) < 1
    assert 0 < float(total["carl"]) < 1
    assert float(total["dora"]) == 0


def test_tests_are_in_the_order_of_the_spec(mixed: tuple[Finished, Path]) -> None:
    """Whatever shuffles here (pytest-randomly does): the same order, so the same first failure."""
    result = json.loads((mixed[1] / "results/bert.json").read_text(encoding="utf-8"))
    spec = KATA.spec.read_text(encoding="utf-8")
    told = [next(iter(re.findall(r"test_\w+", t["name"]))) for t in result["tests"]]
    places = [spec.index(f"def {name}(") for name in told]
    assert places == sorted(places)
    assert len(places) > 15


def test_the_student_reads_what_a_learner_reads(mixed: tuple[Finished, Path]) -> None:
    """Feedback names the mistake."""
    page = (mixed[1] / "feedback/bert.md").read_text(encoding="utf-8")
    assert "These are exactly the numbers of x + lr · grad" in page
    result = json.loads((mixed[1] / "results/bert.json").read_text(encoding="utf-8"))
    assert 0 < result["score"] < 1000


def test_who_fails_sees_a_picture(mixed: tuple[Finished, Path]) -> None:
    """On the page for a browser, with what it shows in words; who did nothing wrong has none."""
    pages = mixed[1] / "feedback"
    seen = {file.stem.split("-")[0] for file in pages.glob("*.html") if "<img" in file.read_text()}
    assert seen == {"bert"} | ({"carl"} & seen)  # whose gradient ends its process
    page = (pages / "bert.html").read_text(encoding="utf-8")
    assert '<figure><img src="data:image/png;base64,' in page
    assert 'alt="manual update: f(x) = x² − 10x + 1 from x = 10 with lr = 0.1;' in page
    assert not (pages / "bert.md").read_text(encoding="utf-8").count("data:image")


def test_junit_names_every_test(mixed: tuple[Finished, Path]) -> None:
    """The JUnit file has every person and every test."""
    tree = ET.parse(mixed[1].parent / "j.xml")
    suites = {suite.get("name"): len(suite) for suite in tree.getroot()}
    assert set(suites) >= {"anna", "bert", "carl", "dora", "Zoë Ångström"}
    assert len(set(suites.values())) == 1


def test_nothing_in_the_inbox_is_executed_or_changed(mixed: tuple[Finished, Path]) -> None:
    """A planted conftest.py means nothing, and no file appears beside the answers."""
    run, out = mixed
    assert "executed" not in run.stdout + run.stderr
    assert not list((out.parent / "inbox").rglob("__pycache__"))


def test_an_endless_answer_times_out_and_harms_nobody(
    practise: Practise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One function that never returns costs its own tests; the neighbours pass."""
    loop = (
        "\ndef gradient(x):\n    while x.dtype is torch.int64:\n        pass\n    return found(x)\n"
    )
    endless = f"{SOLUTION}\nfound = gradient\n{loop}"
    inbox = hand_in(tmp_path / "inbox", anna=SOLUTION, erik=endless, zoe=SOLUTION)
    limits = {"call_seconds": BRIEFLY, "seconds": 60.0}
    monkeypatch.setattr(SandboxDoor.__init__, "__kwdefaults__", limits)
    run = practise("katas/01", "--submissions", inbox, "--kata-seed", "7")
    verdicts = {
        line.split()[0]: line.split()[-1] for line in run.screen.splitlines() if " 01 " in line
    }
    assert verdicts == {"anna": "PASS", "erik": "TIMEOUT", "zoe": "PASS"}


def test_an_answer_that_the_judge_breaks_on_costs_its_own_record(
    practise: Practise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are in the gradebook, the end says how many are not, and the next run goes on."""
    people = {"anna": SOLUTION, "bert": f"{SOLUTION}# breaks it\n", "zoe": UPHILL}
    inbox, out = hand_in(tmp_path / "inbox", **people), tmp_path / "out"
    args = ["katas/01", "--submissions", inbox, "--gradebook", out]
    try_on = Batch.try_on

    def breaks(self: Batch, door: SandboxDoor) -> object:
        if b"# breaks it" in door._source:
            raise TypeError("unhashable")
        return try_on(self, door)

    with monkeypatch.context() as patch:
        patch.setattr(Batch, "try_on", breaks)
        run = practise(*args)
    assert run.exit_code == NOT_JUDGED
    assert "GRADER-ERROR: 1 of 3 answers could not be judged." in run.screen
    assert "The same command judges them anew, and only them." in run.screen
    total = points(out)
    assert (total["anna"], total["bert"]) == ("1.0", "")
    assert 0 < float(total["zoe"]) < 1
    page = (out / "feedback/bert.md").read_text(encoding="utf-8")
    assert "The judge failed here, not the answer" in page
    assert practise(*args).exit_code == 1
    assert points(out) == {**total, "bert": "1.0"}


@pytest.mark.usefixtures("forked_zygotes")
def test_the_same_seed_gives_the_same_gradebook_by_one_judge_or_two(
    practise: Practise, tmp_path: Path
) -> None:
    """-n 2 changes nothing but the time, and pytest-xdist's own processes are not started."""
    people = {f"p{i}": (SOLUTION, UPHILL, STUB)[i % 3] for i in range(3)}
    inbox, one, two = hand_in(tmp_path / "inbox", **people), tmp_path / "one", tmp_path / "two"
    args = ["katas/01", "--submissions", inbox, "--kata-seed", "5", "--plot", "--gradebook"]
    assert practise(*args, one).exit_code == 1
    run = finished(*args, two, "-n2")
    assert run.returncode == 1
    assert "workers" not in run.stdout
    assert "data:image/png" in (one / "feedback/p1.html").read_text(encoding="utf-8")
    for name in ("gradebook.csv", "index.html", "feedback/p1.html", "feedback/p2.html"):
        assert (one / name).read_bytes() == (two / name).read_bytes()


@pytest.mark.usefixtures("forked_zygotes")
def test_killed_at_any_moment_and_run_again(practise: Practise, tmp_path: Path) -> None:
    """After kill -9 nothing is lost, doubled or judged again; the gradebook is the same."""
    people = {f"p{i:02}": (SOLUTION, UPHILL, LEAVES, STUB)[i % 4] for i in range(6)}
    inbox, moment = hand_in(tmp_path / "inbox", **people), random.Random(3)
    whole, pieces = tmp_path / "whole", tmp_path / "pieces"
    args = ["katas/01", "--submissions", inbox, "--kata-seed", "5", "--plot"]
    practise(*args, "--gradebook", whole)
    hand_in(inbox, p05=SLEEPS)
    for done in (1, 2, 4):  # a records file is killed twenty times in test_records.py
        screen, alone = (tmp_path / "screen").open("wb"), ("--judges", "1")
        with screen, forked(*args, *alone, "--gradebook", pieces, stdout=screen) as run:
            until(lambda done=done: recorded(pieces) >= done, run)
            time.sleep(moment.uniform(0.0, 0.1))
            run.kill()
        assert done <= recorded(pieces) < len(people)
    hand_in(inbox, p05=people["p05"])
    assert practise(*args, "--gradebook", pieces).exit_code == 1
    files = ("feedback/p01.md", "feedback/p01.html", "feedback/p02.html", "results/p02.json")
    for name in ("gradebook.csv", "index.html", *files):
        assert (pieces / name).read_bytes() == (whole / name).read_bytes()


@pytest.mark.usefixtures("forked_zygotes")
@pytest.mark.parametrize("judges", ["1", "2"])
def test_a_file_that_changes_during_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, judges: str
) -> None:
    """What was judged stands in the gradebook, whatever became of the file since."""
    inbox, out = hand_in(tmp_path / "inbox", anna=SOLUTION, bert=SOLUTION), tmp_path / "out"
    (tmp_path / "changing.py").write_text(
        "from pathlib import Path\n\n\n"
        "def pytest_sessionfinish():\n"
        f"    Path({str(inbox / 'anna.py')!r}).write_text('')\n"
        f"    Path({str(inbox / 'bert.py')!r}).unlink(missing_ok=True)\n",
        encoding="utf-8",
    )
    given = ["--submissions", inbox, "--gradebook", out, "--judges", judges, "-p", "changing"]
    monkeypatch.syspath_prepend(tmp_path)
    run = finished("katas/01", *given)
    assert run.returncode == 0, run.stdout
    assert points(out) == {"anna": "1.0", "bert": "1.0"}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--answers", "solutions"], "--submissions goes without --answers"),
        (["--require-cuda"], "--submissions goes without --require-cuda"),
        (["--gradebook", "INBOX/out"], "lies in the inbox"),
        (["--sandbox", "none"], "invalid choice"),
        (["--judges", "0"], "--judges 0: at least one answer is judged at once"),
        (["--plot"], "--plot with --submissions draws into the feedback pages: add --gradebook"),
        (["--plot=svg", "--gradebook", "INBOX-out"], "are PNG. Say --plot."),
        (["--plot", "--gradebook", "INBOX-out", "--dask", "tcp://x"], "adds the pictures to what"),
        (["katas/01/test_manual_update.py::test_descend_anywhere"], "judges whole katas"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_does_not_go_together(
    practise: Practise, tmp_path: Path, options: list[str], says: str
) -> None:
    """A usage error says what does not go together, and nothing is judged."""
    inbox = hand_in(tmp_path / "inbox", anna=SOLUTION)
    given = [option.replace("INBOX", str(inbox)) for option in options]
    run = practise("katas/01", "--submissions", inbox, *given)
    assert run.exit_code == 4
    assert says in run.errors


def test_pictures_are_added_to_what_is_judged(
    practise: Practise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is judged anew for them; without matplotlib it is said what to type."""
    inbox, out = hand_in(tmp_path / "inbox", anna=SOLUTION, bert=UPHILL), tmp_path / "out"
    args = ["katas/01", "--submissions", inbox, "--gradebook", out]
    assert practise(*args).exit_code == 1
    before = (out / "gradebook.csv").read_bytes()
    page = (out / "feedback/bert.html").read_text(encoding="utf-8")

    def without(name: str) -> object:
        return None if name == "matplotlib" else name

    with monkeypatch.context() as patch:
        patch.setattr("dojo.judge.options.find_spec", without)
        run = practise(*args, "--plot")
        assert run.exit_code == 4
        assert "pip install -c constraints.txt -e '.[plot]'" in run.errors
    assert practise(*args, "--plot").exit_code == 1
    assert (out / "gradebook.csv").read_bytes() == before  # the seed of each row, too
    drawn = (out / "feedback/bert.html").read_text(encoding="utf-8")
    assert re.sub("<figure>.*</figure>", "", drawn).split() == page.split() != drawn.split()
    assert practise(*args).exit_code == 1
    assert (out / "feedback/bert.html").read_text(encoding="utf-8") == drawn


@pytest.mark.usefixtures("forked_zygotes")
@pytest.mark.parametrize("judges", ["1", "2"])
def test_interrupted_and_run_again(practise: Practise, tmp_path: Path, judges: str) -> None:
    """Ctrl-C says how far it came, writes no gradebook, and the same command goes on from there."""
    names = [f"student{i}" for i in range(7)]
    inbox, out = hand_in(tmp_path / "inbox", **dict.fromkeys(names, SOLUTION)), tmp_path / "out"
    hand_in(inbox, student4=SLEEPS)
    given = ["katas/01", "--submissions", inbox, "--judges", judges, "--gradebook", out]
    screen = tmp_path / "screen"
    begin = {"1": forked, "2": partial(started, start_new_session=True)}[judges]  # by both doors
    with screen.open("wb") as file, begin(*given, stdout=file) as run:
        until(lambda: recorded(out) >= 2, run)
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to all of them
        code = run.wait(PATIENCE)
    said = screen.read_text(encoding="utf-8")
    assert code == int(pytest.ExitCode.INTERRUPTED), said
    assert "are judged." in said
    assert "The same command goes on from here." in said
    assert "GRADER-ERROR" not in said
    assert not (out / "gradebook.csv").exists()
    before = recorded(out)
    assert before < len(names)
    hand_in(inbox, student4=SOLUTION)
    again = practise("katas/01", "--submissions", inbox, "--gradebook", out)
    assert again.exit_code == 0
    assert points(out) == dict.fromkeys(names, "1.0")


def test_no_sandbox_is_started_where_all_is_recorded(
    practise: Practise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that only writes the gradebook anew has nothing to wait for."""
    begun = list[object]()

    def begin(plugin: object) -> None:
        begun.append(plugin)

    monkeypatch.setattr("dojo.judge.plugin.JudgePlugin._begin_zygote", begin)
    inbox = hand_in(tmp_path / "inbox", anna=SOLUTION)
    (inbox / "late").mkdir()
    given = ["katas/01", "--submissions", inbox, "--gradebook", tmp_path / "out"]
    for more, zygotes in (("-v", 1), ("-v", 0), ("--kata-seed=6", 1), ("--plot", 1)):
        begun.clear()
        assert practise(*given, more).exit_code == 1
        assert len(begun) == zygotes


def test_stopped_at_the_first_that_fails(practise: Practise, tmp_path: Path) -> None:
    """-x leaves no gradebook that looks whole, and says how the run goes on."""
    inbox = hand_in(tmp_path / "inbox", anna=STUB, bert=SOLUTION)
    given = ["katas/01", "--submissions", inbox, "--gradebook", tmp_path / "out", "--judges", "1"]
    run = practise(*given, "-x")
    assert "Interrupted: 1 of 2 are judged." in run.screen
    assert "Without -x and --maxfail, the same command goes on from here." in run.screen
    assert not (tmp_path / "out/gradebook.csv").exists()


@pytest.mark.parametrize(("more", "status"), [(["katas/O1"], 4), (["-k", "nobody"], 5)])
def test_a_run_about_nobody_replaces_no_gradebook(
    more: list[str], status: int, practise: Practise, tmp_path: Path
) -> None:
    """A path that is mistyped, or nobody of that name: what was there stays, and none is named."""
    inbox, out = hand_in(tmp_path / "inbox", anna=SOLUTION), tmp_path / "out"
    out.mkdir()
    (out / "gradebook.csv").write_text("last week's", encoding="utf-8")
    run = practise("katas/01", *more, "--submissions", inbox, "--gradebook", out)
    assert run.exit_code == status
    assert "Gradebook" not in run.screen
    assert (out / "gradebook.csv").read_text(encoding="utf-8") == "last week's"


def test_collecting_judges_nothing(practise: Practise, tmp_path: Path) -> None:
    """--collect-only lists the submissions, and misses no verdict."""
    inbox = hand_in(tmp_path / "inbox", anna=SOLUTION)
    run = practise("katas/01", "--submissions", inbox, "--collect-only", "-q")
    assert run.exit_code == 0, run.screen
    assert "::anna" in run.screen


def test_a_missing_inbox_is_said(practise: Practise, tmp_path: Path) -> None:
    """A folder that is not there is a usage error."""
    run = practise("katas/01", "--submissions", tmp_path / "nowhere")
    assert run.exit_code == 4
    assert "nowhere" in run.errors


def test_standing_elsewhere_runs_nothing_of_the_inbox(tmp_path: Path) -> None:
    """In a folder without katas, `--submissions inbox` is refused before inbox/conftest.py runs."""
    inbox = hand_in(tmp_path / "inbox", conftest="open('executed', 'w')\nraise SystemExit\n")
    run = judge("katas/01", "--submissions", inbox, cwd=tmp_path)
    assert run.returncode == 4
    assert not (tmp_path / "executed").exists()


def test_a_judge_that_passes_everything_gives_no_verdict(
    practise: Practise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A known mistake that gets full marks ends the run in GRADER-ERROR, without a gradebook."""

    def the_same(_: object) -> torch.Tensor:
        return torch.zeros(1)

    monkeypatch.setattr(proof, "_as_float64", the_same)
    inbox, out = hand_in(tmp_path / "inbox", anna=SOLUTION), tmp_path / "out"
    run = practise("katas/01", "--submissions", inbox, "--gradebook", out)
    assert run.exit_code == NOT_JUDGED, run.screen
    assert "GRADER-ERROR: kata 01: wrong numbers of a known mistake pass" in run.screen
    assert not (out / "gradebook.csv").exists()


def test_a_judge_that_fails_the_solution_gives_no_verdict(
    practise: Practise, house: Path, tmp_path: Path
) -> None:
    """The same where the solution itself fails."""
    change(house / "solutions/01/manual_update.py", "2", "3")
    inbox, out = hand_in(tmp_path / "inbox", anna=SOLUTION), tmp_path / "out"
    run = practise("katas/01", "--submissions", inbox, "--gradebook", out, house=house)
    assert run.exit_code == NOT_JUDGED, run.screen
    assert "GRADER-ERROR" in run.screen
    assert not (out / "gradebook.csv").exists()


def change(file: Path, old: str, new: str) -> None:
    """Write something else in the place of a text."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_the_zygotes_are_begun_before_torch_is_imported_here() -> None:
    """Both take a second for it, at the same time."""
    code = "import sys, dojo.plugin, dojo.judge.plugin; sys.exit('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=HOUSE, check=False, timeout=PATIENCE)
    assert run.returncode == 0
