"""The spec of kata 09, direction and step: SSE(a, b) = (2 − a − b)² + (4 − 3a − b)²."""

import math

import pytest
import torch

from dojo.spec import proof

DTYPES = [
    # the rounding of a dozen steps from 4 or less (measured 5e-15 in float64, 3e-6 in float32)
    pytest.param(torch.float64, 1e-12, id="float64"),
    pytest.param(torch.float32, 1e-5, id="float32"),
]
each_dtype = pytest.mark.parametrize(("dtype", "atol"), DTYPES)
just_dtype = pytest.mark.parametrize(
    "dtype", [torch.float64, torch.float32], ids=["float64", "float32"]
)

# SSE reaches 400 where a and b are between −3 and 3: measured 3e-13 in float64, 1e-4 in float32
LARGE = 100


def sse(point):
    """Return SSE of a point, [] of its dtype, on a graph if the point is."""
    a, b = point
    return (2 - a - b) ** 2 + (4 - 3 * a - b) ** 2


def slopes(point):
    """Return SSE's gradient by autograd, [2] in float64 on the CPU."""
    leaf = point.detach().double().cpu().requires_grad_()
    return torch.autograd.grad(sse(leaf), leaf)[0]


def valued(kata, point):
    """Return value_and_gradient's pair, once both are known to be tensors of the right kind."""
    pair = kata.value_and_gradient(point)
    is_a_pair(pair, point)
    return pair


def is_a_pair(pair, point):
    """Claim a value [] and a gradient [2], as a point is."""
    proof.parts(pair, 2)
    proof.tensor(pair[0], [], like=point, what="the value")
    proof.tensor(pair[1], [2], like=point, what="the gradient")


@just_dtype
@pytest.mark.documented("m001-gradient-is-scalar")
def test_value_and_gradient_of_the_document(kata, device, dtype, documented):
    """At (0, 0), SSE is 20 and falls by 28 along a, by 12 along b; a step of 0.01 leads to 11.8."""
    point = torch.zeros(2, dtype=dtype, device=device)
    value, gradient = valued(kata, point)
    then, there = valued(kata, point - 0.01 * gradient)
    rows = [torch.cat([v.reshape(1), g]) for v, g in ((value, gradient), (then, there))]
    documented.agrees("sse", torch.stack(rows), row="point")


@pytest.mark.documented("m004-sse-surface")
def test_value_and_gradient_on_the_surface(kata, device):
    """At (1, 2) SSE is 2, and it grows; at (1, 1) the line meets both points: all is 0."""
    at = {(1.0, 2.0): (2.0, [8.0, 4.0]), (1.0, 1.0): (0.0, [0.0, 0.0])}
    cases = [((torch.tensor(p, dtype=torch.float64, device=device),), v) for p, v in at.items()]

    def claim(pair, wanted):
        is_a_pair(pair, cases[0][0][0])
        proof.close(pair[0], wanted[0], atol=1e-12)
        proof.close(pair[1], wanted[1], atol=1e-12, row="slope")

    proof.each(kata.value_and_gradient, cases, claim)


@each_dtype
def test_value_and_gradient_anywhere(kata, device, dtype, atol, fresh):
    """At any point, your gradient is the one that autograd finds."""
    points = [fresh.tensor(2, device=device, dtype=dtype) for _ in range(3)]

    def claim(pair, point):
        is_a_pair(pair, point)
        proof.close(pair[0], sse(point.double()), atol=LARGE * atol)
        proof.close(pair[1], slopes(point), atol=LARGE * atol, row="slope")

    proof.each(kata.value_and_gradient, [((p,), p) for p in points], claim)


def is_like(result, wanted, atol):
    """Claim a tensor of the kind of the wanted one, and its numbers."""
    proof.tensor(result, wanted.shape, like=wanted)
    proof.close(result, wanted, atol=atol, row="entry")


@just_dtype
@pytest.mark.documented("m004-direction-line", "m004-direction-changes")
def test_direction_of_the_document(kata, device, dtype):
    """(−28, −12) is four times (−7, −3): both have the same direction, 12 up for 28 across."""
    ways = {(-7.0, -3.0): (0.919145030, 0.393919299), (-2.68, -1.16): (0.917722110, 0.397222996)}
    tensors = [[torch.tensor(t, dtype=dtype, device=device) for t in way] for way in ways.items()]
    cases = [((grad,), way) for grad, way in tensors]
    proof.each(kata.direction, cases, lambda result, way: is_like(result, way, 1e-6))


@just_dtype
def test_direction_has_no_length(kata, device, dtype):
    """A gradient a thousand times as long, in three weights, has the same direction."""
    grad = torch.tensor([3.0, -4.0, 12.0], dtype=dtype, device=device)
    way = torch.tensor([-3 / 13, 4 / 13, -12 / 13], dtype=dtype, device=device)
    cases = [((grad * length,), way) for length in (1.0, 0.01, 10.0, 1e-12)]
    proof.each(kata.direction, cases, lambda result, way: is_like(result, way, 1e-6))


@each_dtype
@pytest.mark.documented("m004-gradient-vector")
def test_direction_anywhere(kata, device, dtype, atol, fresh):
    """In two weights or in seven, it is against the gradient, and 1 long."""
    grads = [fresh.tensor(n, low=-5, high=5, device=device, dtype=dtype) for n in (2, 3, 7)]
    cases = [((g,), (-g.double() / g.double().norm()).to(dtype)) for g in grads]
    proof.each(kata.direction, cases, lambda result, way: is_like(result, way, atol))


@just_dtype
def test_exact_line_search_by_hand(kata, device, dtype):
    """At (0, 0) it is (28² + 12²) / (2 · 40² + 2 · 96²) = 928/21632; elsewhere it may be 0.65."""
    rates = {(0.0, 0.0): 928 / 21632, (2.0, 0.7): 0.0429172132, (1.5, -0.1875): 0.65}
    tensors = [[torch.tensor(t, dtype=dtype, device=device) for t in row] for row in rates.items()]
    cases = [((point,), rate) for point, rate in tensors]
    # ten digits are given; two roundings in float32
    proof.each(kata.exact_line_search, cases, lambda result, rate: is_like(result, rate, 1e-7))


def best_rate(point):
    """Return −b/2c of the parabola b·t + c·t² through SSE at the rates 0, 0.05 and 0.1, exactly."""
    point, step = point.double().cpu(), 0.05 * slopes(point)
    start, middle, end = (sse(point - k * step) for k in range(3))
    c = (end - 2 * middle + start) / 2
    return 0.05 * -(middle - start - c) / (2 * c)


@pytest.mark.parametrize(
    ("dtype", "rtol"),
    [
        # measured 2e-13 and 2e-6, of which most is the oracle's and the point's rounding
        pytest.param(torch.float64, 1e-9, id="float64"),
        pytest.param(torch.float32, 1e-4, id="float32"),
    ],
)
def test_exact_line_search_anywhere(kata, device, dtype, rtol, fresh):
    """From any point, SSE on the line of the gradient is lowest at your rate."""
    points = []
    for _ in range(3):  # away from (1, 1), to either side
        sign = math.copysign(1.0, fresh.number(-1, 1))
        points.append(1 + sign * fresh.tensor(2, low=0.5, high=3, device=device, dtype=dtype))

    def claim(rate, point):
        proof.tensor(rate, [], like=point)
        proof.close(rate, best_rate(point), atol=0.0, rtol=rtol)

    proof.each(kata.exact_line_search, [((p,), p) for p in points], claim)


# (start, rate, tolerance, most) → steps. Every other rule of stopping takes another number of steps
# in one of them. Step 10 of the first is 0.7 % too long: no rounding decides, and 1 % more shows.
STOPS = [
    (([0.0, 0.0], 0.01, 0.0243, 40), 11),
    (([3.0, -1.0], 0.06, 0.08, 25), 5),
    (([0.0, 2.0], 0.07, 0.1, 25), 6),
    (([0.0, 0.0], 0.01, 2.0, 5), 1),
]


def stops(dtype=torch.float64, device="cpu"):
    """Return STOPS as cases of descend_until: its arguments, and the path that is wanted."""
    starts = [torch.tensor(given[0], dtype=dtype, device=device) for given, _ in STOPS]
    return [
        case(start, *given[1:], steps) for start, (given, steps) in zip(starts, STOPS, strict=True)
    ]


def case(start, lr, tolerance, most, steps):
    """Return a call of descend_until, and its path of so many steps: start, then Hessian · way."""
    way = start.double().cpu() - 1  # from the minimum; a step multiplies it by I − lr·H
    matrix = torch.eye(2).double() - lr * torch.tensor([[20.0, 8.0], [8.0, 4.0]]).double()
    ways = [way]
    for _ in range(steps):
        ways.append(matrix @ ways[-1])
    return (start, lr, tolerance, most), (1 + torch.stack(ways)).to(start)


def is_the_path(result, wanted, atol):
    """Claim a path [taken + 1, 2]: first how many steps it has, then its points."""
    rows = len(result) if isinstance(result, torch.Tensor) and result.dim() else len(wanted)
    proof.tensor(result, [rows, 2], like=wanted)
    proof.equal(rows, len(wanted), column="rows wanted")
    proof.close(result, wanted, atol=atol)


def paths(kata, cases, atol):
    """Claim the path of each case of descend_until."""
    __tracebackhide__ = True
    proof.each(kata.descend_until, cases, lambda path, wanted: is_the_path(path, wanted, atol))


@each_dtype
@pytest.mark.documented("m004-second-point-quoted", "m004-lr-name")
def test_descend_until_follows_the_document(kata, device, dtype, atol, documented):
    """Two steps of 0.01 lead from (0, 0) to (0.28, 0.12) and to (0.4944, 0.2128)."""
    for given, _ in stops(dtype, device):
        kata.descend_until(*given)  # asked first: without a tolerance most mistakes look alike
    path = kata.descend_until(torch.zeros(2, dtype=dtype, device=device), 0.01, 0.0, 2)
    proof.tensor(path, [3, 2], like=path)
    documented.agrees("path", path)
    length = torch.linalg.vector_norm(path[1] - path[0])
    proof.close(length, 0.304630924235, atol=1e-7)


@each_dtype
def test_descend_until_stops(kata, device, dtype, atol):
    """The last row is the end of the first step that moves each weight by less than tolerance."""
    paths(kata, stops(dtype, device), 10 * atol)


@each_dtype
def test_descend_until_takes_no_more_than_most(kata, device, dtype, atol):
    """With tolerance 0 it takes `most` steps, even from (1, 1), where no step moves anything."""
    start = torch.tensor([2.0, -1.0], dtype=dtype, device=device)
    cases = [case(start, 0.02, 0.0, most, most) for most in (6, 1, 0)]
    cases += [case(torch.ones(2, dtype=dtype, device=device), 0.1, 0.0, 3, 3)]
    paths(kata, [*cases, *stops(dtype, device)], 10 * atol)


@each_dtype
def test_descend_until_follows_the_gradient(kata, device, dtype, atol, fresh):
    """From any point at any rate, each step is lr times the gradient at its start."""
    cases = []
    for _ in range(2):
        start = fresh.tensor(2, device=device, dtype=dtype)
        steps = fresh.integer(6, 12)
        cases.append(case(start, fresh.number(0.005, 0.07), 0.0, steps, steps))
    paths(kata, [*stops(dtype, device), *cases], 10 * atol)


def taken(start, lr, tolerance):
    """Return how many steps a descent takes until one is small."""
    point, steps = start, 0
    while True:
        move = lr * slopes(point)
        point, steps = point - move, steps + 1
        if (move.abs() < tolerance).all():
            return steps


def test_descend_until_stops_anywhere(kata, device, fresh):
    """From any point, at any rate, for any tolerance."""
    cases = []
    for _ in range(2):
        start = fresh.tensor(2)
        lr, tolerance = fresh.number(0.02, 0.06), fresh.number(0.02, 0.1)
        steps = taken(start, lr, tolerance)
        cases.append(case(start.to(device), lr, tolerance, 200, steps))
    paths(kata, [*stops(device=device), *cases], 1e-11)


def points_of(x, y, device, dtype=torch.float64):
    """Return x and y as tensors [m]."""
    return torch.tensor(x, dtype=dtype, device=device), torch.tensor(y, dtype=dtype, device=device)


@each_dtype
@pytest.mark.documented("m004-sse-w", "m004-sse-w-terms", "m004-sse-w-derivative")
def test_parabola_of_the_document(kata, device, dtype, atol):
    """(1, 2), (2, 4), (3, 6) give 14w² − 56w + 56, and each point alone gives its own part."""
    data = {
        (14.0, -56.0, 56.0): ([1.0, 2.0, 3.0], [2.0, 4.0, 6.0]),
        (1.0, -4.0, 4.0): ([1.0], [2.0]),
        (4.0, -16.0, 16.0): ([2.0], [4.0]),
        (9.0, -36.0, 36.0): ([3.0], [6.0]),
    }
    cases = [
        (points_of(*given, device, dtype), torch.tensor(wanted, dtype=dtype, device=device))
        for wanted, given in data.items()
    ]
    proof.each(kata.parabola, cases, lambda result, wanted: is_like(result, wanted, LARGE * atol))


@each_dtype
def test_parabola_anywhere(kata, device, dtype, atol, fresh):
    """For any points, p·w² + q·w + r is the loss at every w."""
    data = [tuple(fresh.tensor(m, device=device, dtype=dtype) for _ in range(2)) for m in (4, 7)]

    def claim(result, given):
        x, y = (v.double().cpu() for v in given)
        proof.tensor(result, [3], like=given[0])
        p, q, r = result.double().cpu()
        w = torch.tensor([-1.0, 0.0, 2.0], dtype=torch.float64)
        loss = ((y - w[:, None] * x) ** 2).sum(dim=1)
        proof.close(p * w**2 + q * w + r, loss, atol=LARGE * atol, row="w")

    proof.each(kata.parabola, [(given, given) for given in data], claim)


THREE = ([1.0, 2.0, 3.0], [2.0, 4.0, 6.0])  # the document's, on 2x
FOUR = ([1.0, -2.0, 0.5, 3.0], [3.0, 1.0, -1.0, 4.0])


def rounds(x, y, w0, alpha, steps):
    """Return a call of descend_scaled, and w* + (w0 − w*)(1 − alpha)ᵗ for t up to steps."""
    one, other = x.double(), y.double()
    best = (one @ other / (one @ one)).cpu()
    t = torch.arange(steps + 1, dtype=torch.float64)
    return (x, y, w0, alpha, steps), (best + (w0 - best) * (1 - alpha) ** t).to(x)


def walks(kata, cases, atol):
    """Claim every w of each case of descend_scaled."""
    __tracebackhide__ = True

    def claim(result, wanted):
        proof.tensor(result, wanted.shape, like=wanted)
        proof.close(result, wanted, atol=atol)

    proof.each(kata.descend_scaled, cases, claim)


def others(device, dtype=torch.float64):
    """Return two cases that are not the document's: it hides w0, alpha and the curvature.

    Their w0 is none that float32 holds: `torch.tensor(w0)` shows.
    """
    four = points_of(*FOUR, device, dtype)
    return [rounds(*four, 3.1, 0.3, 5), rounds(*four, -1.3, 1.5, 4)]


@each_dtype
@pytest.mark.documented("m004-scaled-gradient", "m004-w-closed-form")
def test_descend_scaled_follows_the_document(kata, device, dtype, atol, documented):
    """From 0 with alpha 0.5 each round halves the way to 2: 1, 3/2, 7/4, … 127/64."""
    three = points_of(*THREE, device, dtype)
    for given, _ in others(device, dtype):
        kata.descend_scaled(*given)  # asked first: the document's numbers hide five mistakes
    walk = kata.descend_scaled(*three, 0.0, 0.5, 7)
    proof.tensor(walk, [8], like=three[0])
    documented.agrees("halving", walk)
    documented.agrees("halving_slope", (walk[:4] - walk[1:5]) / 0.5)
    walks(kata, [*others(device, dtype), rounds(*three, 0.0, 0.5, 7)], atol)


@each_dtype
@pytest.mark.documented("m004-step-too-long")
def test_descend_scaled_too_short_and_too_long(kata, device, dtype, atol):
    """alpha 0.1 creeps, 1 lands, 1.5 swings and comes nearer, 2 swings for ever, 2.1 leaves."""
    three = points_of(*THREE, device, dtype)
    cases = [rounds(*three, 0.0, alpha, 5) for alpha in (0.1, 1.5, 2.0, 2.1)]
    there = rounds(*three, 5.0, 1.0, 5)  # from step 2 on nothing moves, and each w is asked for
    walks(kata, [*others(device, dtype), *cases, there], 10 * atol)


@each_dtype
@pytest.mark.documented("m004-step-ratio")
def test_descend_scaled_takes_a_share_of_the_way(kata, device, dtype, atol, fresh):
    """For any points, a step leaves 1 − alpha of the way to the best w, which is Σxy/Σx²."""
    cases = []
    for m, alphas in ((4, (0.1, 0.45)), (6, (0.55, 0.95)), (3, (1.1, 1.9))):
        x = fresh.tensor(m, low=0.5, high=3, device=device, dtype=dtype)
        y = fresh.tensor(m, device=device, dtype=dtype)
        steps = fresh.integer(3, 6)
        cases.append(rounds(x, y, fresh.number(-5, 5), fresh.number(*alphas), steps))
    walks(kata, [*others(device, dtype), *cases], 10 * atol)


@pytest.mark.documented("m004-near-one-one", "m004-gd-idea")
def test_descend_until_comes_near(kata, device):
    """Steps of 0.01 lead near (1, 1), slowly: within 1e-4 after 1237 of them."""
    given, wanted = case(torch.zeros(2, dtype=torch.float64, device=device), 0.01, 0.0, 1237, 1237)
    paths(kata, [*stops(device=device), (given, wanted)], 1e-11)


@pytest.mark.observed
def test_arguments_are_left_alone(kata, device):
    """No function changes its arguments, or returns what hangs on them or on a graph."""
    point = torch.tensor([2.0, -1.0], dtype=torch.float64, device=device)
    four = points_of(*FOUR, device)
    there, steps = slopes(point), case(point, 0.01, 0.0, 3, 3)[1]
    for call, wanted in (
        (lambda: kata.value_and_gradient(point), (sse(point), there)),
        (lambda: kata.direction(point), -point / point.norm()),
        (lambda: kata.exact_line_search(point), best_rate(point)),
        (lambda: kata.descend_until(point, 0.01, 0.0, 3), steps),
        (lambda: kata.descend_until(point, 0.01, 0.0, 0), steps[:1]),
        (lambda: kata.parabola(*four), torch.tensor([14.25, -25.0, 27.0])),
        (lambda: kata.descend_scaled(*four, 3.0, 0.3, 2), rounds(*four, 3.0, 0.3, 2)[1]),
    ):
        proof.right(call(), wanted, atol=1e-9)
        proof.untouched(kata.observed)


@pytest.mark.observed("kept")
def test_no_graph_grows(kata, device):
    """Twelve steps keep no more for a backward pass than three."""
    start = torch.tensor([2.0, -1.0], dtype=torch.float64, device=device)
    four = points_of(*FOUR, device)
    for walk in (
        lambda steps: paths(kata, [case(start, 0.02, 0.0, steps, steps)], 1e-11),
        lambda steps: walks(kata, [rounds(*four, 3.0, 0.3, steps)], 1e-11),
    ):
        walk(3)
        few = kata.observed
        walk(12)
        proof.keeps_no_more(few, kata.observed)


@pytest.mark.observed("work")
def test_parabola_adds_up_without_a_loop(kata, device, fresh):
    """The parabola of 300 points takes no more operations than that of three."""
    x, y = (fresh.tensor(300, device=device) for _ in range(2))
    proof.tensor(kata.parabola(x[:3].clone(), y[:3].clone()), [3], like=x)
    few = kata.observed
    wanted = torch.stack([x @ x, -2 * (x @ y), y @ y])
    is_like(kata.parabola(x, y), wanted, 1e-9)
    proof.works_no_more(few, kata.observed, "points")


@pytest.mark.observed
def test_everything_stays_on_its_device(kata):
    """What is made on the way is made where the arguments are."""
    point, four = torch.tensor([2.0, -1.0]), points_of(*FOUR, "cpu", torch.float32)
    away = kata.elsewhere
    proof.close(away.value_and_gradient(point)[1], [4.0, 0.0], atol=1e-4, row="slope")
    proof.close(away.direction(torch.tensor([-3.0, 4.0])), [0.6, -0.8], atol=1e-5, row="entry")
    proof.close(away.exact_line_search(point), best_rate(point), atol=1e-5)
    paths(kata, stops(), 1e-11)  # asked first: a single path stopped late is like many others
    for given, wanted in stops(torch.float32):
        is_the_path(away.descend_until(*given), wanted, 1e-4)
    proof.close(away.parabola(*four), [14.25, -25.0, 27.0], atol=1e-4, row="entry")
    given, wanted = rounds(*four, 3.0, 0.3, 3)
    proof.close(away.descend_scaled(*given), wanted, atol=1e-4)


def test_direction_needs_a_slope(kata, device):
    """A gradient of zeros points nowhere: a ValueError. One entry that is not 0 is enough."""
    half = math.sqrt(0.5)
    ways = {(0.0, -0.001): (0.0, 1.0), (2.0, -2.0): (-half, half)}  # the second adds up to 0
    tensors = [[torch.tensor(t, device=device) for t in way] for way in ways.items()]
    cases = [((grad,), way) for grad, way in tensors]
    proof.each(kata.direction, cases, lambda result, way: is_like(result, way, 1e-6))
    zeros = [(torch.zeros(n, device=device),) for n in (2, 3)]
    proof.refuses(kata.direction, zeros, ValueError)


def test_descend_scaled_needs_an_x(kata, device):
    """If every x is 0, no w is better than another: a ValueError. One that is not 0 is enough."""
    y = torch.tensor([1.0, 2.0], dtype=torch.float64, device=device)
    some = [torch.tensor(x).to(y) for x in ([0.0, 2.0], [-2.0, 2.0])]  # the second adds up to 0
    walks(kata, [*others(device), *(rounds(x, y, 3.0, 0.5, 2) for x in some)], 1e-12)
    for w0, alpha in ((3.0, 0.5), (1.0, 0.3)):
        inputs = [(torch.zeros(m).to(y), y[:m].clone(), w0, alpha, 2) for m in (2, 1)]
        proof.refuses(kata.descend_scaled, inputs, ValueError)
