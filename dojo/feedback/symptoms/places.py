"""Numbers that are right and stand elsewhere: turned, reordered, or wrong in one place only."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from dojo.feedback.examples import Example
from dojo.feedback.symptoms.case import Case, near, only_pair, pairs

Where = Callable[[Tensor], Tensor]  # a mask of the places that are meant


def transposed(case: Case) -> str:
    """Say that a table is turned: its rows are the wanted columns."""
    both = [(y, w) for y, w in _both(case) if y.shape != w.shape or not near(y, w)]
    if len(both) < 2 or not all(w.dim() > 1 for _, w in both):
        return ""
    if all(_is_turned(y, w, 0, 1) for y, w in both):
        return (
            "Yours is the wanted table turned: its rows are the wanted columns. Which index counts "
            "the rows? A product A @ B has the rows of A; torch.stack makes a new first dimension, "
            "with dim=1 a second."
        )
    for source, place, where in (
        (0, -1, "first dimension stands last"),
        (-1, 0, "last dimension stands first"),
    ):
        if all(_is_turned(y, w, source, place) for y, w in both):
            return (
                f"The numbers in it are right, and their {where}. (torch.stack makes a new first "
                "dimension, with dim=-1 a new last one.)"
            )
    return ""


def all_alike(case: Case) -> str:
    """Say that one number came for all elements, where each is wanted one of its own."""
    both = [p for p in map(only_pair, case.comparable) if p is not None]
    long = [(y, w) for y, w in both if y.numel() > 2 and y.shape == w.shape]
    if not case.is_numeric or len(long) < 2 or all(_is_one_number(w) for _, w in long):
        return ""
    if not all(_is_one_number(y) for y, _ in long):
        return ""
    if not all(_is_one_number(y) for e in case.valued if e.is_right for y, _ in pairs(e)):
        return ""
    return (
        "Every element of yours is the same number, where each is wanted one of its own. Is "
        "something summed, or averaged, too early?"
    )


def _is_for_each(example: Example) -> bool:
    """Whether all tensors that are given have the shape of the result."""
    tensors = [v for v in example.given.values() if isinstance(v, Tensor)]
    return bool(tensors) and all(v.shape == example.wanted.value.shape for v in tensors)


def _is_one_number(t: Tensor) -> bool:
    return near(t, t.flatten()[:1].reshape([1] * t.dim()).expand_as(t))


def reshaped(case: Case) -> str:
    """Say that the numbers are right, in their order, and the shape alone is not."""
    both = _both(case)
    if len(both) < 2:
        return ""
    if all(_is_joined(y, w) for y, w in both):
        return (
            "The numbers in it are right, one column after the other: torch.cat joins them end to "
            "end, torch.stack with dim=-1 sets them side by side."
        )
    if not all(_is_reshaped(y, w) for y, w in both):
        return ""
    if all(y.shape == w.shape for y, w in both):
        return ""
    return f"The numbers in it are right, and in their order; the shape alone is not. {_fit(both)}"


def _fit(both: list[tuple[Tensor, Tensor]]) -> str:
    """Say what makes the wanted shape of yours."""
    if all(not w.dim() for _, w in both):
        return "One number has the shape []: x.squeeze() makes it of a tensor with one element."
    if any(y.squeeze().shape != w.squeeze().shape for y, w in both):
        return "(torch.cat joins along a dimension that is there, torch.stack makes a new one.)"
    if all(w.shape == (len(w), 1) and y.dim() == 1 for y, w in both):
        return "x[:, None] makes a column [n, 1] of a flat [n], and so does keepdim=True in a sum."
    return "x.unsqueeze(i) adds a dimension of size 1 at place i, x.squeeze(i) takes it away."


def out_of_order(case: Case) -> str:
    """Say that all numbers are right, and stand in another order."""
    both = _both(case)
    wrong = [p for p in map(only_pair, case.wrong) if p is not None]
    if not case.is_numeric or not all(map(_is_reordered, both)):
        return ""
    if not any(len(w.unique()) > 2 for _, w in wrong):
        return ""
    return (
        "Yours has the wanted numbers, in another order. Are they sorted, or numbered from the "
        "wrong end? reshape() and view() do not turn a table, .T does."
    )


def _both(case: Case) -> list[tuple[Tensor, Tensor]]:
    """Return yours and the wanted of every call that returned; none if one is of another kind."""
    came = [e for e in case.valued if e.yours.error is None]
    both = [p for p in map(only_pair, came) if p is not None]
    return both if len(both) == len(came) else []


def _is_turned(y: Tensor, w: Tensor, source: int, place: int) -> bool:
    turned = w.movedim(source, place)
    return y.shape == turned.shape and y.dtype == w.dtype and near(y, turned)


def _is_reshaped(y: Tensor, w: Tensor) -> bool:
    return y.numel() == w.numel() and y.dtype == w.dtype and near(y.flatten(), w.flatten())


def _is_joined(y: Tensor, w: Tensor) -> bool:
    """Whether yours is the columns of the wanted one end to end, and not its rows as well."""
    if w.dim() < 2 or y.dtype != w.dtype or _is_reshaped(y, w):
        return False
    joined = torch.cat(w.unbind(-1), dim=-1)
    return y.shape == joined.shape and near(y, joined)


def _is_reordered(pair: tuple[Tensor, Tensor]) -> bool:
    y, w = (t.flatten().sort().values for t in pair)
    return _is_reshaped(y, w)


def broadcast(case: Case) -> str:
    """Say that a table came where a vector or a column is wanted: a broadcast."""
    both = [p for p in map(only_pair, case.wrong) if p is not None]
    if not both or len(both) < len(case.wrong):
        return ""
    if not all(w.dim() == 1 or (w.dim() == 2 and w.shape[1] == 1) for _, w in both):
        return ""  # neither a vector nor a column is wanted
    n = both[0][1].numel()
    if not all(len(b.shape) == 2 and b.shape == (a.numel(), a.numel()) for b, a in both) or n < 2:
        return ""
    return (
        f"{n} numbers are wanted, and yours is a table of {n} by {n}: somewhere [{n}] meets "
        f"[{n}, 1], and each entry of one is taken with every entry of the other. Print both "
        ".shape."
    )


def an_index(case: Case) -> str:
    """Say that the place of the wanted number came, and not the number."""
    if len(case.wrong) < 2:
        return ""
    for name in case.signatures[case.function]:
        if case.all_wrong(lambda e, name=name: _is_place(e, e.given.get(name))):
            return (
                f"Yours is the place of the wanted number in {name}, as argmin() gives it: the "
                f"number itself is {name}[i]."
            )
    return ""


def _is_place(example: Example, given: object) -> bool:
    i, wanted = example.yours.value, example.wanted.value
    if type(i) is not int or type(wanted) is not float or not isinstance(given, Tensor):
        return False
    return given.dim() == 1 and 0 <= i < len(given) and given[i].item() == wanted


SURE = 8  # wrong calls in which it is no chance that a place is the same
PARTS: tuple[tuple[str, Where], ...] = (
    ("row 0", lambda w: _rows(w, slice(0, 1))),
    ("the last row", lambda w: _rows(w, slice(-1, None))),
    ("row 1", lambda w: _rows(w, slice(1, 2))),
    ("the last column", lambda w: _columns(w, slice(-1, None))),
    ("the first column", lambda w: _columns(w, slice(0, 1))),
    ("the diagonal", lambda w: _diagonal(w)),
    ("what is off the diagonal", lambda w: ~_diagonal(w) if w.dim() > 1 else _none(w)),
    ("all rows but row 0", lambda w: ~_rows(w, slice(0, 1))),
)


def only_one_part(case: Case) -> str:
    """Say which row, column or diagonal alone is wrong, in every call that is."""
    both = [p for p in map(only_pair, case.comparable) if p is not None]
    if not case.is_numeric or len(both) < len(case.wrong):
        return ""
    if any(w.dim() == 0 or w.numel() < 3 for _, w in both):
        return ""
    few = len(case.wrong) < SURE or all(w.dim() == 1 for _, w in both)
    if few and all(map(_is_for_each, case.wrong)):
        return ""  # an element's value may be what counts, and not its place
    differ = [_differing(y, w) for y, w in both]
    for name, where in PARTS:
        masks = [where(w) for _, w in both]
        if all(bool(m.any() and (~m).any()) for m in masks) and all(
            bool(d.any() and not (d & ~m).any()) for d, m in zip(differ, masks, strict=True)
        ):
            if name == "all rows but row 0":
                return ""  # a path that begins rightly: the table shows as much
            name = name if both[0][1].dim() > 1 else name.replace("row", "entry")
            return f"Only {name} differs, {case.calls}: the rest is right. What is special there?"
    return ""


def _differing(y: Tensor, w: Tensor) -> Tensor:
    scale = torch.maximum(y.abs(), w.abs())
    tolerance = 1e-7 if w.dtype == torch.float64 else 1e-4
    return ~((y - w).abs() <= tolerance * (scale + 1e-3))


def _none(w: Tensor) -> Tensor:
    return torch.zeros_like(w, dtype=torch.bool)


def _rows(w: Tensor, rows: slice) -> Tensor:
    mask = _none(w)
    mask[rows] = True
    return mask


def _columns(w: Tensor, columns: slice) -> Tensor:
    mask = _none(w)
    if w.dim() == 2:
        mask[:, columns] = True
    return mask


def _diagonal(w: Tensor) -> Tensor:
    mask = _none(w)
    if w.dim() == 2 and w.shape[0] == w.shape[1]:
        mask.fill_diagonal_(True)
    return mask
