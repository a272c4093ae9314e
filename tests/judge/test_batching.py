"""All tests of a kata ask in few messages, and only a pass counts that comes of it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import pytest

from dojo.judge.asking import Asked, Reply
from dojo.judge.door import SandboxDoor
from dojo.judge.grader import Grader
from dojo.judge.sandbox.pool import Sandbox
from dojo.judge.sandbox.worker_client import WorkerClient
from dojo.judge.verdict import Verdict
from dojo.judge.wire.messages import Ask

from .conftest import BRIEFLY, LONG, Doors, FirstKata, judged


def test_few_messages(doors: Doors, first_kata: FirstKata, monkeypatch: pytest.MonkeyPatch) -> None:
    """The solution passes every test in as many messages as one test makes asks, and two more."""
    sent = list[int]()
    tell = WorkerClient.tell

    def counted(self: WorkerClient, frames: Sequence[bytes]) -> None:
        sent.append(len(frames))
        tell(self, frames)

    monkeypatch.setattr(WorkerClient, "tell", counted)
    assert first_kata.passed(doors()) == first_kata.names
    assert sent[1] == len(first_kata.tests)
    assert len(sent) < 8


def test_an_explanation_takes_few_messages(grader: Grader, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a search asks of one function travels together: some messages, not one for each call."""
    sent = list[int]()
    tell = WorkerClient.tell

    def counted(self: WorkerClient, frames: Sequence[bytes]) -> None:
        sent.append(len(frames))
        tell(self, frames)

    monkeypatch.setattr(WorkerClient, "tell", counted)
    mistaken = judged(grader, b"\ndef gradient(x):\n    return 10 - 2 * x\n")
    assert any(r.named for r in mistaken.values())
    assert sum(sent) > 90
    assert len(sent) < 30


def test_who_changes_an_argument_is_blamed(grader: Grader) -> None:
    """In the sandbox, too: the worker says what a call of the inner function changed."""
    wrong = judged(grader, b"\ndef update(x, grad, lr):\n    x -= lr * grad\n    return x\n")
    told = " ".join(" ".join(r.message) for r in wrong.values() if "descend" in r.test)
    assert "update, which descend calls, is wrong in itself. It changes its argument x" in told


def test_what_the_solution_imports_is_imported_once(grader: Grader, sandbox: Sandbox) -> None:
    """The zygote has the modules that the canary of kata 01 had, and no answer is among them."""
    grader.check(grader.catalogue.katas["01"])
    imported = sandbox._zygote.imported
    assert {"torch", "torch.autograd"} <= imported
    assert not any(name.startswith("answer_") for name in imported)


def test_what_does_not_pass_is_tried_alone(grader: Grader) -> None:
    """A mistake is named, and an unwritten function is to do, as when tests are tried in turn."""
    mistaken = judged(grader, b"\ndef gradient(x):\n    return 10 - 2 * x\n")
    wrong = [r for r in mistaken.values() if not r.passed]
    assert {r.verdict for r in wrong} == {Verdict.FAIL}
    assert any("negated" in line or "sign" in line for r in wrong for line in r.message)
    to_do = judged(grader, b"\ndef update(x, grad, lr):\n    raise NotImplementedError\n")
    assert Verdict.TODO in {r.verdict for r in to_do.values()}
    assert to_do["test_gradient_anywhere[cpu-float64]"].passed


def test_what_is_printed_is_each_tests_own(grader: Grader) -> None:
    """A failed test shows what was printed for it, and nothing of what others print."""
    results = judged(
        grader,
        b"\ndef update(x, grad, lr):\n    print('lr is', lr)\n    return x + lr * grad\n",
    )
    alone = results["test_update_steps_against_the_gradient[cpu-float64]"]
    assert [line for line in alone.message if "lr is" in line] == ["    lr is 0.1"]
    assert results["test_gradient_anywhere[cpu-float64]"].passed


def test_what_never_ends_costs_its_own_tests(
    grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An endless function beside right ones: only the tests that call it time out."""
    limits = {"call_seconds": 0.4, "seconds": LONG}  # of the worker's own, for some milliseconds
    monkeypatch.setattr(SandboxDoor.__init__, "__kwdefaults__", limits)
    results = judged(grader, b"\ndef update(x, grad, lr):\n    while True: pass\n")
    late = {name for name, r in results.items() if r.verdict is Verdict.TIMEOUT}
    assert late
    assert not any(name.startswith("test_gradient") for name in late)
    assert all(r.passed for name, r in results.items() if name.startswith("test_gradient"))


def asks(name: str, *given: object) -> list[Asked]:
    """Ask a function for each of these."""
    return [Asked(name, Ask(name, [(one,)], {}, "", away=False).frame()) for one in given]


def verdicts_of(replies: Sequence[Reply]) -> list[Verdict]:
    """Return how each ask ended."""
    return [reply.gone.verdict if reply.gone else Verdict.PASS for reply in replies]


def test_what_ends_a_worker_is_its_own_fault_alone(doors: Doors) -> None:
    """Before it and after it, what is asked in one message is answered, each once."""
    door = doors(b"""
import os
met = []
def f(x):
    met.append(x)
    print("got", met)
    return os._exit(3) if x < 0 else x
""")
    replies = door.replies(asks("f", 1, 2, -3, 4, -5, 6))
    passed, crash = Verdict.PASS, Verdict.CRASH
    assert verdicts_of(replies) == [passed, passed, crash, passed, crash, passed]
    printed = ["got [1]\n", "got [1, 2]\n", "", "got [4]\n", "", "got [6]\n"]
    assert [r.printed if r.gone is None else "" for r in replies] == printed


def test_what_took_too_long_is_not_asked_again(doors: Doors) -> None:
    """Nor is a function that calls it; others have all their time, and what never ran says so."""
    door = doors(
        b"def f(x):\n    while x: pass\n    return x\n\n"
        b"def g(x): return f(0)\n\ndef h(x): return x\n",
        seconds=BRIEFLY,
    )
    replies = door.replies([*asks("f", 0, 1, 0), *asks("g", 1), *asks("h", 1)])
    late, passed = Verdict.TIMEOUT, Verdict.PASS
    assert verdicts_of(replies) == [passed, late, late, late, passed]
    said = [reply.gone.message if reply.gone else "" for reply in replies]
    assert said[1] == "f took longer than 0.5 s."
    assert (
        said[2] == "This test was not run: f took longer than 0.5 s before, and is not asked again."
    )
    assert said[3] == "This test was not run: g calls f, which took longer than 0.5 s before."
    assert verdicts_of(door.replies(asks("f", 0))) == [late]


def test_one_life_decides(
    grader: Grader, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that is wrong when it is first run, and right in every later life, is wrong."""
    lives, opened = itertools.count(), sandbox.open
    wrong = b"\ndef gradient(x):\n    return 2 * x\n"

    def tossed(source: bytes, *given: Any, **named: Any) -> WorkerClient:
        return opened(source if next(lives) else source + wrong, *given, **named)

    monkeypatch.setattr(sandbox, "open", tossed)
    results = judged(grader, b"")
    assert not results["test_gradient_anywhere[cpu-float64]"].passed
    assert results["test_update_steps_against_the_gradient[cpu-float64]"].passed
