"""What a forked worker does: it locks itself in, runs its one source, and answers calls.

Whatever it says is the submission's own word: the judge checks every byte of it.
"""

from __future__ import annotations

import contextlib
import fcntl
import io
import linecache
import os
import site
import sys
import tempfile
import traceback
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import torch

from dojo.calling.calls import InProcess
from dojo.calling.observing import KEPT, WORK, Observed
from dojo.calling.values import LEAVES, NotPortable, shown
from dojo.errors import NotWritten, Wrong
from dojo.judge.inside.confinement import InnerLayer, Limits
from dojo.judge.wire import codec
from dojo.opening.answers import Answer, frame_in, made_answer
from dojo.opening.python_errors import said_by

OUTPUT = 1
CHANNEL, DOORBELL = 3, 4  # the worker's only descriptors beside the standard three
UNHEARD = 1 << 15  # bytes of replies that wait for the judge: far fewer than a socket holds
BESIDE = 1 << 10  # bytes that each of them takes in there beside its own
FIRST = 1 << 16  # bytes that are read at once of a message whose size is not known yet
LINES = 40  # of a fault, and of warnings
MESSAGE = 2000  # characters of an exception's message
SHOWN = 100  # of a value that is too large
NAMES = 500  # functions of a file that the judge is told of
WARM = b"""
import torch

def warm(x):
    w = x.detach().clone().requires_grad_()
    loss = ((w * 2.0 + 1.0 - x / 2.0) ** 2).sum() + (x @ x).mean() + torch.exp(-w).max()
    with torch.no_grad():
        path = [x.clone(), (x - 0.1 * x).reshape(-1), torch.zeros_like(x), x.new_empty(x.shape)]
        whole = torch.stack(path)
        whole[0] = torch.linspace(0.0, 1.0, len(x), dtype=x.dtype, device=x.device)
        return whole.T[:1], float(loss.detach()), x.tolist(), bool((x > 0).all())

def cold(x):
    raise ValueError("cold")
"""
TIMES = 20  # after so many calls Python has made its quick forms of what they run
UNSEEN = Observed()


def live(channel: int, output: int, doorbell: int, limits: Limits, inner: InnerLayer) -> NoReturn:
    """Be a worker from here on: lock the door, then serve the judge until it hangs up."""
    status = 1
    try:
        _keep_only(channel, output, doorbell, inner)
        limits.set()
        inner.close_system_calls()
        _serve()
    except MemoryError:
        status = codec.OUT_OF_MEMORY
    except BaseException:
        traceback.print_exc()
    os._exit(status)  # no exit handler of the zygote's runs here, nor one of the answer's


def _keep_only(channel: int, output: int, doorbell: int, inner: InnerLayer) -> None:
    """Close every descriptor but the judge's own and the standard ones (the input is null)."""
    inner.close_files()  # its own descriptor is closed below
    given = {1: output, 2: output, CHANNEL: channel, DOORBELL: doorbell}
    high = {target: fcntl.fcntl(source, fcntl.F_DUPFD, 100) for target, source in given.items()}
    for target, source in high.items():
        os.dup2(source, target)
    os.closerange(DOORBELL + 1, 1 << 20)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True)


def _serve() -> None:
    _look_for_a_gpu()
    (first,) = _received()
    told = codec.unpack(first)
    answer = _opened(bytes(told["source"].numpy()), Path(told["name"]))
    _send(codec.pack(_described(answer), codec.number_of(first)))
    door, unheard = InProcess(answer), 0
    while True:
        _ring()
        for frame in _received():
            ask = codec.unpack(frame)
            reply = _reply(door, ask)
            _end_what_is_printed()
            said = _fitting(reply, ask, codec.number_of(frame))
            unheard += len(said) + BESIDE
            if unheard > UNHEARD:
                _ring()
                unheard = 0
            _send(said)


def _look_for_a_gpu() -> None:
    """Let torch find none before the answer's first backward does: it may be told in a warning.

    So it is where there is a driver, which may not be used here. Not in the zygote: a driver has
    threads.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.cuda.is_available()


def _opened(raw: bytes, path: Path) -> Answer:
    try:
        return made_answer(raw, path)
    except KeyboardInterrupt as left:
        return Answer(path, ModuleType("answer"), trouble=left)


def _described(answer: Answer) -> dict[str, Any]:
    """Return what the judge is told of a file: its functions, and whom they call."""
    if isinstance(answer.trouble, MemoryError):
        raise answer.trouble
    found = [n for n in dir(answer.module) if answer.function(n)][:NAMES]
    calls = {k: v[:NAMES] for k, v in list(answer.calls_of.items())[:NAMES]}
    switches = [[s.setting, s.line, s.text[:MESSAGE]] for s in answer.switches()]
    return {"functions": found, "calls": calls, "switches": switches}


def _reply(door: InProcess, ask: dict[str, Any]) -> dict[str, Any]:
    """Make the calls that are asked for, as a learner's own process makes them.

    Said are the names of the parameters, the values up to the first fault, that fault (None if
    there is none), and what was seen of the calls, by their number, where anything was.
    """
    names, made, seen, fault = (), list[Any](), dict[str, Any](), None
    given = ask["call"], ask["each"], ask["kwargs"]
    try:
        how = {name: ask[name] for name in ("count", "away")}
        for call, of in door.calls(*given, **how, without=ask.get("without", ())):
            names = call.names
            if of != UNSEEN:
                seen[str(len(made))] = _noted(of)
            if call.error is not None:
                _end_without_memory(call.error)
                fault = _fault(call.error, door.answer.path)
                break
            made.append(call.value)
    except BaseException as error:
        _end_without_memory(error)
        fault = _fault(error, door.answer.path)
    return {"names": names, "values": made, "fault": fault, "seen": seen}


def _end_without_memory(error: BaseException) -> None:
    """End this worker where a call had no memory left: what it would do from here on is chance.

    Errors: MemoryError.
    """
    told = False
    with contextlib.suppress(Exception):  # it may be the answer's own __str__
        told = isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
    if told or isinstance(error, MemoryError):
        raise MemoryError from None


def _noted(seen: Observed) -> dict[str, Any]:
    """Return what differs from having seen nothing."""
    noted = {k: v for k, v in vars(seen).items() if v is not None and v is not False and v != []}
    if seen.warned:
        noted["warned"] = [text[:MESSAGE] for text in seen.warned[:LINES]]
    return noted


def _fault(error: BaseException, path: Path) -> dict[str, Any]:
    """Describe an error in words: its kind, its type and those it is built on, its place."""
    if isinstance(error, NotWritten):
        return _said("to do", error.function, line=error.line or 0)
    if not isinstance(error, Exception):
        error = Wrong("LEFT THE TEST", [f"The call ended with {type(error).__name__}."])
    if isinstance(error, Wrong):
        return _said("wrong", error.heading, body=[line[:MESSAGE] for line in error.body[:LINES]])
    place = frame_in(path, error.__traceback__)
    line = place[1] if place else 0
    message = ""
    with contextlib.suppress(BaseException):  # it may be the answer's own __str__
        message = said_by(error)[:MESSAGE]
    bases = [kind.__name__ for kind in type(error).__mro__]
    text = linecache.getline(str(path), line).strip() if line else ""
    return _said("raised", bases[0], message, line=line, text=text[:MESSAGE], bases=bases)


def _said(
    kind: str,
    name: str,
    message: str = "",
    *,
    line: int = 0,
    text: str = "",
    body: list[str] | None = None,
    bases: list[str] | None = None,
) -> dict[str, Any]:
    said = {"kind": kind, "name": name, "message": message, "line": line, "text": text}
    return {**said, "body": body or [], "bases": bases or []}


def _received() -> list[memoryview]:
    """Return the frames of the judge's next message; this process ends when there is none."""
    held, size = bytearray(), 0
    while not size or len(held) < size:
        piece = os.read(CHANNEL, size - len(held) if size else FIRST)
        if not piece:
            os._exit(0)
        held += piece
        size = codec.message_size(held)
    return codec.frames_of(held)


def _end_what_is_printed() -> None:
    """Let the judge see where the output of one ask ends."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # the answer may have closed or replaced it
            stream.flush()
    with contextlib.suppress(OSError):
        os.write(OUTPUT, codec.END_OF_OUTPUT)


def _send(frame: bytes) -> None:
    left = memoryview(frame)
    while left:
        left = left[os.write(CHANNEL, left) :]


def _ring() -> None:
    """Wake the judge, which sleeps until all that it asked at once is answered, or too late."""
    with contextlib.suppress(OSError):  # the answer may have closed it
        os.write(DOORBELL, b"!")


def _fitting(reply: dict[str, Any], ask: dict[str, Any], number: int) -> bytes:
    """Return the frame of a reply; what has no room in it, or is no data, becomes its fault."""
    room = codec.Room(*ask["room"]) if "room" in ask else codec.WIDE
    try:
        return codec.pack(reply, number, room)
    except NotPortable as refusal:
        return _refused(reply, ask["call"], refusal, number, room)


def _refused(
    reply: dict[str, Any], name: str, refusal: NotPortable, number: int, room: codec.Room
) -> bytes:
    """Return the frame of a reply with a fault in the place of the first value that is refused."""
    values = reply["values"]
    fits = next((i for i, one in enumerate(values) if not _fits(one, room)), None)
    wrong = _wrong(name, values if fits is None else values[fits : fits + 1], refusal)
    fault = {"fault": _fault(wrong, Path()), "seen": dict[str, Any]()}
    for kept in (values[: fits or 0], values[:0]):  # none, where they fit one by one only
        said = {**reply, **fault, "values": kept}
        with contextlib.suppress(NotPortable):
            return codec.pack(said, number, room)
    raise refusal


def _wrong(name: str, first: list[Any], refusal: NotPortable) -> Wrong:
    """Say what is wrong with a value: it is no data, or far more of it than was asked for."""
    if not isinstance(refusal, codec.TooLarge):
        return Wrong("NOT DATA", [f"Of what was returned, {refusal}."])
    if len(first) == 1 and type(first[0]) in LEAVES:
        much = f"{name} returned {shown(first[0])[:SHOWN]}: many times as much as a right answer."
        return Wrong("TOO LARGE", [much])
    return Wrong("TOO LARGE", [f"Of what {name} returned, {refusal}: far more than is asked for."])


def _fits(value: Any, room: codec.Room) -> bool:
    try:
        codec.pack(value, 0, room)
    except NotPortable:
        return False
    return True


def warm_up() -> None:
    """Do once, before any fork, what would otherwise be done for the first time in each worker.

    No backward pass: autograd could not be used after a fork.
    """
    torch.set_num_threads(1)
    tempfile.tempdir = "/tmp"  # which is read-only: looking for another would fail
    site.setquit()  # the builtins that -S leaves out
    answer = _opened(WARM, Path("warm"))
    each, kwargs = [(torch.ones(2, dtype=torch.float64),)], dict[str, Any]()
    for name in ("warm", "cold"):
        for i in range(4 * TIMES):
            count, away = (("", False), (WORK, False), (KEPT, False), ("", True))[i % 4]
            ask = {"call": name, "each": each, "kwargs": kwargs, "count": count, "away": away}
            given = codec.unpack(codec.pack(ask))
            _fitting(_reply(InProcess(answer), given), given, i)
    codec.pack(_described(answer))
    linecache.clearcache()
    del sys.modules[answer.module.__name__]
