"""What a kata measures for a leaderboard, of an answer that passes all of its tests."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType

from dojo.calling.calls import KataCalls
from dojo.judge.door import SandboxDoor
from dojo.judge.result import Result
from dojo.judge.verdict import WorkerGone

NAME = "leaderboard"  # of a function of a spec: it takes the kata, and returns a name and a number


def is_due(spec: ModuleType, judged: Result) -> bool:
    """Whether the spec measures something, and an answer with full marks was not measured yet."""
    return hasattr(spec, NAME) and judged.measured is None and judged.points == 1.0


def measure(spec: ModuleType, judged: Result, door: Callable[[], SandboxDoor]) -> Result:
    """Return what was judged, with what its spec measures if that is due; not if it fails then.

    The clock is the judge's, so that no answer can set it.
    """
    if not is_due(spec, judged):
        return judged
    of_spec: Callable[[KataCalls], tuple[str, float]] = getattr(spec, NAME)
    with contextlib.closing(door()) as opened, contextlib.redirect_stdout(io.StringIO()):
        try:
            return replace(judged, measured=of_spec(KataCalls(opened)))
        except (WorkerGone, Exception):  # whatever it returns or raises has led to it
            return judged
