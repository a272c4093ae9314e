"""Each way to write a step, checked against the closed form, then timed."""

from __future__ import annotations

from typing import Any

import pytest

from .cases import Size
from .measuring import Bench, described, measure
from .rows import Row


def test_step(
    device: str,
    size: Size,
    row: Row,
    bench: Bench,
    benchmark: Any,
    kept: Any,
    machine: dict[str, Any],
) -> None:
    """A row gives the float64 closed form; when measuring, it is then timed."""
    benchmark.skipped = True  # until here is something to time
    try:
        case, block = bench.checked(size, device, row)
    except NotImplementedError:
        pytest.skip(f"{row.name} is not written yet")
    benchmark.skipped = False
    if benchmark.disabled:
        benchmark.pedantic(block.call)
        return
    benchmark.group = f"{size.problem} {size.label}, {device}, {row.kind}"
    benchmark.extra_info |= machine
    benchmark.extra_info["bytes kept per step"] = kept(size, row, device)
    measure(benchmark, block)
    benchmark.extra_info |= described(case, row, block.calls)
