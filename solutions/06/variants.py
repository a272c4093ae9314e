"""Kata 06, matrix regression: right and wrong answers written another way, for the contract."""

import torch
from torch import Tensor

from dojo.feedback.mistakes import mistaken, muddled, right


def refuse_flat(X: Tensor, y: Tensor) -> None:
    """Raise ValueError unless y is a column."""
    if y.dim() != 2:
        raise ValueError("y must be a column")


def half_mse(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """Return SSE / 2m."""
    return torch.nn.functional.mse_loss(X @ w, y) / 2


@right("design_matrix")
def design_matrix_by_padding(x: Tensor) -> Tensor:
    """a pad of ones on the right"""
    return torch.nn.functional.pad(x.reshape(len(x), -1), (0, 1), value=1.0)


@right("design_matrix")
def design_matrix_filled(x: Tensor) -> Tensor:
    """a matrix of ones, its other columns written in place"""
    features = x.unsqueeze(1) if x.dim() == 1 else x
    X = torch.ones(len(x), features.shape[1] + 1, dtype=x.dtype, device=x.device)
    X[:, :-1] = features
    return X


@right("loss")
def loss_by_mse(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """torch's mean squared error, halved"""
    refuse_flat(X, y)
    return half_mse(X, y, w)


@right("loss")
def loss_as_a_product(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """rᵀr, a matrix product of one element, in float64 inside"""
    refuse_flat(X, y)
    r = y.double() - X.double() @ w.double()
    return (r.T @ r / 2 / len(y)).squeeze().to(X.dtype)


@right("gradient")
def gradient_by_autograd(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """backward() on the loss, which broadcasts nothing"""
    refuse_flat(X, y)
    leaf = w.detach().clone().requires_grad_()
    half_mse(X, y, leaf).backward()
    assert leaf.grad is not None
    return leaf.grad


@right("gradient")
def gradient_by_func(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """torch.func"""
    refuse_flat(X, y)
    return torch.func.grad(half_mse, argnums=2)(X, y, w)


@right("gradient")
def gradient_by_einsum(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """the mean over the samples of residual times features"""
    if y.shape[1:] != (1,):
        raise ValueError("y is flat")
    return torch.einsum("mn,mk->mnk", X, X @ w - y).mean(dim=0)


@right("descend")
def descend_in_closed_form(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """no loop: the eigenvectors of XᵀX / m, in float64 inside"""
    refuse_flat(X, y)
    values, vectors = torch.linalg.eigh(X.T.double() @ X.double() / len(X))
    t = torch.arange(steps + 1, dtype=torch.float64, device=X.device).reshape(-1, 1, 1)
    best = vectors.T @ torch.linalg.lstsq(X.double(), y.double()).solution
    return (vectors @ ((1 - (1 - lr * values.reshape(-1, 1)) ** t) * best)).to(X.dtype)


@right("descend")
def descend_in_place(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """the normal matrix made once, one w updated in place, its rows written into one tensor"""
    refuse_flat(X, y)
    A, b = X.T @ X / len(X), X.T @ y / len(X)
    w = X.new_zeros(X.shape[1], 1)
    path = X.new_empty(steps + 1, *w.shape)
    path[0] = w
    for t in range(1, steps + 1):
        w -= lr * (A @ w - b)
        path[t] = w
    return path


@right("descend")
def descend_by_autograd(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """one leaf, backward() and no_grad()"""
    refuse_flat(X, y)
    w = X.new_zeros(X.shape[1], 1).requires_grad_()
    path = [w.detach().clone()]
    for _ in range(steps):
        half_mse(X, y, w).backward()
        assert w.grad is not None
        with torch.no_grad():
            w -= lr * w.grad
        w.grad = None
        path.append(w.detach().clone())
    return torch.stack(path)


@mistaken("design_matrix", known_as="ones_first")
def ones_first_by_padding(x: Tensor) -> Tensor:
    """a pad of ones on the left"""
    return torch.nn.functional.pad(x.reshape(len(x), -1), (1, 0), value=1.0)


@mistaken("design_matrix", known_as="stacked_as_rows")
def stacked_by_cat(x: Tensor) -> Tensor:
    """both given a first dimension, and joined along it"""
    return torch.cat([x[None], torch.ones_like(x)[None]])


@mistaken("loss", known_as="loss_not_halved")
def loss_is_mse(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """torch's mean squared error as it is"""
    refuse_flat(X, y)
    return torch.nn.functional.mse_loss(X @ w, y)


@mistaken("loss", known_as="loss_times_m")
def loss_without_brackets(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """the mean squared error / 2, times m twice"""
    refuse_flat(X, y)
    return half_mse(X, y, w) * len(X) ** 2


@mistaken("gradient", known_as="gradient_of_mse")
def gradient_of_mse_by_autograd(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """autograd on torch's mean squared error"""
    refuse_flat(X, y)
    leaf = w.detach().clone().requires_grad_()
    return torch.autograd.grad(torch.nn.functional.mse_loss(X @ leaf, y), leaf)[0]


@mistaken("gradient", known_as="gradient_of_one_sample")
def gradient_of_one_row(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """a return that stands inside the loop over the samples"""
    refuse_flat(X, y)
    total = torch.zeros_like(w)
    for row, target in zip(X, y, strict=True):
        total += (row @ w - target) * row.reshape(-1, 1)
        return total
    return total


@mistaken("descend", known_as="along_the_loss")
def lr_times_the_loss(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """half the mean squared error, in place"""
    refuse_flat(X, y)
    path = X.new_zeros(steps + 1, X.shape[1], 1)
    for t in range(steps):
        half = torch.nn.functional.mse_loss(X @ path[t], y) / 2
        path[t + 1] = path[t].sub(half, alpha=lr)
    return path


@mistaken("descend", known_as="by_two")
def by_two_with_a_graph(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """the document's loop, its 2 and its graph included"""
    refuse_flat(X, y)
    w = torch.zeros(X.shape[1], 1, dtype=X.dtype, device=X.device, requires_grad=True)
    path = [w]
    for _ in range(steps):
        grad = torch.mm(X.t(), torch.mm(X, w) - y) / 2
        w = w - lr * grad
        path.append(w)
    return torch.stack(path).detach()


@mistaken("descend", known_as="one_tensor_many_times")
def one_tensor_in_a_list(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """w stored again and again while it is updated in place"""
    refuse_flat(X, y)
    w = X.new_zeros(X.shape[1], 1)
    path = [w]
    for _ in range(steps):
        w -= lr * X.T @ (X @ w - y) / len(y)
        path.append(w)
    return torch.stack(path)


@mistaken("descend", known_as="gradients_piled_up")
def gradients_piled_up_by_autograd(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """backward() in a loop, and nothing that clears .grad"""
    refuse_flat(X, y)
    w = X.new_zeros(X.shape[1], 1).requires_grad_()
    path = [w.detach().clone()]
    for _ in range(steps):
        half_mse(X, y, w).backward()
        assert w.grad is not None
        w.data -= lr * w.grad
        path.append(w.detach().clone())
    return torch.stack(path)


@mistaken("descend", known_as="one_weight_after_another")
def one_residual_at_a_time(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """each weight in turn, by its own column of X, in place"""
    refuse_flat(X, y)
    w = X.new_zeros(X.shape[1], 1)
    path = [w.clone()]
    for _ in range(steps):
        for i in range(len(w)):
            w[i] -= lr * ((X @ w - y) * X[:, i : i + 1]).mean()
        path.append(w.clone())
    return torch.stack(path)


@muddled("loss")
def loss_rooted_and_not_halved(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """two mistakes at once: the root of the mean squared error"""
    refuse_flat(X, y)
    return (2 * half_mse(X, y, w)).sqrt()


@muddled("gradient")
def gradient_negated_and_by_2m(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    """two mistakes at once"""
    refuse_flat(X, y)
    return X.T @ (y - X @ w) / 2 / len(y)


@muddled("descend")
def without_intercept_and_undivided(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """two mistakes at once"""
    refuse_flat(X, y)
    w = X.new_zeros(X.shape[1], 1)
    path = [w.clone()]
    for _ in range(steps):
        w[:-1] -= lr * (X.T @ (X @ w - y))[:-1]
        path.append(w.clone())
    return torch.stack(path)
