"""Kata 07, step throughput: the descent of kata 06 faster and faster, its trace unchanged.

Read README.md beside this file, write the six functions, and run: pytest katas/07

No argument requires a gradient, and none may be changed. No result may hang on a graph.
"""

import torch
from torch import Tensor


def without_graph(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """Take `steps` steps against the gradient of SSE / 2m from w = 0, and keep no graph.

    Shapes: X [m, n], y [m, 1]; result [steps + 1, n, 1], row 0 is zero, row k is w after k steps.
    Units:  lr in w² per loss.
    Source: kata 06, `descend`.
    """
    raise NotImplementedError


def in_place(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """Take the same steps in buffers made before the first one: a step makes no tensor.

    Shapes, units: as without_graph.
    Source: torch.addmm, its arguments `beta`, `alpha` and `out`.
    """
    raise NotImplementedError


def by_gram(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """Take the same steps with A = XᵀX/m and b = Xᵀy/m: no step touches the m rows of X or y.

    Shapes, units: as without_graph.
    Source: the gradient of kata 06, multiplied out: A w − b.
    """
    raise NotImplementedError


def whole_trace(X: Tensor, y: Tensor, lr: float, steps: int) -> Tensor:
    """Return the same trace at once: the number of operations does not depend on `steps`.

    Right also where 1 − lr·λ is negative or an eigenvalue λ of A = XᵀX/m is zero.
    Shapes, units: as without_graph.
    Source: w is Q u, and u after k steps is (1 + p + … + p^(k−1)) · c, entry by entry, with
            p = 1 − lr·λ, c = lr · Qᵀb and A = Q diag(λ) Qᵀ.
    """
    raise NotImplementedError


def jump(X: Tensor, y: Tensor, lr: float, step: int) -> Tensor:
    """Return w after `step` steps, straight away: neither operations nor memory depend on `step`.

    Right also where 1 − lr·λ is negative, and where it is 1: an eigenvalue λ of A = XᵀX/m is zero,
    or so small that lr·λ is lost in rounding.
    Shapes: X [m, n], y [m, 1]; result [n, 1].
    Units:  lr as in without_graph.
    Source: row `step` of whole_trace.
    """
    raise NotImplementedError


def momentum_trace(X: Tensor, y: Tensor, lr: float, momentum: float, steps: int) -> Tensor:
    """Return the trace of v ← momentum · v + gradient, w ← w − lr · v from w = v = 0, at once.

    The number of operations may grow with the logarithm of `steps`. Right also where the two roots
    of an eigenvector are complex or equal, or its λ is zero.
    Shapes: X [m, n], y [m, 1]; result [steps + 1, n, 1], row 0 is zero, row k is w after k steps.
    Units:  lr as in without_graph; momentum without unit, from 0 to below 1.
    Source: kata 04, `step`.
    """
    raise NotImplementedError
