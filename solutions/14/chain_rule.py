"""Kata 14, chain rule: the reference answer."""

import torch
from torch import Tensor


def chain(x: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, ...]:
    """Return (y₁, y₂, dy₂/dy₁, dy₁/dw₁, dy₂/dw₁) of y₁ = w₁x + b₁ and y₂ = w₂y₁ + b₂, by hand."""
    y1 = w1 * x + b1
    y2 = w2 * y1 + b2
    outer, inner = w2, x
    return y1, y2, outer, inner, outer * inner


def chain_by_autograd(
    x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> tuple[Tensor, ...]:
    """Return the same five numbers as chain, with the three slopes found by autograd."""
    w1 = w1.detach().clone().requires_grad_()
    y1 = w1 * x + b1
    y2 = w2 * y1 + b2
    outer, whole = torch.autograd.grad(y2, [y1, w1], retain_graph=True)
    (inner,) = torch.autograd.grad(y1, w1)
    return y1.detach(), y2.detach(), outer, inner, whole


def forward(X: Tensor, weights: list[Tensor], biases: list[Tensor]) -> list[Tensor]:
    """Return the outputs of layers 1 to L: each is σ(input Wᵀ + b). X is not among them."""
    outputs = [X]
    for W, b in zip(weights, biases, strict=True):
        outputs.append(torch.sigmoid(outputs[-1] @ W.T + b))
    return outputs[1:]


def deltas(weights: list[Tensor], outputs: list[Tensor], t: Tensor) -> list[Tensor]:
    """Return δ of layers 1 to L: the slope of E for the weighted sums of the layer."""
    o = outputs[-1]
    backwards = [(o - t) * o * (1 - o)]
    for W, o in zip(reversed(weights[1:]), reversed(outputs[:-1]), strict=True):
        backwards.append((backwards[-1] @ W) * o * (1 - o))
    return backwards[::-1]


def gradients(
    X: Tensor, outputs: list[Tensor], delta: list[Tensor]
) -> tuple[list[Tensor], list[Tensor]]:
    """Return two lists, the gradients of E for the weights and for the biases of layers 1 to L."""
    inputs = [X, *outputs[:-1]]
    of_weights = [d.T @ into for d, into in zip(delta, inputs, strict=True)]
    return of_weights, [d.sum(dim=0) for d in delta]


def backpropagate(
    X: Tensor, weights: list[Tensor], biases: list[Tensor], t: Tensor
) -> tuple[list[Tensor], list[Tensor]]:
    """Return the gradients of E for the weights and for the biases of a net, without autograd."""
    outputs = forward(X, weights, biases)
    return gradients(X, outputs, deltas(weights, outputs, t))
