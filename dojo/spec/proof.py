"""What a spec claims of a result, in this order: its kind, its numbers, what it left behind.

Each claim raises `Wrong`, which says it to the learner; differences in kind are never taken for a
mistake in the numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import torch
from torch import Tensor

from dojo.calling import values
from dojo.calling.calls import KataFunction
from dojo.errors import NOT_RIGHT_YET, Wrong
from dojo.spec.beside import by_autograd as by_autograd
from dojo.spec.beside import keeps_no_more as keeps_no_more
from dojo.spec.beside import untouched as untouched
from dojo.spec.beside import works_no_more as works_no_more
from dojo.spec.fresh import Fresh
from dojo.spec.tables import differences
from dojo.spec.tables import entries as table_of_entries

T = TypeVar("T")


def tensor(result: Any, shape: Sequence[int], like: Tensor, what: str = "the result") -> None:
    """Claim that `result` is a tensor of this shape, with the dtype and device of `like`."""
    __tracebackhide__ = True
    if result is None:
        raise Wrong("NOTHING RETURNED", [f"{what} is None: is a `return` missing?"])
    if not isinstance(result, Tensor):
        raise Wrong("WRONG TYPE", [f"{what} is {_a_type(result)}, a tensor is wanted."])
    if list(result.shape) != list(shape):
        raise Wrong(
            "WRONG SHAPE", [f"{what} has shape {list(result.shape)}, wanted: {_a_shape(shape)}."]
        )
    if result.dtype != like.dtype:
        body = [f"{what} is {result.dtype}, wanted: {like.dtype}, as the tensor that was given."]
        raise Wrong("WRONG DTYPE", body)
    if result.device != like.device:
        raise Wrong("WRONG DEVICE", [f"{what} is on {result.device}, wanted: {like.device}."])


def tensors(
    result: Any, shapes: Sequence[Sequence[int]], like: Tensor, what: str = "the result"
) -> None:
    """Claim that `result` is a list (or tuple) of tensors of these shapes, otherwise as `like`."""
    __tracebackhide__ = True
    if result is None:
        raise Wrong("NOTHING RETURNED", [f"{what} is None: is a `return` missing?"])
    if type(result) not in (list, tuple):
        body = [f"{what} is {_a_type(result)}, wanted: a list of {len(shapes)} tensors."]
        raise Wrong("WRONG TYPE", body)
    if len(result) != len(shapes):
        raise Wrong("WRONG LENGTH", [f"{what} has {len(result)} tensors, wanted: {len(shapes)}."])
    for i, (mine, shape) in enumerate(zip(result, shapes, strict=True)):
        tensor(mine, shape, like, f"{what}[{i}]")


def number(result: Any, kind: type[Any], what: str = "the result") -> None:
    """Claim that `result` is a Python number (or string, list, dict) of exactly this type."""
    __tracebackhide__ = True
    if result is None:
        raise Wrong("NOTHING RETURNED", [f"{what} is None: is a `return` missing?"])
    if type(result) is not kind:
        way = " (its .item() is a Python number)" if isinstance(result, Tensor) else ""
        body = [f"{what} is {_a_type(result)}, wanted: {kind.__name__}{way}."]
        raise Wrong("WRONG TYPE", body)


def parts(result: Any, count: int, what: str = "the result") -> None:
    """Claim that `result` is a tuple of `count` things."""
    __tracebackhide__ = True
    if result is None:
        raise Wrong("NOTHING RETURNED", [f"{what} is None: is a `return` missing?"])
    if type(result) is not tuple or len(result) != count:
        raise Wrong("WRONG TYPE", [f"{what} is {_a_type(result)}, wanted: a tuple of {count}."])


def same_kind(result: Any, wanted: Any, what: str = "the result") -> None:
    """Claim that `result` is of the kind of `wanted`: tensor, number, word or tuple of these."""
    __tracebackhide__ = True
    if isinstance(wanted, Tensor):
        tensor(result, wanted.shape, like=wanted, what=what)
    elif type(wanted) is list and wanted and all(isinstance(t, Tensor) for t in wanted):
        tensors(result, [t.shape for t in wanted], like=wanted[0], what=what)
    elif type(wanted) is tuple:
        parts(result, len(wanted), what)
        for i, (mine, other) in enumerate(zip(result, wanted, strict=True)):
            same_kind(mine, other, f"{what}[{i}]")
    else:
        number(result, type(wanted), what)


def close(
    yours: Any,
    wanted: Any,
    *,
    atol: float,
    rtol: float = 0.0,
    row: str = "step",
    column: str = "wanted",
    digits: int | None = None,
    what: str = "",
    at: Sequence[int] | None = None,
) -> None:
    """Claim that every number is within `atol + rtol * |wanted|`; nan is never close.

    Errors: Wrong, with a table of the rows around the first difference. `row` says what the first
    dimension counts and `at` its numbers, if they are not 0, 1, 2, …; `column` heads the wanted
    numbers, `digits` are their printed decimals; `what` says which part of a result is compared.
    """
    __tracebackhide__ = True
    if not isinstance(yours, (Tensor, int, float)):
        number(yours, float)
    if isinstance(yours, Tensor) and yours.is_meta:
        raise Wrong("WRONG DEVICE", ["the result is on the device meta, which holds no values."])
    got, want = _as_float64(yours), _as_float64(wanted)
    if got.shape != want.shape:
        body = [f"{what or 'the result'} has shape {list(got.shape)}, wanted: {list(want.shape)}."]
        raise Wrong("WRONG SHAPE", body)
    near = ((got - want).abs() <= atol + rtol * want.abs()) | (got == want)  # inf is near inf
    if not bool(near.all()):
        table = differences(got, want, near, row, column, digits, at)
        named = [f"{what[0].upper()}{what[1:]}:"] if what else []
        heading = "VALUES DIFFER" if got.dim() else "VALUE DIFFERS"
        differing = got[~near.reshape(len(near), -1).all(dim=1)][0] if got.dim() else None
        raise Wrong(heading, [*named, *table], by_value=True, compared=got, differing=differing)


def equal(yours: Any, wanted: Any, column: str = "wanted") -> None:
    """Claim that an exact answer, such as a count or a word, is the wanted one."""
    __tracebackhide__ = True
    if yours != wanted:
        body = [f"  {column}: {values.shown(wanted)}", f"  yours: {values.shown(yours)}"]
        raise Wrong("ANSWER DIFFERS", body, by_value=True)


def entries(
    yours: Any, wanted: list[Any] | dict[str, Any], row: str = "entry", at: Sequence[str] = ()
) -> None:
    """Claim that a list or dict of exact answers is the wanted one, entry by entry.

    Errors: Wrong, with the entries around the first difference; `row` says what an entry is, and
    `at` names those of a list, if not 0, 1, 2, …
    """
    __tracebackhide__ = True
    number(yours, type(wanted))
    if yours != wanted:
        raise Wrong("ANSWERS DIFFER", table_of_entries(yours, wanted, row, at), by_value=True)


def each(
    function: KataFunction,
    cases: Iterable[tuple[tuple[Any, ...], T]],
    claim: Callable[[Any, T], None],
    fresh: Fresh | None = None,
) -> None:
    """Claim every (arguments, wanted) of calls that do not build on one another.

    All are made first, so that a mistake is named only if it does the same in every one of them,
    and what one call hides another shows; the one that fails is made once more, as the latest.
    With `fresh` they are made in an order of this run: of words and counts there are few, and
    their places would tell them.
    """
    __tracebackhide__ = True
    asked = list(cases)
    order = fresh.shuffled(range(len(asked))) if fresh else range(len(asked))
    results = dict(zip(order, function.each(asked[i][0] for i in order), strict=True))
    for i, (given, wanted) in enumerate(asked):
        try:
            claim(results[i], wanted)
        except Wrong:
            function(*given)
            raise


def refuses(
    function: KataFunction,
    inputs: Iterable[tuple[Any, ...]],
    *kinds: type[Exception],
    naming: str = "",
    because: Sequence[str] = (),
) -> None:
    """Claim that each of `inputs` makes `function` raise one of `kinds`, its text `naming` a thing.

    All are asked first, so that a mistake is named only if it does the same on every one of them;
    the one that fails is made once more, as the latest. A stub stays to do, and any other error is
    the answer's.
    Errors: Wrong, with what was returned instead, and then the lines of `because`.
    """
    asked = list(inputs)
    outcomes = [_outcome(function, given) for given in asked]
    for given, outcome in zip(asked, outcomes, strict=True):
        try:
            _is_refusal(outcome, kinds, naming, because)
        except Exception:
            _outcome(function, given)
            raise


def _outcome(function: KataFunction, given: tuple[Any, ...]) -> Any:
    """Return what comes of a call: its value, or the error that it raises (NotWritten is none)."""
    try:
        return function(*given)
    except Exception as error:
        return error


def _is_refusal(
    outcome: Any, kinds: tuple[type[Exception], ...], naming: str, because: Sequence[str]
) -> None:
    if not isinstance(outcome, Exception):
        *others, last = (kind.__name__ for kind in kinds)
        wanted = f"{', '.join(others)} or {last}" if others else last
        body = [f"A {wanted} is asked for here;", f"yours returned {values.shown(outcome)}."]
        raise Wrong("NO ERROR", [*body, *because], by_value=True)
    if not isinstance(outcome, kinds):
        raise outcome
    if naming not in str(outcome):
        said = (str(outcome).splitlines() or [""])[0]
        body = [f"The error says: “{said}”.", f"It should name what is wrong: {naming}."]
        raise Wrong("NAME MISSING", body)


def right(result: Any, wanted: Any, *, atol: float, rtol: float = 0.0) -> None:
    """Claim that a result is right, before it is looked at what the call did beside it.

    Other tests say how a wrong one differs: here it would earn a point for what it does not do.
    Shapes: wanted holds tensors, numbers and words as the result does; dtypes may differ.
    """
    __tracebackhide__ = True
    mine, its = list(values.each(result)), list(values.each(wanted))
    try:
        equal([place for place, _ in mine], [place for place, _ in its])
        for (_, one), (_, other) in zip(mine, its, strict=True):
            if isinstance(other, (Tensor, int, float)):
                close(one, other, atol=atol, rtol=rtol)
            else:
                equal(one, other)
    except Wrong:
        body = [
            "The result of this call is not right yet: that comes first. What the call does",
            "beside its result is looked at then.",
        ]
        raise Wrong(NOT_RIGHT_YET, body) from None


def _as_float64(numbers: Any) -> Tensor:
    if isinstance(numbers, Tensor):
        return numbers.detach().cpu().to(torch.float64)
    return torch.tensor(numbers, dtype=torch.float64)


def _a_shape(shape: Sequence[int]) -> str:
    return str(list(shape)) if len(shape) else "[], one number"


def _a_type(value: Any) -> str:
    if type(value) in (tuple, list):
        return f"a {type(value).__name__} of {len(value)}"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
