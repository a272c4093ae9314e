"""The spec of kata 03, closed form learning rate: f(x) = 4x²."""

import math

import pytest
import torch

from dojo.spec import proof

DTYPES = [
    # the rounding of a dozen steps from 9 or less (measured 9e-15 in float64, 7e-6 in float32)
    pytest.param(torch.float64, 1e-12, id="float64"),
    pytest.param(torch.float32, 1e-5, id="float32"),
]
each_dtype = pytest.mark.parametrize(("dtype", "atol"), DTYPES)

# float64 against a closed form after up to 200 steps, relative (measured 2e-14): no absolute
# tolerance would do, where losses are between 1e-221 and 1e+95
MANY_STEPS = 1e-10


def path_of(x0, lr, steps):
    """Return x₀(1 − 8·lr)ᵗ, [steps + 1, *x0.shape], in float64."""
    t = torch.arange(steps + 1, dtype=torch.float64).reshape(-1, *[1] * x0.dim())
    return x0.double().cpu() * (1 - 8 * lr) ** t


def losses_of(x0, lrs, steps):
    """Return 4x₀²(1 − 8·lr)²ᵗ, [len(lrs), steps], in float64."""
    t = torch.arange(steps, dtype=torch.float64)
    factor = 1 - 8 * lrs.double().cpu()[:, None]
    return 4 * x0.double().cpu() ** 2 * factor ** (2 * t)


def walked(kata, x0, lr, steps):
    """Return descend's path, once it is known to be a tensor of the right kind."""
    path = kata.descend(x0, lr, steps)
    proof.tensor(path, [steps + 1, *x0.shape], like=x0)
    return path


def swept(kata, x0, lrs, steps):
    """Return sweep's losses, once they are known to be a tensor of the right kind."""
    losses = kata.sweep(x0, lrs, steps)
    proof.tensor(losses, [len(lrs), steps], like=x0)
    return losses


@pytest.mark.parametrize("steps", [7, 1, 0])
@each_dtype
def test_descend_returns_the_whole_path(kata, device, dtype, atol, steps):
    """descend returns steps + 1 rows: row 0 is the start, and every row has the shape of x0."""
    x0 = torch.tensor([3.0, -5.0], dtype=dtype, device=device)
    path = walked(kata, x0, 0.2, steps)
    proof.close(path[0], x0, atol=0.0, row="element", what="row 0 of the path")


@each_dtype
@pytest.mark.documented("m002-derivative")
def test_descend_steps_against_the_slope(kata, device, dtype, atol):
    """The slope of 4x² is 8x: at rate 0.1, 3 goes to 0.6 and 0.12, at rate 0.2 to −1.8 and 1.08."""
    x0 = torch.tensor([3.0, -5.0], dtype=dtype, device=device)
    walked(kata, x0, 0.2, 2)  # asked first: at 0.1 alone 8·lr and 1 − 2·lr are one factor
    path = walked(kata, x0, 0.1, 2)
    proof.close(path, [[3.0, -5.0], [0.6, -1.0], [0.12, -0.2]], atol=atol)
    path = walked(kata, x0, 0.2, 2)
    proof.close(path, [[3.0, -5.0], [-1.8, 3.0], [1.08, -1.8]], atol=atol)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["float64", "float32"])
@pytest.mark.parametrize(
    ("trace", "lr", "steps"),
    [
        pytest.param("lr_1", 1.0, 2, id="lr_1"),
        pytest.param("lr_05", 0.5, 4, id="lr_0.5"),
        pytest.param("lr_02", 0.2, 4, id="lr_0.2"),
        pytest.param("lr_01", 0.1, 4, id="lr_0.1"),
        pytest.param("lr_0125", 0.125, 3, id="lr_0.125"),
    ],
)
def test_descend_follows_the_document(kata, device, dtype, documented, trace, lr, steps):
    """descend walks the documented paths from 2: each step multiplies x by 1 − 8 · lr."""
    x0 = torch.tensor([2.0], dtype=dtype, device=device)
    documented.agrees(trace, walked(kata, x0, lr, steps))


def test_descend_goes_down_the_documented_slopes(kata, device, documented):
    """What each step takes from x, divided by lr, is the slope there: 16, −112, 784."""
    x0 = torch.tensor([2.0], dtype=torch.float64, device=device)
    lr = 1.0
    path = walked(kata, x0, lr, 3)
    documented.agrees("lr_1_slope", (path[:-1] - path[1:]) / lr, what="what each step takes, by lr")


def test_descend_twenty_steps(kata, device, documented):
    """Twenty steps at 0.2 follow the document: x changes sign each time, and shrinks by 0.6."""
    x0 = torch.tensor([2.0], dtype=torch.float64, device=device)
    documented.agrees("lr_02_twenty_steps", walked(kata, x0, 0.2, 20))


@pytest.mark.documented("m002-lr02-200steps")
def test_descend_two_hundred_steps(kata, device):
    """After 200 steps at 0.2, x is 8.5365e-45: nearer with every step, and never at 0."""
    x0 = torch.tensor([2.0], dtype=torch.float64, device=device)
    path = walked(kata, x0, 0.2, 200)
    proof.close(path, path_of(x0, 0.2, 200), atol=0.0, rtol=MANY_STEPS)


@each_dtype
def test_descend_follows_autograd(kata, device, dtype, atol, fresh):
    """Your path goes down the slopes that autograd finds, from any start, at any rate."""
    x0 = fresh.tensor(2, 3, low=-9, high=9, device=device, dtype=dtype)
    lr = fresh.number(0.02, 0.26)
    yours, path = walked(kata, x0, lr, 6), [x0]
    for _ in range(6):
        x = path[-1].clone().requires_grad_()
        ((2 * x) ** 2).sum().backward()
        path.append((x - lr * x.grad).detach())
    proof.close(yours, torch.stack(path), atol=10 * atol)


def test_descend_anywhere(kata, device, fresh):
    """From any start, at any rate, row t is x₀(1 − 8·lr)ᵗ."""
    x0 = fresh.tensor(3, low=-9, high=9, device=device)
    lr, steps = fresh.number(0.02, 0.26), fresh.integer(11, 29)
    # up to thirty steps: measured 6e-14
    proof.close(walked(kata, x0, lr, steps), path_of(x0, lr, steps), atol=1e-11)


def is_the_number(result, wanted):
    """Claim a Python float: three operations, rounded."""
    proof.number(result, float)
    proof.close(result, wanted, atol=0.0, rtol=1e-12)


def is_the_word(result, wanted):
    """Claim a Python string."""
    proof.number(result, str)
    proof.equal(result, wanted)


@pytest.mark.documented("m002-closed-form-lr", "m002-lr0125-one-step")
def test_one_step_learning_rate_of_the_document(kata):
    """One step is enough at the rate 1/8 for 4x², and at 1/2 for kata 01's x² − 10x + 1."""
    proof.each(kata.one_step_learning_rate, [((4.0,), 0.125), ((1.0,), 0.5)], is_the_number)


@pytest.mark.documented("m002-knows-expression")
def test_one_step_learning_rate_is_one_over_the_curvature(kata, fresh):
    """For any a·x² + b·x + c it is a way in x, divided by how the slope changes on it."""
    cases = []
    for low, high in ((0.05, 0.5), (0.5, 3.0), (5.0, 60.0)):
        a, b = fresh.number(low, high), fresh.number(-9, 9)
        x, y = fresh.number(-5, -1), fresh.number(1, 5)
        slopes = 2 * a * x + b, 2 * a * y + b
        cases.append(((a,), (y - x) / (slopes[1] - slopes[0])))
    proof.each(kata.one_step_learning_rate, cases, is_the_number)


@pytest.mark.documented("m002-closed-form-lr", "m002-update-rule-no-lr")
def test_learning_rate_to_reach_of_the_document(kata):
    """From 2, where the slope of 4x² is 16, the rate 1/8 leads to 0 and the rate 1 to −14."""
    cases = [((0.0, 2.0, 16.0), 0.125), ((-14.0, 2.0, 16.0), 1.0)]
    proof.each(kata.learning_rate_to_reach, cases, is_the_number)


def test_learning_rate_to_reach_any_target(kata):
    """The step bridges the way from x0 to the target, wherever the minimum is."""
    cases = [
        ((1.0, 3.0, 24.0), 1 / 12),  # on 4x², to the left, short of the minimum
        ((-1.0, -5.0, -40.0), 0.1),  # to the right
        ((-7.0, 3.0, 24.0), 5 / 12),  # beyond the minimum
        ((2.0, 5.0, 18.0), 1 / 6),  # on 3x² − 12x + 7, whose minimum is at 2
        ((1.0, 4.0, 1.0), 3.0),  # a gentle slope, but one: only where it is 0 is there no rate
    ]
    proof.each(kata.learning_rate_to_reach, cases, is_the_number)


def test_learning_rate_to_reach_is_the_rate_of_that_step(kata, fresh):
    """Where a step at some rate ended, that rate is found again."""
    cases = []
    for _ in range(5):
        # steps long enough that the rounding of the target, 1e-15, is within the tolerance
        x0, grad, lr = fresh.number(-9, 9), fresh.number(1, 30), fresh.number(0.05, 2.0)
        grad = math.copysign(grad, fresh.number(-1, 1))
        cases.append(((x0 - lr * grad, x0, grad), lr))
    proof.each(kata.learning_rate_to_reach, cases, is_the_number)


@pytest.mark.documented("m002-figure1-caption", "m002-lr1-diverges", "m002-lr0125-one-step")
def test_behaviour_of_the_documented_rates(kata, fresh):
    """On 4x² the rate 0.1 creeps, 0.125 lands, 0.2 swings, 0.25 cycles and 1 runs off."""
    words = {
        0.1: "monotone",
        0.125: "one step",
        0.2: "alternating",
        0.25: "cycling",
        0.3: "diverging",
        1.0: "diverging",
    }
    cases = [((lr, 4.0), word) for lr, word in words.items()]
    behaves(kata, cases, fresh)


def between_the_borders(fresh):
    """Return cases of the three words that hold for a range of rates, for small and for large a."""
    cases = []
    for smallest, largest in ((0.05, 0.5), (0.5, 5.0), (5.0, 60.0)):
        for low, high, word in (
            (0.05, 0.95, "monotone"),
            (-0.95, -0.05, "alternating"),
            (-1.9, -1.05, "diverging"),
            (-60.0, -2.0, "diverging"),
        ):
            a, factor = fresh.number(smallest, largest), fresh.number(low, high)
            cases.append((((1 - factor) / (2 * a), a), word))
    return cases


def behaves(kata, cases, fresh):
    """Claim the word of each case, asked in an order of this run: there are but five words."""
    __tracebackhide__ = True
    proof.each(kata.behaviour, cases, is_the_word, fresh)


def on_the_borders(a, off=1.0):
    """Return the two cases on a border, or off it by a factor."""
    return [((off / (2 * a), a), "one step"), ((off / a, a), "cycling")]


def test_behaviour_anywhere(kata, fresh):
    """The factor 1 − 2·a·lr decides, whatever a and lr are alone."""
    powers_of_two = [case for a in (0.25, 2.0, 16.0) for case in on_the_borders(a)]  # exact
    behaves(kata, between_the_borders(fresh) + powers_of_two, fresh)


def test_behaviour_on_the_borders(kata, fresh):
    """A rate within one part in 10⁹ of a border's counts as on it, for every a."""
    cases = between_the_borders(fresh)
    rounded = [1.9, 49.0]  # where 1 − 2·a·lr is not 0 at 1/(2a), and not −1 at 1/a
    for a in (*rounded, 2e-4, 3e4, *(fresh.number(0.1, 20.0) for _ in range(5))):
        for off in (1.0, 1 - 0.9e-9, 1 + 0.9e-9):
            cases = on_the_borders(a, off) + cases
    behaves(kata, cases, fresh)


def test_behaviour_beside_the_borders(kata, fresh):
    """A rate that misses a border by one part in ten million is not on it."""
    cases = between_the_borders(fresh) + on_the_borders(4.0)
    less, more = 1 - 1e-7, 1 + 1e-7
    for a in (2e-4, 3e4, *(fresh.number(0.1, 20.0) for _ in range(5))):
        lands, cycles = 1 / (2 * a), 1 / a
        cases += [((lands * less, a), "monotone"), ((lands * more, a), "alternating")]
        cases += [((cycles * less, a), "alternating"), ((cycles * more, a), "diverging")]
    behaves(kata, cases, fresh)


@pytest.mark.parametrize("shape", [[], [1]], ids=["0-dim", "one_element"])
@each_dtype
def test_sweep_returns_a_row_for_each_rate(kata, device, dtype, atol, shape):
    """sweep returns [len(lrs), steps]: a row for each rate, f(x0) = 36 at its head."""
    x0 = torch.full(shape, 3.0, dtype=dtype, device=device)
    lrs = torch.tensor([0.05, 0.1, 0.2], dtype=dtype, device=device)
    losses = swept(kata, x0, lrs, 5)
    proof.close(losses[:, 0], [36.0] * 3, atol=atol, row="rate", what="entry 0 of each row")


@pytest.mark.documented("m002-lr1-diverges")
def test_sweep_grows_as_documented(kata, device, documented):
    """At rate 1 the loss grows from 16 to 784 to 38416."""
    x0 = torch.tensor([2.0], dtype=torch.float64, device=device)
    lrs = torch.tensor([0.3, 1.0], dtype=torch.float64, device=device)
    documented.agrees("lr_1_loss", swept(kata, x0, lrs, 3)[1], what="row 1, the losses at rate 1")


def ten_rates(device):
    """Return the ten rates of the document, 0.01 to 0.2."""
    return torch.linspace(0.01, 0.2, 10, dtype=torch.float64, device=device)


@pytest.mark.documented("m002-sweep-lrs")
def test_sweep_agrees_with_the_document(kata, device, documented):
    """The ten documented rates start at 16 alike; five steps on, each has its own loss."""
    x0 = torch.tensor([2.0], dtype=torch.float64, device=device)
    documented.agrees("sweep", swept(kata, x0, ten_rates(device), 6), row="rate")


@pytest.mark.documented("m002-sweep-losses", "m002-sweep-lrs")
def test_sweep_a_hundred_steps(kata, device):
    """After 99 updates the ten losses lie between 1e-221 and 1e-6: 16(1 − 8·lr)¹⁹⁸."""
    x0 = torch.tensor([2.0], dtype=torch.float64, device=device)
    lrs = ten_rates(device)
    losses = swept(kata, x0, lrs, 100)
    proof.close(losses, losses_of(x0, lrs, 100), atol=0.0, rtol=MANY_STEPS, row="rate")


@pytest.mark.documented("m002-sweep-larger-max", "m002-lr02-200steps")
def test_sweep_on_both_sides_of_a_quarter(kata, device):
    """Beyond 0.25 the loss grows without end, at 0.25 it stays, below it shrinks."""
    x0 = torch.tensor([2.0], dtype=torch.float64, device=device)
    lrs = torch.tensor([0.2, 0.25, 0.3, 0.5], dtype=torch.float64, device=device)
    losses = swept(kata, x0, lrs, 200)
    proof.close(losses, losses_of(x0, lrs, 200), atol=0.0, rtol=MANY_STEPS, row="rate")


@each_dtype
def test_sweep_anywhere(kata, device, dtype, atol, fresh):
    """From any start and at any rates, the loss before update n is 4x₀²(1 − 8·lr)²ⁿ."""
    for sign in (1, -1):
        x0 = sign * fresh.tensor(1, low=0.5, high=5, device=device, dtype=dtype)
        lrs = fresh.tensor(4, low=0.02, high=0.26, device=device, dtype=dtype)
        steps = fresh.integer(6, 11)
        losses = swept(kata, x0, lrs, steps)
        # losses of up to 500: measured 3e-13 in float64, 1e-4 in float32
        proof.close(losses, losses_of(x0, lrs, steps), atol=100 * atol, row="rate")


@pytest.mark.observed("work")
def test_sweep_takes_all_rates_at_once(kata, device):
    """A sweep over thirty rates takes no more operations than one over three."""
    x0 = torch.tensor([3.0], dtype=torch.float64, device=device)
    lrs = torch.linspace(0.01, 0.2, 30, dtype=torch.float64, device=device)
    wanted = losses_of(x0, lrs, 4)
    proof.right(kata.sweep(x0, lrs[:3].clone(), steps=4), wanted[:3], atol=1e-10)
    few = kata.observed
    proof.right(kata.sweep(x0, lrs, steps=4), wanted, atol=1e-10)
    proof.works_no_more(few, kata.observed, "rates")


@pytest.mark.observed
def test_arguments_are_left_alone(kata, device):
    """No function changes its arguments, or returns what hangs on them or on a graph."""
    x0 = torch.tensor([3.0, -5.0], dtype=torch.float64, device=device)
    lrs = torch.tensor([0.05, 0.1, 0.2], dtype=torch.float64, device=device)
    losses = losses_of(x0[:1], lrs, 4)
    for call, wanted in (
        (lambda: kata.descend(x0, lr=0.1, steps=3), path_of(x0, 0.1, 3)),
        (lambda: kata.sweep(x0[:1].clone(), lrs, steps=4), losses),
        (lambda: kata.sweep(x0[:1].clone(), lrs, steps=1), losses[:, :1]),
    ):
        proof.right(call(), wanted, atol=1e-10)
        proof.untouched(kata.observed)


@pytest.mark.observed("kept")
def test_no_graph_grows(kata, device):
    """Twelve steps keep no more for a backward pass than three."""
    x0 = torch.tensor([3.0], dtype=torch.float64, device=device)
    lrs = torch.tensor([0.05, 0.1, 0.2], dtype=torch.float64, device=device)
    for walk, truth in (
        (lambda steps: kata.descend(x0, lr=0.1, steps=steps), lambda n: path_of(x0, 0.1, n)),
        (lambda steps: kata.sweep(x0, lrs, steps=steps), lambda n: losses_of(x0, lrs, n)),
    ):
        proof.right(walk(3), truth(3), atol=1e-10)
        few = kata.observed
        proof.right(walk(12), truth(12), atol=1e-10)
        proof.keeps_no_more(few, kata.observed)


@pytest.mark.observed
def test_everything_stays_on_its_device(kata):
    """What is made on the way is made where x0 is."""
    x0, lrs, away = torch.tensor([3.0]), torch.tensor([0.05, 0.1, 0.2]), kata.elsewhere
    proof.right(away.descend(x0, lr=0.1, steps=3), path_of(x0, 0.1, 3), atol=1e-4)
    proof.right(away.sweep(x0, lrs, steps=4), losses_of(x0, lrs, 4), atol=1e-4)


def test_one_step_learning_rate_needs_a_minimum(kata):
    """Where a is 0 or less there is no minimum to land on: that is a ValueError."""
    for a in (4.0, 0.01):
        proof.right(kata.one_step_learning_rate(a), 1 / (2 * a), atol=1e-9)
    inputs = [(-3.0,), (0.0,)]  # a hill, a line
    proof.refuses(kata.one_step_learning_rate, inputs, ValueError)


def test_learning_rate_to_reach_never_climbs(kata):
    """No positive rate climbs, or leaves a place without slope: that is a ValueError."""
    for target, x0, grad, rate in ((1.0, 3.0, 24.0, 1 / 12), (-1.0, -5.0, -40.0, 0.1)):
        proof.right(kata.learning_rate_to_reach(target, x0, grad), rate, atol=1e-9)
    inputs = [
        (5.0, 3.0, 24.0),  # uphill to the right
        (-5.0, -3.0, -24.0),  # uphill to the left
        (5.0, 3.0, 0.0),  # no slope, to the right
        (1.0, 3.0, 0.0),  # no slope, to the left
    ]
    proof.refuses(kata.learning_rate_to_reach, inputs, ValueError)
