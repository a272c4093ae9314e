"""Kata 08, quartic learning rates: answers written another way, for the contract tests."""

import itertools
import math

import torch
from torch import Tensor

from dojo.feedback.mistakes import mistaken, muddled, right


def f(x: Tensor) -> Tensor:
    """Return x⁴ − 50x³ − x + 1."""
    return x**4 - 50 * x**3 - x + 1


def slope(x: Tensor) -> Tensor:
    """Return the slope of f, its terms nested."""
    return x * x * (4 * x - 150) - 1


# ---- right


@right("gradient")
def gradient_by_backward(x: Tensor) -> Tensor:
    """a leaf of its own, and backward()"""
    leaf = x.detach().clone().requires_grad_()
    f(leaf).sum().backward()
    assert leaf.grad is not None
    return leaf.grad


@right("gradient")
def gradient_by_func(x: Tensor) -> Tensor:
    """torch.func, mapped over the elements"""
    return torch.func.vmap(torch.func.grad(f))(x.reshape(-1)).reshape(x.shape)


@right("gradient")
def gradient_nested(x: Tensor) -> Tensor:
    """Horner's scheme"""
    return slope(x)


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
            x -= lr * x.grad
            path[t] = x
        x.grad = None
    return path


@right("descend")
def descend_in_double(x0: Tensor, lr: float, steps: int) -> Tensor:
    """float64 inside"""
    path = [x0.double()]
    for _ in range(steps):
        path.append(path[-1] - lr * slope(path[-1]))
    return torch.stack(path).to(x0.dtype)


@right("descend")
def descend_by_sgd(x0: Tensor, lr: float, steps: int) -> Tensor:
    """the sub_ of .data, with the gradient cleared in place"""
    x = x0.clone().requires_grad_()
    rows = [x0]
    for _ in range(steps):
        f(x).sum().backward()
        assert x.grad is not None
        x.data.sub_(x.grad, alpha=lr)
        x.grad.zero_()
        rows.append(x.detach().clone())
    return torch.stack(rows)


@right("stationary_point")
def point_by_bisection(c: float) -> float:
    """bisection between 3c/4, where the slope is −1, and c, where it is c³ − 1"""
    low, high = 3 * c / 4, c
    for _ in range(200):
        middle = (low + high) / 2
        if 4 * middle**3 - 3 * c * middle**2 < 1:
            low = middle
        else:
            high = middle
    return high


@right("stationary_point")
def point_by_repetition(c: float) -> float:
    """x = 3c/4 + 1/(4x²), put in again and again"""
    x = c
    for _ in range(200):
        x = 0.75 * c + 0.25 / x**2
    return x


@right("stationary_point")
def point_by_cardano(c: float) -> float:
    """the formula of the cubic, for 1/x: u³ + 3c·u − 4 = 0 has one real root"""
    root = math.sqrt(4 + c**3)
    u = math.cbrt(2 + root) - c / math.cbrt(2 + root)  # the second cube root, without cancellation
    for _ in range(2):  # what the difference lost of the last digits
        u -= (u**3 + 3 * c * u - 4) / (3 * u**2 + 3 * c)
    return 1 / u


@right("stationary_point")
def point_by_eigenvalues(c: float) -> float:
    """the companion matrix, and a step of Newton's method for the last digits"""
    companion = torch.zeros(3, 3, dtype=torch.float64)
    companion[1, 0] = companion[2, 1] = 1
    companion[0, 2], companion[2, 2] = 0.25, 0.75 * c
    values = torch.linalg.eigvals(companion)
    x = values[values.imag.abs().argmin()].real.item()
    return x - (4 * x**3 - 3 * c * x**2 - 1) / (12 * x**2 - 6 * c * x)


@right("largest_stable_rate")
def rate_by_autograd(x: float) -> float:
    """autograd, twice"""
    leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    (first,) = torch.autograd.grad(f(leaf), leaf, create_graph=True)
    (second,) = torch.autograd.grad(first, leaf)
    if not second > 0:
        raise ValueError("no bend upwards")
    return 2 / second.item()


@right("largest_stable_rate")
def rate_by_factors(x: float) -> float:
    """f″ = 12x(x − 25), and its sign by where x is"""
    if 0 <= x <= 25:
        raise ValueError("between the two places where f does not bend")
    return 1 / (6 * x * (x - 25))


@right("best_rate")
def best_by_columns(x0: Tensor, lrs: Tensor, steps: int) -> float:
    """in place, nan made inf, the winner found by sorting"""
    x = torch.zeros_like(lrs) + x0
    for _ in range(steps):
        x -= lrs * slope(x)
    loss = torch.nan_to_num(f(x), nan=math.inf, posinf=math.inf)
    return float(lrs[loss.argsort()[0]])


@right("best_rate")
def best_of_the_finite(x0: Tensor, lrs: Tensor, steps: int) -> float:
    """float64 inside, and only the finite ends are compared"""
    rates = lrs.double()
    x = x0.double().reshape(1)
    for _ in range(steps):
        x = x - rates * slope(x)
    loss = f(x)
    kept = loss.isfinite()
    return rates[kept][loss[kept].argmin()].item()


@right("steps_to_pass")
def passed_by_counting(mark: float, x0: float, lr: float, most: int) -> int:
    """while, and a count"""
    x, t = x0, 0
    while x < mark:
        if t == most:
            raise ValueError("not yet")
        x -= lr * (x * x * (4 * x - 150) - 1)
        t += 1
    return t


@right("steps_to_pass")
def passed_by_generator(mark: float, x0: float, lr: float, most: int) -> int:
    """an endless walk, cut off, and the first place that fits"""

    def step(x: float, _: float) -> float:
        return x - lr * (4 * x**3 - 150 * x**2 - 1)

    walk = itertools.accumulate(itertools.repeat(x0, most + 1), step)
    found = next((t for t, x in enumerate(walk) if x >= mark), None)
    if found is None:
        raise ValueError("not yet")
    return found


# ---- mistaken


@mistaken("gradient", known_as="minus_one_forgotten")
def without_the_line(x: Tensor) -> Tensor:
    """autograd of x⁴ − 50x³ + 1"""
    leaf = x.detach().clone().requires_grad_()
    (leaf**4 - 50 * leaf**3 + 1).sum().backward()
    assert leaf.grad is not None
    return leaf.grad


@mistaken("gradient", known_as="slope_of_the_title")
def autograd_of_the_title(x: Tensor) -> Tensor:
    """autograd of the title's function"""
    leaf = x.detach().clone().requires_grad_()
    (leaf**4 - 15 * leaf**3 - leaf + 1).sum().backward()
    assert leaf.grad is not None
    return leaf.grad


@mistaken("gradient", known_as="exponent_not_multiplied")
def factored_with_fifty(x: Tensor) -> Tensor:
    """factors taken out of the wrong slope"""
    return x * x * (4 * x - 50) - 1


@mistaken("gradient", known_as="powers_kept")
def factored_powers_kept(x: Tensor) -> Tensor:
    """factors taken out of the wrong slope"""
    return x**3 * (4 * x - 150) - 1


@mistaken("gradient", known_as="plus_one")
def minus_minus_one(x: Tensor) -> Tensor:
    """a sign lost in brackets"""
    return 4 * x**3 - (150 * x**2 - 1)


@mistaken("gradient", known_as="f_itself")
def f_nested(x: Tensor) -> Tensor:
    """f by Horner's scheme"""
    return ((x - 50) * x * x - 1) * x + 1


@mistaken("gradient", known_as="negated")
def slope_on_the_other_side(x: Tensor) -> Tensor:
    """every sign turned round"""
    return 1 + 150 * x**2 - 4 * x**3


@mistaken("gradient", known_as="second_derivative")
def bend(x: Tensor) -> Tensor:
    """12x(x − 25)"""
    return 12 * x * (x - 25)


@mistaken("gradient", known_as="slope_of_the_mean")
def mean_backward(x: Tensor) -> Tensor:
    """mean() where sum() belongs"""
    leaf = x.detach().clone().requires_grad_()
    f(leaf).mean().backward()
    assert leaf.grad is not None
    return leaf.grad


@mistaken("gradient", known_as="gard")
def slope_times_rate(x: Tensor) -> Tensor:
    """the printed number at −25"""
    return slope(x) / 100_000


@mistaken("gradient", known_as="one_power_too_many")
def square_lost(x: Tensor) -> Tensor:
    """factors taken out of the wrong slope"""
    return x * (4 * x * x - 150) - 1


@mistaken("descend", known_as="always_from_the_start")
def old_point_kept(x0: Tensor, lr: float, steps: int) -> Tensor:
    """the name of the start in the line that steps"""
    x, rows = x0, [x0]
    for _ in range(steps):
        x = torch.add(x0, slope(x), alpha=-lr)
        rows.append(x)
    return torch.stack(rows)


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


@mistaken("descend", known_as="slope_of_the_start")
def straight_line(x0: Tensor, lr: float, steps: int) -> Tensor:
    """multiples of the first step"""
    t = torch.arange(steps + 1, dtype=x0.dtype, device=x0.device)
    return x0 - lr * slope(x0) * t.reshape(-1, *[1] * x0.dim())


@mistaken("descend", known_as="uphill")
def plus_for_minus(x0: Tensor, lr: float, steps: int) -> Tensor:
    """add_ in place of sub_"""
    x = x0.clone()
    rows = [x0]
    for _ in range(steps):
        x.add_(slope(x), alpha=lr)
        rows.append(x.clone())
    return torch.stack(rows)


@mistaken("descend", known_as="one_tensor_many_times")
def one_tensor_in_a_list(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a tensor stored again and again"""
    x = x0.detach().clone()
    path = [x]
    for _ in range(steps):
        x -= lr * slope(x)
        path.append(x)
    return torch.stack(path)


@mistaken("descend", known_as="recorded_before_the_update")
def appended_too_early(x0: Tensor, lr: float, steps: int) -> Tensor:
    """the start, and then what x was before each update"""
    x, rows = x0, [x0]
    for _ in range(steps):
        rows.append(x)
        x = x - lr * slope(x)
    return torch.stack(rows)


@mistaken("descend", known_as="one_step_too_many")
def as_printed(x0: Tensor, lr: float, steps: int) -> Tensor:
    """steps + 1 rows, each recorded after its update"""
    x, rows = x0, list[Tensor]()
    for _ in range(steps + 1):
        x = x - lr * slope(x)
        rows.append(x)
    return torch.stack(rows)


@mistaken("descend", known_as="down_the_title")
def descend_by_the_title(x0: Tensor, lr: float, steps: int) -> Tensor:
    """autograd of the title's function"""
    path = [x0]
    for _ in range(steps):
        path.append(path[-1] - lr * autograd_of_the_title(path[-1]))
    return torch.stack(path)


@mistaken("descend", known_as="sign_only")
def unit_steps(x0: Tensor, lr: float, steps: int) -> Tensor:
    """the slope divided by its size"""
    path = [x0]
    for _ in range(steps):
        down = slope(path[-1])
        path.append(path[-1] - lr * down / down.abs())
    return torch.stack(path)


@mistaken("descend", known_as="without_lr")
def whole_slopes(x0: Tensor, lr: float, steps: int) -> Tensor:
    """the slope subtracted as it is"""
    path = [x0]
    for _ in range(steps):
        path.append(path[-1] - slope(path[-1]))
    return torch.stack(path)


@mistaken("stationary_point", known_as="minus_x_forgotten")
def three_quarters(c: float) -> float:
    """4x = 3c"""
    return 0.75 * c


@mistaken("stationary_point", known_as="one_newton_step")
def first_repetition(c: float) -> float:
    """3c/4 put in once: Newton's first step from there is the same, 1/f″ to the right"""
    return 0.75 * c + 1 / (12 * (0.75 * c) ** 2 - 6 * c * 0.75 * c)


@mistaken("stationary_point", known_as="zero_of_f_from_c")
def newton_one_derivative_early(c: float) -> float:
    """f over f′, until it stands still"""
    x, before = c, 0.0
    while abs(x - before) > 1e-13 * x:
        x, before = x - (x**4 - c * x**3 - x + 1) / (4 * x**3 - 3 * c * x**2 - 1), x
    return x


@mistaken("stationary_point", known_as="always_fifty")
def known_point(c: float) -> float:
    """the number of the lesson, to the last digit"""
    return 37.50017777609221


@mistaken("stationary_point", known_as="inflection")
def where_it_does_not_bend(c: float) -> float:
    """6c/12"""
    return 6 * c / 12


@mistaken("largest_stable_rate", known_as="half_of_it")
def landing_rate(x: float) -> float:
    """1/(12x(x − 25))"""
    if 0 <= x <= 25:
        raise ValueError("no bend")
    return 1 / (12 * x * (x - 25))


@mistaken("largest_stable_rate", known_as="twice_too_much")
def two_over_a(x: float) -> float:
    """2/a with a = 6x(x − 25)"""
    if 0 <= x <= 25:
        raise ValueError("no bend")
    return 2 / (6 * x * (x - 25))


@mistaken("largest_stable_rate", known_as="curvature_itself")
def bend_of_a_number(x: float) -> float:
    """12x(x − 25)"""
    if 0 <= x <= 25:
        raise ValueError("no bend")
    return 12 * x * (x - 25)


@mistaken("largest_stable_rate", known_as="curvature_of_the_title")
def rate_of_the_title(x: float) -> float:
    """1/(3x(2x − 15)), where the true f bends up"""
    if 0 <= x <= 25:
        raise ValueError("no bend")
    return 1 / (3 * x * (2 * x - 15))


@mistaken("largest_stable_rate", known_as="negative_rate")
def rate_unchecked(x: float) -> float:
    """factors, and no check"""
    return 1 / (6 * x * (x - 25))


@mistaken("best_rate", known_as="nan_wins")
def min_of_a_tensor(x0: Tensor, lrs: Tensor, steps: int) -> float:
    """Tensor.min over the losses, with its index"""
    x = x0.expand_as(lrs).clone()
    for _ in range(steps):
        x -= lrs * slope(x)
    return lrs[f(x).min(dim=0).indices].item()


@mistaken("best_rate", known_as="index_among_the_finite")
def only_the_finite_compared(x0: Tensor, lrs: Tensor, steps: int) -> float:
    """best_of_the_finite, and the rates not chosen with the same mask"""
    x = x0.expand_as(lrs)
    for _ in range(steps):
        x = x - lrs * slope(x)
    finite = torch.masked_select(f(x), f(x).isfinite())
    return lrs.tolist()[int(finite.argmin())]


@mistaken("best_rate", known_as="lowest_on_the_way")
def kept_while_racing(x0: Tensor, lrs: Tensor, steps: int) -> float:
    """the lowest loss so far, kept in the loop"""
    x = x0.expand_as(lrs)
    lowest = f(x)
    for _ in range(steps):
        x = x - lrs * slope(x)
        loss = f(x)
        lowest = torch.where(loss < lowest, loss, lowest)
    return lrs[lowest.argmin()].item()


@mistaken("best_rate", known_as="before_the_last_update")
def compared_too_early(x0: Tensor, lrs: Tensor, steps: int) -> float:
    """the loss computed at the head of the loop"""
    x, loss = x0.expand_as(lrs), lrs
    for _ in range(steps):
        loss = f(x)
        x = x - lrs * slope(x)
    return lrs[torch.where(loss.isfinite(), loss, math.inf).argmin()].item()


@mistaken("best_rate", known_as="highest_loss")
def argmax_for_argmin(x0: Tensor, lrs: Tensor, steps: int) -> float:
    """argmax, with what blew up sent to the other end"""
    x = x0.expand_as(lrs)
    for _ in range(steps):
        x = x - lrs * slope(x)
    loss = f(x)
    return lrs[torch.where(loss.isfinite(), loss, -math.inf).argmax()].item()


@mistaken("steps_to_pass", known_as="one_too_many")
def counted_from_one(mark: float, x0: float, lr: float, most: int) -> int:
    """enumerate that starts at 1"""
    x = x0
    for t in range(1, most + 2):
        if x >= mark:
            return t
        x -= lr * (4 * x**3 - 150 * x**2 - 1)
    raise ValueError("not yet")


@mistaken("steps_to_pass", known_as="step_before_each_look")
def stepped_first(mark: float, x0: float, lr: float, most: int) -> int:
    """the step above the look"""
    x = x0
    for t in range(most + 1):
        x -= lr * (4 * x**3 - 150 * x**2 - 1)
        if x >= mark:
            return t
    raise ValueError("not yet")


@mistaken("steps_to_pass", known_as="nothing_when_never")
def falls_out_of_the_loop(mark: float, x0: float, lr: float, most: int) -> int | None:
    """a loop with a return in it, and nothing behind it"""
    x = x0
    for t in range(most + 1):
        if x >= mark:
            return t
        x -= lr * (4 * x**3 - 150 * x**2 - 1)
    return None


@mistaken("steps_to_pass", known_as="last_step_not_looked_at")
def range_of_most(mark: float, x0: float, lr: float, most: int) -> int:
    """range(most), and the look before the step"""
    x = x0
    for t in range(most):
        if x >= mark:
            return t
        x -= lr * (4 * x**3 - 150 * x**2 - 1)
    raise ValueError("not yet")


@mistaken("steps_to_pass", known_as="start_not_looked_at")
def looks_after_each_step(mark: float, x0: float, lr: float, most: int) -> int:
    """the step before the look"""
    x = x0
    for t in range(1, most + 1):
        x -= lr * (4 * x**3 - 150 * x**2 - 1)
        if x >= mark:
            return t
    raise ValueError("not yet")


@mistaken("steps_to_pass", known_as="first_step_called_zero")
def looks_after_a_step_and_counts_from_zero(mark: float, x0: float, lr: float, most: int) -> int:
    """range(most), the step before the look"""
    x = x0
    for t in range(most):
        x -= lr * (4 * x**3 - 150 * x**2 - 1)
        if x >= mark:
            return t
    raise ValueError("not yet")


@mistaken("steps_to_pass", known_as="refused_at_once")
def raises_in_the_else(mark: float, x0: float, lr: float, most: int) -> int:
    """raise as the other branch of the look"""
    if x0 >= mark:
        return 0
    raise ValueError(f"not passed in {most} steps")


@mistaken("steps_to_pass", known_as="all_places_before_the_mark")
def sum_of_a_mask(mark: float, x0: float, lr: float, most: int) -> int:
    """a whole path, and the sum of where it is left of the mark"""
    path = [x0]
    for _ in range(most):
        x = path[-1]
        path.append(x - lr * (4 * x**3 - 150 * x**2 - 1))
    before = torch.tensor(path, dtype=torch.float64) < mark
    if before.all():
        raise ValueError("not passed")
    return int(before.sum())


@mistaken("steps_to_pass", known_as="strictly_past")
def while_not_past(mark: float, x0: float, lr: float, most: int) -> int:
    """while x <= mark"""
    x, t = x0, 0
    while x <= mark:
        if t == most:
            raise ValueError("not yet")
        x -= lr * (4 * x**3 - 150 * x**2 - 1)
        t += 1
    return t


@mistaken("steps_to_pass", known_as="most_when_never")
def counts_to_the_end(mark: float, x0: float, lr: float, most: int) -> int:
    """a while loop with two conditions, and no look at which of them ended it"""
    x, t = x0, 0
    while x < mark and t < most:
        x -= lr * (4 * x**3 - 150 * x**2 - 1)
        t += 1
    return t


# ---- muddled


@muddled("gradient")
def fifteen_and_plus_one(x: Tensor) -> Tensor:
    """two mistakes at once"""
    return 4 * x**3 - 45 * x**2 + 1


@muddled("descend")
def uphill_and_never_cleared(x0: Tensor, lr: float, steps: int) -> Tensor:
    """two mistakes at once"""
    held, path = torch.zeros_like(x0), [x0]
    for _ in range(steps):
        held = held + slope(path[-1])
        path.append(path[-1] + lr * held)
    return torch.stack(path)


@muddled("stationary_point")
def to_six_digits(c: float) -> float:
    """stopped when a step moves x by less than a millionth, and written to six digits"""
    return round(point_by_repetition(c), 6)


@muddled("largest_stable_rate")
def edges_not_refused(x: float) -> float:
    """half a check: where f does not bend at all, it divides by 0"""
    curvature = 12 * x**2 - 300 * x
    if curvature < 0:
        raise ValueError("a bend downwards")
    return 2 / curvature if curvature else math.inf


@muddled("largest_stable_rate")
def left_side_refused(x: float) -> float:
    """half a check: all below 25 is refused, and f bends up left of 0 too"""
    if x <= 25:
        raise ValueError("no bend")
    return 2 / (12 * x**2 - 300 * x)


@muddled("best_rate")
def early_and_nan_wins(x0: Tensor, lrs: Tensor, steps: int) -> float:
    """two mistakes at once"""
    x = x0.expand_as(lrs)
    for _ in range(steps - 1):
        x = x - lrs * slope(x)
    return lrs[f(x).argmin()].item()


@muddled("steps_to_pass")
def title_counted_from_one(mark: float, x0: float, lr: float, most: int) -> int:
    """two mistakes at once"""
    x = x0
    for t in range(1, most + 2):
        if x >= mark:
            return t
        x -= lr * (4 * x**3 - 45 * x**2 - 1)
    raise ValueError("not yet")
