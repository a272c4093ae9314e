"""Which of the calls that a test made its failure is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

from dojo.calling import values
from dojo.calling.calls import Call
from dojo.errors import Wrong

LOOPS = "steps", "step", "rounds", "n"  # arguments that say how often a loop is run


def call_meant(
    made: Sequence[Call], error: BaseException, is_right: Callable[[Call], bool]
) -> Call:
    """Return the call whose result was compared, else the latest one that is wrong."""
    parts = [error.compared, error.differing] if isinstance(error, Wrong) else []
    for part in (p for p in parts if p is not None):
        for call in reversed(made):
            if any(_is_in(part, t) for t in _numbers(call.value)):
                return call
    if made[-1].error is not None or not isinstance(error, Wrong) or not error.by_value:
        return made[-1]
    wrong = (c for c in reversed(made) if not is_right(c))
    return next(wrong, made[-1])


def is_edge(call: Call) -> bool:
    """Whether a call has nothing to do: 0 steps, an empty batch."""
    given = (*call.args, *call.kwargs.values())
    empty = any(isinstance(v, Tensor) and not v.numel() for v in given)
    named = dict(zip(call.names, call.args, strict=False)) | call.kwargs
    return empty or any(named.get(name) == 0 for name in LOOPS if type(named.get(name)) is int)


def _numbers(value: object) -> Iterator[Tensor]:
    """Yield the tensors of a result, and its Python numbers as tensors."""
    for _, leaf in values.each(value):
        if isinstance(leaf, Tensor):
            yield leaf
        elif type(leaf) in (int, float):
            yield torch.tensor(leaf, dtype=torch.float64)


def _is_in(compared: Tensor, result: Tensor) -> bool:
    """Whether what was compared is this result, or a part of it."""
    whole = result.detach().cpu().to(torch.float64)
    if compared.numel() == whole.numel():
        return values.same(compared.flatten(), whole.flatten())
    return (
        any(values.same(compared.flatten(), row.flatten()) for row in whole)
        if whole.dim()
        else False
    )
