"""Kata 07, step throughput: what learners get wrong; docstrings end "… the numbers of"."""

from collections.abc import Callable

import torch
from torch import Tensor

from dojo.feedback.mistakes import mistake


def slope(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """Return the right gradient."""
    return X.T @ (X @ w - y) / len(X)


def walk(X: Tensor, steps: int, step: Callable[[Tensor], Tensor]) -> Tensor:
    """Return the trace of a step that is repeated from w = 0."""
    trace = [X.new_zeros(X.shape[1], 1)]
    for _ in range(steps):
        trace.append(step(trace[-1]))
    return torch.stack(trace)


def descent(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """Return the right trace."""
    return walk(X, steps, lambda w: w - lr * slope(X, y, w))


def gram(X: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Return A = XᵀX/m and b = Xᵀy/m."""
    return X.T @ X / len(X), X.T @ y / len(X)


def spectrum(X: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return the eigenvalues λ of A as a row, its eigenvectors Q, and Qᵀw* as a row."""
    A, b = gram(X, y)
    values, Q = torch.linalg.eigh(A)
    flat = values < max(1e-12, len(values) * torch.finfo(X.dtype).eps) * values[-1]
    return (
        values[None],
        Q,
        torch.where(flat, 0, (Q.T @ b)[:, 0] / torch.where(flat, 1, values))[None],
    )


def columns(rows: Tensor, Q: Tensor) -> Tensor:
    """Turn rows of numbers along the eigenvectors into columns of weights, [rows, n, 1]."""
    return (rows @ Q.T)[:, :, None]


def exponents(X: Tensor, steps: int) -> Tensor:
    """Return 0 to `steps` as a column."""
    return torch.arange(steps + 1, dtype=X.dtype, device=X.device)[:, None]


def pairs(
    X: Tensor, y: Tensor, lr: float, momentum: float, steps: int, first: tuple[Tensor, Tensor]
) -> tuple[Tensor, Tensor]:
    """Return all d and all e of the lesson, [steps + 1, n, 1] each, from a first pair on."""
    made = [first]
    for _ in range(steps):
        made.append(next_pair(X, y, lr, momentum, made[-1]))
    return torch.stack([d for d, _ in made]), torch.stack([e for _, e in made])


def next_pair(
    X: Tensor, y: Tensor, lr: float, momentum: float, pair: tuple[Tensor, Tensor]
) -> tuple[Tensor, Tensor]:
    """Return M times a pair."""
    d = momentum * pair[0] + pair[1]
    return d, pair[1] - lr * gram(X, y)[0] @ d


def start(X: Tensor, y: Tensor, lr: float) -> tuple[Tensor, Tensor]:
    """Return the right first pair, before Q: d is 0, and e is the plain first step."""
    e = lr * gram(X, y)[1]
    return torch.zeros_like(e), e


def powers_of_p(X: Tensor, y: Tensor, lr: float, steps: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return p⁰ to p^steps [n, steps + 1], c [n, 1] and Q, by the lesson's formulas."""
    A, b = gram(X, y)
    values, Q = torch.linalg.eigh(A)
    p = (1 - lr * values)[:, None]
    return p ** exponents(X, steps)[:, 0], lr * Q.T @ b, Q


def summed(powers: Tensor) -> Tensor:
    """Return the sums of the first 0, 1, … powers, as many as there are powers."""
    return powers.cumsum(1) - powers


def factors(X: Tensor, y: Tensor, lr: float) -> tuple[Tensor, Tensor, Tensor]:
    """Return p and c, both [n, 1], and Q."""
    powers, c, Q = powers_of_p(X, y, lr, 1)
    return powers[:, 1:], c, Q


def sum_of_powers(p: Tensor, step: int) -> Tensor:
    """Return s, the sum of the first `step` powers of p."""
    return torch.where(p == 1, step, (1 - p**step) / (1 - p))


def landing(X: Tensor, y: Tensor, lr: float, step: int) -> Tensor:
    """Return the right w after `step` steps, by the lesson's formulas."""
    p, c, Q = factors(X, y, lr)
    return Q @ (sum_of_powers(p, step) * c)


def heavy(X: Tensor, steps: int, step: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]) -> Tensor:
    """Return the trace of a step on (w, v) that is repeated from w = v = 0."""
    w = v = X.new_zeros(X.shape[1], 1)
    trace = [w]
    for _ in range(steps):
        w, v = step(w, v)
        trace.append(w)
    return torch.stack(trace)


@mistake("without_graph")
def loop_undivided(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a descent along Xᵀ(Xw − y), which is not divided by m"""
    return walk(X, steps, lambda w: w - lr * len(X) * slope(X, y, w))


@mistake("without_graph")
def loop_by_2m(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a descent along Xᵀ(Xw − y) / 2m: half of every step is lost"""
    return walk(X, steps, lambda w: w - lr * slope(X, y, w) / 2)


@mistake("without_graph")
def loop_along_mse(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a descent on the mean squared error, SSE / m: the loss here is half of it"""
    return walk(X, steps, lambda w: w - lr * 2 * slope(X, y, w))


@mistake("without_graph")
def loop_uphill(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a walk along the gradient: uphill, where descent goes against it"""
    return walk(X, steps, lambda w: w + lr * slope(X, y, w))


@mistake("without_graph")
def loop_piled_up(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a descent whose gradient is never cleared: each step uses the sum of all gradients so far"""

    def step(w: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        v = v + slope(X, y, w)
        return w - lr * v, v

    return heavy(X, steps, step)


@mistake("without_graph")
def loop_with_the_first_residual(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a residual that was computed once, at w = 0, and never again"""
    return walk(X, steps, lambda w: w - lr * slope(X, y, torch.zeros_like(w)))


@mistake("without_graph")
def loop_recorded_before(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a trace recorded before each step: w = 0 stands there twice and the last step is missing"""
    trace = descent(X, y, lr, steps)
    return torch.cat([trace[:1], trace[:-1]])


@mistake("without_graph")
def loop_one_step_ahead(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a trace that begins after the first step: row 0 should be w = 0"""
    return descent(X, y, lr, steps + 1)[1:]


@mistake("without_graph")
def loop_one_tensor(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a list that holds one tensor many times, changed in place later (store w.clone())"""
    trace = descent(X, y, lr, steps)
    return trace[-1:].expand_as(trace)


@mistake("in_place")
def rows_share_a_buffer(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a trace whose rows are all one buffer, as it was at the end: each row needs a copy"""
    trace = descent(X, y, lr, steps)
    return trace[-1:].expand_as(trace)


@mistake("in_place")
def first_row_is_the_buffer(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a trace whose row 0 is w itself, changed in place by every step: w needs memory of its own"""
    trace = descent(X, y, lr, steps)
    return torch.cat([trace[-1:], trace[1:]])


@mistake("in_place")
def buffer_piled_up(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a gradient buffer that is added to, step after step: it should be overwritten (beta=0)"""
    return loop_piled_up(X, y, lr, steps)


@mistake("in_place")
def residual_with_plus(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a residual Xw + y: addmm adds its first argument unless beta=-1 takes it away"""
    return walk(X, steps, lambda w: w - lr * slope(X, -y, w))


@mistake("in_place")
def buffer_uphill(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a walk uphill: alpha is +lr, or the residual is y − Xw and still taken away"""
    return walk(X, steps, lambda w: w + lr * slope(X, y, w))


@mistake("in_place")
def buffer_undivided(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a step along Xᵀ(Xw − y), which is not divided by m: alpha is −lr/m"""
    return walk(X, steps, lambda w: w - lr * len(X) * slope(X, y, w))


@mistake("in_place")
def row_zero_in_every_step(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """steps that all begin at trace[0], with the gradient of the row before: begin at trace[k]"""
    return walk(X, steps, lambda w: -lr * slope(X, y, w))


@mistake("in_place")
def row_written_too_early(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a row that is written before its step: w = 0 stands there twice and the last step is lost"""
    trace = descent(X, y, lr, steps)
    return torch.cat([trace[:1], trace[:-1]])


@mistake("in_place")
def residual_of_the_start(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a residual that was computed once, at w = 0, and never again"""
    return walk(X, steps, lambda w: w - lr * slope(X, y, torch.zeros_like(w)))


@mistake("by_gram")
def only_gram_divided(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """b = Xᵀy, not divided by m, beside A = XᵀX/m"""
    A, b = gram(X, y)
    return walk(X, steps, lambda w: w - lr * (A @ w - len(X) * b))


@mistake("by_gram")
def only_b_divided(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """A = XᵀX, not divided by m, beside b = Xᵀy/m"""
    A, b = gram(X, y)
    return walk(X, steps, lambda w: w - lr * (len(X) * A @ w - b))


@mistake("by_gram")
def gram_undivided(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """A = XᵀX and b = Xᵀy, neither divided by m"""
    return walk(X, steps, lambda w: w - lr * len(X) * slope(X, y, w))


@mistake("by_gram")
def gram_by_features(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """A and b divided by n, the number of weights: m counts the samples"""
    return walk(X, steps, lambda w: w - lr * len(X) / X.shape[1] * slope(X, y, w))


@mistake("by_gram")
def b_with_plus(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a step along Aw + b: the gradient is Aw − b"""
    return walk(X, steps, lambda w: w - lr * slope(X, -y, w))


@mistake("by_gram")
def b_forgotten(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a step along Aw alone: b is forgotten, and at w = 0 nothing moves"""
    return walk(X, steps, lambda w: w - lr * gram(X, y)[0] @ w)


@mistake("by_gram")
def b_without_lr(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a step w − lr·Aw + b: lr belongs to b as well"""
    A, b = gram(X, y)
    return walk(X, steps, lambda w: w - lr * A @ w + b)


@mistake("by_gram")
def gram_without_identity(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a step to −lr·Aw + lr·b: w itself is forgotten, the matrix is I − lr·A"""
    A, b = gram(X, y)
    return walk(X, steps, lambda w: lr * (b - A @ w))


@mistake("by_gram")
def gram_uphill(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a walk uphill: w + lr·(Aw − b), where descent takes it away"""
    return walk(X, steps, lambda w: w + lr * slope(X, y, w))


@mistake("whole_trace")
def trace_without_one(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """powers of lr·λ: the factor of each step is 1 − lr·λ"""
    values, Q, best = spectrum(X, y)
    return columns(best - (lr * values) ** exponents(X, steps) * best, Q)


@mistake("whole_trace")
def trace_one_power_ahead(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a sum of k + 1 powers in row k: it needs k of them, and row 0, where w = 0, none"""
    return descent(X, y, lr, steps + 1)[1:]


@mistake("whole_trace")
def trace_with_vectors_turned(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """Q and Qᵀ in each other's place: the eigenvectors are the columns of Q"""
    values, Q, best = spectrum(X, y)
    solution = best @ Q.T
    return (solution - (1 - lr * values) ** exponents(X, steps) * (solution @ Q.T) @ Q)[:, :, None]


@mistake("whole_trace")
def trace_of_b_turned_by_q(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """c = lr · Q b, with Q where Qᵀ belongs: the eigenvectors are the columns of Q"""
    powers, c, Q = powers_of_p(X, y, lr, steps)
    return (Q @ (summed(powers) * (Q @ Q @ c))).T[:, :, None]


@mistake("whole_trace")
def trace_of_b_never_turned(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """c = lr · b, where it is lr · Qᵀb: b was never turned to the eigenvectors"""
    powers, c, Q = powers_of_p(X, y, lr, steps)
    return (Q @ (summed(powers) * (Q @ c))).T[:, :, None]


@mistake("whole_trace")
def trace_turned_back_by_q_transposed(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """w = Qᵀu, with Qᵀ where Q belongs: it turns u once more, and not back"""
    powers, c, Q = powers_of_p(X, y, lr, steps)
    return (Q.T @ (summed(powers) * c)).T[:, :, None]


@mistake("whole_trace")
def trace_of_the_moves(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """p^k · c, the moves alone: w after k steps is the sum of the first k of them"""
    powers, c, Q = powers_of_p(X, y, lr, steps)
    return (Q @ (powers * c)).T[:, :, None]


@mistake("whole_trace")
def trace_along_the_axes(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """weights along the eigenvectors that were never turned back: Q is missing before them"""
    values, _, best = spectrum(X, y)
    return (best - (1 - lr * values) ** exponents(X, steps) * best)[:, :, None]


@mistake("whole_trace")
def trace_from_the_far_side(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """w* plus what is left of w*: w₀ − w* is −w*, with a minus"""
    values, Q, best = spectrum(X, y)
    return columns(best + (1 - lr * values) ** exponents(X, steps) * best, Q)


@mistake("whole_trace")
def trace_of_what_is_left(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """w − w*, the way that is left: w* is still to be added"""
    values, Q, best = spectrum(X, y)
    return columns(-((1 - lr * values) ** exponents(X, steps)) * best, Q)


@mistake("whole_trace")
def trace_undivided(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """eigenvalues of XᵀX, which is not divided by m"""
    return descent(X, y, lr * len(X), steps)


@mistake("whole_trace")
def trace_of_the_flow(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """exp(−k·lr·λ), where steps are infinitely small: steps of length lr leave (1 − lr·λ)^k"""
    values, Q, best = spectrum(X, y)
    return columns(best - torch.exp(-lr * values * exponents(X, steps)) * best, Q)


@mistake("whole_trace")
def trace_without_sign(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """powers of |1 − lr·λ|: where the factor is negative, its odd powers are too"""
    values, Q, best = spectrum(X, y)
    return columns(best - (1 - lr * values).abs() ** exponents(X, steps) * best, Q)


@mistake("whole_trace")
def trace_by_logarithm(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """exp(k · log(1 − lr·λ)), and a negative number has no logarithm: nan"""
    values, Q, best = spectrum(X, y)
    left = torch.exp(exponents(X, steps) * torch.log(1 - lr * values))
    return columns(best - left * best, Q)


@mistake("whole_trace")
def trace_divides_by_zero(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a division by λ = 0, nan: along that eigenvector w never moves"""
    A, b = gram(X, y)
    values, Q = torch.linalg.eigh(A)
    best = (Q.T @ b).T / values
    return columns(best - (1 - lr * values) ** exponents(X, steps) * best, Q)


@mistake("whole_trace")
def trace_of_sums_over_zero(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """(1 − p^k) / (1 − p) where p = 1, 0/0: nan; there a sum of k ones is k"""
    powers, c, Q = powers_of_p(X, y, lr, steps)
    p = factors(X, y, lr)[0]
    return (Q @ ((1 - powers) / (1 - p) * c)).T[:, :, None]


@mistake("jump")
def jump_one_too_far(X: Tensor, y: Tensor, lr: float, step: int) -> Tensor:
    """w one step later: the exponent is `step`"""
    return landing(X, y, lr, step + 1)


@mistake("jump")
def jump_one_too_short(X: Tensor, y: Tensor, lr: float, step: int) -> Tensor:
    """w one step earlier: the exponent is `step`"""
    return landing(X, y, lr, max(step - 1, 0))


@mistake("jump")
def jump_to_the_end(X: Tensor, y: Tensor, lr: float, step: int) -> Tensor:
    """w*, where the descent ends: after `step` steps it is still on its way"""
    _, Q, best = spectrum(X, y)
    return Q @ best.T


@mistake("jump")
def jump_in_one_stride(X: Tensor, y: Tensor, lr: float, step: int) -> Tensor:
    """one great step, `step` times the first: each step has a gradient of its own"""
    return step * lr * gram(X, y)[1]


@mistake("jump")
def jump_without_one(X: Tensor, y: Tensor, lr: float, step: int) -> Tensor:
    """a power of lr·λ: the factor of each step is 1 − lr·λ"""
    values, Q, best = spectrum(X, y)
    return Q @ (best - (lr * values) ** step * best).T


@mistake("jump")
def jump_of_what_is_left(X: Tensor, y: Tensor, lr: float, step: int) -> Tensor:
    """w − w*, the way that is left: w* is still to be added"""
    values, Q, best = spectrum(X, y)
    return Q @ (-((1 - lr * values) ** step) * best).T


@mistake("jump")
def jump_from_the_far_side(X: Tensor, y: Tensor, lr: float, step: int) -> Tensor:
    """w* plus what is left of w*: w₀ − w* is −w*, with a minus"""
    values, Q, best = spectrum(X, y)
    return Q @ (best + (1 - lr * values) ** step * best).T


@mistake("jump")
def jump_undivided(X: Tensor, y: Tensor, lr: float, step: int) -> Tensor:
    """eigenvalues of XᵀX, which is not divided by m"""
    return landing(X, y, lr * len(X), step)


@mistake("jump")
def jump_with_vectors_turned(X: Tensor, y: Tensor, lr: float, step: int) -> Tensor:
    """Q and Qᵀ in each other's place: the eigenvectors are the columns of Q"""
    values, Q, best = spectrum(X, y)
    solution = Q @ best.T
    return solution - Q.T @ ((1 - lr * values.T) ** step * (Q @ solution))


@mistake("jump")
def jump_with_b_turned_by_q(X: Tensor, y: Tensor, lr: float, step: int) -> Tensor:
    """c = lr · Q b, with Q where Qᵀ belongs: the eigenvectors are the columns of Q"""
    p, c, Q = factors(X, y, lr)
    return Q @ (sum_of_powers(p, step) * (Q @ Q @ c))


@mistake("jump")
def jump_turned_back_by_q_transposed(X: Tensor, y: Tensor, lr: float, step: int) -> Tensor:
    """w = Qᵀu, with Qᵀ where Q belongs: it turns u once more, and not back"""
    p, c, Q = factors(X, y, lr)
    return Q.T @ (sum_of_powers(p, step) * c)


@mistake("jump")
def jump_of_one_where_p_is_one(X: Tensor, y: Tensor, lr: float, step: int) -> Tensor:
    """s = 1 where p = 1: s is a sum of k ones there, so it is k"""
    p, c, Q = factors(X, y, lr)
    return Q @ (torch.where(p == 1, 1, (1 - p**step) / (1 - p)) * c)


@mistake("jump")
def jump_of_nothing_where_p_is_one(X: Tensor, y: Tensor, lr: float, step: int) -> Tensor:
    """s = 0 where p = 1: s is a sum of k ones there, so it is k"""
    p, c, Q = factors(X, y, lr)
    return Q @ (torch.where(p == 1, 0, (1 - p**step) / (1 - p)) * c)


@mistake("jump")
def jump_by_logarithm(X: Tensor, y: Tensor, lr: float, step: int) -> Tensor:
    """exp(k · log(1 − lr·λ)), and a negative number has no logarithm: nan"""
    p, c, Q = factors(X, y, lr)
    power = torch.exp(step * torch.log(p))
    return Q @ (torch.where(p == 1, step, (1 - power) / (1 - p)) * c)


@mistake("jump")
def jump_divides_by_zero(X: Tensor, y: Tensor, lr: float, step: int) -> Tensor:
    """(1 − p^k) / (1 − p) where p = 1, 0/0: nan; there s is a sum of k ones, so it is k"""
    p, c, Q = factors(X, y, lr)
    return Q @ ((1 - p**step) / (1 - p) * c)


@mistake("jump")
def jump_divides_by_lambda(X: Tensor, y: Tensor, lr: float, step: int) -> Tensor:
    """a division by λ = 0, nan: along that eigenvector w never moves"""
    A, b = gram(X, y)
    values, Q = torch.linalg.eigh(A)
    best = (Q.T @ b).T / values
    return Q @ (best - (1 - lr * values) ** step * best).T


@mistake("momentum_trace")
def momentum_ignored(X: Tensor, y: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """the plain descent: momentum has no part in it"""
    return descent(X, y, lr, steps)


@mistake("momentum_trace")
def momentum_dampened(X: Tensor, y: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """an average, v = momentum · v + (1 − momentum) · gradient: the gradient enters whole"""

    def step(w: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        v = momentum * v + (1 - momentum) * slope(X, y, w)
        return w - lr * v, v

    return heavy(X, steps, step)


@mistake("momentum_trace")
def momentum_from_the_first_gradient(
    X: Tensor, y: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    """a first step with 1 + momentum times its gradient: v is zero before it"""
    v = slope(X, y, X.new_zeros(X.shape[1], 1))
    w = torch.zeros_like(v)
    trace = [w]
    for _ in range(steps):
        v = momentum * v + slope(X, y, w)
        w = w - lr * v
        trace.append(w)
    return torch.stack(trace)


@mistake("momentum_trace")
def momentum_from_the_pair_turned(
    X: Tensor, y: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    """a start pair (c, 0): nothing has moved yet, so d is 0, and e is c"""
    d, e = start(X, y, lr)
    return pairs(X, y, lr, momentum, steps, (e, d))[0].cumsum(0)


@mistake("momentum_trace")
def momentum_from_a_pair_of_steps(
    X: Tensor, y: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    """a start pair (c, c): nothing has moved yet, so d is 0"""
    e = start(X, y, lr)[1]
    return pairs(X, y, lr, momentum, steps, (e, e))[0].cumsum(0)


@mistake("momentum_trace")
def momentum_with_m_transposed(
    X: Tensor, y: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    """M transposed: its first row, which makes the new d, is momentum and 1"""
    (d, e), A = start(X, y, lr), gram(X, y)[0]
    moves = [d]
    for _ in range(steps):
        d, e = momentum * (d - lr * A @ e), d + e - lr * A @ e
        moves.append(d)
    return torch.stack(moves).cumsum(0)


def from_moves_and_steps(
    X: Tensor, y: Tensor, lr: float, momentum: float, steps: int, weight: float
) -> Tensor:
    """Return the trace where `weight` times lr·λ stands below momentum in M."""
    (d, e), A = start(X, y, lr), gram(X, y)[0]
    moves = [d]
    for _ in range(steps):
        d, e = momentum * d + e, weight * lr * A @ d + e - lr * A @ e
        moves.append(d)
    return torch.stack(moves).cumsum(0)


@mistake("momentum_trace")
def momentum_with_a_plus_in_m(
    X: Tensor, y: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    """M with +momentum·lr·λ in its second row: there it is −momentum·lr·λ"""
    return from_moves_and_steps(X, y, lr, momentum, steps, momentum)


@mistake("momentum_trace")
def momentum_left_out_of_the_second_row(
    X: Tensor, y: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    """M with −lr·λ in its second row: there it is −momentum·lr·λ"""
    return from_moves_and_steps(X, y, lr, momentum, steps, -1.0)


@mistake("momentum_trace")
def momentum_with_m_never_squared(
    X: Tensor, y: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    """pairs doubled with M each time: after k pairs Mᵏ leads on, so M is squared each time"""
    made = [start(X, y, lr)]
    while len(made) <= steps:
        made += [next_pair(X, y, lr, momentum, pair) for pair in made]
    return torch.stack([d for d, _ in made[: steps + 1]]).cumsum(0)


@mistake("momentum_trace")
def momentum_of_the_moves(X: Tensor, y: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """the moves d alone: w is the sum of all moves so far"""
    return pairs(X, y, lr, momentum, steps, start(X, y, lr))[0]


@mistake("momentum_trace")
def momentum_of_the_plain_steps(
    X: Tensor, y: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    """the sums of e, the plain steps: w is the sum of d, the first entry of each pair"""
    return pairs(X, y, lr, momentum, steps, start(X, y, lr))[1].cumsum(0)


@mistake("momentum_trace")
def momentum_with_the_old_velocity(
    X: Tensor, y: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    """a step with the velocity of the step before: v changes first, and w moves by the new v"""

    def step(w: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        return w - lr * v, momentum * v + slope(X, y, w)

    return heavy(X, steps, step)


@mistake("momentum_trace")
def momentum_looks_ahead(X: Tensor, y: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """Nesterov's momentum, whose step looks ahead: here w moves by lr · v"""

    def step(w: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        g = slope(X, y, w)
        v = momentum * v + g
        return w - lr * (g + momentum * v), v

    return heavy(X, steps, step)


@mistake("momentum_trace")
def momentum_with_lr_twice(X: Tensor, y: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """lr in v and in the step as well: v holds gradients, without lr"""

    def step(w: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        v = momentum * v + lr * slope(X, y, w)
        return w - lr * v, v

    return heavy(X, steps, step)


@mistake("momentum_trace")
def momentum_undivided(X: Tensor, y: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """eigenvalues of XᵀX, which is not divided by m"""

    def step(w: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        v = momentum * v + len(X) * slope(X, y, w)
        return w - lr * v, v

    return heavy(X, steps, step)


@mistake("momentum_trace")
def momentum_one_power_ahead(
    X: Tensor, y: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    """a trace one step ahead: row 0 is w = 0, before the first move"""

    def step(w: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        v = momentum * v + slope(X, y, w)
        return w - lr * v, v

    return heavy(X, steps + 1, step)[1:]


@mistake("momentum_trace")
def momentum_with_real_roots_only(
    X: Tensor, y: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    """a root of a negative number, nan: where an eigenvector swings, its two roots are complex"""
    values, _, _ = spectrum(X, y)
    swings = (1 + momentum - lr * values) ** 2 < 4 * momentum

    def step(w: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        v = momentum * v + slope(X, y, w)
        return w - lr * v, v

    trace = heavy(X, steps, step)
    return torch.where(swings.any(), torch.nan, trace)


@mistake("momentum_trace")
def momentum_between_equal_roots(
    X: Tensor, y: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    """a division by the difference of two equal roots, 0/0: nan at the critical momentum"""
    values, Q, best = spectrum(X, y)
    t = 1 + momentum - lr * values
    root = (t**2 - 4 * momentum).to(torch.complex128).sqrt()
    high, low = (t + root) / 2, (t - root) / 2
    k = exponents(X, steps)
    left = ((1 - low) * high**k - (1 - high) * low**k) / (high - low)
    return columns(best * (1 - left.real.to(X.dtype)), Q)


@mistake("momentum_trace")
def momentum_divides_by_zero(
    X: Tensor, y: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    """a division by λ = 0, nan: along that eigenvector w never moves"""
    A, b = gram(X, y)
    values, Q = torch.linalg.eigh(A)
    best = Q @ ((Q.T @ b)[:, 0] / values)[:, None]
    trace, v = [-best], torch.zeros_like(best)
    for _ in range(steps):
        v = momentum * v + A @ trace[-1]
        trace.append(trace[-1] - lr * v)
    return best + torch.stack(trace)
