"""Kata 03, closed form learning rate: what learners get wrong.

A docstring ends the sentence "These are exactly the numbers of …".
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from dojo.feedback.mistakes import mistake


def walk(x0: Tensor, steps: int, step: Callable[[Tensor], Tensor]) -> Tensor:
    """Return the path of a step that is repeated."""
    path = [x0]
    for _ in range(steps):
        path.append(step(path[-1]))
    return torch.stack(path)


# ---- descend


@mistake("descend")
def inner_factor_forgotten(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a descent with the slope 4x: of (2x)² that is the outer derivative, the inner 2 is lost"""
    return walk(x0, steps, lambda x: x - lr * 4 * x)


@mistake("descend")
def slope_of_x_squared(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a descent with the slope 2x: that belongs to x², and f is 4x²"""
    return walk(x0, steps, lambda x: x - lr * 2 * x)


@mistake("descend")
def along_f(x0: Tensor, lr: float, steps: int) -> Tensor:
    """steps of length lr · f(x), the loss where its slope is wanted (at 2 both are 16)"""
    return walk(x0, steps, lambda x: x - lr * 4 * x**2)


@mistake("descend")
def step_alone(x0: Tensor, lr: float, steps: int) -> Tensor:
    """lr · 8x, the step alone: x − is missing, each step is to be subtracted from x"""
    return walk(x0, steps, lambda x: lr * 8 * x)


@mistake("descend")
def uphill(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a walk along the slope: uphill, away from the minimum at 0"""
    return walk(x0, steps, lambda x: x + lr * 8 * x)


@mistake("descend")
def never_cleared(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a descent whose gradient is never cleared: from step 2 on, .grad holds all slopes so far"""
    held = torch.zeros_like(x0)

    def step(x: Tensor) -> Tensor:
        nonlocal held
        held = held + 8 * x
        return x - lr * held

    return walk(x0, steps, step)


@mistake("descend")
def without_lr(x0: Tensor, lr: float, steps: int) -> Tensor:
    """steps without the learning rate: it works as if lr were 1"""
    return walk(x0, steps, lambda x: x - 8 * x)


@mistake("descend")
def recorded_before_the_update(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a path recorded before each update: the start stands there twice, the last step is missing"""
    path = walk(x0, steps, lambda x: x - lr * 8 * x)
    return torch.cat([path[:1], path[:-1]])


@mistake("descend")
def one_step_too_many(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a path that begins after the first step: row 0 should be the start itself"""
    return walk(x0, steps + 1, lambda x: x - lr * 8 * x)[1:]


@mistake("descend")
def slope_of_the_start(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a slope computed once, at the start, and used for every step"""
    return walk(x0, steps, lambda x: x - lr * 8 * x0)


@mistake("descend")
def losses_for_path(x0: Tensor, lr: float, steps: int) -> Tensor:
    """the losses f(x) on the way: the path itself, x, is asked for"""
    return 4 * walk(x0, steps, lambda x: x - lr * 8 * x) ** 2


@mistake("descend")
def one_tensor_many_times(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a list that holds one tensor many times: it was changed in place after it was stored"""
    path = walk(x0, steps, lambda x: x - lr * 8 * x)
    return path[-1:].expand_as(path)


# ---- one_step_learning_rate


def refuse_without_a_minimum(a: float) -> None:
    """Raise where the solution does."""
    if a <= 0:
        raise ValueError("no minimum")


@mistake("one_step_learning_rate")
def twice_the_rate(a: float) -> float:
    """1/a, twice too much: the slope of a·x² is 2a·x; this step lands as far on the other side"""
    refuse_without_a_minimum(a)
    return 1 / a


@mistake("one_step_learning_rate")
def the_curvature_itself(a: float) -> float:
    """2a, the curvature itself: the steeper the slope, the smaller the rate must be"""
    refuse_without_a_minimum(a)
    return 2 * a


@mistake("one_step_learning_rate")
def half_of_a(a: float) -> float:
    """a/2, which is what 1/2a means in Python (1/2*a): brackets are missing"""
    refuse_without_a_minimum(a)
    return 1 / 2 * a


@mistake("one_step_learning_rate")
def always_an_eighth(a: float) -> float:
    """1/8 whatever a is: the rate of 4x² alone"""
    refuse_without_a_minimum(a)
    return 1 / 8


@mistake("one_step_learning_rate")
def half_the_rate(a: float) -> float:
    """1/(4a), half of the rate: one step goes half the way"""
    refuse_without_a_minimum(a)
    return 1 / (4 * a)


@mistake("one_step_learning_rate")
def minus_the_rate(a: float) -> float:
    """−1/(2a), as in the formula of the vertex, −b/(2a): with that sign every step climbs"""
    refuse_without_a_minimum(a)
    return -1 / (2 * a)


@mistake("one_step_learning_rate")
def lands_on_a_maximum(a: float) -> float:
    """1/(2a) for any a: a negative a has a maximum there, and a = 0 has neither"""
    return 1 / (2 * a)


# ---- learning_rate_to_reach


def refuse_uphill(target: float, x0: float, grad: float) -> None:
    """Raise where the solution does."""
    if grad == 0 or (x0 - target) / grad < 0:
        raise ValueError("uphill")


@mistake("learning_rate_to_reach")
def minimum_taken_for_zero(target: float, x0: float, grad: float) -> float:
    """x0/grad: the way to 0, where the way to the target is wanted"""
    refuse_uphill(target, x0, grad)
    return x0 / grad


@mistake("learning_rate_to_reach")
def minus_the_way(target: float, x0: float, grad: float) -> float:
    """(target − x0)/grad: the step is subtracted, so the way is x0 − target"""
    refuse_uphill(target, x0, grad)
    return (target - x0) / grad


@mistake("learning_rate_to_reach")
def way_times_slope(target: float, x0: float, grad: float) -> float:
    """(x0 − target) · grad: a steep slope makes the step long by itself, so divide by it"""
    refuse_uphill(target, x0, grad)
    return (x0 - target) * grad


@mistake("learning_rate_to_reach")
def slope_by_way(target: float, x0: float, grad: float) -> float:
    """grad/(x0 − target), the fraction upside down"""
    refuse_uphill(target, x0, grad)
    return grad / (x0 - target)


@mistake("learning_rate_to_reach")
def step_of_one(target: float, x0: float, grad: float) -> float:
    """1/grad: that step is 1 long, wherever the target is"""
    refuse_uphill(target, x0, grad)
    return 1 / grad


@mistake("learning_rate_to_reach")
def brackets_missing(target: float, x0: float, grad: float) -> float:
    """x0 − target/grad, the difference without its brackets"""
    refuse_uphill(target, x0, grad)
    return x0 - target / grad


@mistake("learning_rate_to_reach")
def climbs(target: float, x0: float, grad: float) -> float:
    """(x0 − target)/grad, also where that is negative: a negative rate climbs"""
    if grad == 0:
        raise ValueError("no slope")
    return (x0 - target) / grad


@mistake("learning_rate_to_reach")
def never_refused(target: float, x0: float, grad: float) -> float:
    """(x0 − target)/grad, whatever comes: a negative rate climbs, and a slope of 0 leads nowhere"""
    return (x0 - target) / grad


@mistake("learning_rate_to_reach")
def without_signs(target: float, x0: float, grad: float) -> float:
    """a distance by a steepness, both without their signs: so uphill looks like downhill"""
    if grad == 0:
        raise ValueError("no slope")
    return abs((x0 - target) / grad)


# ---- behaviour


def word(factor: float, tolerance: float = 1e-9) -> str:
    """Return the word of a factor."""
    if abs(factor) <= tolerance:
        return "one step"
    if abs(factor + 1) <= 2 * tolerance:
        return "cycling"
    if abs(factor) > 1:
        return "diverging"
    return "monotone" if factor > 0 else "alternating"


@mistake("behaviour")
def borders_with_equals(lr: float, a: float) -> str:
    """borders compared with ==: rounding moves 1 − 2·a·lr off 0 or −1 for about one a in seven"""
    return word(1 - 2 * a * lr, tolerance=0.0)


@mistake("behaviour")
def isclose_to_zero(lr: float, a: float) -> str:
    """math.isclose(factor, 0): its tolerance is a part of 0, so nothing but 0 itself is close"""
    factor = 1 - 2 * a * lr
    if math.isclose(factor, 0):
        return "one step"
    found = word(factor)
    if found == "one step":
        return "monotone" if factor > 0 else "alternating"
    return found


@mistake("behaviour")
def isclose_to_the_factor(lr: float, a: float) -> str:
    """math.isclose() of the factor with 0 and −1: nothing but 0 is close to 0, and one part in 10⁹
    of the rate is two of a factor near −1 (compare the rates instead)"""
    factor = 1 - 2 * a * lr
    if math.isclose(factor, 0):
        return "one step"
    if math.isclose(factor, -1):
        return "cycling"
    return word(factor, tolerance=0.0)


@mistake("behaviour")
def same_width_for_every_rate(lr: float, a: float) -> str:
    """a tolerance of one size for all rates, as in |lr − 1/(2a)| < 1e-9: one part in 10⁹ of a large
    rate is more than that, and of a small one less"""
    best = 1 / (2 * a)
    if abs(lr - best) < 1e-9:
        return "one step"
    if abs(lr - 2 * best) < 1e-9:
        return "cycling"
    return word(1 - 2 * a * lr, tolerance=0.0)


@mistake("behaviour")
def borders_too_wide(lr: float, a: float) -> str:
    """a tolerance far wider than the one asked for: rates beside a border are taken for it"""
    return word(1 - 2 * a * lr, tolerance=1e-5)


@mistake("behaviour")
def second_border_too_narrow(lr: float, a: float) -> str:
    """|factor + 1| < 1e-9: that border is at twice the rate, so one part in 10⁹ of it moves the
    factor by 2e-9"""
    factor = 1 - 2 * a * lr
    if abs(factor + 1) < 1e-9:
        return "cycling"
    found = word(factor)
    if found == "cycling":
        return "alternating" if factor > -1 else "diverging"
    return found


@mistake("behaviour")
def factor_with_a(lr: float, a: float) -> str:
    """1 − a·lr for the factor of a step: the slope of a·x² is 2a·x"""
    return word(1 - a * lr)


@mistake("behaviour")
def a_left_out(lr: float, a: float) -> str:
    """1 − 8·lr for the factor of a step, whatever a is: that is the factor of 4x²"""
    return word(1 - 8 * lr)


@mistake("behaviour")
def beyond_is_diverging(lr: float, a: float) -> str:
    """the word "diverging" for all beyond the one-step rate: up to twice that, x comes closer"""
    found = word(1 - 2 * a * lr)
    return found if found in ("monotone", "one step") else "diverging"


@mistake("behaviour")
def never_cycling(lr: float, a: float) -> str:
    """the word "diverging" for a factor of −1: there x stays as far away as it was"""
    found = word(1 - 2 * a * lr)
    return "diverging" if found == "cycling" else found


@mistake("behaviour")
def cycling_is_alternating(lr: float, a: float) -> str:
    """the word "alternating" for a factor of −1: x changes sides, and comes no closer"""
    found = word(1 - 2 * a * lr)
    return "alternating" if found == "cycling" else found


@mistake("behaviour")
def sign_of_the_factor_lost(lr: float, a: float) -> str:
    """|1 − 2·a·lr| judged alone: its size says whether x comes closer, its sign from which side"""
    found = word(1 - 2 * a * lr)
    return "monotone" if found == "alternating" else found


@mistake("behaviour")
def sides_swapped(lr: float, a: float) -> str:
    """the words "monotone" and "alternating" swapped: a factor below 0 takes x to the other side"""
    swap = {"monotone": "alternating", "alternating": "monotone"}
    found = word(1 - 2 * a * lr)
    return swap.get(found, found)


# ---- sweep


def record(
    x0: Tensor, lrs: Tensor, steps: int, step: Callable[[Tensor], Tensor], before: bool = True
) -> Tensor:
    """Return the losses of a step that is repeated, recorded before or after each."""
    x = x0.expand_as(lrs)
    losses = []
    for _ in range(steps):
        new = step(x)
        losses.append(4 * (x if before else new) ** 2)
        x = new
    return torch.stack(losses, dim=1)


@mistake("sweep")
def after_the_update(x0: Tensor, lrs: Tensor, steps: int) -> Tensor:
    """losses recorded after each update: the one before the first update, f(x0), is missing"""
    return record(x0, lrs, steps, lambda x: x - lrs * 8 * x, before=False)


@mistake("sweep")
def never_restarted(x0: Tensor, lrs: Tensor, steps: int) -> Tensor:
    """a sweep that never goes back to x0: each rate begins where the one before it stopped"""
    x = x0.reshape(1)
    rows: list[Tensor] = []
    for lr in lrs:
        rows.append(record(x, lr.reshape(1), steps, lambda v, lr=lr: v - lr * 8 * v)[0])
        x = x * (1 - 8 * lr) ** steps
    return torch.stack(rows)


@mistake("sweep")
def paths_for_losses(x0: Tensor, lrs: Tensor, steps: int) -> Tensor:
    """the paths x: the losses f(x) are asked for"""
    x = x0.expand_as(lrs)
    rows: list[Tensor] = []
    for _ in range(steps):
        rows.append(x)
        x = x - lrs * 8 * x
    return torch.stack(rows, dim=1)


@mistake("sweep")
def slopes_for_losses(x0: Tensor, lrs: Tensor, steps: int) -> Tensor:
    """the slopes 8x: the losses f(x) are asked for (at 2 both are 16)"""
    return 8 * paths_for_losses(x0, lrs, steps)


@mistake("sweep")
def loss_of_x_squared(x0: Tensor, lrs: Tensor, steps: int) -> Tensor:
    """the squares x²: the loss is 4x²"""
    return paths_for_losses(x0, lrs, steps) ** 2


@mistake("sweep")
def first_rate_for_all(x0: Tensor, lrs: Tensor, steps: int) -> Tensor:
    """one rate, the first of lrs, used in every row"""
    return record(x0, lrs, steps, lambda x: x - lrs[0] * 8 * x)


@mistake("sweep")
def never_moved(x0: Tensor, lrs: Tensor, steps: int) -> Tensor:
    """losses of an x that never moves: the update was computed and not kept"""
    return record(x0, lrs, steps, lambda x: x)


@mistake("sweep")
def sweep_uphill(x0: Tensor, lrs: Tensor, steps: int) -> Tensor:
    """walks along the slope: uphill, where the loss grows"""
    return record(x0, lrs, steps, lambda x: x + lrs * 8 * x)


@mistake("sweep")
def sweep_inner_factor_forgotten(x0: Tensor, lrs: Tensor, steps: int) -> Tensor:
    """descents with the slope 4x: of (2x)² that is the outer derivative, the inner 2 is lost"""
    return record(x0, lrs, steps, lambda x: x - lrs * 4 * x)


@mistake("sweep")
def sweep_along_f(x0: Tensor, lrs: Tensor, steps: int) -> Tensor:
    """steps of length lr · f(x), the loss where its slope is wanted (at 2 both are 16)"""
    return record(x0, lrs, steps, lambda x: x - lrs * 4 * x**2)


@mistake("sweep")
def sweep_never_cleared(x0: Tensor, lrs: Tensor, steps: int) -> Tensor:
    """descents whose gradient is never cleared: from step 2 on, .grad holds all slopes so far"""
    held = torch.zeros_like(lrs)

    def step(x: Tensor) -> Tensor:
        nonlocal held
        held = held + 8 * x
        return x - lrs * held

    return record(x0, lrs, steps, step)


@mistake("sweep")
def sweep_by_the_mean(x0: Tensor, lrs: Tensor, steps: int) -> Tensor:
    """descents on the mean of all losses: each slope is divided by the number of rates"""
    return record(x0, lrs, steps, lambda x: x - lrs * 8 * x / len(lrs))


@mistake("sweep")
def factor_not_squared(x0: Tensor, lrs: Tensor, steps: int) -> Tensor:
    """16 · (1 − 8·lr)ⁿ and the like: the loss is a square, so it shrinks by the factor's square"""
    t = torch.arange(steps, dtype=lrs.dtype, device=lrs.device)
    return 4 * x0.reshape(()) ** 2 * (1 - 8 * lrs[:, None]) ** t
