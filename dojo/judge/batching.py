"""Trying an answer on all tests of a kata at once: what they ask travels in few messages.

A message costs more than most calls. So every test runs until it asks for something, all that they
ask is asked in one message, each runs on with what came of it, and so forth.

Where a test stands depends on nothing but the replies that it met. So it is kept, and a test that
meets the same replies again, to the byte, need not run: it asks the same, or has passed. A test
that fails always runs, for whoever failed it is told why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from greenlet import getcurrent, greenlet

from dojo.calling.calls import Given, Named
from dojo.catalogue import Kata
from dojo.judge.asking import Asked, Reply
from dojo.judge.door import SandboxDoor
from dojo.judge.wire.codec import Room
from dojo.judge.wire.messages import Ask, Made
from dojo.spec.trial import SpecTest, Trial

PLACES = 1 << 15  # that are kept of one kata: a right answer has some hundred


@dataclass(frozen=True)
class Tried:
    """What came of one test: how it failed, None if it passed; and what was printed meanwhile."""

    test: SpecTest
    failed: Trial | None
    printed: str


@dataclass(frozen=True)
class Place:
    """Where a test stands after some replies.

    asks:  what it asks next; None if it has ended
    after: where it stands after each reply to that, by the reply's digest
    """

    asks: Asked | None
    after: dict[bytes, Place] = field(default_factory=dict)


class Batch:
    """All tests of one kata with one seed, and the places that answers brought them to.

    room: the room that there is for a reply to what is asked
    """

    def __init__(
        self, tests: Sequence[SpecTest], kata: Kata, seed: int, room: Callable[[Ask], Room]
    ) -> None:
        self.kata, self.seed = kata, seed
        self._tests, self._room = tests, room
        self._begun: dict[bytes, Place] = {}
        self._asked: dict[bytes, Asked] = {}
        self._kept = 0

    def try_on(self, door: SandboxDoor) -> list[Tried]:
        """Try an answer on every test; each ask is answered once, and that decides."""
        walks = [_Walk(self, test, self._begun, door.path) for test in self._tests]
        while asking := [(walk, asked) for walk in walks if (asked := walk.place.asks)]:
            replies = door.replies([asked for _, asked in asking])
            for (walk, _), reply in zip(asking, replies, strict=True):
                walk.take(reply)
        return [walk.tried for walk in walks]

    def prepared(self, ask: Ask) -> Asked:
        """Return an ask as it is sent, with room for its reply. Errors: NotPortable."""
        plain = ask.frame()
        if plain not in self._asked:
            room = self._room(ask)
            self._asked[plain] = Asked(ask.name, ask.frame(room), room)
        return self._asked[plain]

    def keep(self, places: dict[bytes, Place], key: bytes, place: Place) -> None:
        """Keep where a test stands, while there are not too many places."""
        if self._kept < PLACES:
            self._kept += 1
            places[key] = place


class _Waiting:
    """The door of a test among others: it waits there while the others run on to theirs."""

    def __init__(self, batch: Batch, met: list[Reply], path: Path) -> None:
        self._crowd, self._batch, self._met, self._path = getcurrent(), batch, met, path
        self._read = 0

    def calls(
        self, name: str, each: Sequence[Given], kwargs: Named, *, count: str, away: bool
    ) -> list[Made]:
        """Hand over what is asked, and return what came of it; what was met before is there."""
        ask = Ask(name, each, kwargs, count, away)
        if self._read == len(self._met):
            self._crowd.switch(self._batch.prepared(ask))
        self._read += 1
        return self._met[self._read - 1].read(ask, self._path)


class _Walk:
    """The way of one test through what an answer replies."""

    def __init__(self, batch: Batch, test: SpecTest, begun: dict[bytes, Place], path: Path) -> None:
        self._batch, self._test, self._path = batch, test, path
        self._met: list[Reply] = []
        self._running: Any = None
        self._failed: Trial | None = None
        key = test.name.encode()
        self.place = begun.get(key) or self._moved(begun, key)

    @property
    def tried(self) -> Tried:
        """What has come of the test."""
        printed = "".join(reply.printed for reply in self._met)
        return Tried(self._test, self._failed, printed)

    def take(self, reply: Reply) -> None:
        """Go on with the reply to what was asked."""
        self._met.append(reply)
        places, key = self.place.after, reply.digest
        self.place = places.get(key) or self._moved(places, key)

    def _moved(self, places: dict[bytes, Place], key: bytes) -> Place:
        """Let the test itself run on, and keep where it comes to, unless it fails."""
        came = self._run()
        place = Place(came if isinstance(came, Asked) else None)
        if isinstance(came, Trial) and came.error is not None:
            self._failed = came
        elif key:
            self._batch.keep(places, key, place)
        return place

    def _run(self) -> Asked | Trial:
        """Run on to what the test asks next, or to its end."""
        came: Asked | Trial
        if self._running is None:
            waiting = _Waiting(self._batch, self._met, self._path)
            self._running = greenlet(self._test.try_on)
            came = self._running.switch(waiting, self._batch.kata, self._batch.seed)
        else:
            came = self._running.switch()
        return came
