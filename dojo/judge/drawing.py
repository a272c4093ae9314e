"""The picture of an answer that fails, for its page: its own path over the documented one.

It is drawn when all is decided, in the judge's process, of numbers that came out of the sandbox.
Whatever goes wrong on the way costs the picture only.
"""

from __future__ import annotations

import base64
import contextlib
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace

from dojo.calling.calls import Given, Named
from dojo.calling.time_limit import limited
from dojo.catalogue import Kata
from dojo.errors import TimeIsUp, TookTooLong, Wrong
from dojo.judge.asking import Asked
from dojo.judge.door import EXPLAINING, SandboxDoor
from dojo.judge.remote_answer import DIAGNOSIS, NARROW
from dojo.judge.result import Plot, Result
from dojo.judge.verdict import NO_FAULT, Verdict, WorkerGone
from dojo.judge.wire.messages import Ask, Made
from dojo.terminal.visible import one_line

DRAWING = 10.0  # seconds of processor time for one picture
WORDS = 600  # characters of what is said in place of it
NOTHING = Plot()


def is_due(judged: Result) -> bool:
    """Whether a picture might show what is wrong, and none was drawn yet."""
    return judged.plot is None and any(t.verdict not in NO_FAULT for t in judged.tests)


def with_plot(judged: Result, kata: Kata, door: Callable[..., SandboxDoor]) -> Result:
    """Return what was judged, with a picture of what is wrong if that is due, and one shows it."""
    if not is_due(judged):
        return judged
    with contextlib.closing(door(call_seconds=DIAGNOSIS, seconds=EXPLAINING)) as opened:
        try:
            return replace(judged, plot=_plot(kata, _BriefDoor(opened)))
        except (TimeIsUp, WorkerGone, Exception):  # whatever it returns has led to it
            return replace(judged, plot=NOTHING)


def _plot(kata: Kata, door: _BriefDoor) -> Plot:
    """Draw a kata's picture; nothing where all in it is right, or nothing of the answer's."""
    from dojo.pictures.saving import drawn, small_png

    with warnings.catch_warnings(), limited(DRAWING):
        warnings.simplefilter("ignore")  # numbers without bounds are warned of
        picture = drawn(kata, door)
        if door.failed or not picture.shows_a_fault:
            return NOTHING
        png = base64.b64encode(small_png(picture)).decode()
    told = " ".join([f"{kata.title}: {picture.head}; what is wanted, and yours.", *picture.told])
    return Plot(png, one_line(told)[:WORDS])


class _BriefDoor:
    """The door of a picture to an answer in a sandbox, with little time and little room.

    failed: the sandbox itself did, which says nothing of the answer
    """

    def __init__(self, door: SandboxDoor) -> None:
        self._door, self.answer, self.failed = door, door.answer, False

    def calls(
        self, name: str, each: Sequence[Given], kwargs: Named, *, count: str, away: bool
    ) -> list[Made]:
        """Make the calls; what ends the worker is an error of the answer's like any other."""
        ask = Ask(name, each, kwargs, count, away)
        try:
            (reply,) = self._door.replies([Asked(name, ask.frame(NARROW), NARROW)])
            return reply.read(ask, self._door.path)
        except WorkerGone as gone:
            if gone.verdict is Verdict.TIMEOUT:
                raise TookTooLong(DIAGNOSIS) from None
            self.failed |= gone.verdict is Verdict.GRADER_ERROR
            raise Wrong(str(gone.verdict), [gone.message]) from None
