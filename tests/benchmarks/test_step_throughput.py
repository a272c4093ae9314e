"""Each way to write a step, checked against the closed form, then timed."""

from __future__ import annotations

from typing import Any

import pytest

from .cases import Size
from .measuring import Bench, Pace, described, measure
from .rows import JUMPS, Row


def test_step(
    device: str,
    size: Size,
    row: Row,
    bench: Bench,
    kept: Any,
    machine: dict[str, Any],
    pace: Pace,
    request: pytest.FixtureRequest,
) -> None:
    """A row gives the float64 closed form; when measuring, it is then timed."""
    try:
        case, block = bench.checked(size, device, row)
    except NotImplementedError:
        pytest.skip(f"{row.name} is not written yet")
    if block.noted and block.seconds > pace.slow:
        return
    benchmark = request.getfixturevalue("benchmark")  # not sooner: it warns where nothing is timed
    if benchmark.disabled:
        benchmark.pedantic(block.call)
        return
    benchmark.group = f"{size.problem} {size.label}, {device}, {row.kind}"
    benchmark.params = {"size": size.id, "row": row.id, "device": device}
    benchmark.name = benchmark.fullname = benchmark.param = "-".join(benchmark.params.values())
    steps = 1 if row.kind in JUMPS else size.steps  # a jump is one step, however far
    first = block.noted is None
    measure(benchmark, request.config.__dict__["_benchmarksession"], block, steps, pace)
    if first:
        benchmark.extra_info |= machine | described(case, row, block)
        benchmark.extra_info["bytes kept per step"] = kept(size, row, device)
