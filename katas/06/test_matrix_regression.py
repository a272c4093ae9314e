"""The spec of kata 06, matrix regression: min ‖Xw − y‖² / 2m by gradient descent."""

import pytest
import torch

from dojo.spec import proof

DTYPES = [
    # the rounding of short sums: measured 8e-16 in float64, 3e-7 in float32 (ten times the
    # tolerance where inputs are fresh, and losses reach 50: measured 7e-6 in float32)
    pytest.param(torch.float64, 1e-12, id="float64"),
    pytest.param(torch.float32, 1e-5, id="float32"),
]
each_dtype = pytest.mark.parametrize(("dtype", "atol"), DTYPES)

# the document's two samples, the second first: as they come, X is what design_matrix is to return
DOCUMENT = ([[3, 1], [1, 1]], [4, 2])
THREE = ([[1, 1], [2, 1], [4, 1]], [3, 5, 8])
ON_A_LINE = ([[1, 1], [2, 1], [3, 1]], [2, 4, 6])
SQUARE = ([[2, -1, 1], [0, 3, 1], [-1, 1, 1]], [1, -2, 4])
# m = 5, n = 3: only here are m, n, 2, 2m and m/2 five numbers, and the residuals of both signs.
# The document's m = n = 2 takes many divisors for the right one, so FIVE is asked beside it.
FIVE = ([[1, 2, 1], [3, -1, 1], [0, 2, 1], [2, 1, 1], [-1, 0, 1]], [4, -2, 6, 5, -1])


def samples(rows, dtype=torch.float64, device="cpu"):
    """Return X [m, n] and y [m, 1] of one of the data sets above."""
    X, y = (torch.tensor(part, dtype=dtype, device=device) for part in rows)
    return X, y.reshape(-1, 1)


def column(*numbers, like):
    """Return the numbers as a column, [n, 1]."""
    return torch.tensor(numbers, dtype=like.dtype, device=like.device).reshape(-1, 1)


def drawn(fresh, m, n, dtype=torch.float64, device="cpu"):
    """Return X [m, n], y [m, 1] and w [n, 1] that nobody has seen."""
    return tuple(fresh.tensor(*s, dtype=dtype, device=device) for s in [(m, n), (m, 1), (n, 1)])


def loss_of(kata, X, y, w):
    """Return what the answer's loss returns, which must be one number."""
    result = kata.loss(X, y, w)
    proof.tensor(result, [], like=X)
    return result


def gradient_of(kata, X, y, w):
    """Return what the answer's gradient returns, which must be a column like w."""
    result = kata.gradient(X, y, w)
    proof.tensor(result, w.shape, like=X)
    return result


def path_of(kata, X, y, lr, steps):
    """Return what the answer's descend returns, which must be steps + 1 columns of weights."""
    __tracebackhide__ = True
    if steps > 1:  # a step that changes the shape of w is not repeated: w may grow fast
        proof.tensor(kata.descend(X, y, lr=lr, steps=1), [2, X.shape[1], 1], like=X)
    path = kata.descend(X, y, lr=lr, steps=steps)
    proof.tensor(path, [steps + 1, X.shape[1], 1], like=X)
    return path


def in_turn(ask, kata, cases):
    """Yield what `ask` returns for each case, after all were asked: one shows what one hides."""
    for case in cases:
        ask(kata, *case)
    for case in cases:
        yield ask(kata, *case)


def half_mse(X, y, w):
    """Return torch's own mean squared error, halved: SSE / 2m."""
    return torch.nn.functional.mse_loss(X @ w, y) / 2


def closed_form(X, y, lr, steps):
    """Return w_t = (I − (I − lr·XᵀX/m)ᵗ) w*, [steps + 1, n, 1], in float64 on the CPU."""
    X, y = X.double().cpu(), y.double().cpu()
    one = torch.eye(X.shape[1], dtype=torch.float64)
    once, best = one - lr * X.T @ X / len(X), torch.linalg.lstsq(X, y).solution
    left = [torch.linalg.matrix_power(once, t) for t in range(steps + 1)]
    return torch.stack([(one - power) @ best for power in left])


@each_dtype
def test_design_matrix_of_the_document(kata, device, dtype, atol, documented):
    """The ones come last: design_matrix turns [1, 3] into [[1, 1], [3, 1]]."""
    x = torch.tensor([1.0, 3.0], dtype=dtype, device=device)
    X = kata.design_matrix(x)
    proof.tensor(X, [2, 2], like=x)
    documented.agrees("features", X, row="sample")


@each_dtype
@pytest.mark.documented("m004-X-typo")
def test_design_matrix_of_two_features(kata, device, dtype, atol):
    """design_matrix turns [m, 2] into [m, 3]: a sample's two features, then a one."""
    x = torch.tensor([[5.0, 6.0], [7.0, 8.0], [9.0, 0.0], [-2.0, 4.0]], dtype=dtype, device=device)
    X = kata.design_matrix(x)
    proof.tensor(X, [4, 3], like=x)
    wanted = [[5, 6, 1], [7, 8, 1], [9, 0, 1], [-2, 4, 1]]
    proof.close(X, wanted, atol=0.0, row="sample")


def test_design_matrix_anywhere(kata, device, fresh):
    """Whatever the features, they come back unchanged in front of a column of ones."""
    for shape in [(5,), (4, 1), (3, 4), (1, 2), (1,)]:
        x = fresh.tensor(*shape, device=device)
        X = kata.design_matrix(x)
        wanted = torch.cat([x.reshape(len(x), -1), torch.ones(len(x), 1, device=device)], dim=1)
        proof.tensor(X, wanted.shape, like=x)
        proof.close(X, wanted, atol=0.0, row="sample")


@each_dtype
@pytest.mark.documented("m004-matrix-sse", "m004-loss-2m", "m004-loss-2m-reason", "m004-sum-index")
def test_loss_is_sse_over_2m(kata, device, dtype, atol):
    """loss is SSE / 2m: on the document's two samples, at w = 0, it is 20 / 4."""
    two, five = samples(DOCUMENT, dtype, device), samples(FIVE, dtype, device)
    cases = [
        (*two, column(0.0, 0.0, like=two[0])),
        # one step of 0.01 along the gradient of SSE itself reaches (.28, .12), with 1/2m (.07, .03)
        (*two, column(0.07, 0.03, like=two[0])),
        (*two, column(0.28, 0.12, like=two[0])),
        (*five, column(0.4, -0.2, 1.0, like=two[0])),
    ]
    wanted = [20 / 4, 17.7476 / 4, 11.8016 / 4, 71.64 / 10]
    for loss, right in zip(in_turn(loss_of, kata, cases), wanted, strict=True):
        proof.close(loss, right, atol=atol)


@each_dtype
def test_loss_anywhere(kata, device, dtype, atol, fresh):
    """loss is half of torch's mean squared error, for any number of samples and weights."""
    cases = [drawn(fresh, *shape, dtype, device) for shape in [(5, 3), (4, 2), (3, 4)]]
    wanted = [half_mse(*(t.double() for t in case)) for case in cases]
    for loss, right in zip(in_turn(loss_of, kata, cases), wanted, strict=True):
        proof.close(loss, right, atol=10 * atol)


@each_dtype
def test_gradient_of_square_data(kata, device, dtype, atol, documented):
    """At w = 0 the document's gradient is (−7, −3): Xᵀ times the residuals, over m."""
    X, y = samples(DOCUMENT, dtype, device)
    square = samples(SQUARE, dtype, device)  # so that a forgotten transpose gives numbers
    cases = [(X, y, torch.zeros_like(y)), (*square, column(1.0, 0.5, -1.0, like=X))]
    slopes = in_turn(gradient_of, kata, cases)
    documented.agrees("gradient_at_zero", next(slopes), row="weight")
    proof.close(next(slopes), [[1.5], [2.5 / 3], [-3.5 / 3]], atol=atol, row="weight")


@each_dtype
@pytest.mark.documented("m004-matrix-gradient", "m004-hard-coded-2")
def test_gradient_divides_by_the_number_of_samples(kata, device, dtype, atol):
    """The divisor is m, the number of rows: three samples are divided by 3."""
    three, five = samples(ON_A_LINE, dtype, device), samples(FIVE, dtype, device)
    cases = [
        (*three, column(0.0, 0.0, like=three[0])),
        (*five, column(0.4, -0.2, 1.0, like=five[0])),
    ]
    wanted = [[[-28 / 3], [-12 / 3]], [[0.36], [-4.92], [-1.16]]]
    for slope, right in zip(in_turn(gradient_of, kata, cases), wanted, strict=True):
        proof.close(slope, right, atol=atol, row="weight")


@each_dtype
@pytest.mark.documented("m004-uses-autograd", "m004-loss-2m", "m004-ratio-4")
def test_gradient_is_the_one_of_autograd(kata, device, dtype, atol, fresh):
    """gradient is what autograd finds for SSE / 2m (for SSE it is 2m times as long)."""
    for shape in [(5, 3), (4, 2), (3, 4)]:
        X, y, w = drawn(fresh, *shape, dtype, device)
        yours = gradient_of(kata, X, y, w)
        w = w.double().requires_grad_()
        sse = ((X.double() @ w - y.double()) ** 2).sum()
        (slope,) = torch.autograd.grad(sse, w)
        proof.close(yours, slope / (2 * len(X)), atol=10 * atol, row="weight")


@pytest.mark.parametrize("steps", [6, 1, 0])
@each_dtype
def test_descend_returns_the_whole_path(kata, device, dtype, atol, steps):
    """descend returns the weights of every step, [steps + 1, n, 1]; row 0 is zero."""
    X, y = samples(FIVE, dtype, device)
    path = path_of(kata, X, y, lr=0.1, steps=steps)
    proof.close(path[0], torch.zeros(3, 1), atol=0.0, row="weight", what="step 0")


@each_dtype
@pytest.mark.documented("m004-three-steps", "m004-matrix-update")
def test_descend_takes_the_documented_steps(kata, device, dtype, atol, documented):
    """From w = 0 the first step reaches (.07, .03), and the fourth (.2563, .1102)."""
    two, five = samples(DOCUMENT, dtype, device), samples(FIVE, dtype, device)
    paths = in_turn(path_of, kata, [(*two, 0.01, 4), (*five, 0.05, 4)])
    path = next(paths)
    documented.agrees("first_steps", path)
    fourth = [[0.25634207], [0.11019023]]
    proof.close(path[4], fourth, atol=atol, row="weight", what="step 4")
    proof.close(next(paths), closed_form(*five, 0.05, 4), atol=atol)


@each_dtype
@pytest.mark.documented("m004-hard-coded-2")
def test_descend_with_three_samples(kata, device, dtype, atol):
    """Three samples are divided by 3: one step reaches (.0933, .04)."""
    line, three, five = (samples(rows, dtype, device) for rows in (ON_A_LINE, THREE, FIVE))
    paths = in_turn(path_of, kata, [(*line, 0.01, 1), (*three, 0.01, 4), (*five, 0.1, 3)])
    proof.close(next(paths)[1], [[0.28 / 3], [0.04]], atol=atol, row="weight", what="step 1")
    exact = [[0.533126751358], [0.190366292593]]  # to twelve decimals
    proof.close(next(paths)[4], exact, atol=max(atol, 1e-11), row="weight", what="step 4")
    proof.close(next(paths), closed_form(*five, 0.1, 3), atol=atol)


@each_dtype
def test_descend_anywhere(kata, device, dtype, atol, fresh):
    """For any data, row t is (I − (I − lr·A)ᵗ) w*: A is XᵀX/m, w* least squares."""
    for m, n in [(5, 3), (4, 2)]:
        X, y, _ = drawn(fresh, m, n, dtype, device)
        lr, steps = fresh.number(0.005, 0.05), fresh.integer(9, 19)
        proof.close(path_of(kata, X, y, lr, steps), closed_form(X, y, lr, steps), atol=10 * atol)


@each_dtype
def test_descend_takes_every_step(kata, device, dtype, atol, fresh):
    """At a rate too large the loss rises with each step, and you take the steps all the same."""
    X, y, _ = drawn(fresh, 5, 3, dtype, device)
    steepest = float(torch.linalg.matrix_norm(X.double(), 2)) ** 2 / len(X)
    lr, steps = fresh.number(2.1, 2.4) / steepest, fresh.integer(5, 9)
    # relative, as w leaves
    wanted = closed_form(X, y, lr, steps)
    proof.close(path_of(kata, X, y, lr, steps), wanted, atol=10 * atol, rtol=10 * atol)


@pytest.mark.observed
def test_arguments_are_left_alone(kata, device):
    """No function changes its arguments; no result hangs on them or on a graph."""
    X, y = samples(FIVE, device=device)
    w = column(0.4, -0.2, 1.0, like=X)
    wide, flat = torch.column_stack([X, torch.ones_like(y)]), X[:, 0].clone()
    for call, wanted in (
        (lambda: kata.design_matrix(flat), torch.column_stack([flat, torch.ones_like(y)])),
        (lambda: kata.design_matrix(X), wide),
        (lambda: kata.loss(X, y, w), half_mse(X, y, w)),
        (lambda: kata.gradient(X, y, w), X.T @ (X @ w - y) / len(X)),
        (lambda: kata.descend(X, y, lr=0.1, steps=3), closed_form(X, y, 0.1, 3)),
    ):
        proof.right(call(), wanted, atol=1e-10)
        proof.untouched(kata.observed)


@pytest.mark.observed("kept")
def test_no_graph_grows(kata, device):
    """A path of twelve steps keeps no more for a backward pass than one of three."""
    X, y = samples(FIVE, device=device)
    wanted = closed_form(X, y, 0.1, 12)
    proof.right(kata.descend(X, y, lr=0.1, steps=3), wanted[:4], atol=1e-10)
    few = kata.observed
    proof.right(kata.descend(X, y, lr=0.1, steps=12), wanted, atol=1e-10)
    proof.keeps_no_more(few, kata.observed)


@pytest.mark.observed
def test_everything_stays_on_its_device(kata):
    """What is made on the way is made where X is."""
    (X, y), away = samples(FIVE), kata.elsewhere
    w = column(0.4, -0.2, 1.0, like=X)
    proof.right(away.design_matrix(X), torch.column_stack([X, torch.ones_like(y)]), atol=0)
    proof.right(away.loss(X, y, w), half_mse(X, y, w), atol=1e-10)
    proof.right(away.gradient(X, y, w), X.T @ (X @ w - y) / len(X), atol=1e-10)
    proof.right(away.descend(X, y, lr=0.1, steps=3), closed_form(X, y, 0.1, 3), atol=1e-10)


@pytest.mark.parametrize("function", ["loss", "gradient", "descend"])
def test_a_flat_y_is_refused(kata, device, function):
    """Xw less a y of shape [m] would be [m, m], in silence: raise a ValueError."""
    asked = getattr(kata, function)
    inputs = list[tuple[object, ...]]()
    for rows in (FIVE, THREE):
        X, y = samples(rows, device=device)
        w = torch.linspace(-0.5, 1, X.shape[1], dtype=X.dtype, device=device).reshape(-1, 1)
        rest = (0.1, 2) if function == "descend" else (w,)
        wanted = {
            "loss": half_mse(X, y, w),
            "gradient": X.T @ (X @ w - y) / len(X),
            "descend": closed_form(X, y, 0.1, 2),
        }
        proof.right(asked(X, y, *rest), wanted[function], atol=1e-10)
        inputs.append((X, y.flatten(), *rest))
    proof.refuses(asked, inputs, ValueError)


def test_descend_arrives(kata, device, documented):
    """10000 steps end at (1, 1), and 400 on other data at its least squares."""
    five = samples(FIVE, device=device)
    path_of(kata, *five, lr=0.3, steps=400)  # asked first, as everywhere; 10000 steps but once
    two = path_of(kata, *samples(DOCUMENT, device=device), lr=0.01, steps=10000)
    documented.agrees("long_run", two[[1000, 10000]], at=(1000, 10000))
    # the slow direction shrinks by 1 − 0.01 · (3 − 2√2) a step: 3.5e-8 of it is left
    proof.close(two[-1], [[1.0], [1.0]], atol=1e-6, row="weight", what="the last step")
    path = path_of(kata, *five, lr=0.3, steps=400)
    # by 1 − 0.3 · 0.313 here: 7e-18 is left, and rounding
    best = torch.linalg.lstsq(*five).solution
    proof.close(path[-1], best, atol=1e-10, row="weight", what="the last step")
