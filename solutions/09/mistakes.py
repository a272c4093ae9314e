"""Kata 09, direction and step: what learners get wrong.

A docstring ends the sentence "These are exactly the numbers of …".
"""

from collections.abc import Callable

import torch
from torch import Tensor

from dojo.feedback.mistakes import mistake


def residuals(point: Tensor) -> tuple[Tensor, Tensor]:
    """Return what is missing at (1, 2) and at (3, 4)."""
    a, b = point
    return 2 - a - b, 4 - 3 * a - b


def gradient(point: Tensor) -> Tensor:
    """Return the gradient of SSE."""
    first, second = residuals(point)
    return torch.stack([-2 * first - 6 * second, -2 * first - 2 * second])


def sse(point: Tensor) -> Tensor:
    """Return SSE."""
    first, second = residuals(point)
    return first**2 + second**2


# ---- value_and_gradient


@mistake("value_and_gradient")
def inner_three_forgotten(point: Tensor) -> tuple[Tensor, Tensor]:
    """a slope along a without its inner derivative: in 4 − 3a − b it is −3"""
    first, second = residuals(point)
    along = -2 * first - 2 * second
    return sse(point), torch.stack([along, along])


@mistake("value_and_gradient")
def inner_sign_forgotten(point: Tensor) -> tuple[Tensor, Tensor]:
    """a gradient with the wrong sign: the inner derivatives −1 and −3 are negative"""
    return sse(point), -gradient(point)


@mistake("value_and_gradient")
def outer_two_forgotten(point: Tensor) -> tuple[Tensor, Tensor]:
    """half of the gradient: the exponent 2 of each square comes down as a factor"""
    return sse(point), gradient(point) / 2


@mistake("value_and_gradient")
def divided_by_2m(point: Tensor) -> tuple[Tensor, Tensor]:
    """SSE/2m and its gradient, as in kata 06: here the squares are added up, and that is all"""
    return sse(point) / 4, gradient(point) / 4


@mistake("value_and_gradient")
def mean_of_squares(point: Tensor) -> tuple[Tensor, Tensor]:
    """the mean of the squares and its gradient: SSE is their sum"""
    return sse(point) / 2, gradient(point) / 2


@mistake("value_and_gradient")
def value_not_squared(point: Tensor) -> tuple[Tensor, Tensor]:
    """a value that adds up the differences themselves: SSE adds up their squares"""
    first, second = residuals(point)
    return first + second, gradient(point)


@mistake("value_and_gradient")
def root_for_value(point: Tensor) -> tuple[Tensor, Tensor]:
    """a value with a square root: SSE is the sum under it"""
    return sse(point).sqrt(), gradient(point)


@mistake("value_and_gradient")
def one_point_only(point: Tensor) -> tuple[Tensor, Tensor]:
    """the point (1, 2) alone: (3, 4) belongs to the sum too"""
    first, _ = residuals(point)
    return first**2, torch.stack([-2 * first, -2 * first])


@mistake("value_and_gradient")
def slopes_swapped(point: Tensor) -> tuple[Tensor, Tensor]:
    """a gradient with its entries swapped: the slope along a comes first, as a does in the point"""
    return sse(point), gradient(point).flip(0)


@mistake("value_and_gradient")
def a_and_b_exchanged(point: Tensor) -> tuple[Tensor, Tensor]:
    """a point read as (b, a): its first entry is a, the slope of the line"""
    return sse(point.flip(0)), gradient(point.flip(0))


@mistake("value_and_gradient")
def value_of_the_squared_sum(point: Tensor) -> tuple[Tensor, Tensor]:
    """(r + s)² for the value: SSE is r² + s²"""
    first, second = residuals(point)
    return (first + second) ** 2, gradient(point)


@mistake("value_and_gradient")
def sum_squared(point: Tensor) -> tuple[Tensor, Tensor]:
    """the square of the sum: SSE squares each difference first, and then adds up"""
    first, second = residuals(point)
    total = first + second
    return total**2, torch.stack([-8 * total, -4 * total])


# ---- direction


def refuse_zeros(grad: Tensor) -> None:
    """Raise where the solution does."""
    if not grad.any():
        raise ValueError("no direction")


@mistake("direction")
def steepest_ascent(grad: Tensor) -> Tensor:
    """grad/‖grad‖, the way up: a descent goes against the gradient"""
    refuse_zeros(grad)
    return grad / grad.norm()


@mistake("direction")
def not_a_unit(grad: Tensor) -> Tensor:
    """−grad with its own length: a direction is 1 long"""
    refuse_zeros(grad)
    return -grad


@mistake("direction")
def by_the_largest(grad: Tensor) -> Tensor:
    """−grad divided by its largest entry: it is to be divided by its length, √(Σ entry²)"""
    refuse_zeros(grad)
    return -grad / grad.abs().max()


@mistake("direction")
def by_the_sum(grad: Tensor) -> Tensor:
    """−grad divided by the sum of the sizes: it is to be divided by its length, √(Σ entry²)"""
    refuse_zeros(grad)
    return -grad / grad.abs().sum()


@mistake("direction")
def by_the_square(grad: Tensor) -> Tensor:
    """−grad divided by the sum of the squares: the square root is missing"""
    refuse_zeros(grad)
    return -grad / (grad @ grad)


@mistake("direction")
def by_the_root_of_the_mean(grad: Tensor) -> Tensor:
    """−grad divided by √(mean of the squares): its length is √(sum of the squares)"""
    refuse_zeros(grad)
    return -grad / grad.square().mean().sqrt()


@mistake("direction")
def by_two_entries(grad: Tensor) -> Tensor:
    """−grad divided by the length of its first two entries: all of them belong to the length"""
    refuse_zeros(grad)
    return -grad / grad[:2].norm()


@mistake("direction")
def with_a_small_number_added(grad: Tensor) -> Tensor:
    """−grad/(‖grad‖ + 1e-8): that is a little less than 1 long; zeros are to be refused instead"""
    refuse_zeros(grad)
    return -grad / (grad.norm() + 1e-8)


@mistake("direction")
def signs_only(grad: Tensor) -> Tensor:
    """the signs of −grad: they turn the way towards a diagonal"""
    refuse_zeros(grad)
    return -grad.sign()


@mistake("direction")
def divided_by_zero(grad: Tensor) -> Tensor:
    """−grad/‖grad‖, also where ‖grad‖ is 0: 0/0 is nan, and nan spreads"""
    return -grad / grad.norm()


@mistake("direction")
def zero_for_a_direction(grad: Tensor) -> Tensor:
    """zeros where the gradient is 0, as normalize gives them: they are no direction, not 1 long"""
    return -torch.nn.functional.normalize(grad, dim=0)


# ---- exact_line_search


def bend(point: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return the gradient g, gᵀg, and gᵀHg with H = [[20, 8], [8, 4]]."""
    g = gradient(point)
    hessian = point.new_tensor([[20.0, 8.0], [8.0, 4.0]])
    return g, g @ g, g @ (hessian @ g)


@mistake("exact_line_search")
def twice_the_rate(point: Tensor) -> Tensor:
    """twice the rate, which leads to the same SSE on the other side: the slope of c·t² is 2c·t"""
    _, square, curve = bend(point)
    return 2 * square / curve


@mistake("exact_line_search")
def half_the_rate(point: Tensor) -> Tensor:
    """half the rate: half the way to the lowest place on the line"""
    _, square, curve = bend(point)
    return square / curve / 2


@mistake("exact_line_search")
def sign_lost(point: Tensor) -> Tensor:
    """slope/curvature for −slope/curvature: a negative rate goes uphill"""
    _, square, curve = bend(point)
    return -square / curve


@mistake("exact_line_search")
def brackets_missing(point: Tensor) -> Tensor:
    """a fraction whose denominator has no brackets: / and * are done from left to right"""
    g, h = gradient(point)
    return (g * g + h * h) / 2 * (g + h) ** 2 + 2 * (3 * g + h) ** 2


@mistake("exact_line_search")
def length_not_squared(point: Tensor) -> Tensor:
    """‖gradient‖/curvature: on the line the slope is −(g² + h²), which has no square root in it"""
    _, square, curve = bend(point)
    return square.sqrt() / curve


@mistake("exact_line_search")
def point_for_gradient(point: Tensor) -> Tensor:
    """a formula with a and b in the place of g and h: these are the entries of the gradient"""
    a, b = point
    return (a * a + b * b) / (2 * (a + b) ** 2 + 2 * (3 * a + b) ** 2)


@mistake("exact_line_search")
def stability_limit(point: Tensor) -> Tensor:
    """2/λ for the largest eigenvalue λ: beyond it, one rate for all steps diverges"""
    hessian = point.new_tensor([[20.0, 8.0], [8.0, 4.0]])
    return 2 / torch.linalg.eigvalsh(hessian)[-1]


@mistake("exact_line_search")
def one_by_the_largest(point: Tensor) -> Tensor:
    """1/λ for the largest eigenvalue λ: it is near at (0, 0), but every point has its own rate"""
    hessian = point.new_tensor([[20.0, 8.0], [8.0, 4.0]])
    return 1 / torch.linalg.eigvalsh(hessian)[-1]


@mistake("exact_line_search")
def one_hundredth(point: Tensor) -> Tensor:
    """0.01, the rate of the document: the best one depends on the point"""
    return point.new_tensor(0.01)


@mistake("exact_line_search")
def as_far_as_the_minimum(point: Tensor) -> Tensor:
    """the rate that goes as far as (1, 1) is away: the gradient does not point there"""
    g, _, _ = bend(point)
    return (point - 1).norm() / g.norm()


@mistake("exact_line_search")
def value_by_square(point: Tensor) -> Tensor:
    """SSE/‖gradient‖², where the tangent is 0: SSE is curved, and is lowest elsewhere"""
    _, square, _ = bend(point)
    return sse(point) / square


@mistake("exact_line_search")
def upside_down(point: Tensor) -> Tensor:
    """curvature/‖gradient‖², the fraction upside down"""
    _, square, curve = bend(point)
    return curve / square


@mistake("exact_line_search")
def along_the_unit_vector(point: Tensor) -> Tensor:
    """the way in weights: a rate is multiplied by the gradient, which has a length of its own"""
    g, square, curve = bend(point)
    return square / curve * g.norm()


# ---- descend_until


Step = Callable[[Tensor, Tensor], Tensor]
Small = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]


def small(move: Tensor, old: Tensor, new: Tensor, tolerance: Tensor) -> Tensor:
    """Whether a step moves each weight by less than the tolerance."""
    return (move.abs() < tolerance).all()


def walk(
    point: Tensor, tolerance: float, most: int, step: Step, stop: Small = small, last: bool = True
) -> Tensor:
    """Return the path of steps until one is small; `last`: whether that one belongs to it."""
    path, within = [point], point.new_tensor(tolerance)
    for _ in range(most):
        old = path[-1]
        move = step(old, point)
        path.append(old - move)
        if stop(move, old, path[-1], within):
            return torch.stack(path if last else path[:-1])
    return torch.stack(path)


@mistake("descend_until")
def uphill(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """a walk along the gradient: uphill, where SSE grows"""
    return walk(point0, tolerance, most, lambda p, _: -lr * gradient(p))


@mistake("descend_until")
def unit_steps(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """steps that are all lr long: a step is lr times the gradient, not times its direction"""
    return walk(point0, tolerance, most, lambda p, _: lr * gradient(p) / gradient(p).norm())


@mistake("descend_until")
def gradient_of_the_start(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """a gradient computed once, at the start, and used for every step"""
    return walk(point0, tolerance, most, lambda _, start: lr * gradient(start))


@mistake("descend_until")
def one_after_the_other(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """steps that move b with the new a: both slopes belong to the same point"""

    def step(point: Tensor, _: Tensor) -> Tensor:
        along_a = lr * gradient(point)[0]
        moved = torch.stack([point[0] - along_a, point[1]])
        return torch.stack([along_a, lr * gradient(moved)[1]])

    return walk(point0, tolerance, most, step)


@mistake("descend_until")
def never_cleared(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """a descent whose gradient is never cleared: from step 2 on, .grad holds all of them so far"""
    held = torch.zeros_like(point0)

    def step(point: Tensor, _: Tensor) -> Tensor:
        nonlocal held
        held = held + gradient(point)
        return lr * held

    return walk(point0, tolerance, most, step)


def stopped(point: Tensor, lr: float, tolerance: float, most: int, stop: Small) -> Tensor:
    """Return the right steps, stopped by another rule."""
    return walk(point, tolerance, most, lambda p, _: lr * gradient(p), stop)


@mistake("descend_until")
def any_for_all(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """a stop as soon as one weight hardly moves: each of them must"""
    return stopped(point0, lr, tolerance, most, lambda m, _o, _n, t: (m.abs() < t).any())


@mistake("descend_until")
def length_for_each(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """a stop by the length of the move: each weight's own move is to be below the tolerance"""
    return stopped(point0, lr, tolerance, most, lambda m, _o, _n, t: m.norm() < t)


@mistake("descend_until")
def gradient_for_move(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """a stop by the gradient: the move, lr times as large, is to be below the tolerance"""
    return stopped(point0, lr, tolerance, most, lambda _m, o, _n, t: (gradient(o).abs() < t).all())


@mistake("descend_until")
def sign_of_the_move_kept(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """a stop by new − old without abs: a large move to the left is below every tolerance"""
    return stopped(point0, lr, tolerance, most, lambda _m, o, n, t: (n - o < t).all())


@mistake("descend_until")
def sign_of_the_step_kept(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """a stop by lr · gradient without abs: where that is negative, it is below every tolerance"""
    return stopped(point0, lr, tolerance, most, lambda m, _o, _n, t: (m < t).all())


@mistake("descend_until")
def at_most_for_below(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """a stop where a move is equal to the tolerance too: with tolerance 0 it never is below it"""
    return stopped(point0, lr, tolerance, most, lambda m, _o, _n, t: (m.abs() <= t).all())


@mistake("descend_until")
def loss_for_move(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """a stop by the change of SSE: the moves of the weights are to be below the tolerance"""
    return stopped(point0, lr, tolerance, most, lambda _m, o, n, t: (sse(o) - sse(n)).abs() < t)


@mistake("descend_until")
def loss_itself_for_move(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """a stop where SSE is below the tolerance: the move of each weight is to be below it"""
    return stopped(point0, lr, tolerance, most, lambda _m, o, _n, t: sse(o) < t)


@mistake("descend_until")
def sum_for_each(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """a stop by the sum of both moves: each weight's own move is to be below the tolerance"""
    return stopped(point0, lr, tolerance, most, lambda m, _o, _n, t: m.abs().sum() < t)


@mistake("descend_until")
def way_from_the_start(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """a stop by the way from the start: the move of the latest step is to be below the tolerance"""
    return stopped(point0, lr, tolerance, most, lambda _m, _o, n, t: ((n - point0).abs() < t).all())


@mistake("descend_until")
def one_step_after_it(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """one step more after the small one: the small one is the last"""
    right = walk(point0, tolerance, most, lambda p, _: lr * gradient(p))
    more = [right[-1] - lr * gradient(right[-1])] if len(right) <= most else []
    return torch.stack([*right, *more])


@mistake("descend_until")
def one_more_than_most(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """up to `most` + 1 steps: `most` of them are allowed"""
    return walk(point0, tolerance, most + 1, lambda p, _: lr * gradient(p))


@mistake("descend_until")
def filled_with_zeros(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """`most` + 1 rows, those behind the last step left at 0: the path ends with the last step"""
    right = walk(point0, tolerance, most, lambda p, _: lr * gradient(p))
    return torch.cat([right, right.new_zeros(most + 1 - len(right), 2)])


@mistake("descend_until")
def one_tensor_many_times(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """a list that holds one tensor many times: it was changed in place after it was stored"""
    right = walk(point0, tolerance, most, lambda p, _: lr * gradient(p))
    return right[-1:].expand_as(right).clone()


@mistake("descend_until")
def last_step_left_out(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """a path without the step that was small: it is taken, and its end is the last row"""
    return walk(point0, tolerance, most, lambda p, _: lr * gradient(p), last=False)


@mistake("descend_until")
def never_stopped(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """all of the `most` steps: the tolerance is not looked at"""
    return walk(point0, 0.0, most, lambda p, _: lr * gradient(p))


@mistake("descend_until")
def most_points(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """a path of `most` rows: the start is no step, so `most` steps make one row more"""
    return walk(point0, tolerance, max(most - 1, 0), lambda p, _: lr * gradient(p))


@mistake("descend_until")
def start_missing(point0: Tensor, lr: float, tolerance: float, most: int) -> Tensor:
    """a path that begins after the first step: row 0 is the start"""
    return walk(point0, tolerance, most, lambda p, _: lr * gradient(p))[1:]


# ---- parabola


@mistake("parabola")
def cross_term_halved(x: Tensor, y: Tensor) -> Tensor:
    """−Σxy in the middle: in (y − w·x)² the product of both parts stands twice"""
    return torch.stack([x @ x, -(x @ y), y @ y])


@mistake("parabola")
def cross_term_positive(x: Tensor, y: Tensor) -> Tensor:
    """+2Σxy in the middle: w·x is subtracted, so it is −2Σxy"""
    return torch.stack([x @ x, 2 * (x @ y), y @ y])


@mistake("parabola")
def sums_squared(x: Tensor, y: Tensor) -> Tensor:
    """the squares of sums: each point is squared first, and then they are added up"""
    one, other = x.sum(), y.sum()
    return torch.stack([one**2, -2 * one * other, other**2])


@mistake("parabola")
def ends_of_sums(x: Tensor, y: Tensor) -> Tensor:
    """(Σx)² and (Σy)² at the ends: each x and each y is squared first, and then added up"""
    return torch.stack([x.sum() ** 2, -2 * (x @ y), y.sum() ** 2])


@mistake("parabola")
def middle_of_sums(x: Tensor, y: Tensor) -> Tensor:
    """−2 · Σx · Σy in the middle: each x is multiplied by its own y first, and then added up"""
    return torch.stack([x @ x, -2 * x.sum() * y.sum(), y @ y])


@mistake("parabola")
def half_of_it(x: Tensor, y: Tensor) -> Tensor:
    """half of the loss: here the squares are added up, and that is all"""
    return torch.stack([x @ x, -2 * (x @ y), y @ y]) / 2


@mistake("parabola")
def order_reversed(x: Tensor, y: Tensor) -> Tensor:
    """the coefficients of 1, w and w²: that of w² comes first"""
    return torch.stack([y @ y, -2 * (x @ y), x @ x])


@mistake("parabola")
def mean_for_sum(x: Tensor, y: Tensor) -> Tensor:
    """means over the points: the loss is their sum"""
    return torch.stack([x @ x, -2 * (x @ y), y @ y]) / len(x)


@mistake("parabola")
def not_squared(x: Tensor, y: Tensor) -> Tensor:
    """Σx and Σy at the ends: both parts of y − w·x are squared"""
    return torch.stack([x.sum(), -2 * (x @ y), y.sum()])


@mistake("parabola")
def derivative(x: Tensor, y: Tensor) -> Tensor:
    """the slope, 2p·w + q: the loss itself is asked for"""
    return torch.stack([2 * (x @ x), -2 * (x @ y), torch.zeros_like(x[0])])


# ---- descend_scaled


def repeated(
    x: Tensor, y: Tensor, w0: float, steps: int, step: Callable[[Tensor, Tensor, Tensor], Tensor]
) -> Tensor:
    """Return every w of a step that is made of w, Σx² and the best w."""
    refuse_zeros(x)
    square, best = x @ x, x @ y / (x @ x)
    path = [torch.full_like(square, w0)]
    for _ in range(steps):
        path.append(path[-1] - step(path[-1], square, best))
    return torch.stack(path)


@mistake("descend_scaled")
def true_slope(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """alpha times the slope itself: it is to be divided by the curvature first"""
    return repeated(x, y, w0, steps, lambda w, square, best: alpha * 2 * square * (w - best))


@mistake("descend_scaled")
def half_the_curvature(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """the slope divided by p: the second derivative of p·w² is 2p, so steps are twice too long"""
    return repeated(x, y, w0, steps, lambda w, _, best: alpha * 2 * (w - best))


@mistake("descend_scaled")
def slope_without_its_two(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """p·w + q for the slope: in p·w² the exponent 2 comes down as a factor, so it is 2p·w + q"""
    return repeated(x, y, w0, steps, lambda w, _, best: alpha * (w / 2 - best))


@mistake("descend_scaled")
def multiplied_by_p(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """slope / 2 * p, which multiplies by p: the brackets of slope / (2 * p) are missing"""
    return repeated(x, y, w0, steps, lambda w, square, best: alpha * square**2 * (w - best))


@mistake("descend_scaled")
def slope_of_the_start(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """a slope computed once, at w0, and used for every step"""
    return repeated(x, y, w0, steps, lambda _, _s, best: alpha * (w0 - best))


@mistake("descend_scaled")
def always_28(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """the slope divided by 28, the curvature of the document's three points alone"""
    return repeated(x, y, w0, steps, lambda w, square, best: alpha * square * (w - best) / 14)


@mistake("descend_scaled")
def scaled_twice(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """a slope divided by the curvature twice"""
    return repeated(x, y, w0, steps, lambda w, square, best: alpha * (w - best) / (2 * square))


@mistake("descend_scaled")
def away_from_the_best(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """a walk along the slope: uphill, away from the best w"""
    return repeated(x, y, w0, steps, lambda w, _, best: -alpha * (w - best))


@mistake("descend_scaled")
def always_half(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """half of the way in each step, whatever alpha is"""
    return repeated(x, y, w0, steps, lambda w, _, best: 0.5 * (w - best))


@mistake("descend_scaled")
def share_that_is_left(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """steps that leave alpha of the way: they are to take alpha of it, and leave 1 − alpha"""
    return repeated(x, y, w0, steps, lambda w, _, best: (1 - alpha) * (w - best))


@mistake("descend_scaled")
def always_to_2(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """w − 2 for the scaled slope: 2 is the best w of the document's three points alone"""
    return repeated(x, y, w0, steps, lambda w, _s, _b: alpha * (w - 2))


@mistake("descend_scaled")
def all_at_once(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """the best w from step 1 on: a step goes only the share alpha of the way"""
    return repeated(x, y, w0, steps, lambda w, _, best: w - best)


@mistake("descend_scaled")
def begun_at_0(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """a descent from 0, as in the document: it is to start at w0"""
    return repeated(x, y, 0.0, steps, lambda w, _, best: alpha * (w - best))


@mistake("descend_scaled")
def recorded_before_the_update(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """a path recorded before each update: the start stands there twice, the last step is missing"""
    path = repeated(x, y, w0, steps, lambda w, _, best: alpha * (w - best))
    return torch.cat([path[:1], path[:-1]])


@mistake("descend_scaled")
def one_step_too_many(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """a path that begins after the first step: row 0 is w0"""
    return repeated(x, y, w0, steps + 1, lambda w, _, best: alpha * (w - best))[1:]


@mistake("descend_scaled")
def divided_by_no_curvature(x: Tensor, y: Tensor, w0: float, alpha: float, steps: int) -> Tensor:
    """0/0 where every x is 0: it is nan, and every w after it too"""
    square, product = x @ x, x @ y
    path = [torch.full_like(square, w0)]
    for _ in range(steps):
        path.append(path[-1] - alpha * (2 * square * path[-1] - 2 * product) / (2 * square))
    return torch.stack(path)
