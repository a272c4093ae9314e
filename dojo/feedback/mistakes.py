"""How `solutions/NN/mistakes.py` and `variants.py` say what each of their functions stands for.

    @mistake("descend")
    def never_cleared(x0, lr, steps):
        \"\"\"a descent whose gradient is never cleared: .grad holds every slope so far\"\"\"

A mistake takes the place of the function that it is named for. Its docstring ends the sentence
"These are exactly the numbers of …" and is what a learner is told.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from dojo.opening.answers import open_ours

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class StandIn:
    """A function that stands in for one of an answer's.

    kind: "mistake", or of a variant "right", "mistaken" (then `known_as` names the mistake that it
    is) or "muddled" (more than one mistake at once, which no name fits).
    """

    name: str
    function: str
    call: Callable[..., Any]
    kind: str
    known_as: str = ""

    @property
    def told(self) -> str:
        """What a learner is told of it, in one line."""
        return " ".join((inspect.getdoc(self.call) or self.name).split())


def mistake(function: str) -> Callable[[F], F]:
    """Mark a wrong way of writing `function` that learners often take."""
    return _mark(function, "mistake")


def right(function: str) -> Callable[[F], F]:
    """Mark another right way of writing `function`: it must pass."""
    return _mark(function, "right")


def mistaken(function: str, known_as: str) -> Callable[[F], F]:
    """Mark another way of making the mistake `known_as`: it must be given that name."""
    return _mark(function, "mistaken", known_as)


def muddled(function: str) -> Callable[[F], F]:
    """Mark several mistakes made at once: it must fail, and be given no name."""
    return _mark(function, "muddled")


def _mark(function: str, kind: str, known_as: str = "") -> Callable[[F], F]:
    def marked(stand_in: F) -> F:
        stand_ins = stand_in.__globals__.setdefault("STAND_INS", [])
        name = stand_in.__name__
        stand_ins.append(StandIn(name, function, stand_in, kind, known_as))
        return stand_in

    return marked


def read_stand_ins(file: Path) -> list[StandIn]:
    """Read the marked functions of a file, in their order; none if there is no such file."""
    if not file.is_file():
        return []
    opened = open_ours(file)
    if opened.trouble is not None:
        raise opened.trouble
    return list(getattr(opened.module, "STAND_INS", []))
