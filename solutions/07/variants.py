"""Kata 07, step throughput: right and wrong answers written another way, for the contract tests."""

import torch
from torch import Tensor

from dojo.feedback.mistakes import mistaken, muddled, right


def loss(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """Return SSE / 2m."""
    return ((X @ w - y) ** 2).sum() / (2 * len(X))


@right("without_graph")
def without_graph_by_autograd(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """autograd, one leaf, rows stored as clones"""
    w = X.new_zeros(X.shape[1], 1).requires_grad_()
    trace = [w.detach().clone()]
    for _ in range(steps):
        (slope,) = torch.autograd.grad(loss(X, y, w), w)
        with torch.no_grad():
            w -= lr * slope
        trace.append(w.detach().clone())
    return torch.stack(trace)


@right("in_place")
def in_place_with_copies(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """mm into two buffers, and copy_ into the trace"""
    trace = X.new_empty(steps + 1, X.shape[1], 1)
    w = X.new_zeros(X.shape[1], 1)
    residual, slope = X.new_empty(len(X), 1), torch.empty_like(w)
    trace[0].copy_(w)
    for k in range(1, steps + 1):
        torch.mm(X, w, out=residual)
        residual -= y
        torch.mm(X.T, residual, out=slope)
        w.sub_(slope.div_(len(X)), alpha=lr)
        trace[k].copy_(w)
    return trace


@right("by_gram")
def by_gram_in_a_list(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a list and a stack, nothing in place"""
    A, b = X.T @ X / len(X), X.T @ y / len(X)
    trace = [torch.zeros_like(b)]
    for _ in range(steps):
        trace.append(trace[-1] - lr * (A @ trace[-1] - b))
    return torch.stack(trace)


def singular(X: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return λ, Q and Qᵀw* as rows in float64, from the singular values of X itself."""
    U, s, V = torch.linalg.svd(X.double(), full_matrices=False)
    there = s > 1e-12 * s[0]
    best = torch.where(there, (U.T @ y.double())[:, 0] / torch.where(there, s, 1), 0)
    return (s**2 / len(X))[None], V.T, best[None]


@right("whole_trace")
def whole_trace_by_singular_values(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """the singular values of X in float64: its condition number is not squared"""
    values, Q, best = singular(X, y)
    k = torch.arange(steps + 1, dtype=torch.float64, device=X.device)[:, None]
    return ((best * (1 - (1 - lr * values) ** k)) @ Q.T).to(X.dtype)[:, :, None]


@right("whole_trace")
def whole_trace_by_the_formula(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """w* + Q (1 − lr·λ)^k Qᵀ (0 − w*), with a pseudo-inverse for w*"""
    A, b = X.T @ X / len(X), X.T @ y / len(X)
    values, Q = torch.linalg.eigh(A)
    best = torch.linalg.pinv(A, hermitian=True) @ b
    left = (1 - lr * values)[:, None] ** torch.arange(steps + 1, device=X.device)
    return best + (Q @ (left * (Q.T @ -best))).T[:, :, None]


@right("jump")
def jump_by_singular_values(X: Tensor, y: Tensor, lr: float, step: int) -> Tensor:
    """the singular values of X in float64"""
    values, Q, best = singular(X, y)
    return (Q @ (best * (1 - (1 - lr * values) ** step)).T).to(X.dtype)


@right("jump")
def jump_by_a_case(X: Tensor, y: Tensor, lr: float, step: int) -> Tensor:
    """the sum of the geometric series by its formula, lr · step where λ is next to nothing"""
    values, Q = torch.linalg.eigh(X.T @ X / len(X))
    none = values.abs() < 1e-7 * values[-1] * torch.finfo(X.dtype).eps ** 0.5
    summed = (1 - (1 - lr * values) ** step) / torch.where(none, 1, values)
    return Q @ (torch.where(none, lr * step, summed)[:, None] * (Q.T @ (X.T @ y / len(X))))


@right("momentum_trace")
def momentum_by_complex_roots(
    X: Tensor, y: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    """both roots, complex; their powers are summed, so that no difference of roots divides"""
    values, Q, best = singular(X, y)
    t = 1 + momentum - lr * values
    root = (t**2 - 4 * momentum).to(torch.complex128).sqrt()
    root = torch.where(t < 0, -root, root)
    high, low = (t + root) / 2, (t - root) / 2
    ratio = torch.nan_to_num(low / high)
    powers = [
        torch.cat([torch.ones_like(x), x.expand(steps, -1)]).cumprod(0) for x in (high, ratio)
    ]
    moves = (powers[0] * powers[1].cumsum(0)).real[:steps]
    moved = torch.cat([torch.zeros_like(t), moves.cumsum(0)]) * lr * values * best
    return (moved @ Q.T).to(X.dtype)[:, :, None]


@right("momentum_trace")
def momentum_by_one_matrix(X: Tensor, y: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """one matrix for w, v and 1 together, its powers by doubling; no eigenvectors"""
    n = X.shape[1]
    A, b, one = X.T @ X / len(X), X.T @ y / len(X), torch.eye(n, dtype=X.dtype, device=X.device)
    turn = X.new_zeros(2 * n + 1, 2 * n + 1)
    turn[:n] = torch.cat([one - lr * A, -lr * momentum * one, lr * b], 1)
    turn[n:-1] = torch.cat([A, momentum * one, -b], 1)
    turn[-1, -1] = 1
    states = X.new_zeros(2 * n + 1, 1)
    states[-1] = 1
    while states.shape[1] <= steps:
        states = torch.cat([states, turn @ states], 1)
        turn = turn @ turn
    return states[:n, : steps + 1].T[:, :, None].clone()


@mistaken("without_graph", known_as="loop_piled_up")
def never_cleared(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """backward() in a loop, and .grad is never cleared"""
    w = X.new_zeros(X.shape[1], 1).requires_grad_()
    trace = [w.detach().clone()]
    for _ in range(steps):
        loss(X, y, w).backward()
        assert w.grad is not None
        with torch.no_grad():
            w -= lr * w.grad
        trace.append(w.detach().clone())
    return torch.stack(trace)


@mistaken("in_place", known_as="rows_share_a_buffer")
def one_buffer_in_a_list(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """w changed in place and appended, never copied"""
    w = X.new_zeros(X.shape[1], 1)
    trace = [w]
    for _ in range(steps):
        w -= lr * (X.T @ (X @ w - y)) / len(X)
        trace.append(w)
    return torch.stack(trace)


@mistaken("in_place", known_as="first_row_is_the_buffer")
def weights_in_row_zero(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """w = trace[0], a view, and w -= …"""
    trace = X.new_zeros(steps + 1, X.shape[1], 1)
    w = trace[0]
    for k in range(steps):
        w -= lr * (X.T @ (X @ w - y)) / len(X)
        trace[k + 1].copy_(w)
    return trace


@mistaken("in_place", known_as="residual_with_plus")
def addmm_without_beta(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """addmm(y, X, w): beta is 1 unless one says so"""
    trace = X.new_zeros(steps + 1, X.shape[1], 1)
    for k in range(steps):
        residual = torch.addmm(y, X, trace[k])
        torch.addmm(trace[k], X.T, residual, alpha=-lr / len(X), out=trace[k + 1])
    return trace


@mistaken("by_gram", known_as="only_gram_divided")
def mean_of_gram_only(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """the step as I − lr·A, with b forgotten in the division"""
    once = torch.eye(X.shape[1], dtype=X.dtype, device=X.device) - lr * X.T @ X / len(X)
    trace = [X.new_zeros(X.shape[1], 1)]
    for _ in range(steps):
        trace.append(once @ trace[-1] + lr * X.T @ y)
    return torch.stack(trace)


@mistaken("whole_trace", known_as="trace_one_power_ahead")
def powers_from_one(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """cumprod, whose first product is the factor itself"""
    values, Q, best = singular(X, y)
    left = (1 - lr * values).expand(steps + 1, -1).cumprod(0)
    return ((best * (1 - left)) @ Q.T).to(X.dtype)[:, :, None]


@mistaken("jump", known_as="jump_one_too_far")
def jump_by_its_trace(X: Tensor, y: Tensor, lr: float, step: int) -> Tensor:
    """the power step + 1"""
    values, Q, best = singular(X, y)
    return (Q @ (best * (1 - (1 - lr * values) ** (step + 1))).T).to(X.dtype)


@mistaken("momentum_trace", known_as="momentum_dampened")
def momentum_by_lerp(X: Tensor, y: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """v.lerp_(gradient, 1 − momentum)"""
    trace = X.new_zeros(steps + 1, X.shape[1], 1)
    v = torch.zeros_like(trace[0])
    for k in range(steps):
        v.lerp_(X.T @ (X @ trace[k] - y) / len(X), 1 - momentum)
        trace[k + 1] = trace[k] - lr * v
    return trace


def doubled(X: Tensor, y: Tensor, lr: float, momentum: float, steps: int, way: str) -> Tensor:
    """Return the trace by the lesson's M and its doubling, with one thing the other way."""
    values, Q = torch.linalg.eigh(X.T @ X / len(X))
    c = lr * (Q.T @ (X.T @ y / len(X)))[:, 0]
    kept = momentum * torch.ones_like(values)
    rows = [kept, torch.ones_like(values), -momentum * lr * values, 1 - lr * values]
    M = torch.stack(rows, dim=1).reshape(-1, 2, 2)
    if way in ("plus", "whole"):
        M[:, 1, 0] = lr * values * (momentum if way == "plus" else -1)
    if way == "transposed":
        M = M.mT
    states = torch.stack([c if way == "steps" else 0 * c, c], dim=1)[:, :, None]
    while states.shape[2] <= steps:
        states = torch.cat([states, M @ states], dim=2)
        if way != "once":
            M = M @ M
    return (Q @ states[:, 0, : steps + 1].cumsum(1)).T[:, :, None]


@mistaken("momentum_trace", known_as="momentum_with_m_transposed")
def momentum_by_columns(X: Tensor, y: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """M made of columns where rows are meant"""
    return doubled(X, y, lr, momentum, steps, "transposed")


@mistaken("momentum_trace", known_as="momentum_with_a_plus_in_m")
def momentum_by_a_plus(X: Tensor, y: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """one sign of M"""
    return doubled(X, y, lr, momentum, steps, "plus")


@mistaken("momentum_trace", known_as="momentum_left_out_of_the_second_row")
def momentum_by_whole_moves(X: Tensor, y: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """one factor of M"""
    return doubled(X, y, lr, momentum, steps, "whole")


@mistaken("momentum_trace", known_as="momentum_with_m_never_squared")
def momentum_by_m_alone(X: Tensor, y: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """a loop without its last line"""
    return doubled(X, y, lr, momentum, steps, "once")


@mistaken("momentum_trace", known_as="momentum_from_a_pair_of_steps")
def momentum_from_c_twice(X: Tensor, y: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """the first pair (c, c)"""
    return doubled(X, y, lr, momentum, steps, "steps")


@muddled("by_gram")
def plus_b_and_undivided(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """two mistakes at once"""
    trace = [X.new_zeros(X.shape[1], 1)]
    for _ in range(steps):
        trace.append(trace[-1] - lr * (X.T @ X @ trace[-1] + X.T @ y))
    return torch.stack(trace)


@muddled("whole_trace")
def undivided_and_one_ahead(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """two mistakes at once"""
    return powers_from_one(X, y, lr * len(X), steps)


@muddled("momentum_trace")
def dampened_and_ahead(X: Tensor, y: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """two mistakes at once"""
    return momentum_by_lerp(X, y, lr, momentum, steps + 1)[1:]
