"""The `kata` fixture: forwards each call to an answer, remembers it, and what was seen of it."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import pytest

from dojo.calling import values
from dojo.calling.def_lines import cannot_be_called, refuse_other_parameters, told_of_its_def_line
from dojo.calling.observing import Call as Call
from dojo.calling.observing import Observed as Observed
from dojo.calling.observing import carried_out, look_at
from dojo.calling.pretended_device import PretendedDevice
from dojo.calling.warned import noting
from dojo.errors import NotWritten, TookTooLong, Wrong
from dojo.isolation.isolation import Isolation
from dojo.opening.answers import Answer, Frame, frame_in
from dojo.opening.unusable import not_found, not_opened
from dojo.stack import lines_of_traceback

Given = tuple[Any, ...]  # the positional arguments of one call
Named = dict[str, Any]  # arguments by name


class Door(Protocol):
    """A way to an answer: in this process, or in a sandbox."""

    def calls(
        self, name: str, each: Sequence[Given], kwargs: Named, *, count: str, away: bool
    ) -> Iterable[tuple[Call, Observed]]:
        """Call a function of the answer with each of these, until a call ends in an error.

        The arguments by name are the same for all of them; `count` is WORK, KEPT or empty.
        Data comes back with what was seen of the call; where no call can be made, that is raised.
        """
        ...


class KataFunction:
    """One function of the answer, as a spec calls it."""

    def __init__(self, made: Callable[[Sequence[Given], Named], list[Any]]) -> None:
        self._made = made

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it once."""
        __tracebackhide__ = True
        return self._made([args], kwargs)[0]

    def each(self, inputs: Iterable[Given]) -> list[Any]:
        """Call it with each tuple of arguments, for calls that do not build on one another.

        To an answer in a sandbox these are one message, not one each.
        """
        __tracebackhide__ = True
        return self._made(list(inputs), {})


class KataCalls:
    """What a spec receives as `kata`: `kata.descend(x0, lr=0.1, steps=50)` calls the answer.

    `kata.behaviour.each(cases)` makes many calls that do not build on one another, and fast.
    The returned tensors are detached copies, and so is what each call is given: a call that changes
    an argument spoils no other. `observed` speaks of the latest call, `calls` holds all of this
    test's, and `meddlers` those that changed an argument, with what was seen of them.
    `kata.elsewhere.descend(...)` makes the same call with the arguments on another device
    (pretended, so that it works on every machine).
    """

    def __init__(
        self, door: Door, *, count: str = "", signatures: dict[str, list[str]] | None = None
    ) -> None:
        self._door, self._count, self._away = door, count, False
        self._signatures = signatures or {}
        self.calls: list[Call] = []
        self.observed = Observed()
        self.meddlers: list[tuple[Call, Observed]] = []
        self.warned: list[str] = []  # in any call of this test

    @property
    def elsewhere(self) -> KataCalls:
        """The same answer, called with its arguments on another device."""
        view = KataCalls(self._door, signatures=self._signatures)
        view._away, view.calls, view.warned = True, self.calls, self.warned
        view.meddlers = self.meddlers
        return view

    def __getattr__(self, name: str) -> KataFunction:
        if name.startswith("_"):
            raise AttributeError(name)
        return KataFunction(partial(self._made, name))

    def _made(self, name: str, each: Sequence[Given], kwargs: Named) -> list[Any]:
        """Make the calls, and return what came of them."""
        __tracebackhide__ = True
        results, wanted = list[Any](), self._signatures.get(name, [])
        with told_of_its_def_line(name, wanted):
            for made, seen in self._door.calls(
                name, each, kwargs, count=self._count, away=self._away
            ):
                refuse_other_parameters(wanted, made)
                self.calls.append(made)
                self.observed = seen
                self.warned += seen.warned
                if seen.changed:
                    self.meddlers.append((made, seen))
                if made.error is not None:
                    raise made.error
                results.append(values.copied(made.value))
        return results


class InProcess:
    """The door to an answer in the learner's own process, for one's own code.

    way_back: what a learner is told of getting the stub again, if the file cannot be used
    """

    def __init__(self, answer: Answer, way_back: Callable[[], Sequence[str]] = list) -> None:
        self.answer, self._way_back = answer, way_back
        self._fits = dict[tuple[Any, ...], tuple[Any, tuple[str, ...]]]()  # by the form of calls

    def calls(
        self,
        name: str,
        each: Sequence[Given],
        kwargs: Named,
        *,
        count: str,
        away: bool,
        without: Collection[str] = (),
    ) -> Iterator[tuple[Call, Observed]]:
        """Make the calls, each when it is asked for; `without` some of the file's own settings."""
        for args in each:
            made, seen = self._call(name, args, kwargs, count, away=away, without=without)
            yield made, seen
            if made.error is not None:
                return

    def _call(
        self,
        name: str,
        args: Given,
        kwargs: Named,
        count: str,
        *,
        away: bool,
        without: Collection[str],
    ) -> tuple[Call, Observed]:
        """Call the function with copies of its arguments, and see what it made of these."""
        function = self._function(name)
        names, misfit = self._parameters(function, name, args, kwargs)
        call = Call(name, values.copied(args), values.copied(kwargs), names, error=misfit)
        seen = Observed()
        if misfit is not None:
            return call, seen
        args, kwargs = values.copied((args, kwargs))
        mode = PretendedDevice() if away else None
        try:
            isolation: Isolation = self.answer.isolation
            own = isolation.call(without)
            with noting(self.answer.path, seen.warned), own, mode or nullcontext():
                returned = carried_out(function, args, kwargs, seen, count)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            call.error = _error_of(error, self.answer.path)
            return call, seen
        _take(call, seen, (*args, *kwargs.values()), returned, mode)
        return call, seen

    def _function(self, name: str) -> Callable[..., Any]:
        trouble, function = self.answer.trouble, self.answer.function(name)
        if isinstance(trouble, TookTooLong):
            raise _too_long(trouble, self.answer.path)
        if trouble is not None:
            raise not_opened(self.answer, self._way_back()) from trouble
        if function is None:
            raise not_found(self.answer, name, self._way_back())
        return function

    def _parameters(
        self,
        function: Callable[..., Any],
        name: str,
        args: Given,
        kwargs: Named,
    ) -> tuple[tuple[str, ...], Wrong | None]:
        """Return the names of the function's parameters, and what is wrong if no call fits them."""
        form = name, len(args), *kwargs
        known, names = self._fits.get(form, (None, ()))
        if known is function:
            return names, None
        signature = _signature(function, name)
        names = tuple(signature.parameters)
        try:
            signature.bind(*args, **kwargs)
        except TypeError:
            return names, cannot_be_called(name, signature, len(args), list(kwargs))
        self._fits[form] = function, names
        return names, None


def _signature(function: Callable[..., Any], name: str) -> inspect.Signature:
    """Return the signature of an answer's function; one that is built into torch has none."""
    try:
        return inspect.signature(function)
    except ValueError:
        raise Wrong(
            "SIGNATURE CHANGED",
            [
                f"{name} is a function that is built into {_home_of(function)}: the names of its",
                f"parameters cannot be compared. Write `def {name}(…)` as in the stub, and call",
                "the built-in function there.",
            ],
        ) from None


def _home_of(function: Callable[..., Any]) -> str:
    module = getattr(function, "__module__", None) or type(function).__module__
    return str(module).split(".")[0].lstrip("_")


def _take(
    call: Call, seen: Observed, given: Given, returned: Any, mode: PretendedDevice | None
) -> None:
    """Copy what a call returned and look at it; what is no data, or misplaced, is its error."""
    try:
        call.value = values.copied(returned)
    except values.NotPortable as refusal:
        said = f"{call.function} returned a value that is no data: {refusal}."
        call.error = Wrong("NOT DATA", [said])
        return
    look_at(seen, call, given, returned)
    if mode is not None and not all(map(mode.holds, values.tensors(returned))):
        call.error = Wrong(
            "WRONG DEVICE",
            [
                f"{call.function} got its arguments on another device and made its result on the",
                "default one: on a GPU the next step would fail. Say device=x.device where",
                "you make a tensor, or start from one that is there (x.new_zeros, zeros_like).",
            ],
        )


class Nothing:
    """The door where there is no answer yet: every function is to do."""

    def __init__(self, missing: Path, remedy: Sequence[str]) -> None:
        self.missing, self.remedy = missing, remedy

    def calls(self, name: str, *_: Any, **__: Any) -> list[tuple[Call, Observed]]:
        """Say which file is missing, and what to type."""
        raise NotWritten(name, self.missing, None, self.remedy)


def _error_of(error: BaseException, path: Path) -> BaseException:
    """What a test sees of an error in an answer: to do, an error, or a way out that is barred."""
    place = frame_in(path, error.__traceback__)
    if type(error) is NotImplementedError and place and _raised_by(error, place):
        return NotWritten(place[0], path, place[1])
    exits = isinstance(error, pytest.exit.Exception)
    if exits and any(Path(file).name == "debugging.py" for file in _files(error)):
        return error  # the debugger was left
    if isinstance(error, Exception) and not exits:
        return error
    if isinstance(error, TookTooLong):
        return _too_long(error, path)
    return Wrong(
        "LEFT THE TEST",
        [
            f"The call ended with {type(error).__name__} ({str(error)[:60]}), which would end the",
            "test or the whole run. Return a value, or raise an ordinary error.",
        ],
    )


def _too_long(error: TookTooLong, path: Path) -> Wrong:
    """Say where the answer was when its time was over."""
    return Wrong("TOOK TOO LONG", error.told(lines_of_traceback(path, error.__traceback__)))


def _raised_by(error: BaseException, place: Frame) -> bool:
    """Whether a `raise` in the file itself raised it (torch raises NotImplementedError as well)."""
    _, _, code, at = place
    instruction = next((i.opname for i in dis.get_instructions(code) if i.offset == at), "")
    return _files(error)[-1] == code.co_filename and instruction == "RAISE_VARARGS"


def _files(error: BaseException) -> list[str]:
    """Return the files that the error came through, the innermost last."""
    files: list[str] = []
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        files.append(trace.tb_frame.f_code.co_filename)
        trace = trace.tb_next
    return files
