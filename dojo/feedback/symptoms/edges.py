"""Right, but for one kind of input."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from dojo.feedback.comparing import matches
from dojo.feedback.examples import Example
from dojo.feedback.symptoms.case import Case

LEAST = 3  # right calls, before it is said that the others are right
MANY = 6  # right and wrong calls, where half of all inputs are of that kind
TRIED = 4  # wrong calls that are made once more, without what is special about them
COMMON = (
    "below 0",
    "negative numbers in it",
    "True",
    "False",
    "large numbers in it",
    "or more",
    "is square",
    "than high",
)


def but_for(case: Case) -> str:
    """Say which kind of input alone is answered wrongly."""
    right = [e for e in case.valued if e.is_right]
    if len(right) < LEAST or not case.wrong:
        return ""
    common = [set(_kinds(e)) for e in case.wrong]
    left = set.intersection(*common) - set().union(*(set(_kinds(e)) for e in right))
    for kind in _kinds(case.wrong[0]):
        few = any(kind.endswith(common) for common in COMMON) and (
            min(len(right), len(case.wrong)) < MANY
        )
        if kind in left and not few and _is_right_without(case, kind):
            return (
                f"Yours is right in the {len(right)} other calls tried, and wrong only where "
                f"{kind}. What should come then?"
            )
    return ""


def _is_right_without(case: Case, kind: str) -> bool:
    """Whether the wrong calls come out right once that special thing is taken away from them."""
    name, _, special = kind.partition(" ")
    plain = PLAIN.get(special)
    if plain is None:
        return True
    for example in case.wrong[:TRIED]:
        given = {**example.given, name: plain(example.given[name])}
        call = replace(example.yours, args=(), kwargs=given)
        wanted = case.wanted(call)
        (mine,) = case.mine([call])
        if wanted.error is None and not matches(mine, wanted):
            return False
    return True


def _kinds(example: Example) -> Iterator[str]:
    """Yield what is special about the input of a call, the most special first."""
    for name, value in example.given.items():
        if type(value) is bool or (type(value) is str and len(value) > 1):  # a letter is a name
            yield f"{name} is {value!r}"
        elif type(value) in (int, float):
            yield from (f"{name} {w}" for w, test in OF_NUMBERS if test(value))
        elif isinstance(value, Tensor):
            yield from (f"{name} {w}" for w, test in OF_TENSORS if test(value))
        elif type(value) in (list, tuple) and len(value) < 2:
            yield f"{name} has {'nothing' if not value else 'one entry only'} in it"
    tensors = [v for v in example.given.values() if isinstance(v, Tensor)]
    if any(v.dtype == torch.float32 for v in tensors):
        yield "the numbers are float32"


def _apart(v: Tensor) -> Tensor:
    """Return the same numbers, no two of them equal and none of them 0."""
    if not v.is_floating_point():
        return v
    apart = torch.linspace(0.13, 0.37, v.numel(), dtype=v.dtype, device=v.device)
    return v + apart.reshape(v.shape)


PLAIN: dict[str, Callable[[Any], Any]] = {  # what takes away what is special
    "is below 0": abs,
    "has negative numbers in it": torch.abs,
    "has large numbers in it": lambda v: v / v.abs().max(),
    "is all 0": _apart,
    "has a 0 in it": _apart,
    "has equal entries (a tie)": _apart,
}
OF_NUMBERS: tuple[tuple[str, Callable[[float], bool]], ...] = (
    ("is 0", lambda v: v == 0),
    ("is 1", lambda v: v == 1),
    ("is below 0", lambda v: v < 0),
)


def _finite(v: Tensor) -> Tensor:
    return v.flatten() if v.is_floating_point() else v.flatten().float()


OF_TENSORS: tuple[tuple[str, Callable[[Tensor], bool]], ...] = (
    ("is empty", lambda v: v.numel() == 0),
    ("has no dimension (a single number)", lambda v: v.dim() == 0),
    ("has one element", lambda v: v.dim() > 0 and v.numel() == 1),
    ("is all 0", lambda v: v.numel() > 0 and not bool(v.any())),
    ("has a 0 in it", lambda v: v.numel() > 1 and bool((v == 0).any())),
    ("has equal entries (a tie)", lambda v: v.numel() > 1 and len(v.unique()) < v.numel()),
    ("has large numbers in it", lambda v: v.numel() > 0 and bool(_finite(v).abs().max() > 80)),
    ("has negative numbers in it", lambda v: bool((v < 0).any())),
    ("has two dimensions or more", lambda v: v.dim() > 1),
    ("is wider than high", lambda v: v.dim() == 2 and v.shape[1] > v.shape[0]),
    ("is square", lambda v: v.dim() == 2 and v.shape[1] == v.shape[0]),
)
