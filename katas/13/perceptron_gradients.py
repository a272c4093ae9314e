"""Kata 13, perceptron gradients: how the error of sigmoid units comes back to their weights.

Read README.md beside this file, write the six functions, and run: pytest katas/13

No argument requires a gradient, and none may be changed. No result may hang on a graph.
"""

import torch
from torch import Tensor


def output(X: Tensor, W: Tensor) -> Tensor:
    """Return what each unit answers to each sample: the sigmoid of its weighted sum, X Wᵀ.

    Shapes: X [m, n], a row for each sample; W [K, n], a row for each unit; result [m, K];
            one dtype, one device.
    Units:  the result without unit, between 0 and 1.
    Source: 003_22bc44a933bbb371, "单层感知机" and "多层感知机".
    """
    raise NotImplementedError


def loss(o: Tensor, t: Tensor) -> Tensor:
    """Return E, half the sum of (o − t)² over all samples and all units.

    Shapes: o and t alike, [m, K]; result one number, shape []; one dtype, one device.
    Units:  o and t without unit, so E too.
    Errors: ValueError if t does not have the shape of o.
    Source: 003_22bc44a933bbb371, "多层感知机", and the remark below its code.
    """
    raise NotImplementedError


def unit_gradient(x: Tensor, w: Tensor, t: float) -> Tensor:
    """Return the gradient of E = ½ (o − t)² for the weights of one unit, from one sample.

    Shapes: x, w and the result [n]; o is the sigmoid of x · w; one dtype, one device.
    Units:  E per w.
    Source: 003_22bc44a933bbb371, "单层感知机": (o − t) o (1 − o) x.
    """
    raise NotImplementedError


def delta(o: Tensor, t: Tensor) -> Tensor:
    """Return δ, how E answers to each weighted sum: (o − t) o (1 − o).

    Shapes: o, t and the result alike, [m, K]; o is the output, the sigmoid is taken already.
    Units:  E per weighted sum.
    Source: 003_22bc44a933bbb371, "多层感知机": the part of its formula before x.
    """
    raise NotImplementedError


def gradient(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """Return the gradient of E for W, by the formula; the samples' gradients add up.

    Shapes: X [m, n], W [K, n], t [m, K]; result [K, n], row k for unit k; one dtype, one device.
    Units:  E per W.
    Errors: ValueError if t is not [m, K].
    Work:   no loop over the samples or the units.
    Source: 003_22bc44a933bbb371, "多层感知机".
    """
    raise NotImplementedError


def gradient_of_mse(X: Tensor, W: Tensor, t: Tensor) -> Tensor:
    """Return the gradient for W of torch's own F.mse_loss(output, t), found by autograd.

    Shapes: X [m, n], W [K, n], t [m, K]; result [K, n], row k for unit k; one dtype, one device.
    Units:  mean of (o − t)², per W.
    Source: 003_22bc44a933bbb371, the code of both sections.
    """
    raise NotImplementedError
