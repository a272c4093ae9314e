"""What the documents of kata 12 say of torch: who must ask for a gradient, and where it is."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

NOTHING_RECORDED = "element 0 of tensors does not require grad and does not have a grad_fn"


def loss(w: Tensor) -> Tensor:
    """Return the document's loss: x = 1, target 1."""
    return functional.mse_loss(torch.ones(1), w * torch.ones(1))


def weight(value: float) -> Tensor:
    """Return the document's w, which asks for a gradient."""
    return torch.full([1], value, requires_grad=True)


@pytest.mark.documented("m001-requires-grad-error")
def test_a_weight_that_does_not_ask_has_no_gradient() -> None:
    """Without requires_grad there is nothing to walk back, and the error says so."""
    w = torch.full([1], 2.0)
    with pytest.raises(RuntimeError, match=NOTHING_RECORDED):
        torch.autograd.grad(loss(w), [w])


@pytest.mark.documented("m003-autograd-grad-claim")
def test_a_graph_from_before_knows_nothing_of_it() -> None:
    """A weight that asks later needs the graph anew: the old loss still has none."""
    w = torch.full([1], 2.0)
    old = loss(w)
    w.requires_grad_()
    with pytest.raises(RuntimeError, match=NOTHING_RECORDED):
        torch.autograd.grad(old, [w])
    assert torch.autograd.grad(loss(w), [w])[0].item() == 2


@pytest.mark.documented("m001-float-needed")
def test_whole_numbers_have_no_gradient() -> None:
    """The document's 2.0 is a float for a reason: 2 makes a tensor of integers."""
    with pytest.raises(RuntimeError, match="only Tensors of floating point dtype can require grad"):
        torch.full([1], 2).requires_grad_()


@pytest.mark.documented("m001-mse-autograd")
def test_autograd_grad_returns_and_leaves_nothing() -> None:
    """Loss and gradient print as in the document, and w.grad stays None."""
    w = weight(2.0)
    value = loss(w)
    assert repr(value) == "tensor(1., grad_fn=<MseLossBackward0>)"
    assert repr(torch.autograd.grad(value, [w])) == "(tensor([2.]),)"
    assert w.grad is None


@pytest.mark.documented("m001-mse-backward")
def test_backward_leaves_the_gradient_in_the_weight() -> None:
    """w.grad is None before backward(), and 2 after it, as the document prints."""
    w = weight(2.0)
    assert w.grad is None
    loss(w).backward()
    assert repr(w.grad) == "tensor([2.])"
    assert repr(w.norm()) == "tensor(2., grad_fn=<LinalgVectorNormBackward0>)"


@pytest.mark.parametrize(("value", "norms"), [(2.0, (2, 2)), (3.0, (3, 4))])
@pytest.mark.documented("m001-norm-label")
def test_the_norm_of_a_weight_is_not_that_of_its_gradient(
    value: float, norms: tuple[int, int]
) -> None:
    """The document prints w.norm() for the gradient's: at w = 2 nobody can tell."""
    w = weight(value)
    loss(w).backward()
    assert w.grad is not None
    assert (w.norm().item(), w.grad.norm().item()) == norms


@pytest.mark.documented("m003-backward-claim")
def test_backward_adds() -> None:
    """backward() fills .grad of every leaf that asks; it adds, it does not assign."""
    w, b = weight(2.0), torch.zeros(1, requires_grad=True)
    for wanted in (2, 4):
        inner = w * torch.ones(1)
        functional.mse_loss(torch.ones(1), inner + b).backward()
        assert w.grad is not None
        assert b.grad is not None
        assert (w.grad.item(), b.grad.item()) == (wanted, wanted)
        assert not inner.is_leaf
