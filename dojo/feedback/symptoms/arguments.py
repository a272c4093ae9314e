"""What yours does with its arguments: two exchanged, one without effect or frozen, or one back."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from dojo.calling import values
from dojo.calling.calls import Call
from dojo.feedback.comparing import matches, replay
from dojo.feedback.examples import Example, moved
from dojo.feedback.symptoms.case import FAR, Case, near

FROZEN = (0.0, 1.0, 2.0, 0.5, 0.1, -1.0, 0.01, 0.9, 10.0)  # values that learners write
TRIED = 6  # calls that are changed in one argument
CHANGES = (1.17, 0.43), (0.83, -0.57), (4.0, 2.0)  # words change with a large one only


def exchanged(case: Case) -> str:
    """Say that yours is the wanted result with two arguments in each other's place."""
    if not case.is_numeric:
        return ""
    names = list(case.wrong[0].given)
    for a, b in itertools.combinations(names, 2):
        if case.is_late():
            return ""
        given = case.wrong[0].given
        if type(given[a]) is type(given[b]) and _explains(
            case, lambda g, a=a, b=b: {**g, a: g[b], b: g[a]}
        ):
            return (
                f"Yours is what comes with {a} and {b} in each other's place, {case.calls}. Which "
                "of them comes first, where is each used?"
            )
    return ""


def frozen(case: Case) -> str:
    """Say that yours is the wanted result for one value of an argument, whatever it is given."""
    if not case.is_numeric:
        return ""
    for name, value in case.wrong[0].given.items():
        if type(value) not in (int, float, bool) or case.is_late():
            continue
        met = [e.given[name] for e in case.valued if name in e.given]
        if len(set(met)) < 2:
            continue
        tried = {type(value)(v) for v in FROZEN if type(value) is not int or v == int(v)}
        for fixed in [*dict.fromkeys([*met[:4], *tried])]:
            if _explains(case, lambda g, n=name, f=fixed: {**g, n: f}):
                return (
                    f"Yours is what comes with {name} = {values.shown(fixed)}, whatever {name} is, "
                    f"{case.calls}. Is {name} used?"
                )
    return ""


def without_effect(case: Case) -> str:
    """Say that an argument which changes the wanted result changes nothing in yours."""
    if len(case.comparable) < 2 or isinstance(case.comparable[0].wanted.value, (str, int)):
        return ""  # of a few words, or counts, one may stay though its argument counts
    for name in case.comparable[0].given:
        if case.is_late():
            return ""
        if _unchanged(case, name) > 1:
            return (
                f"Another {name} changes nothing in yours: the wanted result depends on it. Where "
                f"is {name} used?"
            )
    return ""


def _unchanged(case: Case, name: str) -> int:
    """Count the changes of an argument that change what is wanted; 0 if one changes yours."""
    count = 0
    right = [e for e in case.valued if e.is_right]  # a number too large may hide its effect
    tried = (*case.comparable[:TRIED], *case.valued[-TRIED:], *right[:TRIED])
    for example, by in itertools.product(tried, CHANGES):
        effect = _effect(case, example, name, by)
        if effect or case.is_late():
            return 0
        count += effect is False
    return count


def an_argument(case: Case) -> str:
    """Say that yours is one of its arguments, as it was given."""
    if not case.is_numeric:
        return ""
    for name in case.wrong[0].given:
        if case.all_wrong(lambda e, n=name: _is_argument(e, n)):
            return (
                f"Yours is {name} itself, as it was given. Is the result computed and then not "
                "returned, or stored in another name (such as .grad)?"
            )
        if case.all_wrong(lambda e, n=name: _is_argument(e, n, in_rows=True)):
            return (
                f"Each row of yours is {name} itself, as it was given. Is what was computed stored "
                "in another name (such as .grad)?"
            )
    return ""


def another_answer(case: Case) -> str:
    """Say that yours is what another function of this kata returns for the same arguments."""
    if not case.is_numeric:
        return ""
    for other, names in case.signatures.items():
        if other == case.function or case.is_late():
            continue
        if names and all(n in e.given for e in case.wrong for n in names):
            right = case.right(other)

            def same(e: Example, right: Callable[..., Any] = right, names: Any = names) -> bool:
                named = {n: e.given[n] for n in names}
                made = replay(right, replace(e.yours, args=(), kwargs=named))
                return made.error is None and matches(e.yours, made, 20.0)

            if case.all_wrong(same):
                return f"Yours is what {other} returns for these arguments, {case.calls}."
    return ""


def _explains(case: Case, change: Callable[[dict[str, Any]], dict[str, Any]]) -> bool:
    """Whether yours is the wanted result with the arguments changed so, in every call."""

    def holds(e: Example) -> bool:
        given = change(e.given)
        if all(values.same(given[n], e.given[n]) for n in given):
            return e.is_right
        made = case.wanted(replace(e.yours, args=(), kwargs=given))
        return made.error is None and matches(e.yours, made, 20.0)

    return all(holds(e) for e in case.valued)


def _effect(case: Case, example: Example, name: str, by: tuple[float, float]) -> bool | None:
    """Whether another value of an argument changes yours; None if it need not."""
    before = example.given
    other = values.transform(before[name], lambda v: moved(v, *by, numbers=True))
    if type(other) is bool:
        other = not other
    elif type(other) is float and other == 0:
        other = abs(by[1])  # 0 is often a case of its own
    call = replace(example.yours, args=(), kwargs={**before, name: other})
    (yours,) = case.mine([call])
    if yours.error is None and not matches(yours, example.yours):
        return True
    wanted = case.wanted(call)
    failed = yours.error is not None or wanted.error is not None
    if failed or matches(wanted, example.wanted, FAR):
        return None
    return False


def _is_argument(example: Example, name: str, *, in_rows: bool = False) -> bool:
    """Whether yours is an argument; or each row of it is, and no row was to be."""
    mine, given, wanted = example.yours.value, example.given.get(name), example.wanted.value
    if not (isinstance(mine, Tensor) and isinstance(given, Tensor) and mine.dtype == given.dtype):
        return False
    if not in_rows:
        return mine.shape == given.shape and near(mine, given)
    if mine.shape != wanted.shape or mine.shape[1:] != given.shape or not len(mine):
        return False
    return near(mine, given.expand_as(mine)) and not any(near(row, given) for row in wanted)


def kept_state(case: Case) -> str:
    """Say that the same call gives another answer the second time."""
    seen = [e.yours for e in case.wrong[:3] if matches(e.yours, e.yours)]  # meta has no values
    seen = [call for call in seen if call.error is None]
    again = case.mine(seen)
    if not seen or all(matches(a, b) for a, b in zip(seen, again, strict=True)):
        return ""
    third = case.mine(seen)
    if all(_same(a, b) for a, b in zip(again, third, strict=True)):
        return ""  # only the first call was another one: what the test did before it, perhaps
    return (
        "The same call gives another answer each time it is made. Does something last from one "
        "call to the next (a global, a default argument such as [], a tensor changed in place), "
        "or is something random?"
    )


def _same(a: Call, b: Call) -> bool:
    return matches(a, b) and torch.is_tensor(a.value) == torch.is_tensor(b.value)
