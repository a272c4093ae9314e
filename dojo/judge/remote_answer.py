"""An answer in a sandbox, as feedback sees it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, Protocol

from dojo.errors import Unreachable
from dojo.isolation.isolation import Switch
from dojo.judge.asking import Asked, Reply
from dojo.judge.verdict import WorkerGone
from dojo.judge.wire.codec import Malformed, Room
from dojo.judge.wire.messages import Ask, read_functions, read_switches
from dojo.opening.answers import Answer, Arguments, absent

DIAGNOSIS = 1.0  # seconds for a call that is only made to find out what is wrong
AT_ONCE = 16  # of those in one message: between two messages a search may be over
NARROW = Room(1 << 16, 1 << 20, 1 << 12)  # for what one of them returns


class Way(Protocol):
    """The way to the worker: a `SandboxDoor`."""

    @property
    def spent(self) -> float:
        """The seconds for which the worker has kept the judge waiting."""
        ...

    def opened(self) -> dict[str, Any]:
        """Return what the worker says of its file. Errors: WorkerGone."""
        ...

    def replies(self, asks: Sequence[Asked], seconds: float | None = None) -> list[Reply]:
        """Ask all of this, and return what came of each."""
        ...


class RemoteAnswer(Answer):
    """What feedback and diagnosis need to know of an answer that is in a sandbox.

    `path` is its name. What functions there are, and whom they call, is the worker's word; a call
    goes over the wire, and the end of a worker is an ordinary error in it.
    """

    at_once: ClassVar[int] = AT_ONCE

    def __init__(self, door: Way, source: bytes, path: Path) -> None:
        super().__init__(path, ModuleType("elsewhere"), source.decode("utf-8", "replace"))
        self._door = door
        self._read = False
        self._functions: list[str] = []
        self._switches: list[Switch] = []

    def function(self, name: str) -> Any:
        """Return a function that calls the one in the sandbox, None if the file has none."""
        return self.isolated(name)

    def isolated(self, name: str, without: Collection[str] = ()) -> Callable[..., Any] | None:
        """Return the same: what runs in a worker changes nothing here."""
        self._look()
        return self._remote(name, without) if name in self._functions else None

    def clock(self) -> float:
        """Return the seconds that the worker and this process took so far."""
        return super().clock() + self._door.spent

    def switches(self) -> list[Switch]:
        """Return the lines that change a setting of the worker's whole process."""
        self._look()
        return self._switches

    def callees(self, name: str) -> list[str]:
        """Return the functions of the file that `name` calls, the innermost first, each once."""
        self._look()
        return super().callees(name)

    def _look(self) -> None:
        """Read, once, what the worker says of its file; nothing if there is no worker."""
        if self._read:
            return
        self._read = True
        try:
            described = self._door.opened()
            self._functions, calls = read_functions(described)
            self._switches = read_switches(described)
            self.calls_of.update(calls)
        except (WorkerGone, Malformed):
            self._functions.clear()
            self.calls_of.clear()

    def begun(self, name: str, each: Sequence[Arguments]) -> list[Callable[[], Any]]:
        """Make calls of a function in the sandbox, all in one message.

        What is returned gives, or raises, what came of each.
        """
        self._look()
        return self._begun(name, each) if name in self._functions else [absent for _ in each]

    def changes_noted(self, name: str, each: Sequence[Arguments]) -> list[list[str]]:
        """Return what the worker says that each call changed of its arguments, in one message."""
        noted = list[list[str]]()
        for ask, reply in self._replies(name, each):
            try:
                ((_, seen),) = reply.read(ask, self.path)
            except WorkerGone:
                noted.append([])
            else:
                noted.append(seen.changed)
        return noted

    def _remote(self, name: str, without: Collection[str]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            (end,) = self._begun(name, [(args, kwargs)], without)
            return end()

        return call

    def _begun(
        self, name: str, each: Sequence[Arguments], without: Collection[str] = ()
    ) -> list[Callable[[], Any]]:
        return [partial(self._end, *pair) for pair in self._replies(name, each, without)]

    def _replies(
        self, name: str, each: Sequence[Arguments], without: Collection[str] = ()
    ) -> list[tuple[Ask, Reply]]:
        """Ask for calls that only explain: that one of them cannot be made is no outcome here."""
        asks = [
            Ask(name, [args], kwargs, "", away=False, without=(*without,)) for args, kwargs in each
        ]
        asked = [Asked(name, ask.frame(NARROW), NARROW) for ask in asks]
        return list(zip(asks, self._door.replies(asked, DIAGNOSIS), strict=True))

    def _end(self, ask: Ask, reply: Reply) -> Any:
        """Give what came of a call, or raise it. Errors: Unreachable if it could not be made."""
        try:
            ((made, _),) = reply.read(ask, self.path)
        except WorkerGone as gone:
            raise Unreachable(gone.message) from None
        if made.error is not None:
            raise made.error
        return made.value
