"""What the benchmarks add to pytest: rows by size and device, threads, the table at the end."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch

from ..benchmarks import report, table
from .cases import CHECKED, MEASURED, Size
from .kept import Keeper
from .measuring import FULL, QUICK, Bench, Pace
from .registry import all_rows, no_compiler, not_installed
from .rows import Row

THREADS = "benchmark_threads"
ASKED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a user ask for threads."""
    group = parser.getgroup("benchmark")
    group.addoption("--benchmark-threads", type=int, default=1, metavar="N", help="default: 1")
    group.addoption("--quick", action="store_true", help="measure for a minute, not for ten")
    group.addoption(
        "--benchmark-readme", action="store_true", help="write the table and the plot into README"
    )


def measuring(config: pytest.Config) -> bool:
    """Whether this run measures, and does not only check."""
    return not config.__dict__["_benchmarksession"].disabled


def pace_of(config: pytest.Config) -> Pace:
    """Return how long this run looks at a row."""
    return QUICK if config.getoption("--quick", False) else FULL


@cache
def answers_of(config: pytest.Config) -> Path | None:
    """Return the learner's folder, if --answers names one."""
    given = config.getoption("--answers")
    return Path(config.invocation_params.dir, given).resolve() if given else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Pair every size with the rows that have a place there; the `device` fixture does the rest."""
    if "row" not in metafunc.fixturenames:
        return
    config = metafunc.config
    config.stash[ASKED] = True
    if (threads := config.getoption(THREADS, 1)) > 1:  # read by JAX when it starts
        os.environ |= {"XLA_FLAGS": "", "NPROC": str(threads)}
    sizes, rows = MEASURED if measuring(config) else CHECKED, all_rows(answers_of(config))
    pace = pace_of(config)
    if not measuring(config) or pace is QUICK:
        rows = [row for row in rows if not row.slow_start]
    if measuring(config) and pace is QUICK:
        rows = [row for row in rows if row.brief]
    visits = [f"-visit{n}" for n in range(1, pace.visits + 1)] if measuring(config) else [""]
    pairs = [
        pytest.param(size, row, id=f"{size.id}-{row.id}{visit}")
        for size, visit, row in itertools.product(sizes, visits, rows)
        if any(row.fits(size, device) for device in size.devices)
    ]
    metafunc.parametrize(("size", "row"), pairs)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take out what no device has, and go through it device by device.

    Without CUDA its rows go, or, if it is required, fail.
    """
    cuda = torch.cuda.is_available() or config.getoption("--require-cuda")

    def stays(item: pytest.Item) -> bool:
        params: dict[str, Any] = getattr(getattr(item, "callspec", None), "params", {})
        if not isinstance(params.get("row"), Row):  # of another test
            return True
        device = params["device"]
        return params["row"].fits(params["size"], device) and (device != "cuda" or cuda)

    items[:] = filter(stays, items)
    items.sort(key=lambda item: item.name.startswith("test_step[cuda"))  # the rest as it was


@pytest.fixture(scope="session")
def kept(request: pytest.FixtureRequest) -> Iterator[Callable[[Size, Row, str], float | None]]:
    """How many bytes a step of a row keeps, counted by another process."""
    if not measuring(request.config) or pace_of(request.config) is QUICK:
        yield lambda *_: None
        return
    keeper = Keeper(answers_of(request.config))

    @cache
    def ask(size: Size, row: Row, device: str) -> float | None:
        return keeper.ask(size.id, row.id, device)

    yield ask
    keeper.close()


@pytest.fixture(scope="session")
def pace(pytestconfig: pytest.Config) -> Pace:
    """How long this run looks at a row."""
    return pace_of(pytestconfig)


@pytest.fixture(scope="session")
def bench() -> Bench:
    """The rows of the size that is measured now."""
    return Bench()


@pytest.fixture
def machine(device: str, one_thread: None, pytestconfig: pytest.Config) -> Iterator[dict[str, Any]]:  # noqa: ARG001
    """What a time depends on beside the code: threads (as asked for), torch, the GPU."""
    threads = pytestconfig.getoption(THREADS, 1)
    torch.set_num_threads(threads)
    told = {"threads": threads, "torch": torch.__version__}
    if device == "cuda":
        told["gpu"] = torch.cuda.get_device_name()
    with contextlib.ExitStack() as limits:
        if find_spec("threadpoolctl") is not None:  # numpy's threads are another library's
            from threadpoolctl import threadpool_limits

            limits.enter_context(threadpool_limits(threads))
        yield told


def absent(config: pytest.Config) -> list[str]:
    """Return a line for each thing that has no rows here, and why."""
    lines = not_installed() + no_compiler()
    if not no_compiler() and (not measuring(config) or pace_of(config) is QUICK):
        lines.append("no torch.compile rows: they compile for seconds (--benchmark-enable)")
    if measuring(config) and pace_of(config) is QUICK:
        lines.append("the quick run: no bytes kept, and no rows that README does not need")
    if not torch.cuda.is_available():
        lines.append("no CUDA rows: no CUDA device here (--require-cuda fails them instead)")
    return lines


@pytest.hookimpl(tryfirst=True)
def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print our table in place of pytest-benchmark's own (which -v shows too)."""
    session = config.__dict__["_benchmarksession"]
    ran = [b for b in session.benchmarks if b and "implementation" in b.extra_info]
    if ran and len(ran) == len(session.benchmarks) and config.getoption("verbose") < 1:
        session.quiet = True
    entries = [{**b.extra_info, "group": b.group} for b in ran]
    for line in table.lines(entries):
        terminalreporter.write_line(line)
    if entries and config.getoption("--benchmark-readme"):
        gone = report.missing(entries)
        written = [] if gone else report.write(entries, Path(__file__).parents[2])
        if gone:
            line = f"benchmarks: README stays as it was, not measured: {', '.join(gone)}"
            terminalreporter.write_line(line)
        for file in written:
            terminalreporter.write_line(f"benchmarks: written: {file}")
    for line in absent(config) if ASKED in config.stash else []:
        terminalreporter.write_line(f"benchmarks: {line}")
