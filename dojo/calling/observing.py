"""One call of an answer's function, and what was seen of it beside its result."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from dojo.calling import values

ELEMENTS = (64, 32, 16, 12, 8, 6, 4, 2, 1, 0)  # of a tensor that a shown call may spell out
WORK, KEPT = "work", "kept"  # what can be counted of a call; either makes it slower
LARGE = 1 << 12  # elements of a call that has no fingerprint


@dataclass
class Observed:
    """What a result does not show. Inside a sandbox it is the worker's own word.

    changed:    names of the arguments that the call changed in place (values or requires_grad)
    shared:     names of the arguments whose memory the result still uses
    warned:     what lines of the answer were warned of meanwhile, in words
    attached:   whether the result still hangs on a graph, or requires a gradient
    operations: how many operations torch carried out (None unless WORK was counted)
    largest:    elements in the largest tensor that they made (None likewise)
    made:       elements in all the tensors that they made, in all (None likewise)
    read:       elements in all the tensors that they worked on (None likewise)
    kept:       most tensors that were held at one time for a backward pass, or hung on a graph
                that was freed (None unless KEPT was counted, and where torch.func or forward-mode
                autograd was used, which leave no such count)
    """

    changed: list[str] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)
    attached: bool = False
    operations: int | None = None
    largest: int | None = None
    made: int | None = None
    read: int | None = None
    kept: int | None = None


@dataclass
class Call:
    """One call of an answer's function, with the arguments as they were before it."""

    function: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    names: tuple[str, ...]
    value: Any = None
    error: BaseException | None = None

    @cached_property
    def fingerprint(self) -> Hashable | None:
        """What is the same for calls of a function with arguments alike to the bit, for no others.

        None: they are large, or not on the CPU.
        """
        given = list(values.tensors((self.args, self.kwargs)))
        if sum(t.numel() for t in given) > LARGE or any(t.device.type != "cpu" for t in given):
            return None
        return self.function, values.fingerprint((self.args, self.kwargs))

    def shown(self, most: int = 1000) -> str:
        """Write the call as one would type it; if it is longer, the largest tensors by shape."""
        named = dict(zip(self.names, self.args, strict=False)) | self.kwargs
        for elements in ELEMENTS:
            given = ", ".join(f"{name}={values.shown(v, elements)}" for name, v in named.items())
            if len(text := f"{self.function}({given})") <= most:
                break
        return text


def carried_out(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    seen: Observed,
    count: str,
) -> Any:
    """Call it and count WORK or KEPT, if either is asked for.

    torch.func bars the hooks that count kept tensors: it is called once more without them.
    """
    if count == WORK:
        with counting(seen):
            return function(*args, **kwargs)
    if count == KEPT:
        try:
            with _counting_kept(seen):
                return function(*args, **kwargs)
        except RuntimeError as error:
            if "saved tensor hooks" not in str(error):
                raise
        seen.kept = None
    return function(*args, **kwargs)


def look_at(seen: Observed, call: Call, given: tuple[Any, ...], returned: Any) -> None:
    """Note what the call did to its arguments, and what its result still hangs on."""
    results = list(values.tensors(returned))
    seen.attached = any(t.requires_grad for t in results)
    if all(type(value) in values.PLAIN for value in given):
        return  # what cannot be changed needs no look
    memory = {t.untyped_storage().data_ptr() for t in results if t.numel()}
    names = (*call.names[: len(call.args)], *call.kwargs)
    before = (*call.args, *call.kwargs.values())
    for name, old, new in zip(names, before, given, strict=False):
        if not values.same(new, old):
            seen.changed.append(name)
        elif any(t.requires_grad or t.grad is not None for t in values.tensors(new)):
            seen.changed.append(f"{name}.requires_grad")
        if any(t.untyped_storage().data_ptr() in memory for t in values.tensors(new)):
            seen.shared.append(name)


@contextmanager
def counting(seen: Observed) -> Iterator[None]:
    """Count what torch carries out while this is on: operations, and what they make and read."""
    from torch.utils._python_dispatch import TorchDispatchMode

    seen.operations = seen.largest = seen.made = seen.read = 0

    class Counting(TorchDispatchMode):
        @classmethod
        def _should_skip_dynamo(cls) -> bool:
            return False  # True, the default, imports torch._dynamo: nearly a second

        def __torch_dispatch__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            result = func(*args, **(kwargs or {}))
            inputs, outputs = _tensors_of(args), _tensors_of((kwargs or {}).values())  # out=
            given = {_memory_of(t) for t in (*inputs, *outputs)}
            new = _tensors_of((result,))
            sizes = [t.numel() for t in new if _memory_of(t) not in given]
            seen.operations = (seen.operations or 0) + 1
            seen.largest = max([seen.largest or 0, *sizes])  # a view is nothing new
            seen.made = (seen.made or 0) + sum(sizes)
            if sizes or not new or func._schema.is_mutable:  # and a view reads nothing
                seen.read = (seen.read or 0) + sum(t.numel() for t in inputs)
            return result

    with Counting():
        yield


def _memory_of(tensor: Tensor) -> int:
    """Return what tells one tensor's memory from another's; forward-mode tensors have none."""
    try:
        return tensor.untyped_storage().data_ptr()
    except RuntimeError:
        return id(tensor)


def _tensors_of(given: Iterable[Any]) -> list[Tensor]:
    """Return the tensors among an operation's arguments or results, and in lists of them."""
    flat = (x for v in given for x in (v if isinstance(v, (tuple, list)) else (v,)))
    return [x for x in flat if isinstance(x, Tensor)]


@contextmanager
def _counting_kept(seen: Observed) -> Iterator[None]:
    """Count the tensors that are kept for a backward pass, and note the most at one time.

    Results that hang on a graph count as well: they keep its nodes, though it was freed.
    """
    from torch.overrides import TorchFunctionMode

    saved, most, forward = 0, 0, False
    attached = dict[int, weakref.ref[Tensor]]()

    def note() -> None:
        nonlocal most
        most = max(most, saved + len(attached))

    class Kept:
        def __init__(self, tensor: Tensor) -> None:
            nonlocal saved
            self.tensor = tensor
            saved += 1
            note()

        def __del__(self) -> None:
            nonlocal saved
            saved -= 1

    class Attached(TorchFunctionMode):
        def __torch_function__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            nonlocal forward
            forward |= getattr(torch.autograd.forward_ad, "_current_level", -1) >= 0
            result = func(*args, **(kwargs or {}))
            for tensor in _tensors_of((result,)):
                if tensor.grad_fn is not None:
                    place = id(tensor)
                    attached[place] = weakref.ref(tensor, lambda _, i=place: attached.pop(i, None))
            note()
            return result

    with Attached(), torch.autograd.graph.saved_tensors_hooks(Kept, lambda kept: kept.tensor):
        yield
    seen.kept = None if forward else most
