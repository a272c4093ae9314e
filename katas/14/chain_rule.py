"""Kata 14, chain rule: slopes link by link, and an error sent back through any number of layers.

Read README.md beside this file, write the six functions, and run: pytest katas/14

A net is given as two lists: the weights and the biases of layer 1, layer 2, … layer L. Layer l has
n_l units, and there are n₀ inputs. t is the target. The error E is ½ Σ (o − t)², added up over the
samples and over the units of the last layer.

No argument requires a gradient, and none may be changed. No result may hang on a graph.
"""

import torch
from torch import Tensor


def chain(x: float, w1: float, b1: float, w2: float, b2: float) -> tuple[float, ...]:
    """Return (y₁, y₂, dy₂/dy₁, dy₁/dw₁, dy₂/dw₁) of y₁ = w₁x + b₁ and y₂ = w₂y₁ + b₂, by hand.

    Units:  a slope dy/dw is in y per w.
    Source: 003_22bc44a933bbb371, "链式法则", the basic rule.
    """
    raise NotImplementedError


def chain_by_autograd(
    x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor
) -> tuple[Tensor, ...]:
    """Return the same five numbers as chain, with the three slopes found by autograd.

    Shapes: each argument and each result one number, shape []; one dtype, one device.
    Units:  as in chain.
    Source: 003_22bc44a933bbb371, "链式法则", its code.
    """
    raise NotImplementedError


def forward(X: Tensor, weights: list[Tensor], biases: list[Tensor]) -> list[Tensor]:
    """Return the outputs of layers 1 to L: each is σ(input Wᵀ + b). X is not among them.

    The input of layer 1 is X; the input of every other layer is the output of the layer before.

    Shapes: X [m, n₀]; weights [n₁, n₀], [n₂, n₁], …; biases [n₁], [n₂], …; L is 1 or more;
            result [m, n₁], [m, n₂], …; one dtype, one device.
    Units:  the outputs without unit, between 0 and 1.
    Source: 003_22bc44a933bbb371, "反向传播推导".
    """
    raise NotImplementedError


def deltas(weights: list[Tensor], outputs: list[Tensor], t: Tensor) -> list[Tensor]:
    """Return δ of layers 1 to L: the slope of E for the weighted sums of the layer.

    Shapes: weights and outputs as in forward, t [m, n_L]; result [m, n₁], [m, n₂], … [m, n_L].
    Units:  E per weighted sum.
    Source: 003_22bc44a933bbb371, "反向传播推导": δ_k of the outputs, δ_j of hidden units.
    """
    raise NotImplementedError


def gradients(
    X: Tensor, outputs: list[Tensor], delta: list[Tensor]
) -> tuple[list[Tensor], list[Tensor]]:
    """Return two lists, the gradients of E for the weights and for the biases of layers 1 to L.

    Shapes: X [m, n₀]; outputs and delta [m, n₁], [m, n₂], …, as forward and deltas return them;
            result [n₁, n₀], [n₂, n₁], … and [n₁], [n₂], …, as weights and biases are.
    Units:  E per weight, E per bias.
    Source: 003_22bc44a933bbb371, "反向传播推导": O_i δ_j.
    """
    raise NotImplementedError


def backpropagate(
    X: Tensor, weights: list[Tensor], biases: list[Tensor], t: Tensor
) -> tuple[list[Tensor], list[Tensor]]:
    """Return the gradients of E for the weights and for the biases of a net, without autograd.

    Shapes: X, weights and biases as in forward, t [m, n_L]; result as in gradients.
    Units:  E per weight, E per bias.
    Work:   each further layer costs the same; no loop over the samples; no graph.
    Source: 003_22bc44a933bbb371, "反向传播推导".
    """
    raise NotImplementedError
