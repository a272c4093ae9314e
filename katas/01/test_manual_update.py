"""The spec of kata 01, manual update: f(x) = x² − 10x + 1."""

import pytest
import torch

from dojo.spec import proof
from dojo.spec.sgd import torch_step

DTYPES = [
    # float64 to the rounding of fifty steps (measured 2e-15), float32 likewise (measured 5e-7)
    pytest.param(torch.float64, 1e-12, id="float64"),
    pytest.param(torch.float32, 1e-5, id="float32"),
]
each_dtype = pytest.mark.parametrize(("dtype", "atol"), DTYPES)


def closed_form(x0, lr, steps):
    """Return the path 5 + (x₀ − 5)(1 − 2·lr)ᵗ, [steps + 1, *x0.shape], in float64."""
    t = torch.arange(steps + 1, dtype=torch.float64).reshape(-1, *[1] * x0.dim())
    return 5 + (x0.double().cpu() - 5) * (1 - 2 * lr) ** t


def walked(kata, x0, lr, steps):
    """Return the path; a step that changes the shape of x is not repeated, for x may grow fast."""
    __tracebackhide__ = True
    if steps > 1:
        proof.tensor(kata.descend(x0, lr=lr, steps=1), [2, *x0.shape], like=x0)
    return kata.descend(x0, lr=lr, steps=steps)


@each_dtype
@pytest.mark.documented("m000-first-grad-cell", "m000-closed-form-minimum")
def test_gradient_is_the_slope_of_f(kata, device, dtype, atol):
    """gradient(x) is the slope of f at every element of x: 10 at x = 10, and 0 at x = 5."""
    x = torch.tensor([[10.0, 5.0], [-20.0, 0.0]], dtype=dtype, device=device)
    slope = kata.gradient(x)
    proof.tensor(slope, x.shape, like=x)
    proof.close(slope, [[10.0, 0.0], [-50.0, -10.0]], atol=atol, row="row")


def test_gradient_agrees_with_the_document(kata, device, documented):
    """The slopes along the documented path shrink from 10 by a factor of 0.8 each step."""
    x = closed_form(torch.tensor(10.0), lr=0.1, steps=9).to(device)
    # every other place: so no call is given the path that descend is to return
    even, odd = kata.gradient.each([(x[::2].clone(),), (x[1::2].clone(),)])
    proof.tensor(even, [5], like=x)
    proof.tensor(odd, [5], like=x)
    documented.agrees("slopes", torch.stack([even, odd], dim=1).flatten())


@each_dtype
def test_gradient_anywhere(kata, device, dtype, atol, fresh):
    """gradient(x) is 2x − 10 wherever it is asked for, whatever the shape of x."""
    x = fresh.tensor(2, 3, low=-9, high=9, device=device, dtype=dtype)
    proof.close(kata.gradient(x), 2 * x - 10, atol=10 * atol, row="row")


@each_dtype
@pytest.mark.documented("m000-update-rule", "m000-hand-steps")
def test_update_steps_against_the_gradient(kata, device, dtype, atol):
    """update goes from x against the slope: with lr = 0.1, 9 to 8.2, 10 to 9, and −20 to −15."""
    x = torch.tensor([9.0, 10.0, -20.0], dtype=dtype, device=device)
    grad = torch.tensor([8.0, 10.0, -50.0], dtype=dtype, device=device)
    new = kata.update(x, grad, lr=0.1)
    proof.tensor(new, x.shape, like=x)
    proof.close(new, [8.2, 9.0, -15.0], atol=atol, row="element")


@each_dtype
def test_update_anywhere(kata, device, dtype, atol, fresh):
    """update moves each element by lr times its own slope, for any lr."""
    x = fresh.tensor(2, 3, device=device, dtype=dtype)
    grad = fresh.tensor(2, 3, device=device, dtype=dtype)
    for lr in (fresh.number(0.01, 0.4), fresh.number(0.5, 2.0)):
        proof.close(kata.update(x, grad, lr), x.double() - lr * grad.double(), atol=atol, row="row")


@pytest.mark.parametrize("steps", [7, 1, 0])
@each_dtype
def test_descend_returns_the_whole_path(kata, device, dtype, atol, steps):
    """descend returns steps + 1 rows: row 0 is the start, and every row has the shape of x0."""
    x0 = torch.tensor([10.0, -20.0], dtype=dtype, device=device)
    path = walked(kata, x0, lr=0.1, steps=steps)
    proof.tensor(path, [steps + 1, 2], like=x0)
    proof.close(path[0], x0, atol=0.0, row="element", what="row 0 of the path")


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["float64", "float32"])
def test_descend_follows_the_document(kata, device, dtype, documented):
    """descend walks the documented path: from 10 towards 5, a fifth nearer each step."""
    x0 = torch.tensor([10.0], dtype=dtype, device=device)
    name = "path_float64" if dtype is torch.float64 else "path_float32"
    steps = 6 if dtype is torch.float64 else 10
    documented.agrees(name, walked(kata, x0, lr=0.1, steps=steps))


@pytest.mark.documented("m000-x50")
def test_descend_fifty_steps(kata, device):
    """After fifty steps x is 5.00007136: near the minimum, not on it."""
    x0 = torch.tensor([10.0], dtype=torch.float64, device=device)
    path = walked(kata, x0, lr=0.1, steps=50)
    proof.close(path, closed_form(x0, 0.1, 50), atol=1e-12)


def test_descend_from_the_left(kata, device, documented):
    """From −20 the path climbs to the same minimum, 5, from the other side."""
    x0 = torch.tensor([-20.0], dtype=torch.float64, device=device)
    documented.agrees("path_from_minus_20", walked(kata, x0, lr=0.1, steps=6))


@each_dtype
@pytest.mark.documented("m000-manual-equals-sgd", "m000-standard-loop")
def test_descend_walks_as_torch_does(kata, device, dtype, atol, fresh):
    """Your path is the path of torch.optim.SGD, from any start and at any learning rate."""
    x0 = fresh.tensor(3, low=-20, high=20, device=device, dtype=dtype)
    lr = fresh.number(0.05, 0.4)
    yours = walked(kata, x0, lr, steps=10)
    x, path = x0.clone().requires_grad_(), [x0]
    for _ in range(10):
        (grad,) = torch.autograd.grad((x**2 - 10 * x + 1).sum(), x)
        torch_step(x, grad, lr)
        path.append(x.detach().clone())
    # never ==: SGD fuses the multiplication and the addition
    proof.close(yours, torch.stack(path), atol=10 * atol)


def test_descend_anywhere(kata, device, fresh):
    """From any start, at any rate, row t is 5 + (x₀ − 5)(1 − 2·lr)ᵗ."""
    x0 = fresh.tensor(2, 2, low=-9, high=9, device=device)
    lr, steps = fresh.number(0.02, 0.45), fresh.integer(11, 29)
    proof.close(walked(kata, x0, lr, steps), closed_form(x0, lr, steps), atol=1e-10)


@pytest.mark.parametrize(("low", "high"), [(0.55, 0.95), (1.05, 1.3)], ids=["swings", "leaves"])
def test_descend_takes_every_step(kata, device, fresh, low, high):
    """At rates above 1/2 x swings across 5; above 1 it leaves and f rises: step all the same."""
    x0 = fresh.tensor(2, low=6, high=9, device=device)
    lr, steps = fresh.number(low, high), fresh.integer(7, 15)
    # relative, as x leaves: it doubles the rounding with each step, too
    proof.close(walked(kata, x0, lr, steps), closed_form(x0, lr, steps), atol=1e-10, rtol=1e-10)


@pytest.mark.observed
def test_arguments_are_left_alone(kata, device):
    """No function changes its arguments, or returns something that hangs on them or on a graph."""
    x = torch.tensor([10.0, -3.0], dtype=torch.float64, device=device)
    path = closed_form(x, lr=0.1, steps=3)
    for call, wanted in (
        (lambda: kata.gradient(x), 2 * x - 10),
        (lambda: kata.update(x, torch.ones_like(x), lr=0.1), x - 0.1),
        (lambda: kata.descend(x, lr=0.1, steps=3), path),
        (lambda: kata.descend(x, lr=0.1, steps=0), path[:1]),
    ):
        proof.right(call(), wanted, atol=1e-10)
        proof.untouched(kata.observed)


@pytest.mark.observed("kept")
def test_no_graph_grows(kata, device):
    """A path of twelve steps keeps no more for a backward pass than one of three."""
    x0 = torch.tensor([10.0], dtype=torch.float64, device=device)
    proof.right(kata.descend(x0, lr=0.1, steps=3), closed_form(x0, 0.1, 3), atol=1e-10)
    few = kata.observed
    proof.right(kata.descend(x0, lr=0.1, steps=12), closed_form(x0, 0.1, 12), atol=1e-10)
    proof.keeps_no_more(few, kata.observed)


@pytest.mark.observed
def test_everything_stays_on_its_device(kata):
    """What is made on the way is made where x is."""
    x, away = torch.tensor([10.0, -3.0]), kata.elsewhere
    proof.right(away.gradient(x), 2 * x - 10, atol=1e-4)
    proof.right(away.update(x, torch.ones_like(x), lr=0.1), x - 0.1, atol=1e-5)
    proof.right(away.descend(x, lr=0.1, steps=3), closed_form(x, 0.1, 3), atol=1e-4)


def test_gradient_refuses_integers(kata, device):
    """gradient asks autograd for the slope: integers carry none, so it raises, as torch does."""
    x = torch.tensor([[3.0, -7.0], [0.0, 5.0]], device=device)
    proof.right(kata.gradient(x), 2 * x - 10, atol=1e-4)
    integers = [(torch.tensor(x, device=device),) for x in ([10], [[3, -7], [0, 5]])]
    because = [
        "gradient is asked for by autograd, which refuses integers by itself. A formula such as",
        "2x − 10 takes them, and so does a copy turned into floats: neither is wanted here.",
    ]
    kinds = RuntimeError, TypeError, ValueError
    proof.refuses(kata.gradient, integers, *kinds, because=because)
