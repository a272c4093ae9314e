"""Kata 02, gradient accumulation: what learners get wrong.

A docstring ends the sentence "These are exactly the numbers of …".
"""

from collections.abc import Callable

import torch
from torch import Tensor

from dojo.feedback.mistakes import mistake


def counted(x: Tensor, rounds: int) -> Tensor:
    """Return 1, 2, 3, …, shaped to multiply a tensor of x's shape row by row."""
    k = torch.arange(1, rounds + 1, dtype=x.dtype, device=x.device)
    return k.reshape(-1, *[1] * x.dim())


def walk(theta0: Tensor, grads: Tensor, step: Callable[[Tensor, int], Tensor]) -> Tensor:
    """Return θ₀ and each θ after it; step(θ, t) makes the next one with batch t's gradient."""
    path = [theta0]
    for t in range(len(grads)):
        path.append(step(path[-1], t))
    return torch.stack(path)


def held(grads: Tensor, clear: bool) -> Tensor:
    """Return what .grad rightly holds at each step."""
    return grads if clear else grads.cumsum(0)


def sums(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> list[tuple[Tensor, int]]:
    """Return each micro-batch's gradient of its sum of squares, and how many rows it has."""
    pairs = zip(X.split(batch_size), y.split(batch_size), strict=True)
    return [(2 * rows.T @ (rows @ w - targets), len(rows)) for rows, targets in pairs]


def total(parts: list[Tensor], w: Tensor) -> Tensor:
    """Add up gradients of w; none at all are zero."""
    return torch.stack([torch.zeros_like(w), *parts]).sum(0)


# accumulate


@mistake("accumulate")
def cleared_each_round(x: Tensor, rounds: int) -> Tensor:
    """a gradient that is cleared each round: here nothing may clear it, and each round adds 2x"""
    return 2 * x * torch.ones_like(counted(x, rounds))


@mistake("accumulate")
def one_tensor_many_times(x: Tensor, rounds: int) -> Tensor:
    """a list of one tensor many times: backward() adds to .grad in place (store a copy)"""
    return rounds * 2 * x * torch.ones_like(counted(x, rounds))


@mistake("accumulate")
def accumulated_means(x: Tensor, rounds: int) -> Tensor:
    """the mean of x², where its sum is wanted: each slope is divided by the number of elements"""
    return counted(x, rounds) * 2 * x / x.numel()


@mistake("accumulate")
def accumulated_squares(x: Tensor, rounds: int) -> Tensor:
    """x² added up, the function's value where its gradient 2x is wanted"""
    return counted(x, rounds) * x**2


@mistake("accumulate")
def accumulated_before_backward(x: Tensor, rounds: int) -> Tensor:
    """rows stored before each backward(): the first one is empty, the last sum is missing"""
    return (counted(x, rounds) - 1) * 2 * x


@mistake("accumulate")
def accumulated_twice_over(x: Tensor, rounds: int) -> Tensor:
    """two sums at once: .grad accumulates by itself, and what it holds was added up once more"""
    return (counted(x, rounds) * 2 * x).cumsum(0)


@mistake("accumulate")
def doubled_each_round(x: Tensor, rounds: int) -> Tensor:
    """a gradient that doubles each round: what is there was added to itself, where 2x is added"""
    return 2 ** (counted(x, rounds) - 1) * 2 * x


# clear_each_round


@mistake("clear_each_round")
def never_cleared(x: Tensor, rounds: int) -> Tensor:
    """a gradient that nothing clears: round k shows the sum of k gradients"""
    return counted(x, rounds) * 2 * x


@mistake("clear_each_round")
def zeroed_before_it_was_kept(x: Tensor, rounds: int) -> Tensor:
    """a gradient zeroed before it was kept (or after: if .grad itself is stored, store a copy)"""
    return torch.zeros_like(x) * counted(x, rounds)


@mistake("clear_each_round")
def cleared_only_once(x: Tensor, rounds: int) -> Tensor:
    """a gradient cleared after the first round only: from round 2 on it grows"""
    return (counted(x, rounds) - 1).clamp(min=1) * 2 * x


@mistake("clear_each_round")
def means(x: Tensor, rounds: int) -> Tensor:
    """the mean of x², where its sum is wanted: each slope is divided by the number of elements"""
    return 2 * x / x.numel() * torch.ones_like(counted(x, rounds))


@mistake("clear_each_round")
def squares(x: Tensor, rounds: int) -> Tensor:
    """x², the function's value where its gradient 2x is wanted"""
    return x**2 * torch.ones_like(counted(x, rounds))


# replay


@mistake("replay")
def always_cleared(theta0: Tensor, grads: Tensor, lr: float, clear: bool) -> Tensor:
    """a replay that clears always, also with clear=False"""
    return walk(theta0, grads, lambda theta, t: theta - lr * grads[t])


@mistake("replay")
def always_accumulated(theta0: Tensor, grads: Tensor, lr: float, clear: bool) -> Tensor:
    """a replay that never clears, not with clear=True either"""
    return walk(theta0, grads, lambda theta, t: theta - lr * grads[: t + 1].sum(0))


@mistake("replay")
def clear_turned_round(theta0: Tensor, grads: Tensor, lr: float, clear: bool) -> Tensor:
    """a replay with its flag turned round: it clears when clear=False, not when clear=True"""
    return walk(theta0, grads, lambda theta, t: theta - lr * held(grads, not clear)[t])


@mistake("replay")
def second_step_from_the_cleared_path(
    theta0: Tensor, grads: Tensor, lr: float, clear: bool
) -> Tensor:
    """an uncleared second step that starts where the cleared one ended: 8, 4, 2 in the example"""

    def step(theta: Tensor, t: int) -> Tensor:
        start = theta - lr * grads[t] if t == 1 and not clear else theta
        return start - lr * held(grads, clear)[t]

    return walk(theta0, grads, step)


@mistake("replay")
def averaged_so_far(theta0: Tensor, grads: Tensor, lr: float, clear: bool) -> Tensor:
    """steps along the average of the gradients so far: .grad holds their sum"""

    def step(theta: Tensor, t: int) -> Tensor:
        return theta - lr * held(grads, clear)[t] / (1 if clear else t + 1)

    return walk(theta0, grads, step)


@mistake("replay")
def last_two_only(theta0: Tensor, grads: Tensor, lr: float, clear: bool) -> Tensor:
    """an uncleared .grad that remembers only the last two batches: it holds all of them"""

    def step(theta: Tensor, t: int) -> Tensor:
        return theta - lr * grads[t if clear else max(0, t - 1) : t + 1].sum(0)

    return walk(theta0, grads, step)


@mistake("replay")
def cleared_before_the_step(theta0: Tensor, grads: Tensor, lr: float, clear: bool) -> Tensor:
    """a gradient cleared before its step is taken: with clear=True θ never moves"""
    return walk(
        theta0, grads, lambda theta, t: theta - (0 if clear else lr) * held(grads, clear)[t]
    )


@mistake("replay")
def each_step_from_the_start(theta0: Tensor, grads: Tensor, lr: float, clear: bool) -> Tensor:
    """steps that all start from θ₀, where each starts from the θ before it"""
    return walk(theta0, grads, lambda _, t: theta0 - lr * held(grads, clear)[t])


@mistake("replay")
def lr_taken_twice(theta0: Tensor, grads: Tensor, lr: float, clear: bool) -> Tensor:
    """steps of lr² · gradient: lr is in what is held, and again in the step"""
    return walk(theta0, grads, lambda theta, t: theta - lr * lr * held(grads, clear)[t])


@mistake("replay")
def first_gradient_for_all(theta0: Tensor, grads: Tensor, lr: float, clear: bool) -> Tensor:
    """steps with the first batch's gradient alone: each batch brings its own row of grads"""
    return walk(
        theta0, grads, lambda theta, t: theta - lr * held(grads[:1].expand_as(grads), clear)[t]
    )


@mistake("replay")
def uphill(theta0: Tensor, grads: Tensor, lr: float, clear: bool) -> Tensor:
    """θ + lr · gradient, steps uphill: descent goes against the gradient"""
    return walk(theta0, grads, lambda theta, t: theta + lr * held(grads, clear)[t])


@mistake("replay")
def without_lr(theta0: Tensor, grads: Tensor, lr: float, clear: bool) -> Tensor:
    """steps without the learning rate"""
    return walk(theta0, grads, lambda theta, t: theta - held(grads, clear)[t])


@mistake("replay")
def recorded_before_the_step(theta0: Tensor, grads: Tensor, lr: float, clear: bool) -> Tensor:
    """a path recorded before each step: the start stands there twice and the last θ is missing"""
    path = walk(theta0, grads, lambda theta, t: theta - lr * held(grads, clear)[t])
    return torch.cat([path[:1], path[:-1]])


@mistake("replay")
def one_theta_many_times(theta0: Tensor, grads: Tensor, lr: float, clear: bool) -> Tensor:
    """a list of one θ many times: it was changed in place after it was stored (store a copy)"""
    path = walk(theta0, grads, lambda theta, t: theta - lr * held(grads, clear)[t])
    return path[-1:].expand_as(path)


# in_microbatches


@mistake("in_microbatches")
def mean_of_means(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """a mean of the batches' means: the rows of a smaller last batch weigh more than the others"""
    parts = sums(X, y, w, batch_size)
    return total([part / rows for part, rows in parts], w) / len(parts)


@mistake("in_microbatches")
def means_of_full_batches(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """the batches' means divided by m / batch_size: a smaller last batch counts as a full one"""
    parts = [part / rows for part, rows in sums(X, y, w, batch_size)]
    return total(parts, w) / (len(X) / batch_size)


@mistake("in_microbatches")
def means_over_whole_batches(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """the batches' means divided by m // batch_size, which leaves a smaller last batch uncounted"""
    parts = [part / rows for part, rows in sums(X, y, w, batch_size)]
    return total(parts, w) / (len(X) // batch_size)


@mistake("in_microbatches")
def added_up_twice(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """two sums at once: .grad adds up by itself, and what it holds was added up once more"""
    shares = torch.stack([part / len(X) for part, _ in sums(X, y, w, batch_size)])
    return shares.cumsum(0).sum(0)


@mistake("in_microbatches")
def sum_of_means(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """the batches' means added up: nothing weighs each by its share of the rows"""
    return total([part / rows for part, rows in sums(X, y, w, batch_size)], w)


@mistake("in_microbatches")
def sum_of_squares(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """the sum over all rows, where their mean is wanted: nothing divides by the number of rows"""
    return total([part for part, _ in sums(X, y, w, batch_size)], w)


@mistake("in_microbatches")
def divided_by_the_batches(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """the sum over all rows divided by the number of batches, where it is the number of rows"""
    parts = sums(X, y, w, batch_size)
    return total([part for part, _ in parts], w) / len(parts)


@mistake("in_microbatches")
def divided_by_batch_size(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """the sum over all rows divided by batch_size, where it is the number of all rows"""
    return total([part / batch_size for part, _ in sums(X, y, w, batch_size)], w)


@mistake("in_microbatches")
def last_batch_counted_full(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """a mean that counts the last batch as a full one: divided by batches times batch_size"""
    parts = sums(X, y, w, batch_size)
    return total([part for part, _ in parts], w) / (batch_size * len(parts))


@mistake("in_microbatches")
def last_rows_dropped(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """a mean that leaves out the smaller last batch: rows that fill no whole batch count too"""
    whole = [part for part, rows in sums(X, y, w, batch_size) if rows == batch_size]
    return total(whole, w) / len(X)


@mistake("in_microbatches")
def whole_batches_alone(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """the mean over the whole batches alone: the smaller last one is neither added nor counted"""
    whole = [part for part, rows in sums(X, y, w, batch_size) if rows == batch_size]
    return total(whole, w) / (batch_size * len(whole))


@mistake("in_microbatches")
def mean_of_the_last_batch(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """the last batch's mean alone: here .grad must not be cleared between the batches"""
    part, rows = sums(X, y, w, batch_size)[-1]
    return part / rows


@mistake("in_microbatches")
def share_of_the_last_batch(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """the last batch's share alone: here .grad must not be cleared between the batches"""
    return sums(X, y, w, batch_size)[-1][0] / len(X)


@mistake("in_microbatches")
def first_batch_alone(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """the first batch's share alone: the loop ended there (is the return inside it?)"""
    return sums(X, y, w, batch_size)[0][0] / len(X)


@mistake("in_microbatches")
def half_the_gradient(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """half the gradient: the 2 that comes down from the square is lost"""
    return total([part / 2 for part, _ in sums(X, y, w, batch_size)], w) / len(X)


@mistake("in_microbatches")
def square_forgotten(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """the mean of X's rows, the gradient of the mean error itself: its square is forgotten"""
    return total([rows.sum(0).reshape(w.shape) for rows in X.split(batch_size)], w) / len(X)


@mistake("in_microbatches")
def square_of_the_sum(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """the square of each batch's summed error: each row is squared first, then they are summed"""
    pairs = zip(X.split(batch_size), y.split(batch_size), strict=True)
    parts = [2 * (rows @ w - t).sum() * rows.sum(0).reshape(w.shape) for rows, t in pairs]
    return total(parts, w) / len(X)


@mistake("in_microbatches")
def every_row_with_every_target(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """a column [m, 1] and a row (or a vector [m]) subtracted: broadcast, each row is compared with
    every target of its batch (print both .shape)"""
    pairs = zip(X.split(batch_size), y.split(batch_size), strict=True)
    parts = [2 * rows.T @ (rows @ w - t.flatten()).sum(1, keepdim=True) for rows, t in pairs]
    return total(parts, w) / len(X)


@mistake("in_microbatches")
def negated(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """the gradient with the opposite sign: y − X w alone gives −X when it is differentiated"""
    return -total([part for part, _ in sums(X, y, w, batch_size)], w) / len(X)
