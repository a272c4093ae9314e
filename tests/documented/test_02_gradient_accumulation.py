"""What torch itself does with .grad: when it fills it, adds to it, and how it clears it."""

import pytest
import torch
from torch import Tensor


@pytest.fixture
def x() -> Tensor:
    """Three numbers that ask for a gradient."""
    return torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64, requires_grad=True)


@pytest.mark.documented("m000-gradient-in-forward")
def test_the_forward_pass_computes_no_gradient(x: Tensor) -> None:
    """The forward pass only records; .grad is None until backward() (a document says otherwise)."""
    y = (x**2).sum()
    assert y.grad_fn is not None
    assert x.grad is None
    y.backward()
    assert x.grad is not None
    assert x.grad.tolist() == [2.0, 4.0, 6.0]


@pytest.mark.documented("m000-zero-grad-sets-zero")
def test_zero_grad_sets_none(x: Tensor) -> None:
    """By default zero_grad() sets .grad to None; a document says to 0, as torch did before 2.0."""
    (x**2).sum().backward()
    torch.optim.SGD([x], lr=0.1).zero_grad()
    assert x.grad is None


@pytest.mark.documented("m000-zero-grad-sets-zero")
def test_zero_grad_sets_zeros_when_asked(x: Tensor) -> None:
    """With set_to_none=False, zero_grad() fills the tensor that was there with zeros."""
    (x**2).sum().backward()
    held = x.grad
    torch.optim.SGD([x], lr=0.1).zero_grad(set_to_none=False)
    assert held is not None
    assert x.grad is held
    assert held.tolist() == [0.0, 0.0, 0.0]


@pytest.mark.documented("m000-averaging-note")
def test_divided_losses_accumulate_to_the_mean_gradient(x: Tensor) -> None:
    """Gradients only ever add up in torch; they average where each of k losses is divided by k."""
    for _ in range(5):
        ((x**2).sum() / 5).backward()
    assert x.grad is not None
    assert x.grad.tolist() == pytest.approx([2.0, 4.0, 6.0], rel=0, abs=1e-12)  # 5 sums of fifths


@pytest.mark.documented("m001-accumulate-comment")
def test_a_second_backward_doubles_the_gradient(x: Tensor) -> None:
    """The first backward() keeps the graph, the second walks it again; both return None."""
    y = (x**2).sum()
    returned: list[object] = [y.backward(retain_graph=True)]
    assert x.grad is not None
    assert x.grad.tolist() == [2.0, 4.0, 6.0]
    returned.append(y.backward())
    assert x.grad.tolist() == [4.0, 8.0, 12.0]
    assert returned == [None, None]
