"""The spec of kata 08, quartic learning rates: f(x) = x⁴ − 50x³ − x + 1."""

import math

import numpy as np
import pytest
import torch

from dojo.spec import proof

DTYPES = [
    # the rounding of a dozen steps where f bends up (measured 4e-14 in float64, 2e-5 in float32)
    pytest.param(torch.float64, 1e-11, id="float64"),
    pytest.param(torch.float32, 1e-4, id="float32"),
]
each_dtype = pytest.mark.parametrize(("dtype", "atol"), DTYPES)

# the terms of the slope reach 3e5, and are rounded: 6e-11 in float64, 0.06 in float32 (measured),
# of 5e-8 and 0.5
TERMS = 5000


def slope(x):
    """Return f′(x) of a number or a tensor."""
    return x**2 * (4 * x - 150) - 1


def path_of(x0, lr, steps):
    """Return the descent from x0, [steps + 1, *x0.shape], in float64."""
    path = [x0.double().cpu()]
    for _ in range(steps):
        path.append(path[-1] - lr * slope(path[-1]))
    return torch.stack(path)


def passing(mark, x0, lr):
    """Return the first step at which a descent is at mark or right of it."""
    t = 0
    while x0 < mark:
        x0, t = x0 - lr * slope(x0), t + 1
    return t


def sloped(kata, x):
    """Return gradient's slopes, once they are known to be a tensor of the right kind."""
    slopes = kata.gradient(x)
    proof.tensor(slopes, x.shape, like=x)
    return slopes


def walked(kata, x0, lr, steps):
    """Return descend's path, once it is known to be a tensor of the right kind."""
    if steps > 1:  # a step that changes the shape of x is not repeated: x may grow fast
        proof.tensor(kata.descend(x0, lr, 1), [2, *x0.shape], like=x0)
    path = kata.descend(x0, lr, steps)
    proof.tensor(path, [steps + 1, *x0.shape], like=x0)
    return path


def is_the_number(result, wanted):
    """Claim a Python float, to 12 digits."""
    proof.number(result, float)
    proof.close(result, wanted, atol=0.0, rtol=1e-12)


def is_the_count(result, wanted):
    """Claim a Python int."""
    proof.number(result, int)
    proof.equal(result, wanted)


def tried(kata, way):
    """Return the step of steps_to_pass, or the ValueError that it raised."""
    try:
        return kata.steps_to_pass(*way)
    except ValueError as refusal:
        return refusal


def counts(kata, cases, fresh):
    """Claim the step of each case; where one is refused, the others are asked all the same."""
    __tracebackhide__ = True
    try:
        proof.each(kata.steps_to_pass, cases, is_the_count, fresh)
    except ValueError:
        found = [tried(kata, way) for way, _ in cases]
        for (way, wanted), step in zip(cases, found, strict=True):
            if step != wanted:
                tried(kata, way)  # once more: a failure is about the latest call
            if isinstance(step, ValueError):
                pytest.fail(
                    f"Step {wanted} gets to the mark, and {way[-1]} steps are allowed.\n"
                    f"Yours raised a ValueError: {step}",
                    pytrace=False,
                )
            is_the_count(step, wanted)


@each_dtype
def test_gradient_is_the_slope(kata, device, dtype, atol):
    """Term by term, the slope of f is 4x³ − 150x² − 1: −1 at 0, −147 at 1, −633 at −2."""
    x = torch.tensor([[0.0, 1.0], [-2.0, 3.0]], dtype=dtype, device=device)
    wanted = [[-1.0, -147.0], [-633.0, -1243.0]]
    proof.close(sloped(kata, x), wanted, atol=100 * atol, row="row")


@each_dtype
@pytest.mark.documented("m000-quartic-gard-is-gradient", "m000-quartic-title")
def test_gradient_of_the_document(kata, device, dtype, atol):
    """At −25 the slope is −156251; the printed −1.56251 is that slope times lr."""
    x = torch.tensor([0.0, -25.0, 37.5, 25.0], dtype=dtype, device=device)
    wanted = [-1.0, -156251.0, -1.0, -31251.0]
    proof.close(sloped(kata, x), wanted, atol=TERMS * atol, row="element")


@each_dtype
def test_gradient_anywhere(kata, device, dtype, atol, fresh):
    """Your slopes are those that autograd finds, at any x."""
    x = fresh.tensor(2, 3, low=-30, high=45, device=device, dtype=dtype)
    leaf = x.double().requires_grad_()
    (leaf**4 - 50 * leaf**3 - leaf + 1).sum().backward()
    proof.close(sloped(kata, x), leaf.grad, atol=TERMS * atol, row="row")


def test_descend_follows_the_document(kata, device, documented):
    """descend walks the documented path from −25 at lr 1e-5: long steps first, then shorter."""
    x0 = torch.tensor([-25.0], dtype=torch.float64, device=device)
    documented.agrees("lr_1e5", walked(kata, x0, 1e-5, 20))


def test_descend_takes_the_documented_steps(kata, device, documented):
    """What each step subtracts from x is the column that the document calls "gard"."""
    x0 = torch.tensor([-25.0], dtype=torch.float64, device=device)
    path = walked(kata, x0, 1e-5, 20)
    documented.agrees("lr_1e5_step", path[:-1] - path[1:])


def test_descend_jumps_over_the_plateau(kata, device, documented):
    """At lr 2e-4 the first step goes from −25 to 6.2502, and twelve more to the minimum."""
    x0 = torch.tensor([-25.0], dtype=torch.float64, device=device)
    documented.agrees("lr_2e4", walked(kata, x0, 2e-4, 13))


@each_dtype
@pytest.mark.documented("m001-init-claim")
def test_descend_from_three_starts(kata, device, dtype, atol):
    """At the rate that wins from −25, fifty steps from −10 get no farther than −0.5614."""
    x0 = torch.tensor([-25.0, -10.0, 1.0], dtype=dtype, device=device)
    path = walked(kata, x0, 2e-4, 50)
    ends = path_of(x0, 2e-4, 50)[-1]
    proof.close(path[-1], ends, atol=atol, row="start")


@pytest.mark.parametrize("steps", [7, 1, 0])
@each_dtype
def test_descend_returns_the_whole_path(kata, device, dtype, atol, steps):
    """descend returns steps + 1 rows: row 0 is the start, and every row has the shape of x0."""
    x0 = torch.tensor([3.0, -5.0], dtype=dtype, device=device)
    walked(kata, x0, 1e-4, 7)  # asked first: no step at all hides every mistake
    path = walked(kata, x0, 1e-4, steps)
    proof.close(path, path_of(x0, 1e-4, steps), atol=atol)


@each_dtype
def test_descend_on_the_plateau(kata, device, dtype, atol):
    """At 0 the slope is −1, not 0: with lr 1e-3, the first step from there goes to 0.001."""
    x0 = torch.tensor([0.0, 1.0], dtype=dtype, device=device)
    proof.close(walked(kata, x0, 1e-3, 4), path_of(x0, 1e-3, 4), atol=atol)


def test_descend_leaves_if_the_rate_is_too_large(kata, device):
    """At lr 1e-3 the steps lead from −25 to 131, to −6329 and out of all bounds."""
    x0 = torch.tensor([-25.0, 3.0], dtype=torch.float64, device=device)
    path = walked(kata, x0, 1e-3, 3)
    proof.close(path, path_of(x0, 1e-3, 3), atol=1e-11, rtol=1e-9)


def test_descend_takes_every_step(kata, device):
    """There is a row for each step, where nothing moves any more and where x is nan as well."""
    x0 = torch.tensor([30.0], dtype=torch.float64, device=device)
    path = walked(kata, x0, 1 / 5625, 60)
    proof.close(path, path_of(x0, 1 / 5625, 60), atol=1e-11)
    x0 = torch.tensor([-25.0], dtype=torch.float64, device=device)
    path = walked(kata, x0, 1e-3, 12)
    proof.close(path[:4], path_of(x0, 1e-3, 3), atol=1e-11, rtol=1e-9)


@each_dtype
def test_descend_anywhere(kata, device, dtype, atol, fresh):
    """Your path goes down the slopes of f, from any start, at any rate."""
    x0 = fresh.tensor(2, 3, low=-25, high=30, device=device, dtype=dtype)
    lr, steps = fresh.number(3e-6, 3e-5), fresh.integer(6, 9)
    proof.close(walked(kata, x0, lr, steps), path_of(x0, lr, steps), atol=atol)


@pytest.mark.documented("m000-quartic-2e4")
def test_stationary_point_of_the_document(kata):
    """With c = 50 the slope is 0 at 37.50017777609, where f is −659216.18758889."""
    points = {50.0: 37.50017777609221, 15.0: 11.251974615406741, 2.0: 1.5979116727228238, 1.0: 1.0}
    cases = [((c,), x) for c, x in points.items()]
    proof.each(kata.stationary_point, cases, is_the_number)
    x = kata.stationary_point(50.0)
    proof.close(x**4 - 50 * x**3 - x + 1, -659216.18758889, atol=5e-9)


def largest_root(c):
    """Return the one real root of 4x³ − 3c·x² − 1, sharpened by a step of Newton's method."""
    roots = np.roots([4, -3 * c, 0, -1])
    x = float(roots[np.argmin(abs(roots.imag))].real)
    return x - (4 * x**3 - 3 * c * x**2 - 1) / (12 * x**2 - 6 * c * x)


def test_stationary_point_anywhere(kata, fresh):
    """For any c ≥ 1, your x makes 4x³ − 3c·x² − 1 zero."""
    draws = [fresh.number(*within) for within in ((1, 2), (2, 5), (5, 40), (40, 120))]
    proof.each(kata.stationary_point, [((c,), largest_root(c)) for c in draws], is_the_number)


def test_largest_stable_rate_by_hand(kata):
    """f″ is 12x² − 300x: 5625 at 37.5, so the rate there is 2/5625; at −25 it is 2/15000."""
    rates = {37.5: 2 / 5625, -25.0: 2 / 15000, 30.0: 2 / 1800, -2.0: 2 / 648}
    cases = [((x,), rate) for x, rate in rates.items()]
    proof.each(kata.largest_stable_rate, cases, is_the_number)


def rate_by_autograd(x):
    """Return 2/f″(x), f differentiated twice by autograd in float64."""
    leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    f = leaf**4 - 50 * leaf**3 - leaf + 1
    (first,) = torch.autograd.grad(f, leaf, create_graph=True)
    (second,) = torch.autograd.grad(first, leaf)
    return 2 / second.item()


def test_largest_stable_rate_anywhere(kata, fresh):
    """Wherever f bends up, the rate is 2 by the second derivative that autograd finds."""
    bends_up = ((-40, -5), (-4, -0.5), (25.5, 30), (30, 60))
    draws = [fresh.number(*within) for within in bends_up]
    proof.each(
        kata.largest_stable_rate, [((x,), rate_by_autograd(x)) for x in draws], is_the_number
    )


# (start, rates, steps) → the best of the rates. Each mistake picks another one in some of them.
RACES = [
    ((-25.0, [1e-5, 2e-4], 50), 2e-4),  # the document's
    ((-25.0, [1e-5, 5e-5, 1e-3], 15), 5e-5),  # the last blows up; the others end where f > 0
    ((-25.0, [1e-3, 1e-5, 2e-4], 15), 2e-4),
    ((-25.0, [4.7e-4, 2e-4], 1), 4.7e-4),  # one step to 48.4 or to 6.3
    ((-25.0, [4.7e-4, 2e-4], 2), 2e-4),  # and the next to 0.19 or to 7.2
    ((-25.0, [1.6e-4, 2e-4], 3), 2e-4),  # the first is on the plateau, the flattest place
    ((-25.0, [4.2e-4, 2e-4], 25), 2e-4),  # the first cycles
    ((-25.0, [2e-4, 3e-4], 11), 3e-4),
    ((-25.0, [2e-4, 3e-4], 12), 2e-4),  # a step later the other one leads
    ((60.0, [1e-4, 2e-4], 10), 1e-4),
    ((-3000.0, [1e-11, 1e-3], 9), 1e-11),  # f is 8e13 there: no number is large enough for nan
]


def race(start, rates, steps, best, dtype=torch.float64, device="cpu", shape=()):
    """Return a race as best_rate gets it, and the rate that wins as lrs holds it."""
    x0 = torch.full(shape, start, dtype=dtype, device=device)
    lrs = torch.tensor(rates, dtype=dtype, device=device)
    return (x0, lrs, steps), lrs[rates.index(best)].item()


@pytest.mark.parametrize("shape", [[], [1]], ids=["0-dim", "one_element"])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["float64", "float32"])
@pytest.mark.documented("m000-quartic-claim")
def test_best_rate_of_the_document(kata, device, dtype, shape):
    """From −25, fifty steps at 2e-4 end lower than fifty at 1e-5; what blows up never wins."""
    cases = [race(*given, best, dtype, device, shape) for given, best in RACES]
    proof.each(kata.best_rate, cases, is_the_number)


def wins_the_races(kata, device="cpu"):
    """Claim the winner of each race: on a single one, too many mistakes look alike."""
    cases = [race(*given, best, device=device) for given, best in RACES]
    proof.each(kata.best_rate, cases, is_the_number)


def lowest(x0, rates, steps):
    """Return the rate whose descent ends lowest, by a loop over plain floats."""
    ends = {}
    for lr in rates:
        x = x0
        for _ in range(steps):
            x = x - lr * slope(x) if abs(x) < 1e9 else math.nan  # beyond, it is past all bounds
        ends[lr] = x**4 - 50 * x**3 - x + 1
    return min((lr for lr in rates if math.isfinite(ends[lr])), key=ends.__getitem__)


def test_best_rate_anywhere(kata, device, fresh):
    """From any start the rate that you return is the one whose descent ends lowest."""
    cases = [race(*given, best, device=device) for given, best in RACES]
    for bounds, steps in (
        ([(1e-5, 1e-4), (1.7e-4, 2.9e-4), (1e-3, 3e-3)], 12),  # the last is nan by step 12
        ([(1e-5, 4e-5), (5e-5, 9e-5), (1e-3, 3e-3)], 12),
    ):
        start, rates = fresh.number(-25, -22), [fresh.number(*within) for within in bounds]
        cases.append(race(start, rates, steps, lowest(start, rates, steps), device=device))
    start, rates = fresh.number(5, 10), [fresh.number(1e-5, 9e-5), fresh.number(1e-4, 2e-4)]
    cases.append(race(start, rates, 3, lowest(start, rates, 3), device=device))
    proof.each(kata.best_rate, cases, is_the_number)


# (mark, start, rate, limit) → steps
MARKS = [
    ((-10.0, -25.0, 1e-5, 100), 28),
    ((1.0, 0.1, 1e-4, 3000), 498),  # on the plateau
    ((10.0, -25.0, 1e-4, 6000), 2554),  # over it
    ((37.55, -25.0, 2e-4, 50), 11),  # and back again with the next step
    ((100.0, 60.0, 1e-3, 5), 2),  # to −264, and from there far to the right; uphill it takes 1
    ((-25.0, -25.0, 1e-5, 9), 0),  # there already
    ((-26.0, -25.0, 1e-5, 9), 0),
]


def test_steps_to_pass_by_hand(kata, fresh):
    """From −25 at 1e-5, −10 is passed after 28 steps: x is −10.1000 after 27 and −9.9058 then."""
    counts(kata, MARKS, fresh)


def short_way(fresh):
    """Return (mark, start, rate) before the plateau: some dozens of steps."""
    return fresh.number(-12, -6), fresh.number(-25, -20), fresh.number(1e-5, 3e-5)


def test_steps_to_pass_counts_the_last_step(kata, fresh):
    """The last of `most` steps counts too, and a descent that starts at the mark needs none."""
    cases = list(MARKS)
    for _ in range(2):
        way = short_way(fresh)
        t = passing(*way)
        cases += [((*way, t), t), ((*way, t + 1), t)]
    counts(kata, [*cases, ((-4.0, -4.0, 1e-5, 0), 0)], fresh)


def test_steps_to_pass_anywhere(kata, fresh):
    """Before, on and behind the plateau, from any start, at any rate."""
    ways = [
        short_way(fresh),
        (fresh.number(5, 30), fresh.number(-3, -1), fresh.number(1e-4, 2e-4)),
        (fresh.number(20, 30), fresh.number(2, 8), fresh.number(1e-5, 5e-5)),
    ]
    cases = [((*way, 3000), passing(*way)) for way in ways]
    counts(kata, MARKS + cases, fresh)


@pytest.mark.documented("m000-quartic-claim")
def test_steps_to_pass_shows_that_small_is_slow(kata, fresh):
    """The small rate gets to the minimum too: less than 1e-4 is left after 25849 steps."""
    # 37.5001 is passed by 1e-6: no rounding decides
    case = ((37.5001, -25.0, 1e-5, 26000), 25849)
    counts(kata, [case, *MARKS], fresh)


@pytest.mark.observed
def test_arguments_are_left_alone(kata, device):
    """No function changes its arguments, or returns what hangs on them or on a graph."""
    x0 = torch.tensor([3.0, -5.0], dtype=torch.float64, device=device)
    lrs = torch.tensor([1e-5, 2e-4], dtype=torch.float64, device=device)
    for call, wanted in (
        (lambda: kata.gradient(x0), slope(x0)),
        (lambda: kata.descend(x0, lr=1e-4, steps=3), path_of(x0, 1e-4, 3)),
        (lambda: kata.descend(x0, lr=1e-4, steps=0), x0[None].clone()),
        (lambda: kata.best_rate(x0[1:].clone(), lrs, steps=4), 2e-4),
    ):
        proof.right(call(), wanted, atol=1e-9)
        proof.untouched(kata.observed)


@pytest.mark.observed("kept")
def test_no_graph_grows(kata, device):
    """Twelve steps keep no more for a backward pass than three."""
    wins_the_races(kata, device)
    x0 = torch.tensor([-20.0], dtype=torch.float64, device=device)
    lrs = torch.tensor([1e-5, 2e-4], dtype=torch.float64, device=device)
    for walk in (
        lambda steps: walked(kata, x0, 1e-5, steps),
        lambda steps: is_the_number(kata.best_rate(x0, lrs, steps), 2e-4),
    ):
        walk(3)
        few = kata.observed
        walk(12)
        proof.keeps_no_more(few, kata.observed)


@pytest.mark.observed("work")
def test_best_rate_takes_all_rates_at_once(kata, device):
    """A race of thirty rates takes no more operations than one of three."""
    wins_the_races(kata, device)
    x0 = torch.tensor([-20.0], dtype=torch.float64, device=device)
    lrs = torch.linspace(1e-5, 3e-4, 30, dtype=torch.float64, device=device)
    best = lowest(-20.0, lrs.tolist(), 4)
    proof.number(kata.best_rate(x0, lrs[:3].clone(), steps=4), float)
    few = kata.observed
    is_the_number(kata.best_rate(x0, lrs, steps=4), best)
    proof.works_no_more(few, kata.observed, "rates")


@pytest.mark.observed
def test_everything_stays_on_its_device(kata):
    """What is made on the way is made where x0 is."""
    wins_the_races(kata)
    x0 = torch.tensor([-20.0])
    lrs = torch.tensor([1e-5, 2e-4, 1e-3])
    proof.close(kata.elsewhere.gradient(x0), slope(x0), atol=0.5)
    proof.close(kata.elsewhere.descend(x0, lr=1e-5, steps=3), path_of(x0, 1e-5, 3), atol=1e-4)
    is_the_number(kata.elsewhere.best_rate(x0, lrs, steps=4), lrs[1].item())


def test_largest_stable_rate_needs_a_bend_upwards(kata):
    """From 0 to 25, both included, no rate is stable: a ValueError. Outside there is one."""
    beside = [((x,), rate_by_autograd(x)) for x in (25.001, -0.001)]
    proof.each(kata.largest_stable_rate, beside, lambda result, _: proof.number(result, float))
    inputs = [(x,) for x in (12.5, 1.0, 24.0, 0.0, 25.0)]
    proof.refuses(kata.largest_stable_rate, inputs, ValueError)


def test_steps_to_pass_gives_up(kata, fresh):
    """If `most` steps do not get there, that is a ValueError; with one more it is a number."""
    way = short_way(fresh)
    t = passing(*way)
    counts(kata, [*MARKS, ((*way, t), t)], fresh)
    inputs = [(*way, t - 1), (37.0, -25.0, 1e-5, 200), (-24.0, -25.0, 1e-5, 0)]
    proof.refuses(kata.steps_to_pass, inputs, ValueError)
