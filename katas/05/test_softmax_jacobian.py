"""The spec of kata 05, softmax Jacobian: p = exp(a) / Σ exp(a), and how p answers to a."""

import math

import pytest
import torch

from dojo.spec import proof

DTYPES = [
    # a few roundings of 1, the largest number met (measured 2e-16 and 6e-8; expf on CUDA adds two)
    pytest.param(torch.float64, 1e-12, id="float64"),
    pytest.param(torch.float32, 1e-6, id="float32"),
]
LARGE = ([1000.0, 999.0, 1000.5], [-1000.0, -1001.0, -1000.5], [1000.0, 0.0, -1000.0])
each_dtype = pytest.mark.parametrize(("dtype", "atol"), DTYPES)
SAMPLE = (0.9376, 0.5373, 0.6736)  # the document's a, as printed


def sample(device, dtype=torch.float64):
    """Return the document's a."""
    return torch.tensor(SAMPLE, dtype=dtype, device=device)


def probabilities(a):
    """Return torch's own softmax of a, worked out in float64, in the dtype of a."""
    return torch.softmax(a.double(), dim=0).to(a.dtype)


def drawn(fresh, n, device, dtype=torch.float64):
    """Draw n probabilities: of no scores that softmax is given, so no call tells its result."""
    shares = fresh.tensor(n, low=0.1, high=3, device=device)
    return (shares / shares.sum()).to(dtype)


def by_torch(a):
    """Return the Jacobian of torch's own softmax at a, in float64."""
    return torch.autograd.functional.jacobian(lambda x: torch.softmax(x, dim=0), a.double())


def vector(result, like):
    """Return the result, which must be a tensor of the shape, dtype and device of `like`."""
    proof.tensor(result, like.shape, like=like)
    return result


def table(result, like):
    """Return the result, which must be [n, n] where `like` is [n], of its dtype and device."""
    proof.tensor(result, [len(like), len(like)], like=like)
    return result


@each_dtype
@pytest.mark.documented("m001-softmax-sums-to-one")
def test_softmax_makes_probabilities(kata, device, dtype, atol):
    """softmax(a) has the shape of a, every entry is positive, and together they are 1."""
    a = torch.tensor([2.0, -1.0, 0.5, 0.0], dtype=dtype, device=device)
    p = vector(kata.softmax(a), like=a)
    powers = [math.exp(score) for score in a.tolist()]
    proof.close(p, [power / sum(powers) for power in powers], atol=atol, row="entry")
    proof.close(p.sum(), 1.0, atol=atol, what="the sum of p")


def test_softmax_agrees_with_the_document(kata, device, documented):
    """Of the document's three scores the first gets 0.4102 of the whole."""
    a = sample(device)
    documented.agrees("probabilities", vector(kata.softmax(a), like=a), row="entry")


@pytest.mark.documented("m001-softmax-p", "m001-softmax-amplifies", "m003-softmax-claims")
def test_softmax_turns_differences_into_ratios(kata, device):
    """The larger score keeps the larger share, and p₀/p₁ is exp(a₀ − a₁): here less than a₀/a₁."""
    a = sample(device)
    p = vector(kata.softmax(a), like=a)
    wanted = [0.410156707288, 0.274853794403, 0.314989498310]
    proof.close(p, wanted, atol=1e-12, row="entry")
    proof.equal(p.argsort().tolist(), [1, 2, 0], column="from the smallest to the largest")
    # the document says that softmax makes the large larger: on its own sample 1.745 becomes 1.492
    proof.close(p[0] / p[1], 1.492272312189, atol=1e-11, what="p₀/p₁")
    assert p[0] / p[1] < SAMPLE[0] / SAMPLE[1]


@each_dtype
def test_softmax_anywhere(kata, device, dtype, atol, fresh):
    """softmax(a) is that of torch, for any scores and any number of them."""
    for n in (3, 7, 1000):
        a = fresh.tensor(n, device=device, dtype=dtype)
        p = vector(kata.softmax(a), like=a)
        proof.close(p, torch.softmax(a.double(), dim=0), atol=atol, row="entry")


@each_dtype
def test_softmax_of_scores_of_any_size(kata, device, dtype, atol):
    """Scores of −1000 or 1000 give probabilities as well: never nan, though exp(1000) is inf."""
    for scores in LARGE:
        a = torch.tensor(scores, dtype=dtype, device=device)
        p = vector(kata.softmax(a), like=a)
        # 100: whoever shifts by log Σ exp(a) loses the last digit of 1000, 6e-5 in float32
        proof.close(p, torch.softmax(a.double(), dim=0), atol=100 * atol, row="entry")


@each_dtype
def test_softmax_looks_at_differences_only(kata, device, dtype, atol):
    """The same number added to every score changes nothing."""
    a = torch.tensor([0.5, -1.25, 2.0], dtype=dtype, device=device)
    wanted = torch.softmax(a.double(), dim=0)
    for more in (3.0, 1000.0, -1000.0):  # a + more is exact, in float32 too; 100 as above
        p = vector(kata.softmax(a + more), like=a)
        proof.close(p, wanted, atol=100 * atol, row="entry")


@each_dtype
@pytest.mark.documented("m003-softmax-images")
def test_jacobian_is_how_p_answers_to_a(kata, device, dtype, atol):
    """jacobian(p) is [n, n]: entry i, j is pᵢ(1 − pᵢ) where i = j, and −pᵢ·pⱼ elsewhere."""
    p = torch.tensor([0.5, 0.3, 0.2], dtype=dtype, device=device)
    J = table(kata.jacobian(p), like=p)
    wanted = [[0.25, -0.15, -0.10], [-0.15, 0.21, -0.06], [-0.10, -0.06, 0.16]]
    proof.close(J, wanted, atol=atol, row="row", digits=4)


def test_jacobian_agrees_with_the_document(kata, device, documented):
    """At the document's a the rows of J are the gradients that the document prints."""
    p = probabilities(sample(device)).flip(0)  # turned round: softmax is to return it as it is
    J = table(kata.jacobian(p), like=p)
    documented.agrees("jacobian", J.flip(0, 1), row="row")


@pytest.mark.documented("m003-softmax-sign")
def test_jacobian_has_its_signs_and_its_sum(kata, device):
    """A score lifts its own probability and lowers every other: each row adds up to 0."""
    p = probabilities(sample(device)).flip(0)
    J = table(kata.jacobian(p), like=p)
    wanted = [[1.0, -1.0, -1.0], [-1.0, 1.0, -1.0], [-1.0, -1.0, 1.0]]
    proof.close(J.sign(), wanted, atol=0.0, row="row", what="the signs")
    proof.close(J.sum(dim=1), [0.0] * 3, atol=1e-12, row="row", what="the sum of each row")


@each_dtype
def test_jacobian_anywhere(kata, device, dtype, atol, fresh):
    """jacobian(softmax(a)) is what autograd finds at a, for any number of scores."""
    for n in (3, 5, 40):
        p = drawn(fresh, n, device, dtype)
        J = table(kata.jacobian(p), like=p)
        proof.close(J, by_torch(p.double().log()), atol=atol, row="row", digits=4)


@each_dtype
def test_vjp_is_v_times_the_jacobian(kata, device, dtype, atol):
    """vjp(p, v) is vᵀJ, a vector like v: its entry j is v times column j of J."""
    p = torch.tensor([0.5, 0.3, 0.2], dtype=dtype, device=device)
    v = torch.tensor([1.0, 2.0, 4.0], dtype=dtype, device=device)
    product = vector(kata.vjp(p, v), like=v)
    proof.close(product, [-0.45, 0.03, 0.42], atol=5 * atol, row="entry")  # v·p is 1.9, v up to 4


def test_vjp_agrees_with_the_document(kata, device, documented):
    """With v 2 at i and 1 elsewhere, vjp(p, v) is row i of the document's J: three ones give 0."""
    p = probabilities(sample(device)).flip(0)  # turned round, and back
    ones = 1 + torch.eye(3, dtype=p.dtype, device=device)
    rows = [vector(kata.vjp(p, v.flip(0)), like=v).flip(0) for v in ones]
    documented.agrees("jacobian", torch.stack(rows), row="i", what="vjp(p, v) for each i")


@each_dtype
def test_vjp_anywhere(kata, device, dtype, atol, fresh):
    """vjp(p, v) is what backward(v) finds at a, for any scores, any v and any number of them."""
    for n in (3, 5, 40):
        p = drawn(fresh, n, device, dtype)
        v = fresh.tensor(n, device=device, dtype=dtype)
        product = vector(kata.vjp(p, v), like=v)
        wanted = v.double() @ by_torch(p.double().log())
        proof.close(product, wanted, atol=5 * atol, row="entry")  # v up to 3


@pytest.mark.observed("work")
def test_vjp_never_builds_the_jacobian(kata, device, fresh):
    """For 200 scores vjp makes no tensor much larger than 200: J would have 40000 elements."""
    n = 200
    p, v = drawn(fresh, n, device), fresh.tensor(n, device=device)
    proof.right(kata.vjp(p, v), p * (v - v @ p), atol=1e-10)
    largest = kata.observed.largest
    if largest > 8 * n:
        pytest.fail(
            f"The largest tensor that it made has {largest} elements, of the order of n·n: that\n"
            "is J, or something of its size. Multiply the formula of J with v on paper first.",
            pytrace=False,
        )


@each_dtype
def test_jacobian_by_autograd_is_row_by_row(kata, device, dtype, atol):
    """jacobian_by_autograd(a) is [n, n]; its row i is the gradient of pᵢ."""
    a = torch.tensor([2.0, -1.0, 0.5], dtype=dtype, device=device)
    J = table(kata.jacobian_by_autograd(a), like=a)
    p = torch.softmax(a.double(), dim=0)
    proof.close(J, p.diag() - p.outer(p), atol=atol, row="row", digits=4)


def test_jacobian_by_autograd_agrees_with_the_document(kata, device, documented):
    """At the document's a autograd finds the rows that the document prints."""
    a = sample(device)
    documented.agrees("jacobian", table(kata.jacobian_by_autograd(a), like=a), row="row")


@each_dtype
def test_jacobian_by_autograd_of_large_scores(kata, device, dtype, atol):
    """Rows are right at −1000 and 1000 too; where one score is far above the rest, J is 0."""
    for scores in LARGE:
        a = torch.tensor(scores, dtype=dtype, device=device)
        J = table(kata.jacobian_by_autograd(a), like=a)
        proof.close(J, by_torch(a), atol=100 * atol, row="row", digits=4)


@each_dtype
def test_jacobian_by_autograd_anywhere(kata, device, dtype, atol, fresh):
    """Your rows are those of torch's own Jacobian, for any number of scores."""
    for n in (3, 5, 20):
        a = fresh.tensor(n, device=device, dtype=dtype)
        J = table(kata.jacobian_by_autograd(a), like=a)
        proof.close(J, by_torch(a), atol=atol, row="row", digits=4)


@pytest.mark.observed("kept")
def test_jacobian_by_autograd_is_autograds(kata, device):
    """The rows are found by autograd: jacobian(softmax(a)) is your formula once more."""
    a = torch.tensor([2.0, -1.0, 0.5], dtype=torch.float64, device=device)
    proof.right(kata.jacobian_by_autograd(a), by_torch(a), atol=1e-10)
    proof.by_autograd(kata.observed)


@each_dtype
def test_backward_twice_adds_two_passes(kata, device, dtype, atol):
    """backward_twice(a) is 2·J·p, a vector like a: the second pass is added to the first."""
    a = torch.tensor([2.0, -1.0, 0.5, 0.0], dtype=dtype, device=device)
    grad = vector(kata.backward_twice(a), like=a)
    p = torch.softmax(a.double(), dim=0)
    proof.close(grad, 2 * p * (p - p @ p), atol=atol, row="entry")


def test_backward_twice_agrees_with_the_document(kata, device, documented):
    """At the document's a, a.grad is the "A grad" that the document prints."""
    a = sample(device)
    documented.agrees("a_grad", vector(kata.backward_twice(a), like=a), row="entry")


@each_dtype
def test_backward_twice_anywhere(kata, device, dtype, atol, fresh):
    """backward_twice(a) is 2·J·p for any scores and any number of them."""
    for n in (3, 5, 40):
        a = fresh.tensor(n, device=device, dtype=dtype)
        grad = vector(kata.backward_twice(a), like=a)
        wanted = 2 * torch.softmax(a.double(), dim=0) @ by_torch(a)
        proof.close(grad, wanted, atol=atol, row="entry")


def by_hand(device, dtype=torch.float64):
    """Return a p and a v."""
    p = torch.tensor([0.5, 0.3, 0.2], dtype=dtype, device=device)
    return p, torch.tensor([1.0, 2.0, 4.0], dtype=dtype, device=device)


@pytest.mark.observed
def test_arguments_are_left_alone(kata, device):
    """No function changes its arguments, or returns something that hangs on them or on a graph."""
    a, (p, v) = sample(device), by_hand(device)
    q, J = probabilities(a), by_torch(a)
    for call, wanted in (
        (lambda: kata.softmax(a), q),
        (lambda: kata.jacobian(p), p.diag() - p.outer(p)),
        (lambda: kata.vjp(p, v), p * (v - v @ p)),
        (lambda: kata.jacobian_by_autograd(a), J),
        (lambda: kata.backward_twice(a), 2 * J @ q),
    ):
        proof.right(call(), wanted, atol=1e-10)
        proof.untouched(kata.observed)


@pytest.mark.observed
def test_everything_stays_on_its_device(kata):
    """What is made on the way is made where the argument is."""
    a, (p, v), away = torch.tensor(SAMPLE), by_hand("cpu", torch.float32), kata.elsewhere
    q, J = torch.softmax(a.double(), dim=0), by_torch(a)
    proof.right(away.softmax(a), q, atol=1e-5)
    proof.right(away.jacobian(p), p.diag() - p.outer(p), atol=1e-5)
    proof.right(away.vjp(p, v), p * (v - v @ p), atol=1e-5)
    proof.right(away.jacobian_by_autograd(a), J, atol=1e-5)
    proof.right(away.backward_twice(a), 2 * J @ q, atol=1e-5)
