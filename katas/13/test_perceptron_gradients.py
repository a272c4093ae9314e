"""The spec of kata 13, perceptron gradients: E = ½ Σ (o − t)² of sigmoid units."""

import pytest
import torch
from torch.nn import functional

from dojo.spec import proof

DTYPES = [
    # sums of up to ten products of at most 2.25, where the sigmoid's slope is at most a quarter
    # (measured 2e-16 and 2e-7); ten times that where the gradients of samples are added up
    pytest.param(torch.float64, 1e-12, id="float64"),
    pytest.param(torch.float32, 4e-6, id="float32"),
]
each_dtype = pytest.mark.parametrize(("dtype", "atol"), DTYPES)

SAMPLES = [[1.0, 2.0, -1.0], [-1.0, 0.5, 0.5], [0.0, -1.5, 2.0], [2.0, 1.0, 0.5]]
WEIGHTS = [[0.1, 0.2, -0.4], [-0.3, 0.4, 0.6], [0.5, -0.6, 0.3]]
TARGETS = [[1.0, 0.0, 1.0], [0.0, 0.5, 1.0], [0.2, 1.0, 0.0], [0.9, 0.1, 0.3]]
# for loss and delta: outputs that are not those of the samples above, and their targets
OUTPUTS = (
    [[0.6, 0.4, 0.5], [0.9, 0.2, 0.3], [0.5, 0.7, 0.1], [0.3, 0.8, 0.6]],
    [[1.0, 0.0, 0.3], [0.5, 0.0, 0.9], [0.3, 1.0, 0.2], [0.0, 0.6, 1.0]],
)


def data(device, dtype=torch.float64, m=4, n=3, K=3):
    """Return X [m, n], W [K, n] and t [m, K].

    At first W is square, so that a lost transpose shows by its numbers, and m is neither n nor K.
    """
    parts = [(SAMPLES, m, n), (WEIGHTS, K, n), (TARGETS, m, K)]
    return tuple(made(rows, device, dtype)[:a, :b].contiguous() for rows, a, b in parts)


def documented_sample(device, dtype=torch.float64, K=2):
    """Return the sample of the document: X [1, 2], W [K, 2] and t [1, K]."""
    return data(device, dtype, m=1, n=2, K=K)


def drawn(fresh, m, n, K, device, dtype):
    """Draw X [m, n], W [K, n] and t [m, K], the targets between 0 and 1."""
    given = {"device": device, "dtype": dtype}
    X, W = (fresh.tensor(rows, n, low=-1.5, high=1.5, **given) for rows in (m, K))
    return X, W, fresh.tensor(m, K, low=0.05, high=0.95, **given)


def made(numbers, device, dtype=torch.float64):
    """Return the numbers as a tensor."""
    return torch.tensor(numbers, dtype=dtype, device=device)


def by_sigmoid(X, W):
    """Return torch's own outputs, in float64."""
    return torch.sigmoid(X.double() @ W.double().T)


def half_sum(o, t):
    """Return E."""
    return functional.mse_loss(o, t, reduction="sum") / 2


def by_autograd(X, W, t, error=half_sum):
    """Return the gradient for W of `error` of torch's own outputs, in float64."""
    W = W.detach().clone().double().requires_grad_()  # the caller's W must not ask for one
    (grad,) = torch.autograd.grad(error(by_sigmoid(X, W), t.double()), W)
    return grad


def of_weighted_sums(o, t):
    """Return the gradient of E for the weighted sums z where o = σ(z), in float64."""
    z = torch.logit(o.double()).requires_grad_()
    (grad,) = torch.autograd.grad(half_sum(torch.sigmoid(z), t.double()), z)
    return grad


def are(like, atol, row):
    """Return the claim that a result is a tensor as `like`, of the wanted shape and numbers."""

    def claim(result, wanted):
        proof.tensor(result, wanted.shape, like=like)
        proof.close(result, wanted, atol=atol, row=row, digits=5)

    return claim


@each_dtype
def test_output_has_a_row_for_each_sample(kata, device, dtype, atol):
    """output is the sigmoid of X Wᵀ: a row for each sample, and in it a number for each unit."""
    X, W, _ = data(device, dtype)
    proof.each(kata.output, [((X, W), by_sigmoid(X, W))], are(X, atol, "sample"))


@each_dtype
def test_output_of_the_documents_sample(kata, device, dtype, atol):
    """Both units of the document have the weighted sum 0.5, so both answer 0.6225."""
    X, W, _ = documented_sample(device, dtype)
    more, units, _ = data(device, dtype, n=2)
    wanted = made([[0.622459331202, 0.622459331202]], device)
    cases = [((X, W), wanted), ((more, units), by_sigmoid(more, units))]
    proof.each(kata.output, cases, are(X, atol, "sample"))


@each_dtype
def test_output_anywhere(kata, device, dtype, atol, fresh):
    """output is right for any number of samples, inputs and units."""
    for m, n, K in ((5, 3, 4), (2, 6, 1)):
        X, W, _ = drawn(fresh, m, n, K, device, dtype)
        proof.each(kata.output, [((X, W), by_sigmoid(X, W))], are(X, atol, "sample"))


def losses_by_hand(o, t):
    """Return cases of loss."""
    return [((o, t), made(0.675, o.device)), ((o, 1 - t), made(1.815, o.device))]


@each_dtype
def test_loss_is_half_the_sum_of_squares(kata, device, dtype, atol):
    """loss is one number, half the sum of all squared errors: here 1.35 / 2, and 3.63 / 2."""
    o, t = (made(part, device, dtype) for part in OUTPUTS)
    proof.each(kata.loss, losses_by_hand(o, t), are(o, atol, "loss"))


@each_dtype
def test_loss_anywhere(kata, device, dtype, atol, fresh):
    """loss is half of torch's summed squared error, for any number of samples and units."""
    for m, K in ((5, 4), (3, 1)):
        o, t = (fresh.tensor(m, K, low=0, high=1, device=device, dtype=dtype) for _ in range(2))
        wanted = half_sum(o.double(), t.double())
        proof.each(kata.loss, [((o, t), wanted)], are(o, atol, "loss"))


def test_unit_gradient_agrees_with_the_document(kata, device, documented):
    """At x = (1, 2), w = (0.1, 0.2) and t = 1 the gradient is (−0.0887, −0.1774)."""
    X, W, _ = documented_sample(device)
    grad = kata.unit_gradient(X[0], W[0], 1.0)
    proof.tensor(grad, [2], like=X)
    documented.agrees("single_unit", grad, row="weight")


@pytest.mark.documented("m003-single-conclusion")
def test_unit_gradient_meets_the_other_weights_in_o_only(kata, device):
    """Three units with one weighted sum, 0.5, have one output, and so one gradient."""
    x = made([1.0, 2.0], device)
    wanted = made([-0.08872345867, -0.17744691735], device)
    units = (made(w, device) for w in ([0.5, 0.0], [-0.5, 0.5], [0.1, 0.2]))
    cases = [((x, w, 1.0), wanted) for w in units]
    proof.each(kata.unit_gradient, cases, are(x, 1e-10, "weight"))  # wanted has ten digits


@each_dtype
def test_unit_gradient_anywhere(kata, device, dtype, atol, fresh):
    """unit_gradient is what autograd finds, for any sample, any weights and any target."""
    for n in (4, 2):
        X, W, _ = drawn(fresh, 1, n, 1, device, dtype)
        t = fresh.number(0.05, 0.95)
        wanted = by_autograd(X, W, made([[t]], device))[0]
        proof.each(kata.unit_gradient, [((X[0], W[0], t), wanted)], are(X, atol, "weight"))


@each_dtype
def test_delta_belongs_to_each_output(kata, device, dtype, atol):
    """delta is (o − t) o (1 − o) for each sample and unit: first −0.4 · 0.6 · 0.4 = −0.096."""
    o, t = (made(part, device, dtype) for part in OUTPUTS)
    first, second = [-0.096, 0.096, 0.05], [0.036, 0.032, -0.126]
    wanted = made([first, second, [0.05, -0.063, -0.009], [0.063, 0.032, -0.096]], device)
    proof.each(kata.delta, [((o, t), wanted)], are(o, atol, "sample"))


@each_dtype
def test_delta_anywhere(kata, device, dtype, atol, fresh):
    """delta is how E answers to the weighted sums, as autograd finds it."""
    for m, K in ((4, 3), (2, 1)):
        given = {"low": 0.05, "high": 0.95, "device": device, "dtype": dtype}
        o, t = (fresh.tensor(m, K, **given) for _ in range(2))
        proof.each(kata.delta, [((o, t), of_weighted_sums(o, t))], are(o, atol, "sample"))


@each_dtype
def test_gradient_has_a_row_for_each_unit(kata, device, dtype, atol):
    """gradient is δᵀX: row k belongs to unit k, as in W, and the samples' gradients add up."""
    given = data(device, dtype)
    proof.each(kata.gradient, [(given, by_autograd(*given))], are(given[0], 10 * atol, "unit"))


@each_dtype
def test_gradient_has_the_shape_of_the_weights(kata, device, dtype, atol):
    """With four samples, two inputs and three units the gradient is [3, 2], as W is."""
    given = data(device, dtype, n=2)
    proof.each(kata.gradient, [(given, by_autograd(*given))], are(given[0], 10 * atol, "unit"))


def test_gradient_agrees_with_the_document(kata, device, documented):
    """With two units and one sample, row k is (o_k − t_k) o_k (1 − o_k) x."""
    kata.gradient(*data(device))  # asked first: one sample hides sums, means and F.mse_loss
    grad = kata.gradient(*documented_sample(device))
    proof.tensor(grad, [2, 2], like=made(0.0, device))
    documented.agrees("two_outputs", grad, row="unit")


@pytest.mark.documented("m003-multi-claim")
def test_gradient_row_k_sees_target_k_alone(kata, device):
    """Another target for one unit changes the row of that unit, and no other."""
    X, W, t = data(device)
    other = t.clone()
    other[:, 1] = 1 - other[:, 1]
    before, after = kata.gradient.each([(X, W, t), (X, W, other)])
    is_right = are(X, 1e-12, "unit")
    is_right(before, by_autograd(X, W, t))
    is_right(after, torch.stack([before[0], by_autograd(X, W, other)[1], before[2]]))


@each_dtype
@pytest.mark.documented("m003-perceptron-code-images")
def test_gradient_anywhere(kata, device, dtype, atol, fresh):
    """gradient is what autograd finds, for any m, n and K: the document's 1, 10 and 1 or 2 too."""
    for m, n, K in ((5, 3, 4), (1, 10, 2), (1, 10, 1), (6, 2, 3)):
        given = drawn(fresh, m, n, K, device, dtype)
        proof.each(kata.gradient, [(given, by_autograd(*given))], are(given[0], 10 * atol, "unit"))


def mse(X, W, t):
    """Return the gradient of F.mse_loss, in float64."""
    return by_autograd(X, W, t, functional.mse_loss)


@each_dtype
def test_gradient_of_mse_divides_by_every_output(kata, device, dtype, atol):
    """F.mse_loss is the mean of m·K squares, so its gradient is 2/(mK) times that of E."""
    given = data(device, dtype)
    proof.each(kata.gradient_of_mse, [(given, mse(*given))], are(given[0], atol, "unit"))


def test_gradient_of_mse_of_one_output(kata, device, documented):
    """With one unit and one sample it is twice the gradient of E."""
    kata.gradient_of_mse(*data(device))  # asked first: one sample hides what is divided by
    grad = kata.gradient_of_mse(*documented_sample(device, K=1))
    proof.tensor(grad, [1, 2], like=made(0.0, device))
    documented.agrees("mse_one_output", grad, row="unit")


@pytest.mark.documented("m003-multi-perceptron")
def test_gradient_of_mse_of_two_outputs(kata, device, documented):
    """With two units and one sample it is the gradient of E: 2/(mK) is 1."""
    kata.gradient_of_mse(*data(device))  # asked first, as above
    grad = kata.gradient_of_mse(*documented_sample(device))
    proof.tensor(grad, [2, 2], like=made(0.0, device))
    documented.agrees("two_outputs", grad, row="unit")


@each_dtype
def test_gradient_of_mse_anywhere(kata, device, dtype, atol, fresh):
    """gradient_of_mse is what autograd finds for F.mse_loss, for any m, n and K."""
    for m, n, K in ((5, 3, 4), (3, 2, 1), (1, 4, 3)):
        given = drawn(fresh, m, n, K, device, dtype)
        proof.each(kata.gradient_of_mse, [(given, mse(*given))], are(given[0], atol, "unit"))


@pytest.mark.observed("work")
def test_gradient_takes_all_at_once(kata, device):
    """Forty samples and thirty units take no more operations than four and three."""
    X, W, t = given = data(device)
    proof.right(kata.gradient(*given), by_autograd(*given), atol=1e-10)
    few = kata.observed
    given = X.repeat(10, 1), W, t.repeat(10, 1)
    proof.right(kata.gradient(*given), by_autograd(*given), atol=1e-10)
    proof.works_no_more(few, kata.observed, "samples")
    given = X, W.repeat(10, 1), t.repeat(1, 10)
    proof.right(kata.gradient(*given), by_autograd(*given), atol=1e-10)
    proof.works_no_more(few, kata.observed, "units")


@pytest.mark.observed("kept")
def test_gradient_of_mse_is_autograds(kata, device):
    """gradient_of_mse is found by autograd: a formula is gradient's part."""
    given = data(device)
    proof.right(kata.gradient_of_mse(*given), mse(*given), atol=1e-10)
    proof.by_autograd(kata.observed)


def one_of_each(kata, device):
    """Return a call of each function, and what it is to return."""
    X, W, t = data(device)
    o, target = (made(part, device) for part in OUTPUTS)
    unit = by_autograd(X[:1], W[:1], made([[0.3]], device))[0]
    return (
        (lambda: kata.output(X, W), by_sigmoid(X, W)),
        (lambda: kata.loss(o, target), half_sum(o, target)),
        (lambda: kata.unit_gradient(X[0], W[0], 0.3), unit),
        (lambda: kata.delta(o, target), of_weighted_sums(o, target)),
        (lambda: kata.gradient(X, W, t), by_autograd(X, W, t)),
        (lambda: kata.gradient_of_mse(X, W, t), mse(X, W, t)),
    )


@pytest.mark.observed
def test_arguments_are_left_alone(kata, device):
    """No function changes its arguments, or returns what hangs on them or on a graph."""
    for call, wanted in one_of_each(kata, device):
        proof.right(call(), wanted, atol=1e-10)
        proof.untouched(kata.observed)


@pytest.mark.observed
def test_everything_stays_on_its_device(kata):
    """What is made on the way is made where the arguments are."""
    for call, wanted in one_of_each(kata.elsewhere, "cpu"):
        proof.right(call(), wanted, atol=1e-10)


@pytest.mark.documented("m003-broadcast-claim")
def test_loss_refuses_a_target_that_spreads(kata, device):
    """loss takes a target of the outputs' own shape; any other shape is a ValueError."""
    o, t = (made(part, device) for part in OUTPUTS)
    proof.each(kata.loss, losses_by_hand(o, t), are(o, 1e-12, "loss"))
    pair, one = made([[0.6, 0.4]], device), made([[1.0]], device)
    spread = [(pair, one), (o, t[:1]), (o, t[:, :1]), (o, t[0])]
    because = ["torch spreads t over the outputs without an error: E is then another one."]
    proof.refuses(kata.loss, [*spread, (o, t[0, 0])], ValueError, because=because)
    because = ["t has as many numbers as o, and another .shape: that is what counts."]
    proof.refuses(kata.loss, [(o, t.reshape(1, 4, 3))], ValueError, because=because)


@pytest.mark.documented("m003-broadcast-claim")
def test_gradient_refuses_a_target_that_spreads(kata, device):
    """gradient takes t of shape [m, K]; the document's (1, 1) for two outputs is a ValueError."""
    X, W, t = data(device)
    one = documented_sample(device)
    cases = [(given, by_autograd(*given)) for given in ((X, W, t), one)]
    proof.each(kata.gradient, cases, are(X, 1e-12, "unit"))
    because = ["torch spreads t over the outputs: the gradient is then that of another E."]
    spread = [(*one[:2], one[2][:, :1]), (*one[:2], one[2][0]), (X, W, t[:1]), (X, W, t[:, :1])]
    proof.refuses(kata.gradient, spread, ValueError, because=because)
