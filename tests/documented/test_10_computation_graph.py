"""What documents 001 and 004 say of the graph, and no function of kata 10 can show."""

from __future__ import annotations

import math
import warnings

import pytest
import torch
from torch import Tensor


def document() -> tuple[Tensor, Tensor, Tensor]:
    """Return x, y and z of document 004: x = 1, y = x², z = y + 1."""
    x = torch.tensor(1.0, requires_grad=True)
    y = x**2
    return x, y, y + 1


def number(tensor: Tensor | None) -> float:
    """Return a .grad that is there."""
    assert tensor is not None
    return tensor.item()


@pytest.mark.documented("m004-x", "m004-y", "m004-z", "m004-x-grad-fn", "m004-y-grad-fn")
def test_the_three_are_printed_as_documented() -> None:
    """x, y and z, and their functions; the address behind "at" is another each time."""
    x, y, z = document()
    assert repr(x) == "tensor(1., requires_grad=True)"
    assert repr(y) == "tensor(1., grad_fn=<PowBackward0>)"
    assert repr(z) == "tensor(2., grad_fn=<AddBackward0>)"
    assert x.grad_fn is None
    assert repr(y.grad_fn).startswith("<PowBackward0 object at 0x")


@pytest.mark.documented("m004-grad-before", "m004-z-backward", "m004-second-backward")
def test_grad_before_and_after() -> None:
    """x.grad is None, then 2; a second backward() raises, and leaves 2."""
    x, _, z = document()
    assert x.grad is None
    z.backward()
    assert repr(x.grad) == "tensor(2.)"
    with pytest.raises(RuntimeError, match="a second time"):
        z.backward()
    assert number(x.grad) == 2


@pytest.mark.documented("m004-only-once", "m001-b-grad-ones")
def test_a_sum_is_walked_twice() -> None:
    """A graph of sums saves nothing: its second backward() adds the same again."""
    b = torch.randn(3, 4, requires_grad=True)
    y = (torch.randn(3, 4, requires_grad=True) + b).sum()
    y.backward()
    y.backward()
    assert b.grad is not None
    assert torch.equal(b.grad, torch.full((3, 4), 2.0))


@pytest.mark.documented("m001-w-grad", "m001-b-grad")
def test_a_backward_that_fails_may_have_changed_a_grad() -> None:
    """In w · x + b it has reached b before it fails at the product."""
    w, b = (torch.tensor([value], requires_grad=True) for value in (2.0, 1.0))
    z = w * torch.tensor([-0.1368]) + b
    z.backward()
    assert repr((w.grad, b.grad)) == "(tensor([-0.1368]), tensor([1.]))"
    with pytest.raises(RuntimeError, match="a second time"):
        z.backward()
    assert number(b.grad) == 2


@pytest.mark.documented("m004-nonleaf-grad", "m004-nonleaf-grad-error")
def test_the_grad_of_y_is_none() -> None:
    """Asked for the .grad of a tensor that is no leaf, torch warns, and gives None."""
    _, y, z = document()
    z.backward()
    with pytest.warns(UserWarning, match="not a leaf Tensor"):
        assert y.grad is None


@pytest.mark.documented("m004-retain-grad-y", "m004-retain-grad-x")
def test_retain_grad_keeps_it() -> None:
    """With retain_grad(), backward() from y² leaves 2 in y.grad, and 4 in x.grad."""
    x, y, _ = document()
    y.retain_grad()
    (y**2).backward()
    assert repr((y.grad, x.grad)) == "(tensor(2.), tensor(4.))"


@pytest.mark.documented("m004-retain-grad-y")
def test_retain_grad_may_be_too_late() -> None:
    """After backward() it brings nothing back, and nobody is told."""
    _, y, _ = document()
    (y**2).backward()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y.retain_grad()
        assert y.grad is None


@pytest.mark.documented("m004-no-grad-y", "m004-no-grad-z", "m004-detach-y", "m004-detach-z")
def test_what_is_cut_off_is_printed_as_documented() -> None:
    """y keeps its graph; what no_grad() and detach() make has none."""
    _, y, _ = document()
    with torch.no_grad():
        z = y**2
    y1 = y.detach()
    assert repr(y) == "tensor(1., grad_fn=<PowBackward0>)"
    assert {repr(t) for t in (z, y1, y1**2)} == {"tensor(1.)"}


@pytest.mark.documented("m004-detach-y1", "m004-leaf-y1-value")
def test_detach_shares_memory() -> None:
    """What changes the one changes the other, and backward() notices."""
    x = torch.tensor(1.0, requires_grad=True)
    y = x.exp()
    d = y.detach()
    assert d.data_ptr() == y.data_ptr()
    d.mul_(5)
    assert y.item() == pytest.approx(5 * math.e)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


@pytest.mark.documented("m004-detach-y1")
def test_data_hides_the_change() -> None:
    """By way of .data, the gradient of exp is 13.59 for 2.718, without a word."""
    x = torch.tensor(1.0, requires_grad=True)
    y = x.exp()
    y.data.mul_(5)
    y.backward()
    assert number(x.grad) == pytest.approx(5 * math.e)


@pytest.mark.documented("m004-leaf-new", "m004-backward-condition")
def test_leaves_that_can_and_cannot() -> None:
    """A leaf of whole numbers cannot require a gradient; x can, and its backward() leaves 1."""
    whole = torch.tensor([1])
    assert whole.is_leaf
    with pytest.raises(RuntimeError, match="floating point"):
        whole.requires_grad_()
    x, _, _ = document()
    x.backward()
    assert number(x.grad) == 1


@pytest.mark.documented("m001-randn-x", "m001-sum-y")
def test_asking_again_changes_nothing() -> None:
    """requires_grad set twice leaves the random x as it is; its sum comes of SumBackward0."""
    x = torch.randn(3, 4, requires_grad=True)
    before = x.detach().clone()
    x.requires_grad = True
    assert torch.equal(x, before)
    assert repr(x.sum()).endswith("grad_fn=<SumBackward0>)")
