"""Kata 08, quartic learning rates: what learners get wrong.

A docstring ends the sentence "These are exactly the numbers of …".
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from dojo.feedback.mistakes import mistake


def f(x: Tensor) -> Tensor:
    """Return x⁴ − 50x³ − x + 1."""
    return x**4 - 50 * x**3 - x + 1


def slope(x: Tensor) -> Tensor:
    """Return the slope of f."""
    return 4 * x**3 - 150 * x**2 - 1


# ---- gradient


@mistake("gradient")
def slope_of_the_title(x: Tensor) -> Tensor:
    """4x³ − 45x² − 1: that belongs to x⁴ − 15x³ − x + 1, the misprinted title of the figure"""
    return 4 * x**3 - 45 * x**2 - 1


@mistake("gradient")
def minus_one_forgotten(x: Tensor) -> Tensor:
    """4x³ − 150x²: the −1, the slope of −x, is missing or undone (the 1 in f has no slope)"""
    return 4 * x**3 - 150 * x**2


@mistake("gradient")
def plus_one(x: Tensor) -> Tensor:
    """4x³ − 150x² + 1: the slope of −x is −1"""
    return 4 * x**3 - 150 * x**2 + 1


@mistake("gradient")
def exponent_not_multiplied(x: Tensor) -> Tensor:
    """4x³ − 50x² − 1: the exponent 3 of 50x³ comes down as a factor, 3 · 50 is 150"""
    return 4 * x**3 - 50 * x**2 - 1


@mistake("gradient")
def powers_kept(x: Tensor) -> Tensor:
    """4x⁴ − 150x³ − 1: the exponents came down as factors and were not made smaller by 1"""
    return 4 * x**4 - 150 * x**3 - 1


@mistake("gradient")
def f_itself(x: Tensor) -> Tensor:
    """f(x) itself: its slope is asked for"""
    return f(x)


@mistake("gradient")
def slope_of_the_mean(x: Tensor) -> Tensor:
    """f′(x) divided by the number of elements, as .mean().backward() leaves it: take .sum()"""
    return slope(x) / x.numel()


@mistake("gradient")
def gard(x: Tensor) -> Tensor:
    """0.00001 · f′(x), what the document prints as "gard": no learning rate is in a slope"""
    return 1e-5 * slope(x)


@mistake("gradient")
def one_power_too_many(x: Tensor) -> Tensor:
    """4x³ − 150x − 1: the slope of 50x³ is 150x², with the exponent smaller by 1"""
    return 4 * x**3 - 150 * x - 1


@mistake("gradient")
def negated(x: Tensor) -> Tensor:
    """−f′(x), the way down: the slope is asked for, and descend subtracts it"""
    return -slope(x)


@mistake("gradient")
def second_derivative(x: Tensor) -> Tensor:
    """12x² − 300x, the second derivative: f was differentiated twice"""
    return 12 * x**2 - 300 * x


# ---- descend


def walk(x0: Tensor, steps: int, step: Callable[[Tensor], Tensor]) -> Tensor:
    """Return the path of a step that is repeated."""
    path = [x0]
    for _ in range(steps):
        path.append(step(path[-1]))
    return torch.stack(path)


@mistake("descend")
def uphill(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a walk along the slope: uphill, where f grows"""
    return walk(x0, steps, lambda x: x + lr * slope(x))


@mistake("descend")
def never_cleared(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a descent whose gradient is never cleared: from step 2 on, .grad holds all slopes so far"""
    held = torch.zeros_like(x0)

    def step(x: Tensor) -> Tensor:
        nonlocal held
        held = held + slope(x)
        return x - lr * held

    return walk(x0, steps, step)


@mistake("descend")
def slope_of_the_start(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a slope computed once, at the start, and used for every step"""
    return walk(x0, steps, lambda x: x - lr * slope(x0))


@mistake("descend")
def always_from_the_start(x0: Tensor, lr: float, steps: int) -> Tensor:
    """steps that all begin at x0: each must begin where the one before it ended"""
    return walk(x0, steps, lambda x: x0 - lr * slope(x))


@mistake("descend")
def without_lr(x0: Tensor, lr: float, steps: int) -> Tensor:
    """steps without the learning rate: it works as if lr were 1"""
    return walk(x0, steps, lambda x: x - slope(x))


@mistake("descend")
def step_alone(x0: Tensor, lr: float, steps: int) -> Tensor:
    """−lr · f′(x), the step alone: each step is to be added to x"""
    return walk(x0, steps, lambda x: -lr * slope(x))


@mistake("descend")
def sign_only(x0: Tensor, lr: float, steps: int) -> Tensor:
    """steps that are all lr long: of the slope only the sign is used"""
    return walk(x0, steps, lambda x: x - lr * slope(x).sign())


@mistake("descend")
def recorded_before_the_update(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a path recorded before each update: the start stands there twice, the last step is missing"""
    path = walk(x0, steps, lambda x: x - lr * slope(x))
    return torch.cat([path[:1], path[:-1]])


@mistake("descend")
def one_step_too_many(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a path that begins after the first step, as the document prints it: row 0 is the start"""
    return walk(x0, steps + 1, lambda x: x - lr * slope(x))[1:]


@mistake("descend")
def along_f(x0: Tensor, lr: float, steps: int) -> Tensor:
    """steps of length lr · f(x): the slope f′(x) is wanted in its place"""
    return walk(x0, steps, lambda x: x - lr * f(x))


@mistake("descend")
def one_tensor_many_times(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a list that holds one tensor many times: it was changed in place after it was stored"""
    path = walk(x0, steps, lambda x: x - lr * slope(x))
    return path[-1:].expand_as(path)


@mistake("descend")
def down_the_title(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a descent on x⁴ − 15x³ − x + 1, the misprinted title of the figure: f has 50x³"""
    return walk(x0, steps, lambda x: x - lr * (4 * x**3 - 45 * x**2 - 1))


@mistake("descend")
def down_without_minus_one(x0: Tensor, lr: float, steps: int) -> Tensor:
    """a descent with the slope 4x³ − 150x²: the slope of −x, which is −1 everywhere, is missing"""
    return walk(x0, steps, lambda x: x - lr * (4 * x**3 - 150 * x**2))


# ---- stationary_point


def newton(c: float, x: float, steps: int = 200) -> float:
    """Take steps of Newton's method towards the zero of 4x³ − 3c·x² − 1."""
    for _ in range(steps):
        x -= (4 * x**3 - 3 * c * x**2 - 1) / (12 * x**2 - 6 * c * x)
    return x


def newton_of_f(c: float, x: float) -> float:
    """Take steps of Newton's method towards a zero of the function itself."""
    for _ in range(200):
        x -= (x**4 - c * x**3 - x + 1) / (4 * x**3 - 3 * c * x**2 - 1)
    return x


@mistake("stationary_point")
def minus_x_forgotten(c: float) -> float:
    """3c/4, where 4x³ − 3c·x² is 0: the slope of −x, which is −1, belongs to it"""
    return 3 * c / 4


@mistake("stationary_point")
def one_newton_step(c: float) -> float:
    """one step of Newton's method from 3c/4: near, and not yet there"""
    return newton(c, 3 * c / 4, steps=1)


@mistake("stationary_point")
def one_newton_step_from_c(c: float) -> float:
    """one step of Newton's method from c: go on from there, until x stands still"""
    return newton(c, c, steps=1)


@mistake("stationary_point")
def newton_from_zero(c: float) -> float:
    """Newton's method from 0, where the curvature to divide by is 0: begin at c"""
    return newton(c, 0.0)


@mistake("stationary_point")
def inflection(c: float) -> float:
    """c/2, where the second derivative is 0: the first one is asked for"""
    return c / 2


@mistake("stationary_point")
def zero_of_f(c: float) -> float:
    """a zero of the function: a zero of its slope is asked for"""
    return newton_of_f(c, c + 1.0)


@mistake("stationary_point")
def zero_of_f_from_c(c: float) -> float:
    """Newton's method for a zero of f, which divides f by its slope: divide slope by curvature"""
    return newton_of_f(c, c)


@mistake("stationary_point")
def plateau(c: float) -> float:
    """0, the flat place: the slope there is −1, so nothing stands still"""
    return 0.0


@mistake("stationary_point")
def always_fifty(c: float) -> float:
    """one number whatever c is: the stationary point for c = 50"""
    return newton(50.0, 50.0)


@mistake("stationary_point")
def c_for_three_c(c: float) -> float:
    """a zero of 4x³ − c·x² − 1: the exponent 3 of c·x³ comes down as a factor"""
    x = c
    for _ in range(200):
        x -= (4 * x**3 - c * x**2 - 1) / (12 * x**2 - 2 * c * x)
    return x


@mistake("stationary_point")
def fifty_steps_of_descent(c: float) -> float:
    """fifty steps at 2e-4 from −25: they are enough for c = 50, not for every c"""
    x = -25.0
    for _ in range(50):
        x -= 2e-4 * (4 * x**3 - 3 * c * x**2 - 1)
    return x


# ---- largest_stable_rate


def refuse_without_a_bend(x: float) -> None:
    """Raise where the solution does."""
    if 12 * x**2 - 300 * x <= 0:
        raise ValueError("no bend upwards")


@mistake("largest_stable_rate")
def half_of_it(x: float) -> float:
    """1/f″(x), the rate of kata 03 that lands in one step: the border is at twice that rate"""
    refuse_without_a_bend(x)
    return 1 / (12 * x**2 - 300 * x)


@mistake("largest_stable_rate")
def twice_too_much(x: float) -> float:
    """4/f″(x), twice the border: a is f″(x)/2, so the border 1/a is 2/f″(x)"""
    refuse_without_a_bend(x)
    return 4 / (12 * x**2 - 300 * x)


@mistake("largest_stable_rate")
def curvature_itself(x: float) -> float:
    """f″(x) itself: the stronger the bend, the smaller the rate must be"""
    refuse_without_a_bend(x)
    return 12 * x**2 - 300 * x


@mistake("largest_stable_rate")
def half_the_curvature(x: float) -> float:
    """f″(x)/2, the fraction upside down"""
    refuse_without_a_bend(x)
    return (12 * x**2 - 300 * x) / 2


@mistake("largest_stable_rate")
def slope_for_curvature(x: float) -> float:
    """2/f′(x): the slope says which way, and only the curvature f″ bounds the rate"""
    refuse_without_a_bend(x)
    return 2 / (4 * x**3 - 150 * x**2 - 1)


@mistake("largest_stable_rate")
def curvature_of_the_title(x: float) -> float:
    """2/(12x² − 90x): that is the curvature of x⁴ − 15x³ − x + 1, the misprinted title"""
    refuse_without_a_bend(x)
    return 2 / (12 * x**2 - 90 * x)


@mistake("largest_stable_rate")
def second_exponent_not_multiplied(x: float) -> float:
    """2/(12x² − 150x): in the slope's 150x² the exponent 2 comes down as a factor"""
    refuse_without_a_bend(x)
    return 2 / (12 * x**2 - 150 * x)


@mistake("largest_stable_rate")
def first_term_alone(x: float) -> float:
    """2/(12x²): the slope has 150x² too, and its slope is 300x"""
    refuse_without_a_bend(x)
    return 2 / (12 * x**2)


@mistake("largest_stable_rate")
def always_at_the_minimum(x: float) -> float:
    """one rate for every x: the one at the minimum"""
    refuse_without_a_bend(x)
    there = newton(50.0, 50.0)
    return 2 / (12 * there**2 - 300 * there)


@mistake("largest_stable_rate")
def negative_rate(x: float) -> float:
    """2/f″(x), also where f″ is negative: there no rate is stable, and a negative one climbs"""
    return 2 / (12 * x**2 - 300 * x)


@mistake("largest_stable_rate")
def size_of_the_curvature(x: float) -> float:
    """2/|f″(x)|: where f bends down there is no rate to give, whatever the size of the bend"""
    return 2 / abs(12 * x**2 - 300 * x)


# ---- best_rate


def ends(x0: Tensor, lrs: Tensor, steps: int) -> Tensor:
    """Return where the descent of each rate ends."""
    x = x0.expand_as(lrs)
    for _ in range(steps):
        x = x - lrs * slope(x)
    return x


def least(lrs: Tensor, of: Tensor) -> float:
    """Return the rate for which a number is least, inf and nan passed over."""
    return lrs[torch.where(of.isfinite(), of, math.inf).argmin()].item()


@mistake("best_rate")
def nan_wins(x0: Tensor, lrs: Tensor, steps: int) -> float:
    """a plain argmin: it takes nan for the least of all, so the descent that blew up wins"""
    return lrs[f(ends(x0, lrs, steps)).argmin()].item()


@mistake("best_rate")
def nan_as_zero(x0: Tensor, lrs: Tensor, steps: int) -> float:
    """nan taken for 0, as nan_to_num does: where all other ends are above 0, it wins"""
    return lrs[torch.nan_to_num(f(ends(x0, lrs, steps))).argmin()].item()


@mistake("best_rate")
def largest_that_is_finite(x0: Tensor, lrs: Tensor, steps: int) -> float:
    """the largest rate that does not blow up: it may land far from the best place, or cycle"""
    finite = f(ends(x0, lrs, steps)).isfinite()
    return lrs[torch.where(finite, lrs, 0).argmax()].item()


@mistake("best_rate")
def index_among_the_finite(x0: Tensor, lrs: Tensor, steps: int) -> float:
    """an index into the finite ends alone, used on all rates: what was left out moves it"""
    loss = f(ends(x0, lrs, steps))
    return lrs[loss[loss.isfinite()].argmin()].item()


@mistake("best_rate")
def highest_loss(x0: Tensor, lrs: Tensor, steps: int) -> float:
    """the rate with the highest f: the lowest is asked for"""
    return least(lrs, -f(ends(x0, lrs, steps)))


@mistake("best_rate")
def before_the_last_update(x0: Tensor, lrs: Tensor, steps: int) -> float:
    """f compared before the last update: it is to be compared after it"""
    return least(lrs, f(ends(x0, lrs, steps - 1)))


@mistake("best_rate")
def lowest_on_the_way(x0: Tensor, lrs: Tensor, steps: int) -> float:
    """the lowest f anywhere on the way: what counts is where a descent ends"""
    return least(lrs, torch.stack([f(ends(x0, lrs, t)) for t in range(steps + 1)]).amin(dim=0))


@mistake("best_rate")
def flattest_end(x0: Tensor, lrs: Tensor, steps: int) -> float:
    """the end with the smallest slope: it is small on the plateau too, and f is not"""
    return least(lrs, slope(ends(x0, lrs, steps)).abs())


@mistake("best_rate")
def smallest_x(x0: Tensor, lrs: Tensor, steps: int) -> float:
    """the end with x nearest to 0: f is to be compared, and its minimum is not there"""
    return least(lrs, ends(x0, lrs, steps).abs())


@mistake("best_rate")
def leftmost_x(x0: Tensor, lrs: Tensor, steps: int) -> float:
    """the end with the lowest x: the lowest f(x) is asked for"""
    return least(lrs, ends(x0, lrs, steps))


@mistake("best_rate")
def size_of_the_loss(x0: Tensor, lrs: Tensor, steps: int) -> float:
    """the f nearest to 0, its sign left out: f goes down to about −659216"""
    return least(lrs, f(ends(x0, lrs, steps)).abs())


@mistake("best_rate")
def loss_of_the_best(x0: Tensor, lrs: Tensor, steps: int) -> float:
    """the lowest f itself: the rate that leads to it is asked for"""
    loss = f(ends(x0, lrs, steps))
    return torch.where(loss.isfinite(), loss, math.inf).min().item()


# ---- steps_to_pass


def passed(
    mark: float, x0: float, lr: float, most: int, slope: Callable[[float], float] | None = None
) -> int | None:
    """Return the first step at which a descent is at mark or right of it, None if none is."""
    down = slope or (lambda x: 4 * x**3 - 150 * x**2 - 1)
    for t in range(most + 1):
        if x0 >= mark:
            return t
        if abs(x0) > 1e50:  # it has left, on the wrong side
            return None
        x0 -= lr * down(x0)
    return None


def or_refused(found: int | None) -> int:
    """Raise where no step was found."""
    if found is None:
        raise ValueError("not passed")
    return found


@mistake("steps_to_pass")
def one_too_many(mark: float, x0: float, lr: float, most: int) -> int:
    """a count that is 1 too high: the start is step 0"""
    return or_refused(passed(mark, x0, lr, most)) + 1


@mistake("steps_to_pass")
def one_too_few(mark: float, x0: float, lr: float, most: int) -> int:
    """a count that is 1 too low: the last step before the mark, or −1 for the start"""
    return or_refused(passed(mark, x0, lr, most)) - 1


@mistake("steps_to_pass")
def most_when_never(mark: float, x0: float, lr: float, most: int) -> int:
    """`most` where the mark is never passed: as if it were passed with the last step"""
    found = passed(mark, x0, lr, most)
    return most if found is None else found


@mistake("steps_to_pass")
def minus_one_when_never(mark: float, x0: float, lr: float, most: int) -> int:
    """−1 where the mark is never passed: a ValueError cannot be overlooked, a number can"""
    found = passed(mark, x0, lr, most)
    return -1 if found is None else found


@mistake("steps_to_pass")
def nothing_when_never(mark: float, x0: float, lr: float, most: int) -> int | None:
    """None where the mark is never passed: the loop ends, and no error is raised behind it"""
    return passed(mark, x0, lr, most)


@mistake("steps_to_pass")
def last_step_not_looked_at(mark: float, x0: float, lr: float, most: int) -> int:
    """a loop that looks `most` times: with the look at the start, `most` steps need one more"""
    return or_refused(passed(mark, x0, lr, most - 1))


@mistake("steps_to_pass")
def no_look_after_the_last_step(mark: float, x0: float, lr: float, most: int) -> int:
    """a look at the start and after each step but the last: `most` steps need `most` + 1 looks"""
    return or_refused(passed(mark, x0, lr, max(most - 1, 0)))


@mistake("steps_to_pass")
def start_not_looked_at(mark: float, x0: float, lr: float, most: int) -> int:
    """a look after each step only: a descent that begins at the mark has passed it at step 0"""
    after = x0 - lr * (4 * x0**3 - 150 * x0**2 - 1)
    return or_refused(passed(mark, after, lr, most - 1)) + 1


@mistake("steps_to_pass")
def first_step_called_zero(mark: float, x0: float, lr: float, most: int) -> int:
    """a step, a look, and a count that begins at 0: after the first step, t is 1"""
    return start_not_looked_at(mark, x0, lr, most) - 1


@mistake("steps_to_pass")
def step_before_each_look(mark: float, x0: float, lr: float, most: int) -> int:
    """a step before each look, so that step 1 is called 0: look first, then step"""
    return start_not_looked_at(mark, x0, lr, most + 1) - 1


@mistake("steps_to_pass")
def refused_at_once(mark: float, x0: float, lr: float, most: int) -> int:
    """a ValueError inside the loop: it comes after one look. It belongs behind the loop"""
    return or_refused(passed(mark, x0, lr, 0))


@mistake("steps_to_pass")
def all_places_before_the_mark(mark: float, x0: float, lr: float, most: int) -> int:
    """a count of all places left of the mark: a path may come back. The first step is wanted"""
    or_refused(passed(mark, x0, lr, most))
    left = 0
    for _ in range(most + 1):
        left += x0 < mark
        x0 -= lr * (4 * x0**3 - 150 * x0**2 - 1) if abs(x0) < 1e50 else 0
    return left


@mistake("steps_to_pass")
def strictly_past(mark: float, x0: float, lr: float, most: int) -> int:
    """x > mark for x ≥ mark: a descent that is exactly at the mark is there"""
    return or_refused(passed(math.nextafter(mark, math.inf), x0, lr, most))


@mistake("steps_to_pass")
def slow_without_minus_one(mark: float, x0: float, lr: float, most: int) -> int:
    """a descent with the slope 4x³ − 150x²: without the −1 it comes to rest at 0"""
    return or_refused(passed(mark, x0, lr, most, lambda x: 4 * x**3 - 150 * x**2))


@mistake("steps_to_pass")
def steps_down_the_title(mark: float, x0: float, lr: float, most: int) -> int:
    """a descent on x⁴ − 15x³ − x + 1, the misprinted title of the figure: f has 50x³"""
    return or_refused(passed(mark, x0, lr, most, lambda x: 4 * x**3 - 45 * x**2 - 1))


@mistake("steps_to_pass")
def steps_uphill(mark: float, x0: float, lr: float, most: int) -> int:
    """a walk along the slope: uphill, away from the mark"""
    return or_refused(passed(mark, x0, lr, most, lambda x: 1 + 150 * x**2 - 4 * x**3))
