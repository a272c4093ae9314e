"""The spec of kata 17, Himmelblau's function with Adam: its slopes, minima, walks and basins.

No walk is long: a hundred long steps end near where the document's 20000 short ones do. Those are
taken in tests/documented/test_17_himmelblau_adam.py.
"""

from functools import cache

import pytest
import torch
from torch.optim.adam import adam

from dojo.spec import proof

DTYPES = [
    # beside 1 + the largest number (measured 1e-15 and 6e-7); paths magnify it (2e-15 and 6e-6)
    pytest.param(torch.float64, 1e-12, id="float64"),
    pytest.param(torch.float32, 3e-6, id="float32"),
]
each_dtype = pytest.mark.parametrize(("dtype", "tol"), DTYPES)

STARTS = [[-4.0, 0.0], [1.0, 0.0], [4.0, 0.0]]  # the document's
PRINTED = [[3.0, 2.0], [-2.805118, 3.131312], [-3.779310, -3.283186], [3.584428, -1.848126]]
MINIMA = [  # with all their digits
    [3.0, 2.0],
    [-2.805118086952745, 3.131312518250573],
    [-3.779310253377747, -3.283185991286170],
    [3.584428340330492, -1.848126526964404],
]
# What basins is given: near enough to tell the minima apart, and no answer to newton or descend.
ROUNDED = [[3.0, 2.0], [-2.8, 3.1], [-3.8, -3.3], [3.6, -1.8]]
OTHER_ORDER = [2, 0, 3, 1]


def points(numbers, device, dtype=torch.float64):
    """Return these points as a tensor."""
    return torch.tensor(numbers, dtype=dtype, device=device)


def himmelblau(p):
    """Return f, in float64."""
    x, y = p.double().unbind(-1)
    return (x * x + y - 11).square() + (x + y * y - 7).square()


def slopes(p):
    """Return the gradient by autograd, in float64."""
    p = p.detach().double().requires_grad_()
    (grad,) = torch.autograd.grad(himmelblau(p).sum(), p)
    return grad


def newton_path(p0, steps):
    """Return Newton's path in float64, the moves solved by Cramer's rule."""
    path = [p0.double()]
    for _ in range(steps):
        x, y = path[-1].unbind(-1)
        a, b, d = 12 * x * x + 4 * y - 42, 4 * (x + y), 4 * x + 12 * y * y - 26
        g, h = slopes(path[-1]).unbind(-1)
        move = torch.stack([d * g - b * h, a * h - b * g], dim=-1) / (a * d - b * b)[..., None]
        path.append(path[-1] - move)
    return torch.stack(path)


def torch_path(p0, lr, steps):
    """Return the path of torch.optim.Adam from every point of p0."""
    p, path, unused = p0.clone(), [p0.clone()], list[torch.Tensor]()
    m, s, count = torch.zeros_like(p), torch.zeros_like(p), torch.tensor(0.0)
    for _ in range(steps):
        grad = slopes(p).to(p.dtype)
        adam(
            *([p], [grad], [m], [s], unused, [count]),
            lr=lr,
            beta1=0.9,
            beta2=0.999,
            eps=1e-8,
            weight_decay=0.0,
            amsgrad=False,
            maximize=False,
            foreach=False,
        )
        path.append(p.clone())
    return torch.stack(path)


def lattice(low, spacing, n):
    """Return the square of n × n points."""
    ticks = low + spacing * torch.arange(n, dtype=torch.float64)
    return torch.stack([ticks.expand(n, n), ticks[:, None].expand(n, n)], dim=-1)


def distances(ends, minima):
    """Return the squared distance of each end from each minimum."""
    return (ends[..., None, :] - minima).square().sum(-1)


@cache
def torch_walk(lr, steps, spacing):
    """Return torch's path from a square of starts: once for all answers, for it takes a while."""
    return torch_path(lattice(-6.0, spacing, round(12 / spacing)), lr, steps)


def values_of(kata, p):
    """Return the answer's f, its kind proved."""
    found = kata.f(p)
    proof.tensor(found, p.shape[:-1], like=p)
    return found


def slopes_of(kata, p):
    """Return the answer's gradient, its kind proved."""
    found = kata.gradient(p)
    proof.tensor(found, p.shape, like=p)
    return found


def solved(kata, p0, steps):
    """Return the answer's Newton path, its kind proved."""
    path = kata.newton(p0.clone(), steps)
    proof.tensor(path, [steps + 1, *p0.shape], like=p0)
    return path


def walked(kata, p0, lr, steps):
    """Return the answer's path of Adam, its kind proved."""
    if steps > 1:  # a step that changes the shape of p is not repeated: p may grow fast
        proof.tensor(kata.descend(p0.clone(), lr, 1), [2, *p0.shape], like=p0)
    path = kata.descend(p0.clone(), lr, steps)
    proof.tensor(path, [steps + 1, *p0.shape], like=p0)
    return path


def same_paths(path, wanted, atol, digits):
    """Claim the paths of all starts, one start after the other: so a table is not too wide."""
    for mine, its in zip(
        path.flatten(1, -2).unbind(1), wanted.flatten(1, -2).unbind(1), strict=True
    ):
        proof.close(mine, its, atol=atol, digits=digits)


def points_of(kata, low, high, spacing, n):
    """Return the answer's grid, its kind proved."""
    p = kata.grid(low, high, spacing)
    proof.tensor(p, [n, n, 2], like=p)
    proof.equal(str(p.dtype), "torch.float64", column="wanted dtype")
    return p


def labels_of(kata, starts, minima, lr, steps):
    """Return the answer's labels, their kind proved."""
    if steps > 1:  # as in walked
        found = kata.basins(starts.clone(), minima.clone(), lr, 1)
        proof.tensor(found, starts.shape[:-1], like=found)
    found = kata.basins(starts.clone(), minima.clone(), lr, steps)
    proof.tensor(found, starts.shape[:-1], like=found)
    proof.equal(str(found.dtype), "torch.int64", column="wanted dtype")
    return found


@each_dtype
def test_f_of_two_points(kata, device, dtype, tol):
    """The last dimension holds x and y: (−4, 0) gives 146, and (1, 2) gives 68."""
    found = values_of(kata, points([[-4.0, 0.0], [1.0, 2.0]], device, dtype))
    proof.close(found, [146.0, 68.0], atol=0.0, rtol=tol, row="point")


def test_f_agrees_with_the_document(kata, device, documented):
    """At the four printed minima f is 0.0, to more digits than are printed."""
    kata.f(points(STARTS, device))  # asked first: at a minimum any sum of the brackets is 0
    documented.agrees("values", values_of(kata, points(PRINTED, device)), row="minimum")


@each_dtype
def test_f_anywhere(kata, device, dtype, tol, fresh):
    """f is right at any points, in any arrangement: [n, k, 2], [k, 2] or [2]."""
    for shape in ((3, 4, 2), (5, 2), (2,)):
        p = fresh.tensor(*shape, low=-5, high=5, device=device, dtype=dtype)
        proof.close(values_of(kata, p), himmelblau(p), atol=tol, rtol=tol, row="point")


@each_dtype
def test_gradient_by_hand(kata, device, dtype, tol):
    """At (−4, 0) the slopes are −102 and 10, at (1, 0) −52 and −20, at (4, 0) 74 and 10."""
    found = slopes_of(kata, points(STARTS, device, dtype))
    wanted = [[-102.0, 10.0], [-52.0, -20.0], [74.0, 10.0]]
    proof.close(found, wanted, atol=0.0, rtol=tol, row="point")


@each_dtype
def test_gradient_anywhere(kata, device, dtype, tol, fresh):
    """gradient is what autograd finds, at any points in any arrangement."""
    for shape in ((3, 4, 2), (5, 2), (2,)):
        p = fresh.tensor(*shape, low=-5, high=5, device=device, dtype=dtype)
        # the terms of a slope reach some 700 here, and may cancel
        proof.close(slopes_of(kata, p), slopes(p), atol=100 * tol, rtol=tol, row="point")


@pytest.mark.observed
def test_gradient_leaves_its_points_alone(kata, device):
    """The points are the caller's: they do not change, and they are not asked for a gradient."""
    p = points(STARTS, device)
    proof.right(kata.gradient(p), slopes(p), atol=1e-9)
    proof.untouched(kata.observed)


@each_dtype
def test_newton_by_hand(kata, device, dtype, tol):
    """From (4, 3) the first step ends at (3.2542, 2.3151), and the third at (2.9998, 2.0020)."""
    p0 = points([4.0, 3.0], device, dtype)
    # f is flat near its minima: rounding counts a hundredfold there
    proof.close(solved(kata, p0, 3), newton_path(p0, 3), atol=100 * tol, digits=6)


def test_newton_agrees_with_the_document(kata, device, documented):
    """From a start near each, seven steps reach the four printed minima."""
    near = points([[4.0, 3.0], [-3.0, 3.0], [-4.0, -3.0], [4.0, -2.0]], device)
    documented.agrees("minima", solved(kata, near, 7)[-1], row="minimum")


@pytest.mark.documented("m003-himmelblau-minima", "m003-himmelblau-values")
def test_newton_goes_on_to_every_digit(kata, device):
    """The right digits double from step to step: after eight steps f is 0 to 25 decimals."""
    near = points([[4.0, 3.0], [-3.0, 3.0], [-4.0, -3.0], [4.0, -2.0]], device)
    path = solved(kata, near, 8)
    same_paths(path, newton_path(near, 8), atol=1e-10, digits=6)
    proof.close(path[-1], MINIMA, atol=1e-13, row="minimum")
    proof.close(himmelblau(path[-1]), [0.0] * 4, atol=1e-25, row="minimum")


def test_newton_finds_whatever_is_flat(kata, device):
    """From the document's three starts Newton ends at two saddles and at the top of the hill."""
    p0 = points(STARTS, device)
    path = solved(kata, p0, 9)
    same_paths(path, newton_path(p0, 9), atol=1e-10, digits=6)
    wanted = [[-3.07302575, -0.08135304], [-0.27084459, -0.92303856], [3.38515418, 0.07385188]]
    proof.close(path[-1], wanted, atol=5e-9, row="start")


@each_dtype
def test_newton_anywhere(kata, device, dtype, tol, fresh):
    """From any points near the minima, in any arrangement, the path is Newton's."""
    for shape in ((4, 2), (2, 2, 2)):
        away = fresh.tensor(*shape, low=-0.4, high=0.4, device=device)
        p0 = (points(MINIMA, device).reshape(shape) + away).to(dtype)
        steps = fresh.integer(2, 4)
        same_paths(solved(kata, p0, steps), newton_path(p0, steps), atol=100 * tol, digits=6)


@each_dtype
def test_descend_from_one_start(kata, device, dtype, tol):
    """From (−4, 0) Adam's first step is lr along x and along y, however steep each of them is."""
    p0 = points([-4.0, 0.0], device, dtype)
    path = walked(kata, p0, 0.1, 8)
    proof.close(path, torch_path(p0, 0.1, 8), atol=30 * tol, digits=5)
    # eps is added to slopes of 10 and more: it costs 1e-10 of a step
    proof.close(path[1], [-3.9, -0.1], atol=1e-9 + tol, row="coordinate")


def test_descend_walks_each_start_alone(kata, device):
    """A start walks as it would alone, also where it begins so near a minimum that eps counts."""
    near = points(MINIMA, device)
    p0 = torch.cat([near + 3e-6, near - points([3e-6, -3e-6], device)])
    same_paths(walked(kata, p0, 0.1, 3), torch_path(p0, 0.1, 3), atol=1e-10, digits=5)


def test_descend_takes_every_step(kata, device):
    """A start that stands at a minimum already stays there, with a row for each step."""
    for start in STARTS[0], MINIMA[0]:
        p0 = points([start], device)
        same_paths(walked(kata, p0, 0.1, 5), torch_path(p0, 0.1, 5), atol=1e-10, digits=5)


def test_descend_agrees_with_the_document(kata, device, documented):
    """From the document's three starts, at its rate 0.001, the first three steps."""
    p0 = points(STARTS, device)
    walked(kata, p0, 0.1, 12)  # asked first: three short steps hide what the averages remember
    documented.agrees("first_steps", walked(kata, p0, 1e-3, 3).flatten(1))


@each_dtype
def test_descend_anywhere(kata, device, dtype, tol, fresh):
    """Your path is torch.optim.Adam's from any starts, in any arrangement, at any rate."""
    for shape in ((4, 2), (2, 3, 2), (1, 2)):
        p0 = fresh.tensor(*shape, low=-5, high=5, device=device, dtype=dtype)
        lr, steps = fresh.number(0.02, 0.2), fresh.integer(6, 12)
        path, wanted = walked(kata, p0, lr, steps), torch_path(p0, lr, steps)
        same_paths(path, wanted, atol=30 * tol, digits=5)


@pytest.mark.documented("m003-adam-m4x0", "m003-adam-1x0", "m003-adam-4x0")
def test_descend_ends_at_three_minima(kata, device):
    """From (−4, 0), (1, 0), (4, 0) Adam ends at (−3.78, −3.28), (3, 2) and (3.58, −1.85)."""
    p0 = points(STARTS, device)
    path = walked(kata, p0, 0.2, 100)
    same_paths(path[:21], torch_path(p0, 0.2, 20), atol=1e-10, digits=4)
    # Adam swings as it comes to rest: 0.011 away after these steps (measured)
    proof.close(path[-1], [MINIMA[i] for i in (2, 0, 3)], atol=0.02, row="start", digits=4)


def test_grid_of_four_points(kata):
    """From 0 to below 2 by 1.2: first the row (0, 0), (1.2, 0), then (0, 1.2), (1.2, 1.2)."""
    found = points_of(kata, 0.0, 2.0, 1.2, 2)
    wanted = [[[0.0, 0.0], [1.2, 0.0]], [[0.0, 1.2], [1.2, 1.2]]]
    proof.close(found, wanted, atol=1e-12, row="row", digits=1)


@pytest.mark.documented("m003-grid-shapes")
def test_grid_of_the_document(kata):
    """From −6 to below 6 by 0.1 there are 120 ticks, the last of them 5.9."""
    points_of(kata, 0.0, 2.0, 0.7, 3)
    found = points_of(kata, -6.0, 6.0, 0.1, 120)
    wanted = lattice(-6.0, 0.1, 120)
    proof.close(found.flatten(1), wanted.flatten(1), atol=1e-12, row="row", digits=1)


def test_grid_anywhere(kata, fresh):
    """The ticks are low, low + spacing, … as long as they are below high."""
    for _ in range(3):
        low, spacing, n = fresh.number(-5, 5), fresh.number(0.2, 0.9), fresh.integer(2, 9)
        high = low + spacing * (n - fresh.number(0.1, 0.9))
        found, wanted = points_of(kata, low, high, spacing, n), lattice(low, spacing, n)
        proof.close(found.flatten(1), wanted.flatten(1), atol=1e-12, row="row", digits=3)


def test_basins_by_hand(kata, device):
    """Each start has the row of the minimum where Adam ends, in the order that minima has."""
    # from the last five Adam goes to another minimum than the nearest
    last = [[3.0, 0.0], [0.0, -1.0], [1.0, 5.0], [5.0, 1.0], [-6.0, 1.0]]
    starts = points([*STARTS, [0.0, 3.0], *last], device)
    minima = points(ROUNDED, device)
    found = labels_of(kata, starts, minima[OTHER_ORDER], 0.2, 40)
    again = labels_of(kata, starts, minima, 0.3, 30)
    proof.close(found, [0, 1, 2, 3, 1, 1, 3, 2, 0], atol=0.0, row="start")
    proof.close(again, [2, 0, 3, 1, 0, 0, 1, 3, 2], atol=0.0, row="start")


def test_basins_of_a_square(kata, device):
    """Of 144 starts 31, 36, 44 and 33 lead to the minima; nearest were 30, 36, 42 and 36."""
    walk, minima = torch_walk(0.2, 40, 1.0).to(device), points(ROUNDED, device)
    # asked first: in their usual order the four minima are the quadrants, too
    labels_of(kata, walk[0, :3], minima[OTHER_ORDER], 0.13, 4)
    found = labels_of(kata, walk[0], minima, 0.2, 40)
    wanted = distances(walk[-1], minima).argmin(-1)
    proof.close(found, wanted, atol=0.0, row="row from below", digits=0)
    counts = found.flatten().bincount(minlength=4).tolist()
    proof.equal(counts, [31, 36, 44, 33], column="wanted counts")


@pytest.mark.parametrize(("lr", "steps"), [(0.13, 4), (0.5, 5)], ids=["4 steps", "5 steps"])
def test_basins_after_a_few_steps(kata, device, lr, steps):
    """Where two minima are almost equally near, it matters how many steps there were, and how long.

    Such starts are the hundred of 14400 that end nearest to a border.
    """
    walk, minima = torch_walk(lr, steps, 0.1).flatten(1, 2), points(ROUNDED, "cpu")[OTHER_ORDER]
    nearest, next_best = distances(walk[-1], minima).sort(-1).values.unbind(-1)[:2]
    close_calls = (next_best - nearest).argsort()[:100]
    wanted = distances(walk[-1], minima).argmin(-1)[close_calls]
    found = labels_of(kata, walk[0, close_calls].to(device), minima.to(device), lr, steps)
    proof.close(found, wanted, atol=0.0, row="start", digits=0)


def test_basins_anywhere(kata, device, fresh):
    """Any start has its label, unless a push of a thousandth would take it to another minimum."""
    # not the usual order: what ends in nan or too far off has row 0, or that of (3, 2)
    minima = points(ROUNDED, device)[OTHER_ORDER]
    starts = fresh.tensor(60, 2, low=-6, high=6, device=device)
    pushes = 1e-3 * points([[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]], device)
    pushed = torch_path(starts + pushes[:, None], 0.2, 40)[-1]
    labels = distances(pushed, minima).argmin(-1)
    sure = (labels == labels[0]).all(dim=0)
    for dtype in (torch.float64, torch.float32):
        found = labels_of(kata, starts[sure].to(dtype), minima.to(dtype), 0.2, 40)
        proof.close(found, labels[0][sure], atol=0.0, row="start", digits=0)


WALKS = {
    "newton": lambda p: (p, 3),
    "descend": lambda p: (p, 0.1, 5),
    "basins": lambda p: (p, points(ROUNDED, p.device, p.dtype), 0.1, 5),
}
CALLS = {"f": lambda p: (p,), "gradient": lambda p: (p,), **WALKS}
TRUTHS = {  # of the same calls
    "f": himmelblau,
    "gradient": slopes,
    "newton": lambda p: newton_path(p, 3),
    "descend": lambda p: torch_path(p, 0.1, 5),
    "basins": lambda p: distances(torch_path(p, 0.1, 5)[-1], points(ROUNDED, p.device)).argmin(-1),
}
LEFT = [name for name in CALLS if name != "gradient"]  # which has a test of its own, further up


@pytest.mark.observed("work")
@pytest.mark.parametrize("name", WALKS)
def test_many_starts_walk_at_once(kata, device, name):
    """A thousand starts take no more operations than thirty."""
    many = lattice(-6.0, 0.375, 32).to(device).reshape(-1, 2)
    function, arguments = getattr(kata, name), WALKS[name]
    wanted = TRUTHS[name](many)
    some = wanted[:30] if name == "basins" else wanted[:, :30]
    given = arguments(many[:30].clone())  # from 25 on torch.cdist goes its other way
    proof.right(function(*given), some, atol=1e-6, rtol=1e-6)
    few = kata.observed
    proof.right(function(*arguments(many)), wanted, atol=1e-6, rtol=1e-6)
    proof.works_no_more(few, kata.observed, "starts")


@pytest.mark.observed("kept")
def test_no_graph_grows(kata, device):
    """Twelve steps keep no more for a backward pass than three."""
    p0 = points(STARTS, device)
    wanted = torch_path(p0, 0.1, 12)
    proof.right(kata.descend(p0, 0.1, 3), wanted[:4], atol=1e-9)
    few = kata.observed
    proof.right(kata.descend(p0, 0.1, 12), wanted, atol=1e-9)
    proof.keeps_no_more(few, kata.observed)


@pytest.mark.observed
@pytest.mark.parametrize("name", LEFT)
def test_arguments_are_left_alone(kata, device, name):
    """No function changes its arguments, or returns what hangs on them or on a graph."""
    p = points(STARTS, device)
    wanted = TRUTHS[name](p.clone())
    proof.right(getattr(kata, name)(*CALLS[name](p)), wanted, atol=1e-9)
    proof.untouched(kata.observed)


@pytest.mark.observed
@pytest.mark.parametrize("name", CALLS)
def test_everything_stays_on_its_device(kata, name):
    """What is made on the way is made where the points are."""
    p = points(STARTS, "cpu")
    wanted = TRUTHS[name](p.clone())
    proof.right(getattr(kata.elsewhere, name)(*CALLS[name](p)), wanted, atol=1e-9)
