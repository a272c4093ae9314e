"""The problems: their sizes, their inputs, and the float64 closed form that every row must meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Array = NDArray[Any]
Given = Mapping[str, Any]
LR = {"parabola": 0.1, "regression": 0.1, "heavy ball": 0.1, "momentum": 0.01, "softmax": 0.0}
MOMENTUM = {"heavy ball": 0.9, "momentum": 0.9}
FLOAT = 4  # bytes: every row computes in float32


@dataclass(frozen=True)
class Size:
    """One problem at one size: what can be said before any input is made."""

    problem: str
    shape: tuple[int, ...]
    steps: int
    devices: tuple[str, ...] = ("cpu", "cuda")

    @property
    def label(self) -> str:
        """The size as a person writes it: "1,000×32"."""
        numbers = "×".join(f"{n:,}" for n in self.shape)
        one = {"parabola": "step", "momentum": "weight", "softmax": "score"}.get(self.problem)
        return f"{numbers} {one}{'s' * (self.scale > 1)}" if one else numbers

    @property
    def id(self) -> str:
        """The size as a part of a test's name."""
        return f"{self.problem.replace(' ', '_')}-{'x'.join(map(str, self.shape))}"

    @property
    def scale(self) -> int:
        """How large it is, on the axis of a plot."""
        return int(np.prod(self.shape))

    @property
    def weights(self) -> int:
        """How many numbers one step of the trace has."""
        return 1 if self.problem == "parabola" else self.shape[-1]


def parabola(*numbers: int) -> list[Size]:
    """Return the scalar parabola with each number of steps."""
    return [Size("parabola", (n,), n) for n in numbers]


MEASURED = [
    *parabola(50, 1_000, 30_000, 1_000_000),
    Size("regression", (2, 2), 1_000),
    Size("regression", (1_000, 32), 1_000),
    Size("regression", (100_000, 64), 100),
    Size("regression", (10_000_000, 64), 100, ("cuda",)),
    Size("heavy ball", (1_000, 32), 1_000),
    Size("momentum", (1,), 1_000),
    Size("momentum", (1_000,), 1_000),
    Size("momentum", (1_000_000,), 20),
    Size("softmax", (10,), 100),
    Size("softmax", (1_000,), 2),
]
CHECKED = [
    *parabola(20),
    Size("regression", (2, 2), 20),
    Size("regression", (12, 3), 20),
    Size("heavy ball", (12, 3), 20),
    Size("momentum", (1,), 20),
    Size("momentum", (40,), 20),
    Size("softmax", (4,), 2),
]


class Rates(NamedTuple):
    """What a closed form is told beside the data. JAX takes it as data, or it would fold powers."""

    lr: float
    momentum: float


@dataclass(frozen=True, eq=False)
class Case:
    """A size on a device, with its inputs in float32."""

    size: Size
    device: str
    given: Mapping[str, Tensor]

    @property
    def lr(self) -> float:
        """The learning rate."""
        return LR[self.size.problem]

    @property
    def momentum(self) -> float:
        """The momentum; most problems have none."""
        return MOMENTUM.get(self.size.problem, 0.0)

    @property
    def rates(self) -> Rates:
        """The learning rate and the momentum."""
        return Rates(self.lr, self.momentum)

    def samples(self) -> tuple[Tensor, Tensor]:
        """Return X [m, n] and y [m, 1] of a regression from w = 0, whose path `back` turns back."""
        w0 = self.given["w0"]
        if self.size.problem == "parabola":  # (√2·w − 5·√2)² / 2 has the slope 2w − 10
            return w0.new_full((1, 1), 2**0.5), w0.new_full((1, 1), 5 * 2**0.5)
        if self.size.problem == "momentum":  # each weight has the slope 8w; the minimum is at −w0
            X = torch.eye(len(w0), device=w0.device) * (8 * len(w0)) ** 0.5
            return X, -X @ w0[:, None]
        return self.given["X"], self.given["y"]

    def back(self, path: Array) -> Array:
        """Return a path on the samples, from 0, as the problem's own, from w0."""
        w0 = self.given["w0"].cpu().numpy()
        return path.reshape(-1, *w0.shape) + w0

    def arrays(self) -> dict[str, Array]:
        """Return the inputs as numpy sees them: the same memory."""
        return {name: tensor.numpy() for name, tensor in self.given.items()}

    @cached_property
    def exact(self) -> Array:
        """What every row must give, in float64: the trace, its start included."""
        given = {name: value.double().cpu().numpy() for name, value in self._summed().items()}
        steps = np.arange(self.size.steps + 1.0)
        return np.asarray(CLOSED[self.size.problem](np, given, self.rates, steps))

    def _summed(self) -> Mapping[str, Tensor]:
        """Return the inputs; of a regression the two sums over its rows, block by block."""
        if "X" not in self.given:
            return self.given
        X, y = self.given["X"], self.given["y"]
        blocks = zip(X.split(100_000), y.split(100_000), strict=True)
        sums = [(A.double().T @ A.double(), A.double().T @ b.double()) for A, b in blocks]
        H = torch.stack([s for s, _ in sums]).sum(0) / len(X)
        return {"H": H, "h": torch.stack([s for _, s in sums]).sum(0) / len(X)}


@lru_cache(maxsize=1)
def build(size: Size, device: str) -> Case:
    """Make the inputs of one size on a device, the same at every call."""
    draw = torch.Generator(device).manual_seed(7)
    n = size.weights

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=draw, device=device)

    if size.problem == "softmax":
        return Case(size, device, {"a": normal(n), "v": normal(n)})
    if size.problem == "momentum":
        return Case(size, device, {"w0": 1 + torch.rand(n, generator=draw, device=device)})
    zero = torch.zeros(n, 1, device=device)
    if size.problem == "parabola":
        return Case(size, device, {"w0": zero[0]})
    if size.shape == (2, 2):
        X = torch.tensor([[1.0, 1.0], [3.0, 1.0]], device=device)  # the document's own
        return Case(
            size, device, {"X": X, "y": torch.tensor([[2.0], [4.0]]).to(device), "w0": zero}
        )
    X = normal(size.shape[0], n)
    y = X @ normal(n, 1) + normal(size.shape[0], 1)
    return Case(size, device, {"X": X, "y": y, "w0": zero})


# The objectives and slopes are written with operators that tensors, numpy's and JAX's arrays share.


def _parabola(w: Any, given: Given) -> Any:  # noqa: ARG001
    return (w**2 - 10 * w + 1).sum()


def _regression(w: Any, given: Given) -> Any:
    X = given["X"]
    return ((X @ w - given["y"]) ** 2).sum() / (2 * len(X))


def _momentum(w: Any, given: Given) -> Any:  # noqa: ARG001
    return (4 * w**2).sum()


def _regression_slope(w: Any, given: Given) -> Any:
    X = given["X"]
    return X.T @ (X @ w - given["y"]) / len(X)


LOSS: dict[str, Callable[[Any, Given], Any]] = {
    "parabola": _parabola,
    "regression": _regression,
    "heavy ball": _regression,
    "momentum": _momentum,
}
SLOPE: dict[str, Callable[[Any, Given], Any]] = {
    "parabola": lambda w, _: 2 * w - 10,
    "regression": _regression_slope,
    "heavy ball": _regression_slope,
    "momentum": lambda w, _: 8 * w,
}


# The closed forms, for numpy and jax.numpy alike: `xp` is the one or the other, `k` the steps.


def parabola_at(xp: Any, given: Given, rates: Rates, k: Any) -> Any:  # noqa: ARG001
    """Return x after k steps: each leaves a factor 1 − 2·lr of the distance to 5."""
    return 5 + (1 - 2 * rates.lr) ** k[:, None] * (given["w0"] - 5)


def regression_at(xp: Any, given: Given, rates: Rates, k: Any) -> Any:
    """Return w after k steps, from the eigenvectors of H = XᵀX/m and from h = Xᵀy/m."""
    curvature, Q = xp.linalg.eigh(given["H"])
    end = Q.T @ given["h"][:, 0] / curvature
    left = (1 - rates.lr * curvature) ** k[:, None]
    return ((1 - left) * end @ Q.T)[:, :, None]


def momentum_at(xp: Any, given: Given, rates: Rates, k: Any) -> Any:
    """Return w after k steps: each weight has the curvature 8, and its minimum at 0."""
    return _swing(xp, xp.asarray([8.0], dtype=k.dtype), rates, k) * given["w0"]


def heavy_ball_at(xp: Any, given: Given, rates: Rates, k: Any) -> Any:
    """Return w after k steps with momentum, each eigenvector of H on its own."""
    curvature, Q = xp.linalg.eigh(given["H"])
    end = Q.T @ given["h"][:, 0] / curvature
    return ((1 - _swing(xp, curvature, rates, k)) * end @ Q.T)[:, :, None]


def _swing(xp: Any, curvature: Any, rates: Rates, k: Any) -> Any:
    """Return the distance left after k steps, of 1: powers of z, where z² − (1+m−c)z + m = 0.

    The two solutions are complex at the momentum used here, so the path is a swing that shrinks.
    """
    m, c = rates.momentum, rates.lr * curvature
    half = (1 + m - c) / 2
    height = xp.sqrt(m - half**2)  # z is half ± i·height
    slant = (1 - c - half) / height  # so that the first step leaves 1 − c
    radius, angle, k = m**0.5, xp.arctan2(height, half), k[:, None]
    return radius**k * (xp.cos(k * angle) + slant * xp.sin(k * angle))


def softmax_at(xp: Any, given: Given, rates: Rates, k: Any) -> Any:  # noqa: ARG001
    """Return vᵀJ of softmax at a."""
    e = xp.exp(given["a"] - given["a"].max())
    p = e / e.sum()
    return p * (given["v"] - p @ given["v"])


Closed = Callable[[Any, Given, Rates, Any], Any]
CLOSED: dict[str, Closed] = {
    "parabola": parabola_at,
    "regression": regression_at,
    "heavy ball": heavy_ball_at,
    "momentum": momentum_at,
    "softmax": softmax_at,
}
# what a regression that has the same path needs: H and h, however they were found
FROM_SAMPLES: dict[str, Closed] = {
    "parabola": regression_at,
    "regression": regression_at,
    "heavy ball": heavy_ball_at,
    "momentum": heavy_ball_at,
}
