"""What an answer returns may cost its own explanation or its own record, and nothing else."""

from __future__ import annotations

import time

import pytest
import torch

from dojo.errors import NOT_RIGHT_YET
from dojo.feedback.feedback import Situation
from dojo.judge import batching, explaining
from dojo.judge.asking import Asked
from dojo.judge.door import SandboxDoor
from dojo.judge.explaining import UNEXPLAINED
from dojo.judge.grader import Case, Grader, GraderError
from dojo.judge.inbox.source import HandedIn
from dojo.judge.room import room_for
from dojo.judge.verdict import Verdict
from dojo.judge.wire.codec import WIDE
from dojo.judge.wire.messages import Ask
from dojo.opening.answers import made_answer

from ..conftest import HOUSE
from .conftest import SOLUTION, Doors, judged

WRONG = b"\ndef gradient(x):\n    return 10 - 2 * x\n"
FORGED = b"""
from dojo.judge.inside import worker
own, name = vars(worker), "_rep" + "ly"  # in no place where it would be found, and put back
original = own[name]
def reply(door, ask):
    said = original(door, ask)
    return {**said, "seen": {"0": 3}} if ask["call"] == "update" else said
own[name] = reply
"""
OF_GRADIENT = "test_gradient_anywhere[cpu-float64]"
OF_UPDATE = "test_update_steps_against_the_gradient[cpu-float64]"


def decided(grader: Grader, source: bytes) -> dict[str, Verdict]:
    """Judge a source as a run does."""
    handed = HandedIn("anna/01/manual_update.py", source, source.decode())
    case = Case("anna", grader.catalogue.katas["01"], handed, grader.seed)
    return {test.test: test.verdict for test in grader.decide(case).tests}


def test_trouble_in_an_explanation_costs_the_explanation(
    grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The verdict stays, and what failed is said in its own words."""

    def breaks(self: Situation) -> None:
        raise NotImplementedError("Cannot copy out of meta tensor; no data!")

    monkeypatch.setattr(Situation, "feedback", breaks)
    results = judged(grader, WRONG)
    failed = results[OF_GRADIENT]
    assert (failed.verdict, failed.function) == (Verdict.FAIL, "gradient")
    assert failed.heading == "VALUES DIFFER"
    assert failed.message[-1] == UNEXPLAINED
    assert results[OF_UPDATE].passed


def test_what_explains_a_failure_is_kept(grader: Grader) -> None:
    """The known mistake by its name and in its words, else what the numbers show."""
    failed = judged(grader, WRONG)[OF_GRADIENT]
    assert (failed.function, failed.named) == ("gradient", ["gradient_negated"])
    assert failed.shows in " ".join(" ".join(failed.message).split())
    thrice = judged(grader, b"\ndef gradient(x):\n    return 3 * (2 * x - 10)\n")[OF_GRADIENT]
    assert not thrice.named
    assert thrice.shows.startswith("Yours is 3 times what is wanted")
    assert judged(grader, b"")[OF_GRADIENT].shows == ""


def test_a_budget_ends_explaining(grader: Grader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the judge's own time for an answer is used up, its failures are not explained."""
    monkeypatch.setattr(explaining, "EXPLAINING", 0.0)
    results = judged(grader, WRONG)
    failed = [r for r in results.values() if not r.passed]
    assert {r.verdict for r in failed} == {Verdict.FAIL}
    assert {r.message[-1] for r in failed} == {UNEXPLAINED}


ALL_WRONG = b"""
def gradient(x):
    return 2.2 * (x - 5) + 0.01
def update(x, grad, lr):
    return x + lr * grad.mean() + 0.01
def descend(x0, lr, steps):
    path = [x0]
    for _ in range(steps):
        path.append(update(path[0], gradient(path[-1]), 1.1 * lr))
    return torch.stack(path)
"""


def test_what_is_said_does_not_depend_on_how_busy_the_machine_is(
    grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ordinary answers come to the end of their reasons, also where all takes many times longer."""
    real = time.process_time
    usual = judged(grader, ALL_WRONG)
    grader.asked.clear()  # nothing is known of the spec, as for a run's first answer
    monkeypatch.setattr(time, "process_time", lambda: 8 * real())
    assert judged(grader, ALL_WRONG) == usual


BLAMED = {
    "def line": (b"def update(grad, x, lr):\n    return x - lr * grad", "SIGNATURE CHANGED"),
    "no such function": (b"del update", "MISSING FUNCTION"),
    "end": (b"import os\ndef update(x, grad, lr):\n    os._exit(0)", "CRASH"),
    "forged": (FORGED, "CRASH"),
}


@pytest.mark.parametrize("name", BLAMED)
def test_the_function_that_is_to_be_mended_is_blamed(grader: Grader, name: str) -> None:
    """Also where no call of it came to an end, after calls of others that did."""
    more, heading = BLAMED[name]
    results = judged(grader, b"\n" + more + b"\n")
    found = {r.test: r.function for r in results.values() if r.heading == heading}
    assert found[OF_UPDATE] == found["test_arguments_are_left_alone[cpu]"] == "update"


def test_who_calls_a_wrong_function_is_not_marked_wrong_for_it(grader: Grader) -> None:
    """Also where a test that looks beside the result stops, as the result is not right yet."""
    results = judged(grader, b"\ndef gradient(x):\n    return 2.2 * (x - 5)\n")
    assert results["test_no_graph_grows[cpu]"].heading == NOT_RIGHT_YET
    assert {r.function for r in results.values() if not r.passed} == {"gradient"}


def test_the_end_of_a_worker_is_told_as_other_failures_are(grader: Grader) -> None:
    """In lines that fit, with the next move."""
    source = b"\ndef update(x, grad, lr):\n    return [bytearray(1 << 40)]\n"
    lines = judged(grader, source)[OF_UPDATE].message
    assert lines[-2:] == [
        "  update asked for more memory than it may have.",
        "  Look for a list or a tensor that grows.",
    ]
    assert max(map(len, lines)) <= 80


def test_trouble_in_judging_costs_the_one_record(
    grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a GRADER-ERROR; then the canary is asked, and while it lives the run goes on."""
    try_on, checked = batching.Batch.try_on, list[str]()

    def breaks(self: batching.Batch, door: SandboxDoor) -> object:
        checked.append(door.path.parts[0])
        if b"# break" in door._source:
            raise TypeError("unhashable")
        return try_on(self, door)

    monkeypatch.setattr(batching.Batch, "try_on", breaks)
    assert set(decided(grader, SOLUTION).values()) == {Verdict.PASS}
    assert set(decided(grader, SOLUTION + b"# break").values()) == {Verdict.GRADER_ERROR}
    checked.clear()
    assert set(decided(grader, SOLUTION).values()) == {Verdict.PASS}
    assert checked == ["solutions", "canary", "anna"]


def test_a_canary_that_dies_ends_the_run(grader: Grader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the judge breaks on the solution, it is broken for all."""

    def breaks(*_: object) -> None:
        raise TypeError("unhashable")

    monkeypatch.setattr(batching.Batch, "try_on", breaks)
    with pytest.raises(GraderError, match="kata 01: the judge itself fails: TypeError: unhashable"):
        decided(grader, SOLUTION)


META = {
    "always": b"def gradient(x):\n    return (2 * x - 10).to('meta')\n",
    "every second": b"""
calls = []
def gradient(x):
    calls.append(x)
    return (2 * x - 10).to("meta" if len(calls) % 2 == 0 else "cpu")
""",
    "a list": b"def gradient(x):\n    return [torch.empty(3, device='meta')] * 3\n",
    "a number": b"def descend(x0, lr, steps):\n    return torch.empty((), device='meta')\n",
}


@pytest.mark.parametrize("name", META)
def test_meta_tensors_are_the_answers_own_failure(grader: Grader, name: str) -> None:
    """They hold no values: each test that meets one fails, and the others are judged."""
    results = judged(grader, b"\n" + META[name])
    found = {r.verdict for r in results.values()}
    assert found == {Verdict.FAIL, Verdict.PASS}
    assert results[OF_UPDATE].passed
    said = " ".join(line for result in results.values() for line in result.message)
    assert name == "every second" or "another answer each time" not in said


LARGE = {
    "int8": b"torch.zeros(1_000_000, dtype=torch.int8)",
    "ints": b"[0] * 6_000",
    "strings": b"['a'] * 6_000",
    "tensors": b"[x] * 4_200",
    "nested": b"[[[0] * 20] * 20] * 20",
    "text": b"'a' * 200_000",
}


@pytest.mark.parametrize("name", LARGE)
def test_what_is_far_too_large_stays_outside(grader: Grader, name: str) -> None:
    """An honest worker says so itself, so that the student reads it; nothing of it crosses."""
    results = judged(grader, b"\ndef gradient(x):\n    return " + LARGE[name] + b"\n")
    assert results[OF_GRADIENT].heading == "TOO LARGE"
    assert any("as a right answer" in line or "asked for" in line
               for line in results[OF_GRADIENT].message)  # fmt: skip
    assert results[OF_UPDATE].passed


@pytest.mark.parametrize("name", LARGE)
def test_a_worker_that_ignores_the_room_is_not_heard(doors: Doors, name: str) -> None:
    """What comes all the same is refused before it is decoded."""
    solution = made_answer(SOLUTION, HOUSE / "anna.py")
    x = torch.tensor([1.0, 2.0], dtype=torch.float64)
    ask = Ask("gradient", [(x,)], {}, "", away=False)
    room = room_for(solution, ask)
    door = doors(SOLUTION + b"\ndef gradient(x):\n    return " + LARGE[name] + b"\n")
    asked = Asked("gradient", ask.frame(), room)
    (reply,) = door.replies([asked])
    if reply.gone is None:
        with pytest.raises(BaseException, match="forged its reply"):
            reply.read(ask, door.path)
    else:
        assert reply.gone.verdict is Verdict.CRASH


def test_the_room_tells_nothing_of_the_right_answer() -> None:
    """It has steps so coarse that words and numbers of one shape have one room."""
    source = b"def f(x):\n    return 'one step' if x else 'monotone and more'\n"
    answer = made_answer(source, HOUSE / "words.py")
    rooms = {room_for(answer, Ask("f", [(x,)], {}, "", away=False)) for x in (0, 1, 2)}
    assert len(rooms) == 1
    (room,) = rooms
    assert room.payload < WIDE.payload / 10
    assert room.values < WIDE.values / 10
