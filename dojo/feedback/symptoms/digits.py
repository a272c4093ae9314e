"""Numbers that are lost: nan and inf, and the last digits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from dojo.feedback.symptoms.case import Case, near, only_pair, pairs

SMALL = 1e-4  # relative, of numbers near 0: float32 keeps as much
ROUNDED = 1e-12  # relative: further apart than roundings are
FLOAT32 = 8  # digits, at most
SMALLEST = 1e-3  # of the largest number of a result: below it, no digits are counted
FEW = 1e-3  # relative: nearer than this, a number is "nearly right"


def no_number(case: Case) -> str:
    """Say where nan or inf begins, where a number is wanted."""
    first = case.wrong[0]
    if first.yours.error is not None:
        return ""
    for yours, wanted in pairs(first):
        if yours.shape != wanted.shape or not bool(wanted.isfinite().all()):
            continue
        odd = ~yours.isfinite()
        if bool(odd.any()):
            return _begins(yours, odd)
    return ""


def _begins(yours: Tensor, odd: Tensor) -> str:
    if yours.dim() < 2 or bool(odd[0].any()):
        where = "all of it is" if bool(odd.all()) else "there is"
    else:
        rows = odd.flatten(1).any(1)
        where = f"from row {int(rows.nonzero()[0, 0])} on there is"
    if bool(yours.isnan().any()):
        return (
            f"In yours {where} nan, “not a number”. It comes of 0/0, of inf − inf, or of the root "
            "or the logarithm of a negative number: which of them is here?"
        )
    return (
        f"In yours {where} inf: a number grew without bound, or something was divided by 0. Which "
        "of them is here?"
    )


def low_precision(case: Case) -> str:
    """Say that yours agrees in its first digits only, and is made of float32 numbers."""
    both = [p for e in case.comparable for p in pairs(e)]
    if not case.is_numeric or len(both) < len(case.wrong):
        return ""
    doubles = [(y, w) for y, w in both if y.dtype == torch.float64]
    worst = max((_distance(y, w) for y, w in doubles or both), default=1.0)
    off = max([worst, *(_distance(y, w) for y, w in both)])
    if doubles and worst < 1e-6 <= off:  # float32 keeps less of what is lost, or nothing
        return _agrees(doubles, case)
    if not off < FEW:
        return ""
    if doubles and all(_is_float32(y) for y, _ in doubles):
        return (
            "Every number of yours is one of float32, which has 7 digits: somewhere float64 was "
            f"turned into it. A new tensor needs dtype={_dtype_of(case)}."
        )
    if doubles and worst < 1e-6:
        return _agrees(doubles, case)
    return (
        f"Yours is off by less than one part in {int(1 / max(off, 1e-12)):,}, {case.calls}: the "
        "formula is nearly right. Is something rounded (as float32 does), added (an eps), or found "
        f"by a difference? {_squared(case)}Does a loop end too soon?"
    )


def _squared(case: Case) -> str:
    """Ask for what loses half of the digits where a matrix is given."""
    given = case.wrong[0].given.values()
    has_matrix = any(isinstance(v, Tensor) and v.dim() == 2 and min(v.shape) > 1 for v in given)
    return "Is a matrix multiplied by itself (XᵀX) before it is solved? " if has_matrix else ""


def _agrees(doubles: Sequence[tuple[Tensor, Tensor]], case: Case) -> str:
    """Say how many digits agree in all calls with float64, and what costs so many."""
    digits, shown = _digits(doubles), _digits(pairs(case.examples[0]))
    yours = "Yours" if shown >= digits else "Where all is float64, yours"
    least, calls = ("at least ", f", {case.calls}") if shown > digits + 1 else ("", "")
    single = (
        ", about as many as float32 has. Is a tensor made without dtype=, such as "
        "torch.tensor(0.1) or torch.eye(n)?"
        if digits <= FLOAT32 and shown <= FLOAT32 + 1
        else "."
    )
    return (
        f"{yours} agrees to {least}{digits} digits{calls}{single} Is something small added (an "
        "eps), or found by a difference, or does a loop end too soon?"
    )


def _digits(both: Iterable[tuple[Tensor, Tensor]]) -> int:
    """Return how many digits agree; those of the smallest numbers do not count."""
    off = (((y - w).abs() / w.abs().clamp(min=SMALLEST * float(w.abs().max()))) for y, w in both)
    worst = max((float(o.nan_to_num(0.0).max()) for o in off if o.numel()), default=0.0)
    return round(-math.log10(max(worst, 1e-15)))


def last_digits(case: Case) -> str:
    """Say how many digits are right, where a test asks for more of them than are compared here."""
    both = [p for p in map(only_pair, case.valued) if p is not None]
    doubles = [(y, w) for y, w in both if y.dtype == w.dtype == torch.float64]
    worst = max((_distance(y, w) for y, w in doubles), default=0.0)
    return _agrees(doubles, case) if ROUNDED < worst < FEW else ""


def of_small_numbers(case: Case) -> str:
    """Say that what agrees to the rounding of 1 does not where the numbers are small."""
    for example in case.examples:
        for y, w in pairs(example) if example.yours.error is None else ():
            if y.shape != w.shape or not bool(y.isfinite().all() and w.isfinite().all()):
                continue
            small = w.abs() < 1e-6
            least = torch.finfo(w.dtype).tiny  # below it a float has few digits to lose, or none
            if bool((small & ((y - w).abs() > SMALL * w.abs() + least)).any()):
                return (
                    "The large numbers agree; the smallest have lost their digits. A difference of "
                    "two numbers that are nearly equal (1 − …) does that, and so do an eps and a "
                    "clamp."
                )
    return ""


def _dtype_of(case: Case) -> str:
    """Write where the dtype comes from: from the first tensor that is given, if there is one."""
    given = case.wrong[0].given.items()
    return next((f"{name}.dtype" for name, v in given if isinstance(v, Tensor)), "torch.float64")


def _is_float32(y: Tensor) -> bool:
    return y.numel() > 0 and bool((y == y.float().double()).all()) and not near(y, y.round())


def _distance(y: Tensor, w: Tensor) -> float:
    if y.shape != w.shape or not bool(y.isfinite().all() and w.isfinite().all()) or not y.numel():
        return 1.0
    return float(((y - w).abs() / (w.abs().max() + 1e-300)).max())
