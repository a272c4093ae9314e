"""Documented facts that no function of kata 06 can show: torch's own behaviour, and float32."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor


def document_data(dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor]:
    """Return the document's X and y."""
    return torch.tensor([[1, 1], [3, 1]], dtype=dtype), torch.tensor([[2], [4]], dtype=dtype)


def step(X: Tensor, y: Tensor, w: Tensor, eps: float | Tensor = 0.01) -> Tensor:
    """Take one step as the document writes it, its literal 2 included."""
    grad = torch.mm(X.t(), torch.mm(X, w) - y) / 2
    return w - eps * grad


def after(steps: int, dtype: torch.dtype) -> Tensor:
    """Return the weights after so many of the document's steps from zero."""
    X, y = document_data(dtype)
    w = torch.zeros(2, 1, dtype=dtype)
    for _ in range(steps):
        w = step(X, y, w)
    return w


def nodes_behind(tensor: Tensor) -> int:
    """Count the nodes of the graph that a tensor hangs on."""
    met, waiting = set(), [tensor.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in met:
            met.add(node)
            waiting += [earlier for earlier, _ in node.next_functions]
    return len(met)


@pytest.mark.documented("m004-yvec")
def test_a_reshaped_y_is_no_leaf() -> None:
    """y.reshape(2, 1) of a tensor that requires a gradient is a view: ViewBackward0."""
    y = torch.tensor([2.0, 4.0], requires_grad=True).reshape(2, 1)
    assert y.tolist() == [[2.0], [4.0]]
    assert not y.is_leaf
    assert y.grad_fn is not None
    assert y.grad_fn.name() == "ViewBackward0"


@pytest.mark.documented("m004-eps")
def test_a_step_size_is_printed_rounded() -> None:
    """The tensor 0.01 is printed as 0.0100; in float32 it is 2.2e-10 less than that."""
    eps = torch.tensor(0.01, requires_grad=True)
    assert repr(eps) == "tensor(0.0100, requires_grad=True)"
    assert eps.item() == pytest.approx(0.01 - 2.235e-10, rel=0, abs=1e-12)


@pytest.mark.documented("m004-sse-final")
@pytest.mark.parametrize(
    ("dtype", "bound"),
    [
        # 2.8518e-10 in the document: where float32 rounding stops; other orders of summing reach
        # up to 5.1e-10, so only a bound is certain
        pytest.param(torch.float32, 1e-9, id="float32"),
        # exactly 1.2211e-16: the descent has not stopped yet
        pytest.param(torch.float64, 1e-14, id="float64"),
    ],
)
def test_the_final_sse_is_rounding(dtype: torch.dtype, bound: float) -> None:
    """After 10000 steps what is left of SSE is float32's rounding: in float64 it is far smaller."""
    X, y = document_data(dtype)
    r = X @ after(10000, dtype) - y
    assert 0 <= float(r.T @ r) < bound


@pytest.mark.documented("m004-stopping")
def test_a_small_update_is_no_small_error() -> None:
    """In float32 the updates vanish (from step 5813 on) while the weights are still 2.6e-5 off."""
    w = after(6000, torch.float32)
    update = step(*document_data(), w) - w
    assert float(update.abs().max()) < 1e-7
    # the document's expression stops at 2.6e-5, other orders of summing at up to 3.3e-5
    assert 1e-5 < float((w - 1).abs().max()) < 1e-4


@pytest.mark.documented("m004-graph-grows")
def test_the_documents_loop_keeps_every_graph() -> None:
    """Where everything requires a gradient, the first step makes 12 nodes, each further one 7."""
    X, y = document_data()
    X, y = X.requires_grad_(), y.flatten().requires_grad_().reshape(2, 1)
    eps, w = torch.tensor(0.01, requires_grad=True), torch.zeros(2, 1, requires_grad=True)
    nodes = []
    for _ in range(10):
        w = step(X, y, w, eps)
        nodes.append(nodes_behind(w))
    assert w.grad_fn is not None
    assert w.grad_fn.name() == "SubBackward0"
    assert nodes == list(range(12, 76, 7))
