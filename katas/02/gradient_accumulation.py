"""Kata 02, gradient accumulation: what .grad holds when nobody clears it, and the use of that.

Read README.md beside this file, write the four functions, and run: pytest katas/02

No argument requires a gradient, and none may be changed. No result may hang on a graph.
"""

import torch
from torch import Tensor


def accumulate(x: Tensor, rounds: int) -> Tensor:
    """Return what .grad holds after each backward pass of (x²).sum(), with nothing cleared between.

    Shapes: x any shape; result [rounds, *x.shape], row 0 after the first backward; rounds ≥ 1.
    Units:  a gradient of x², per x.
    Source: 000_b4836e76e30d0af2, section "optimizer.zero_grad()", cell In[4].
    """
    raise NotImplementedError


def clear_each_round(x: Tensor, rounds: int) -> Tensor:
    """Return what .grad holds after each backward pass of (x²).sum(), cleared before the next one.

    Shapes: x any shape; result [rounds, *x.shape], row 0 after the first backward; rounds ≥ 1.
    Units:  a gradient of x², per x.
    Source: 000_b4836e76e30d0af2, section "optimizer.zero_grad()", cell In[2], the second one.
    """
    raise NotImplementedError


def replay(theta0: Tensor, grads: Tensor, lr: float, clear: bool) -> Tensor:
    """Take one step for each batch's gradient and return every θ, the start included.

    Each step subtracts lr times what .grad holds by then: with `clear` the gradient of its own
    batch, without it the sum of all so far. The gradients are given, whatever θ becomes.

    Shapes: theta0 any shape; grads [batches, *theta0.shape], a row for each batch, perhaps none;
            result [batches + 1, *theta0.shape], row 0 is theta0, row t is θ after batch t.
    Units:  lr in θ per gradient.
    Source: 000_b4836e76e30d0af2, the example worked by hand below "optimizer.zero_grad()".
    """
    raise NotImplementedError


def in_microbatches(X: Tensor, y: Tensor, w: Tensor, batch_size: int) -> Tensor:
    """Return the gradient of mean((X w − y)²) over ALL rows for w, found by micro-batches.

    A micro-batch is the next `batch_size` rows; the last one holds what is left, perhaps fewer.
    Each has a backward pass of its own, and what they leave in .grad accumulates.

    Shapes: X [m, n], y [m, 1], w [n, 1]; result [n, 1]; batch_size ≥ 1, and it may exceed m.
    Units:  a mean of squares, per w.
    Source: 001_017c0e040f7f1b0b, cell In[29]: backward() adds to .grad; here that is put to use.
    """
    raise NotImplementedError
