"""How values cross between the judge and a worker: length-prefixed, capped frames; never code.

A frame is its number, two lengths (four bytes each, big-endian), a structure in msgpack, and the
bytes of its tensors, one after another. In the structure a tuple, list, dict, tensor or long
integer is an array that begins with its tag, and no map is ever used: nothing that an answer
returns can pose as one. Everything that comes in is checked by exact type, and sizes before memory
is taken for them. A message is a length, and the frames that are to be answered in turn.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgpack
import numpy as np
import torch
from torch import Tensor

from dojo.calling import values
from dojo.calling.values import DEEPEST, NotPortable

STRUCTURE = 1 << 18  # bytes of msgpack: as Python objects they take up to a hundred times as much
PAYLOAD = values.LARGEST  # bytes of all the tensors in one frame
INTEGER = 4096  # bits: Python writes out no more than 4,300 digits
DIMENSIONS = 64
CONTROL = 1 << 17  # bytes of a message between the judge and the zygote
OUT_OF_MEMORY = 77  # the exit status of a worker that has no memory left to say so
HEADER = struct.Struct(">III")
NUMBER = 4  # bytes of the header that say the frame's number: what follows is the same each time
DTYPES = {str(dtype).removeprefix("torch."): dtype for dtype in values.DTYPES}
NAMES = {dtype: name for name, dtype in DTYPES.items()}


class Malformed(ValueError):
    """Bytes that are no frame of ours: the message says what is wrong with them."""


class TooLarge(NotPortable):
    """A value that is data, but more of it than there is room for."""


@dataclass(frozen=True)
class Room:
    """What one frame may hold: bytes of structure, bytes of tensors, and values in all."""

    structure: int = STRUCTURE
    payload: int = PAYLOAD
    values: int = STRUCTURE


WIDE = Room()
LENGTH = struct.Struct(">I")  # of a message: the bytes of all its frames
END_OF_OUTPUT = b"\0\x1e\0"  # stands between what two asks print


def room_of(value: Any) -> Room:
    """Return the room that a value takes. Errors: NotPortable."""
    writer = _Writer(WIDE)
    structure = msgpack.packb(writer.tree(value, 0), unicode_errors="surrogatepass")
    assert structure is not None  # as its types would have it
    return Room(len(structure), writer.held, writer.values)


def pack(value: Any, number: int = 0, room: Room = WIDE) -> bytes:
    """Return the frame of a value.

    Errors: NotPortable for what is not data, TooLarge for what has no room.
    """
    writer = _Writer(room)
    structure = msgpack.packb(writer.tree(value, 0), unicode_errors="surrogatepass")
    assert structure is not None  # as its types would have it
    if len(structure) > room.structure:
        raise TooLarge(f"it holds {len(structure):,} bytes beside tensors: return a tensor")
    payload = b"".join(writer.buffers)
    return HEADER.pack(number, len(structure), len(payload)) + structure + payload


def unpack(frame: bytes | bytearray | memoryview, room: Room = WIDE) -> Any:
    """Return the value of a whole frame; its tensors own their memory.

    Errors: Malformed for any other bytes, or more than there is room for.
    """
    size = frame_size(frame, room)
    if not size or size != len(frame):
        raise Malformed(f"a frame of {size} bytes came as {len(frame)}")
    end = HEADER.size + HEADER.unpack_from(frame)[1]
    try:
        tree = msgpack.unpackb(
            memoryview(frame)[HEADER.size : end], unicode_errors="surrogatepass", max_ext_len=0
        )
    except Exception as error:
        raise Malformed(f"the structure is no msgpack: {error}") from None
    reader = _Reader(memoryview(frame)[end:], room.values)
    value = reader.value(tree, 0)
    reader.finish()
    return value


def frame_size(start: bytes | bytearray | memoryview, room: Room = WIDE) -> int:
    """Return the size of the frame that begins so; 0 while its header is incomplete.

    Errors: Malformed if it claims more than there is room for.
    """
    if len(start) < HEADER.size:
        return 0
    _, structure, payload = HEADER.unpack_from(start)
    if structure > room.structure or payload > room.payload:
        raise Malformed(f"a frame claims {structure:,} + {payload:,} bytes, more than is allowed")
    return HEADER.size + int(structure) + int(payload)


def number_of(frame: bytes | bytearray | memoryview) -> int:
    """Return the number of a frame."""
    return int(HEADER.unpack_from(frame)[0])


def numbered(frame: bytes, number: int) -> bytes:
    """Return the same frame with another number."""
    return number.to_bytes(NUMBER) + frame[NUMBER:]


def message_of(frames: Sequence[bytes]) -> bytes:
    """Return a message: frames that are answered one by one, in turn."""
    return LENGTH.pack(sum(map(len, frames))) + b"".join(frames)


def message_size(start: bytes | bytearray) -> int:
    """Return the size of the message that begins so; 0 while its length is incomplete."""
    return LENGTH.size + int(LENGTH.unpack_from(start)[0]) if len(start) >= LENGTH.size else 0


def frames_of(message: bytearray) -> list[memoryview]:
    """Return the frames of a whole message."""
    left, frames = memoryview(message)[LENGTH.size :], list[memoryview]()
    while left:
        size = frame_size(left)
        frames.append(left[:size])
        left = left[size:]
    return frames


class _Writer:
    """Writes the structure of a value, and keeps the bytes of its tensors."""

    def __init__(self, room: Room) -> None:
        self.buffers: list[bytes] = []
        self.held = self.values = 0
        self._room = room

    def tree(self, value: Any, depth: int) -> Any:
        kind = type(value)
        self.values += 1
        if self.values > self._room.values:
            raise TooLarge(f"it holds more than {self._room.values:,} values")
        if depth > DEEPEST:
            raise NotPortable(f"it is nested more than {DEEPEST} deep: return a flatter value")
        if kind is int:
            return value if -(2**63) <= value < 2**63 else self._integer(value)
        if kind in values.PLAIN:
            return value
        if kind is tuple or kind is list:
            return [kind.__name__, *[self.tree(item, depth + 1) for item in value]]
        if kind is dict:
            return self._dict(value, depth + 1)
        values.refuse_unless_data(value)
        return self._tensor(value)

    def _dict(self, value: dict[Any, Any], depth: int) -> list[Any]:
        pairs: list[Any] = ["dict"]
        for key, item in value.items():
            if type(key) is not str:
                raise NotPortable(f"it is a dict with the key {key!r}: use strings")
            pairs += (key, self.tree(item, depth))
        return pairs

    @staticmethod
    def _integer(value: int) -> list[Any]:
        if value.bit_length() > INTEGER:
            raise NotPortable(f"it is an integer of {value.bit_length():,} bits")
        return ["int", f"{value:x}"]

    def _tensor(self, tensor: Tensor) -> list[Any]:
        place = tensor.device.type
        if place not in ("cpu", "meta"):
            raise NotPortable(f"it is a tensor on {place}: return one on the arguments' device")
        if place == "cpu" and tensor.numel():
            self.held += tensor.numel() * tensor.element_size()
            if self.held > self._room.payload:
                raise TooLarge(f"its tensors hold more than {self._room.payload:,} bytes together")
            plain = tensor.detach().resolve_conj().resolve_neg().contiguous().reshape(-1)
            self.buffers.append(plain.view(torch.uint8).numpy().tobytes())
        return ["tensor", place, NAMES[tensor.dtype], list(tensor.shape)]


class _Reader:
    """Reads a structure that may say anything, and the payload that belongs to it."""

    def __init__(self, payload: memoryview, values: int) -> None:
        self._payload, self._at, self._left = payload, 0, values

    def value(self, tree: Any, depth: int) -> Any:
        self._left -= 1
        if self._left < 0:
            raise Malformed("it holds more values than there is room for")
        if type(tree) in values.PLAIN:
            return tree
        if type(tree) is not list or not tree or type(tree[0]) is not str:
            raise Malformed(f"a {type(tree).__name__} stands where a value is expected")
        if depth > DEEPEST:
            raise Malformed(f"it is nested more than {DEEPEST} deep")
        tag, *rest = tree
        if tag == "tuple":
            return tuple([self.value(item, depth + 1) for item in rest])
        if tag == "list":
            return [self.value(item, depth + 1) for item in rest]
        if tag == "dict":
            return self._dict(rest, depth + 1)
        if tag == "tensor":
            return self._tensor(rest)
        if tag == "int":
            return self._integer(rest)
        raise Malformed(f"there is no tag {tag[:20]!r}")

    def _dict(self, rest: list[Any], depth: int) -> dict[str, Any]:
        keys, items = rest[::2], rest[1::2]
        if len(keys) != len(items) or any(type(key) is not str for key in keys):
            raise Malformed("a dict is not pairs of a string and a value")
        read = {key: self.value(item, depth) for key, item in zip(keys, items, strict=True)}
        if len(read) != len(keys):
            raise Malformed("a dict has one key twice")
        return read

    @staticmethod
    def _integer(rest: list[Any]) -> int:
        if len(rest) != 1 or type(rest[0]) is not str or len(rest[0]) > INTEGER // 4 + 2:
            raise Malformed("an integer is not one string of hexadecimal digits")
        try:
            return int(rest[0], 16)
        except ValueError:
            raise Malformed("an integer is not written in hexadecimal digits") from None

    def _tensor(self, rest: list[Any]) -> Tensor:
        if len(rest) != 3 or rest[0] not in ("cpu", "meta") or type(rest[2]) is not list:
            raise Malformed("a tensor is not a device, a dtype and a shape")
        place, name, shape = rest
        dtype = DTYPES.get(name) if type(name) is str else None
        if dtype is None:
            raise Malformed("a tensor has a dtype that is not data")
        if len(shape) > DIMENSIONS or any(type(n) is not int or n < 0 for n in shape):
            raise Malformed("a tensor has a shape that is not numbers from 0 on")
        # empty dimensions count as one: the others must fit all the same
        if math.prod(max(n, 1) for n in shape) * dtype.itemsize > PAYLOAD:
            raise Malformed("a tensor claims more than a frame may have")
        if place == "meta":
            return torch.empty(shape, dtype=dtype, device="meta")
        return self._filled(shape, dtype, math.prod(shape) * dtype.itemsize)

    def _filled(self, shape: list[int], dtype: torch.dtype, size: int) -> Tensor:
        raw = bytearray(self._payload[self._at : self._at + size])
        self._at += size
        if len(raw) != size:
            raise Malformed("a tensor has fewer bytes than its shape needs")
        if dtype is torch.bool and np.frombuffer(raw, np.uint8).max(initial=0) > 1:
            raise Malformed("a bool tensor holds a byte that is neither 0 nor 1")
        if not size:
            return torch.empty(shape, dtype=dtype)
        return torch.frombuffer(raw, dtype=dtype).reshape(shape)

    def finish(self) -> None:
        if self._at != len(self._payload):
            raise Malformed("the payload has more bytes than its tensors need")
