"""The spec of kata 15, least squares and ridge: SSE and SSE + λ wᵀw, solved and descended."""

import pytest
import torch
from torch.optim.sgd import sgd

from dojo.spec import proof

DTYPES = [
    # weights of about 1 from an X whose condition is below 10, XᵀX's below 100 (measured 9e-15 and
    # 2e-6); ten times that where inputs are fresh, and weights reach 3
    pytest.param(torch.float64, 1e-11, id="float64"),
    pytest.param(torch.float32, 2e-5, id="float32"),
]
each_dtype = pytest.mark.parametrize(("dtype", "atol"), DTYPES)
each_solver = pytest.mark.parametrize("name", ["normal_equations", "by_qr", "minimum_norm"])

TWO = ([[1, 1], [3, 1]], [2, 4])  # the document's: as many samples as weights, an exact fit
FIVE = ([[1, 1], [2, 1], [4, 1], [5, 1], [7, 1]], [3, 5, 8, 9, 16])  # no line fits: m = 5, n = 2
CUBE = ([[2, 1, 0], [1, 3, -1], [4, 0, 1]], [0, -5.5, 4.5])  # m = n = 3, w is (1, −2, 0.5)
SAME = ([[1, 1], [2, 2]], [2, 4])  # dependent columns: every a + b = 2 fits
SAME_OFF = ([[1, 1], [2, 2]], [2, 3])  # dependent, and nothing fits
SUM = ([[1, 2, 3], [4, 5, 9], [7, 1, 8], [2, 2, 4]], [1, 2, 3, 4])  # the third is the sum
# the third is a tenth of the first and three tenths of the second: rounding hides it from solvers
TENTHS = ([[0.1, 0.7, 0.22], [0.3, 0.1, 0.06], [0.6, 0.2, 0.12], [0.2, 0.9, 0.29]], [1, 2, 3, 4])
WIDE = ([[1, 2, 0], [0, 1, 3]], [2, -3])  # three weights for two samples
SMALL = ([[1, 0.01], [2, -0.02], [4, 0.01], [3, 0.03]], [1, 3, 2, 5])  # independent, cond 160


def samples(rows, device, dtype=torch.float64):
    """Return X [m, n] and y [m, 1] of one of the data sets above."""
    X, y = (torch.tensor(part, dtype=dtype, device=device) for part in rows)
    return X, y.reshape(-1, 1)


def drawn(fresh, m, n, device, dtype=torch.float64):
    """Return X [m, n], its singular values between 2 and 4, and y [m, 1]."""
    U, V = (torch.linalg.qr(fresh.tensor(*shape)).Q for shape in ((m, n), (n, n)))
    X = U * fresh.tensor(n, low=2, high=4) @ V.T
    return X.to(device, dtype), fresh.tensor(m, 1, device=device, dtype=dtype)


def best(X, y, lam=0.0):
    """Return ridge's w by least squares on X with √λ·I under it, in float64 on the CPU."""
    X, y = X.double().cpu(), y.double().cpu()
    n = X.shape[1]
    A = torch.cat([X, lam**0.5 * torch.eye(n, dtype=X.dtype)])
    return torch.linalg.lstsq(A, torch.cat([y, y.new_zeros(n, 1)]), driver="gelsd").solution


def path_by_torch(X, y, lam, lr, steps):
    """Return the path of torch.optim.SGD with its weight_decay, [steps + 1, n, 1], in float64."""
    X, y = X.double().cpu(), y.double().cpu()
    m, n = X.shape
    options = {"momentum": 0.0, "dampening": 0.0, "nesterov": False, "maximize": False}
    w = X.new_zeros(n, 1)
    path = [w.clone()]
    for _ in range(steps):
        sgd([w], [X.T @ (X @ w - y) / m], [None], lr=lr, weight_decay=lam / m, **options)
        path.append(w.clone())
    return torch.stack(path)


def are(like, atol, row="weight"):
    """Return the claim that a result is a tensor as `like`, of the wanted shape and numbers."""

    def claim(result, wanted):
        proof.tensor(result, wanted.shape, like=like)
        proof.close(result, wanted, atol=atol, row=row)

    return claim


def a_column(result, X):
    """Return the result, which must be a column of weights for X."""
    proof.tensor(result, [X.shape[1], 1], like=X)
    return result


@each_solver
@each_dtype
def test_least_squares_where_the_fit_is_exact(kata, device, dtype, atol, name):
    """With as many samples as weights the fit is exact: here w is (1, −2, 0.5)."""
    given = samples(CUBE, device, dtype)
    wanted = torch.tensor([[1.0], [-2.0], [0.5]])
    proof.each(getattr(kata, name), [(given, wanted)], are(given[0], 10 * atol))


@each_solver
@each_dtype
def test_least_squares_of_five_points(kata, device, dtype, atol, name):
    """No line goes through five points; the best one has the smallest SSE."""
    given = samples(FIVE, device, dtype)
    proof.each(getattr(kata, name), [(given, best(*given))], are(given[0], atol))


@each_solver
def test_least_squares_agree_with_the_document(kata, device, documented, name):
    """The line through (1, 2) and (3, 4) has a = b = 1."""
    function = getattr(kata, name)
    function(*samples(FIVE, device))  # asked first: a square X hides what m and n do
    X, y = samples(TWO, device)
    documented.agrees("solution", a_column(function(X, y), X), row="weight")


@each_solver
@each_dtype
def test_least_squares_anywhere(kata, device, dtype, atol, fresh, name):
    """The weights are those of torch.linalg.lstsq, for any data with independent columns."""
    for m, n in ((8, 3), (6, 4), (5, 1)):
        given = drawn(fresh, m, n, device, dtype)
        proof.each(getattr(kata, name), [(given, best(*given))], are(given[0], 10 * atol))


@pytest.mark.documented("m004-full-rank")
def test_by_qr_keeps_the_digits(kata, device):
    """Where XᵀX has lost most digits, by_qr is still right to six of them."""
    x = torch.arange(1, 11, dtype=torch.float64, device=device)
    X = torch.stack([x**k for k in range(6, -1, -1)], dim=1)  # cond(X) is 4e7
    w = a_column(kata.by_qr(X, X.sum(dim=1, keepdim=True)), X)  # so every weight is 1
    off = float((w - 1).abs().max())
    # measured: by QR 1e-9, by the normal equations 2e-5, by the inverse of XᵀX 1e-4
    if not off < 1e-6:
        pytest.fail(
            f"Every weight should be 1; the largest error of yours is {off:.0e}. X itself allows\n"
            "1e-9, XᵀX does not: its condition is the square of X's. Use Q and R of X.",
            pytrace=False,
        )


@pytest.mark.documented("m004-no-optimum")
@each_dtype
def test_minimum_norm_of_dependent_columns(kata, device, dtype, atol):
    """Where many w have the smallest SSE, minimum_norm returns the shortest of them."""
    exact = [
        (WIDE, [[13 / 23], [33 / 46], [-57 / 46]]),
        (SAME, [[1.0], [1.0]]),
        (SAME_OFF, [[0.8], [0.8]]),
    ]
    cases = [(samples(rows, device), torch.tensor(w, dtype=torch.float64)) for rows, w in exact]
    X, y = samples(SMALL, device)
    for its in (samples(SUM, device), (X, y), (1e-4 * X, 1e-4 * y)):  # small is not dependent
        cases.append((its, best(*its)))
    cases = [((X.to(dtype), y.to(dtype)), wanted) for (X, y), wanted in cases]
    # 100, as SMALL has the condition 160 and a weight of 18
    proof.each(kata.minimum_norm, cases, are(cases[0][0][0], 100 * atol))


def test_minimum_norm_keeps_the_digits(kata, device):
    """XᵀX has lost that these columns are independent, and X has not: w is (1.3, −0.7)."""
    X = torch.tensor([[1, 1], [1e-8, 0], [0, 1e-8]], dtype=torch.float64, device=device)
    w = torch.tensor([[1.3], [-0.7]], dtype=torch.float64, device=device)
    # measured: by X⁺ 7e-16; its condition, 1.4e8, allows some 3e-8
    proof.each(kata.minimum_norm, [((X, X @ w), w)], are(X, 1e-6))


@each_dtype
def test_minimum_norm_anywhere(kata, device, dtype, atol, fresh):
    """It fits best and is the shortest, for wide X and for dependent columns."""
    X, y = drawn(fresh, 7, 3, device)
    dependent = torch.cat([X, X[:, :1] - 2 * X[:, 1:2]], dim=1)
    wide = drawn(fresh, 5, 3, device)[0].T
    for A, b in ((dependent, y), (wide, y[:3])):
        wanted = torch.linalg.pinv(A, rtol=1e-6) @ b
        given = A.to(dtype).contiguous(), b.to(dtype)
        proof.each(kata.minimum_norm, [(given, wanted)], are(given[0], 10 * atol))


@each_dtype
def test_ridge_shrinks_the_weights(kata, device, dtype, atol):
    """The larger λ is, the shorter is w; and with λ = 0 it is least squares."""
    X, y = samples(FIVE, device, dtype)
    cases = [((X, y, lam), best(X, y, lam)) for lam in (3.0, 0.5, 0.0)]
    proof.each(kata.ridge, cases, are(X, atol))


def test_ridge_agrees_with_the_document(kata, device, documented):
    """On the document's two samples with λ = 1 the weights are 18/17 and 10/17."""
    kata.ridge(*samples(FIVE, device), 3.0)  # asked first: at λ = 1 λ² is λ
    X, y = samples(TWO, device)
    documented.agrees("ridge", a_column(kata.ridge(X, y, 1.0), X), row="weight")


@pytest.mark.documented("m004-ridge-not-minimum")
def test_ridge_is_near_the_minimum(kata, device):
    """With λ = 1 the SSE on the two samples is 52/289: near its minimum 0, and not at it."""
    kata.ridge(*samples(FIVE, device), 3.0)  # asked first, as above
    X, y = samples(TWO, device)
    w = a_column(kata.ridge(X, y, 1.0), X)
    proof.close(((X @ w - y) ** 2).sum(), 52 / 289, atol=1e-10)


@each_dtype
def test_ridge_anywhere(kata, device, dtype, atol, fresh):
    """ridge is least squares with √λ·I under X, for any λ, and more weights than samples too."""
    tall, taller = drawn(fresh, 6, 4, device, dtype), drawn(fresh, 8, 3, device, dtype)
    wide = drawn(fresh, 4, 2, device, dtype)[0].T.contiguous(), tall[1][:2]
    for (X, y), (low, high) in ((taller, (0.2, 0.6)), (tall, (2, 9)), (wide, (1, 2))):
        given = X, y, fresh.number(low, high)
        proof.each(kata.ridge, [(given, best(*given))], are(X, 10 * atol))


def every(X, y, lams):
    """Return ridge's w for each λ."""
    return torch.stack([best(X, y, lam) for lam in lams.tolist()])


@each_dtype
def test_ridge_path_has_a_row_for_each_lambda(kata, device, dtype, atol):
    """Row i is ridge's w for lams[i], in the order of lams: here with three weights."""
    X, y = samples(CUBE, device, dtype)
    lams = torch.tensor([0.5, 9.0, 2.0, 4.0], dtype=dtype, device=device)
    proof.each(kata.ridge_path, [((X, y, lams), every(X, y, lams))], are(X, 10 * atol, "row"))


@each_dtype
def test_ridge_path_anywhere(kata, device, dtype, atol, fresh):
    """Every row is ridge's w, for tall and wide X, and any λ."""
    tall, wide = drawn(fresh, 8, 3, device, dtype), drawn(fresh, 4, 3, device, dtype)
    wide = wide[0].T.contiguous(), wide[1][:3]
    for (X, y), k in ((tall, 5), (wide, 2)):
        lams = fresh.tensor(k, low=0.3, high=9.0, device=device, dtype=dtype)
        proof.each(kata.ridge_path, [((X, y, lams), every(X, y, lams))], are(X, 10 * atol, "row"))


@each_dtype
def test_descend_walks_as_torch_does(kata, device, dtype, atol):
    """The path is that of torch.optim.SGD with the right weight_decay, on five samples."""
    X, y = samples(FIVE, device, dtype)
    cases = [
        ((X, y, *rest), path_by_torch(X, y, *rest)) for rest in ((3.0, 0.02, 6), (0.5, 0.05, 4))
    ]
    proof.each(kata.descend, cases, are(X, atol, "step"))


def test_descend_agrees_with_the_document(kata, device, documented):
    """On the document's two samples with λ = 1 and lr = 0.01: the first four steps."""
    kata.descend(*samples(FIVE, device), 3.0, 0.02, 6)  # asked first: here m is n, too
    X, y = samples(TWO, device)
    path = kata.descend(X, y, 1.0, 0.01, 4)
    proof.tensor(path, [5, 2, 1], like=X)
    documented.agrees("decayed_steps", path.flatten(1))


@each_dtype
def test_descend_ends_at_ridge(kata, device, dtype, atol, fresh):
    """After enough steps w is ridge's w; with λ = 0 it is that of least squares, as in kata 06."""
    X, y = drawn(fresh, 8, 3, device, dtype)
    steepest = float(torch.linalg.matrix_norm(X.double(), 2)) ** 2 / 8
    for lam in (fresh.number(2, 6), 0.0):
        lr = 1 / (steepest + lam / 8)  # each step leaves three quarters of the way, or less
        path = kata.descend(X, y, lam, lr, 120)
        proof.tensor(path, [121, 3, 1], like=X)
        proof.close(path[-1], best(X, y, lam), atol=10 * atol, row="weight")


@each_dtype
def test_descend_anywhere(kata, device, dtype, atol, fresh):
    """The path is torch's for any data, λ, learning rate and number of steps."""
    for m, n, most in ((7, 3, 12), (5, 2, 12), (4, 1, 0)):
        X, y = drawn(fresh, m, n, device, dtype)
        rest = fresh.number(1, 6), fresh.number(0.05, 0.2), fresh.integer(min(5, most), most)
        wanted = path_by_torch(X, y, *rest)
        proof.each(kata.descend, [((X, y, *rest), wanted)], are(X, 10 * atol, "step"))


def test_descend_takes_every_step(kata, device, fresh):
    """At a rate too large the loss rises with each step, and you take the steps all the same."""
    X, y = drawn(fresh, 7, 3, device)
    steepest = float(torch.linalg.matrix_norm(X, 2)) ** 2 / 7
    rest = fresh.number(1, 3), fresh.number(2.1, 2.4) / steepest, fresh.integer(5, 9)
    wanted = path_by_torch(X, y, *rest)
    proof.each(kata.descend, [((X, y, *rest), wanted)], are(X, 1e-9, "step"))


@pytest.mark.observed("work")
def test_ridge_path_takes_all_at_once(kata, device):
    """Thirty λ take no more operations than three."""
    X, y = samples(FIVE, device)
    lams = torch.linspace(0.1, 9.0, 30, dtype=X.dtype, device=device)
    wanted = every(X, y, lams)
    proof.right(kata.ridge_path(X, y, lams[:3].clone()), wanted[:3], atol=1e-8)
    few = kata.observed
    proof.right(kata.ridge_path(X, y, lams), wanted, atol=1e-8)
    proof.works_no_more(few, kata.observed, "λ")


@pytest.mark.observed("kept")
def test_descend_keeps_no_graph(kata, device):
    """Twelve steps keep no more for a backward pass than three."""
    X, y = samples(FIVE, device)
    wanted = path_by_torch(X, y, 1.0, 0.02, 12)
    proof.right(kata.descend(X, y, 1.0, 0.02, 3), wanted[:4], atol=1e-8)
    few = kata.observed
    proof.right(kata.descend(X, y, 1.0, 0.02, 12), wanted, atol=1e-8)
    proof.keeps_no_more(few, kata.observed)


def one_of_each(kata, device):
    """Return a call of each function, and what it is to return."""
    X, y = samples(FIVE, device)
    lams = torch.tensor([0.5, 2.0], dtype=X.dtype, device=device)
    line = best(X, y)
    return (
        (lambda: kata.normal_equations(X, y), line),
        (lambda: kata.by_qr(X, y), line),
        (lambda: kata.minimum_norm(X, y), line),
        (lambda: kata.ridge(X, y, 0.5), best(X, y, 0.5)),
        (lambda: kata.ridge_path(X, y, lams), every(X, y, lams)),
        (lambda: kata.descend(X, y, 0.5, 0.02, 3), path_by_torch(X, y, 0.5, 0.02, 3)),
    )


@pytest.mark.observed
def test_arguments_are_left_alone(kata, device):
    """No function changes its arguments, or returns what hangs on them or on a graph."""
    for call, wanted in one_of_each(kata, device):
        proof.right(call(), wanted, atol=1e-8)
        proof.untouched(kata.observed)


@pytest.mark.observed
def test_everything_stays_on_its_device(kata):
    """What is made on the way is made where X is: an identity matrix too."""
    for call, wanted in one_of_each(kata.elsewhere, "cpu"):
        proof.right(call(), wanted, atol=1e-8)


@pytest.mark.documented("m004-full-rank", "m004-no-optimum")
def test_normal_equations_refuse_dependent_columns(kata, device):
    """Dependent columns are a ValueError, however they depend; small numbers alone are not."""
    X, y = samples(FIVE, device)
    small = 1e-4 * X, 1e-4 * y
    proof.each(kata.normal_equations, [((X, y), best(X, y)), (small, best(*small))], are(X, 1e-9))
    flat = torch.tensor([1.0, 1e-5], dtype=X.dtype, device=device) * X
    # w is (2, 50000), and XᵀX has the condition 8e11 (measured 1e-9)
    proof.each(kata.normal_equations, [((flat, y), best(flat, y))], are(X, 1e-4))
    bad = [samples(rows, device) for rows in (SUM, TENTHS, WIDE, SAME)]
    because = ["The columns of X are dependent here: XᵀX is singular, and many w fit alike."]
    proof.refuses(kata.normal_equations, bad, ValueError, because=because)


@pytest.mark.documented("m004-ridge-invertible")
def test_ridge_refuses_a_negative_lambda(kata, device):
    """A negative λ is a ValueError that names lam; 2 and 0 are right."""
    X, y = samples(FIVE, device)
    proof.each(kata.ridge, [((X, y, lam), best(X, y, lam)) for lam in (2.0, 0.0)], are(X, 1e-11))
    bad = [(X, y, -0.5), (*samples(SAME, device), -10.0)]  # the second makes XᵀX + λI singular
    because = ["With a negative λ the equations have a solution that is no minimum, or none."]
    proof.refuses(kata.ridge, bad, ValueError, naming="lam", because=because)
