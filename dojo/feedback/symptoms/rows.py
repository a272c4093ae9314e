"""A path whose rows are right and stand in the wrong places, or are one object."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from dojo.feedback.examples import Example
from dojo.feedback.symptoms.case import Case, near, only_pair

Same = Callable[[Tensor, Tensor], bool]


def _late(y: Tensor, w: Tensor) -> bool:
    return len(y) == len(w) and near(y, torch.cat([w[:1], w[:-1]]))


def _early(y: Tensor, w: Tensor) -> bool:
    return len(y) == len(w) and near(y[:-1], w[1:])


def _last_in_all(y: Tensor, w: Tensor) -> bool:
    return len(y) == len(w) and near(y, w[-1:].expand_as(w))


def _start_in_all(y: Tensor, w: Tensor) -> bool:
    return len(y) == len(w) and near(y, w[:1].expand_as(w))


def _one_in_all(y: Tensor, w: Tensor) -> bool:
    return len(y) > 1 and y.dim() == w.dim() and near(y, y[:1].expand_as(y))


def _from_row_0(y: Tensor, w: Tensor) -> bool:
    return len(y) == len(w) and near(y[:2], w[:2]) and near(y[1:], w[1:2].expand_as(w[1:]))


def _one_after_row_0(y: Tensor, w: Tensor) -> bool:
    return len(y) == len(w) and near(y[:1], w[:1]) and near(y[1:], y[1:2].expand_as(y[1:]))


def _turned(y: Tensor, w: Tensor) -> bool:
    return len(y) == len(w) and near(y, w.flip(0))


def _without_start(y: Tensor, w: Tensor) -> bool:
    return len(y) == len(w) - 1 and near(y, w[1:])


def _without_end(y: Tensor, w: Tensor) -> bool:
    return len(y) == len(w) - 1 and near(y, w[:-1])


def _one_more(y: Tensor, w: Tensor) -> bool:
    return len(y) == len(w) + 1 and near(y[:-1], w)


def _some_more(y: Tensor, w: Tensor) -> bool:
    return len(y) > len(w) and near(y[: len(w)], w)


def _some_missing(y: Tensor, w: Tensor) -> bool:
    return 0 < len(y) < len(w) and near(y, w[: len(y)])


def _one_before(y: Tensor, w: Tensor) -> bool:
    return len(y) == len(w) + 1 and near(y[1:], w)


def _start_twice(y: Tensor, w: Tensor) -> bool:
    return len(y) == len(w) + 1 and near(y[1:], w) and near(y[:1], w[:1])


STARTS = (
    "Every row of yours is the start: nothing moves. Is the new value stored, and is the gradient "
    "still there when the step is taken?"
)
ROW_0 = (  # where nothing is walked, and rows are not steps
    "Every row of yours is what row 0 should be. Is row 0 asked for again and again, in the place "
    "of row i?"
)
PLACES: tuple[tuple[Same, str], ...] = (
    (
        _late,
        "Each row of yours holds what the row above should hold, and row 0 stands twice: is a row "
        "stored before its step is taken?",
    ),
    (
        _early,
        "Each row of yours holds what the next row should hold, and the wanted row 0 is missing: "
        "is the first row stored only after a step?",
    ),
    (
        _start_in_all,
        STARTS,
    ),
    (
        _last_in_all,
        "Every row of yours is what the last one should be: is one tensor stored many times, and "
        "changed in place? Each row needs a copy.",
    ),
    (
        _from_row_0,
        "The first step is right, and every later row repeats it: does each step begin from row 0, "
        "not from the row before?",
    ),
    (
        _one_in_all,
        "All rows of yours are alike. Is one value used for all of them, or one tensor stored many "
        "times, and changed in place?",
    ),
    (
        _one_after_row_0,
        "Row 0 is right, and all later rows are alike: is one tensor stored again and again, and "
        "changed in place? Each row needs a copy.",
    ),
    (_turned, "Your rows are right, and stand in the opposite order: the last one first."),
    (
        _without_start,
        "Your rows are the wanted ones without the first: does the start belong in it, as row 0?",
    ),
    (_without_end, "Your rows are the wanted ones without the last: does the loop end too soon?"),
    (_one_more, "Your rows are the wanted ones, and one more after them: a step too many?"),
    (
        _some_more,
        "Your rows are the wanted ones, and more stand after them: where should they end?",
    ),
    (
        _some_missing,
        "Your rows are the wanted ones, and the last are missing: does something end the loop too "
        "soon (a `break`, a `return`)?",
    ),
    (_start_twice, "Your rows are the wanted ones, and the first stands twice."),
    (_one_before, "Your rows are the wanted ones, and one more stands before them."),
)
COPIES = _last_in_all, _one_in_all, _one_after_row_0  # what a path shows whose rows are one tensor


def misplaced(case: Case) -> str:
    """Say how the rows of a path are misplaced, in all calls that have two rows or more."""
    both = _paths(case)
    told = _places(both, has_copies=not all(map(_is_for_each, case.wrong)))
    if not told and all(y.dim() == w.dim() == 2 for y, w in both):
        told = _places([(y.T, w.T) for y, w in both], has_copies=False)
        told = (ROW_0 if told == STARTS else told).replace("row", "column")
    walks = any(type(v) is int for e in case.wrong for v in e.given.values())
    return ROW_0 if told == STARTS and not walks else told


def of_one_number(case: Case) -> str:
    """Say that each row of a table is one number, where a row of a shape of its own is wanted."""
    both = [(y, w) for y, w in _paths(case) if y.shape != w.shape]
    if not all(y.dim() == 1 and len(y) == len(w) and w[0].numel() > 1 for y, w in both):
        return ""
    if all(y.shape == w.shape[1:] for y, w in both):  # none, or each may be a row of a square
        return ""
    row = list(both[0][1].shape[1:])
    return (
        f"There are as many rows as wanted, but each of yours is one number, where {row} is "
        "wanted. Is it a sum, such as the loss, that is stored?"
    )


def of_one_row(case: Case) -> str:
    """Say that the row came that all wanted rows are, and no table of them."""
    both = _paths(case)
    if not any(len(w) > 1 for _, w in both) or not all(_is_its_row(y, w) for y, w in both):
        return ""
    return "Yours is one row of the wanted ones, which are alike: all of them are asked for."


def one_off(case: Case) -> str:
    """Say that there is a row too few or too many, wherever the shape is wrong."""
    both = [(y, w) for y, w in _paths(case) if y.shape != w.shape]
    if not all(y.dim() and y.shape[1:] == w.shape[1:] for y, w in both):
        return ""
    away = {len(y) - len(w) for y, w in both}
    if away == {-1}:
        return (
            "Yours has one row too few. Does the loop begin or end one off, or is the first row "
            "missing?"
        )
    return "Yours has one row too many. Does the loop begin or end one off?" if away == {1} else ""


def _paths(case: Case) -> list[tuple[Tensor, Tensor]]:
    """Return yours and the wanted of all calls that returned; none if one is of another kind."""
    came = [e for e in case.valued if e.yours.error is None and e.yours.value is not None]
    both = [p for p in map(_path, came) if p is not None]
    return both if len(both) == len(came) else []


def _is_its_row(y: Tensor, w: Tensor) -> bool:
    return y.shape == w.shape[1:] and near(y.expand_as(w), w)


def _places(both: list[tuple[Tensor, Tensor]], *, has_copies: bool) -> str:
    """Say where the rows of all pairs of yours and the wanted are."""
    long = [(y, w) for y, w in both if len(w) > 2 and not near(w, w[:1].expand_as(w))]
    long = [(y, w) for y, w in long if not _is_alike(y, w)]
    if len(long) < 2 and not (long and len(long[0][0]) != len(long[0][1])):
        return ""
    for same, told in PLACES if all(y.dim() for y, _ in long) else ():
        if (has_copies or same not in COPIES) and all(same(y, w) for y, w in long):
            return told
    if all(y.shape == w[-1].shape and near(y, w[-1]) for y, w in long):
        return "Yours is the last row alone: every row is asked for."
    return ""


def _is_alike(y: Tensor, w: Tensor) -> bool:
    return y.shape == w.shape and near(y, w)


def _is_for_each(example: Example) -> bool:
    """Whether the result has the shape of an argument, as what is computed for each element has."""
    given = (v for v in example.given.values() if isinstance(v, Tensor))
    wanted = example.wanted.value
    return isinstance(wanted, Tensor) and any(v.shape == wanted.shape for v in given)


def _path(example: Example) -> tuple[Tensor, Tensor] | None:
    """Return yours and the wanted, if a tensor of rows is wanted and a tensor of them came."""
    pair = only_pair(example)
    if pair is None or pair[1].dim() == 0 or pair[0].dtype != pair[1].dtype:
        return None
    return pair
