"""Kata 12, loss gradients: how a loss answers to predictions, to weights and to logits.

In every function n ≥ 1. No argument requires a gradient, and none may be changed. No result may
hang on a graph. A word, such as "mse", is always one of those that the function names.

Read README.md beside this file, write the six functions, and run: pytest katas/12
"""

import torch
from torch import Tensor


def partials(formula: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """Return both slopes of a formula, along w and along b, for each sample.

    The formulas:  "linear"          w·x + b
                   "squares"         w²·x + b²
                   "exponentials"    exp(w)·x + exp(b)
                   "squared error"   (y − (w·x + b))²
                   "log"             y · log(w·x + b)

    Shapes: x and y [n], alike; result [n, 2], of their dtype: row i is (∂/∂w, ∂/∂b) at sample i.
    Units:  the formula per w, and the formula per b.
    Errors: ValueError for "log" if any w·x + b is 0 or less: log has no value there.
    Source: 001_017c0e040f7f1b0b, section "梯度", its list of formulas.
    """
    raise NotImplementedError


def loss_and_gradient(kind: str, prediction: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Return a loss, and its gradient for the prediction.

    With the errors e = prediction − target, of which there are n, the kinds are:
    "sse" Σe², "mse" Σe²/n, and "norm" √Σe². If every error is 0, the gradient of each is 0.

    Shapes: prediction and target alike, any shape; results [] and the shape of prediction, of
            their dtype.
    Units:  y², for "norm" y; the gradient is that per y.
    Errors: ValueError if the two shapes differ: torch would stretch them to fit.
    Source: 001_017c0e040f7f1b0b, section "Loss"; 003_22bc44a933bbb371, "Mean Squared Error".
    """
    raise NotImplementedError


def line_gradient(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """Return the gradient for (w, b) of a loss of the line w·x + b, by the chain rule.

    The kinds are those of loss_and_gradient. Where the line meets every point, it is (0, 0).

    Shapes: x and y [n], alike; result [2], of their dtype: the slope along w, then along b.
    Units:  loss per w, loss per b.
    Source: 001_017c0e040f7f1b0b, section "梯度", its list of formulas, the sign mended.
    """
    raise NotImplementedError


def gradient_by_autograd(kind: str, x: Tensor, y: Tensor, w: float, b: float) -> Tensor:
    """Return the same gradient as line_gradient, found by autograd.

    Shapes: x and y [n], alike; result [2], of their dtype: the slope along w, then along b.
    Units:  loss per w, loss per b.
    Source: 001_017c0e040f7f1b0b, cells In[23] and In[29].
    """
    raise NotImplementedError


def cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """Return the mean over the rows of −log p, where p is the softmax of a row at its target.

    Shapes: logits [n, k], of any size, 1000 or −1000 too; target [n], int64, the number of the
            right class of each row; result [], of the dtype of logits.
    Units:  nats (the log is the natural one).
    Source: 003_22bc44a933bbb371, "Cross Entropy Loss" (as images; this is the standard result).
    """
    raise NotImplementedError


def cross_entropy_gradient(logits: Tensor, target: Tensor) -> Tensor:
    """Return the gradient of cross_entropy for the logits.

    Shapes: logits and target as above; result like logits. No tensor of n·k·k elements is made.
    Units:  nats per logit.
    Source: 003_22bc44a933bbb371, "Cross Entropy Loss" (as images; this is the standard result).
    """
    raise NotImplementedError
