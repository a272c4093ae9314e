"""What a worker is asked, and what it says, checked word by word: it is the submission's own word.

Errors become errors of this process only by the names of known types, and text only after whatever
could steer a terminal has been written out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch

from dojo.calling import values
from dojo.calling.calls import Given, Named
from dojo.calling.observing import Call, Observed
from dojo.calling.pretended_device import WrongDevice
from dojo.errors import NotWritten, Wrong
from dojo.isolation.isolation import Switch
from dojo.judge.wire import codec
from dojo.judge.wire.codec import Malformed
from dojo.terminal.visible import visible

T = TypeVar("T")

LINES = 40  # of a message, and of a list of names
MESSAGE = 2000  # characters of one text
NAMES = 100  # functions of a file
COUNT = 1 << 62  # no count is larger
LINE = 1 << 31  # no file has as many
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


@dataclass(frozen=True)
class Ask:
    """Calls of one function of an answer, as the `Door` of a learner's own process takes them."""

    name: str
    each: Sequence[Given]
    kwargs: Named
    count: str
    away: bool
    without: tuple[str, ...] = ()

    def frame(self, room: codec.Room = codec.WIDE) -> bytes:
        """Return it as the worker reads it, with the room that there is for a reply.

        Errors: NotPortable.
        """
        asked = {"call": self.name, "each": self.each, "kwargs": self.kwargs}
        how = {"count": self.count, "away": self.away, "without": list(self.without)}
        return codec.pack({**asked, **how, "room": [room.structure, room.payload, room.values]})


Made = tuple[Call, Observed]


def read_reply(ask: Ask, reply: Any, path: Path) -> list[Made]:
    """Return the calls that were asked for, up to the first that failed, and what was seen of them.

    Errors rebuilt here carry `answer_line` and `answer_text`, the line of the answer that raised (0
    and "" if none did), and `answer_type`, the name of what was raised.
    Errors: Malformed for what no honest worker says.
    """
    if type(reply) is not dict:
        raise Malformed("that is no reply")
    made, fault = _field(reply, "values", list), reply.get("fault")
    if len(made) > len(ask.each) or (len(made) < len(ask.each)) != (fault is not None):
        raise Malformed("it answers other calls than were asked for")
    parameters = tuple([n for n in _words(reply.get("names"), tuple, "names") if n.isidentifier()])
    seen = _field(reply, "seen", dict)
    read: list[Made] = []
    for i, given in enumerate(ask.each[: len(made) + (fault is not None)]):
        call = Call(ask.name, values.copied(given), values.copied(ask.kwargs), parameters)
        if i < len(made):
            call.value = made[i]
        else:
            call.error = _rebuilt(fault, path)
        read.append((call, _observed(seen[str(i)]) if str(i) in seen else Observed()))
    return read


def _rebuilt(fault: Any, path: Path) -> Exception | NotWritten:
    """Return the error that a worker describes: to do, wrong, or one of the known types."""
    if type(fault) is not dict:
        raise Malformed("an error is not described by a dict")
    name = visible(_field(fault, "name", str), 100)
    line = _field(fault, "line", int)
    line = line if 0 <= line < LINE else 0
    kind = _field(fault, "kind", str)
    if kind == "to do":
        return NotWritten(name, path, line or None)
    if kind == "wrong":
        return Wrong(name, [visible(text, MESSAGE) for text in words(fault, "body")])
    bases = [b for b in words(fault, "bases") if b in REBUILT]
    message = _Said(visible(_field(fault, "message", str), MESSAGE))
    error = REBUILT[bases[0] if bases else "RuntimeError"](message)
    told = {"line": line, "text": visible(_field(fault, "text", str), 200), "type": name}
    for what, found in told.items():
        setattr(error, f"answer_{what}", found)
    return error


class _Said(str):
    """A message that is shown as it is, also by KeyError, which shows the repr of its own."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _observed(seen: Any) -> Observed:
    """Return what the worker says to have seen. What it leaves out was not seen."""
    if type(seen) is not dict:
        raise Malformed("what was seen is not a dict")
    found = Observed(attached=_field({"attached": False, **seen}, "attached", bool))
    for name in ("operations", "largest", "made", "read", "kept"):
        count = seen.get(name)
        if count is not None and (type(count) is not int or not 0 <= count < COUNT):
            raise Malformed(f"{name} is no count")
        setattr(found, name, count)
    for name in {"changed", "shared"} & seen.keys():
        setattr(found, name, [visible(n, 100) for n in words(seen, name)])
    found.warned = [visible(text) for text in words({"warned": [], **seen}, "warned")]
    return found


def read_functions(described: dict[str, Any]) -> tuple[list[str], dict[str, list[str]]]:
    """Return the functions of a file, and whom each of them calls. Errors: Malformed."""
    calls = _field(described, "calls", dict)
    called = {f: list(dict.fromkeys(words(calls, f))) for f in list(calls)[:NAMES]}
    return words(described, "functions", NAMES), called


def read_switches(described: dict[str, Any]) -> list[Switch]:
    """Return the lines of a file that change what is global. Errors: Malformed."""
    found = list[Switch]()
    for switch in _field(described, "switches", list)[:LINES]:
        if type(switch) is not list or [type(part) for part in switch] != [str, int, str]:
            raise Malformed("a switch is not a name, a line and its text")
        name, line, text = switch
        found.append(
            Switch(visible(name, 100), line if 0 <= line < LINE else 0, visible(text, 200))
        )
    return found


def words(said: dict[str, Any], name: str, most: int = LINES) -> list[str]:
    """Return the first of the strings that came in a list. Errors: Malformed."""
    return _words(said.get(name), list, name)[:most]


def _words(found: Any, kind: type[list[Any] | tuple[Any, ...]], name: str) -> list[str]:
    if type(found) is not kind or any(type(item) is not str for item in found):
        raise Malformed(f"its {name} are not a {kind.__name__} of strings")
    return list(found)


def _field(said: dict[str, Any], name: str, kind: type[T]) -> T:
    found = said.get(name)
    if type(found) is not kind:
        raise Malformed(f"its {name} is not a {kind.__name__}")
    return found
