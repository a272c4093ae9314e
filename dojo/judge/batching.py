"""Trying an answer on all tests of a kata at once: what they ask travels in few messages.

A message and its reply cost more than most calls. So every test runs until it asks for something,
all that they ask is asked in one message, each runs on with what came of it, and so forth. Only a
pass counts that comes of this. Whatever does not pass is tried again, alone and in turn, as in the
learner's own process: then what it prints, how long it takes and what ends it is its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from greenlet import GreenletExit, getcurrent, greenlet

from dojo.calling.calls import Given, Named
from dojo.catalogue import Kata
from dojo.judge.door import SandboxDoor
from dojo.judge.wire.messages import Ask, Made
from dojo.spec.trial import SpecTest, Trial


class Waiting:
    """The door of a test among others: it waits there while the others run on to theirs."""

    def __init__(self) -> None:
        self._crowd = getcurrent()

    def calls(
        self, name: str, each: Sequence[Given], kwargs: Named, *, count: str, away: bool
    ) -> list[Made]:
        """Hand over what is asked, and return what came of it."""
        made: list[Made] = self._crowd.switch(Ask(name, each, kwargs, count, away))
        return made


def passed_in_batch(
    tests: Sequence[SpecTest], door: SandboxDoor, kata: Kata, seed: int
) -> set[str]:
    """Return the names of the tests that pass. If not all do, the next call gets a new worker."""
    waiting, passed = Waiting(), set[str]()
    begun = [(test.name, greenlet(test.try_on)) for test in tests]
    met = [(name, one, one.switch(waiting, kata, seed)) for name, one in begun]
    while True:
        passed |= {n for n, _, came in met if isinstance(came, Trial) and came.error is None}
        asked = [(name, one, came) for name, one, came in met if isinstance(came, Ask)]
        if not asked:
            break
        answers = door.together([ask for _, _, ask in asked])
        if answers is None:
            for _, one, _ in asked:
                one.throw(GreenletExit)
            break
        met = [(n, one, one.switch(made)) for (n, one, _), made in zip(asked, answers, strict=True)]
    if len(passed) < len(tests):
        door.close()
    return passed
