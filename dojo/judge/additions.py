"""What is asked for beside a verdict: a measure for a leaderboard, a picture for a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from dojo.catalogue import Kata
from dojo.judge import drawing, leaderboard
from dojo.judge.door import SandboxDoor
from dojo.judge.inbox.source import HandedIn
from dojo.judge.result import Result
from dojo.judge.sandbox.pool import Sandbox


@dataclass(frozen=True)
class Additions:
    """What is put on a result when all is decided; nothing where nothing is asked for.

    specs:   the module of each kata's spec, by the kata's number
    sandbox: returns the one in which the answer is asked again
    """

    specs: dict[str, ModuleType]
    sandbox: Callable[[], Sandbox]
    measured: bool = False
    drawn: bool = False

    def are_due(self, judged: Result, kata: Kata) -> bool:
        """Whether something that is asked for is not on the result."""
        measured = self.measured and leaderboard.is_due(self.specs[kata.number], judged)
        return measured or (self.drawn and drawing.is_due(judged))

    def put_on(self, judged: Result, kata: Kata, handed: HandedIn) -> Result:
        """Return the result with what is due."""
        if handed.source_hash != judged.source_hash or handed.verdict is not None:
            return judged  # it is another file by now

        def door(**limits: float) -> SandboxDoor:
            return SandboxDoor(self.sandbox(), handed.raw, handed.path, **limits)

        if self.measured:
            judged = leaderboard.measure(self.specs[kata.number], judged, door)
        return drawing.with_plot(judged, kata, door) if self.drawn else judged
