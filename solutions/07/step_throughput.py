"""Kata 07, step throughput: the reference answer."""

import itertools
import math
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn.functional import pad

FEW = 512  # numbers: below it, one more call costs more than making them one by one
VIEWS = 48  # rows of a trace that are taken out of it together


def without_graph(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """Take `steps` steps from w = 0 by the formula of the gradient, and return every w."""
    trace = [X.new_zeros(X.shape[1], 1)]
    for _ in range(steps):
        w = trace[-1]
        trace.append(w - lr * (X.T @ (X @ w - y)) / len(X))
    return torch.stack(trace)


def in_place(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """Take the same steps in buffers that are made before the first one."""
    trace = X.new_zeros(steps + 1, X.shape[1], 1)
    residual, Xt, rate = torch.empty_like(y), X.T, lr / len(X)
    for rows in blocks(trace):
        for w, new in itertools.pairwise(rows):
            torch.addmm(y, X, w, beta=-1, out=residual)
            torch.addmm(w, Xt, residual, alpha=-rate, out=new)
    return trace


def by_gram(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """Take the same steps as w ← (I − lr·A)w + lr·b, with A = XᵀX/m and b = Xᵀy/m made once."""
    rate = lr / len(X)
    once = torch.eye(X.shape[1], dtype=X.dtype, device=X.device) - rate * (X.T @ X)
    push = rate * (X.T @ y)
    trace = X.new_zeros(steps + 1, X.shape[1], 1)
    for rows in blocks(trace):
        for w, new in itertools.pairwise(rows):
            torch.addmm(push, once, w, out=new)
    return trace


def whole_trace(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """Return every w at once, through the eigenvectors of XᵀX/m."""
    a, Q, push = along_eigenvectors(X, y, lr)
    block = block_of(len(a), steps)
    powers = (1 - a) ** torch.arange(block, dtype=X.dtype, device=X.device)
    sums = powers.cumsum(1) * push  # never divided by a, which may be 0
    first = pad(sums[:, :-1], (1, 0)).T @ Q.T
    if steps < block:
        return first.unsqueeze(2)
    blocks = steps // block + 1
    leap = (powers[:, -1:] * (1 - a)) ** torch.arange(blocks - 1, dtype=X.dtype, device=X.device)
    starts = pad(leap.cumsum(1) * sums[:, -1:], (1, 0))
    return in_blocks(starts, powers[:, :, None] * Q.T[:, None], first)[: steps + 1]


def jump(X: Tensor, y: Tensor, lr: float, step: int) -> Tensor:
    """Return w after `step` steps, without those before it."""
    a, Q, push = along_eigenvectors(X, y, lr)
    a = a.clamp(min=torch.finfo(a.dtype).eps ** 2)
    gone = torch.where(a < 0.5, -torch.expm1(step * torch.log1p(-a)), 1 - (1 - a) ** step)
    return Q @ (gone / a * push)


def momentum_trace(X: Tensor, y: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """Return every w of the heavy ball at once, through a matrix for each eigenvector."""
    a, Q, push = along_eigenvectors(X, y, lr)
    n, one, zero = len(a), torch.ones_like(a), torch.zeros_like(a)
    m = one * momentum
    # (moved, last move, 1), in units of the first step: the 2×2 matrix, and a push in column 3
    turn = torch.cat([1 - a, m, one, -a, m, one, zero, zero, one], 1).view(n, 3, 3)
    still = torch.cat([zero, zero, one], 1).unsqueeze(2)
    states, leap = orbit(turn, still, block_of(n, steps))
    moved, last, _ = states.unbind(1)
    first = (push * moved).T @ Q.T
    if steps < len(first):
        return first.unsqueeze(2)[: steps + 1]
    states, _ = orbit(leap, still, steps // len(first) + 1)
    starts = (push[:, None] * states[:, :2]).transpose(0, 1).flatten(0, 1)
    left = torch.stack([1 - a * moved, momentum * last])[..., None] * Q.T[:, None]
    return in_blocks(starts, left, first)[: steps + 1]


def orbit(turn: Tensor, start: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return turn^k start for k = 0 to 2^r − 1, at least `count` of them, and turn^(2^r)."""
    states = start
    while states.shape[2] < count:
        states = torch.cat([states, turn @ states], dim=2)
        turn = turn @ turn
    return states, turn


def blocks(trace: Tensor) -> Iterator[tuple[Tensor, ...]]:
    """Yield the rows block by block, each block from the last row of the one before it on.

    A view of a row takes 600 bytes, so not all of them are made at once.
    """
    for start in range(0, len(trace) - 1, VIEWS):
        yield trace[start : start + VIEWS + 1].unbind()


def block_of(n: int, steps: int) -> int:
    """Return how many rows to make one by one; the rest is as many times their number."""
    return min(steps + 1, max(math.isqrt(4 * steps // n), FEW // n, 1))


def in_blocks(starts: Tensor, left: Tensor, first: Tensor) -> Tensor:
    """Return the trace: row i of a block is row i of the first one, and what is left of its start.

    Shapes: starts [s, blocks], left [*s, block, n], first [block, n]; result [*, n, 1].
    """
    starts = torch.cat([starts, starts.new_ones(1, starts.shape[1])])
    left = torch.cat([left.reshape(len(starts) - 1, -1), first.reshape(1, -1)])
    return (starts.T @ left).view(-1, first.shape[1], 1)


def along_eigenvectors(X: Tensor, y: Tensor, lr: float) -> tuple[Tensor, Tensor, Tensor]:
    """Return lr·λ [n, 1] and the eigenvectors Q [n, n] of XᵀX/m, and Qᵀ times the first step."""
    rate = lr / len(X)
    eigenvalues, Q = torch.linalg.eigh(X.T @ X)
    return (rate * eigenvalues)[:, None], Q, Q.T @ (rate * (X.T @ y))
