"""The spec of kata 12, loss gradients: five formulas, three losses of a line, and cross entropy."""

import pytest
import torch
from torch.nn import functional

from dojo.spec import proof

DTYPES = [
    # a dozen roundings of ten or less; numbers up to a hundred are given ten times that
    # (measured 9e-16 and 9e-6 for formulas, 3e-14 and 1.4e-5 for losses)
    pytest.param(torch.float64, 1e-12, id="float64"),
    pytest.param(torch.float32, 1e-5, id="float32"),
]
each_dtype = pytest.mark.parametrize(("dtype", "atol"), DTYPES)
KINDS = ("sse", "mse", "norm")


def made(numbers, device, dtype=torch.float64):
    """Return the numbers as a tensor."""
    return torch.tensor(numbers, dtype=dtype, device=device)


# ---- partials

FORMULAS = ("linear", "squares", "exponentials", "squared error", "log")


def value(formula, x, y, w, b):
    """Return a formula's value, on a graph if w and b are."""
    if formula == "linear":
        return w * x + b
    if formula == "squares":
        return w**2 * x + b**2
    if formula == "exponentials":
        return torch.exp(w) * x + torch.exp(b)
    if formula == "squared error":
        return (y - (w * x + b)) ** 2
    return y * torch.log(w * x + b)


def points(device, dtype=torch.float64):
    """Return x, y, w and b: the first sample is the one at which the document's list is checked."""
    return made([2.5, 1, 3], device, dtype), made([4.0, -1, 2], device, dtype), 1.3, 0.7


def slopes(formula, x, y, w, b):
    """Return [n, 2], what autograd finds in float64: each sample has a w and a b of its own."""
    each_w, each_b = (torch.full_like(x, v, dtype=torch.float64).requires_grad_() for v in (w, b))
    total = value(formula, x.double(), y.double(), each_w, each_b).sum()
    return torch.stack(torch.autograd.grad(total, (each_w, each_b)), dim=1)


def are_slopes(result, wanted, like, atol):
    """Claim a tensor [n, 2] and its numbers."""
    proof.tensor(result, wanted.shape, like=like)
    proof.close(result, wanted, atol=atol, row="sample", digits=4)


def has_slopes(kata, formula, given, atol):
    """Claim the slopes of one formula at each of the given (x, y, w, b)."""
    __tracebackhide__ = True
    cases = [((formula, *one), slopes(formula, *one)) for one in given]
    like = given[0][0]
    proof.each(kata.partials, cases, lambda result, w: are_slopes(result, w, like, atol))


def test_partials_of_the_documents_list(kata, device, documented):
    """At x = 2.5, y = 4, w = 1.3, b = 0.7, each formula has the slopes of the document's list."""
    given = points(device)
    for formula in FORMULAS:  # one after the other: each may have a mistake of its own
        result = kata.partials(formula, *given)
        proof.tensor(result, [3, 2], like=given[0])
        name = formula.replace(" ", "_")
        documented.agrees(name, result[:1], row="sample", what=f'"{formula}" (∂/∂w, ∂/∂b)')


def test_partials_have_a_row_for_each_sample(kata, device):
    """Row i is (∂/∂w, ∂/∂b) at sample i, where w or x is negative too."""
    other = made([-1.0, 0.5], device), made([2.0, 3.0], device), -0.4, 2.1
    for formula in FORMULAS:
        has_slopes(kata, formula, [points(device), other], 1e-11)


@each_dtype
def test_partials_anywhere(kata, device, dtype, atol, fresh):
    """For any samples and weights, your slopes are those that autograd finds."""
    for formula in FORMULAS:
        low = 0.2 if formula == "log" else -1.0  # log needs w·x + b above 0
        x = fresh.tensor(4, low=3 * low, device=device, dtype=dtype)
        y = fresh.tensor(4, device=device, dtype=dtype)
        drawn = x, y, fresh.number(low, 1), fresh.number(low, 1)
        has_slopes(kata, formula, [points(device, dtype), drawn], 10 * atol)


# ---- loss_and_gradient


def loss(kind, prediction, target):
    """Return the loss as torch has it, [], on a graph if the prediction is."""
    if kind == "norm":
        return torch.linalg.vector_norm(prediction - target)
    return functional.mse_loss(prediction, target, reduction="sum" if kind == "sse" else "mean")


def by_torch(kind, prediction, target):
    """Return the loss and its gradient for the prediction, in float64."""
    leaf = prediction.detach().double().requires_grad_()
    value = loss(kind, leaf, target.double())
    return value.detach(), torch.autograd.grad(value, leaf)[0]


def is_the_pair(result, wanted, like, atol):
    """Claim a loss [] and a gradient like the prediction, and their numbers."""
    proof.parts(result, 2)
    proof.tensor(result[0], [], like=like, what="the loss")
    proof.tensor(result[1], like.shape, like=like, what="the gradient")
    proof.close(result[0], wanted[0], atol=atol, what="the loss")
    proof.close(result[1], wanted[1], atol=atol, row="entry", what="the gradient")


def errors_of(device, dtype=torch.float64):
    """Return a prediction and a target: the errors are 1, 2 and 3."""
    return made([1.5, 1.0, 5.0], device, dtype), made([0.5, -1.0, 2.0], device, dtype)


def losses(kata, pairs, atol):
    """Claim every kind of loss of each (prediction, target)."""
    __tracebackhide__ = True
    given = [(kind, *pair) for pair in pairs for kind in KINDS]
    cases = [(one, (one[1], by_torch(*one))) for one in given]
    proof.each(
        kata.loss_and_gradient, cases, lambda result, w: is_the_pair(result, w[1], w[0], atol)
    )


@each_dtype
@pytest.mark.documented("m001-loss-formulas", "m003-loss-formulas")
def test_loss_and_gradient_by_hand(kata, device, dtype, atol):
    """Errors 1, 2, 3: the SSE is 14, the MSE a third of it, and the norm its square root."""
    pair = errors_of(device, dtype)
    wanted = {
        "sse": (14.0, made([2.0, 4.0, 6.0], device)),
        "mse": (14 / 3, made([2.0, 4.0, 6.0], device) / 3),
        "norm": (14**0.5, made([1.0, 2.0, 3.0], device) / 14**0.5),
    }
    cases = [((kind, *pair), wanted[kind]) for kind in KINDS]
    proof.each(
        kata.loss_and_gradient, cases, lambda result, w: is_the_pair(result, w, pair[0], atol)
    )


def test_loss_and_gradient_of_a_table(kata, device):
    """Predictions may have rows and columns: n counts all of them, and an error may be negative."""
    prediction = made([[1.0, 2, 3], [-1, 0.5, 2]], device)
    target = made([[0.0, 4, 0], [1, 0.5, -1]], device)
    losses(kata, [(prediction, target), errors_of(device)], 1e-11)


def test_loss_and_gradient_of_a_perfect_fit(kata, device):
    """Where every error is 0, so are loss and gradient: 0/0 would be nan."""
    exact = made([1.0, -2.0], device)
    losses(kata, [errors_of(device), (exact, exact.clone())], 1e-12)


@each_dtype
def test_loss_and_gradient_anywhere(kata, device, dtype, atol, fresh):
    """For any predictions and targets, they are what torch and autograd find."""
    pairs = [
        tuple(fresh.tensor(*shape, device=device, dtype=dtype) for _ in range(2))
        for shape in ((5,), (2, 2))
    ]
    losses(kata, [errors_of(device, dtype), *pairs], 10 * atol)


# ---- line_gradient and gradient_by_autograd


def line(device, dtype=torch.float64):
    """Return x, y, w and b: the errors are 1.5, −0.5 and 4.5."""
    return made([1.0, 2, 3], device, dtype), made([1.0, 5, 2], device, dtype), 2.0, 0.5


def by_hand(device):
    """Return for each kind the gradient of that line, in float64."""
    sse = made([28.0, 11.0], device)
    return {"sse": sse, "mse": sse / 3, "norm": sse / 2 / 22.75**0.5}


def of_line(kind, x, y, w, b):
    """Return the gradient for (w, b) that autograd finds, [2] in float64."""
    weights = made([w, b], x.device).requires_grad_()
    value = loss(kind, weights[0] * x.double() + weights[1], y.double())
    return torch.autograd.grad(value, weights)[0]


def is_a_gradient(result, wanted, like, atol):
    """Claim a tensor [2], and its numbers."""
    proof.tensor(result, [2], like=like)
    proof.close(result, wanted, atol=atol, row="weight")


def of_lines(function, lines, atol):
    """Claim the gradient of every kind of loss of each line (x, y, w, b)."""
    __tracebackhide__ = True
    cases = [((kind, *one), of_line(kind, *one)) for one in lines for kind in KINDS]
    like = lines[0][0]
    proof.each(function, cases, lambda result, w: is_a_gradient(result, w, like, atol))


def of_one_line(function, device, dtype, atol):
    """Claim the gradients of the line that is worked out by hand."""
    __tracebackhide__ = True
    given, wanted = line(device, dtype), by_hand(device)
    cases = [((kind, *given), wanted[kind]) for kind in KINDS]
    proof.each(function, cases, lambda result, w: is_a_gradient(result, w, given[0], atol))


def of_the_document(function, device, dtype, atol):
    """Claim the document's mse gradients: its one point (1, 1) hides most mistakes."""
    __tracebackhide__ = True
    one = made([1.0], device, dtype)
    others = [((kind, *line(device, dtype)), w) for kind, w in by_hand(device).items()]
    cases = [
        (("mse", one, one.clone(), w, 0.0), made([s, s], device))
        for w, s in ((2.0, 2.0), (3.0, 4.0))
    ]
    proof.each(function, [*cases, *others], lambda result, w: is_a_gradient(result, w, one, atol))


def perfect(device):
    """Return a line that meets both of its points, without a rounding."""
    return made([1.0, 2.0], device), made([2.5, 4.5], device), 2.0, 0.5


def lines_of(fresh, device, dtype):
    """Draw lines of four, five and six points."""
    for n in (4, 5, 6):
        x, y = (fresh.tensor(n, low=-2, high=2, device=device, dtype=dtype) for _ in range(2))
        yield x, y, fresh.number(-1.5, 1.5), fresh.number(-1.5, 1.5)


@each_dtype
def test_line_gradient_by_hand(kata, device, dtype, atol):
    """Errors 1.5, −0.5 and 4.5 at x = 1, 2 and 3: the SSE has the slopes 28 and 11."""
    of_one_line(kata.line_gradient, device, dtype, 10 * atol)


@each_dtype
@pytest.mark.documented("m001-mse-autograd")
def test_line_gradient_of_the_document(kata, device, dtype, atol):
    """At the one point (1, 1), with b = 0, the MSE has the slopes 2, 2 at w = 2, and 4, 4 at 3."""
    of_the_document(kata.line_gradient, device, dtype, 10 * atol)


def test_line_gradient_of_a_perfect_fit(kata, device):
    """A line that meets every point has the gradient (0, 0), for the norm too."""
    of_lines(kata.line_gradient, [line(device), perfect(device)], 1e-11)


@each_dtype
def test_line_gradient_anywhere(kata, device, dtype, atol, fresh):
    """For any line and any points, your gradient is the one that autograd finds."""
    lines = [line(device, dtype), *lines_of(fresh, device, dtype)]
    of_lines(kata.line_gradient, lines, 10 * atol)


@each_dtype
def test_gradient_by_autograd_by_hand(kata, device, dtype, atol):
    """Autograd finds the slopes that you find by hand: 28 and 11 for the SSE."""
    of_one_line(kata.gradient_by_autograd, device, dtype, 10 * atol)


@each_dtype
@pytest.mark.documented("m001-autograd-arg-comment")
def test_gradient_by_autograd_of_the_document(kata, device, dtype, atol):
    """At the point (1, 1) with w = 2, the MSE has the slopes 2 and 2; the prediction, 1 and 1."""
    of_the_document(kata.gradient_by_autograd, device, dtype, 10 * atol)


def test_gradient_by_autograd_of_a_perfect_fit(kata, device):
    """A line that meets every point has the gradient (0, 0), for the norm too: never nan."""
    lines = [line(device), perfect(device)]
    of_lines(kata.gradient_by_autograd, lines, 1e-11)


@each_dtype
def test_gradient_by_autograd_anywhere(kata, device, dtype, atol, fresh):
    """For any line and any points, it is what torch's own losses and autograd give."""
    lines = [line(device, dtype), *lines_of(fresh, device, dtype)]
    of_lines(kata.gradient_by_autograd, lines, 10 * atol)


# ---- cross_entropy and its gradient

# no row's right class is 1: 1 subtracted from every column is not the 1 at each target
LOGITS = ([[2.0, 1, 0.1], [-1, 3, 0.5], [0, 0.2, 0.4], [1.5, -2, 0.3]], [0, 2, 2, 0])
LARGE = ([[1000.0, 0, -1000], [-1000, -999, -1000.5]], [1, 2])
ONE_ROW = ([[0.3, -0.2, 1.0, 0.8]], [1])


def scores(device, dtype=torch.float64, rows=LOGITS):
    """Return logits [n, k] and target [n]."""
    return made(rows[0], device, dtype), torch.tensor(rows[1], device=device)


def nats(logits, target):
    """Return the mean of log Σ exp less the row's own logit."""
    own = logits.gather(1, target[:, None])[:, 0]
    return (torch.logsumexp(logits, dim=1) - own).mean()


def entropies(function, given, atol, oracle=nats):
    """Claim the cross entropy of each (logits, target), against the oracle in float64."""
    __tracebackhide__ = True

    def claim(result, one):
        proof.tensor(result, [], like=one[0])
        proof.close(result, oracle(one[0].double(), one[1]), atol=atol)

    proof.each(function, [(one, one) for one in given], claim)


def gradients(function, given, atol, oracle=nats):
    """Claim the oracle's gradient at each (logits, target), by autograd in float64."""
    __tracebackhide__ = True

    def claim(result, one):
        proof.tensor(result, one[0].shape, like=one[0])
        leaf = one[0].detach().double().requires_grad_()
        wanted = torch.autograd.grad(oracle(leaf, one[1]), leaf)[0]
        proof.close(result, wanted, atol=atol, row="row", digits=4)

    proof.each(function, [(one, one) for one in given], claim)


@each_dtype
def test_cross_entropy_by_hand(kata, device, dtype, atol):
    """Logits 2, 1, 0.1 with class 0 right have the loss 0.417 nats; four rows have their mean."""
    four = scores(device, dtype)
    first, mean = (four[0][:1].clone(), four[1][:1].clone()), 1.052707621457
    cases = [
        (four, mean),
        (first, 0.417030016278),
        (scores(device, dtype, ONE_ROW), 2.161841471448),
    ]

    def claim(result, wanted):
        proof.tensor(result, [], like=four[0])
        proof.close(result, wanted, atol=atol)  # twelve digits are given

    proof.each(kata.cross_entropy, cases, claim)


@each_dtype
def test_cross_entropy_of_logits_of_any_size(kata, device, dtype, atol):
    """Logits of 1000 or −1000 have a loss too: never inf or nan, though exp(1000) is inf."""
    given = [scores(device, dtype, rows) for rows in (LARGE, LOGITS)]
    entropies(kata.cross_entropy, given, 100 * atol)  # the last digit of 1000 is 6e-5 in float32


@each_dtype
def test_cross_entropy_anywhere(kata, device, dtype, atol, fresh):
    """For any rows and any classes, it is torch's own cross entropy."""
    given = [scores(device, dtype), drawn_scores(fresh, device, dtype)]
    entropies(kata.cross_entropy, given, atol, functional.cross_entropy)


def drawn_scores(fresh, device, dtype, n=5, k=3):
    """Draw logits [n, k] and a class for each row."""
    logits = fresh.tensor(n, k, low=-6, high=6, device=device, dtype=dtype)
    classes = [fresh.integer(0, k - 1) for _ in range(n)]
    return logits, torch.tensor(classes, device=device)


@each_dtype
def test_cross_entropy_gradient_by_hand(kata, device, dtype, atol):
    """Row 0 is (−0.341, 0.242, 0.099)/4: p less 1 at the right class, over the number of rows."""
    four = scores(device, dtype)
    gradients(kata.cross_entropy_gradient, [four, scores(device, dtype, ONE_ROW)], atol / 10)
    grad = kata.cross_entropy_gradient(*four)
    wanted = [-0.0852497153, 0.0606082427, 0.0246414726]
    proof.close(grad[0], wanted, atol=1e-6, row="class")


@each_dtype
def test_cross_entropy_gradient_of_logits_of_any_size(kata, device, dtype, atol):
    """Logits of 1000 or −1000 have a gradient too: never nan, though exp(1000) is inf."""
    given = [scores(device, dtype, rows) for rows in (LARGE, LOGITS)]
    # who subtracts log Σ exp loses the last digit of 1000, 6e-5 in float32
    gradients(kata.cross_entropy_gradient, given, 10 * atol)


@each_dtype
def test_cross_entropy_gradient_anywhere(kata, device, dtype, atol, fresh):
    """For any rows and any classes, it is what autograd finds for torch's own cross entropy."""
    given = [scores(device, dtype), drawn_scores(fresh, device, dtype)]
    gradients(kata.cross_entropy_gradient, given, atol / 10, functional.cross_entropy)


@pytest.mark.observed("work")
def test_cross_entropy_gradient_never_builds_a_jacobian(kata, device, fresh):
    """For 30 rows of 40 logits it makes nothing much larger than 1200: Jacobians would be 48000."""
    given = drawn_scores(fresh, device, torch.float64, n=30, k=40)
    gradients(kata.cross_entropy_gradient, [given], 1e-12)
    largest = kata.observed.largest
    if largest > 8 * given[0].numel():
        pytest.fail(
            f"The largest tensor that it made has {largest} elements, of the order of n·k·k: that\n"
            "is a Jacobian for each row. Multiply its formula with −y/p on paper: p − y is left.",
            pytrace=False,
        )


# ---- what is left behind, devices, refusals


@pytest.mark.observed("kept")
@pytest.mark.parametrize("kind", KINDS)
def test_gradient_by_autograd_is_autograds(kata, device, kind):
    """The gradient is found by autograd: by the chain rule is line_gradient's part."""
    given = line(device)
    proof.right(kata.gradient_by_autograd(kind, *given), by_hand(device)[kind], atol=1e-10)
    proof.by_autograd(kata.observed)


@pytest.mark.observed
def test_arguments_are_left_alone(kata, device):
    """No function changes its arguments, or returns what hangs on them or on a graph."""
    pair, exact, given = errors_of(device), line(device)[0], scores(device)
    for formula in FORMULAS:
        has_slopes(kata, formula, [points(device)], 1e-11)
        proof.untouched(kata.observed)
    for one in (pair, (exact, exact.clone())):
        losses(kata, [one], 1e-11)
        proof.untouched(kata.observed)
    for claim in (
        lambda: of_lines(kata.line_gradient, [line(device)], 1e-11),
        lambda: of_lines(kata.gradient_by_autograd, [line(device)], 1e-11),
        lambda: entropies(kata.cross_entropy, [given], 1e-12),
        lambda: gradients(kata.cross_entropy_gradient, [given], 1e-12),
    ):
        claim()
        proof.untouched(kata.observed)


@pytest.mark.observed
def test_everything_stays_on_its_device(kata):
    """What is made on the way is made where the arguments are."""
    away, given = kata.elsewhere, scores("cpu")
    for formula in FORMULAS:
        has_slopes(away, formula, [points("cpu")], 1e-11)
    losses(away, [errors_of("cpu"), (given[0], given[0].clone())], 1e-11)
    of_lines(away.line_gradient, [line("cpu")], 1e-11)
    of_lines(away.gradient_by_autograd, [line("cpu")], 1e-11)
    entropies(away.cross_entropy, [given], 1e-12)
    gradients(away.cross_entropy_gradient, [given], 1e-12)


def test_partials_refuse_a_log_of_zero_or_less(kata, device):
    """A "log" with any w·x + b of 0 or less is a ValueError: log has no value, no slope there."""
    x, y = made([0.1, 0.2], device), made([1.0, 2.0], device)
    has_slopes(kata, "log", [points(device), (x, y, -1.0, 0.5)], 1e-11)
    has_slopes(kata, "linear", [(x, y, -1.0, -0.5)], 1e-11)  # only log is barred there
    below = ("log", made([1.0, -3.0], device), y, 1.0, 0.5)
    zero = ("log", made([0.5, 1.0], device), y, -1.0, 1.0)
    falling = ("log", made([1.0, 3.0], device), y, -1.0, 2.0)  # below 0, though every x is above
    proof.refuses(kata.partials, [below, zero, falling], ValueError)


def test_loss_and_gradient_refuse_shapes_that_stretch(kata, device):
    """[3] and [3, 1] are not the same shape: a ValueError. torch would make nine errors of them."""
    row, column = made([1.0, 2.0, 3.0], device), made([[0.5], [2.5], [1.0]], device)
    losses(kata, [(column, column.flip(0)), (row, row.flip(0))], 1e-12)
    pairs = [(row, column), (column[:2].clone(), row[:1].clone())]
    pairs += [(torch.cat([column, column], dim=1), column), (row, row.reshape(1, 3))]
    inputs = [(kind, *pair) for kind in KINDS for pair in pairs]
    proof.refuses(kata.loss_and_gradient, inputs, ValueError)
