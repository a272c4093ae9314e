"""The door to an answer in a sandbox: a call goes over the wire, data or an error comes back."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import torch

from dojo import values
from dojo.answers import Answer
from dojo.elsewhere import WrongDevice
from dojo.judge.leash import NO_MEMORY, Worker
from dojo.judge.sandbox import Sandbox
from dojo.judge.verdict import Verdict, WorkerGone
from dojo.judge.wire import Malformed
from dojo.observing import Call, Observed
from dojo.verdicts import NotWritten, Wrong

T = TypeVar("T")

CALL = 10.0  # seconds for one call, or for importing the file
SUBMISSION = 60.0  # seconds for all of a submission's calls to one kata
DIAGNOSIS = 1.0  # seconds for a call that is only made to find out what is wrong
LINES = 40  # of a message, and of a list of names
MESSAGE = 2000  # characters of one text
NAMES = 100  # functions of a file
REBUILT: dict[str, type[Exception]] = {  # what an error may become in the judge: never an outcome
    kind.__name__: kind
    for kind in (
        *(Exception, ArithmeticError, AssertionError, AttributeError, BufferError, EOFError),
        *(FloatingPointError, ImportError, IndexError, KeyError, LookupError, MemoryError),
        *(ModuleNotFoundError, NameError, NotImplementedError, OSError, OverflowError),
        *(FileNotFoundError, PermissionError, RecursionError, ReferenceError, RuntimeError),
        *(SyntaxError, TypeError, UnboundLocalError, ValueError, ZeroDivisionError),
        *(WrongDevice, torch.linalg.LinAlgError),
    )
}


def plain(text: str, most: int = MESSAGE) -> str:
    """Return untrusted text with whatever could steer a terminal or a reader written out.

    Line breaks and tabs stay; other control characters, marks of writing direction and lone
    surrogates become escapes (ESC is written as backslash, x1b); what is over `most` is cut.
    """
    cut = text if len(text) <= most else text[:most] + " …"
    return "".join(c if c in "\n\t" or c.isprintable() else ascii(c)[1:-1] for c in cut)


class SandboxDoor:
    """The way to one submission's answer to one kata, which runs in a worker.

    A worker that is gone is replaced for the next call, so that one endless function costs its own
    tests only; a file that cannot even be imported is not tried twice. Errors that are rebuilt here
    carry `answer_line` and `answer_text`, the line of the answer that raised (0 and "" if none
    did), and `answer_type`, the name of what was raised.

    call_seconds: wall-clock seconds for one call, and for importing the file
    seconds:      wall-clock seconds that the worker may keep the judge waiting in all
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
        self._worker: Worker | None = None
        self._hopeless: WorkerGone | None = None
        self.answer = RemoteAnswer(self)

    def call(
        self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], *, count: bool, away: bool
    ) -> tuple[Call, Observed]:
        """Call the function in the sandbox, as the `Door` of a learner's own process does.

        What it prints goes to this process's standard output.
        Errors: WorkerGone; NotWritten and Wrong as in the learner's own process.
        """
        return self.made(name, args, kwargs, count=count, away=away, seconds=self._call_seconds)

    def made(
        self,
        name: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        *,
        count: bool,
        away: bool,
        seconds: float,
    ) -> tuple[Call, Observed]:
        """Make a call that may take so many seconds."""
        call = Call(name, values.copied(args), values.copied(kwargs), ())
        message = {"call": name, "args": args, "kwargs": kwargs, "count": count, "away": away}
        worker = self._opened()
        reply = self._timed(lambda s: worker.ask(message, s, name), seconds)
        try:
            return self._read(call, reply)
        except Malformed as error:
            self.close()
            raise WorkerGone(Verdict.CRASH, f"{name} forged its reply ({error}).") from None

    def opened(self) -> dict[str, Any]:
        """Return what the worker says of its file. Errors: WorkerGone."""
        return self._opened().described

    def close(self) -> None:
        """Kill the worker, if there is one."""
        if self._worker is not None:
            self._worker.close()
        self._worker = None

    def _opened(self) -> Worker:
        if self._hopeless is not None:
            raise WorkerGone(self._hopeless.verdict, self._hopeless.message)
        if self._worker is None:
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
        begun = time.monotonic()
        try:
            return act(min(seconds, self._left))
        except WorkerGone:
            self._show_printed()
            self._worker = None
            raise
        finally:
            self._left -= time.monotonic() - begun
            self._show_printed()

    def _show_printed(self) -> None:
        if self._worker is not None and (text := self._worker.printed()):
            sys.stdout.write(plain(text, len(text)))

    def _read(self, call: Call, reply: dict[str, Any]) -> tuple[Call, Observed]:
        """Fill in what came of a call. Errors: Malformed for what no honest worker says."""
        call.names = tuple([n for n in _strings(reply, "names", tuple) if n.isidentifier()])
        fault = reply.get("fault")
        if fault is None:
            call.value = reply.get("value")
        else:
            call.error = self.rebuilt(fault)
        if isinstance(call.error, MemoryError) or _says_no_memory(call.error):
            self.close()
            raise WorkerGone(Verdict.OUT_OF_MEMORY, f"{call.function} {NO_MEMORY}.")
        return call, _observed(_field(reply, "seen", dict))

    def rebuilt(self, fault: Any) -> Exception | NotWritten:
        """Return the error that a worker describes: to do, wrong, or one of the known types."""
        if type(fault) is not dict:
            raise Malformed("an error is not described by a dict")
        name = plain(_field(fault, "name", str), 100)
        line = _field(fault, "line", int)
        line = line if 0 <= line < 1 << 31 else 0
        kind = _field(fault, "kind", str)
        if kind == "to do":
            return NotWritten(name, self._path, line or None)
        if kind == "wrong":
            return Wrong(name, [plain(text) for text in _strings(fault, "body", list)])
        bases = [b for b in _strings(fault, "bases", list) if b in REBUILT]
        error = REBUILT[bases[0] if bases else "RuntimeError"](
            _Said(plain(_field(fault, "message", str)))
        )
        told = {"line": line, "text": plain(_field(fault, "text", str), 200), "type": name}
        for what, value in told.items():
            setattr(error, f"answer_{what}", value)
        return error


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

    def function(self, name: str) -> Any:
        """Return a function that calls the one in the sandbox, None if the file has none."""
        self._look()
        return self._remote(name) if name in self._functions else None

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
            said = self._door.opened()
            self._functions = _strings(said, "functions", list)[:NAMES]
            calls = _field(said, "calls", dict)
            for caller in list(calls)[:NAMES]:
                self.calls_of[caller] = list(dict.fromkeys(_strings(calls, caller, list)))[:NAMES]
        except (WorkerGone, Malformed):
            self._functions.clear()
            self.calls_of.clear()

    def _remote(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                made, _ = self._door.made(
                    name, args, kwargs, count=False, away=False, seconds=DIAGNOSIS
                )
            except WorkerGone as gone:  # here it is no outcome: it only explains nothing
                raise RuntimeError(gone.message) from None
            if made.error is not None:
                raise made.error
            return made.value

        return call


class _Said(str):
    """A message that is shown as it is, also by KeyError, which shows the repr of its own."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _says_no_memory(error: BaseException | None) -> bool:
    return isinstance(error, RuntimeError) and "can't allocate memory" in str(error)


def _observed(seen: dict[str, Any]) -> Observed:
    """Return what the worker says to have seen: its own word. What it leaves out was not seen."""
    if not seen:
        return Observed()
    seen = {"changed": [], "shared": [], "attached": False, **seen}
    counts: dict[str, int | None] = {}
    for name in ("operations", "largest", "made", "read", "kept"):
        count = seen.get(name)
        if count is not None and (type(count) is not int or not 0 <= count < 1 << 62):
            raise Malformed(f"{name} is no count")
        counts[name] = count
    changed, shared = (_strings(seen, name, list) for name in ("changed", "shared"))
    changed, shared = ([plain(n, 100) for n in names] for names in (changed, shared))
    return Observed(changed, shared, _field(seen, "attached", bool), **counts)


def _field(said: dict[str, Any], name: str, kind: type[T]) -> T:
    found = said.get(name)
    if type(found) is not kind:
        raise Malformed(f"its {name} is not a {kind.__name__}")
    return found


def _strings(said: dict[str, Any], name: str, kind: type[list[Any] | tuple[Any, ...]]) -> list[str]:
    found = list(_field(said, name, kind))
    if any(type(item) is not str for item in found):
        raise Malformed(f"its {name} are not strings")
    return found[:500] if name in ("functions", "calls") else found[:LINES]
