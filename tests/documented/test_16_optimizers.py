"""What document 002 says of optimizers, and no function of kata 16 can show.

Adamax, ASGD, SparseAdam and L-BFGS are written out here, as kata 16 writes its six, and compared
with torch.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

TEN = (
    *("SGD", "Adagrad", "RMSprop", "Adadelta", "Adam"),
    *("Adamax", "SparseAdam", "ASGD", "Rprop", "LBFGS"),
)


def drawn(*shape: int) -> Tensor:
    """Draw a tensor, the same each time."""
    generator = torch.Generator().manual_seed(16)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def walked(optimizer: torch.optim.Optimizer, w: Tensor, grads: Tensor) -> Iterator[Tensor]:
    """Yield w after each gradient."""
    for grad in grads:
        w.grad = grad.clone()
        optimizer.step()
        yield w.detach().clone()


def places(name: str, scale: float, steps: int, **options: float) -> list[float]:
    """Return the places of an optimizer on scale · 4x² from 2, with lr 0.01."""
    x = torch.tensor([2.0], dtype=torch.float64, requires_grad=True)
    optimizer = getattr(torch.optim, name)([x], lr=0.01, **options)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = (scale * 4 * x**2).sum()
        loss.backward()
        return loss

    path = list[float]()
    for _ in range(steps):
        optimizer.step(closure)
        path.append(x.item())
    return path


@pytest.mark.documented("m002-ten-optimizers")
def test_the_ten_optimizers_exist() -> None:
    """All ten classes are torch's (and it has more by now)."""
    classes = [getattr(torch.optim, name) for name in TEN]
    assert all(issubclass(c, torch.optim.Optimizer) for c in classes)


@pytest.mark.documented("m002-sgd-signature")
def test_the_rate_of_sgd_has_a_default_now() -> None:
    """The defaults are the documented ones, but for lr: it had to be given, now it is 0.001."""
    parameters = inspect.signature(torch.optim.SGD).parameters
    listed = ("lr", "momentum", "dampening", "weight_decay", "nesterov")
    assert [parameters[name].default for name in listed] == [1e-3, 0, 0, 0, False]


@pytest.mark.documented("m002-other-optimizers")
def test_first_steps() -> None:
    """From 2 on 4x²: SGD's step is lr times the slope, RMSprop's ten times lr, most others' lr."""
    wanted = {
        "SGD": 1.84,
        "ASGD": 1.83999800358,
        "Adagrad": 1.99,
        "RMSprop": 1.90000000062,
        "Adadelta": 1.99996837722,
        "Adam": 1.99000000001,
        "Adamax": 1.99000000001,
        "Rprop": 1.99,
    }
    assert {name: places(name, 1, 1)[0] for name in wanted} == pytest.approx(wanted, abs=1e-10)
    assert places("LBFGS", 1, 1, max_iter=1)[0] == pytest.approx(1.99, abs=1e-10)


@pytest.mark.documented("m002-other-optimizers")
def test_adaptive_steps_do_not_see_the_scale_of_the_loss() -> None:
    """A loss times 100 makes SGD explode; the adaptive ones take the same steps, to four digits."""
    assert places("SGD", 100, 3) == pytest.approx([-14, 98, -686], abs=1e-9)
    for name in ("Adagrad", "RMSprop", "Adadelta", "Adam", "Adamax", "Rprop"):
        assert places(name, 100, 3) == pytest.approx(places(name, 1, 3), abs=1e-6)


@pytest.mark.documented("m002-other-optimizers")
def test_lbfgs_needs_a_closure() -> None:
    """L-BFGS asks for the loss again on its way: step() alone is a TypeError."""
    x = torch.tensor([2.0], requires_grad=True)
    optimizer: torch.optim.Optimizer = torch.optim.LBFGS([x])
    with pytest.raises(TypeError, match="closure"):
        optimizer.step()


Three = tuple[Tensor, Tensor, Tensor]
Betas = tuple[float, float]


def adamax(state: Three, t: int, grad: Tensor, lr: float, betas: Betas, eps: float) -> Three:
    """Take step t of Adamax from (w, m, u): u is a maximum that decays, in the place of √s."""
    w, m, u = state
    m = betas[0] * m + (1 - betas[0]) * grad
    u = torch.maximum(betas[1] * u, grad.abs() + eps)
    return w - lr / (1 - betas[0] ** t) * m / u, m, u


@pytest.mark.documented("m002-other-optimizers")
@pytest.mark.parametrize(
    ("lr", "betas", "eps"), [(0.1, (0.6, 0.9), 0.1), (0.002, (0.9, 0.999), 1e-8)]
)
def test_adamax_divides_by_a_running_maximum(lr: float, betas: Betas, eps: float) -> None:
    """Adamax sets no upper limit on the rate: it divides by a maximum of |gradient| that decays."""
    w, grads = drawn(3), drawn(50, 3)
    state, leaf = (w, torch.zeros_like(w), torch.zeros_like(w)), w.clone().requires_grad_()
    theirs = walked(torch.optim.Adamax([leaf], lr, betas, eps), leaf, grads)
    for t, wanted in enumerate(theirs, 1):
        state = adamax(state, t, grads[t - 1], lr, betas, eps)
        torch.testing.assert_close(state[0], wanted, rtol=0, atol=1e-12)


@pytest.mark.documented("m002-asgd-name")
@pytest.mark.parametrize(
    ("lr", "lambd", "alpha", "t0"), [(0.1, 0.05, 0.6, 10.0), (0.01, 1e-4, 0.75, 1e6)]
)
def test_asgd_averages_the_weights(lr: float, lambd: float, alpha: float, t0: float) -> None:
    """ASGD is *averaged* SGD, not SAG: beside w it keeps the mean of the weights from t0 on."""
    w, grads = drawn(3), drawn(50, 3)
    mean, leaf = torch.zeros_like(w), w.clone().requires_grad_()
    optimizer = torch.optim.ASGD([leaf], lr, lambd, alpha, t0)
    for t, wanted in enumerate(walked(optimizer, leaf, grads)):
        rate = lr / (1 + lambd * lr * t) ** alpha  # it falls, and w decays by lambd
        w = (1 - lambd * rate) * w - rate * grads[t]
        mean = mean + (w - mean) / max(1, t - t0)
        # torch keeps the rate in float32: a part in 2e7 of each of fifty steps
        torch.testing.assert_close(w, wanted, rtol=0, atol=1e-6)
        torch.testing.assert_close(mean, optimizer.state[leaf]["ax"], rtol=0, atol=1e-6)


@pytest.mark.documented("m002-sparseadam-name")
def test_sparse_adam_is_adam_on_some_rows() -> None:
    """SparseAdam is no sparse gradient descent: it is Adam, on the rows that have a gradient."""
    w, values = drawn(5, 2), drawn(20, 2, 2)
    m, s, leaf = torch.zeros_like(w), torch.zeros_like(w), w.clone().requires_grad_()
    optimizer = torch.optim.SparseAdam([leaf], lr=0.1, betas=(0.8, 0.95), eps=0.01)
    for t in range(1, 21):
        rows = torch.tensor([t % 5, (t + 2) % 5])
        with torch.sparse.check_sparse_tensor_invariants():  # some versions warn without
            leaf.grad = torch.sparse_coo_tensor(rows[None], values[t - 1], (5, 2))
            optimizer.step()
        m[rows] = 0.8 * m[rows] + 0.2 * values[t - 1]
        s[rows] = 0.95 * s[rows] + 0.05 * values[t - 1] ** 2
        rate = 0.1 * (1 - 0.95**t) ** 0.5 / (1 - 0.8**t)
        w[rows] -= rate * m[rows] / (s[rows].sqrt() + 0.01)
        torch.testing.assert_close(w, leaf.detach(), rtol=0, atol=1e-12)


@pytest.mark.documented("m002-sparseadam-name")
def test_sparse_adam_refuses_dense_gradients() -> None:
    """A gradient with a number for every row is refused."""
    leaf = torch.ones(5, 2, requires_grad=True)
    leaf.grad = torch.ones(5, 2)
    with pytest.raises(RuntimeError, match="does not support dense gradients"):
        torch.optim.SparseAdam([leaf]).step()


def lbfgs_direction(grad: Tensor, S: Tensor, Y: Tensor) -> Tensor:
    """Return −H · grad by two loops over the last moves S and changes of the gradient Y, [k, n].

    H stands for the inverse of the n × n matrix of second derivatives, and is never made.
    """
    q, shares = grad, list[Tensor]()
    for s, y in zip(S.flip(0), Y.flip(0), strict=True):
        shares.append((s @ q) / (y @ s))
        q = q - shares[-1] * y
    q = q * (S[-1] @ Y[-1]) / (Y[-1] @ Y[-1])
    for s, y, share in zip(S, Y, reversed(shares), strict=True):
        q = q + s * (share - (y @ q) / (y @ s))
    return -q


@pytest.mark.documented("m002-other-optimizers")
def test_lbfgs_keeps_vectors_for_a_matrix() -> None:
    """L-BFGS saves memory: its moves are those of 2k vectors, where BFGS has an n × n matrix."""
    A = drawn(6, 6) @ drawn(6, 6).T + torch.eye(6, dtype=torch.float64)
    x = torch.ones(6, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([x], lr=0.1, max_iter=1)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = x @ A @ x / 2
        loss.backward()
        return loss

    points = list[Tensor]()
    for _ in range(6):
        points.append(x.detach().clone())
        optimizer.step(closure)
    P = torch.stack(points)
    G = P @ A
    for k in range(2, 5):
        move = lbfgs_direction(G[k], P[1 : k + 1] - P[:k], G[1 : k + 1] - G[:k])
        torch.testing.assert_close(P[k] + 0.1 * move, P[k + 1], rtol=0, atol=1e-12)
