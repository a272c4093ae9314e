"""How one number of a result is worked out: what `solutions/NN/by_hand.py` says, and where.

    @by_hand("update")
    def update(entry, x, grad, lr):
        i = entry.at
        return f"{num(x[i])} − {num(lr)} · {bracketed(grad[i])} = {entry}"

A failure that no known mistake explains shows it for the first number that differs: a learner who
sees where the wanted number comes from sees where theirs goes another way.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

from dojo.calling.calls import Call
from dojo.feedback.comparing import MATCHING
from dojo.opening.answers import open_ours

F = TypeVar("F", bound=Callable[..., Any])
Place = tuple[Any, ...]  # indices and keys, from a whole result to a number in it: (1, 3)

FAR = 30.0  # tolerances that the first number that is shown differs by; else the farthest is shown
TERMS = 5  # of a sum that are written
FULL = 1e9  # below it no number is written with an exponent for its size


@dataclass(frozen=True)
class Entry:
    """One number of the right result of a call, or one word.

    at:      where it stands: an index for each tuple, list and dimension, from outside to inside
    result:  the whole right result
    """

    at: Place
    result: Any

    @property
    def value(self) -> Any:
        """The number itself."""
        return at_place(self.result, self.at)

    def __str__(self) -> str:
        return num(self.value)


@dataclass(frozen=True)
class Sum:
    """How a number of one function's results is worked out.

    rows:    what the first index of a tensor counts ("row", "step", …)
    outputs: the names of the results, where there are several
    """

    call: Callable[..., str | Sequence[str]]
    rows: str
    outputs: tuple[str, ...]

    def lines(self, entry: Entry, call: Call) -> list[str]:
        """Work it out for one call; nothing where there is no room for it."""
        given = dict(zip(call.names, call.args, strict=False)) | call.kwargs
        _, *asked = inspect.signature(self.call).parameters
        said = self.call(entry, **{name: given[name] for name in asked})
        return [said] if isinstance(said, str) and said else list(said)

    def where(self, entry: Entry) -> str:
        """Say which number it is; the first tensor of a list is number 1, as of layers."""
        at, said = list(entry.at), list[str]()
        if isinstance(entry.result, dict) and at:
            said.append(str(at.pop(0)))
        if self.outputs and at:
            said.append(self.outputs[int(at.pop(0))])
        rows, layers = self.rows, at_place(entry.result, entry.at[: len(entry.at) - len(at)])
        if isinstance(layers, list) and isinstance(layers[0], Tensor):
            name, rows = (said.pop(), rows) if said else (rows, "row")
            said.append(f"{name} {int(at.pop(0)) + 1}")
        shape = _inside(entry.result, entry.at[: len(entry.at) - len(at)])
        left = list(zip(at, shape, strict=True))
        if left and (len(left) > 1 or rows != "row"):
            place, size = left.pop(0)
            said += [f"{rows} {place}"] if size > 1 else []
        if kept := [str(place) for place, size in left if size > 1]:
            said.append(f"entry {', '.join(kept)}")
        return ", ".join(said)


def by_hand(function: str, rows: str = "row", outputs: Sequence[str] = ()) -> Callable[[F], F]:
    """Mark what works out one number of what `function` returns, as a sum on paper.

    It is given the Entry and those arguments of the call that it names, and returns a line,
    several, or none.
    """

    def marked(worked: F) -> F:
        sums = worked.__globals__.setdefault("SUMS", {})
        sums[function] = Sum(worked, rows, tuple(outputs))
        return worked

    return marked


def read_sums(file: Path) -> dict[str, Sum]:
    """Read the marked functions of a file, by the function that they work out."""
    if not file.is_file():
        return {}
    opened = open_ours(file)
    if opened.trouble is not None:
        raise opened.trouble
    return dict(getattr(opened.module, "SUMS", {}))


def worked_out(
    sums: dict[str, Sum], yours: Call, wanted: Call, marked: Tensor | None = None
) -> list[str]:
    """Work out the first number of a call that differs from what is wanted, if one can be shown.

    marked: the numbers of yours, in float64, that the table above marks: of them, if possible
    """
    found = sums.get(yours.function)
    if found is None or yours.error is not None or wanted.error is not None:
        return []
    place = None if marked is None else first_difference(yours.value, wanted.value, marked)
    if place is None and (place := first_difference(yours.value, wanted.value)) is None:
        return []
    entry = Entry(place, wanted.value)
    lines = found.lines(entry, wanted)
    where = found.where(entry)
    head = f"By hand, {where}:" if where else "By hand:"
    return [head, *(f"    {line}" for line in lines)] if lines else []


def first_difference(yours: Any, wanted: Any, among: Tensor | None = None) -> Place | None:
    """Return the place of the first number, or word, that differs; None if there is none.

    among: only numbers of yours that are among these
    """
    if isinstance(wanted, Tensor):
        return _first_in(yours, wanted, among) if isinstance(yours, Tensor) else None
    if isinstance(wanted, (tuple, list)):
        mine = list(yours) if isinstance(yours, (tuple, list)) else []
        pairs = [(i, mine[i] if i < len(mine) else None, w) for i, w in enumerate(wanted)]
    elif isinstance(wanted, dict):
        mine = yours if isinstance(yours, dict) else {}
        pairs = [(key, mine.get(key), w) for key, w in wanted.items()]
    else:
        return () if _differ(yours, wanted, among) else None
    for key, mine, w in pairs:
        place = first_difference(mine, w, among)
        if place is not None:
            return (key, *place)
    return None


def _differ(yours: Any, wanted: Any, among: Tensor | None) -> bool:
    if isinstance(yours, float) and isinstance(wanted, float):
        mine, right = (torch.tensor([x], dtype=torch.float64) for x in (yours, wanted))
        return _first_in(mine, right, among) is not None
    return bool(yours != wanted)


def _first_in(yours: Tensor, wanted: Tensor, among: Tensor | None = None) -> Place | None:
    """Return the index of the first element that is far from what is wanted, else the farthest."""
    if yours.is_meta or wanted.is_meta or not wanted.numel():
        return None
    if yours.shape != wanted.shape:
        return _first_in_rows(yours, wanted, among)
    slack = max(MATCHING.get(t.dtype, 0.0) for t in (yours, wanted)) * FAR
    mine, right = (t.detach().cpu().to(torch.float64).flatten() for t in (yours, wanted))
    away = (mine - right).abs().nan_to_num(torch.inf)
    if among is not None:
        away = away.where(torch.isin(mine, among.cpu()), 0.0)
    far = away > slack * torch.maximum(mine.abs(), right.abs()).clamp(min=1e-6)
    if not (away if yours.dtype == wanted.dtype else far).any():
        return None
    first = int(far.nonzero()[0]) if far.any() else int(away.argmax())
    # torch's own unravel_index imports sympy: a third of a second
    return tuple(int(i) for i in np.unravel_index(first, tuple(wanted.shape)))


def _first_in_rows(yours: Tensor, wanted: Tensor, among: Tensor | None) -> Place | None:
    """Compare the rows that both have; if they agree, one path ends early: return where."""
    if not yours.dim() or yours.shape[1:] != wanted.shape[1:]:
        return None
    rows = min(len(yours), len(wanted))
    end = (min(rows, len(wanted) - 1), *[0] * (wanted.dim() - 1))
    first = _first_in(yours[:rows], wanted[:rows], among)
    return end if first is None and among is None else first


def at_place(value: Any, place: Place) -> Any:
    """Return what stands at a place of a nested value."""
    for key in place:
        value = value[key]
    return value


def _inside(value: Any, place: Place) -> Iterable[int]:
    """Return the shape of what stands at a place: of a list its length, of a number nothing."""
    value = at_place(value, place)
    if isinstance(value, Tensor):
        return value.shape
    return [len(value)] if isinstance(value, (tuple, list)) else []


def num(value: Any, digits: int = 5) -> str:
    """Write a number as on paper, with so many digits that matter, a large one in full."""
    if isinstance(value, str):
        return value
    number = value.item() if isinstance(value, Tensor) else value
    if isinstance(number, float) and number % 1 == 0 and abs(number) < FULL:
        number = int(number)  # −0.0 is written 0
    if isinstance(number, (bool, int)):
        text = str(number)
    elif 10 ** (digits - 1) <= abs(number) < FULL:
        text = f"{number:.0f}"
    else:
        text = f"{number:.{digits}g}"
    return text.replace("-", "−")


def bracketed(value: Any, digits: int = 5) -> str:
    """Write a number inside a sum: in brackets where it has a sign."""
    text = num(value, digits)
    return f"({text})" if text.startswith("−") else text


def added(terms: Sequence[str], of: str = "terms") -> str:
    """Write a sum of terms, 2 − 1 + 3; of many the first ones, and how many there are."""
    shown = terms if len(terms) <= TERMS else terms[: TERMS - 2]
    written = " + ".join(shown).replace("+ −", "− ")
    return written if len(shown) == len(terms) else f"{written} + … ({len(terms)} {of})"
