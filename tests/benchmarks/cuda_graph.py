"""On CUDA: a block of kata 07's `in_place` steps, captured once as a graph, then replayed.

A launch costs more than a small step. A graph is launched whole, and what it captured it does again
with the same memory: so the block has buffers of its own, and its rows are copied out after each
replay.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from .cases import Case
from .rows import ITERATED, Row, Run, plain

BLOCK = 100  # steps: each is some kernels, so that one launch of all no longer counts


@dataclass(frozen=True)
class Captured:
    """What some work does on the GPU; of Python nothing is left in it.

    work: is not called again, but it holds the memory that the graph reads and writes
    """

    graph: torch.cuda.CUDAGraph
    work: Callable[[], None]

    def replay(self) -> None:
        """Do it again."""
        self.graph.replay()


def captured(work: Callable[[], None]) -> Captured:
    """Do the work once, and keep what it is."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):  # cuBLAS makes its workspace at first use, never in a capture
        for _ in range(3):
            work()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        work()
    return Captured(graph, work)


def steps_in_a_graph(case: Case, steps: int) -> Run:
    """Make the descent on X and y from w = 0, a block of steps for each launch."""
    (X, y), block = case.samples(), min(steps, BLOCK)
    rows = X.new_zeros(block + 1, X.shape[1], 1)
    residual, Xt, rate = torch.empty_like(y), X.T, case.lr / len(X)

    def walk() -> None:
        for w, new in itertools.pairwise(rows.unbind()):
            torch.addmm(y, X, w, beta=-1, out=residual)
            torch.addmm(w, Xt, residual, alpha=-rate, out=new)

    steps_ahead = captured(walk)

    def call() -> Tensor:
        trace = X.new_zeros(steps + 1, X.shape[1], 1)
        rows[0] = 0
        for part in trace[1:].split(block):
            steps_ahead.replay()
            part.copy_(rows[1 : len(part) + 1])
            rows[0] = rows[-1]
        return trace

    return Run(call, lambda trace: case.back(plain(trace)))


ROWS = [
    Row(
        "torch.cuda.CUDAGraph",
        ITERATED,
        ("parabola", "regression"),
        steps_in_a_graph,
        devices=("cuda",),
        compiled=True,
        launched=BLOCK,
        error=2e-4,  # as kata 07's in_place
    )
]
