"""All rows there are: peers, ours, and a learner's; and what is not there to be measured."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from ..benchmarks import cuda_graph, numpy_peers, torch_peers
from .ours import katas, tuned
from .rows import Row

BENCH = ("jax", "optax")  # JAX's rows need both
HOW = "pip install -c constraints.txt -e '.[bench]'"
CXX = "g++"  # what torch.compile calls where CXX names no other


def no_jax() -> list[str]:
    """Return a line if there are no rows of JAX, and how to get them."""
    absent = [name for name in BENCH if find_spec(name) is None]
    return [f"no JAX rows: {' and '.join(absent)} not installed ({HOW})"] if absent else []


def no_compiler() -> list[str]:
    """Return a line if there is nothing that torch.compile could call."""
    compiler = os.environ.get("CXX", CXX)
    found = shutil.which(compiler)
    return [] if found else [f"no torch.compile rows: no {compiler} here (CXX names another)"]


def all_rows(answers: Path | None) -> list[Row]:
    """Return every row that can be run here; `answers` is a learner's folder, if one was named."""
    rows = [*torch_peers.ROWS, *cuda_graph.ROWS, *numpy_peers.ROWS]
    if not no_compiler():
        rows += torch_peers.COMPILED
    if not no_jax():
        from . import jax_peers

        rows += jax_peers.ROWS
    rows += [*katas.rows_of(katas.CATALOGUE.solutions, "ours"), *tuned.ROWS]
    return rows + (katas.rows_of(answers, "yours") if answers else [])
