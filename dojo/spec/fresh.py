"""The `fresh` fixture: inputs that nobody has seen before, the same again for the same seed."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

T = TypeVar("T")
DEFAULT_SEED = 8  # --kata-seed; any number would do


class Fresh:
    """Numbers drawn from the run's seed and the test's name, alike on every machine and device."""

    def __init__(self, seed: int, test: str) -> None:
        self.seed, self.used = seed, False
        self._random = np.random.default_rng([seed, zlib.crc32(test.encode())])

    def number(self, low: float, high: float) -> float:
        """Draw a Python float between `low` and `high`."""
        self.used = True
        return float(self._random.uniform(low, high))

    def integer(self, low: int, high: int) -> int:
        """Draw a Python int from `low` to `high`, both included."""
        self.used = True
        return int(self._random.integers(low, high, endpoint=True))

    def shuffled(self, cases: Iterable[T]) -> list[T]:
        """Draw an order of some cases, so that their answers are not known by their place."""
        self.used = True
        listed = list(cases)
        return [listed[i] for i in self._random.permutation(len(listed))]

    def tensor(
        self,
        *shape: int,
        low: float = -3.0,
        high: float = 3.0,
        device: str = "cpu",
        dtype: torch.dtype = torch.float64,
    ) -> Tensor:
        """Draw a tensor of this shape, each element between `low` and `high`."""
        self.used = True
        drawn = self._random.uniform(low, high, shape)
        return torch.as_tensor(drawn, dtype=torch.float64).to(device=device, dtype=dtype)
