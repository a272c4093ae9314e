"""What the hardware allows, measured in the same run: memory bandwidth, and CUDA's launches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from time import perf_counter

import torch

from .cases import FLOAT, Size
from .rows import ITERATED, JUMPS, MATRIX, WHOLES, Row

LEAST, MOST = 1 << 16, 1 << 28  # bytes: below, a copy is all dispatch; above, all main memory
ROUNDS = 7
LAUNCHES = 1_000
FROM_DATA = ("regression", "heavy ball")


@dataclass(frozen=True)
class Limit:
    """What a step cannot be faster than, in nanoseconds, and why."""

    ns: float
    reason: str


def wait(device: str) -> None:
    """Wait until the device has done all it was asked to do."""
    if device == "cuda":
        torch.cuda.synchronize()


def best(device: str, work: Callable[[], object], times: int) -> float:
    """Return the seconds that one of `times` runs takes, in the best of some rounds."""
    taken = []
    for _ in range(ROUNDS):
        wait(device)
        start = perf_counter()
        for _ in range(times):
            work()
        wait(device)
        taken.append((perf_counter() - start) / times)
    return min(taken)


def bandwidth(device: str, touched: int, *, written: bool) -> float:
    """Return the bytes a second of a copy (or of a fill, if all is `written`) that touches these.

    Memory that fits a cache is as fast as the cache: so the size is the problem's own, rounded up.
    """
    size = min(max(touched, LEAST), MOST)
    return _bandwidth(device, 1 << (size - 1).bit_length(), written)


@cache
def _bandwidth(device: str, touched: int, written: bool) -> float:
    times = max(1, min(100, (1 << 26) // touched))
    if written:
        filled = torch.empty(touched // FLOAT, device=device)
        return touched / best(device, lambda: filled.fill_(1.0), times)
    source = torch.ones(touched // FLOAT // 2, device=device)
    target = torch.empty_like(source)
    return touched / best(device, lambda: target.copy_(source), times)


@cache
def launch_floor() -> float:
    """Return the seconds between two launches on CUDA, of a kernel that does next to nothing."""
    one = torch.zeros(1, device="cuda")
    return best("cuda", lambda: one.add_(1.0), LAUNCHES)


@dataclass(frozen=True)
class Moved:
    """Bytes that each step must move, and of how many in all: these fit a cache, or do not."""

    what: str
    bytes: float
    touched: int
    written: bool = False

    def ns(self, device: str) -> float:
        """Return the nanoseconds that this takes at the least."""
        return self.bytes / bandwidth(device, self.touched, written=self.written) * 1e9


def moved(size: Size, row: Row) -> list[Moved]:
    """Return what a step must move; what is read once for all steps is shared among them."""
    n = size.weights * FLOAT
    trace = n * (size.steps + 1)
    square = size.weights * n
    if size.problem == "softmax":
        if row.kind == MATRIX:
            return [Moved("J written and read", 2 * square, square)]
        return [Moved("a and v read, vᵀJ written", 3 * n, 3 * n)]
    data = (n + FLOAT) * size.shape[0] if size.problem in FROM_DATA else 0
    once = [Moved("X and y read once", data / size.steps, data)] if data else []
    if row.kind in WHOLES:
        return [*once, Moved("the trace written", n, trace, written=True)]
    if size.problem == "parabola":
        return [Moved("the trace written", n, trace)]
    if size.problem == "momentum":
        return [Moved("the trace written", n, trace, written=True)]  # w and v may stay in a cache
    if row.reads == "Gram":
        return [*once, Moved("the Gram matrix read", square + n, square)]
    return [Moved("X and y read", data + n, data)]


def limit(size: Size, row: Row, device: str) -> Limit:
    """Return what a step by this row cannot be faster than."""
    if row.kind in JUMPS:
        return Limit(0.0, "one step alone moves next to nothing")
    parts = moved(size, row)
    ns = sum(part.ns(device) for part in parts)
    reason = " and ".join(f"{part.what}, {part.bytes:,.0f} bytes" for part in parts)
    if device == "cuda":
        steps = size.steps
        covered = min(row.launched or steps, steps) if row.kind == ITERATED else steps
        floor = launch_floor() * 1e9 / covered
        if floor > ns:
            by = "" if covered == 1 else f", of {covered:,} steps"
            return Limit(floor, f"a launch takes {launch_floor() * 1e6:.1f} µs{by}")
    return Limit(ns, reason)
