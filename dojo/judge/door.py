"""The door to an answer in a sandbox: a call goes over the wire, data or an error comes back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from dojo.calling.calls import Given, Named
from dojo.judge.asking import Asked, Reply
from dojo.judge.remote_answer import RemoteAnswer
from dojo.judge.sandbox.pool import Sandbox
from dojo.judge.sandbox.worker_client import WorkerClient
from dojo.judge.verdict import Verdict, WorkerGone
from dojo.judge.wire.messages import Ask, Made
from dojo.terminal.visible import visible

T = TypeVar("T")

CALL = 10.0  # seconds for one ask, or for importing the file
SUBMISSION = 60.0  # seconds for all that one submission is asked of one kata
EXPLAINING = 10.0  # seconds for what it is asked when all is decided


class SandboxDoor:
    """The way to one submission's answer to one kata, which runs in a worker.

    A worker that is gone is replaced for what is asked next, so that a function that ends it costs
    its own tests only. A file that cannot even be imported is not tried twice, and a function that
    took too long is not asked again.

    call_seconds: for one ask, and for importing the file, on the worker's own clock
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
        self._sandbox, self._source, self.path = sandbox, source, Path(name)
        self._call_seconds, self._seconds, self._left = call_seconds, seconds, seconds
        self._spent = 0.0
        self._worker: WorkerClient | None = None
        self._hopeless: WorkerGone | None = None
        self._late: dict[str, str] = {}  # functions that did not end, and what they did instead
        self.answer = RemoteAnswer(self, source, self.path)

    def calls(
        self,
        name: str,
        each: Sequence[Given],
        kwargs: Named,
        *,
        count: str,
        away: bool,
    ) -> list[Made]:
        """Make the calls in the sandbox, as the `Door` of a learner's own process does.

        All of them may take as long as one. What they print goes to this process's standard output.
        Errors: WorkerGone; NotWritten and Wrong as in the learner's own process.
        """
        ask = Ask(name, each, kwargs, count, away)
        (reply,) = self.replies([Asked(name, ask.frame())])
        sys.stdout.write(visible(reply.printed))
        return reply.read(ask, self.path)

    def replies(self, asks: Sequence[Asked], seconds: float | None = None) -> list[Reply]:
        """Ask all of this, each once, and return what came of each.

        What one ask keeps from being answered, because it ended the worker, the next one answers.
        """
        said: dict[int, Reply] = {}
        while left := [i for i in range(len(asks)) if i not in said]:
            for i in left:
                if (barred := self._barred(asks[i].name)) is not None:
                    said[i] = barred
            if due := [i for i in left if i not in said]:
                came = self._in_one_life([asks[i] for i in due], seconds or self._call_seconds)
                said |= dict(zip(due, came, strict=False))
        return [said[i] for i in range(len(asks))]

    def _barred(self, name: str) -> Reply | None:
        """Say why a function is not asked any more, if it or one that it calls took too long."""
        if name in self._late:
            why = f"{name} {self._late[name]} before, and is not asked again"
            return Reply(gone=_not_run(why, name))
        if self._late and (late := self._late.keys() & set(self.answer.callees(name))):
            one = min(late)
            why = f"{name} calls {one}, which {self._late[one]} before"
            return Reply(gone=_not_run(why, one))
        return None

    def _in_one_life(self, asks: Sequence[Asked], seconds: float) -> list[Reply]:
        """Return what one worker replies, up to the ask that ends it."""
        said: list[Reply] = []
        try:
            worker = self._opened()
        except WorkerGone as gone:
            return [Reply(gone=gone)]
        worker.tell([ask.frame for ask in asks])
        for ask in asks:
            said.append(self._heard(worker, ask, seconds))
            if said[-1].gone is not None:
                break
        for i, text in enumerate(self._printed()[: len(said)]):
            if text:
                said[i] = replace(said[i], printed=text)
        return said

    def _heard(self, worker: WorkerClient, ask: Asked, seconds: float) -> Reply:
        """Return the next reply, or how the worker ended."""
        try:
            frame = self._timed(lambda s: worker.hear(s, ask.name, ask.room), seconds)
        except WorkerGone as gone:
            if gone.verdict is Verdict.TIMEOUT and self._left > 0:
                self._late[ask.name] = gone.message.removeprefix(f"{ask.name} ").rstrip(".")
            return Reply(gone=WorkerGone(gone.verdict, gone.message, ask.name))
        return Reply(bytes(frame), ask.room)

    def only_explain(self) -> None:
        """Note that all is decided: what is asked from here on may take little time."""
        self._left = min(self._left, EXPLAINING)

    @property
    def left(self) -> float:
        """The seconds for which the worker may still keep the judge waiting."""
        return self._left

    @property
    def spent(self) -> float:
        """The seconds for which the worker has kept the judge waiting."""
        return self._spent

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
        if self._worker is None or self._worker.closed:
            self._sandbox.prepare_for(self._source)  # not on the submission's clock
            try:
                self._worker = self._timed(
                    lambda s: self._sandbox.open(self._source, str(self.path), seconds=s),
                    self._call_seconds,
                )
            except WorkerGone as gone:
                if gone.verdict is not Verdict.GRADER_ERROR:
                    self._hopeless = gone
                raise
        return self._worker

    def _timed(self, act: Callable[[float], T], seconds: float) -> T:
        """Do something of the worker's, on the submission's clock. Errors: WorkerGone."""
        if self._left <= 0:
            raise _not_run(f"the {self._seconds:.3g} s of this submission are used up")
        try:
            return act(min(seconds, self._left))
        finally:
            if self._worker is not None:
                spent = self._worker.spent()
                self._left -= spent
                self._spent += spent

    def _printed(self) -> list[str]:
        """Return what the worker printed, for each ask in turn."""
        return self._worker.printed() if self._worker is not None else []


def _not_run(why: str, function: str = "") -> WorkerGone:
    return WorkerGone(Verdict.TIMEOUT, f"This test was not run: {why}.", function)
