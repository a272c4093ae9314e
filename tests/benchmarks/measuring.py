"""Timing one row: a block of steps a round, as many rounds as a visit holds.

A row is visited more than once, in turn with the others of its size: where a machine is slow for a
while, it is so for all of them. The best round of a row is one of a better moment, and how far the
visits differ says how much its number is worth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from .cases import Case, Size, build
from .limits import limit, wait
from .rows import JUMPS, Row, Run

MOST = 50  # rounds of a visit


@dataclass(frozen=True)
class Pace:
    """How long to look: visits of each row, seconds of a round, of a visit, of what is slow."""

    visits: int
    round: float
    visit: float
    slow: float  # a call that takes longer is timed in its first visit alone


FULL = Pace(visits=4, round=0.004, visit=0.15, slow=float("inf"))
QUICK = Pace(visits=3, round=0.001, visit=0.012, slow=0.1)


def check(run: Run, case: Case, row: Row) -> None:
    """Compare what a row gives with the closed form in float64."""
    given, wanted = run.result(run.call()), case.exact
    if row.kind in JUMPS:
        wanted = wanted[-1:]
    assert given.shape == wanted.shape
    error = np.abs(given - wanted).max() / np.abs(wanted).max()
    assert error <= row.error, f"{row.name} is {error:.1e} off the closed form"


class Bench:
    """The rows of one size on one device, each made and checked once, for all its visits."""

    def __init__(self) -> None:
        self._at: tuple[Size, str] | None = None
        self._case: Case | None = None
        self._blocks = dict[str, Block]()

    def checked(self, size: Size, device: str, row: Row) -> tuple[Case, Block]:
        """Return the case and what runs the row on it. Errors: AssertionError, as `check`."""
        if self._case is None or self._at != (size, device):
            self._blocks.clear()
            self._at, self._case = (size, device), build(size, device)
        if row.id not in self._blocks:
            start = perf_counter()
            run = row.make(self._case, size.steps)
            check(run, self._case, row)
            self._blocks[row.id] = Block(run.call, device, ready=perf_counter() - start)
        return self._case, self._blocks[row.id]


@dataclass
class Block:
    """What one round runs: so many calls, each of so many steps, and one wait for the device.

    seconds: what that takes; 0 until a first visit finds out how many calls there should be
    ready:   seconds that it took to make it and to call it once, compiling included
    noted:   where pytest-benchmark keeps what was measured, from the first visit on
    """

    call: Callable[[], Any]
    device: str
    calls: int = 1
    seconds: float = 0.0
    ready: float = 0.0
    noted: Any = None

    def __call__(self) -> None:
        """Run the block."""
        for _ in range(self.calls):
            self.call()
        wait(self.device)

    def fit(self, pace: Pace) -> None:
        """Take so many calls that a round is long enough to be timed."""
        once = timed(self)
        for _ in range(2):  # the first call says too much
            self.calls = max(1, round(pace.round / once))
            if self.calls > 1:
                once = timed(self) / self.calls
        self.seconds = once * self.calls


def timed(block: Block) -> float:
    """Return the seconds that a block takes."""
    wait(block.device)
    start = perf_counter()
    block()
    return perf_counter() - start


def measure(benchmark: Any, session: Any, block: Block, steps: int, pace: Pace) -> None:
    """Time a row for a visit. All its visits are one entry of pytest-benchmark, in seconds a step.

    So many calls as fit a round differ from run to run; a step is the same in all of them.
    """
    if not block.seconds:
        block.fit(pace)
    benchmark.pedantic(
        block,
        setup=lambda: wait(block.device),
        rounds=min(max(int(pace.visit / block.seconds), 1), MOST),
        warmup_rounds=int(block.seconds < pace.visit),  # a long round is its own warm-up
    )
    visit = benchmark.stats
    taken = [seconds / (block.calls * steps) for seconds in visit.stats.data]
    if block.noted is None:
        block.noted, visit.stats.data = visit, taken
        visit.extra_info["visits"] = []
    else:
        session.benchmarks.remove(visit)
        block.noted.stats.data += taken
    block.noted.extra_info["visits"].append(min(taken) * 1e9)


def described(case: Case, row: Row, block: Block) -> dict[str, Any]:
    """Return what a reader of the numbers has to know about a row."""
    size, floor = case.size, limit(case.size, row, case.device)
    return {
        "problem": size.problem,
        "size": size.label,
        "scale": size.scale,
        "device": case.device,
        "kind": row.kind,
        "implementation": row.name,
        "side": row.side,
        "compiled": row.compiled,
        "ready s": block.ready,
        "steps a trace": size.steps,
        "limit ns": floor.ns,
        "limit": floor.reason,
    }
