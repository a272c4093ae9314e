"""Making what an answer returned fit what was wanted, so that both can be drawn on one scale."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

FEW = 6  # entries of a value that are written out
Say = Callable[[str], None]


class Misfit(ValueError):
    """A value that has no place beside what was wanted; the message says why, after "yours"."""


def fitted(yours: Any, wanted: Any, say: Say = lambda _: None) -> Any:
    """Return yours in the form of what was wanted, as far as it goes: tensors in float64.

    A tensor with other rows or another shape is drawn where its entries still have a place; `say`
    is told. Errors: Misfit.
    """
    if isinstance(wanted, Tensor):
        return _fitted_tensor(yours, wanted, say)
    if isinstance(wanted, str):
        return str(yours)
    if isinstance(wanted, (int, float)):
        return _fitted_number(yours)
    if isinstance(wanted, (tuple, list)) and isinstance(yours, (tuple, list)):
        if len(yours) != len(wanted):
            say(f"has {len(yours)} entries, not {len(wanted)}")
        return [fitted(y, w, say) for y, w in zip(yours, wanted, strict=False)]
    if isinstance(wanted, dict) and isinstance(yours, dict):
        return {key: fitted(yours[key], w, say) for key, w in wanted.items() if key in yours}
    raise Misfit(f"is a {type(yours).__name__}, not a {type(wanted).__name__}")


def _fitted_number(yours: Any) -> float:
    if isinstance(yours, Tensor) and yours.numel() == 1:
        yours = yours.item()
    if not isinstance(yours, (int, float)):
        raise Misfit(f"is a {type(yours).__name__}, not a number")
    try:
        return float(yours)
    except OverflowError:
        raise Misfit("is a number with more than 300 digits") from None


def _fitted_tensor(yours: Any, wanted: Tensor, say: Say) -> Tensor:
    if not isinstance(yours, Tensor):
        raise Misfit(f"is a {type(yours).__name__}, not a tensor")
    if yours.is_complex():
        raise Misfit("has complex numbers")
    if yours.device.type == "meta":
        raise Misfit("is on the device meta, where nothing has a value")
    mine = yours.detach().cpu().to(torch.float64)
    if mine.shape == wanted.shape:
        return mine
    shapes = f"has shape {list(mine.shape)}, not {list(wanted.shape)}"
    if mine.numel() == wanted.numel():
        say(shapes)
        return mine.reshape(wanted.shape)
    if mine.numel() and wanted.dim() and mine.shape[1:] == wanted.shape[1:]:
        say(f"has {len(mine)} rows, not {len(wanted)}")
        return mine[: len(wanted)]
    raise Misfit(shapes)


def first_without_number(yours: Tensor) -> int | None:
    """Return the first row of a tensor that holds nan or inf, None if all are numbers."""
    rows = yours.reshape(len(yours), -1) if yours.dim() else yours.reshape(1, 1)
    bad = (~rows.isfinite().all(dim=1)).nonzero()
    return int(bad[0, 0]) if len(bad) else None


def shortened(value: Any) -> str:
    """Write a value in a few words, numbers with four digits; "" for None."""
    if value is None:
        return ""
    if isinstance(value, Tensor):
        return _joined(value.reshape(-1).tolist())
    if isinstance(value, (tuple, list)):
        return _joined(value)
    if isinstance(value, float):
        return f"{value:.4g}".replace("-", "−")
    return str(value)


def _joined(values: Sequence[Any]) -> str:
    words = [shortened(value) for value in itertools.islice(values, FEW)]
    return ", ".join(words) + (", …" if len(words) < len(values) else "")


def is_near(yours: Any, wanted: Any) -> bool:
    """Whether yours is what is wanted, to six digits, or is not there at all."""
    if yours is None:
        return True
    if isinstance(wanted, Tensor):
        same = yours.shape == wanted.shape
        return same and torch.allclose(yours, wanted, rtol=1e-6, atol=1e-9, equal_nan=True)
    if isinstance(wanted, float):
        return math.isclose(yours, wanted, rel_tol=1e-6, abs_tol=1e-9)
    if isinstance(wanted, (tuple, list)):
        return len(yours) == len(wanted) and all(map(is_near, yours, wanted))
    if isinstance(wanted, dict):
        return yours.keys() == wanted.keys() and all(is_near(yours[k], wanted[k]) for k in wanted)
    return bool(yours == wanted)
