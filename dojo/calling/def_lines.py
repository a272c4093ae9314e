"""What a learner reads of a `def` line that is not the one of the stub."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from dojo.calling.observing import Call
from dojo.errors import Wrong

MISSING = "MISSING FUNCTION"
CHANGED = "SIGNATURE CHANGED"


def refuse_other_parameters(wanted: Sequence[str], made: Call) -> None:
    """Raise Wrong unless a function's parameters begin with the wanted ones, in their order.

    There may be more of them, if they need not be given.
    """
    names = list(made.names)
    misfit = isinstance(made.error, Wrong) and made.error.heading == CHANGED
    if names and (names if misfit else names[: len(wanted)]) != list(wanted):
        said = f"The `def` line of {made.function} was changed: {_difference(wanted, names)}."
        lines = [f"{said} It must be:", _def_line(made.function, wanted)]
        raise Wrong(CHANGED, lines, function=made.function)


def _difference(wanted: Sequence[str], names: Sequence[str]) -> str:
    """Say in a few words how parameters differ from those that are wanted."""
    missing = [w for w in wanted if w not in names]
    added = [n for n in names if n not in wanted]
    if len(missing) == len(added) and missing:
        return ", ".join(f"{w} is named {n}" for w, n in zip(missing, added, strict=True))
    if missing and not added:
        return f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
    if added and not missing:
        return f"{' and '.join(added)} {'was' if len(added) == 1 else 'were'} added"
    if missing:
        return "its parameters have other names"
    moved = [w for w, n in zip(wanted, names, strict=True) if w != n]
    return f"{' and '.join(moved)} changed places"


def cannot_be_called(name: str, own: inspect.Signature, given: int, named: Sequence[str]) -> Wrong:
    """Say how a function is called that cannot be called so."""
    arguments = ", ".join([*(f"argument {i + 1}" for i in range(given)), *named])
    said = f"Yours is {name}{own}, but it is called with {arguments}: restore its `def` line."
    return Wrong(CHANGED, [said])


@contextmanager
def told_of_its_def_line(name: str, parameters: Sequence[str]) -> Iterator[None]:
    """Add to the news of a missing function how its `def` line begins."""
    try:
        yield
    except Wrong as wrong:
        if wrong.heading == MISSING and parameters:
            wrong.body += ["Its `def` line is:", _def_line(name, parameters)]
        raise


def _def_line(name: str, parameters: Sequence[str]) -> str:
    return f"    def {name}({', '.join(parameters)}):"
