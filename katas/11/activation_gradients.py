"""Kata 11, activation gradients: slopes read off outputs, and slopes that survive large inputs.

Inputs may be as large as 1000, to either side: no result may be nan or inf there.

No argument requires a gradient, and no result may hang on a graph.

Read README.md beside this file, write the six functions, and run: pytest katas/11
"""

import torch
from torch import Tensor


def relu(x: Tensor) -> Tensor:
    """Return x where it is above 0, else 0. Given: nothing to write here."""
    return torch.relu(x)


def sigmoid(x: Tensor) -> Tensor:
    """Return 1 / (1 + e^−x) for each element, with exp and arithmetic of your own.

    Small values keep their digits: 1.6655e-34 at −77.78. slope_by_autograd differentiates your
    operations, and needs a slope that is right at −1000, 0 and 1000.

    Shapes: x any shape; the result alike.
    Units:  none; between 0 and 1.
    Source: 003_22bc44a933bbb371, section "Sigmoid"; 001_017c0e040f7f1b0b, cell In[10].
    """
    raise NotImplementedError


def slope_by_autograd(x: Tensor) -> Tensor:
    """Return the slope of the sigmoid at each element, as autograd finds it through your sigmoid.

    Shapes: x any shape; the result alike.
    Units:  sigmoid per x.
    Source: 003_22bc44a933bbb371, section "Sigmoid": its derivative, checked by autograd.
    """
    raise NotImplementedError


def tanh(x: Tensor) -> Tensor:
    """Return (e^x − e^−x) / (e^x + e^−x) for each element, as your sigmoid, stretched.

    Shapes: x any shape; the result alike.
    Units:  none; between −1 and 1.
    Source: 003_22bc44a933bbb371, section "Tanh".
    """
    raise NotImplementedError


def slope(activation: str, y: Tensor) -> Tensor:
    """Return the slope of an activation at each place where its output is y.

    activation: "sigmoid", "tanh" or "relu". y is the output, not the input. Where relu's output
                is 0, its slope counts as 0.

    Shapes: y any shape; the result alike.
    Units:  output per input.
    Errors: ValueError for any other activation. One output of softmax, for one, does not tell its
            slopes (kata 05).
    Source: 003_22bc44a933bbb371, sections "Sigmoid", "Tanh" and "ReLU".
    """
    raise NotImplementedError


def log_sigmoid_slope(x: Tensor) -> Tensor:
    """Return the logarithm of the sigmoid's slope at each element: −1000 at ±1000.

    Shapes: x any shape; the result alike.
    Units:  the natural logarithm; none.
    Source: 003_22bc44a933bbb371, section "Sigmoid": the slope tends to 0, and is never 0.
    """
    raise NotImplementedError


def slope_through(activation: str, x: Tensor, layers: int) -> Tensor:
    """Return the slope at x of an activation that is applied `layers` times in a row.

    activation: "sigmoid", "tanh" or "relu".

    Shapes: x any shape; the result alike. layers ≥ 0; without a layer the output is x itself.
    Units:  last output per x.
    Keeps:  no more for a backward pass with twelve layers than with three.
    Source: 001_017c0e040f7f1b0b, cell In[10]: the comment on vanishing and exploding gradients.
    """
    raise NotImplementedError
