"""Known mistakes in other clothes: one of an inner function written out, or two of them at once."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor

from dojo.calling import values
from dojo.calling.calls import Call
from dojo.feedback.comparing import alike, matches
from dojo.feedback.inner_calls import put_in
from dojo.feedback.mistakes import StandIn
from dojo.feedback.symptoms.case import FAR, Case, near

MOST = 10  # calls that are compared first; the rest where these agree


def written_out(case: Case) -> str:
    """Say that yours is what comes where an inner function makes a known mistake."""
    found = list[StandIn]()
    for inner in case.solution.callees(case.function):
        for mistake in (m for m in case.known if m.function == inner):
            if case.is_late():
                return ""
            if _explains(case, mistake):
                found.append(mistake)
    if len(found) != 1:
        return ""
    (mistake,) = found
    return (
        f"Yours is what comes if {mistake.function} gives the numbers of {mistake.told}. Look at "
        "the lines that call it, or do its work."
    )


def two_at_once(case: Case) -> str:
    """Say that two known mistakes together, and no other two, are what yours does."""
    own = [m for m in case.known if m.function == case.function]
    examples = case.valued[:MOST]
    if not case.is_numeric or not own or isinstance(case.wrong[0].wanted.value, str):
        return ""  # of a few words, two mistakes explain nearly everything
    made = dict[str, list[Call]]()
    for mistake in own:
        if case.is_late():
            return ""
        made[mistake.name] = [e.made_by(mistake) for e in examples]
    found = list[tuple[StandIn, StandIn]]()
    for a, b in itertools.combinations(own, 2):
        if case.is_late():
            return ""
        both = zip(examples, made[a.name], made[b.name], strict=True)
        if all(_is_both(e.yours, e.wanted, one, other) for e, one, other in both):
            found.append((a, b))
    found = [pair for pair in found if _hold_everywhere(case, *pair)]
    if len(found) != 1:
        return ""
    a, b = found[0]
    return f"Two things at once, it seems: {a.told}; and {b.told}."


def _hold_everywhere(case: Case, a: StandIn, b: StandIn) -> bool:
    """Whether a pair explains all calls, and needs both: neither is the solution there."""
    needed = set[str]()
    for e in case.valued:
        one, other = e.made_by(a), e.made_by(b)
        if not _is_both(e.yours, e.wanted, one, other):
            return False
        needed |= {"a"} if not matches(e.yours, other, FAR) else set()
        needed |= {"b"} if not matches(e.yours, one, FAR) else set()
    return needed == {"a", "b"}


def _is_both(yours: Call, wanted: Call, one: Call, other: Call) -> bool:
    """Whether a result is what both mistakes make of it: each its own part, or one on the other."""
    if any(c.error is not None for c in (yours, wanted, one, other)):
        return False
    leaves = [list(values.each(c.value)) for c in (yours, wanted, one, other)]
    if len({tuple(place for place, _ in side) for side in leaves}) != 1:
        return False
    return all(_is_both_leaf(*(leaf for _, leaf in four)) for four in zip(*leaves, strict=True))


def _is_both_leaf(y: object, w: object, a: object, b: object) -> bool:
    if not all(isinstance(t, Tensor) and t.is_floating_point() for t in (y, w, a, b)):
        floats = [v for v in (y, w, a, b) if type(v) is float]
        if len(floats) < 4:
            return alike(y, a) if alike(b, w) else alike(a, w) and alike(y, b)
        y, w, a, b = (torch.tensor(v, dtype=torch.float64) for v in floats)
    assert isinstance(y, Tensor)
    assert isinstance(w, Tensor)
    assert isinstance(a, Tensor)
    assert isinstance(b, Tensor)
    if not y.shape == w.shape == a.shape == b.shape:
        return False
    product = torch.where(w == 0, a + b - w, a * b / w)
    return near(y, product)


def _explains(case: Case, mistake: StandIn) -> bool:
    """Whether the solution with a mistake in an inner function's place does what yours does."""
    if all(e.yours.error is not None for e in case.wrong):
        return False  # errors of one text have more causes than one
    with put_in(case.solution, mistake.function, mistake.call):
        right, whose = case.right(case.function), (mistake, "inside")
        return bool(case.wrong) and all(
            matches(e.yours, case.memo.replay(whose, right, e.yours), 20.0) for e in case.valued
        )
