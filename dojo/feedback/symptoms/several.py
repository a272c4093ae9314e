"""Several things in one result: exchanged, one of them wrong, in a list, or one too many."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor

from dojo.calling import values
from dojo.feedback.examples import Example
from dojo.feedback.symptoms.case import Case, near, pairs
from dojo.feedback.symptoms.factors import ORDINALS


def results_exchanged(case: Case) -> str:
    """Say which two of several results stand in each other's place."""
    came = [e for e in case.valued if e.yours.error is None]
    both = [(e.yours.value, e.wanted.value) for e in came if type(e.wanted.value) is tuple]
    both = [(y, w) for y, w in both if isinstance(y, tuple) and len(y) == len(w)]
    count = len(both[0][1]) if both else 0
    if len(case.wrong) < 2 or len(both) < len(case.valued) or not 1 < count <= len(ORDINALS):
        return ""
    for i, j in itertools.combinations(range(count), 2):
        order = [j if k == i else i if k == j else k for k in range(count)]
        if all(_is([y[k] for k in order], w) for y, w in both):
            return (
                f"The {ORDINALS[i]} and the {ORDINALS[j]} of your results stand in each other's "
                "place. In which order are they asked for?"
            )
    return ""


def only_one_output(case: Case) -> str:
    """Say which of several results is wrong, where the others are right in every call."""
    if not case.is_numeric:
        return ""
    wrong, count = set[int](), 0
    for example in case.wrong:
        both = list(pairs(example))
        count = len(both)
        wrong |= {i for i, (y, w) in enumerate(both) if y.shape != w.shape or not near(y, w)}
    if not 1 < count <= len(ORDINALS) or not 0 < len(wrong) < count:
        return ""
    names = [ORDINALS[i] for i in sorted(wrong)]
    right = [ORDINALS[i] for i in range(count) if i not in wrong]
    are, differ = ("is" if len(right) == 1 else "are"), "differs" if len(names) == 1 else "differ"
    return (
        f"Only the {' and the '.join(names)} of the {count} results {differ}, {case.calls}; the "
        f"{' and the '.join(right)} {are} right."
    )


def in_parts(case: Case) -> str:
    """Say that the right tensors came in a list or tuple, or that more came than is asked for."""
    if not case.wrong or not all(isinstance(e.wanted.value, Tensor) for e in case.wrong):
        return ""
    if not all(type(e.yours.value) in (list, tuple) and e.yours.value for e in case.wrong):
        return ""
    if case.all_wrong(_stacks):
        return "The tensors in it are right: torch.stack() makes one tensor of them."
    for i, which in enumerate(ORDINALS):
        if case.all_wrong(
            lambda e, i=i: i < len(e.yours.value) and _is(e.yours.value[i], e.wanted.value)
        ):
            return f"The {which} thing in it is what is wanted: return that alone."
    return ""


def one_thing_more(case: Case) -> str:
    """Say that the wanted things are all in a list, with one more before or after them."""
    if not all(type(e.wanted.value) is type(e.yours.value) is list for e in case.wrong):
        return ""
    for part, which in ((slice(1, None), "first"), (slice(None, -1), "last")):
        if case.all_wrong(lambda e, part=part: _is(e.yours.value[part], e.wanted.value)):
            return f"The wanted ones are in it, in their order: the {which} is one too many."
    return ""


def _stacks(example: Example) -> bool:
    rows, wanted = example.yours.value, example.wanted.value
    same = all(isinstance(r, Tensor) and r.shape == wanted.shape[1:] for r in rows)
    return same and len(rows) == len(wanted) and _is(torch.stack(list(rows)), wanted)


def _is(value: object, wanted: object) -> bool:
    """Whether a value is what is wanted, tensor by tensor."""
    mine, other = list(values.each(value)), list(values.each(wanted))
    return len(mine) == len(other) and all(
        isinstance(x, Tensor) and isinstance(y, Tensor) and x.shape == y.shape and near(x, y)
        for (_, x), (_, y) in zip(mine, other, strict=True)
    )
