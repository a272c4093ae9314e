"""Kata 01, manual update: right and wrong answers written another way, for the contract tests."""

import torch
from torch import Tensor

from dojo.feedback.mistakes import mistaken, muddled, right


def f(x: Tensor) -> Tensor:
    """Return x² − 10x + 1."""
    return x**2 - 10 * x + 1


@right("gradient")
def gradient_by_backward(x: Tensor) -> Tensor:
    """backward() and .grad"""
    leaf = x.detach().clone().requires_grad_()
    f(leaf).backward(torch.ones_like(leaf))
    assert leaf.grad is not None
    return leaf.grad.clone()


@right("gradient")
def gradient_by_func(x: Tensor) -> Tensor:
    """torch.func"""

    def total(v: Tensor) -> Tensor:
        return f(v).sum()

    return torch.func.grad(total)(x)


@right("update")
def update_by_sub(x: Tensor, grad: Tensor, lr: float) -> Tensor:
    """torch.sub with alpha, a fused multiply-add"""
    return torch.sub(x, grad, alpha=lr)


@right("descend")
def descend_in_closed_form(x0: Tensor, lr: float, steps: int) -> Tensor:
    """the closed form, without a loop, in float64 inside"""
    t = torch.arange(steps + 1, dtype=torch.float64, device=x0.device)
    t = t.reshape(-1, *[1] * x0.dim())
    return (5 + (x0.double() - 5) * (1 - 2 * lr) ** t).to(x0.dtype)


@right("descend")
def descend_in_place(x0: Tensor, lr: float, steps: int) -> Tensor:
    """one leaf updated in place, its rows written into one tensor"""
    x = x0.detach().clone().requires_grad_()
    path = x0.new_empty(steps + 1, *x0.shape)
    path[0] = x0
    for t in range(1, steps + 1):
        f(x).sum().backward()
        assert x.grad is not None
        with torch.no_grad():
            x -= lr * x.grad
            path[t] = x
        x.grad = None
    return path


@mistaken("descend", known_as="never_cleared")
def never_cleared_by_autograd(x0: Tensor, lr: float, steps: int) -> Tensor:
    """backward() in a loop, in place, and no zero_()"""
    x = x0.detach().clone().requires_grad_()
    path = [x0.clone()]
    for _ in range(steps):
        f(x).sum().backward()
        assert x.grad is not None
        x.data -= lr * x.grad
        path.append(x.detach().clone())
    return torch.stack(path)


@mistaken("descend", known_as="one_tensor_many_times")
def one_tensor_in_a_list(x0: Tensor, lr: float, steps: int) -> Tensor:
    """x.data stored again and again"""
    x = x0.detach().clone()
    path = [x]
    for _ in range(steps):
        x -= lr * (2 * x - 10)
        path.append(x)
    return torch.stack(path)


@mistaken("gradient", known_as="gradient_negated")
def gradient_negated_by_autograd(x: Tensor) -> Tensor:
    """the derivative of −f"""
    leaf = x.detach().clone().requires_grad_()
    return torch.autograd.grad(-f(leaf).sum(), leaf)[0]


@mistaken("update", known_as="update_without_grad")
def update_forgets_in_place(x: Tensor, grad: Tensor, lr: float) -> Tensor:
    """sub_ on a copy, by lr alone"""
    return x.clone().sub_(lr)


@muddled("gradient")
def gradient_by_formula(x: Tensor) -> Tensor:
    """right, and no mistake in the numbers: but autograd is asked for, and integers pass"""
    return 2 * x - 10


@muddled("descend")
def uphill_and_never_cleared(x0: Tensor, lr: float, steps: int) -> Tensor:
    """two mistakes at once"""
    held, path = torch.zeros_like(x0), [x0]
    for _ in range(steps):
        held = held + 2 * path[-1] - 10
        path.append(path[-1] + lr * held)
    return torch.stack(path)


@muddled("gradient")
def gradient_negated_and_halved(x: Tensor) -> Tensor:
    """two mistakes at once"""
    return 5 - x


@mistaken("update", known_as="update_without_brackets")
def update_by_two_steps(x: Tensor, grad: Tensor, lr: float) -> Tensor:
    """the difference first, in place"""
    moved = x.clone()
    moved -= lr
    return moved.mul_(grad)


@mistaken("descend", known_as="losses_for_path")
def losses_by_f(x0: Tensor, lr: float, steps: int) -> Tensor:
    """f of each row, while walking"""
    x, rows = x0, [f(x0)]
    for _ in range(steps):
        x = x - lr * (2 * x - 10)
        rows.append(f(x))
    return torch.stack(rows)
