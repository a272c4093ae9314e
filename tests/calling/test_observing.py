"""What is seen of a call beside its result: what its operations make and read."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import torch

from dojo.calling.observing import KEPT, Observed, carried_out, counting

from ..conftest import HOUSE, Practise

LADDER = {"in_place", "by_gram", "whole_trace", "jump", "momentum_trace"}


def test_what_is_made_and_read_is_counted() -> None:
    """A product makes and reads; one written into a buffer makes nothing; a view does neither."""
    X, w, seen = torch.ones(4, 3), torch.ones(3, 1), Observed()
    with counting(seen):
        buffer = X @ w
    assert (seen.operations, seen.largest, seen.made, seen.read) == (1, 4, 4, 15)
    with counting(seen):
        torch.mm(X, w, out=buffer)
        buffer.sub_(1)
    assert (seen.operations, seen.largest, seen.made, seen.read) == (2, 0, 0, 19)
    with counting(seen):
        assert X.T.reshape(12)[3:].shape == (9,)  # a reshape that cannot be a view copies
        assert X[1:].T.shape == (3, 3)
    assert (seen.made, seen.read) == (12, 12)


def test_the_slow_loop_climbs_no_rung(practise: Practise, tmp_path: Path) -> None:
    """The plain loop in the place of every faster function of kata 07 fails what is observed."""
    answer = tmp_path / "07/step_throughput.py"
    answer.parent.mkdir()
    solution = (HOUSE / "solutions/07/step_throughput.py").read_text(encoding="utf-8")
    answer.write_text(
        f"{solution}\n\n"
        "def momentum_trace(X, y, lr, momentum, steps):\n"
        "    v = torch.zeros_like(X[:1].T)\n"
        "    trace = [v]\n"
        "    for _ in range(steps):\n"
        "        v = momentum * v + X.T @ (X @ trace[-1] - y) / len(X)\n"
        "        trace.append(trace[-1] - lr * v)\n"
        "    return torch.stack(trace)\n\n\n"
        "def jump(X, y, lr, step):\n"
        "    return without_graph(X, y, lr, step)[-1]\n\n\n"
        "in_place = by_gram = whole_trace = without_graph\n",
        encoding="utf-8",
    )
    run = practise("katas/07", "--answers", tmp_path, "-m", "not cuda")
    wrong = [o for o in run.outcomes if o["outcome"] != "done"]
    assert {o["function"] for o in wrong} == LADDER
    assert len(wrong) == len(LADDER)


def walk(steps: int, *, detached: bool) -> list[torch.Tensor]:
    """Walk, with a backward pass for each step, and return what was stored of each."""
    x, stored = torch.ones(2, requires_grad=True), list[torch.Tensor]()
    for _ in range(steps):
        loss = (x**2).sum()
        loss.backward()
        stored.append(loss.detach() if detached else loss)
    return stored


def kept_by(function: Any, *args: Any, **kwargs: Any) -> int | None:
    """Return how many tensors a call keeps."""
    seen = Observed()
    carried_out(function, args, kwargs, seen, KEPT)
    return seen.kept


def test_what_hangs_on_a_freed_graph_is_kept() -> None:
    """A loss that is stored keeps its graph's nodes, though backward() freed what was saved."""
    assert kept_by(walk, 3, detached=True) == kept_by(walk, 9, detached=True)
    few, many = (kept_by(walk, steps, detached=False) for steps in (3, 9))
    assert few is not None
    assert many == few + 6


def test_what_keeps_no_count_is_not_counted() -> None:
    """torch.func and forward mode are autograd, and leave nothing for a backward pass."""
    x = torch.ones(2)
    assert kept_by(torch.sum, x) == 0
    assert kept_by(torch.func.grad(cubes), x) is None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of torch's own code
        assert kept_by(torch.func.jvp, cubes, (x,), (x,)) is None


def cubes(x: torch.Tensor) -> torch.Tensor:
    """Return the sum of the cubes."""
    return (x**3).sum()


def test_forward_mode_is_counted() -> None:
    """Tensors of forward-mode autograd have no memory of their own; they are counted as others."""
    seen = Observed()
    with warnings.catch_warnings(), counting(seen):
        warnings.simplefilter("ignore", DeprecationWarning)  # of torch's own code
        hessian = torch.func.hessian(cubes)(torch.ones(2))
    assert hessian.tolist() == [[6.0, 0.0], [0.0, 6.0]]
    assert seen.operations
    assert seen.made
