"""What is seen of a call beside its result: what its operations make and read."""

from __future__ import annotations

import warnings
from pathlib import Path

import torch

from dojo.calling.observing import Observed, counting

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
