"""Yours is a multiple of what is wanted, or away from it by the same amount everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from torch import Tensor

from dojo.feedback.examples import Example
from dojo.feedback.symptoms.case import Case, is_something, near, only_pair, pairs

NOTHING = 1e-3  # a factor nearer to 1 is none: the last digits are lost in another way
ORDINALS = ("first", "second", "third", "fourth")
NAMED = {  # what a factor suggests
    -1.0: "the sizes are right and the sign is not: what is taken away from what?",
    2.0: "is something added twice, or a factor 1/2 left out?",
    0.5: "is a factor 2 lost (a square brings one when it is derived)?",
    -2.0: "look for a sign, and for what is taken twice.",
    -0.5: "look for a sign, and for a factor 2 that is lost.",
}
Factor = Callable[[Example], float | None]


def multiple(case: Case) -> str:
    """Say that a result is the wanted one times a number, or each part of it is."""
    if not case.is_numeric:
        return ""
    counts = {len(list(pairs(e))) for e in case.wrong}
    if len(counts) != 1:
        return ""
    (count,) = counts
    told = [_of_part(case, i, ORDINALS[i] if count > 1 else "") for i in range(min(count, 4))]
    wrong = [t for t in told if t != "right"]
    if not wrong or not all(wrong):
        return ""
    if count > 1 and len(wrong) < len(told):
        right = [ORDINALS[i] for i, t in enumerate(told) if t == "right"]
        wrong.append(f"The {' and the '.join(right)} {'is' if len(right) == 1 else 'are'} right.")
        if any("the other sign" in t for t in wrong):
            wrong.append("Another convention for the sign? The stub says which one is asked for.")
    return " ".join(wrong)


def first_step(case: Case) -> str:
    """Say that the first step of a path is the wanted one times a number, from the right start."""
    if not case.is_numeric:
        return ""

    def step(example: Example) -> float | None:
        pair = only_pair(example)
        if pair is None or not all(t.dim() and len(t) > 1 for t in pair):
            return None
        yours, wanted = pair
        if not near(yours[0], wanted[0]):
            return None
        return ratio(yours[1] - yours[0], wanted[1] - wanted[0])

    found = _factors([e for e in case.valued if _has_step(e)], step)
    if not found or any(abs(c - 1) < 1e-6 for _, c in found):
        return ""
    if all(abs(c) < 1e-12 for _, c in found):
        return (
            f"The start is right, and the first step does not move, {case.calls}. Is its row "
            "stored before the step, or the step taken before its gradient is there?"
        )
    words = _worded(found)
    return f"The start is right; the first step is {words}" if words else ""


def offset(case: Case) -> str:
    """Say that a result is away from the wanted one by the same amount everywhere."""
    if not case.is_numeric:
        return ""
    away = set[float]()
    for example in case.valued:
        pair = only_pair(example)
        if pair is None or not is_something(pair[0] - pair[1]):
            return ""
        gap = pair[0] - pair[1]
        if not near(gap, gap.flatten()[0].expand_as(gap)):
            return ""
        away.add(float(f"{float(gap.flatten()[0]):.6g}"))
    if len(away) != 1 or len(case.valued) < 3:
        return ""
    (gap_by,) = away
    more = "more" if gap_by > 0 else "less"
    return (
        f"Yours is {abs(gap_by):g} {more} than what is wanted, everywhere and {case.calls}. "
        "Is a term too many, or one missing? Is a count begun at the wrong end?"
    )


def _of_part(case: Case, i: int, which: str) -> str:
    """Say it of one part of the results: "right" if it is, nothing if it is no multiple."""
    both = [list(pairs(e))[i] for e in case.wrong]
    if all(near(yours, wanted) for yours, wanted in both):
        return "right"
    found = _factors(case.valued, lambda e: ratio(*list(pairs(e))[i]))
    words = _worded(found)
    whose = f"Your {which} result" if which else "Yours"
    return f"{whose} is {words}" if words else ""


def ratio(yours: Tensor, wanted: Tensor) -> float | None:
    """Return the number that the wanted times it is yours; None if there is none."""
    if yours.shape != wanted.shape or not (yours.isfinite().all() and is_something(wanted)):
        return None
    y, w = yours.double().flatten(), wanted.double().flatten()
    c = float(y @ w / (w @ w))
    return c if near(yours, wanted * c) else None


def _factors(examples: list[Example], factor: Factor) -> list[tuple[Example, float]]:
    """Return the factor in each call where anything but 0 is wanted; none if one has no factor."""
    found = list[tuple[Example, float]]()
    for example in (e for e in examples if not _is_zero(e)):
        c = factor(example)
        if c is None:
            return []
        found.append((example, c))
    return found if len(found) > 1 else []


def _has_step(example: Example) -> bool:
    """Whether the wanted path has a step in it."""
    pair = only_pair(example)
    return pair is None or not pair[1].dim() or len(pair[1]) > 1


def _is_zero(example: Example) -> bool:
    """Whether 0 is wanted, and came: that says nothing of a factor."""
    return example.is_right and all(not bool(w.any()) for _, w in pairs(example))


def _worded(found: list[tuple[Example, float]]) -> str:
    """Say what the factor is: a number, or something that the arguments have."""
    if not found:
        return ""
    first = found[0][1]
    if any(abs(c - 1) < NOTHING for _, c in found) and all(abs(c - 1) < 0.01 for _, c in found):
        return ""
    if all(abs(c - first) <= 1e-5 * abs(first) for _, c in found):
        if first == 0 or abs(first) < 1e-9:
            return "0, where a number is wanted. Is something cleared or detached too early?"
        return _constant(first)
    for name in dict.fromkeys(n for n, _ in _quantities(found[0][0])):
        got = [dict(_quantities(e)).get(name) for e, _ in found]
        for sign, power in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
            if all(
                q and abs(c - sign * q**power) <= 1e-5 * abs(c)
                for q, (_, c) in zip(got, found, strict=True)
            ):
                return _by_quantity(name, sign, power)
    return ""


def _constant(c: float) -> str:
    """Say a factor that is the same in all calls, with what it suggests."""
    hint = next((told for n, told in NAMED.items() if abs(c - n) < 1e-4), "")
    if abs(c + 1) < 1e-4:
        return f"what is wanted with the other sign, in every call: {hint}"
    if abs(c - 2) < 1e-4 or abs(c - 0.5) < 1e-4:
        return f"{'twice' if c > 1 else 'half'} what is wanted, in every call: {hint}"
    hint = hint or "which factor of the formula is lost, or one too many?"
    return f"{c:.5g} times what is wanted, in every call: {hint}"


def _by_quantity(name: str, sign: int, power: int) -> str:
    """Say a factor that is what the arguments have: a number of elements, a rate."""
    if " of " not in name:
        divided, times = "left out, or divided by", "in it once too often, or not divided by"
        ask = f"is {name} {divided if power < 0 else times}?"
    elif power < 0:
        ask = "a mean, where a sum is asked for? Or divided twice?"
    else:
        ask = "a sum, where a mean is asked for? Or the same thing added again and again?"
    also = " And its sign is the other one: what is taken away from what?" if sign < 0 else ""
    what = f"what is wanted {'divided by' if power < 0 else 'times'} {name}"
    return f"{what}, in every call: {ask}{also}"


def _quantities(example: Example) -> Iterator[tuple[str, float]]:
    """Yield what the arguments have that could be a factor, by name."""
    for name, value in example.given.items():
        if isinstance(value, Tensor) and value.dim():
            if value.dim() > 1:
                yield f"the number of rows of {name}", float(len(value))
            yield f"the number of elements of {name}", float(value.numel())
            if value.dim() > 1:
                yield f"the number of columns of {name}", float(value.shape[-1])
        elif type(value) in (int, float):
            yield name, float(value)
            yield f"1 − {name}", 1.0 - value
