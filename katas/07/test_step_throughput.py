"""The spec of kata 07, step throughput: one trace, by six ways that do less and less for it."""

import time
from functools import cache

import pytest
import torch

from dojo.spec import proof

DTYPES = [
    # of the largest weight so far (measured 1e-13 in float64, 6e-5 in float32)
    pytest.param(torch.float64, 1e-10, id="float64"),
    pytest.param(torch.float32, 2e-4, id="float32"),
]
each_dtype = pytest.mark.parametrize(("dtype", "rtol"), DTYPES)
TWO = ([[1, 1], [3, 1]], [2, 4])
# three columns: the eigenvectors of a 2 × 2 matrix may be their own transpose, these are not
FIVE = ([[1, 2, 1], [3, -1, 1], [0, 2, 1], [2, 1, 1], [-1, 0, 1]], [4, -2, 6, 5, -1])
WIDE = ([[1, 2, 0, -1], [0, 1, 3, 1]], [2, -3])  # four weights for two samples: λ = 0 twice
# lr times the largest λ: 1 − lr·λ is positive, then negative, then below −1, where w swings away
RATES = {"creeps": 0.4, "swings": 1.7, "diverges": 2.03}
each_rate = pytest.mark.parametrize("rate", RATES.values(), ids=RATES.keys())
MANY = 1000  # samples, where a step must not see them


def samples(rows, dtype=torch.float64, device="cpu"):
    """Return X [m, n] and y [m, 1] of one of the data sets above."""
    X, y = (torch.tensor(part, dtype=dtype, device=device) for part in rows)
    return X, y.reshape(-1, 1)


def drawn(fresh, m, n, device, dtype=torch.float64):
    """Return X [m, n] and y [m, 1] that nobody has seen."""
    return (fresh.tensor(*shape, dtype=dtype, device=device) for shape in [(m, n), (m, 1)])


def steepest(X):
    """Return the largest eigenvalue of A = XᵀX/m, a Python number."""
    return float(torch.linalg.matrix_norm(X.double(), 2)) ** 2 / len(X)


def slow(X, y, lr, steps, momentum=0.0):
    """Return the trace by the slow loop, [steps + 1, n, 1], in float64 on the CPU."""
    X, y = X.double().cpu(), y.double().cpu()
    w = v = X.new_zeros(X.shape[1], 1)
    trace = [w]
    for _ in range(steps):
        v = momentum * v + X.T @ (X @ w - y) / len(X)
        w = w - lr * v
        trace.append(w)
    return torch.stack(trace)


@cache
def long_trace(lr, momentum=0.0):
    """Return 1600 slow steps on FIVE, which take a while: once for all answers that are judged."""
    return slow(*samples(FIVE), lr, 1600, momentum)


def leaderboard(kata):
    """Return a name and a number: the thousands of steps that whole_trace takes a second.

    Of five calls the fastest counts. The clock is here, so the way to the answer and back is in it.
    """
    X, y = samples(FIVE)
    lr = RATES["creeps"] / steepest(X)
    wanted, fastest = slow(X, y, lr, 20_000), float("inf")
    for _ in range(5):
        begun = time.perf_counter()
        trace = traced(kata, "whole_trace", X, y, lr, 20_000)
        fastest = min(fastest, time.perf_counter() - begun)
        close(trace, wanted, 1e-10)
    return "Kata 07: thousands of steps a second, whole_trace", round(20 / fastest, 1)


def close(yours, wanted, rtol, row="step", at=None):
    """Claim that weights agree to `rtol` of the largest, or of 1 where all are smaller."""
    __tracebackhide__ = True
    atol = rtol * max(1.0, float(wanted.abs().max()))
    proof.close(yours, wanted, atol=atol, row=row, at=at)


def traced(kata, name, X, y, lr, steps, **rest):
    """Return what this function of the answer returns, which must be steps + 1 columns."""
    __tracebackhide__ = True
    trace = getattr(kata, name)(X, y, lr=lr, **rest, steps=steps)
    proof.tensor(trace, [steps + 1, X.shape[1], 1], like=X)
    return trace


def jumped(kata, X, y, lr, step):
    """Return what the answer's jump returns, which must be one column of weights."""
    __tracebackhide__ = True
    w = kata.jump(X, y, lr=lr, step=step)
    proof.tensor(w, [X.shape[1], 1], like=X)
    return w


def is_slow(kata, name, device, dtype, rtol):
    """Claim that a function takes the steps of the slow loop on data worked out by hand."""
    __tracebackhide__ = True
    for rows, lr, steps in [(FIVE, 0.1, 6), (FIVE, 0.3, 1), (TWO, 0.01, 4), (TWO, 0.3, 0)]:
        X, y = samples(rows, dtype, device)
        close(traced(kata, name, X, y, lr, steps), slow(X, y, lr, steps), rtol)
    X, y = samples(TWO, dtype, device)
    first = traced(kata, name, X, y, 0.01, 2)[1:]
    proof.close(first.flatten(1), [[0.07, 0.03], [0.1359, 0.0583]], atol=1e-6, at=(1, 2))


def is_slow_anywhere(kata, name, device, dtype, rtol, fresh):
    """Claim the same on data that nobody has seen, tall and wide, at rates from small to large."""
    __tracebackhide__ = True
    for (m, n), rate in [((7, 3), RATES["creeps"]), ((5, 2), RATES["swings"]), ((3, 4), 0.9)]:
        X, y = drawn(fresh, m, n, device, dtype)
        lr, steps = fresh.number(0.9, 1.1) * rate / steepest(X), fresh.integer(15, 45)
        close(traced(kata, name, X, y, lr, steps), slow(X, y, lr, steps), rtol)


def each_step(kata, name, X, y):
    """Return what each step of a function adds to: operations, elements made, elements read."""
    seen = []
    for steps in (100, 300):
        lr = 0.1 / steepest(X)
        trace = traced(kata, name, X, y, lr, steps)
        proof.right(trace, slow(X, y, lr, steps), atol=1e-9)
        seen.append(kata.observed)
    few, many = seen
    pairs = [(few.operations, many.operations), (few.made, many.made), (few.read, many.read)]
    return [(b - a) / 200 for a, b in pairs]


def refuse(*lines):
    """Fail, and say what was seen."""
    pytest.fail("\n".join(lines), pytrace=False)


@each_dtype
def test_without_graph_takes_the_steps(kata, device, dtype, rtol):
    """without_graph walks from w = 0: the first step of kata 06's two samples is (.07, .03)."""
    is_slow(kata, "without_graph", device, dtype, rtol)


@each_dtype
def test_without_graph_anywhere(kata, device, dtype, rtol, fresh):
    """without_graph agrees with the slow loop for any data, rate and number of steps."""
    is_slow_anywhere(kata, "without_graph", device, dtype, rtol, fresh)


@pytest.mark.observed("kept")
def test_without_graph_keeps_none(kata, device):
    """Twelve steps keep no more for a backward pass than three, and the trace hangs on no graph."""
    X, y = samples(FIVE, device=device)
    wanted = slow(X, y, 0.1, 12)
    proof.right(kata.without_graph(X, y, lr=0.1, steps=3), wanted[:4], atol=1e-10)
    few = kata.observed
    proof.right(kata.without_graph(X, y, lr=0.1, steps=12), wanted, atol=1e-10)
    proof.keeps_no_more(few, kata.observed)
    proof.untouched(kata.observed)


@each_dtype
def test_in_place_takes_the_steps(kata, device, dtype, rtol):
    """in_place returns the trace of without_graph."""
    is_slow(kata, "in_place", device, dtype, rtol)


@each_dtype
def test_in_place_anywhere(kata, device, dtype, rtol, fresh):
    """in_place agrees with the slow loop for any data, rate and number of steps."""
    is_slow_anywhere(kata, "in_place", device, dtype, rtol, fresh)


@pytest.mark.observed("work")
def test_in_place_makes_nothing_on_the_way(kata, device, fresh):
    """A step of in_place makes nothing new: only the trace grows, by n numbers a step."""
    X, y = drawn(fresh, 50, 3, device)
    _, made, _ = each_step(kata, "in_place", X, y)
    proof.untouched(kata.observed)
    if made > 3:
        refuse(
            f"Each step makes {made:g} numbers; a row of the trace has 3. Make the trace",
            "and the buffers before the loop, and let operations write into them.",
        )


@each_dtype
def test_by_gram_takes_the_steps(kata, device, dtype, rtol):
    """by_gram returns the trace of without_graph."""
    is_slow(kata, "by_gram", device, dtype, rtol)


@each_dtype
def test_by_gram_anywhere(kata, device, dtype, rtol, fresh):
    """by_gram agrees with the slow loop for any data, rate and number of steps."""
    is_slow_anywhere(kata, "by_gram", device, dtype, rtol, fresh)


@pytest.mark.observed("work")
def test_by_gram_never_returns_to_the_data(kata, device, fresh):
    """With 1000 samples and 3 weights a step of by_gram reads far less than 1000 numbers."""
    X, y = drawn(fresh, MANY, 3, device)
    _, made, read = each_step(kata, "by_gram", X, y)
    proof.untouched(kata.observed)
    if max(made, read) >= MANY / 2:
        refuse(
            f"Each step reads {read:g} numbers and makes {made:g}: it goes through all",
            f"{MANY} samples. XᵀX/m and Xᵀy/m are small: make them before the loop.",
        )


@each_dtype
def test_whole_trace_takes_the_steps(kata, device, dtype, rtol):
    """whole_trace returns the trace of without_graph."""
    is_slow(kata, "whole_trace", device, dtype, rtol)


@each_rate
def test_whole_trace_with_every_sign(kata, device, rate):
    """1 − lr·λ may be negative, and below −1: w swings, or swings away, and the trace follows."""
    X, y = samples(FIVE, device=device)
    lr = rate / steepest(X)
    close(traced(kata, "whole_trace", X, y, lr, 30), slow(X, y, lr, 30), 1e-10)


@pytest.mark.parametrize("empty", [True, False], ids=["a column of zeros", "more weights"])
def test_whole_trace_where_an_eigenvalue_is_zero(kata, device, empty):
    """Where λ = 0 nothing pulls: no nan, and the trace is that of the slow loop."""
    X, y = samples(FIVE if empty else WIDE, device=device)
    if empty:
        X[:, 1] = 0
    close(traced(kata, "whole_trace", X, y, 0.2, 60), slow(X, y, 0.2, 60), 1e-10)


@each_dtype
def test_whole_trace_anywhere(kata, device, dtype, rtol, fresh):
    """whole_trace agrees with the slow loop for any data, rate and number of steps."""
    is_slow_anywhere(kata, "whole_trace", device, dtype, rtol, fresh)


def test_whole_trace_far_away(kata, device, fresh):
    """Four hundred steps that grow to 1e100 are right to ten digits, each of them."""
    X, y = drawn(fresh, 6, 3, device)
    lr = 2.8 / steepest(X)
    wanted = slow(X, y, lr, 400)
    size = wanted.abs().amax(dim=(1, 2), keepdim=True).clamp(min=1e-3)
    trace = traced(kata, "whole_trace", X, y, lr, 400)
    # the base 1 − lr·λ is rounded once: 400 times that, 4e-14 (measured 3e-14)
    proof.close(
        trace / size.to(device), wanted / size, atol=1e-10, what="each step by its largest weight"
    )


def test_whole_trace_of_columns_almost_alike(kata, device, fresh):
    """With cond(X) about 1e4 the trace is that of the slow loop to six digits."""
    X, y = drawn(fresh, 8, 3, device)
    X[:, 2] = X[:, 1] + 1e-4 * X[:, 2]
    lr, steps = 1.5 / steepest(X), 300
    # A squares cond(X). The worst of sixty draws: through the inverse of A 4e-8, through w* 1e-9,
    # through the sum of the powers 6e-14
    close(traced(kata, "whole_trace", X, y, lr, steps), slow(X, y, lr, steps), 1e-6)


@pytest.mark.observed("work")
def test_whole_trace_is_no_loop(kata, device):
    """whole_trace takes as many operations for 1600 steps as for 400, and the trace is right."""
    X, y = samples(FIVE, device=device)
    traced(kata, "whole_trace", X, y, 0.1, 400)
    few = kata.observed
    trace = traced(kata, "whole_trace", X, y, 0.1, 1600)
    proof.works_no_more(few, kata.observed, "steps")
    proof.untouched(kata.observed)
    close(trace, long_trace(0.1), 1e-10)


@each_dtype
def test_jump_lands_on_the_trace(kata, device, dtype, rtol):
    """jump returns one row of the trace, [n, 1]: step 0 is zero, step 1 is lr · b."""
    for rows, lr, steps in [(FIVE, 0.1, (6, 1, 0)), (TWO, 0.01, (4, 1)), (TWO, 0.3, (2, 50))]:
        X, y = samples(rows, dtype, device)
        trace = slow(X, y, lr, max(steps))
        yours = torch.stack([jumped(kata, X, y, lr, step) for step in steps])
        close(yours, trace[list(steps)], rtol, at=steps)


@each_rate
def test_jump_with_every_sign(kata, device, rate):
    """jump is right where 1 − lr·λ is negative, for odd and even steps, and where w swings away."""
    X, y = samples(FIVE, device=device)
    lr = rate / steepest(X)
    trace = slow(X, y, lr, 30)
    yours = torch.stack([jumped(kata, X, y, lr, step) for step in (7, 30)])
    close(yours, trace[[7, 30]], 1e-10, at=(7, 30))


@pytest.mark.parametrize("empty", [True, False], ids=["a column of zeros", "more weights"])
def test_jump_where_an_eigenvalue_is_zero(kata, device, empty):
    """Where λ = 0 nothing pulls: no nan, and the landing is that of the slow loop."""
    X, y = samples(FIVE if empty else WIDE, device=device)
    if empty:
        X[:, 1] = 0
    close(jumped(kata, X, y, 0.2, 60), slow(X, y, 0.2, 60)[-1], 1e-10, row="weight")


def test_jump_where_lambda_is_lost_in_rounding(kata, device, fresh):
    """A λ too small to change 1 leaves p = 1 and w moves by c in each step: s is a sum of ones."""
    tiny, lr, step = 2.0**-17, 0.4, 1000  # float32: 1 − 0.4 · tiny²/2 is 1
    x = torch.tensor([2.0, tiny], dtype=torch.float64)
    y = torch.tensor([fresh.number(1, 2), fresh.number(2000, 3000)], dtype=torch.float64)
    wanted = -torch.expm1(step * torch.log1p(-lr * x**2 / 2)) * y / x
    X, column = x.diag().to(device, torch.float32), y[:, None].to(device, torch.float32)
    # p^k and k · c are rounded: 1e-7 each; where s is computed in float64, 1 − 1e-11 costs 1e-5
    close(jumped(kata, X, column, lr, step), wanted[:, None], 2e-4, row="weight")


@each_dtype
def test_jump_anywhere(kata, device, dtype, rtol, fresh):
    """jump agrees with the slow loop for any data, rate and step."""
    for (m, n), rate in [((7, 3), RATES["creeps"]), ((5, 2), RATES["swings"]), ((3, 4), 0.9)]:
        X, y = drawn(fresh, m, n, device, dtype)
        lr, step = fresh.number(0.9, 1.1) * rate / steepest(X), fresh.integer(3, 25)
        close(jumped(kata, X, y, lr, step), slow(X, y, lr, step)[-1], rtol, row="weight")


def test_jump_of_columns_almost_alike(kata, device, fresh):
    """With cond(X) about 1e4 jump lands where the slow loop does, to six digits."""
    X, y = drawn(fresh, 8, 3, device)
    X[:, 2] = X[:, 1] + 1e-4 * X[:, 2]
    lr = 1.5 / steepest(X)
    close(jumped(kata, X, y, lr, 300), slow(X, y, lr, 300)[-1], 1e-6, row="weight")  # as above


@pytest.mark.observed("work")
def test_jump_goes_straight_there(kata, device):
    """jump does for step 1,000,000 what it does for step 50: no more operations, no more memory."""
    X, y = samples(FIVE, device=device)
    lr = 1e-5
    jumped(kata, X, y, lr, 50)
    few = kata.observed
    jumped(kata, X, y, lr, 1000)
    many = kata.observed
    proof.works_no_more(few, many, "steps")
    proof.untouched(many)
    if many.made > few.made:
        refuse(
            f"For step 50 it makes {few.made} numbers, for step 1000 {many.made}: the rows",
            "before the one that is asked for. Only an exponent depends on the step.",
        )
    A, b = X.T @ X / len(X), X.T @ y / len(X)
    left = torch.linalg.matrix_power(torch.eye(3, dtype=X.dtype, device=device) - lr * A, 10**6)
    best = torch.linalg.solve(A, b)
    # a million roundings of 1 − lr·λ: 1e-10 (measured 5e-12)
    close(jumped(kata, X, y, lr, 10**6), best - left @ best, 1e-8, row="weight")


@each_dtype
def test_momentum_trace_takes_the_steps(kata, device, dtype, rtol):
    """momentum_trace is kata 04's descent on this loss: a plain first step, then v builds up."""
    cases = [(FIVE, 0.1, 0.5, 6), (TWO, 0.01, 0.9, 4), (FIVE, 0.2, 0.3, 1), (TWO, 0.2, 0.3, 0)]
    for rows, lr, momentum, steps in cases:
        X, y = samples(rows, dtype, device)
        trace = traced(kata, "momentum_trace", X, y, lr, steps, momentum=momentum)
        close(trace, slow(X, y, lr, steps, momentum), rtol)
    X, y = samples(TWO, dtype, device)
    trace = traced(kata, "momentum_trace", X, y, 0.01, 2, momentum=0.9)
    first = trace.flatten(1)[1:]
    proof.close(first, [[0.07, 0.03], [0.1989, 0.0853]], atol=1e-6, at=(1, 2))


@pytest.mark.parametrize("momentum", [0.25, 0.5625], ids=["steep", "flat"])
def test_momentum_trace_at_the_critical_momentum(kata, device, momentum):
    """Where two roots are equal there is no 0/0: the trace is that of the slow loop."""
    X, y = samples(([[2, 0], [0, 4], [0, 0], [0, 0]], [2, 3, 1, -1]), device=device)
    # λ is 1 and 4, lr·λ is 1/16 and 1/4, critical are (1 − 1/4)² and (1 − 1/2)²: all exact
    trace = traced(kata, "momentum_trace", X, y, 0.0625, 40, momentum=momentum)
    close(trace, slow(X, y, 0.0625, 40, momentum), 1e-10)


@each_dtype
def test_momentum_trace_of_any_momentum(kata, device, dtype, rtol):
    """momentum_trace swings with momentum 0.98, and is the plain trace with momentum 0."""
    X, y = samples(FIVE, dtype, device)
    for momentum in (0.98, 0.6, 0.0):
        trace = traced(kata, "momentum_trace", X, y, 0.05, 80, momentum=momentum)
        close(trace, slow(X, y, 0.05, 80, momentum), rtol)


@pytest.mark.parametrize("empty", [True, False], ids=["a column of zeros", "more weights"])
def test_momentum_trace_where_an_eigenvalue_is_zero(kata, device, empty):
    """Where λ = 0 nothing pulls: no nan, and the trace is that of the slow loop."""
    X, y = samples(FIVE if empty else WIDE, device=device)
    if empty:
        X[:, 1] = 0
    trace = traced(kata, "momentum_trace", X, y, 0.2, 60, momentum=0.4)
    close(trace, slow(X, y, 0.2, 60, 0.4), 1e-10)


@each_dtype
def test_momentum_trace_anywhere(kata, device, dtype, rtol, fresh):
    """momentum_trace agrees with the slow loop for any data, rate, momentum and number of steps."""
    for (m, n), low, high in [((7, 3), 0.1, 0.3), ((5, 2), 0.8, 0.98), ((3, 4), 0.4, 0.6)]:
        X, y = drawn(fresh, m, n, device, dtype)
        lr, momentum = fresh.number(0.1, 1.5) / steepest(X), fresh.number(low, high)
        steps = fresh.integer(15, 70)
        trace = traced(kata, "momentum_trace", X, y, lr, steps, momentum=momentum)
        close(trace, slow(X, y, lr, steps, momentum), rtol)


@pytest.mark.observed("work")
def test_momentum_trace_is_no_loop(kata, device):
    """From 50 to 1600 steps, five doublings, momentum_trace adds a few operations for each."""
    X, y = samples(FIVE, device=device)
    traced(kata, "momentum_trace", X, y, 0.05, 50, momentum=0.9)
    few = kata.observed
    trace = traced(kata, "momentum_trace", X, y, 0.05, 1600, momentum=0.9)
    proof.untouched(kata.observed)
    more = kata.observed.operations - few.operations
    if more > 40 * 5:
        refuse(
            f"50 steps take {few.operations} operations, 1600 take {few.operations + more}: a loop",
            "over the steps. From the first k states, one product makes k more.",
        )
    close(trace, long_trace(0.05, 0.9), 1e-10)


def three_steps(kata, X, y):
    """Return a call of each function, and what it is to return."""
    trace, rolled = slow(X, y, 0.1, 3), slow(X, y, 0.1, 3, momentum=0.9)
    return (
        (lambda: kata.without_graph(X, y, lr=0.1, steps=3), trace),
        (lambda: kata.in_place(X, y, lr=0.1, steps=3), trace),
        (lambda: kata.by_gram(X, y, lr=0.1, steps=3), trace),
        (lambda: kata.whole_trace(X, y, lr=0.1, steps=3), trace),
        (lambda: kata.jump(X, y, lr=0.1, step=3), trace[3]),
        (lambda: kata.momentum_trace(X, y, lr=0.1, momentum=0.9, steps=3), rolled),
    )


@pytest.mark.observed
def test_arguments_are_left_alone(kata, device):
    """No function changes its arguments; no result hangs on them or on a graph."""
    X, y = samples(FIVE, device=device)
    for call, wanted in three_steps(kata, X, y):
        proof.right(call(), wanted, atol=1e-10)
        proof.untouched(kata.observed)


def test_everything_stays_on_its_device(kata):
    """What is made on the way is made where X is."""
    for call, wanted in three_steps(kata.elsewhere, *samples(FIVE)):
        proof.right(call(), wanted, atol=1e-10)
