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


def measure(spec: ModuleType, judged: Result, door: Callable[[], SandboxDoor]) -> Result:
    """Return what was judged, with what its spec measures, if the spec measures anything.

    An answer without full marks is not measured, nor one that fails while it is. The clock is the
    judge's, so that no answer can set it.
    """
    of_spec: Callable[[KataCalls], tuple[str, float]] | None = getattr(spec, NAME, None)
    if of_spec is None or judged.measured is not None or judged.points != 1.0:
        return judged
    with contextlib.closing(door()) as opened, contextlib.redirect_stdout(io.StringIO()):
        try:
            return replace(judged, measured=of_spec(KataCalls(opened)))
        except (WorkerGone, Exception):  # whatever it returns or raises has led to it
            return judged
