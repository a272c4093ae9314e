"""Kata 17, Himmelblau's function with Adam: what learners get wrong; "… the numbers of"."""

from collections.abc import Callable

import torch
from torch import Tensor

from dojo.feedback.mistakes import mistake

BETA1, BETA2, EPS = 0.9, 0.999, 1e-8
Step = tuple[Tensor, Tensor, Tensor]


def brackets(p: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return x, y, and the two brackets of f."""
    x, y = p[..., 0], p[..., 1]
    return x, y, x**2 + y - 11, x + y**2 - 7


def values(p: Tensor) -> Tensor:
    """Return the right f."""
    _, _, a, b = brackets(p)
    return a**2 + b**2


def slopes(p: Tensor) -> Tensor:
    """Return the right gradient."""
    x, y, a, b = brackets(p)
    return torch.stack([4 * x * a + 2 * b, 2 * a + 4 * y * b], dim=-1)


def matrix(a: Tensor, b: Tensor, c: Tensor, d: Tensor) -> Tensor:
    """Return the matrices of rows (a, b) and (c, d)."""
    return torch.stack([torch.stack([a, b], dim=-1), torch.stack([c, d], dim=-1)], dim=-2)


def hessian(p: Tensor, mixed: float = 4) -> Tensor:
    """Return the second derivatives, the mixed ones being mixed · (x + y)."""
    x, y, _, _ = brackets(p)
    across = mixed * (x + y)
    return matrix(12 * x**2 + 4 * y - 42, across, across, 4 * x + 12 * y**2 - 26)


def solve(H: Tensor, g: Tensor) -> Tensor:
    """Return the move for which H · move = g."""
    return torch.linalg.solve(H, g[..., None])[..., 0]


def path_of(p0: Tensor, steps: int, move: Callable[[Tensor], Tensor]) -> Tensor:
    """Return the path of the steps p − move(p)."""
    path = [p0]
    for _ in range(steps):
        path.append(path[-1] - move(path[-1]))
    return torch.stack(path)


def averages(g: Tensor, m: Tensor, s: Tensor, beta2: float = BETA2) -> tuple[Tensor, Tensor]:
    """Return Adam's averages with a new gradient."""
    return BETA1 * m + (1 - BETA1) * g, beta2 * s + (1 - beta2) * g**2


def corrected(m: Tensor, s: Tensor, t: int, beta2: float = BETA2) -> Tensor:
    """Return Adam's step before lr."""
    return m / (1 - BETA1**t) / ((s / (1 - beta2**t)).sqrt() + EPS)


def walk(
    p0: Tensor, lr: float, steps: int, step: Callable[[Tensor, Tensor, Tensor, int], Step]
) -> Tensor:
    """Return the path of a step from (gradient, m, s, t) to (what lr multiplies, m, s)."""
    path, m, s = [p0], torch.zeros_like(p0), torch.zeros_like(p0)
    for t in range(1, steps + 1):
        move, m, s = step(slopes(path[-1]), m, s, t)
        path.append(path[-1] - lr * move)
    return torch.stack(path)


def adam(g: Tensor, m: Tensor, s: Tensor, t: int) -> Step:
    """Take the right step."""
    m, s = averages(g, m, s)
    return corrected(m, s, t), m, s


def unchanged(g: Tensor, m: Tensor, s: Tensor, _: int) -> Step:
    """Take a plain step."""
    return g, m, s


def nearest(ends: Tensor, minima: Tensor) -> Tensor:
    """Return the right labels of where the walks end."""
    return (ends[..., None, :] - minima).square().sum(-1).argmin(-1)


@mistake("f")
def constants_swapped(p: Tensor) -> Tensor:
    """(x² + y − 7)² + (x + y² − 11)²: the 11 belongs to x² + y"""
    return values(p.flip(-1))


@mistake("f")
def brackets_not_squared(p: Tensor) -> Tensor:
    """the sum of the two brackets: each of them is squared"""
    _, _, a, b = brackets(p)
    return a + b


@mistake("f")
def sum_squared(p: Tensor) -> Tensor:
    """the square of the brackets' sum: each bracket is squared, and then they are added"""
    _, _, a, b = brackets(p)
    return (a + b) ** 2


@mistake("f")
def both_squared_inside(p: Tensor) -> Tensor:
    """x² + y² in both brackets: in each bracket only one of the two is squared"""
    x, y, _, _ = brackets(p)
    return (x**2 + y**2 - 11) ** 2 + (x**2 + y**2 - 7) ** 2


@mistake("f")
def half_of_f(p: Tensor) -> Tensor:
    """half of f: this function has no 1/2"""
    return values(p) / 2


@mistake("f")
def rows_for_coordinates(p: Tensor) -> Tensor:
    """p[0] and p[1] taken for x and y: these are the first two points; p[..., 0] and p[..., 1] are
    the coordinates"""
    x, y = p[0], p[1]
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


@mistake("f")
def points_unpacked(p: Tensor) -> Tensor:
    """x, y = p, which takes the first two points for x and y, and fails if there are more: the
    coordinates are p[..., 0] and p[..., 1]"""
    x, y = p
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


@mistake("gradient")
def inner_derivatives_forgotten(p: Tensor) -> Tensor:
    """2a and 2b, a and b being the brackets: what stands inside them is differentiated as well"""
    _, _, a, b = brackets(p)
    return torch.stack([2 * a, 2 * b], dim=-1)


@mistake("gradient")
def first_bracket_only(p: Tensor) -> Tensor:
    """the gradient of (x² + y − 11)² alone: the second bracket's is added to it"""
    x, _, a, _ = brackets(p)
    return torch.stack([4 * x * a, 2 * a], dim=-1)


@mistake("gradient")
def own_bracket_only(p: Tensor) -> Tensor:
    """4x · a and 4y · b alone: x stands in the second bracket too, and y in the first"""
    x, y, a, b = brackets(p)
    return torch.stack([4 * x * a, 4 * y * b], dim=-1)


@mistake("gradient")
def one_two_lost(p: Tensor) -> Tensor:
    """2x · a where 4x · a belongs (and 2y · b for 4y · b): one 2 comes from the outer square, one
    from x²"""
    x, y, a, b = brackets(p)
    return torch.stack([2 * x * a + 2 * b, 2 * a + 2 * y * b], dim=-1)


@mistake("gradient")
def slopes_swapped(p: Tensor) -> Tensor:
    """the slope along y, and then that along x: x comes first"""
    return slopes(p).flip(-1)


@mistake("gradient")
def half_the_gradient(p: Tensor) -> Tensor:
    """half of the gradient: the 2 of the outer squares is missing"""
    return slopes(p) / 2


@mistake("gradient")
def inner_derivatives_of_one(p: Tensor) -> Tensor:
    """2a + 2b in both places: the derivatives of a and b, 2x and 1, 1 and 2y, are factors too"""
    _, _, a, b = brackets(p)
    both = 2 * a + 2 * b
    return torch.stack([both, both], dim=-1)


@mistake("gradient")
def divided_by_the_points(p: Tensor) -> Tensor:
    """slopes of f(p).mean(), divided by the number of points: take those of f(p).sum()"""
    return slopes(p) / max(1, p[..., 0].numel())


@mistake("gradient")
def minus_the_gradient(p: Tensor) -> Tensor:
    """the slopes with the other sign, downhill: the gradient points uphill"""
    return -slopes(p)


@mistake("gradient")
def brackets_swapped(p: Tensor) -> Tensor:
    """4x · b and 4y · a: the brackets have changed places, x² stands in a, x² + y − 11"""
    x, y, a, b = brackets(p)
    return torch.stack([4 * x * b + 2 * a, 2 * b + 4 * y * a], dim=-1)


@mistake("gradient")
def direction_only(p: Tensor) -> Tensor:
    """the gradient divided by its length: how steep it is belongs to it"""
    return slopes(p) / slopes(p).norm(dim=-1, keepdim=True)


@mistake("newton")
def diagonal_only(p0: Tensor, steps: int) -> Tensor:
    """steps with an H whose mixed derivatives, 4x + 4y, are missing"""
    return path_of(p0, steps, lambda p: solve(hessian(p, mixed=0), slopes(p)))


@mistake("newton")
def mixed_by_two(p0: Tensor, steps: int) -> Tensor:
    """steps with an H whose mixed derivatives are 2x + 2y: they are 4x + 4y"""
    return path_of(p0, steps, lambda p: solve(hessian(p, mixed=2), slopes(p)))


@mistake("newton")
def two_left_out(p0: Tensor, steps: int) -> Tensor:
    """steps with 12x² + 4y − 44 and 4x + 12y² − 28 in H: 2b has a derivative along x too, 2 (and
    2a along y)"""
    less = 2 * torch.eye(2, dtype=p0.dtype, device=p0.device)
    return path_of(p0, steps, lambda p: solve(hessian(p) - less, slopes(p)))


@mistake("newton")
def hessian_of_the_start(p0: Tensor, steps: int) -> Tensor:
    """steps that all have the H of the start: each has the H of the point where it begins"""
    return path_of(p0, steps, lambda p: solve(hessian(p0), slopes(p)))


@mistake("newton")
def multiplied_by_hessian(p0: Tensor, steps: int) -> Tensor:
    """moves of H · gradient: H · move = gradient is to be solved for the move"""
    return path_of(p0, steps, lambda p: (hessian(p) @ slopes(p)[..., None])[..., 0])


@mistake("newton")
def inverted_elementwise(p0: Tensor, steps: int) -> Tensor:
    """1/H entry by entry, times the gradient: solve H · move = gradient"""
    return path_of(p0, steps, lambda p: (1 / hessian(p) @ slopes(p)[..., None])[..., 0])


@mistake("newton")
def newtons_one_tensor(p0: Tensor, steps: int) -> Tensor:
    """a list that holds one tensor many times: it was changed in place after it was stored
    (store p.clone())"""
    path = path_of(p0, steps, lambda p: solve(hessian(p), slopes(p)))
    return path[-1:].repeat(steps + 1, *[1] * p0.ndim)


@mistake("newton")
def newton_uphill(p0: Tensor, steps: int) -> Tensor:
    """p + move: the move is subtracted"""
    return path_of(p0, steps, lambda p: -solve(hessian(p), slopes(p)))


@mistake("newton")
def newton_for_f(p0: Tensor, steps: int) -> Tensor:
    """Newton's steps towards f = 0: here they go towards a gradient of 0"""

    def move(p: Tensor) -> Tensor:
        g = slopes(p)
        return values(p)[..., None] * g / (g**2).sum(-1, keepdim=True)

    return path_of(p0, steps, move)


@mistake("newton")
def second_derivatives_without_brackets(p0: Tensor, steps: int) -> Tensor:
    """steps with 8x² + 2 and 8y² + 2 in H: the product 4x · a has two derivatives, 4a is missing,
    and so is 4b (with that H it is the Gauss–Newton method)"""

    def move(p: Tensor) -> Tensor:
        x, y, _, _ = brackets(p)
        across = 4 * (x + y)
        return solve(matrix(8 * x**2 + 2, across, across, 2 + 8 * y**2), slopes(p))

    return path_of(p0, steps, move)


@mistake("newton")
def newton_without_its_start(p0: Tensor, steps: int) -> Tensor:
    """a path that begins after the first step: row 0 is the start"""
    return path_of(p0, steps + 1, lambda p: solve(hessian(p), slopes(p)))[1:]


@mistake("descend")
def plain_steps(p0: Tensor, lr: float, steps: int) -> Tensor:
    """p − lr · gradient: Adam's steps are wanted"""
    return walk(p0, lr, steps, unchanged)


@mistake("descend")
def never_corrected(p0: Tensor, lr: float, steps: int) -> Tensor:
    """averages that are never divided by 1 − betaᵗ: they begin at 0 and are too small at first"""

    def step(g: Tensor, m: Tensor, s: Tensor, t: int) -> Step:
        m, s = averages(g, m, s)
        return m / (s.sqrt() + EPS), m, s

    return walk(p0, lr, steps, step)


@mistake("descend")
def eps_inside_the_root(p0: Tensor, lr: float, steps: int) -> Tensor:
    """eps inside the root: Adam adds it after the root, which shows where the slopes are small"""

    def step(g: Tensor, m: Tensor, s: Tensor, t: int) -> Step:
        m, s = averages(g, m, s)
        return m / (1 - BETA1**t) / (s / (1 - BETA2**t) + EPS).sqrt(), m, s

    return walk(p0, lr, steps, step)


@mistake("descend")
def only_m_corrected(p0: Tensor, lr: float, steps: int) -> Tensor:
    """a corrected m over an s that is not: s is divided by 1 − 0.999ᵗ as well"""

    def step(g: Tensor, m: Tensor, s: Tensor, t: int) -> Step:
        m, s = averages(g, m, s)
        return m / (1 - BETA1**t) / (s.sqrt() + EPS), m, s

    return walk(p0, lr, steps, step)


@mistake("descend")
def betas_swapped(p0: Tensor, lr: float, steps: int) -> Tensor:
    """betas that have changed places: 0.9 belongs to the gradients, 0.999 to their squares"""

    def step(g: Tensor, m: Tensor, s: Tensor, t: int) -> Step:
        m, s = BETA2 * m + (1 - BETA2) * g, BETA1 * s + (1 - BETA1) * g**2
        return m / (1 - BETA2**t) / ((s / (1 - BETA1**t)).sqrt() + EPS), m, s

    return walk(p0, lr, steps, step)


@mistake("descend")
def memory_lost_but_t(p0: Tensor, lr: float, steps: int) -> Tensor:
    """averages that begin at 0 again in every step, while t goes on: m and s are carried along"""
    zero = torch.zeros_like(p0)
    return walk(p0, lr, steps, lambda g, _m, _s, t: adam(g, zero, zero, t))


@mistake("descend")
def counted_once_more(p0: Tensor, lr: float, steps: int) -> Tensor:
    """a correction for step t + 1: in the first step it divides by 1 − beta"""

    def step(g: Tensor, m: Tensor, s: Tensor, t: int) -> Step:
        m, s = averages(g, m, s)
        return corrected(m, s, t + 1), m, s

    return walk(p0, lr, steps, step)


@mistake("descend")
def counted_from_zero(p0: Tensor, lr: float, steps: int) -> Tensor:
    """a t that begins at 0: 1 − beta⁰ is 0, and 0 / 0 is nan (t counts from 1)"""

    def step(g: Tensor, m: Tensor, s: Tensor, t: int) -> Step:
        m, s = averages(g, m, s)
        return corrected(m, s, t - 1) if t > 1 else m * torch.nan, m, s

    return walk(p0, lr, steps, step)


@mistake("descend")
def corrected_as_in_step_one(p0: Tensor, lr: float, steps: int) -> Tensor:
    """a correction by 1 − beta in every step: that is right in step 1 only, then it is 1 − betaᵗ"""

    def step(g: Tensor, m: Tensor, s: Tensor, t: int) -> Step:
        m, s = averages(g, m, s)
        return corrected(m, s, 1), m, s

    return walk(p0, lr, steps, step)


@mistake("descend")
def corrections_carried_on(p0: Tensor, lr: float, steps: int) -> Tensor:
    """averages that stay divided by 1 − betaᵗ: the next step begins with the ones that are not"""

    def step(g: Tensor, m: Tensor, s: Tensor, t: int) -> Step:
        m, s = averages(g, m, s)
        m, s = m / (1 - BETA1**t), s / (1 - BETA2**t)
        return m / (s.sqrt() + EPS), m, s

    return walk(p0, lr, steps, step)


@mistake("descend")
def one_square_for_both(p0: Tensor, lr: float, steps: int) -> Tensor:
    """one average of squares for x and y together: each coordinate has its own"""

    def step(g: Tensor, m: Tensor, s: Tensor, t: int) -> Step:
        m, _ = averages(g, m, s)
        s = BETA2 * s + (1 - BETA2) * (g**2).mean(-1, keepdim=True)
        return corrected(m, s, t), m, s

    return walk(p0, lr, steps, step)


@mistake("descend")
def one_tensor_for_both_averages(p0: Tensor, lr: float, steps: int) -> Tensor:
    """one tensor under two names (m = s = …), changed in place: each average needs its own"""

    def step(g: Tensor, m: Tensor, s: Tensor, t: int) -> Step:
        both = BETA2 * (BETA1 * m + (1 - BETA1) * g) + (1 - BETA2) * g**2
        return corrected(both, both, t), both, s

    return walk(p0, lr, steps, step)


@mistake("descend")
def root_forgotten(p0: Tensor, lr: float, steps: int) -> Tensor:
    """steps divided by the average of the squares itself: its root is in the gradient's units"""

    def step(g: Tensor, m: Tensor, s: Tensor, t: int) -> Step:
        m, s = averages(g, m, s)
        return m / (1 - BETA1**t) / (s / (1 - BETA2**t) + EPS), m, s

    return walk(p0, lr, steps, step)


@mistake("descend")
def gradient_never_cleared(p0: Tensor, lr: float, steps: int) -> Tensor:
    """a gradient that is never cleared: .grad holds the sum of all the gradients so far"""
    held = torch.zeros_like(p0)

    def step(g: Tensor, m: Tensor, s: Tensor, t: int) -> Step:
        nonlocal held
        held = held + g
        return adam(held, m, s, t)

    return walk(p0, lr, steps, step)


@mistake("descend")
def gradient_of_the_start(p0: Tensor, lr: float, steps: int) -> Tensor:
    """a gradient computed once, at the start, and used in every step"""
    return walk(p0, lr, steps, lambda _, m, s, t: adam(slopes(p0), m, s, t))


@mistake("descend")
def gradient_of_the_mean(p0: Tensor, lr: float, steps: int) -> Tensor:
    """the gradient of the mean of f over all starts: each start has its own, that of the sum (Adam
    hides the factor, but for eps)"""
    count = p0[..., 0].numel()
    return walk(p0, lr, steps, lambda g, m, s, t: adam(g / count, m, s, t))


@mistake("descend")
def adam_uphill(p0: Tensor, lr: float, steps: int) -> Tensor:
    """p + lr · step: uphill, along the gradient"""
    return walk(p0, -lr, steps, adam)


@mistake("descend")
def beta2_of_099(p0: Tensor, lr: float, steps: int) -> Tensor:
    """an Adam whose second beta is 0.99: it is 0.999"""

    def step(g: Tensor, m: Tensor, s: Tensor, t: int) -> Step:
        m, s = averages(g, m, s, beta2=0.99)
        return corrected(m, s, t, beta2=0.99), m, s

    return walk(p0, lr, steps, step)


@mistake("descend")
def memory_lost(p0: Tensor, lr: float, steps: int) -> Tensor:
    """averages that begin at 0 again in every step: nothing is remembered, every step is lr long"""
    zero = torch.zeros_like(p0)
    return walk(p0, lr, steps, lambda g, *_: adam(g, zero, zero, 1))


@mistake("descend")
def recorded_before_the_step(p0: Tensor, lr: float, steps: int) -> Tensor:
    """a path recorded before each step: the start stands there twice, the last step is missing"""
    path = walk(p0, lr, steps, adam)
    return torch.cat([path[:1], path[:-1]])


@mistake("descend")
def one_step_too_many(p0: Tensor, lr: float, steps: int) -> Tensor:
    """a path that begins after the first step: row 0 is the start"""
    return walk(p0, lr, steps + 1, adam)[1:]


@mistake("descend")
def one_tensor_many_times(p0: Tensor, lr: float, steps: int) -> Tensor:
    """a list that holds one tensor many times: it was changed in place after it was stored
    (store p.clone())"""
    path = walk(p0, lr, steps, adam)
    return path[-1:].expand_as(path)


@mistake("descend")
def one_tensor_after_the_start(p0: Tensor, lr: float, steps: int) -> Tensor:
    """the start, and then one tensor many times: it was changed in place after it was stored
    (store p.detach().clone())"""
    path = walk(p0, lr, steps, adam)
    return torch.cat([path[:1], path[-1:].expand_as(path[1:])])


def ticks(low: float, high: float, spacing: float) -> Tensor:
    """Return the right ticks."""
    return torch.arange(low, high, spacing, dtype=torch.float64)


def square(x: Tensor, y: Tensor) -> Tensor:
    """Return the square of points with these ticks: along a row x grows, from row to row y."""
    return torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)


@mistake("grid")
def x_down_the_rows(low: float, high: float, spacing: float) -> Tensor:
    """x that grows from row to row, and y along a row: that is meshgrid's indexing="ij", here "xy"
    is wanted"""
    t = ticks(low, high, spacing)
    return torch.stack(torch.meshgrid(t, t, indexing="ij"), dim=-1)


@mistake("grid")
def coordinates_first(low: float, high: float, spacing: float) -> Tensor:
    """all x and then all y, [2, n, n]: the coordinates are the last dimension"""
    t = ticks(low, high, spacing)
    return torch.stack(torch.meshgrid(t, t, indexing="xy"))


@mistake("grid")
def stretched_to_high(low: float, high: float, spacing: float) -> Tensor:
    """as many ticks as are right, spread from low to high itself: they are spacing apart"""
    t = torch.linspace(low, high, len(ticks(low, high, spacing)), dtype=torch.float64)
    return square(t, t)


@mistake("grid")
def upside_down(low: float, high: float, spacing: float) -> Tensor:
    """rows from the largest y down, as on a picture: row 0 has the smallest y"""
    t = ticks(low, high, spacing)
    return square(t, t.flip(0))


@mistake("grid")
def one_spacing_late(low: float, high: float, spacing: float) -> Tensor:
    """ticks that begin at low + spacing: the first is low itself"""
    t = ticks(low, high, spacing) + spacing
    return square(t, t)


@mistake("basins")
def nearest_to_the_start(starts: Tensor, minima: Tensor, lr: float, steps: int) -> Tensor:
    """the minimum nearest to the start: where Adam ends is asked for"""
    return nearest(starts, minima)


@mistake("basins")
def farthest(starts: Tensor, minima: Tensor, lr: float, steps: int) -> Tensor:
    """the minimum farthest away from the end: argmax where argmin belongs"""
    ends = walk(starts, lr, steps, adam)[-1]
    return (ends[..., None, :] - minima).square().sum(-1).argmax(-1)


@mistake("basins")
def by_value(starts: Tensor, minima: Tensor, lr: float, steps: int) -> Tensor:
    """the minimum whose f is nearest to that of the end: f is 0 at all four, only their place
    differs"""
    ends = walk(starts, lr, steps, adam)[-1]
    return (values(ends)[..., None] - values(minima)).abs().argmin(-1)


@mistake("basins")
def by_x_alone(starts: Tensor, minima: Tensor, lr: float, steps: int) -> Tensor:
    """the minimum nearest in x alone: y counts as well"""
    return nearest(walk(starts, lr, steps, adam)[-1][..., :1], minima[:, :1])


@mistake("basins")
def by_signed_differences(starts: Tensor, minima: Tensor, lr: float, steps: int) -> Tensor:
    """the minimum with the smallest sum of differences, not squared: a plus and a minus cancel"""
    ends = walk(starts, lr, steps, adam)[-1]
    return (ends[..., None, :] - minima).sum(-1).abs().argmin(-1)


@mistake("basins")
def by_least_differences(starts: Tensor, minima: Tensor, lr: float, steps: int) -> Tensor:
    """the minimum with the least sum of differences, not squared: below 0 is not near"""
    ends = walk(starts, lr, steps, adam)[-1]
    return (ends[..., None, :] - minima).sum(-1).argmin(-1)


@mistake("basins")
def by_sizes_of_differences(starts: Tensor, minima: Tensor, lr: float, steps: int) -> Tensor:
    """the minimum with the smallest |x difference| + |y difference|: the nearest has the smallest
    sum of squares"""
    ends = walk(starts, lr, steps, adam)[-1]
    return (ends[..., None, :] - minima).abs().sum(-1).argmin(-1)


@mistake("basins")
def one_step_short(starts: Tensor, minima: Tensor, lr: float, steps: int) -> Tensor:
    """labels of where Adam is one step before its end"""
    return nearest(walk(starts, lr, max(steps - 1, 0), adam)[-1], minima)


@mistake("basins")
def counted_from_one(starts: Tensor, minima: Tensor, lr: float, steps: int) -> Tensor:
    """labels from 1 to 4: rows are counted from 0"""
    return nearest(walk(starts, lr, steps, adam)[-1], minima) + 1


@mistake("basins")
def quadrants(starts: Tensor, minima: Tensor, lr: float, steps: int) -> Tensor:
    """the quadrant of the end, told by the signs of x and y: the order of minima is not used"""
    x, y = walk(starts, lr, steps, adam)[-1].unbind(-1)
    return torch.where(y > 0, torch.where(x > 0, 0, 1), torch.where(x > 0, 3, 2))


@mistake("basins")
def labels_of_plain_steps(starts: Tensor, minima: Tensor, lr: float, steps: int) -> Tensor:
    """labels of where plain steps of lr · gradient end: Adam's end elsewhere"""
    return nearest(walk(starts, lr, steps, unchanged)[-1], minima)
