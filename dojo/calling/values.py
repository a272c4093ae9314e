"""Which values pass between a spec and an answer, and how they are copied, compared and shown.

A kata function is data in, data out. Accepted, by exact type: None, bool, int, float, str, dense
tensors, and tuples, lists and string-keyed dicts of these. A named tuple is a tuple, and a dict of
another class (a defaultdict) a dict. Everything else is refused with what to return instead,
wherever the answer runs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterator, Sequence
from types import CoroutineType, GeneratorType
from typing import Any

import numpy as np
import torch
from torch import Tensor

PLAIN = frozenset({type(None), bool, int, float, str})
LEAVES = PLAIN | {Tensor}
DTYPES = frozenset(
    {
        torch.bool,
        *(torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64),
        *(torch.float16, torch.bfloat16, torch.float32, torch.float64),
        *(torch.complex64, torch.complex128),
    }
)
SHOWN = 6  # a tensor of more elements is shown by its shape
DEEPEST = 32  # tuples, lists and dicts inside one another
LARGEST = 1 << 24  # bytes of one tensor: an `expand` claims any size and costs nothing until copied


class NotPortable(TypeError):
    """A value that is not data: the message says what it is and what to return instead."""


def each(value: Any, where: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield every leaf of a nested value with its place, such as `[1]['w']`.

    Errors: NotPortable where it is nested more than DEEPEST deep (or holds itself).
    """
    if depth > DEEPEST:
        raise NotPortable(f"it is nested more than {DEEPEST} deep: return a flatter value")
    if isinstance(value, tuple) or type(value) is list:
        for i, item in enumerate(value):
            yield from each(item, f"{where}[{i}]", depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            if type(key) is not str:
                raise NotPortable(f"{where or 'it'} is a dict with the key {key!r}: use strings")
            yield from each(item, f"{where}[{key!r}]", depth + 1)
    else:
        yield where, value


def tensors(value: Any) -> Iterator[Tensor]:
    """Yield every tensor in a nested value."""
    if type(value) is Tensor:
        return iter((value,))
    return (leaf for _, leaf in each(value) if isinstance(leaf, Tensor))


def transform(value: Any, change: Callable[[Any], Any]) -> Any:
    """Rebuild a nested value with every leaf changed."""
    if type(value) in (tuple, list):
        return type(value)(transform(item, change) for item in value)
    if type(value) is dict:
        return {key: transform(item, change) for key, item in value.items()}
    return change(value)


def copied(value: Any) -> Any:
    """Return an independent copy: tensors cloned and detached, on the device where they are.

    Errors: NotPortable for anything that is not data.
    """
    try:
        return _copied(value, 0)
    except NotPortable:
        for where, leaf in each(value):  # once more, to say where it is
            refuse_unless_data(leaf, where)
        raise


def _copied(value: Any, depth: int) -> Any:
    kind = type(value)
    if depth > DEEPEST:
        raise NotPortable("it is nested too deep")
    if kind in PLAIN:
        return value
    if kind is list:
        return [_copied(item, depth + 1) for item in value]
    if isinstance(value, tuple):
        return tuple([_copied(item, depth + 1) for item in value])
    if isinstance(value, dict):
        if any(type(key) is not str for key in value):
            raise NotPortable("a key is no string")
        return {key: _copied(item, depth + 1) for key, item in value.items()}
    refuse_unless_data(value)
    return value.detach().clone()


def refuse_unless_data(leaf: Any, where: str = "") -> None:
    """Raise NotPortable, with the next move, for a leaf that is not data."""
    if type(leaf) in PLAIN:
        return
    if type(leaf) is Tensor:
        if leaf.layout is not torch.strided or leaf.is_quantized:
            raise NotPortable(f"{where or 'it'} is a {leaf.layout} tensor: call .to_dense()")
        if leaf.dtype not in DTYPES:
            raise NotPortable(f"{where or 'it'} is a tensor of {leaf.dtype}: convert it with .to()")
        if leaf.numel() * leaf.element_size() > LARGEST:
            raise NotPortable(
                f"{where or 'it'} is a tensor of {leaf.numel():,} elements: "
                f"return less than {LARGEST >> 20} MiB"
            )
        return
    raise NotPortable(f"{where or 'it'} is a {_kind(type(leaf))}: {_instead(leaf)}")


def _kind(of: type) -> str:
    """Name a class by its module, too, where that is one of a library's."""
    module = str(of.__module__)
    known = getattr(sys.modules.get(module), "__spec__", None)  # an answer's own has none
    return f"{module}.{of.__name__}".removeprefix("builtins.") if known else of.__name__


def _instead(leaf: Any) -> str:
    """What to return instead of a leaf that is refused."""
    if isinstance(leaf, Tensor):
        return "return a plain tensor, such as its .detach()"
    if isinstance(leaf, BaseException):
        return "an error is raised, with `raise` in the place of `return`"
    if isinstance(leaf, np.generic):
        return "return a Python number, with .item()"
    if isinstance(leaf, np.ndarray):
        return "return a tensor, with torch.from_numpy()"
    if isinstance(leaf, CoroutineType):
        return "write `def` without `async`"
    if isinstance(leaf, GeneratorType):
        return "append to a list where `yield` stands, and return torch.stack() of it, or the list"
    return "return a tensor, a number, a string, or a tuple, list or dict of these"


def same(a: Any, b: Any) -> bool:
    """Whether two values are alike to the bit, nan being like nan."""
    if type(a) in LEAVES and type(b) in LEAVES:
        return _same_leaf(a, b)
    left, right = list(each(a)), list(each(b))
    return len(left) == len(right) and all(
        place == other and _same_leaf(x, y)
        for (place, x), (other, y) in zip(left, right, strict=True)
    )


def _same_leaf(x: Any, y: Any) -> bool:
    if not isinstance(x, Tensor) or not isinstance(y, Tensor):
        return type(x) is type(y) and (x == y or (x != x and y != y))
    if (x.shape, x.dtype, x.device) != (y.shape, y.dtype, y.device):
        return False
    return x.is_meta or torch.equal(x, y) or bool(((x == y) | ((x != x) & (y != y))).all())


def fingerprint(value: Any) -> Hashable:
    """Return what is the same for values of one make that are alike to the bit, and for no others.

    value: data
    """
    kind = type(value)
    if kind is tuple or kind is list:
        return kind, *map(fingerprint, value)
    if kind is dict:
        return kind, *((key, fingerprint(item)) for key, item in value.items())
    if not isinstance(value, Tensor):
        return kind, value.hex() if kind is float else value  # -0.0 is not 0.0, and nan is itself
    about = value.dtype, value.shape, value.device.type
    if value.is_meta:
        return about
    return *about, value.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()


def shown(value: Any, most: int = SHOWN) -> str:
    """Write a value in one line, as a learner would type it; tensors over `most` by their shape."""
    if isinstance(value, Tensor):
        if value.numel() > most or value.is_meta:  # which has no values
            return f"<tensor {list(value.shape)}{_dtype(value)}>"
        return f"tensor({_numbers(value.tolist())}{_dtype(value)})"
    if type(value) in (tuple, list):
        if _are_large(value, most):
            return _shapes(value)
        body = ", ".join(shown(item, most) for item in value)
        return f"[{body}]" if type(value) is list else f"({body})"
    if type(value) is dict:
        return "{" + ", ".join(f"{k!r}: {shown(v, most)}" for k, v in value.items()) + "}"
    return f"{value:.10g}" if type(value) is float else repr(value)


def _are_large(items: Sequence[Any], most: int) -> bool:
    """Whether these are two tensors or more, of one dtype, each over `most`."""
    large = [v for v in items if isinstance(v, Tensor) and v.numel() > most]
    return len(items) > 1 and len(large) == len(items) and len({t.dtype for t in large}) == 1


def _shapes(tensors: Sequence[Tensor]) -> str:
    """Write a list of tensors by the shapes of the first three."""
    shapes = ", ".join(str(list(t.shape)) for t in tensors[:3])
    more = ", …" if len(tensors) > 3 else ""
    return f"<{len(tensors)} tensors {shapes}{more}{_dtype(tensors[0])}>"


def _dtype(tensor: Tensor) -> str:
    return "" if tensor.dtype is torch.float32 else f", dtype={str(tensor.dtype)[6:]}"


def _numbers(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_numbers(item) for item in value) + "]"
    return _decimal(f"{value:.7g}") if isinstance(value, float) else repr(value)


def _decimal(text: str) -> str:
    """Write a whole float with its point: without one, what is typed is a tensor of integers."""
    return f"{text}." if text.lstrip("-").isdigit() else text
