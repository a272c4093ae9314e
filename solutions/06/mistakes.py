"""Kata 06, matrix regression: what learners get wrong; docstrings end "… the numbers of"."""

from collections.abc import Callable

import torch
from torch import Tensor

from dojo.feedback.mistakes import mistake


def refuse_flat(X: Tensor, y: Tensor) -> None:
    """Raise ValueError unless y is a column."""
    if y.shape != (len(X), 1):
        raise ValueError(f"y must have shape [{len(X)}, 1], not {list(y.shape)}")


def residual(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """Return Xw − y, [m, 1]."""
    refuse_flat(X, y)
    return X @ w - y


def slope(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """Return the right gradient."""
    return X.T @ residual(X, y, w) / len(X)


def walk(X: Tensor, steps: int, step: Callable[[Tensor], Tensor]) -> Tensor:
    """Return the path of a step that is repeated from w = 0."""
    path = [X.new_zeros(X.shape[1], 1)]
    for _ in range(steps):
        path.append(step(path[-1]))
    return torch.stack(path)


@mistake("design_matrix")
def ones_first(x: Tensor) -> Tensor:
    """a matrix whose column of ones comes first: here it comes last"""
    return torch.column_stack([x.new_ones(len(x)), x])


@mistake("design_matrix")
def zeros_for_ones(x: Tensor) -> Tensor:
    """a matrix whose last column is zero: times zero, the intercept is lost"""
    return torch.column_stack([x, x.new_zeros(len(x))])


@mistake("design_matrix")
def samples_in_columns(x: Tensor) -> Tensor:
    """the transpose of X: each sample should be a row"""
    return torch.column_stack([x, x.new_ones(len(x))]).T.contiguous()


@mistake("design_matrix")
def stacked_as_rows(x: Tensor) -> Tensor:
    """torch.stack([x, ones]), whose new dimension comes first: x and the ones should be columns"""
    return torch.stack([x, torch.ones_like(x)])


@mistake("loss")
def loss_undivided(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """SSE itself: it is not divided by 2m yet"""
    return (residual(X, y, w) ** 2).sum()


@mistake("loss")
def loss_not_halved(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """SSE / m, the mean squared error: the 2 of 2m is missing"""
    return (residual(X, y, w) ** 2).mean()


@mistake("loss")
def loss_only_halved(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """SSE / 2: the m of 2m is missing"""
    return (residual(X, y, w) ** 2).sum() / 2


@mistake("loss")
def loss_times_m(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """SSE / 2 · m: `/ 2 * m` divides by 2, then multiplies by m (2m needs brackets)"""
    return (residual(X, y, w) ** 2).sum() / 2 * len(X)


@mistake("loss")
def loss_by_features(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """SSE / 2n, divided by the columns of X: m counts its rows"""
    return (residual(X, y, w) ** 2).sum() / (2 * X.shape[1])


@mistake("loss")
def loss_by_four(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """SSE / 4: that is 2m for two samples only"""
    return (residual(X, y, w) ** 2).sum() / 4


@mistake("loss")
def loss_squares_the_sum(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """a sum that is squared: square first, then sum (here residuals of opposite sign cancel)"""
    return residual(X, y, w).sum() ** 2 / (2 * len(X))


@mistake("loss")
def loss_without_squares(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """a sum of absolute residuals: they should be squared"""
    return residual(X, y, w).abs().sum() / (2 * len(X))


@mistake("loss")
def loss_rooted(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """the norm of the residuals over 2m: a root too much, SSE is the norm squared"""
    return residual(X, y, w).norm() / (2 * len(X))


@mistake("loss")
def loss_of_a_square(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """an [m, m] table of differences, a column less a flat y: raise a ValueError instead"""
    return ((X @ w - y) ** 2).sum() / (2 * len(X))


@mistake("gradient")
def gradient_undivided(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """Xᵀ(Xw − y), not divided by m yet"""
    return X.T @ residual(X, y, w)


@mistake("gradient")
def gradient_by_2m(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """Xᵀ(Xw − y) / 2m: the square's derivative brings a 2 that cancels this one"""
    return X.T @ residual(X, y, w) / (2 * len(X))


@mistake("gradient")
def gradient_times_m(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """Xᵀ(Xw − y) · m: it is multiplied by m, and should be divided"""
    return X.T @ residual(X, y, w) * len(X)


@mistake("gradient")
def gradient_of_sse(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """2Xᵀ(Xw − y), the gradient of SSE: the loss is SSE / 2m"""
    return 2 * X.T @ residual(X, y, w)


@mistake("gradient")
def gradient_of_mse(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """2Xᵀ(Xw − y) / m, the gradient of the mean squared error: the loss is half of it"""
    return 2 * X.T @ residual(X, y, w) / len(X)


@mistake("gradient")
def gradient_by_two(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """Xᵀ(Xw − y) / 2: the divisor is m, and 2 was right for two samples only"""
    return X.T @ residual(X, y, w) / 2


@mistake("gradient")
def gradient_by_features(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """Xᵀ(Xw − y) / n, divided by the columns of X: m counts its rows"""
    return X.T @ residual(X, y, w) / X.shape[1]


@mistake("gradient")
def gradient_negated(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """Xᵀ(y − Xw) / m, the gradient with the opposite sign"""
    return X.T @ -residual(X, y, w) / len(X)


@mistake("gradient")
def gradient_without_signs(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """Xᵀ|Xw − y| / m: the residuals have lost their signs"""
    return X.T @ residual(X, y, w).abs() / len(X)


@mistake("gradient")
def gradient_not_transposed(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """X(Xw − y) / m, with X where Xᵀ belongs: only a square X lets that pass"""
    return X @ residual(X, y, w) / len(X)


@mistake("gradient")
def gradient_of_one_sample(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """the first sample alone: every row of X has its share"""
    return X[:1].T @ residual(X, y, w)[:1]


@mistake("gradient")
def gradient_of_a_square(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """an [m, m] table of differences, a column less a flat y: raise a ValueError instead"""
    return X.T @ (X @ w - y) / len(X)


@mistake("descend")
def undivided(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a descent along Xᵀ(Xw − y), which is not divided by m"""
    return walk(X, steps, lambda w: w - lr * X.T @ residual(X, y, w))


@mistake("descend")
def by_2m(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a descent along Xᵀ(Xw − y) / 2m: half of every step is lost"""
    return walk(X, steps, lambda w: w - lr * slope(X, y, w) / 2)


@mistake("descend")
def along_sse(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a descent along the gradient of SSE: each slope is 2m times too long"""
    return walk(X, steps, lambda w: w - lr * 2 * X.T @ residual(X, y, w))


@mistake("descend")
def along_mse(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a descent on the mean squared error: the loss here is half of it"""
    return walk(X, steps, lambda w: w - lr * 2 * slope(X, y, w))


@mistake("descend")
def by_two(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a descent along Xᵀ(Xw − y) / 2: the divisor is m, and 2 was right for two samples only"""
    return walk(X, steps, lambda w: w - lr * X.T @ residual(X, y, w) / 2)


@mistake("descend")
def by_features(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a descent along Xᵀ(Xw − y) / n: n counts the weights, and m the samples"""
    return walk(X, steps, lambda w: w - lr * X.T @ residual(X, y, w) / X.shape[1])


@mistake("descend")
def uphill(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a walk along the gradient: uphill, where descent goes against it"""
    return walk(X, steps, lambda w: w + lr * slope(X, y, w))


@mistake("descend")
def without_signs(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a descent along Xᵀ|Xw − y| / m: the residuals have lost their signs"""
    return walk(X, steps, lambda w: w - lr * X.T @ residual(X, y, w).abs() / len(X))


@mistake("descend")
def one_weight_after_another(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """weights updated one after another, each with the new ones before it: all change at once"""

    def step(w: Tensor) -> Tensor:
        w = w.clone()
        for i in range(len(w)):
            w[i] -= lr * slope(X, y, w)[i]
        return w

    return walk(X, steps, step)


@mistake("descend")
def without_intercept(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a descent whose last weight never moves: the intercept has a gradient too"""
    moves = X.new_ones(X.shape[1], 1)
    moves[-1] = 0
    return walk(X, steps, lambda w: w - lr * moves * slope(X, y, w))


@mistake("descend")
def one_sample(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a descent on the first sample alone: every row of X has its share"""
    return walk(X, steps, lambda w: w - lr * X[:1].T @ residual(X, y, w)[:1])


@mistake("descend")
def along_the_loss(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """steps of lr · loss, one number for all weights: each weight has a slope of its own"""
    return walk(X, steps, lambda w: w - lr * (residual(X, y, w) ** 2).sum() / (2 * len(X)))


@mistake("descend")
def without_lr(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """steps without the learning rate"""
    return walk(X, steps, lambda w: w - slope(X, y, w))


@mistake("descend")
def gradient_from_the_start(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a gradient computed once, at w = 0, and used for every step"""
    return walk(X, steps, lambda w: w - lr * slope(X, y, X.new_zeros(X.shape[1], 1)))


@mistake("descend")
def gradients_piled_up(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a descent whose gradient is never cleared: each step uses the sum of all gradients so far"""
    held = X.new_zeros(X.shape[1], 1)

    def step(w: Tensor) -> Tensor:
        nonlocal held
        held = held + slope(X, y, w)
        return w - lr * held

    return walk(X, steps, step)


@mistake("descend")
def recorded_before_the_update(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a path recorded before each update: w = 0 stands there twice and the last step is missing"""
    path = walk(X, steps, lambda w: w - lr * slope(X, y, w))
    return torch.cat([path[:1], path[:-1]])


@mistake("descend")
def one_step_too_many(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a path that begins after the first step: row 0 should be w = 0"""
    return walk(X, steps + 1, lambda w: w - lr * slope(X, y, w))[1:]


@mistake("descend")
def one_tensor_many_times(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a list that holds one tensor many times, changed in place later (store w.clone())"""
    path = walk(X, steps, lambda w: w - lr * slope(X, y, w))
    return path[-1:].expand_as(path)


@mistake("descend")
def from_ones(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """a descent from w = 1: it begins at w = 0"""
    path = [X.new_ones(X.shape[1], 1)]
    for _ in range(steps):
        path.append(path[-1] - lr * slope(X, y, path[-1]))
    return torch.stack(path)
