"""Kata 02, gradient accumulation: right and wrong answers written another way."""

import torch
from torch import Tensor
from torch.nn.functional import mse_loss
from torch.utils.data import DataLoader, TensorDataset

from dojo.feedback.mistakes import mistaken, muddled, right


def grad_of(leaf: Tensor) -> Tensor:
    """Return what .grad holds: the tensor itself, no copy."""
    assert leaf.grad is not None
    return leaf.grad


@right("accumulate")
def accumulate_in_closed_form(x: Tensor, rounds: int) -> Tensor:
    """k · 2x, without a loop, in float64 inside"""
    k = torch.arange(1, rounds + 1, dtype=torch.float64, device=x.device)
    return torch.einsum("k,...->k...", k, 2 * x.double()).to(x.dtype)


@right("accumulate")
def accumulate_by_hand(x: Tensor, rounds: int) -> Tensor:
    """torch.autograd.grad, which fills no .grad, added up by the caller"""
    leaf, rows = x.detach().clone().requires_grad_(), x.new_zeros(rounds, *x.shape)
    held = torch.zeros_like(x)
    for k in range(rounds):
        held += torch.autograd.grad((leaf * leaf).sum(), leaf)[0]
        rows[k] = held
    return rows


@right("clear_each_round")
def clear_by_an_optimizer(x: Tensor, rounds: int) -> Tensor:
    """an optimizer's zero_grad() after each round"""
    leaf = torch.nn.Parameter(x.detach().clone())
    sgd, rows = torch.optim.SGD([leaf], lr=1.0), list[Tensor]()
    for _ in range(rounds):
        leaf.square().sum().backward()
        rows.append(grad_of(leaf).clone())
        sgd.zero_grad(set_to_none=False)
    return torch.stack(rows)


@right("clear_each_round")
def clear_by_func(x: Tensor, rounds: int) -> Tensor:
    """torch.func, which has nothing to clear"""

    def loss(v: Tensor) -> Tensor:
        return (v**2).sum()

    return torch.stack([torch.func.grad(loss)(x) for _ in range(rounds)])


@right("replay")
def replay_in_closed_form(theta0: Tensor, grads: Tensor, lr: float, clear: bool) -> Tensor:
    """running sums, without a loop, in float64 inside"""
    steps = grads.double() if clear else grads.double().cumsum(0)
    start = theta0.double().unsqueeze(0)
    return torch.cat([start, start - lr * steps.cumsum(0)]).to(theta0.dtype)


@right("replay")
def replay_by_an_optimizer(theta0: Tensor, grads: Tensor, lr: float, clear: bool) -> Tensor:
    """torch.optim.SGD on a loss whose gradient is the given one"""
    theta = theta0.detach().clone().requires_grad_()
    sgd, path = torch.optim.SGD([theta], lr=lr), [theta0.clone()]
    for grad in grads:
        if clear:
            sgd.zero_grad()
        (theta * grad).sum().backward()
        sgd.step()
        path.append(theta.detach().clone())
    return torch.stack(path)


@right("in_microbatches")
def microbatches_by_formula(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """Xᵀ(Xw − y) of each slice, in float64 inside"""
    held, m = torch.zeros_like(w, dtype=torch.float64), X.shape[0]
    for start in range(0, m, batch_size):
        part = X[start : start + batch_size].double()
        held += part.T @ (part @ w.double() - y[start : start + batch_size].double())
    return (2 / m * held).to(w.dtype)


@right("in_microbatches")
def microbatches_of_a_loader(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """a DataLoader, mse_loss weighed by the rows of its batch, backward() into one .grad"""
    leaf = w.detach().clone().requires_grad_()
    for part, targets in DataLoader(TensorDataset(X, y), batch_size=batch_size):
        (mse_loss(part @ leaf, targets) * len(part) / len(X)).backward()
    return grad_of(leaf)


@right("in_microbatches")
def microbatches_by_func(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """torch.func, the sums added by hand"""

    def loss(v: Tensor, part: Tensor, targets: Tensor) -> Tensor:
        return mse_loss(part @ v, targets, reduction="sum")

    pairs = zip(X.split(batch_size), y.split(batch_size), strict=True)
    return torch.stack([torch.func.grad(loss)(w, *pair) for pair in pairs]).sum(0) / X.shape[0]


@mistaken("accumulate", known_as="one_tensor_many_times")
def grad_itself_in_a_list(x: Tensor, rounds: int) -> Tensor:
    """.grad stored without a copy"""
    leaf, rows = x.detach().clone().requires_grad_(), list[Tensor]()
    for _ in range(rounds):
        (leaf**2).sum().backward()
        rows.append(grad_of(leaf))
    return torch.stack(rows)


@mistaken("accumulate", known_as="cleared_each_round")
def a_new_leaf_each_round(x: Tensor, rounds: int) -> Tensor:
    """requires_grad_() inside the loop: a leaf that has no .grad yet"""
    rows = []
    for _ in range(rounds):
        leaf = x.detach().clone().requires_grad_()
        (leaf**2).sum().backward()
        rows.append(grad_of(leaf))
    return torch.stack(rows)


@mistaken("accumulate", known_as="accumulated_twice_over")
def a_loss_that_grows(x: Tensor, rounds: int) -> Tensor:
    """a running loss, and backward() through all of it each round"""
    leaf, rows = x.detach().clone().requires_grad_(), list[Tensor]()
    loss = torch.zeros((), dtype=x.dtype, device=x.device)
    for _ in range(rounds):
        loss = loss + (leaf**2).sum()
        loss.backward(retain_graph=True)
        rows.append(grad_of(leaf).clone())
    return torch.stack(rows)


@mistaken("clear_each_round", known_as="zeroed_before_it_was_kept")
def zeroed_in_the_list(x: Tensor, rounds: int) -> Tensor:
    """.grad stored without a copy, then emptied in place"""
    leaf, rows = x.detach().clone().requires_grad_(), list[Tensor]()
    for _ in range(rounds):
        (leaf**2).sum().backward()
        rows.append(grad_of(leaf))
        grad_of(leaf).zero_()
    return torch.stack(rows)


@mistaken("clear_each_round", known_as="never_cleared")
def a_copy_is_zeroed(x: Tensor, rounds: int) -> Tensor:
    """zero_() on a copy of .grad"""
    leaf, rows = x.detach().clone().requires_grad_(), list[Tensor]()
    for _ in range(rounds):
        (leaf**2).sum().backward()
        rows.append(grad_of(leaf).clone())
        grad_of(leaf).clone().zero_()
    return torch.stack(rows)


@mistaken("replay", known_as="always_accumulated")
def zero_grad_left_out(theta0: Tensor, grads: Tensor, lr: float, clear: bool) -> Tensor:
    """torch.optim.SGD without zero_grad()"""
    theta = theta0.detach().clone().requires_grad_()
    sgd, path = torch.optim.SGD([theta], lr=lr), [theta0.clone()]
    for grad in grads:
        (theta * grad).sum().backward()
        sgd.step()
        path.append(theta.detach().clone())
    return torch.stack(path)


@mistaken("replay", known_as="one_theta_many_times")
def one_theta_in_a_list(theta0: Tensor, grads: Tensor, lr: float, clear: bool) -> Tensor:
    """θ changed in place and stored again and again"""
    theta, held = theta0.clone(), torch.zeros_like(theta0)
    path = [theta]
    for grad in grads:
        held = grad if clear else held + grad
        theta -= lr * held
        path.append(theta)
    return torch.stack(path)


@mistaken("in_microbatches", known_as="sum_of_means")
def losses_not_weighed(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """mse_loss and backward() for each batch, and nothing else"""
    leaf = w.detach().clone().requires_grad_()
    for part, targets in zip(X.split(batch_size), y.split(batch_size), strict=True):
        mse_loss(part @ leaf, targets).backward()
    return grad_of(leaf)


@mistaken("in_microbatches", known_as="mean_of_means")
def losses_over_the_number_of_batches(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """mse_loss over the number of batches: the usual recipe, which wants batches of one size"""
    leaf = w.detach().clone().requires_grad_()
    starts = range(0, len(X), batch_size)
    for start in starts:
        part, targets = X[start : start + batch_size], y[start : start + batch_size]
        (mse_loss(part @ leaf, targets) / len(starts)).backward()
    return grad_of(leaf)


@mistaken("in_microbatches", known_as="means_of_full_batches")
def losses_times_a_share(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """mse_loss times batch_size / m, also for the smaller last batch"""
    leaf = w.detach().clone().requires_grad_()
    for part, targets in zip(X.split(batch_size), y.split(batch_size), strict=True):
        (mse_loss(part @ leaf, targets) * batch_size / len(X)).backward()
    return grad_of(leaf)


@mistaken("in_microbatches", known_as="means_over_whole_batches")
def losses_over_whole_batches(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """mse_loss divided by a number of batches that // rounded down"""
    leaf, batches = w.detach().clone().requires_grad_(), len(X) // batch_size
    for part, targets in zip(X.split(batch_size), y.split(batch_size), strict=True):
        (mse_loss(part @ leaf, targets) / batches).backward()
    return grad_of(leaf)


@mistaken("in_microbatches", known_as="added_up_twice")
def grad_added_to_a_sum(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """.grad, which accumulates, added to a total after each backward()"""
    leaf, held = w.detach().clone().requires_grad_(), torch.zeros_like(w)
    for part, targets in zip(X.split(batch_size), y.split(batch_size), strict=True):
        (mse_loss(part @ leaf, targets, reduction="sum") / len(X)).backward()
        held = held + grad_of(leaf)
    return held


@mistaken("in_microbatches", known_as="mean_of_the_last_batch")
def zero_grad_in_the_loop(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """the loop of a training: zero_grad() comes first in it"""
    leaf = w.detach().clone().requires_grad_()
    for start in range(0, len(X), batch_size):
        leaf.grad = None
        mse_loss(X[start : start + batch_size] @ leaf, y[start : start + batch_size]).backward()
    return grad_of(leaf)


@mistaken("in_microbatches", known_as="square_forgotten")
def errors_summed(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """the reference, its ** 2 left out"""
    leaf = w.detach().clone().requires_grad_()
    for part, targets in zip(X.split(batch_size), y.split(batch_size), strict=True):
        ((part @ leaf - targets).sum() / len(X)).backward()
    return grad_of(leaf)


@muddled("accumulate")
def cleared_means(x: Tensor, rounds: int) -> Tensor:
    """two mistakes at once"""
    return torch.stack([2 * x / x.numel()] * rounds)


@muddled("clear_each_round")
def squares_never_cleared(x: Tensor, rounds: int) -> Tensor:
    """two mistakes at once"""
    return torch.stack([k * x**2 for k in range(1, rounds + 1)])


@muddled("replay")
def uphill_and_always_cleared(theta0: Tensor, grads: Tensor, lr: float, clear: bool) -> Tensor:
    """two mistakes at once"""
    return torch.cat([theta0[None], theta0 + lr * grads.cumsum(0)])


@muddled("in_microbatches")
def row_by_row(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """the right gradient, but batch_size goes unread unless it takes in all rows"""
    leaf, size = w.detach().clone().requires_grad_(), len(X) if batch_size >= len(X) else 1
    for part, targets in zip(X.split(size), y.split(size), strict=True):
        (mse_loss(part @ leaf, targets, reduction="sum") / len(X)).backward()
    return grad_of(leaf)


@muddled("in_microbatches")
def negated_mean_of_means(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """two mistakes at once"""
    return -losses_over_the_number_of_batches(X, y, w, batch_size)


@mistaken("in_microbatches", known_as="every_row_with_every_target")
def flat_targets(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """y flattened before it is split, and autograd"""
    leaf = w.detach().clone().requires_grad_()
    for rows, targets in zip(X.split(batch_size), y.flatten().split(batch_size), strict=True):
        (((rows @ leaf - targets) ** 2).sum() / len(X)).backward()
    assert leaf.grad is not None
    return leaf.grad


@mistaken("in_microbatches", known_as="last_rows_dropped")
def whole_batches_counted(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """range(m // batch_size): where no batch is whole, nothing fills .grad"""
    leaf = w.detach().clone().requires_grad_()
    for i in range(len(X) // batch_size):
        rows = slice(i * batch_size, (i + 1) * batch_size)
        (((X[rows] @ leaf - y[rows]) ** 2).sum() / len(X)).backward()
    return leaf.grad  # type: ignore[return-value]
