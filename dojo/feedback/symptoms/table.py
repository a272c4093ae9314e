"""Which symptoms there are, the most telling first."""

from __future__ import annotations

from collections.abc import Callable

from dojo.feedback.symptoms import (
    arguments,
    digits,
    edges,
    factors,
    known,
    places,
    rows,
    several,
    shapes,
    words,
)
from dojo.feedback.symptoms.case import Case

Symptom = Callable[[Case], str]  # what is seen and what it asks, or nothing

OF_VALUES: tuple[Symptom, ...] = (
    words.an_object,
    arguments.kept_state,
    digits.no_number,
    arguments.an_argument,
    known.written_out,
    arguments.exchanged,
    several.results_exchanged,
    factors.multiple,
    factors.offset,
    rows.misplaced,
    places.transposed,
    places.out_of_order,
    arguments.another_answer,
    arguments.frozen,
    edges.but_for,
    digits.low_precision,
    known.two_at_once,
    factors.first_step,
    arguments.without_effect,
    several.only_one_output,
    places.only_one_part,
    places.all_alike,
    words.spelled,
    words.exchanged,
)
OF_KINDS: tuple[Symptom, ...] = (  # where shape or type is wrong
    shapes.a_jacobian,
    rows.of_one_number,
    rows.misplaced,
    rows.of_one_row,
    places.transposed,
    places.reshaped,
    places.broadcast,
    several.results_exchanged,
    several.one_thing_more,
    several.in_parts,
    places.an_index,
    edges.but_for,
    rows.one_off,
    shapes.dimensions,
)


def symptom_of(case: Case, *, by_value: bool) -> str:
    """Say what the numbers of a wrong function show; nothing if they show nothing by themselves."""
    if not case.wrong:
        return (digits.of_small_numbers(case) or digits.last_digits(case)) if by_value else ""
    if by_value and case.is_slight:  # anything that is said to be as wanted would be as yours, too
        return digits.low_precision(case)
    for look in OF_VALUES if by_value else OF_KINDS:
        if case.is_late():
            break
        if told := look(case):
            return told
    return ""
