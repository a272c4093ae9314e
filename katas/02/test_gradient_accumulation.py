"""The spec of kata 02, gradient accumulation: .grad, cleared or not, and micro-batches."""

from itertools import pairwise

import pytest
import torch

from dojo.spec import proof

DTYPES = [
    # sums of a few numbers below 100 (measured 1.4e-14)
    pytest.param(torch.float64, 1e-12, id="float64"),
    # the same in float32 (measured 8.4e-6)
    pytest.param(torch.float32, 1e-4, id="float32"),
]
each_dtype = pytest.mark.parametrize(("dtype", "atol"), DTYPES)


def multiples(x, rounds):
    """Return 2x, 4x, 6x, …: [rounds, *x.shape], in float64."""
    k = torch.arange(1, rounds + 1, dtype=torch.float64).reshape(-1, *[1] * x.dim())
    return k * 2 * x.double().cpu()


def path_of(theta0, grads, lr, *, clear):
    """Return θ₀ and, after batch t, θ₀ − lr · (the steps up to t added up), in float64."""
    theta0, grads = theta0.double().cpu(), grads.double().cpu()
    steps = grads if clear else grads.cumsum(0)
    return torch.cat([theta0[None], theta0 - lr * steps.cumsum(0)])


def rows_of(answer, x, rounds):
    """Return what `answer` returns for a copy of x, which must be a row for each round."""
    held = answer(x.clone(), rounds)
    proof.tensor(held, [rounds, *x.shape], like=x)
    return held


def replays(kata, theta0, grads, lr):
    """Yield (clear, path), which must be a row for theta0 and each batch, for both values of clear.

    The other value is asked for first: a failure then tells a flag ignored from one turned round.
    """
    for clear in (True, False):
        kata.replay(theta0.clone(), grads, lr, clear=not clear)
        path = kata.replay(theta0.clone(), grads, lr, clear=clear)
        proof.tensor(path, [len(grads) + 1, *theta0.shape], like=theta0)
        yield clear, path


def slope_of(kata, X, y, w, batch_size):
    """Return what in_microbatches returns for a copy of w, which must be a column like w."""
    slope = kata.in_microbatches(X, y, w.clone(), batch_size)
    proof.tensor(slope, w.shape, like=w)
    return slope


def gradient_over_all(X, y, w):
    """Return the gradient of the mean squared error in one pass over all rows, in float64."""
    X, y, w = (t.double().cpu() for t in (X, y, w))
    w = w.clone().requires_grad_()
    torch.nn.functional.mse_loss(X @ w, y).backward()
    return w.grad


def rows(fresh, m, n, device, dtype=torch.float64):
    """Draw X [m, n], y [m, 1] and w [n, 1]."""
    shapes = ((m, n), (m, 1), (n, 1))
    return [fresh.tensor(*shape, device=device, dtype=dtype) for shape in shapes]


@each_dtype
def test_accumulate_returns_a_row_a_round(kata, device, dtype, atol):
    """What accumulate returns has a row for each round, of x's shape; row 0 is 2x."""
    x = torch.tensor([[1.0, -2.0, 3.0], [5.0, 0.5, 4.0]], dtype=dtype, device=device)
    for rounds in (4, 1):  # four first: one round alone cannot tell two mistakes from one
        held = rows_of(kata.accumulate, x, rounds)
        proof.close(held[0], 2 * x, atol=atol, row="row", what="round 0")


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["float64", "float32"])
@pytest.mark.documented("m000-accumulate-claim")
def test_accumulate_agrees_with_the_document(kata, device, dtype, documented):
    """With nothing cleared, each backward adds 2x to what is there: 2, then 4, then 6 at x = 1."""
    x = torch.tensor([1.0, 2.0, 3.0], dtype=dtype, device=device)
    documented.agrees("accumulated", rows_of(kata.accumulate, x, rounds=5), row="row")


@each_dtype
def test_accumulate_anywhere(kata, device, dtype, atol, fresh):
    """After k backward passes .grad holds k · 2x, whatever x and however many rounds."""
    x = fresh.tensor(2, 3, device=device, dtype=dtype)
    for rounds in (fresh.integer(2, 5), fresh.integer(6, 9)):
        proof.close(rows_of(kata.accumulate, x, rounds), multiples(x, rounds), atol=atol, row="row")


@each_dtype
@pytest.mark.documented("m000-square-derivative")
def test_clear_each_round_returns_a_row_a_round(kata, device, dtype, atol):
    """What clear_each_round returns has a row for each round, of x's shape; row 0 is 2x: 6 at 3."""
    x = torch.tensor([[1.0, -2.0, 3.0], [5.0, 0.5, 4.0]], dtype=dtype, device=device)
    for rounds in (4, 1):  # four first: one round alone cannot tell two mistakes from one
        held = rows_of(kata.clear_each_round, x, rounds)
        proof.close(held[0], 2 * x, atol=atol, row="row", what="round 0")


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["float64", "float32"])
def test_clear_each_round_agrees_with_the_document(kata, device, dtype, documented):
    """With clearing, every round finds the same gradient, 2x: 2, 4, 6, five times over."""
    x = torch.tensor([1.0, 2.0, 3.0], dtype=dtype, device=device)
    documented.agrees("cleared", rows_of(kata.clear_each_round, x, rounds=5), row="row")


@each_dtype
def test_clear_each_round_anywhere(kata, device, dtype, atol, fresh):
    """Every row is 2x, whatever x and however many rounds."""
    x = fresh.tensor(2, 3, device=device, dtype=dtype)
    for rounds in (fresh.integer(2, 5), fresh.integer(6, 9)):
        wanted = (2 * x).expand(rounds, 2, 3)
        proof.close(rows_of(kata.clear_each_round, x, rounds), wanted, atol=atol, row="row")


@pytest.mark.parametrize("batches", [4, 1, 0])
@each_dtype
def test_replay_returns_the_whole_path(kata, device, dtype, atol, batches):
    """The path has one row more than there are batches: row 0 is theta0, and all have its shape."""
    theta0 = torch.tensor([10.0, -3.0], dtype=dtype, device=device)
    grads = torch.arange(1.0, 2 * batches + 1, dtype=dtype, device=device).reshape(batches, 2)
    for _, path in replays(kata, theta0, grads, lr=0.5):
        proof.close(path[0], theta0, atol=atol, row="element", what="row 0 of the path")


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["float64", "float32"])
def test_replay_follows_the_example(kata, device, dtype, documented):
    """From 10, with lr = 1 and gradients 2, 1, −1: cleared 8, 7, 8, and never cleared 8, 5, 3."""
    theta0 = torch.tensor(10.0, dtype=dtype, device=device)
    grads = torch.tensor([2.0, 1.0, -1.0], dtype=dtype, device=device)
    for clear, path in replays(kata, theta0, grads, lr=1.0):
        documented.agrees("theta_cleared" if clear else "theta_uncleared", path, row="batch")


@each_dtype
@pytest.mark.documented("m000-theta-batch3-label")
def test_replay_uses_each_batch_in_its_turn(kata, device, dtype, atol):
    """With the gradients 2, 1, −2 the path is 8, 7, 9 if cleared, and 8, 5, 4 if not."""
    theta0 = torch.tensor([10.0], dtype=dtype, device=device)
    grads = torch.tensor([[2.0], [1.0], [-2.0]], dtype=dtype, device=device)
    for clear, path in replays(kata, theta0, grads, lr=1.0):
        wanted = [10.0, 8.0, 7.0, 9.0] if clear else [10.0, 8.0, 5.0, 4.0]
        proof.close(path[:, 0], wanted, atol=atol, row="batch")


@each_dtype
def test_replay_anywhere(kata, device, dtype, atol, fresh):
    """From any start, at any rate, cleared or not, a step is lr times what .grad holds."""
    theta0 = fresh.tensor(3, low=-9, high=9, device=device, dtype=dtype)
    grads = fresh.tensor(fresh.integer(5, 9), 3, device=device, dtype=dtype)
    lr = fresh.number(0.05, 0.9)
    for clear, path in replays(kata, theta0, grads, lr):
        proof.close(path, path_of(theta0, grads, lr, clear=clear), atol=atol, row="batch")


def test_replay_walks_as_torch_does(kata, device, fresh):
    """Your path is the one that torch walks by itself, with .grad cleared each time or never."""
    theta0 = fresh.tensor(2, 2, device=device)
    grads, lr = fresh.tensor(6, 2, 2, device=device), fresh.number(0.1, 0.9)
    for clear, path in replays(kata, theta0, grads, lr):
        theta, wanted = theta0.clone().requires_grad_(), [theta0]
        for grad in grads:
            if clear:
                theta.grad = None
            (theta * grad).sum().backward()
            theta.data -= lr * theta.grad
            wanted.append(theta.detach().clone())
        proof.close(path, torch.stack(wanted), atol=1e-12, row="batch")


@each_dtype
def test_in_microbatches_by_hand(kata, device, dtype, atol):
    """Five rows with the slopes −6, 8, 2, 10 and 6, by twos: their mean is 4, and at w = 3 21.2."""
    X = torch.tensor([[3.0], [2.0], [1.0], [5.0], [2.0]], dtype=dtype, device=device)
    y = torch.tensor([[7.0], [2.0], [1.0], [9.0], [2.5]], dtype=dtype, device=device)
    w = torch.tensor([[2.0]], dtype=dtype, device=device)
    proof.close(slope_of(kata, X, y, w, batch_size=2), [[4.0]], atol=atol, row="weight")
    proof.close(slope_of(kata, X, y, w + 1, batch_size=2), [[21.2]], atol=atol, row="weight")


@each_dtype
def test_in_microbatches_with_any_batch_size(kata, device, dtype, atol):
    """Seven rows give one and the same gradient by threes, one at a time, and all at once."""
    X = torch.tensor(
        [[1.0, 2.0], [3.0, -1.0], [0.5, 4.0], [-2.0, 1.0], [2.0, 2.0], [1.0, -3.0], [4.0, 0.5]],
        dtype=dtype,
        device=device,
    )
    y = torch.tensor(
        [[1.0], [-2.0], [3.0], [0.5], [-1.0], [2.0], [-4.0]], dtype=dtype, device=device
    )
    w = torch.tensor([[1.5], [-0.5]], dtype=dtype, device=device)
    wanted = gradient_over_all(X, y, w)
    for batch_size in (3, 1, 2, 6, 7, 10):  # by threes first: there the last batch has one row
        proof.close(slope_of(kata, X, y, w, batch_size), wanted, atol=atol, row="weight")


@each_dtype
def test_in_microbatches_anywhere(kata, device, dtype, atol, fresh):
    """On any data the result is the gradient over all rows, as one pass over them all gives it."""
    X, y, w = rows(fresh, 11, 3, device, dtype)
    for batch_size in (
        fresh.integer(2, 5),
        fresh.integer(6, 10),
    ):  # 11 is prime: rows are left over
        slope = slope_of(kata, X, y, w, batch_size)
        proof.close(slope, gradient_over_all(X, y, w), atol=atol, row="weight")


@pytest.mark.observed("work")
def test_in_microbatches_goes_batch_by_batch(kata, device, fresh):
    """Twelve rows by twos take six backward passes, by fours three, by twelves one: ever less."""
    X, y, w = rows(fresh, 12, 2, device)
    wanted = gradient_over_all(X, y, w)
    proof.right(kata.in_microbatches(X, y, w, batch_size=2), wanted, atol=1e-10)
    for smaller, larger in pairwise((2, 4, 11, 12)):
        before = kata.observed.operations
        proof.right(kata.in_microbatches(X, y, w, batch_size=larger), wanted, atol=1e-10)
        work = kata.observed.operations
        # as much work or more: batch_size is ignored, off by one, or taken for a number of batches
        if work >= before:
            pytest.fail(
                f"By {smaller} rows torch carried out {before} operations, by {larger} {work}:\n"
                "fewer micro-batches should take fewer. Has each of them batch_size rows (the\n"
                "last what is left) and a backward pass of its own?"
            )


@pytest.mark.observed
def test_arguments_are_left_alone(kata, device):
    """No function changes its arguments, or returns something that hangs on them or on a graph."""
    x = torch.tensor([1.0, -2.0], dtype=torch.float64, device=device)
    X = torch.tensor([[1.0, 2.0], [3.0, -1.0], [0.5, 4.0]], dtype=torch.float64, device=device)
    y, w = X[:, :1] * 3 - 1, torch.ones(2, 1, dtype=torch.float64, device=device)
    cleared, uncleared = (path_of(x, X, 0.5, clear=clear) for clear in (True, False))
    for call, wanted in (
        (lambda: kata.accumulate(x, rounds=3), multiples(x, 3)),
        (lambda: kata.clear_each_round(x, rounds=3), (2 * x).expand(3, 2)),
        (lambda: kata.replay(x, X, lr=0.5, clear=True), cleared),
        (lambda: kata.replay(x, X, lr=0.5, clear=False), uncleared),
        (lambda: kata.in_microbatches(X, y, w, batch_size=2), gradient_over_all(X, y, w)),
    ):
        proof.right(call(), wanted, atol=1e-10)
        proof.untouched(kata.observed)


@pytest.mark.observed("kept")
def test_no_graph_grows_with_the_rounds(kata, device):
    """Twelve rounds keep no more for a backward pass than three: each pass ends with its round."""
    x = torch.tensor([1.0, -2.0], dtype=torch.float64, device=device)
    for walk, wanted in (
        (kata.accumulate, multiples(x, 12)),
        (kata.clear_each_round, (2 * x).expand(12, 2)),
    ):
        proof.right(walk(x, rounds=3), wanted[:3], atol=1e-10)
        few = kata.observed
        proof.right(walk(x, rounds=12), wanted, atol=1e-10)
        proof.keeps_no_more(few, kata.observed, "rounds")


@pytest.mark.observed("kept")
def test_no_graph_grows_with_the_microbatches(kata, device, fresh):
    """Ten micro-batches keep no more for a backward pass than two: call backward() for each."""
    X, y, w = rows(fresh, 30, 2, device)
    part = X[:6], y[:6], w
    proof.right(kata.in_microbatches(*part, batch_size=3), gradient_over_all(*part), atol=1e-10)
    few = kata.observed
    wanted = gradient_over_all(X, y, w)
    proof.right(kata.in_microbatches(X, y, w, batch_size=3), wanted, atol=1e-10)
    proof.keeps_no_more(few, kata.observed, "micro-batches")


@pytest.mark.observed
def test_everything_stays_on_its_device(kata):
    """What is made on the way is made where the arguments are."""
    x, X = torch.tensor([1.0, -2.0]), torch.tensor([[1.0, 2.0], [3.0, -1.0], [0.5, 4.0]])
    y, w, away = X[:, :1] * 3 - 1, torch.ones(2, 1), kata.elsewhere
    proof.right(away.accumulate(x, rounds=2), multiples(x, 2), atol=1e-4)
    proof.right(away.clear_each_round(x, rounds=2), (2 * x).expand(2, 2), atol=1e-4)
    for clear in (False, True):
        wanted = path_of(x, X, 0.5, clear=clear)
        proof.right(away.replay(x, X, lr=0.5, clear=clear), wanted, atol=1e-4)
    wanted = gradient_over_all(X, y, w)
    proof.right(away.in_microbatches(X, y, w, batch_size=2), wanted, atol=1e-4)
