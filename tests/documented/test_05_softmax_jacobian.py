"""What the documents of kata 05 say of torch itself: what backward() takes, and how often."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

SAMPLE = (0.9376, 0.5373, 0.6736)  # the document's a, as printed


def graph() -> tuple[Tensor, Tensor]:
    """Return the document's a, which asks for a gradient, and its softmax."""
    a = torch.tensor(SAMPLE, dtype=torch.float64, requires_grad=True)
    return a, torch.softmax(a, dim=0)


def grad_of(a: Tensor) -> Tensor:
    """Return a copy of what a.grad holds."""
    assert a.grad is not None
    return a.grad.clone()


@pytest.mark.documented("m001-retain-graph")
def test_a_graph_is_walked_once() -> None:
    """Without retain_graph the second backward raises; what the first one left in a.grad stays."""
    a, p = graph()
    p.backward(p.detach())
    once = grad_of(a)
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        p.backward(p.detach())
    assert torch.equal(grad_of(a), once)


@pytest.mark.documented("m001-retain-graph")
def test_a_retained_graph_is_walked_twice_and_not_thrice() -> None:
    """retain_graph in the first call serves the second call only: a third one raises."""
    a, p = graph()
    p.backward(p.detach(), retain_graph=True)
    once = grad_of(a)
    p.backward(p.detach())
    assert torch.equal(grad_of(a), 2 * once)
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        p.backward(p.detach())


@pytest.mark.documented("m001-non-scalar-backward")
def test_a_vector_needs_a_vector_to_start_from() -> None:
    """backward() of a vector raises, unless it is given a tensor of the same shape."""
    a, p = graph()
    with pytest.raises(
        RuntimeError, match="grad can be implicitly created only for scalar outputs"
    ):
        p.backward()
    with pytest.raises(RuntimeError, match="Mismatch in shape"):
        p.backward(torch.ones(2, dtype=torch.float64))
    p.backward(p.detach())
    assert grad_of(a).shape == a.shape


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)], ids=["no dimension", "one", "two"])
@pytest.mark.documented("m001-loss-one-element")
def test_a_loss_is_any_tensor_of_one_element(shape: tuple[int, ...]) -> None:
    """The document asks for one dimension, of length one: any shape of one element serves."""
    a, p = graph()
    p[1].reshape(shape).backward()
    q = p.detach()
    wanted = q[1] * (torch.tensor([0.0, 1.0, 0.0], dtype=torch.float64) - q)
    assert torch.allclose(grad_of(a), wanted, rtol=0, atol=1e-15)  # a few roundings of 1


@pytest.mark.documented("m001-loss-one-element")
def test_a_loss_may_be_a_vector() -> None:
    """A vector is no mistake in itself: the document's own cell starts from one."""
    a, p = graph()
    p.backward(torch.tensor([0.0, 1.0, 0.0], dtype=torch.float64), retain_graph=True)
    row = grad_of(a)
    assert torch.equal(row, torch.autograd.grad(p[1], a)[0])


@pytest.mark.documented("m003-softmax-sign")
def test_the_signs_hold_until_softmax_saturates() -> None:
    """Positive where i = j, negative elsewhere: so it is, until exp(−200) is 0 in float32."""
    scores = torch.tensor([200.0, 0.0, 0.0])
    p = torch.softmax(scores.requires_grad_(), dim=0)
    for entry in p:
        assert not torch.autograd.grad(entry, scores, retain_graph=True)[0].any()
