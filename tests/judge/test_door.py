"""The door to an answer in a sandbox behaves as the one in the learner's own process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from dojo.calling import calls
from dojo.calling.calls import InProcess, KataCalls
from dojo.calling.observing import KEPT, WORK
from dojo.catalogue import open_catalogue
from dojo.errors import NotWritten, Wrong
from dojo.feedback.comparing import matches
from dojo.feedback.diagnosis import diagnose
from dojo.judge.asking import Asked
from dojo.judge.door import SandboxDoor
from dojo.judge.sandbox import worker_client
from dojo.judge.sandbox.pool import Sandbox
from dojo.judge.verdict import Verdict, WorkerGone
from dojo.judge.wire.messages import Ask
from dojo.opening.answers import made_answer

from ..broken import EMPTY, FAILING, FILES, UNPARSED
from ..conftest import HOUSE, Practise
from .conftest import BRIEFLY, SOLUTION, Doors

X = torch.tensor([[3.25, -7.5], [0.125, 11.0]], dtype=torch.float64)


def called(door: calls.Door, name: str, *args: Any, count: str = "", away: bool = False) -> Any:
    """Make one call; return what the door remembers of it and what was seen."""
    (made,) = door.calls(name, [args], {}, count=count, away=away)
    return made


def test_the_solution_gets_full_marks(
    practise: Practise, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole spec of kata 01 passes through the sandbox, observations included."""
    door = SandboxDoor(sandbox, SOLUTION, "solutions/01/manual_update.py")

    def in_sandbox(*_: object) -> SandboxDoor:
        return door

    monkeypatch.setattr(calls, "InProcess", in_sandbox)
    run = practise("katas/01", "-m", "not cuda", "--answers", "solutions")
    door.close()
    assert run.exit_code == 0
    assert len(run.tests("done")) > 15


def test_what_an_answer_was_warned_of_comes_along(doors: Doors) -> None:
    """Warnings by lines of the file travel with what was seen of the call, and are not printed."""
    warned = b"""
def update(x, grad, lr):
    import warnings
    warnings.warn("look \x1b[31mout")
    return x
"""
    door = doors(SOLUTION + warned)
    _, seen = called(door, "update", X, X, 0.1)
    (said,) = seen.warned
    assert said.endswith("was warned (UserWarning): look out")


def test_the_stub_is_to_do(doors: Doors) -> None:
    """An unwritten function is to do, with its line, and no spec's `raises` swallows it."""
    door = doors((HOUSE / "katas/01/manual_update.py").read_bytes())
    call, _ = called(door, "gradient", X)
    assert isinstance(call.error, NotWritten)
    assert (call.error.function, str(call.error.path)) == ("gradient", "anna/01/manual_update.py")
    assert call.error.line


MORE = b"""
class Own(ValueError): pass
def key(x): return {}["missing"]
def divided(x):
    y = 0
    return 1 / y
def own(x): raise Own("of mine")
def torch_error(x): return x @ x[0, :1]
def not_implemented(x): return torch.empty(3, device="meta").to("cpu")
def singular(x): return torch.linalg.inv(torch.zeros(2, 2))
def changes(x):
    x += 1
    return x[0]
def attached(x): return x.clone().requires_grad_() * 2
def nothing(x): pass
def exits(x): raise SystemExit("bye")
def numpy(x): return x.numpy()
def here(x): return x + torch.ones(2)
def optimised(x):
    x = x.clone().requires_grad_()
    torch.optim.SGD([x], lr=0.1).zero_grad()
    f(x).sum().backward()
    torch.optim.SGD([x], lr=0.1).step()
    return x.detach()
def curved(x): return torch.func.grad(lambda v: (v ** 3).sum())(x[0])
def many(x): return {"a": [1, 2.5, None, True], "b": (x, "text", 2 ** 80)}
def threaded(x):
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(float, [1, 2]))
"""


@pytest.mark.parametrize(
    "name",
    [
        *("gradient", "key", "divided", "torch_error", "not_implemented", "singular", "changes"),
        *("attached", "nothing", "exits", "numpy", "optimised", "curved", "many", "threaded"),
        *("here", "absent", "update"),
    ],
)
def test_both_doors_say_the_same(doors: Doors, name: str) -> None:
    """Values, errors by type and first line, and observations agree with an open door."""
    source = SOLUTION + MORE
    remote, local = doors(source), InProcess(made_answer(source, HOUSE / "anna.py"))
    for count, away in (("", False), (WORK, False), (KEPT, False), ("", True)):
        outcomes = []
        for door in (local, remote):
            try:
                outcomes.append(called(door, name, X.clone(), count=count, away=away))
            except Wrong as wrong:  # the open door raises what keeps it from making the call
                outcomes.append((calls.Call(name, (X,), {}, (), error=wrong), calls.Observed()))
        (mine, seen), (theirs, reported) = outcomes
        assert matches(mine, theirs), (mine.error, theirs.error)
        assert reported == seen


ANNA = Path("anna/01/manual_update.py")
MANY = b"""
import torch
met = []
def f(x):
    met.append(x)
    print(len(met))
    if x < 0:
        raise ValueError(x)
    return x * len(met)
def large(x): return torch.zeros(x << 20)
def slow(x):
    while x: pass
    return x
def changes(x):
    x += 1
    return 1.0
"""


def both(doors: Doors, name: str, inputs: list[Any]) -> list[tuple[list[Any], str, list[Any]]]:
    """Make many calls at once, through each door: results, error and what `kata` remembers."""
    outcomes = []
    for door in (InProcess(made_answer(MANY, HOUSE / "anna.py")), doors(MANY)):
        kata, results, error = KataCalls(door), list[Any](), ""
        try:
            results = getattr(kata, name).each(
                (x.clone() if torch.is_tensor(x) else x,) for x in inputs
            )
        except (ValueError, Wrong) as raised:
            error = f"{type(raised).__name__}: {raised}"
        told = [(c.args, c.names, c.value, type(c.error)) for c in kata.calls]
        meddled = [(call.args, seen.changed) for call, seen in kata.meddlers]
        outcomes.append((results, error, [told, kata.observed.changed, meddled]))
    return outcomes


def test_many_calls_at_once(doors: Doors, capsys: pytest.CaptureFixture[str]) -> None:
    """They are made in turn, in one process, and what they print comes with them."""
    local, remote = both(doors, "f", [3, 5, 7])
    assert local == remote
    assert remote[0] == [3, 10, 21]
    assert capsys.readouterr().out == "1\n2\n3\n" * 2
    assert both(doors, "f", []) == [([], "", [[], [], []])] * 2


def test_the_first_failure_ends_many_calls(
    doors: Doors, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is raised, it is the last call that is remembered, and none is made after it."""
    local, remote = both(doors, "f", [3, 5, -7, 9])
    assert local == remote
    assert remote[1] == "ValueError: -7"
    assert [args for args, *_ in remote[2][0]] == [(3,), (5,), (-7,)]
    assert capsys.readouterr().out == "1\n2\n3\n" * 2


def test_what_is_seen_of_each_of_many_calls(doors: Doors) -> None:
    """A change to an argument is remembered, whichever call made it."""
    local, remote = both(doors, "changes", [torch.ones(1), 2.0])
    assert local[2][1:] == remote[2][1:] == [[], [((torch.ones(1),), ["x"])]]


def test_a_change_spoils_no_other_call(doors: Doors) -> None:
    """Each call is given its arguments as the spec wrote them, whatever the call before did."""
    source = b"def f(x, w):\n    w.reverse()\n    return [x, *w]\n"
    for door in (InProcess(made_answer(source, HOUSE / "anna.py")), doors(source)):
        kata, weights = KataCalls(door), [1, 2]
        assert kata.f.each([(0, weights), (3, weights)]) == [[0, 2, 1], [3, 2, 1]]
        assert [kata.f(x, w=weights) for x in (0, 3)] == [[0, 2, 1], [3, 2, 1]]
        assert weights == [1, 2]
        assert [seen.changed for _, seen in kata.meddlers] == [["w"]] * 4


def test_many_calls_are_held_to_the_size_of_one_frame(doors: Doors) -> None:
    """A value that is too large is the fault of its own call; all together, of them all."""
    kata = KataCalls(doors(MANY))
    with pytest.raises(Wrong, match="NOT DATA"):
        kata.large.each([(1,), (5,), (1,)])
    assert [c.error is None for c in kata.calls] == [True, False]
    with pytest.raises(Wrong, match="together"):
        kata.large.each([(3,), (3,)])


def test_many_calls_have_the_time_of_one(doors: Doors) -> None:
    """One that never ends ends them all."""
    with pytest.raises(WorkerGone, match="slow took longer") as gone:
        KataCalls(doors(MANY, seconds=BRIEFLY)).slow.each([(0,), (1,), (0,)])
    assert gone.value.verdict is Verdict.TIMEOUT


def test_an_error_carries_the_answers_line(doors: Doors) -> None:
    """What is raised comes as its own type, with the line of the answer for feedback."""
    call, _ = called(doors(SOLUTION + MORE), "divided", X)
    assert type(call.error) is ZeroDivisionError
    assert getattr(call.error, "answer_text", "") == "return 1 / y"
    line = (SOLUTION + MORE).decode().splitlines().index("    return 1 / y") + 1
    assert getattr(call.error, "answer_line", 0) == line
    own, _ = called(doors(SOLUTION + MORE), "own", X)
    assert (type(own.error), getattr(own.error, "answer_type", "")) == (ValueError, "Own")
    missing, _ = called(doors(SOLUTION + MORE), "key", X)
    assert str(missing.error) == "'missing'"


def test_what_it_prints_is_shown(doors: Doors, capsys: pytest.CaptureFixture[str]) -> None:
    """Printed text comes with its call, without commands to a terminal; a flood is cut."""
    door = doors(SOLUTION + b"\ndef said(x):\n    print('mine \\x1b[2J', end='')\n    return x\n")
    called(door, "said", X)
    assert capsys.readouterr().out == "mine "
    flood = doors(b"def said(x):\n    print('a' * 10_000_000)\n    return x\n")
    called(flood, "said", X)
    assert len(capsys.readouterr().out) == 1 << 16
    endless = doors(b"def said(x):\n    print('before')\n    while True: pass\n", seconds=BRIEFLY)
    with pytest.raises(WorkerGone):
        called(endless, "said", X)
    assert "before" in capsys.readouterr().out


def test_a_flood_is_not_waited_for(doors: Doors) -> None:
    """What prints without end is stopped by how much it prints, and not asked again."""
    door = doors(b"def said(x):\n    while True: print('a' * 100_000)\n")
    for says in ("said printed more than 256 MiB", "said printed more than 256 MiB before, and is"):
        with pytest.raises(WorkerGone, match=says) as gone:
            called(door, "said", X)
        assert gone.value.verdict is Verdict.TIMEOUT
    printing = doors(b"while True: print('a' * 100_000)\n")
    with pytest.raises(WorkerGone, match="while it was imported, printed more than 256 MiB"):
        printing.opened()


def test_the_clock_of_a_submission(sandbox: Sandbox) -> None:
    """A call is cut off at its own deadline, and all of them at the submission's."""
    source = (
        b"def f(x):\n    while True: pass\n\ndef g(x):\n    while True: pass\n\ndef h(x): pass\n"
    )
    door = SandboxDoor(sandbox, source, "anna/01/m.py", call_seconds=0.7, seconds=1.0)
    for name, says in (
        ("f", "f took longer than 0.7 s"),
        ("f", "f took longer than 0.7 s before"),
        ("g", "g took longer than"),
        ("h", "the 1 s of this submission are used up"),
    ):
        with pytest.raises(WorkerGone, match=says) as gone:
            called(door, name, X)
        assert gone.value.verdict is Verdict.TIMEOUT
    door.close()


def test_no_spec_swallows_the_end_of_a_worker(doors: Doors) -> None:
    """WorkerGone passes through `pytest.raises(Exception)`."""
    kata = KataCalls(doors(b"import os\ndef gradient(x): os._exit(3)\n"))
    with pytest.raises(WorkerGone, match="ended its own process, with status 3") as gone:  # noqa: SIM117 - the inner one is what is tested
        with pytest.raises(Exception):  # noqa: B017, PT011 - as broad as a spec could be
            kata.gradient(X)
    assert gone.value.verdict is Verdict.CRASH


def test_who_closes_the_channel_is_not_waited_for(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel says that the process lives on: it will have no status of its own."""

    def waits(*_: object) -> bool:
        pytest.fail("the end of a process that lives on was waited for")

    monkeypatch.setattr(worker_client, "ready", waits)
    kata = KataCalls(doors(b"import os\ndef f(x):\n    os.close(3)\n    while True: pass\n"))
    with pytest.raises(WorkerGone, match="closed the judge's channel") as gone:
        kata.f(X)
    assert gone.value.verdict is Verdict.CRASH


def test_garbage_is_collected_in_a_worker(doors: Doors) -> None:
    """It is off in the zygote, but only for the imports."""
    assert KataCalls(doors(b"import gc\ndef f(): return gc.isenabled()\n")).f() is True


@pytest.mark.parametrize("name", sorted((UNPARSED | EMPTY | FAILING).keys() - {"input"}))
def test_a_broken_file_is_explained_as_in_katas(doors: Doors, name: str) -> None:
    """The same words, as in the learner's own process, but for the way back to the stub."""
    content = FILES[name].content
    assert isinstance(content, str)
    said = []
    for door in (InProcess(made_answer(content.encode(), ANNA)), doors(content.encode())):
        with pytest.raises(Wrong) as wrong:
            KataCalls(door).gradient(X)
        said.append((wrong.value.heading, wrong.value.body))
    assert said[0] == said[1]


def test_input_is_explained(doors: Doors) -> None:
    """Nobody types in a sandbox either."""
    with pytest.raises(Wrong, match="input\\(\\) waits for somebody"):
        KataCalls(doors(b"lr = input()\n")).gradient(X)


def test_a_mistake_is_named_through_the_wire(doors: Doors) -> None:
    """Diagnosis reaches the answer's inner function in its sandbox, and blames it."""
    catalogue = open_catalogue(HOUSE)
    door = doors(SOLUTION + b"\ndef gradient(x):\n    return 10 - 2 * x\n")
    rest = {"lr": 0.1, "steps": 3}
    ((call, _),) = door.calls("descend", [(X,)], rest, count="", away=False)
    assert door.answer.callees("descend") == ["update", "gradient"]
    found = diagnose(catalogue, catalogue.katas["01"], door.answer, [call], 20.0)
    assert (found.function, [m.name for m in found.mistakes]) == ("gradient", ["gradient_negated"])


def test_a_remote_function_that_ends_explains_nothing(doors: Doors) -> None:
    """While a mistake is looked for, the end of a worker is an ordinary error."""
    answer = doors(b"import os\ndef gradient(x): os._exit(3)\n").answer
    assert answer.function("update") is None
    with pytest.raises(RuntimeError, match="status 3"):
        answer.function("gradient")(X)


def test_the_judge_wakes_when_all_is_answered(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is asked at once wakes it once; where replies would fill the socket, a few times."""
    turns = list[int]()
    sleep = worker_client.WorkerClient._sleep

    def counted(client: worker_client.WorkerClient) -> None:
        turns.append(1)
        sleep(client)

    door = doors(b"def f(n):\n    return 'x' * n\n")
    door.opened()
    monkeypatch.setattr(worker_client, "QUIET", 1e6)  # who is not woken finds it out too late
    monkeypatch.setattr(worker_client.WorkerClient, "_sleep", counted)
    for size, times in ((1, 1), (10_000, 20)):
        asked = Asked("f", Ask("f", [(size,)], {}, "", away=False).frame())
        turns.clear()
        replies = door.replies([asked] * 20)
        assert [reply.gone for reply in replies] == [None] * 20
        assert len(turns) <= times
