"""What an answer was warned of: Python's and torch's own words, kept for the failure they explain.

A warning is never a failure. It is kept where a line of the answer's own file is its cause.
"""

from __future__ import annotations

import linecache
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dojo.stack import place_in

LONGEST = 360  # characters of one warning: whole sentences, the first in any case
MOST = 2  # warnings with one failure
NOT_FOR_LEARNERS = re.compile(r"\s*(\(Triggered internally at [^)]*\)|See \S*github\S* for .*)")


@contextmanager
def noting(path: Path, noted: list[str]) -> Iterator[None]:
    """Note what lines of `path` are warned of while this is on, each line once."""
    import torch

    always = torch.is_warn_always_enabled()
    torch.set_warn_always(True)  # torch says many things once a process: to another test, perhaps
    caught: list[warnings.WarningMessage] = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("default")
            yield
    finally:
        torch.set_warn_always(always)
        noted += [_in_words(w) for w in caught if w.filename == str(path)]


def _in_words(warning: warnings.WarningMessage) -> str:
    """Say a warning in a line; its first sentences, if it is long."""
    kind = warning.category.__name__
    said = " ".join(NOT_FOR_LEARNERS.sub("", str(warning.message)).split())
    first, *rest = re.split(r"(?<=[.!?]) (?=[A-Z])", said)
    for sentence in rest:
        if len(first) + len(sentence) > LONGEST:
            break
        first = f"{first} {sentence}"
    place = place_in(linecache.getlines(warning.filename), warning.lineno)
    return f"{place.capitalize()} was warned ({kind}): {first}"


def first_of(noted: Iterable[str]) -> list[str]:
    """Return what to show with a failure: the first few, each once, and how many more there are."""
    different = list(dict.fromkeys(noted))
    more = len(different) - MOST
    return different[:MOST] + ([f"… and {more} more warnings"] if more > 0 else [])
