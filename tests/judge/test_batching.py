"""All tests of a kata ask in few messages, and only a pass counts that comes of it."""

from __future__ import annotations

from typing import Any

import pytest

from dojo.catalogue import open_catalogue
from dojo.judge.door import SandboxDoor
from dojo.judge.grader import Grader
from dojo.judge.inbox.submissions import Inbox
from dojo.judge.result import TestResult
from dojo.judge.sandbox.pool import Sandbox
from dojo.judge.sandbox.worker_client import WorkerClient
from dojo.judge.verdict import Verdict
from dojo.judge.wire.messages import Ask, Made

from ..conftest import HOUSE
from .conftest import BRIEFLY, LONG, SOLUTION, Doors, FirstKata


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


def test_few_messages(doors: Doors, first_kata: FirstKata, monkeypatch: pytest.MonkeyPatch) -> None:
    """The solution passes every test in as many messages as one test makes calls, and two more."""
    sent = list[int]()
    ask = WorkerClient.ask

    def counted(self: WorkerClient, message: dict[str, Any], *rest: Any) -> dict[str, Any]:
        sent.append(len(message.get("asks", ())))
        return ask(self, message, *rest)

    monkeypatch.setattr(WorkerClient, "ask", counted)
    assert first_kata.passed(doors()) == first_kata.names
    assert sent[1] == len(first_kata.tests)
    assert len(sent) < 8


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


def test_time_that_was_lost_together_is_given_back(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be told apart in one message costs the submission none of its time."""
    monkeypatch.setattr("dojo.judge.door.TOGETHER", BRIEFLY)
    door = doors(b"def f(x):\n    while x: pass\n    return x\n")
    asks = [Ask("f", [(x,)], {}, "", away=False) for x in (0, 1)]
    before = door.left
    assert door.together(asks) is None
    assert door.left == before
    made: list[Made] | None = (door.together(asks[:1]) or [None])[0]
    assert made is not None
    assert made[0][0].value == 0


def test_a_crowd_that_does_not_fit_is_no_fault(doors: Doors) -> None:
    """Replies that are too large for one message are asked for one by one."""
    door = doors(b"import torch\ndef large(x): return torch.zeros(x << 20)\n")
    asks = [Ask("large", [(3,)], {}, "", away=False) for _ in range(2)]
    assert door.together(asks) is None
    ((call, _),) = door.calls("large", [(3,)], {}, count="", away=False)
    assert call.error is None
