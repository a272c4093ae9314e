"""On CUDA: all steps in one Triton kernel that stays on the GPU, w in its registers."""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

from .cases import Case
from .rows import ITERATED, Row, Run, plain

LEAST = 16  # weights that a block holds: a smaller one gains nothing


@triton.jit
def walk(
    path: tl.tensor, P: tl.tensor, c: tl.tensor, steps: tl.tensor, n: tl.tensor, N: tl.constexpr
) -> None:
    """Write every w of w ← P w + c, from 0; P is symmetric."""
    i = tl.arange(0, N)
    inside = i < n
    square = inside[:, None] & inside[None, :]
    matrix = tl.load(P + i[:, None] * n + i[None, :], mask=square, other=0.0)
    push = tl.load(c + i, mask=inside, other=0.0)
    w = tl.zeros([N], tl.float32)
    for k in range(steps):
        tl.store(path + k * n + i, w, mask=inside)
        w = tl.sum(matrix * w[:, None], axis=0) + push
    tl.store(path + steps * n + i, w, mask=inside)


def persistent(case: Case, steps: int) -> Run:
    """Make the descent on A and b, which are made in the call, in one launch."""
    (X, y), n = case.samples(), case.size.weights
    rate, one = case.lr / len(X), torch.eye(n, device=X.device)

    def call() -> Tensor:
        path = X.new_empty(steps + 1, n)
        P, c = one - rate * (X.T @ X), rate * (X.T @ y)
        walk[(1,)](path, P, c, steps, n, N=max(LEAST, triton.next_power_of_2(n)))
        return path

    return Run(call, lambda trace: case.back(plain(trace)))


FITS = ("parabola", "regression")
ROWS = [
    Row(
        *("Triton, one kernel", ITERATED, FITS, persistent),
        devices=("cuda",),
        compiled=True,
        reads="nothing",
        launched=0,
        most_weights=64,
    )
]
