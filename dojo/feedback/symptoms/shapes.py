"""Yours has another number of dimensions than is wanted."""

from __future__ import annotations

import torch
from torch import Tensor

from dojo.feedback.symptoms.case import Case, near, only_pair


def a_jacobian(case: Case) -> str:
    """Say that the slope of each element along each came: what is wanted on a diagonal, else 0."""
    both = _both(case)
    if len(both) < len(case.wrong) or not all(_has_diagonal(y, w) for y, w in both):
        return ""
    return (
        "Yours is 0 everywhere but on a diagonal, and there stands what is wanted: a Jacobian, the "
        "slopes of all elements along all elements. The gradient of the sum of the elements has "
        "the same slopes without the zeros, and one backward pass finds it."
    )


def dimensions(case: Case) -> str:
    """Say that there are more dimensions than wanted, or fewer, and what makes or takes one."""
    away = {y.dim() - w.dim() for y, w in _both(case)} - {0}
    if not away or min(away) * max(away) < 0:
        return ""
    if all(y.dim() == 0 for y, _ in _both(case)):
        return (
            "Yours is one number. .sum(), .mean() and .norm() make one of a tensor: which value "
            "is to be returned?"
        )
    if max(away) > 0:
        return (
            "Yours has more dimensions than are wanted. torch.stack() makes a new one, and "
            "torch.cat() joins along one that is there; x[:, None] makes one, x[i] takes one away."
        )
    return (
        "Yours has fewer dimensions than are wanted. An index, x[i], takes one away, and so does a "
        "sum over it, x.sum(dim=0); a slice and keepdim=True keep it, x[:, None] makes one."
    )


def _both(case: Case) -> list[tuple[Tensor, Tensor]]:
    """Return yours and the wanted of the wrong calls where both are tensors."""
    return [p for p in map(only_pair, case.wrong) if p is not None]


def _has_diagonal(y: Tensor, w: Tensor) -> bool:
    """Whether y has the shape of w twice, w on its diagonal, and 0 beside it."""
    n = w.numel()
    if y.shape != (*w.shape, *w.shape) or y.dtype != w.dtype:
        return False
    return near(y.reshape(n, n), torch.diag(w.flatten()))
