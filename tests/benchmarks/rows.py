"""A row of a table: one implementation, and how it is made ready for a case."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from .cases import Array, Case, Size

ITERATED, WHOLE, JUMP = "iterated", "whole trace", "jump"
# closed forms that are told the curvature and the minimum, and need no X, no y, no eigenvectors
WHOLE_KNOWN, JUMP_KNOWN = f"{WHOLE}, curvature known", f"{JUMP}, curvature known"
WHOLES, JUMPS = (WHOLE, WHOLE_KNOWN), (JUMP, JUMP_KNOWN)
MATRIX, PRODUCT = "the Jacobian, then a product", "the product alone"


def plain(result: Any) -> Array:
    """Return a result of any library as an array of numpy."""
    if isinstance(result, torch.Tensor):
        return result.detach().cpu().numpy()
    if isinstance(result, list):
        return np.stack([plain(r) for r in result])
    return np.asarray(result)


@dataclass(frozen=True)
class Run:
    """`call` takes a block of steps and is timed; `result` brings what it gave into line."""

    call: Callable[[], Any]
    result: Callable[[Any], Array] = plain


@dataclass(frozen=True)
class Row:
    """One implementation. `make(case, steps)` does what is not timed, compiling included.

    `reads` says what each step has to read: the data, their Gram matrix, or nothing but the last w.
    `launched` says, of what is iterated on CUDA, how many steps a launch covers; 0: all.
    `error` is how far it may be off the closed form, as a part of the largest value, in float32.
    """

    name: str
    kind: str
    problems: tuple[str, ...]
    make: Callable[[Case, int], Run]
    side: str = "peer"  # or "ours", "yours"
    reads: str = "data"
    launched: int = 1
    most_steps: int = 1_000_000
    most_weights: int = 10_000_000
    devices: tuple[str, ...] = ("cpu", "cuda")
    compiled: bool = False
    slow_start: bool = False  # it compiles for seconds: it has a place only in a full run
    brief: bool = True  # whether it has a place in a quick run, too
    error: float = 2e-5  # measured: 1e-5 at most, over all sizes

    def fits(self, size: Size, device: str) -> bool:
        """Whether this row has a place among those of a size on a device."""
        return (
            size.problem in self.problems
            and device in self.devices
            and device in size.devices
            and size.steps <= self.most_steps
            and size.weights <= self.most_weights
        )

    @property
    def id(self) -> str:
        """The row as a part of a test's name."""
        return "-".join(re.sub(r"\W+", "_", part) for part in (self.kind, self.name))
