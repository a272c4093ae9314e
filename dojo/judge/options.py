"""What a grader's command line asks for: which layers and katas, and what does not fit together."""

from __future__ import annotations

import math
import os
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from dojo.catalogue import Kata
from dojo.judge.sandbox.requirements import INSTALL, LAYERS
from dojo.pictures.plugin import NEEDS

QUOTA = Path("/sys/fs/cgroup/cpu.max")  # of a container: its share of time, of how much time
FEWER = "Say --judges with a smaller number."


def refuse_what_does_not_fit(config: pytest.Config) -> None:
    """Raise pytest.UsageError for options that do not go with `--submissions`."""
    if sys.platform != "linux":
        raise pytest.UsageError("--submissions needs Linux: its sandbox is made of Linux's own.")
    for other in ("--answers", "--require-cuda"):
        if config.getoption(other):
            raise pytest.UsageError(f"--submissions goes without {other}: it judges on the CPU.")
    for other in ("reruns", "timeout"):  # of pytest-rerunfailures and pytest-timeout
        if config.getoption(other, default=None):
            raise pytest.UsageError(
                f"--submissions goes without --{other}: every answer is judged once, and the "
                "judge has time limits of its own."
            )
    _refuse_pictures_that_do_not_fit(config)
    _refuse_processes_that_do_not_fit(config)
    if config.getoption("--gradebook") and find_spec("markdown_it") is None:
        raise pytest.UsageError(f"--gradebook needs markdown-it-py: {INSTALL}")
    if any("::" in arg for arg in config.args):
        raise pytest.UsageError(
            "--submissions judges whole katas: name the folder, without ::test."
        )
    if config.getoption("--dask") and config.getoption("--leaderboard"):
        raise pytest.UsageError("--leaderboard goes without --dask: machines differ in speed.")


def _refuse_pictures_that_do_not_fit(config: pytest.Config) -> None:
    """Raise pytest.UsageError where --plot asks for what no feedback page can have."""
    kind = config.getoption("plot")
    if kind is None:
        return
    if not config.getoption("--gradebook"):
        raise pytest.UsageError(
            "--plot with --submissions draws into the feedback pages: add --gradebook DIR."
        )
    if kind != "png":
        raise pytest.UsageError(f"--plot={kind}: pictures in feedback pages are PNG. Say --plot.")
    if config.getoption("--dask"):
        raise pytest.UsageError(
            "--plot goes without --dask. Run without --plot first; then the same command without "
            "--dask and with --plot adds the pictures to what is judged."
        )
    if find_spec("matplotlib") is None:
        raise pytest.UsageError(NEEDS)


def layers_of(config: pytest.Config) -> tuple[str, ...]:
    """Return the layers of the sandbox that are asked for."""
    asked = config.getoption("--sandbox")
    return tuple(LAYERS) if asked is None else (asked,)


def _refuse_processes_that_do_not_fit(config: pytest.Config) -> None:
    """Raise pytest.UsageError where it is unclear who is to judge."""
    processes, judges = config.getoption("numprocesses", None), config.getoption("--judges")
    if judges is not None and judges < 1:
        raise pytest.UsageError(f"--judges {judges}: at least one answer is judged at once.")
    if config.getoption("tx", None) and not processes:
        raise pytest.UsageError("--submissions goes without --tx. Say --judges N.")
    for other, asked in (("-n", processes), ("--judges", judges)):
        if asked and config.getoption("--dask"):
            raise pytest.UsageError(f"--dask goes without {other}: its workers share the work.")


def judges_of(config: pytest.Config) -> int:
    """Return how many answers are judged at once, and keep pytest-xdist out of it.

    Its -n is understood: 0 is one, in this process. Where nothing is said there is one for each
    processor that we may use; with --leaderboard one alone, whose time nobody else takes.
    """
    asked = config.getoption("--judges") or config.getoption("numprocesses", None)
    if hasattr(config.option, "tx"):
        config.option.tx, config.option.dist = None, "no"
    if asked is None:
        return 1 if config.getoption("--leaderboard") else processors()
    return max(asked, 1)


def processors() -> int:
    """Return how many processors we may use: a container sees all, and may have less of them."""
    here = len(os.sched_getaffinity(0))
    try:
        share, of = map(int, QUOTA.read_text(encoding="ascii").split())
    except (OSError, ValueError):  # there is none, or it says "max"
        return here
    return min(here, math.ceil(share / of))


def asks_for(config: pytest.Config, kata: Kata) -> bool:
    """Whether the command line names this kata, or a folder that it is in."""
    here = config.invocation_params.dir
    named = (Path(here, arg).resolve() for arg in config.args)
    return any(
        kata.folder.resolve().is_relative_to(p) or p.is_relative_to(kata.folder.resolve())
        for p in named
    )


def asks_for_additions(config: pytest.Config) -> bool:
    """Whether more than verdicts is asked for, which is put on what was judged before as well."""
    return config.getoption("--leaderboard") or config.getoption("plot") is not None
