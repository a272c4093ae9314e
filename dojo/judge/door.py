"""The door to an answer in a sandbox: a call goes over the wire, data or an error comes back."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from dojo.calling.calls import Given, Named
from dojo.calling.values import NotPortable
from dojo.errors import Unreachable
from dojo.isolation.isolation import Switch
from dojo.judge.sandbox.pool import Sandbox
from dojo.judge.sandbox.worker_client import NO_MEMORY, WorkerClient
from dojo.judge.verdict import Verdict, WorkerGone
from dojo.judge.wire.codec import Malformed
from dojo.judge.wire.messages import Ask, Made, read_functions, read_replies, read_switches
from dojo.opening.answers import Answer
from dojo.terminal.visible import visible

T = TypeVar("T")

CALL = 10.0  # seconds for one call, or for importing the file
SUBMISSION = 60.0  # seconds for all of a submission's calls to one kata
TOGETHER = 5.0  # seconds for the calls of many tests together
DIAGNOSIS = 1.0  # seconds for a call that is only made to find out what is wrong


class SandboxDoor:
    """The way to one submission's answer to one kata, which runs in a worker.

    A worker that is gone is replaced for the next call, so that one endless function costs its own
    tests only; a file that cannot even be imported is not tried twice.

    call_seconds: for one call, and for importing the file, on the worker's own clock
    seconds:      for which the worker may keep the judge waiting in all, on the same clock
    """

    def __init__(
        self,
        sandbox: Sandbox,
        source: bytes,
        name: str,
        *,
        call_seconds: float = CALL,
        seconds: float = SUBMISSION,
    ) -> None:
        self._sandbox, self._source, self._path = sandbox, source, Path(name)
        self._call_seconds, self._seconds, self._left = call_seconds, seconds, seconds
        self._worker: WorkerClient | None = None
        self._hopeless: WorkerGone | None = None
        self.answer = RemoteAnswer(self)

    def calls(
        self,
        name: str,
        each: Sequence[Given],
        kwargs: Named,
        *,
        count: str,
        away: bool,
        without: Collection[str] = (),
        seconds: float | None = None,
    ) -> list[Made]:
        """Make the calls in the sandbox, as the `Door` of a learner's own process does.

        All of them may take as long as one (or so many seconds). What they print goes to this
        process's standard output.
        Errors: WorkerGone; NotWritten and Wrong as in the learner's own process.
        """
        ask = Ask(name, each, kwargs, count, away, tuple(without))
        (made,) = self._answers([ask], seconds or self._call_seconds)
        return made

    def together(self, asks: Sequence[Ask]) -> list[list[Made]] | None:
        """Make the calls of many tests in one message; what they print is not shown.

        None if they took long, did not fit or ended the worker: whose doing it was is only known
        when they are made one by one, with a new worker and all the time there was.
        """
        left = self._left
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                return self._answers(asks, min(TOGETHER, self._call_seconds))
            except (WorkerGone, NotPortable):
                self._left = left
        self.close()
        return None

    def _answers(self, asks: Sequence[Ask], seconds: float) -> list[list[Made]]:
        """Send the asks in one message, and read what came of each."""
        worker, who = self._opened(), " or ".join(dict.fromkeys(ask.name for ask in asks))
        message = {"asks": [ask.message() for ask in asks]}
        reply = self._timed(lambda s: worker.ask(message, s, who), seconds)
        try:
            made = read_replies(asks, reply, self._path)
        except Malformed as error:
            self.close()
            raise WorkerGone(Verdict.CRASH, f"{who} forged its reply ({error}).") from None
        if any(calls and _is_out_of_memory(calls[-1][0].error) for calls in made):
            self.close()
            raise WorkerGone(Verdict.OUT_OF_MEMORY, f"{who} {NO_MEMORY}.")
        return made

    @property
    def left(self) -> float:
        """The seconds for which the worker may still keep the judge waiting."""
        return self._left

    @property
    def spent(self) -> float:
        """The seconds for which the worker has kept the judge waiting."""
        return self._seconds - self._left

    def opened(self) -> dict[str, Any]:
        """Return what the worker says of its file. Errors: WorkerGone."""
        return self._opened().described

    def close(self) -> None:
        """Kill the worker, if there is one."""
        if self._worker is not None:
            self._worker.close()
        self._worker = None

    def _opened(self) -> WorkerClient:
        if self._hopeless is not None:
            raise WorkerGone(self._hopeless.verdict, self._hopeless.message)
        if self._worker is None:
            self._sandbox.prepare_for(self._source)  # not on the submission's clock
            try:
                self._worker = self._timed(
                    lambda s: self._sandbox.open(self._source, str(self._path), seconds=s),
                    self._call_seconds,
                )
            except WorkerGone as gone:
                if gone.verdict is not Verdict.GRADER_ERROR:
                    self._hopeless = gone
                raise
        return self._worker

    def _timed(self, act: Callable[[float], T], seconds: float) -> T:
        """Do something of the worker's, on the submission's clock."""
        if self._left <= 0:
            what = f"{self._path}: the {self._seconds:.3g} s of this submission are used up."
            raise WorkerGone(Verdict.TIMEOUT, what)
        try:
            return act(min(seconds, self._left))
        except WorkerGone:
            self._account_for()
            self._worker = None
            raise
        finally:
            self._account_for()

    def _account_for(self) -> None:
        """Charge the time that the worker took, and show what it printed."""
        if self._worker is None:
            return
        self._left -= self._worker.spent()
        if text := self._worker.printed():
            sys.stdout.write(visible(text))


class RemoteAnswer(Answer):
    """What feedback and diagnosis need to know of an answer that is in a sandbox.

    `path` is its name. What functions there are, and whom they call, is the worker's word; a call
    goes over the wire, and the end of a worker is an ordinary error in it.
    """

    def __init__(self, door: SandboxDoor) -> None:
        source = door._source.decode("utf-8", "replace")
        super().__init__(door._path, ModuleType("elsewhere"), source)
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

    def _remote(self, name: str, without: Collection[str]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                ((made, _),) = self._door.calls(
                    name,
                    [args],
                    kwargs,
                    count="",
                    away=False,
                    without=without,
                    seconds=DIAGNOSIS,
                )
            except WorkerGone as gone:  # here it is no outcome: it only explains nothing
                raise Unreachable(gone.message) from None
            if made.error is not None:
                raise made.error
            return made.value

        return call


def _is_out_of_memory(error: BaseException | None) -> bool:
    told = isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
    return told or isinstance(error, MemoryError)
