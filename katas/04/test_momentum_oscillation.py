"""The spec of kata 04, momentum oscillation: the heavy ball on f(w) = 4w².

average_weights and critical_momentum take no tensor, so their tests need no device. The helpers
hand out clones: an answer that works in place is told so, by test_arguments_are_left_alone.
"""

from itertools import pairwise

import pytest
import torch
from torch import Tensor

from dojo.spec import proof
from dojo.spec.sgd import torch_step

DTYPES = [
    # float64 to the rounding of a hundred steps (measured 2e-15), float32 likewise (measured 4e-7)
    pytest.param(torch.float64, 1e-12, id="float64"),
    pytest.param(torch.float32, 1e-5, id="float32"),
]
each_dtype = pytest.mark.parametrize(("dtype", "atol"), DTYPES)
BETAS = (0.98, 0.95, 0.9, 0.8)
PARTS = ("the new w", "the new v")  # of what step returns
FIGURES = [(0.01, 0.9), (0.01, 0.63), (0.01, 0.0), (0.03, 0.0)]  # lr and momentum of each path


def are_weights(result, n):
    """Claim that average_weights returned n weights."""
    proof.tensor(result, [n], like=result)
    proof.equal(str(result.dtype), "torch.float64", column="wanted dtype")


def weights(kata, beta, n):
    """Return the answer's average_weights, its kind proved."""
    result = kata.average_weights(beta=beta, n=n)
    are_weights(result, n)
    return result


def is_step(result, like):
    """Claim that step returned a w and a v."""
    proof.parts(result, 2)
    for part, name in zip(result, PARTS, strict=True):
        proof.tensor(part, like.shape, like=like, what=name)


def stepped(kata, w, v, grad, lr, momentum):
    """Return (w, v) after a step of the answer, their kind proved."""
    result = kata.step(w.clone(), v.clone(), grad.clone(), lr=lr, momentum=momentum)
    is_step(result, like=w)
    return result


def descended(kata, w0, lr, momentum, steps):
    """Return the answer's path, its kind proved."""
    path = kata.descend(w0.clone(), lr=lr, momentum=momentum, steps=steps)
    proof.tensor(path, [steps + 1, *w0.shape], like=w0)
    return path


def is_count(count, wanted):
    """Claim how often a trace crosses."""
    proof.number(count, int)
    proof.equal(count, wanted)


def each_count_is_right(kata, traces, wanted, fresh):
    """Claim the count of each trace, asked in an order of this run."""
    cases = zip([(t.clone(),) for t in traces], wanted, strict=True)
    proof.each(kata.crossings, cases, is_count, fresh)


def on_the_sides_of(path, fresh):
    """Return a trace as often on each side as a path, and nowhere on it.

    So no call is given the path that descend is to return.
    """
    away = fresh.tensor(*path.shape, low=0.5, high=3, device=path.device, dtype=path.dtype)
    return path.sign() * away


def companion_path(w0, lr, momentum, steps):
    """Return wₜ = (1 + m − 8·lr) wₜ₋₁ − m wₜ₋₂ by powers of its matrix, in float64 on the CPU."""
    matrix = torch.tensor([[1 + momentum - 8 * lr, -momentum], [1.0, 0.0]], dtype=torch.float64)
    powers = [torch.linalg.matrix_power(matrix, t) for t in range(steps + 1)]
    share = torch.stack([power[0].sum() for power in powers])  # at rest: w₋₁ = w₀
    return torch.tensordot(share, w0.double().cpu(), dims=0)


def torch_states(w0, rates, momentum, f):
    """Return (w, v, gradient) of torch.optim.SGD on f before each step, and after the last."""
    w, v, velocity = w0.clone().requires_grad_(), torch.zeros_like(w0), None
    states = list[tuple[Tensor, Tensor, Tensor]]()
    for rate in [*rates, 0.0]:  # the last state is looked at, and not left
        (grad,) = torch.autograd.grad(f(w).sum(), w)
        states.append((w.detach().clone(), v, grad))
        velocity = torch_step(w, grad, rate, momentum, velocity)
        v = grad if velocity is None else velocity.clone()  # torch keeps none for momentum 0
    return states


def torch_path(w0, lr, momentum, steps):
    """Return the path of torch.optim.SGD on 4w²."""
    states = torch_states(w0, [lr] * steps, momentum, parabola)
    return torch.stack([w for w, _, _ in states])


def each_step_is_torchs(kata, states, rates, momentum, atol):
    """Claim that from every other state of torch.optim.SGD, step goes to the one after it.

    From every other one only: so no call is given what another is to return.
    """

    def is_next(result, wanted):
        is_step(result, like=wanted[0])
        for name, part, right, scale in zip(PARTS, result, wanted, (1, 100), strict=True):
            proof.close(part, right, atol=scale * atol, row="element", what=name)

    cases = [
        ((*(t.clone() for t in before), rate, momentum), after[:2])
        for before, after, rate in zip(states[:-1:2], states[1::2], rates[::2], strict=True)
    ]
    proof.each(kata.step, cases, is_next)


def parabola(w):
    """Return 4w²."""
    return 4 * w**2


def two_valleys(w):
    """Return a function with a local minimum at 0.93 and a deeper one at −1.06."""
    return w**4 - 2 * w**2 + w / 2


@pytest.mark.documented("m002-ewma-expansion")
@pytest.mark.parametrize(
    ("beta", "wanted"),
    [(0.9, [0.1, 0.09, 0.081, 0.0729]), (0.8, [0.2, 0.16, 0.128])],
    ids=["beta 0.9", "beta 0.8"],
)
def test_average_weights_by_hand(kata, beta, wanted):
    """average_weights gives 1 − beta to the newest value, and each older one beta times as much."""
    proof.close(weights(kata, beta, len(wanted)), wanted, atol=1e-15, row="steps ago")


def test_average_weights_agree_with_the_document(kata, documented):
    """The hundred weights are those of the document's figure, for beta 0.98, 0.95, 0.9 and 0.8."""
    columns = [weights(kata, beta, 100) for beta in BETAS]
    documented.agrees("weights", torch.stack(columns, dim=1), row="steps ago")


def each_has_its_sum(kata, last, wanted):
    """Claim what the newest of a hundred weights add up to, for each beta."""

    def adds_up(hundred, total):
        are_weights(hundred, 100)
        # the order of the additions shows in the fifteenth digit only
        proof.close(hundred[:last].sum(), total, atol=1e-12, what=f"the first {last} added up")

    cases = zip([(beta, 100) for beta in BETAS], wanted, strict=True)
    proof.each(kata.average_weights, cases, adds_up)


@pytest.mark.documented("m002-ewma-weight-sum", "m002-ewma-betas")
def test_average_weights_fall_short_of_one(kata):
    """A hundred weights add up to 1 − beta¹⁰⁰: not to 1, the values before them are missing."""
    each_has_its_sum(kata, 100, [0.867380444105, 0.99407947078, 0.999973438601, 0.999999999796])


@pytest.mark.documented("m002-ewma-memory", "m002-ewma-last-ten")
def test_average_weights_forget(kata):
    """The last ten values have 65.1 % of the weight for beta 0.9, and less for a larger beta."""
    each_has_its_sum(kata, 10, [0.182927193112, 0.401263060762, 0.6513215599, 0.8926258176])


@pytest.mark.documented("m002-ewma-formula")
def test_average_weights_are_those_of_the_average(kata, fresh):
    """Values times your weights give what the recursion v = beta · v + (1 − beta) · value gives."""
    for low, high in ((0.2, 0.45), (0.55, 0.97)):
        beta, n = fresh.number(low, high), fresh.integer(7, 31)
        values, v = fresh.tensor(n, low=0.5), 0.0
        for value in values:
            v = beta * v + (1 - beta) * value
        average = (weights(kata, beta, n) * values.flip(0)).sum()
        proof.close(average, v, atol=1e-12, what="the values times your weights, added up")


@each_dtype
def test_step_by_hand(kata, device, dtype, atol):
    """step adds the gradient to what is left of v, then moves w by lr times the new v."""
    w = torch.tensor([2.0, 1.84, -1.0], dtype=dtype, device=device)
    v = torch.tensor([0.0, 16.0, 3.0], dtype=dtype, device=device)
    w, v = stepped(kata, w, v, 8 * w, lr=0.01, momentum=0.9)
    proof.close(v, [16.0, 29.12, -5.3], atol=10 * atol, row="element", what="the new v")
    proof.close(w, [1.84, 1.5488, -0.947], atol=atol, row="element", what="the new w")


@pytest.mark.documented("m002-momentum-expansion")
def test_step_keeps_past_gradients(kata, device, fresh):
    """After four steps v is g₄ + m g₃ + m² g₂ + m³ g₁: no gradient is scaled down by 1 − m."""
    w, v = fresh.tensor(3, device=device), torch.zeros(3, dtype=torch.float64, device=device)
    grads, m, lr = fresh.tensor(4, 3, device=device), fresh.number(0.4, 0.9), fresh.number(0.1, 1)
    wanted = grads[3] + m * grads[2] + m**2 * grads[1] + m**3 * grads[0]
    for grad in grads:
        w, v = stepped(kata, w, v, grad, lr, m)
    proof.close(v, wanted, atol=1e-12, row="element", what="v after four steps")


@each_dtype
def test_step_anywhere(kata, device, dtype, atol, fresh):
    """One step follows the two formulas, whatever the shape, the velocity and the rate."""
    w, v, grad = (fresh.tensor(2, 3, device=device, dtype=dtype) for _ in range(3))
    for low, high in ((0.05, 0.4), (0.6, 0.95)):
        lr, momentum = fresh.number(0.01, 0.9), fresh.number(low, high)
        new_w, new_v = stepped(kata, w, v, grad, lr, momentum)
        wanted = momentum * v.double() + grad.double()
        proof.close(new_v, wanted, atol=atol, row="row", what="the new v")
        wanted = w.double() - lr * wanted
        proof.close(new_w, wanted, atol=atol, row="row", what="the new w")


@each_dtype
@pytest.mark.documented("m002-momentum-formula", "m002-plain-gd")
def test_step_agrees_with_torch(kata, device, dtype, atol, fresh):
    """Your step goes where torch.optim.SGD goes, from any start, also when lr is halved."""
    w0, lr = fresh.tensor(3, device=device, dtype=dtype), fresh.number(0.01, 0.05)
    rates = [lr] * 2 + [lr / 2] * 18
    for momentum in (0.9, 0.63, 0.0):
        states = torch_states(w0, rates, momentum, parabola)
        # never ==: SGD fuses the multiplication and the addition
        each_step_is_torchs(kata, states, rates, momentum, atol)


@pytest.mark.documented("m001-momentum-minima")
def test_step_out_of_a_local_minimum(kata, device):
    """With momentum 0.9 the ball rolls over a hill to the deeper valley; with 0 it stays."""
    w0, rates = torch.tensor(2.0, dtype=torch.float64, device=device), [0.01] * 60
    for momentum, side in ((0.9, -1), (0.0, 1)):
        states = torch_states(w0, rates, momentum, two_valleys)
        each_step_is_torchs(kata, states, rates, momentum, atol=1e-12)
        assert int(states[-1][0].sign()) == side  # so the ball is there


@pytest.mark.parametrize("steps", [7, 1, 0])
@each_dtype
def test_descend_returns_the_whole_path(kata, device, dtype, atol, steps):
    """descend returns steps + 1 rows: row 0 is the start, and every row has the shape of w0."""
    w0 = torch.tensor([2.0, -3.0], dtype=dtype, device=device)
    path = descended(kata, w0, lr=0.01, momentum=0.9, steps=steps)
    proof.close(path[0], w0, atol=0.0, row="element", what="row 0 of the path")


@pytest.mark.parametrize(
    ("name", "momentum"),
    [("momentum_09", 0.9), ("momentum_063", 0.63)],
    ids=["momentum 0.9", "momentum 0.63"],
)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["float64", "float32"])
def test_descend_follows_the_document(kata, device, dtype, documented, name, momentum):
    """From 2 with lr 0.01, the path is the documented one, for momentum 0.9 and for 0.63."""
    w0 = torch.tensor([2.0], dtype=dtype, device=device)
    documented.agrees(name, descended(kata, w0, 0.01, momentum, steps=7))


def test_descend_with_and_without_momentum(kata, device, documented):
    """Plain steps: lr 0.03 is faster than 0.01; momentum 0.9 begins as slowly and overtakes."""
    w0 = torch.tensor([2.0], dtype=torch.float64, device=device)
    given = [(0.01, 0.9), (0.01, 0.0), (0.03, 0.0)]
    paths = [descended(kata, w0, lr, momentum, steps=7) for lr, momentum in given]
    documented.agrees("three_paths", torch.cat(paths, dim=1))


def each_figure(kata, w0, wanted, claim):
    """Claim something of the answer's path of a hundred steps for each of FIGURES."""

    def of_a_path(path, its):
        proof.tensor(path, [101, *w0.shape], like=w0)
        claim(path, its)

    cases = zip([(w0.clone(), *given, 100) for given in FIGURES], wanted, strict=True)
    proof.each(kata.descend, cases, of_a_path)


@each_dtype
@pytest.mark.documented("m002-momentum-0", "m002-momentum-09", "m002-momentum-063")
@pytest.mark.documented("m002-typical-momentum")
def test_descend_a_hundred_steps(kata, device, dtype, atol):
    """Before the hundredth step momentum 0.9 has the highest of four losses: it still swings."""
    w0 = torch.tensor([2.0], dtype=dtype, device=device)
    losses = [4.713243e-04, 6.351260e-20, 1.081707e-06, 4.029130e-23]
    lowest = [-1.124254, -0.072137, None, None]

    def ends_as_drawn(path, wanted):
        loss, least = wanted
        # relative, for they span 19 orders: float32 is off by 2e-4 (measured)
        last = 4 * path[99].double() ** 2
        proof.close(last, [loss], atol=0.0, rtol=1e-3, row="element", what="4w² at step 99")
        if least is not None:
            proof.close(path.min(), least, atol=1e-6 + atol, what="the lowest w of the path")

    each_figure(kata, w0, zip(losses, lowest, strict=True), ends_as_drawn)


@pytest.mark.documented("m002-momentum-0", "m002-momentum-09", "m002-momentum-063")
def test_descend_reaches_and_settles(kata, device):
    """Momentum 0.9 is first below a loss of 0.01 at step 38, and stays below from step 68 on."""
    w0 = torch.tensor([2.0], dtype=torch.float64, device=device)

    def is_in_time(path, wanted):
        low = (4 * path[:, 0] ** 2 < 0.01).tolist()
        reached = low.index(True) if True in low else -1
        settled = 101 - (low[::-1].index(False) if False in low else 101)
        proof.equal((reached, settled), wanted, column="wanted: first below, below from then on")

    each_figure(kata, w0, [(38, 68), (10, 18), (45, 45), (14, 14)], is_in_time)


@each_dtype
def test_descend_anywhere(kata, device, dtype, atol, fresh):
    """From any start, row t is what the t-th power of one 2 × 2 matrix says."""
    w0 = fresh.tensor(2, 2, low=-9, high=9, device=device, dtype=dtype)
    for low, high in ((0.05, 0.4), (0.6, 0.95)):
        lr, momentum, steps = (
            fresh.number(0.005, 0.1),
            fresh.number(low, high),
            fresh.integer(9, 40),
        )
        path = descended(kata, w0, lr, momentum, steps)
        proof.close(path, companion_path(w0, lr, momentum, steps), atol=10 * atol)


@each_dtype
def test_descend_walks_as_torch_does(kata, device, dtype, atol, fresh):
    """Your path is the path of torch.optim.SGD with the same momentum, without dampening."""
    w0, lr = fresh.tensor(3, device=device, dtype=dtype), fresh.number(0.01, 0.1)
    for momentum in (0.9, 0.63, 0.0):
        wanted = torch_path(w0, lr, momentum, 20)
        proof.close(descended(kata, w0, lr, momentum, steps=20), wanted, atol=atol)


def test_crossings_by_hand(kata, device, fresh):
    """A crossing ends on the other side: passing through 0 is one, arriving there is none."""
    paths = {
        (2, 1, 0.5): 0,
        (1, -1, 2, -2): 3,
        (-3, -1, 2, 1): 1,
        (1, 0, -1): 1,
        (1, 0, 1): 0,
        (1, 0, 0): 0,
        (0, 2, -1): 1,
        (3, 0, 0, -2, 0, 1): 2,
        (1, 1e-6, -1e-6, 1e-8, -1e-8): 3,  # small is a side, too: only 0 is none
    }
    traces = [torch.tensor(path, dtype=torch.float64, device=device) for path in paths]
    each_count_is_right(kata, traces, paths.values(), fresh)


@pytest.mark.documented("m002-too-large-momentum", "m002-momentum-09", "m002-momentum-063")
def test_crossings_of_the_documented_paths(kata, device, fresh):
    """In 100 steps momentum 0.9 crosses 9 times, 0.63 7 times, 0.52 once, 0.514 and less never."""
    w0 = torch.tensor([2.0], device=device)
    momenta = (0.9, 0.63, 0.52, 0.514, 0.5, 0.0)
    paths = [companion_path(w0, 0.01, m, 100).to(device) for m in momenta]
    traces = [on_the_sides_of(path, fresh) for path in paths]
    each_count_is_right(kata, traces, [9, 7, 1, 0, 0, 0], fresh)


@pytest.mark.parametrize(
    ("momentum", "steps"),
    [(0.9, [6, 17, 28, 39, 50, 61, 72, 83, 94]), (0.63, [11, 25, 40, 54, 69, 83, 98])],
    ids=["momentum 0.9", "momentum 0.63"],
)
@pytest.mark.documented("m002-momentum-09", "m002-momentum-063")
def test_crossings_one_by_one(kata, device, fresh, momentum, steps):
    """A path cut short has its first crossings: momentum 0.9 crosses at steps 6, 17, 28, …, 94."""
    path = companion_path(torch.tensor(2.0), 0.01, momentum, 100).to(device)
    trace = on_the_sides_of(path, fresh)
    traces = [trace[:s] for step in steps for s in (step, step + 1)]  # without it, and with it
    each_count_is_right(kata, traces, [n for i in range(len(steps)) for n in (i, i + 1)], fresh)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["float64", "float32"])
def test_crossings_anywhere(kata, device, dtype, fresh):
    """Any path of one weight, [steps + 1] or [steps + 1, 1], has as many crossings as it has."""
    paths = [fresh.tensor(fresh.integer(9, 60), device=device, dtype=dtype) for _ in range(3)]
    paths = [path.where(path.abs() > 1, 0.0) for path in paths]  # a third lies on the minimum
    sides = [[x > 0 for x in path.tolist() if x != 0] for path in paths]
    wanted = [sum(a != b for a, b in pairwise(side)) for side in sides]
    traces = [path.reshape(shape) for path, shape in zip(paths, ([-1], [-1, 1], [-1]), strict=True)]
    each_count_is_right(kata, traces, wanted, fresh)


def is_limit(critical, wanted):
    """Claim a critical momentum."""
    proof.number(critical, float)
    proof.close(critical, wanted, atol=1e-12)


LIMITS = [(0.01, 8.0, 0.514314575050762), (0.02, 2.0, 0.64), (0.04, 0.25, 0.81), (0.125, 8.0, 0.0)]


@pytest.mark.documented("m002-too-large-momentum", "m002-momentum-063")
def test_critical_momentum_by_hand(kata):
    """It is 0.5143 for lr 0.01 on 4w², and 0 where lr · curvature is 1: one step is enough."""
    cases = [((lr, curvature), wanted) for lr, curvature, wanted in LIMITS]
    proof.each(kata.critical_momentum, cases, is_limit)


def test_critical_momentum_is_the_limit(kata, fresh):
    """Above it, and not below it, z² − (1 + m − lr · curvature) z + m has complex roots."""
    for low, high in ((0.5, 3.0), (8.0, 20.0)):
        lr, curvature = fresh.number(0.001, 0.04), fresh.number(low, high)
        straight, swings = 0.0, 1.0
        for _ in range(60):  # halve the interval until its ends are neighbours
            m = (straight + swings) / 2
            real = (1 + m - lr * curvature) ** 2 >= 4 * m
            straight, swings = (m, swings) if real else (straight, m)
        critical = kata.critical_momentum(lr=lr, curvature=curvature)
        proof.number(critical, float)
        proof.close(critical, straight, atol=1e-10)  # a double root is known to fewer digits


def test_critical_momentum_parts_the_paths(kata, fresh):
    """2 % below your critical momentum a path never crosses the minimum, 2 % above it does."""
    w0, rates = fresh.tensor(1, low=1, high=3), (0.01, fresh.number(0.002, 0.05))

    def parts_them(critical, lr):
        proof.number(critical, float)
        # half a swing takes 63 steps at most (at the smallest lr)
        paths = [companion_path(w0, lr, critical * near, 100) for near in (0.98, 1.02)]
        crosses = [bool((path < 0).any()) for path in paths]
        proof.equal(crosses, [False, True], column="crosses 2 % below, 2 % above, wanted")

    proof.each(kata.critical_momentum, [((lr, 8.0), lr) for lr in rates], parts_them)


@pytest.mark.observed
def test_arguments_are_left_alone(kata, device):
    """No function changes its arguments, or returns something that hangs on them or on a graph."""
    w = torch.tensor([2.0, -3.0], dtype=torch.float64, device=device)
    v, none = 8 * w + 0.9, torch.zeros_like(w)
    for call, wanted in (
        (lambda: kata.step(w, torch.ones_like(w), 8 * w, 0.01, 0.9), (w - 0.01 * v, v)),
        (lambda: kata.step(w, none, 8 * w, 0.01, 0.0), (w - 0.08 * w, 8 * w)),
        (lambda: kata.descend(w, 0.01, 0.9, 3), companion_path(w, 0.01, 0.9, 3)),
        (lambda: kata.crossings(w), 1),
    ):
        proof.right(call(), wanted, atol=1e-10)
        proof.untouched(kata.observed)


@pytest.mark.observed("kept")
def test_no_graph_grows(kata, device):
    """A path of twelve steps keeps no more for a backward pass than one of three."""
    w0 = torch.tensor([2.0], dtype=torch.float64, device=device)
    wanted = companion_path(w0, 0.01, 0.9, 12)
    proof.right(kata.descend(w0, 0.01, 0.9, 3), wanted[:4], atol=1e-10)
    few = kata.observed
    proof.right(kata.descend(w0, 0.01, 0.9, 12), wanted, atol=1e-10)
    proof.keeps_no_more(few, kata.observed)


@pytest.mark.observed
def test_everything_stays_on_its_device(kata):
    """What is made on the way, such as the first velocity, is made where w is."""
    w, away = torch.tensor([2.0, -3.0, 1.0]), kata.elsewhere
    v = 8 * w + 0.9
    new = away.step(w, torch.ones_like(w), 8 * w, lr=0.01, momentum=0.9)
    proof.right(new, (w - 0.01 * v, v), atol=1e-4)
    path = away.descend(w, lr=0.01, momentum=0.9, steps=3)
    proof.right(path, companion_path(w, 0.01, 0.9, 3), atol=1e-4)
    proof.right(away.crossings(w), 2, atol=0)


def test_step_refuses_a_momentum_that_never_stops(kata, device):
    """Momentum 1 or more never brakes, below 0 it pulls back: a ValueError that names momentum."""
    w = torch.tensor([2.0, -3.0], device=device)
    for momentum in (0.0, 0.99):  # the last of these stops, late
        v = 8 * w + momentum
        new = kata.step(w, torch.ones_like(w), 8 * w, 0.01, momentum)
        proof.right(new, (w - 0.01 * v, v), atol=1e-4)
    inputs = [(w, torch.ones_like(w), 8 * w, 0.01, momentum) for momentum in (1.0, -0.1, 1.5)]
    proof.refuses(kata.step, inputs, ValueError, naming="momentum")


def test_critical_momentum_refuses_a_rate_too_large(kata):
    """Where lr · curvature is above 1 even a plain step crosses: a ValueError that names lr."""
    for lr, curvature, wanted in LIMITS:
        proof.right(kata.critical_momentum(lr, curvature), wanted, atol=1e-9)
    inputs = [(0.2, 8.0), (0.13, 8.0), (0.9, 2.0)]
    proof.refuses(kata.critical_momentum, inputs, ValueError, naming="lr")
