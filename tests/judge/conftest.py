"""What the judge's tests share: a sandbox, doors to answers in it, and a small spec of kata 01."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
import torch
from torch import Tensor

from dojo.calling.calls import KataCalls
from dojo.catalogue import open_catalogue
from dojo.errors import NotWritten, Wrong
from dojo.judge.batching import Batch
from dojo.judge.cluster.judge_process import collected
from dojo.judge.door import SandboxDoor
from dojo.judge.grader import Grader
from dojo.judge.inbox.submissions import Inbox
from dojo.judge.result import TestResult
from dojo.judge.room import room_for
from dojo.judge.sandbox import forkserver
from dojo.judge.sandbox.pool import Sandbox
from dojo.judge.sandbox.requirements import INSTEAD, SandboxMissing
from dojo.judge.verdict import Verdict, WorkerGone
from dojo.opening.answers import open_ours
from dojo.spec import proof

from ..conftest import HOUSE, NO_SANDBOX, Practise, Run
from ..forked import Forked, begin_anew

SOLUTION = (HOUSE / "solutions/01/manual_update.py").read_bytes()
BRIEFLY = 0.5  # seconds for a call that never ends, and is waited for in full
DESCRIPTORS = 1 << 16  # more than a process here has
LONG = 100.0  # for one that does: however slow the machine is, it gets its own verdict
Doors = Callable[..., SandboxDoor]
Alone = Callable[[str], Sandbox]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip all of the judge's tests where it cannot be: it is made of Linux's own parts."""
    if sys.platform != "linux":
        for item in items:
            if item.path.is_relative_to(HOUSE / "tests/judge"):
                item.add_marker(pytest.mark.skip(f"{NO_SANDBOX}the judge needs Linux."))


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One sandbox of both layers for all tests: no submission may spoil it for the next."""
    try:
        made = Sandbox()
        made.open(SOLUTION, "anna/01/manual_update.py", seconds=10).close()
    except SandboxMissing as missing:
        pytest.skip(NO_SANDBOX + str(missing).removesuffix(INSTEAD).rstrip())
    with made:
        yield made


class Lent(Sandbox):
    """A sandbox that is another's: who has it for a while does not end it."""

    def __init__(self, owned: Sandbox) -> None:
        self.__dict__ = owned.__dict__  # all that is known of its zygote and workers, to both

    def close(self) -> None:
        """Leave it to whom it belongs."""


@pytest.fixture
def practise(practise: Practise, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Practise:
    """Run pytest in this process; a judged run has the sandbox that is there already.

    How one is started, tried and ended is for the runs that are processes of their own.
    """

    def one_processor(_: int) -> set[int]:
        return {0}  # so that there is one judge

    def nothing(_: object) -> ExitStack:
        return ExitStack()

    def lent(layers: tuple[str, ...], **_: object) -> Lent:
        assert layers == sandbox.layers
        return Lent(sandbox)

    def with_the_lent_one(*args: str | Path, **options: Any) -> Run:
        with monkeypatch.context() as patch:
            patch.setattr("os.sched_getaffinity", one_processor)
            patch.setattr("dojo.judge.plugin.ForkServer", nothing)
            patch.setattr("dojo.judge.grader.Sandbox", lent)
            return practise(*args, **options)

    return with_the_lent_one


@pytest.fixture
def forked_zygotes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let zygotes be forked, for runs that are forked: not where the sandbox is what is tested."""

    def is_held(self: Sandbox) -> None:
        self._checked = True  # there is no bubblewrap to be tried

    monkeypatch.setattr(forkserver, "subprocess", FORKING)
    monkeypatch.setattr(Sandbox, "_check", is_held)


def forked_zygote(_: Sequence[str], *, pass_fds: Sequence[int], **_more: object) -> Forked:
    """Fork what bubblewrap would start: it has torch already. It ends with the judge."""

    def work() -> NoReturn:
        begin_anew(Path("/"), os.open(os.devnull, os.O_RDWR))
        control = pass_fds[0]
        os.closerange(3, control)  # among them the judge's end
        os.closerange(control + 1, DESCRIPTORS)
        from dojo.judge.inside import zygote  # on Linux only

        zygote.main(control)

    return Forked(work, "zygote")


FORKING = SimpleNamespace(Popen=forked_zygote, DEVNULL=subprocess.DEVNULL)


@pytest.fixture(scope="session")
def alone() -> Iterator[Alone]:
    """Return the sandbox of one layer alone; it is made once for all tests."""
    made = dict[str, Sandbox]()

    def of(layer: str) -> Sandbox:
        if layer not in made:
            made[layer] = opened.enter_context(Sandbox((layer,)))
        return made[layer]

    with ExitStack() as opened:
        yield of


@pytest.fixture
def doors(sandbox: Sandbox) -> Iterator[Doors]:
    """Open doors to answers, given as bytes; they are closed after the test."""
    opened: list[SandboxDoor] = []

    def door(
        source: bytes = SOLUTION, name: str = "anna/01/manual_update.py", seconds: float = LONG
    ) -> SandboxDoor:
        opened.append(SandboxDoor(sandbox, source, name, call_seconds=seconds, seconds=9 * seconds))
        return opened[-1]

    yield door
    for each in opened:
        each.close()


class FirstKata:
    """The tests of kata 01, in one precision, and those of them that show what gradient returns."""

    def __init__(self) -> None:
        kata = open_catalogue(HOUSE).katas["01"]
        self.tests = [test for test in collected()["01"] if "float32" not in test.name]
        solution = open_ours(kata.answer_in(HOUSE / "solutions"))
        self.batch = Batch(self.tests, kata, 5, partial(room_for, solution))
        self.names = {test.name for test in self.tests}
        values = ("test_gradient_is_", "test_gradient_a", "test_descend_f", "test_descend_w")
        self.of_gradient = {name for name in self.names if name.startswith(values)}

    def passed(self, door: SandboxDoor) -> set[str]:
        """Return the names of the tests that an answer passes, all of them asking together."""
        return {tried.test.name for tried in self.batch.try_on(door) if tried.failed is None}


@pytest.fixture(scope="session")
def first_kata() -> FirstKata:
    """Kata 01, as the judge has it."""
    return FirstKata()


@pytest.fixture
def grader(sandbox: Sandbox, first_kata: FirstKata) -> Grader:
    """A judge of kata 01."""
    empty = Inbox(HOUSE, (), (), ())
    made = Grader(open_catalogue(HOUSE), {"01": first_kata.tests}, empty, 5, sandbox.layers)
    made.__dict__["sandbox"] = sandbox
    return made


def judged(grader: Grader, more: bytes) -> dict[str, TestResult]:
    """Judge the solution with something added."""
    kata = grader.catalogue.katas["01"]
    results = grader.try_source(kata, SOLUTION + more, "anna/01/manual_update.py", 5)
    return {result.test: result for result in results}


def verdicts(door: SandboxDoor) -> dict[str, Verdict]:
    """Judge each function of kata 01 by what a spec would ask of it, on inputs of its own."""
    x = torch.tensor([[3.25, -7.5], [0.125, 11.0]], dtype=torch.float64)
    asked: dict[str, tuple[tuple[object, ...], Tensor]] = {
        "gradient": ((x,), 2 * x - 10),
        "update": ((x, 3 * x, 0.25), 0.25 * x),
        "descend": ((x, 0.25, 2), torch.stack([x, x / 2 + 2.5, x / 4 + 3.75])),
    }
    return {name: _verdict(door, name, *wanted) for name, wanted in asked.items()}


def _verdict(door: SandboxDoor, name: str, args: tuple[object, ...], right: Tensor) -> Verdict:
    """Ask twice, as most specs do; everything that is not a verdict is an error of the judge."""
    try:
        for shift in (0.0, 1.0):
            given = [a + shift if name == "gradient" else a for a in args]  # type: ignore[operator]
            wanted = right + 2 * shift if name == "gradient" else right
            found = getattr(KataCalls(door), name)(*given)
            proof.tensor(found, wanted.shape, like=wanted)
            proof.close(found, wanted, atol=1e-12)
    except WorkerGone as gone:
        return gone.verdict
    except NotWritten:
        return Verdict.TODO
    except Wrong:
        return Verdict.FAIL
    except Exception as error:
        if not hasattr(error, "answer_line"):
            raise  # not the answer's
        return Verdict.FAIL
    return Verdict.PASS
