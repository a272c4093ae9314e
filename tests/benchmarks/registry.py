"""All rows there are: peers, ours, and a learner's; and what is not there to be measured."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from . import numpy_peers, ours, torch_peers
from .rows import Row

BENCH = ("jax", "optax")  # JAX's rows need both
HOW = "pip install -c constraints.txt -e '.[bench]'"


def missing() -> list[str]:
    """Return a line for what is absent, and how to get it."""
    absent = [name for name in BENCH if find_spec(name) is None]
    return [f"no JAX rows: {' and '.join(absent)} not installed ({HOW})"] if absent else []


def all_rows(answers: Path | None) -> list[Row]:
    """Return every row that can be run here; `answers` is a learner's folder, if one was named."""
    rows = [*torch_peers.ROWS, *numpy_peers.ROWS]
    if not missing():
        from . import jax_peers

        rows += jax_peers.ROWS
    rows += ours.rows_of(ours.CATALOGUE.solutions, "ours")
    return rows + (ours.rows_of(answers, "yours") if answers else [])
