"""What document 003 says of gradients and of autograd, and no function of kata 14 can show."""

from __future__ import annotations

import pytest
import torch


@pytest.mark.documented("m003-gradient-definition")
def test_the_gradient_is_the_vector_of_partial_derivatives() -> None:
    """Of x²y at (2, 3) it is (2xy, x²) = (12, 4)."""
    p = torch.tensor([2.0, 3.0], requires_grad=True)
    (grad,) = torch.autograd.grad(p[0] ** 2 * p[1], p)
    assert grad.tolist() == [12, 4]


@pytest.mark.documented("m003-chain-claim")
def test_a_second_walk_needs_the_graph_kept() -> None:
    """Of a graph that is not kept a second slope cannot be asked, and the product is the whole."""
    given = (1.0, 2.0, 1.0, 2.0, 1.0)
    x, w1, b1, w2, b2 = (torch.tensor(v, requires_grad=True) for v in given)
    y1 = w1 * x + b1
    y2 = w2 * y1 + b2
    (outer,) = torch.autograd.grad(y2, [y1], retain_graph=True)
    (whole,) = torch.autograd.grad(y2, [w1], retain_graph=True)
    (inner,) = torch.autograd.grad(y1, [w1])
    assert whole == outer * inner == 2
    with pytest.raises(RuntimeError, match="second time"):
        torch.autograd.grad(y2, [w1])
