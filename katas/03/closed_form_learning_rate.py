"""Kata 03, closed form learning rate: what a rate does to f(x) = 4x², and which one is best.

Read README.md beside this file, write the five functions, and run: pytest katas/03

No argument requires a gradient, and none may be changed. No result may hang on a graph.
"""

import torch
from torch import Tensor


def f(x: Tensor) -> Tensor:
    """Return 4x² for each element of x. Given: nothing to write here."""
    return (2 * x) ** 2


def descend(x0: Tensor, lr: float, steps: int) -> Tensor:
    """Take `steps` steps of gradient descent on f from x0 and return the whole path.

    Shapes: x0 any shape; result [steps + 1, *x0.shape], row 0 is x0, row t is x after t steps.
    Units:  lr in x² per f, so that lr · f′(x) is a distance in x.
    Source: 002_0f0b2f05897dc972, the sequence at the start, then the loop with x.data.sub_.
    """
    raise NotImplementedError


def one_step_learning_rate(a: float) -> float:
    """Return the rate whose one step, from any x, ends at the minimum of a·x² + b·x + c.

    Units:  a in f per x²; the result in x² per f. The same for every b, c and x.
    Errors: ValueError if a ≤ 0: such a function has no minimum to land on.
    Source: 002_0f0b2f05897dc972, the derivation below figure 1, for a = 4.
    """
    raise NotImplementedError


def learning_rate_to_reach(target: float, x0: float, grad: float) -> float:
    """Return the rate with which one step from x0, where the slope is grad, ends at target.

    Units:  target and x0 in x, grad in f per x; target is never x0 itself.
    Errors: ValueError if no positive rate does it: grad is 0, or target lies uphill.
    Source: 002_0f0b2f05897dc972, the derivation below figure 1: 0 = 2 − lr · 16.
    """
    raise NotImplementedError


def behaviour(lr: float, a: float) -> str:
    """Say in a word what descent at rate lr does on a·x² + b·x + c, whatever the start.

    Returns "monotone"    closer each step, always from the same side of the minimum,
            "one step"    on the minimum after one step,
            "alternating" closer each step, from one side and then the other,
            "cycling"     to and fro between two points for ever,
            "diverging"   farther away each step.
    Units:  lr > 0 in x² per f, a > 0 in f per x².
    Borders: two of the words, "one step" and "cycling", hold at a single rate each. An lr within
            one part in 10⁹ of such a rate counts as that rate; one part in 10⁷ off, it does not.
    Source: 002_0f0b2f05897dc972, figure 1, for a = 4 at the rates 1, 0.2 and 0.125.
    """
    raise NotImplementedError


def sweep(x0: Tensor, lrs: Tensor, steps: int) -> Tensor:
    """Descend on f from x0 at every rate of lrs at once; return the loss before each update.

    Shapes: x0 one number, of shape [] or [1]; lrs [k], of x0's dtype and on its device; result
            [k, steps], row i is the loss f(x) at rate lrs[i], column 0 is f(x0); steps ≥ 1.
    Units:  losses in f, lrs as lr in descend.
    Work:   ten rates take as many torch operations as one: no loop over lrs.
    Source: 002_0f0b2f05897dc972, the loop over ten rates below figure 1.
    """
    raise NotImplementedError
