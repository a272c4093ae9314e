"""All rows there are: peers, ours, and a learner's; and what is not there to be measured."""

from __future__ import annotations

import importlib
import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import torch

from ..benchmarks import cuda_graph, numpy_peers, torch_peers
from .ours import katas, tuned
from .rows import Row

OPTIONAL = {  # a module of rows: the packages that it needs
    "jax_peers": ("jax", "optax"),
    "numba_peers": ("numba", "scipy"),
    "scipy_peers": ("scipy",),
    "ours.compiled": ("numba", "scipy"),
}
HOW = "pip install -c constraints.txt -e '.[bench]'"
CXX = "g++"  # what torch.compile calls where CXX names no other


def lacking(module: str) -> list[str]:
    """Return the packages that a module of rows needs and that are not installed."""
    return [name for name in OPTIONAL[module] if find_spec(name) is None]


def not_installed() -> list[str]:
    """Return a line for each package whose rows are not there, and how to get them."""
    absent = dict.fromkeys(name for module in OPTIONAL for name in lacking(module))
    return [f"no rows of {', '.join(absent)}: not installed ({HOW})"] if absent else []


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
    for module in OPTIONAL:
        if not lacking(module):
            rows += importlib.import_module(f"{__package__}.{module}").ROWS
    if torch.cuda.is_available() and find_spec("triton") is not None:  # torch brings it for CUDA
        rows += importlib.import_module(f"{__package__}.triton_peers").ROWS
    rows += [*katas.rows_of(katas.CATALOGUE.solutions, "ours"), *tuned.ROWS]
    return rows + (katas.rows_of(answers, "yours") if answers else [])
