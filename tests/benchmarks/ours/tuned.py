"""Kata 07's rungs tuned for speed: raced against the peers, and less clear than the solution.

On few numbers a call into torch is dearer than the work, so here are few of them: one weight is
worked out in Python's floats, and powers come from one call. On many samples XᵀX takes the time:
numpy makes half of it, since it is symmetric.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from ..cases import Case
from ..rows import (
    JUMP_KNOWN,
    MATRIX,
    PRODUCT,
    WHOLE_KNOWN,
    Row,
    Run,
)
from .katas import FUNCTIONS, block

FEW = 8192  # numbers: up to it, more calls cost more than making all of them one by one
VIEWS = 48  # rows of a trace that are taken out of it together


def in_place(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """Take the steps in buffers that are made before the first one."""
    trace = X.new_zeros(steps + 1, X.shape[1], 1)
    X = X.T.contiguous().T  # stored by columns: they are long, and both products run along them
    residual, Xt, rate = torch.empty_like(y), X.T, lr / len(X)
    for rows in blocks(trace):
        for w, new in itertools.pairwise(rows):
            torch.addmm(y, X, w, beta=-1, out=residual)
            torch.addmm(w, Xt, residual, alpha=-rate, out=new)
    return trace


def by_gram(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """Take the same steps: each moves w by I − lr·A times the move before, A = XᵀX/m made once."""
    rate = lr / len(X)
    once = torch.eye(X.shape[1], dtype=X.dtype, device=X.device) - rate * squared(X)
    trace = X.new_zeros(steps + 1, X.shape[1], 1)
    trace[1:2] = rate * (X.T @ y)  # the first move is lr·b
    for moves in blocks(trace[1:]):
        for move, new in itertools.pairwise(moves):
            torch.mm(once, move, out=new)
    return trace.cumsum_(0)


def whole_trace(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """Return every w at once, through the eigenvectors of XᵀX/m."""
    if X.shape[1] == 1:
        a, c = one_weight(X, y, lr)
        end = c / a if a else 0.0  # where X is all 0, w stays where it is
        return approach(end, 1 - a, 0.0, steps, X).view(-1, 1, 1)
    a, Q, push = along_eigenvectors(X, y, lr)
    n, size = len(a), block_of(len(a), steps)
    powers = powers_of(1 - a, size)
    sums = powers.cumsum(1) - powers  # 1 + p + … + p^(k−1): never divided by 1 − p, which may be 0
    back = push * Q.T
    first = sums.T @ back
    if steps < size:
        return first.unsqueeze(2)
    leaps = powers_of(powers[:, -1:] * (1 - a), steps // size + 1)
    starts = (leaps.cumsum(1) - leaps) * powers.sum(1, keepdim=True)
    # row i of a block is row i of the first one, and what i steps leave of the block's start
    left = powers.unsqueeze(2) * back.unsqueeze(1)
    trace = torch.addmm(first.flatten(), starts.T, left.flatten(1))
    return trace.view(-1, n, 1)[: steps + 1]


def jump(X: Tensor, y: Tensor, lr: float, step: int) -> Tensor:
    """Return w after `step` steps, without those before it."""
    if X.shape[1] == 1:
        a, c = one_weight(X, y, lr)
        p = 1 - a
        return X.new_full((1, 1), c / a * (1 - p**step) if a else 0.0)
    a, Q, push = along_eigenvectors(X, y, lr)
    p = 1 - a
    sums = torch.where(p == 1, step, (1 - p**step) / (1 - p))
    return Q @ (sums * push)


def momentum_trace(X: Tensor, y: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """Return every w of the heavy ball at once, through a 2×2 matrix for each eigenvector."""
    a, Q, push = along_eigenvectors(X, y, lr)
    one, zero, m = torch.ones_like(a), torch.zeros_like(a), torch.full_like(a, momentum)
    # it turns (a move, the one before) into (the next, the move), and the first two are 1 and 0
    turn = torch.cat([one + m - a, -m, one, zero], 1).view(-1, 2, 2)
    first = torch.cat([one, zero], 1).unsqueeze(2)
    columns, leap = orbit(turn, first, math.isqrt(steps) + 1)
    rows, _ = orbit(leap.mT, first, steps // columns.shape[2] + 1)
    # so each move is the top left of a power: a row of leap^j times a column of turn^i
    moves = torch.bmm(rows.mT, columns).flatten(1)[:, :steps]
    trace = X.new_zeros(steps + 1, len(a))
    torch.mm(moves.cumsum_(1).T, push * Q.T, out=trace[1:])
    return trace.unsqueeze(2)


def orbit(turn: Tensor, start: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return turn^k start for k = 0 to 2^r − 1, at least `count` of them, and turn^(2^r)."""
    states = start
    while states.shape[2] < count:
        states = torch.cat([states, torch.bmm(turn, states)], dim=2)
        turn = torch.bmm(turn, turn)
    return states, turn


def blocks(trace: Tensor) -> Iterator[tuple[Tensor, ...]]:
    """Yield the rows block by block, each block from the last row of the one before it on.

    A view of a row takes 600 bytes, so not all of them are made at once.
    """
    for start in range(0, len(trace) - 1, VIEWS):
        yield trace[start : start + VIEWS + 1].unbind()


def block_of(n: int, steps: int) -> int:
    """Return how many rows to make one by one; the rest is as many times their number."""
    return steps + 1 if n * steps <= FEW else max(math.isqrt(4 * steps // n), 1)


def powers_of(p: Tensor, count: int) -> Tensor:
    """Return p to the power of 0, 1, … as a row for each p, [n, 1]: [n, count] in all."""
    return p ** torch.arange(count, dtype=p.dtype, device=p.device)


def approach(end: float, p: float, start: float, steps: int, like: Tensor) -> Tensor:
    """Return end + (start − end) · p^k for k = 0 to `steps`, [steps + 1], in three calls."""
    where: dict[str, Any] = {"dtype": like.dtype, "device": like.device}
    if steps < FEW:
        powers = torch.logspace(0, steps, steps + 1, base=p, **where)
        return torch.rsub(powers, end, alpha=end - start)
    size = math.isqrt(steps) + 1
    powers = torch.logspace(0, size - 1, size, base=p, **where)
    leaps = torch.logspace(0, size * (size - 1), size, base=p, **where)
    return torch.outer(leaps.mul_(start - end), powers).add_(end).view(-1)[: steps + 1]


def one_weight(X: Tensor, y: Tensor, lr: float) -> tuple[float, float]:
    """Return lr·λ and lr·b of a single weight."""
    if len(X) == 1:
        x = X.item()
        return lr * x * x, lr * x * y.item()
    x, rate = X.view(-1), lr / len(X)
    return rate * torch.dot(x, x).item(), rate * torch.dot(x, y.view(-1)).item()


def squared(X: Tensor) -> Tensor:
    """Return XᵀX; on the CPU by numpy, which makes half of it and mirrors that."""
    if X.device.type != "cpu":
        return X.T @ X
    array = X.numpy()
    return torch.from_numpy(array.T @ array)


def along_eigenvectors(X: Tensor, y: Tensor, lr: float) -> tuple[Tensor, Tensor, Tensor]:
    """Return lr·λ [n, 1] and the eigenvectors Q [n, n] of XᵀX/m, and Qᵀ times the first step."""
    rate = lr / len(X)
    a, Q = torch.linalg.eigh(rate * squared(X))
    return a.unsqueeze(1), Q, Q.T @ (rate * (X.T @ y))


def known_parabola(case: Case, steps: int) -> Run:
    """Make the parabola's whole trace for who knows its minimum: 5 + (x0 − 5)(1 − 2·lr)^k."""
    w0, p = case.given["w0"], 1 - 2 * case.lr
    return Run(lambda: approach(5.0, p, w0.item(), steps, w0).unsqueeze(1))


def known_parabola_jump(case: Case, steps: int) -> Run:
    """Make the parabola's last x: one number, worked out in Python's floats."""
    w0, lr = case.given["w0"], case.lr
    return Run(lambda: w0.new_full((1, 1), 5 + (w0.item() - 5) * (1 - 2 * lr) ** steps))


def vjp(a: Tensor, v: Tensor) -> Tensor:
    """Return vᵀJ of softmax without J, by the two functions that autograd itself calls."""
    return torch._softmax_backward_data(v, torch.softmax(a, 0), 0, a.dtype)


def through_matrix(a: Tensor, v: Tensor) -> Tensor:
    """Return vᵀJ through J, which is made in place."""
    p = torch.softmax(a, 0)
    J = torch.outer(p, p.neg())
    J.diagonal().add_(p)
    return v @ J


def repeated(one: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Case, int], Run]:
    """Make a block of so many evaluations."""
    return lambda case, steps: block(lambda: one(case.given["a"], case.given["v"]), steps)


RUNGS = (in_place, by_gram, whole_trace, jump, momentum_trace)
CLOSED: dict[str, Any] = {"side": "ours", "reads": "nothing"}
ROWS = [
    *(
        function.row(f"ours: tuned {function.name}", "ours", rung)
        for rung in RUNGS
        for function in FUNCTIONS
        if (function.number, function.name) == ("07", rung.__name__)
    ),
    Row("ours: tuned closed form", WHOLE_KNOWN, ("parabola",), known_parabola, **CLOSED),
    Row("ours: tuned closed form", JUMP_KNOWN, ("parabola",), known_parabola_jump, **CLOSED),
    Row("ours: tuned vjp", PRODUCT, ("softmax",), repeated(vjp), side="ours"),
    Row("ours: tuned jacobian", MATRIX, ("softmax",), repeated(through_matrix), side="ours"),
]
