"""Kata 05, softmax Jacobian: how one number of a result is worked out."""

import torch
from torch import Tensor

from dojo.feedback.by_hand import Entry, added, bracketed, by_hand, num


def share(a: Tensor) -> Tensor:
    """Return the probabilities of scores."""
    return torch.softmax(a.double(), dim=0)


@by_hand("softmax")
def softmax(entry: Entry, a: Tensor) -> list[str]:
    """exp of a score over the sum of them all, each score less the largest."""
    (i,) = entry.at
    top = a.max()
    powers = (a - top).exp()
    over = added([num(e) for e in powers])
    return [
        f"less the largest score: exp({num(a[i])} − {bracketed(top)}) = {num(powers[i])}",
        f"{num(powers[i])} / ({over}) = {entry}",
    ]


def slope(p: Tensor, i: int, j: int) -> str:
    """How pᵢ answers to score j."""
    if i == j:
        return f"p{i} · (1 − p{i}) = {num(p[i])} · (1 − {num(p[i])})"
    return f"−p{i} · p{j} = −{num(p[i])} · {num(p[j])}"


@by_hand("jacobian")
def jacobian(entry: Entry, p: Tensor) -> str:
    """One slope from two probabilities."""
    i, j = entry.at
    return f"{slope(p, i, j)} = {entry}"


@by_hand("jacobian_by_autograd")
def jacobian_by_autograd(entry: Entry, a: Tensor) -> list[str]:
    """One slope, from the probabilities of the scores."""
    i, j = entry.at
    p = share(a)
    return [
        f"row {i} is the gradient of p{i}; its entry {j}: how p{i} answers to a{j}",
        f"{slope(p, i, j)} = {entry}",
    ]


@by_hand("vjp")
def vjp(entry: Entry, p: Tensor, v: Tensor) -> list[str]:
    """pⱼ times vⱼ less v·p."""
    (j,) = entry.at
    dot = v @ p
    terms = added([f"{bracketed(x)} · {num(q)}" for x, q in zip(v, p, strict=True)])
    return [
        f"v·p = {terms} = {num(dot)}",
        f"p{j} · (v{j} − v·p) = {num(p[j])} · ({num(v[j])} − {bracketed(dot)}) = {entry}",
    ]


@by_hand("backward_twice")
def backward_twice(entry: Entry, a: Tensor) -> list[str]:
    """Twice pⱼ times pⱼ less p·p."""
    (j,) = entry.at
    p = share(a)
    dot = p @ p
    once = p[j] * (p[j] - dot)
    return [
        f"one pass, with v = p: p{j} · (p{j} − p·p)",
        f"= {num(p[j])} · ({num(p[j])} − {num(dot)}) = {num(once)}",
        f"the second pass adds the same: 2 · {bracketed(once)} = {entry}",
    ]
