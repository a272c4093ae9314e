"""Kata 08, quartic learning rates: why one rate finds the minimum of x⁴ − 50x³ − x + 1 sooner.

No argument requires a gradient, and no result may hang on a graph.

Read README.md beside this file, write the six functions, and run: pytest katas/08
"""

import torch
from torch import Tensor


def f(x: Tensor) -> Tensor:
    """Return x⁴ − 50x³ − x + 1 for each element of x. Given: nothing to write here."""
    return x**4 - 50 * x**3 - x + 1


def gradient(x: Tensor) -> Tensor:
    """Return the slope f′ at each element of x.

    Shapes: x any shape; the result alike.
    Units:  f per x. No learning rate is in it.
    Source: 000_b4836e76e30d0af2, example 2, cell In[3]: what it prints as "gard" is lr times this.
    """
    raise NotImplementedError


def descend(x0: Tensor, lr: float, steps: int) -> Tensor:
    """Take `steps` steps of gradient descent on f from x0 and return the whole path.

    Shapes: x0 any shape; result [steps + 1, *x0.shape], row 0 is x0, row t is x after t steps.
    Units:  lr in x² per f, so that lr · f′(x) is a distance in x.
    Source: 000_b4836e76e30d0af2, example 2, cell In[3].
    """
    raise NotImplementedError


def stationary_point(c: float) -> float:
    """Return the only x where x⁴ − c·x³ − x + 1 has the slope 0: 4x³ − 3c·x² − 1 = 0.

    Units:  c ≥ 1 and the result in x. It is wanted to 12 digits.
    Source: 000_b4836e76e30d0af2, example 1, ANS1 (f′ = 0), for the function of example 2.
    """
    raise NotImplementedError


def largest_stable_rate(x: float) -> float:
    """Return 2/f″(x): the rate above which a step overshoots by more than it began, near x.

    It is kata 03's border 1/a, where a parabola a·x² is as bent as f is at x: a = f″(x)/2.

    Units:  the result in x² per f.
    Errors: ValueError if f″(x) ≤ 0: f bends down there or not at all, and no rate is stable.
    Source: kata 03, the border of `behaviour`, for example 2 of 000_b4836e76e30d0af2.
    """
    raise NotImplementedError


def best_rate(x0: Tensor, lrs: Tensor, steps: int) -> float:
    """Return the rate of lrs whose descent from x0 has the lowest f after `steps` steps.

    A descent that ends in inf or nan never wins; at least one ends in a number.

    Shapes: x0 one number, of shape [] or [1]; lrs [k], of x0's dtype and on its device.
    Units:  lrs and the result in x² per f; the result is an element of lrs as a Python float.
    Work:   ten rates take as many torch operations as one: no loop over lrs.
    Source: 000_b4836e76e30d0af2, the sentence below the two figures of example 2.
    """
    raise NotImplementedError


def steps_to_pass(mark: float, x0: float, lr: float, most: int) -> int:
    """Return the first t at which the descent on f from x0 is at mark or right of it.

    t = 0 if x0 is there already.

    Units:  mark and x0 in x, lr in x² per f; most ≥ 0 counts steps.
    Errors: ValueError if `most` steps do not get there.
    Source: 000_b4836e76e30d0af2, example 2, the figure "LR = 0.00001".
    """
    raise NotImplementedError
