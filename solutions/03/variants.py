"""Kata 03, closed form learning rate: answers written another way, for the contract tests."""

import math

import torch
from torch import Tensor

from dojo.feedback.mistakes import mistaken, muddled, right


def f(x: Tensor) -> Tensor:
    """Return 4x²."""
    return (2 * x) ** 2


@right("descend")
def descend_in_closed_form(x0: Tensor, lr: float, steps: int) -> Tensor:
    """the closed form, without a loop, in float64 inside"""
    t = torch.arange(steps + 1, dtype=torch.float64, device=x0.device)
    return (x0.double() * (1 - 8 * lr) ** t.reshape(-1, *[1] * x0.dim())).to(x0.dtype)


@right("descend")
def descend_in_place(x0: Tensor, lr: float, steps: int) -> Tensor:
    """one leaf, backward(), and rows written into one tensor"""
    x = x0.detach().clone().requires_grad_()
    path = x0.new_empty(steps + 1, *x0.shape)
    path[0] = x0
    for t in range(1, steps + 1):
        f(x).sum().backward()
        assert x.grad is not None
        with torch.no_grad():
            x.sub_(lr * x.grad)
            path[t] = x
        x.grad.zero_()
    return path


@right("descend")
def descend_by_func(x0: Tensor, lr: float, steps: int) -> Tensor:
    """torch.func for the slope"""

    def total(x: Tensor) -> Tensor:
        return f(x).sum()

    slope = torch.func.grad(total)
    path = [x0]
    for _ in range(steps):
        path.append(path[-1].sub(slope(path[-1]), alpha=lr))
    return torch.stack(path)


@right("one_step_learning_rate")
def inverse_of_the_second_derivative(a: float) -> float:
    """autograd, twice"""
    if a <= 0:
        raise ValueError("no minimum")
    x = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(a * x**2, x, create_graph=True)
    (curvature,) = torch.autograd.grad(slope, x)
    return 1 / curvature.item()


@right("learning_rate_to_reach")
def rate_by_signs(target: float, x0: float, grad: float) -> float:
    """a distance by a steepness, after a look at the signs"""
    if grad == 0:
        raise ValueError("a flat place")
    if math.copysign(1, grad) != math.copysign(1, x0 - target):
        raise ValueError("uphill")
    return abs(x0 - target) / abs(grad)


@right("behaviour")
def behaviour_by_the_factor(lr: float, a: float) -> str:
    """the factor, with absolute tolerances: it is twice as far from −1 as lr is from its border"""
    factor = 1 - 2 * a * lr
    if abs(factor) < 1e-9:
        return "one step"
    if abs(factor + 1) < 2e-9:
        return "cycling"
    if factor < -1:
        return "diverging"
    return "monotone" if factor > 0 else "alternating"


@right("behaviour")
def behaviour_by_rates(lr: float, a: float) -> str:
    """the two border rates, and math.isclose as it comes"""
    if math.isclose(lr, 1 / (2 * a)):
        return "one step"
    if math.isclose(lr, 1 / a):
        return "cycling"
    if lr > 1 / a:
        return "diverging"
    return "alternating" if lr > 1 / (2 * a) else "monotone"


@right("sweep")
def sweep_in_closed_form(x0: Tensor, lrs: Tensor, steps: int) -> Tensor:
    """the closed form, in float64 inside"""
    n = torch.arange(steps, dtype=torch.float64, device=x0.device)
    losses = 4 * x0.double() ** 2 * (1 - 8 * lrs.double()[:, None]) ** (2 * n)
    return losses.to(x0.dtype)


@right("sweep")
def sweep_by_vmap(x0: Tensor, lrs: Tensor, steps: int) -> Tensor:
    """one rate's descent, mapped over the rates"""

    def losses(lr: Tensor) -> Tensor:
        x = x0.reshape(())
        row: list[Tensor] = []
        for _ in range(steps):
            row.append(f(x))
            x = x - lr * 8 * x
        return torch.stack(row)

    return torch.func.vmap(losses)(lrs)


@right("sweep")
def sweep_in_place(x0: Tensor, lrs: Tensor, steps: int) -> Tensor:
    """one leaf for all rates, backward(), and columns written into one tensor"""
    x = x0.detach().expand_as(lrs).clone().requires_grad_()
    losses = lrs.new_empty(len(lrs), steps)
    for n in range(steps):
        loss = f(x)
        losses[:, n] = loss.detach()
        loss.sum().backward()
        assert x.grad is not None
        with torch.no_grad():
            x -= lrs * x.grad
        x.grad = None
    return losses


@mistaken("descend", known_as="never_cleared")
def never_cleared_by_autograd(x0: Tensor, lr: float, steps: int) -> Tensor:
    """backward() in a loop, and no zero_()"""
    x = x0.detach().clone().requires_grad_()
    path = [x0.clone()]
    for _ in range(steps):
        f(x).sum().backward()
        assert x.grad is not None
        x.data.sub_(lr * x.grad)
        path.append(x.detach().clone())
    return torch.stack(path)


@mistaken("descend", known_as="step_alone")
def step_alone_in_closed_form(x0: Tensor, lr: float, steps: int) -> Tensor:
    """powers of 8 · lr"""
    t = torch.arange(steps + 1, dtype=x0.dtype, device=x0.device)
    return x0 * (8 * lr) ** t.reshape(-1, *[1] * x0.dim())


@mistaken("descend", known_as="one_tensor_many_times")
def one_tensor_in_a_list(x0: Tensor, lr: float, steps: int) -> Tensor:
    """x.data, stored again and again"""
    x = x0.detach().clone()
    path = [x]
    for _ in range(steps):
        x -= lr * 8 * x
        path.append(x)
    return torch.stack(path)


@mistaken("descend", known_as="uphill")
def uphill_in_closed_form(x0: Tensor, lr: float, steps: int) -> Tensor:
    """the closed form with the wrong sign"""
    t = torch.arange(steps + 1, dtype=x0.dtype, device=x0.device)
    return x0 * (1 + 8 * lr) ** t.reshape(-1, *[1] * x0.dim())


@mistaken("one_step_learning_rate", known_as="twice_the_rate")
def twice_the_rate_by_autograd(a: float) -> float:
    """the slope at 1 taken for the curvature, and a factor 2 lost on the way"""
    if a <= 0:
        raise ValueError("no minimum")
    x = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(a * x**2 / 2, x)
    return 1 / slope.item()


@mistaken("learning_rate_to_reach", known_as="never_refused")
def rate_of_a_difference(target: float, x0: float, grad: float) -> float:
    """both signs turned round, no check"""
    return (target - x0) / -grad


@mistaken("behaviour", known_as="second_border_too_narrow")
def factor_with_one_tolerance(lr: float, a: float) -> str:
    """the same absolute tolerance at both borders"""
    factor = 1 - 2 * a * lr
    for border, found in ((0, "one step"), (-1, "cycling")):
        if abs(factor - border) < 1e-9:
            return found
    if factor < -1:
        return "diverging"
    return "monotone" if factor > 0 else "alternating"


@mistaken("behaviour", known_as="borders_with_equals")
def share_with_equals(lr: float, a: float) -> str:
    """the share of the way, and =="""
    share = 2 * a * lr
    if share == 1:
        return "one step"
    if share == 2:
        return "cycling"
    if share > 2:
        return "diverging"
    return "monotone" if share < 1 else "alternating"


@mistaken("behaviour", known_as="borders_too_wide")
def borders_to_six_digits(lr: float, a: float) -> str:
    """rounded to six digits before it is compared"""
    factor = round(1 - 2 * a * lr, 6)
    if factor in (0, -1):
        return "one step" if factor == 0 else "cycling"
    if abs(factor) > 1:
        return "diverging"
    return "monotone" if factor > 0 else "alternating"


@mistaken("sweep", known_as="after_the_update")
def updated_in_place_then_recorded(x0: Tensor, lrs: Tensor, steps: int) -> Tensor:
    """in place, the loss appended at the end of the loop"""
    x = x0.expand_as(lrs).clone()
    losses = []
    for _ in range(steps):
        x -= lrs * 8 * x
        losses.append(f(x))
    return torch.stack(losses, dim=1)


@mistaken("sweep", known_as="never_restarted")
def one_leaf_for_all_rates(x0: Tensor, lrs: Tensor, steps: int) -> Tensor:
    """two loops and one leaf, made before both"""
    x = x0.detach().clone().requires_grad_()
    losses = lrs.new_empty(len(lrs), steps)
    for i, lr in enumerate(lrs.tolist()):
        for n in range(steps):
            loss = f(x).sum()
            losses[i, n] = loss.item()
            (grad,) = torch.autograd.grad(loss, x)
            x.data.sub_(lr * grad)
    return losses


@muddled("descend")
def uphill_and_never_cleared(x0: Tensor, lr: float, steps: int) -> Tensor:
    """two mistakes at once"""
    held, path = torch.zeros_like(x0), [x0]
    for _ in range(steps):
        held = held + 8 * path[-1]
        path.append(path[-1] + lr * held)
    return torch.stack(path)


@muddled("sweep")
def after_the_update_and_along_f(x0: Tensor, lrs: Tensor, steps: int) -> Tensor:
    """two mistakes at once"""
    x = x0.expand_as(lrs)
    losses: list[Tensor] = []
    for _ in range(steps):
        x = x - lrs * f(x)
        losses.append(f(x))
    return torch.stack(losses, dim=1)


@muddled("one_step_learning_rate")
def hill_not_refused(a: float) -> float:
    """half a check: it takes a hill, and refuses a line in words of its own"""
    if a == 0:
        raise ValueError("a line")
    return 1 / (2 * a)


@muddled("one_step_learning_rate")
def line_not_refused(a: float) -> float:
    """half a check: a hill is refused, and a line is divided by"""
    if a < 0:
        raise ValueError("a hill")
    return 1 / (2 * a)


@muddled("learning_rate_to_reach")
def slope_of_zero_forgotten(target: float, x0: float, grad: float) -> float:
    """half a check: the signs are looked at, and 0 is taken for one"""
    if (x0 > target) != (grad > 0):
        raise ValueError("uphill")
    return (x0 - target) / grad


@muddled("learning_rate_to_reach")
def slope_of_one_refused(target: float, x0: float, grad: float) -> float:
    """1 where 0 belongs in the check of the slope"""
    if grad == 1 or (x0 > target) != (grad > 0):
        raise ValueError("no rate")
    return (x0 - target) / grad


@muddled("learning_rate_to_reach")
def climbs_to_the_left_only(target: float, x0: float, grad: float) -> float:
    """half a check: uphill is refused to the right alone, and a flat place is"""
    if grad == 0 or (target > x0 and grad > 0):
        raise ValueError("no rate")
    return (x0 - target) / grad


@muddled("learning_rate_to_reach")
def way_to_zero_times_slope(target: float, x0: float, grad: float) -> float:
    """two mistakes at once"""
    return x0 * grad


@muddled("behaviour")
def swapped_and_never_cycling(lr: float, a: float) -> str:
    """two mistakes at once"""
    factor = 1 - 2 * a * lr
    if abs(factor) < 1e-9:
        return "one step"
    if factor < 1e-9 - 1:
        return "diverging"
    return "alternating" if factor > 0 else "monotone"


@mistaken("behaviour", known_as="isclose_to_the_factor")
def isclose_in_a_chain(lr: float, a: float) -> str:
    """the borders last: what is left over"""
    factor = 1 - 2 * (a * lr)
    is_cycling = math.isclose(factor, -1.0)
    if factor > 0:
        return "monotone"
    if factor == 0:
        return "one step"
    if is_cycling:
        return "cycling"
    return "alternating" if factor > -1 else "diverging"


@mistaken("behaviour", known_as="same_width_for_every_rate")
def same_width_by_isclose(lr: float, a: float) -> str:
    """isclose with an absolute tolerance alone"""
    rate = 0.5 / a
    if math.isclose(lr, rate, rel_tol=0.0, abs_tol=1e-9):
        return "one step"
    if math.isclose(lr, 2 * rate, rel_tol=0.0, abs_tol=1e-9):
        return "cycling"
    return "monotone" if lr < rate else "alternating" if lr < 2 * rate else "diverging"
