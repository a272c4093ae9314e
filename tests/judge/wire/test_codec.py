"""The wire: any value comes back as it went, and any bytes are a value or a clean refusal."""

from __future__ import annotations

import math
from typing import Any

import msgpack
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor

from dojo.calling import values
from dojo.calling.values import NotPortable
from dojo.judge.wire import codec
from dojo.judge.wire.codec import HEADER, Malformed, pack, unpack

DTYPES = sorted(values.DTYPES, key=str)
quickly = settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def tensor_of(dtype: torch.dtype, shape: list[int], raw: bytes) -> Tensor:
    """Make a tensor of any bits: nan of every kind, subnormals, signed zeros."""
    size = math.prod(shape) * dtype.itemsize
    bits = np.frombuffer((raw * (size // len(raw) + 1))[:size], np.uint8).copy()
    if dtype is torch.bool:
        bits &= 1
    return torch.from_numpy(bits).view(dtype).reshape(shape) if size else torch.empty(shape)


raw_tensors = st.builds(
    tensor_of,
    st.sampled_from(DTYPES),
    st.lists(st.integers(0, 4), max_size=4),
    st.binary(min_size=64, max_size=64),
)
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**200), 2**200)
    | st.floats()
    | st.text(st.characters(), max_size=20)
    | raw_tensors
)
data = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


def _bits(value: Any) -> Any:
    """Return a value with its tensors as their exact bits, and each leaf with its type."""
    if isinstance(value, Tensor):
        bits = value.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
        return "tensor", value.dtype, tuple(value.shape), bits
    if type(value) in (tuple, list):
        return type(value), [_bits(item) for item in value]
    if type(value) is dict:
        return dict, [(k, _bits(v)) for k, v in value.items()]
    return type(value), repr(value)


@quickly
@given(data)
def test_a_value_comes_back_as_it_went(value: Any) -> None:
    """Types, dtypes, shapes, order and every bit survive; the tensors are the reader's own."""
    assert _bits(unpack(pack(value))) == _bits(value)


@quickly
@given(st.binary(max_size=400))
def test_any_bytes_are_a_value_or_refused(raw: bytes) -> None:
    """Whatever comes in, nothing comes out but data, or Malformed."""
    _value_or_refusal(raw)


@quickly
@given(st.binary(max_size=200), st.binary(max_size=64))
def test_any_structure_is_a_value_or_refused(structure: bytes, payload: bytes) -> None:
    """The same behind a header that is right."""
    _value_or_refusal(HEADER.pack(0, len(structure), len(payload)) + structure + payload)


trees = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.binary(max_size=8)
    | st.sampled_from(["tensor", "int", "dict", "list", "tuple", "cpu", "meta", "float64", "bool"])
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=15,
)


@quickly
@given(trees, st.binary(max_size=64))
def test_any_tree_is_a_value_or_refused(tree: Any, payload: bytes) -> None:
    """The same for msgpack that is right, and made of the wire's own words."""
    structure = msgpack.packb(tree, unicode_errors="surrogatepass")
    assert structure is not None
    _value_or_refusal(HEADER.pack(0, len(structure), len(payload)) + structure + payload)


@quickly
@given(data, st.data())
def test_a_broken_frame_is_a_value_or_refused(value: Any, draw: st.DataObject) -> None:
    """One byte changed, or the end cut off, is no more harmful."""
    frame = bytearray(pack(value))
    at = draw.draw(st.integers(0, len(frame) - 1))
    frame[at] = draw.draw(st.integers(0, 255))
    _value_or_refusal(frame)
    with pytest.raises(Malformed):
        unpack(bytes(pack(value)[:-1]))


def _value_or_refusal(raw: bytes | bytearray) -> None:
    try:
        found = unpack(raw)
    except Malformed:
        return
    for _, leaf in values.each(found):
        values.refuse_unless_data(leaf)


@pytest.mark.parametrize(
    ("tree", "payload", "says"),
    [
        (["tensor", "cpu", "float64", [2**40]], b"", "more than a frame may have"),
        (["tensor", "cpu", "float64", [0, 2**62]], b"", "more than a frame may have"),
        (["tensor", "meta", "float64", [10**13]], b"", "more than a frame may have"),
        (["tensor", "cpu", "float64", [2]], b"\0" * 8, "fewer bytes"),
        (["tensor", "cpu", "float64", [1]], b"\0" * 9, "more bytes"),
        (["tensor", "cpu", "float64", [-1]], b"", "a shape"),
        (["tensor", "cpu", "float64", [True]], b"\0" * 8, "a shape"),
        (["tensor", "cpu", "float64", [1] * 65], b"\0" * 8, "a shape"),
        (["tensor", "cpu", "qint8", [1]], b"\0", "a dtype"),
        (["tensor", "cuda", "float64", [1]], b"\0" * 8, "a device"),
        (["tensor", "cpu", "bool", [1]], b"\2", "neither 0 nor 1"),
        (["dict", "a"], b"", "pairs"),
        (["dict", "a", 1, "a", 2], b"", "twice"),
        (["int", "f" * 2000], b"", "one string"),
        (["int", "zz"], b"", "hexadecimal"),
        (["object", 1], b"", "no tag"),
        ([], b"", "a list stands"),
        ({"a": 1}, b"", "a dict stands"),
        (b"bytes", b"", "a bytes stands"),
        (msgpack.ExtType(5, b"x"), b"", "no msgpack"),
        (msgpack.Timestamp(1), b"", "no msgpack"),
    ],
    ids=repr,
)
def test_what_is_refused(tree: Any, payload: bytes, says: str) -> None:
    """Sizes are checked before memory is taken; every leaf is checked by exact type."""
    structure = msgpack.packb(tree)
    assert structure is not None
    with pytest.raises(Malformed, match=says):
        unpack(HEADER.pack(0, len(structure), len(payload)) + structure + payload)


def test_depth_is_bounded() -> None:
    """Deep nesting is refused on both sides, before Python's own stack ends."""
    deep: Any = 1.0
    for _ in range(values.DEEPEST + 1):
        deep = [deep]
    with pytest.raises(NotPortable, match="deep"):
        pack(deep)
    for depth in (400, 100_000):
        structure = b"\x92\xa4list" * depth + b"\x01"
        with pytest.raises(Malformed):
            unpack(HEADER.pack(0, len(structure), 0) + structure)


def test_a_claim_costs_nothing() -> None:
    """A header is believed up to the caps only."""
    assert codec.frame_size(b"\0" * 11) == 0
    for claim in (HEADER.pack(0, codec.STRUCTURE + 1, 0), HEADER.pack(0, 0, codec.PAYLOAD + 1)):
        with pytest.raises(Malformed, match="claims"):
            codec.frame_size(claim)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (torch.zeros(1).expand(10**13), "MiB"),
        ([torch.zeros(1 << 22)] * 2, "together"),
        (1 << 5000, "bits"),
        ("a" * codec.STRUCTURE, "return a tensor"),
        ({1: 2}, "use strings"),
        (torch.nn.Parameter(torch.ones(1)), "plain tensor"),
        (np.float64(1.0), "Python number"),
        ({1, 2}, "a set"),
    ],
    ids=["expanded", "together", "integer", "string", "key", "parameter", "numpy", "set"],
)
def test_what_is_not_sent(value: Any, says: str) -> None:
    """What is not data, or too much of it, is refused where it comes from."""
    with pytest.raises(NotPortable, match=says):
        pack(value)


def test_views_are_sent_as_what_they_show() -> None:
    """Strides, offsets and pending conjugates do not cross; a gradient does not either."""
    x = torch.arange(12.0).reshape(3, 4)
    sent = [x.T, x[1:, ::2], x[0].expand(2, 4), torch.tensor([1 + 2j]).conj(), x.requires_grad_()]
    for value, back in zip(sent, unpack(pack(sent)), strict=True):
        assert torch.equal(value.resolve_conj(), back)
        assert not back.requires_grad
        assert back.is_contiguous()


def test_meta_tensors_cross_without_values() -> None:
    """What has no values stays on meta, for a spec to say so."""
    back = unpack(pack(torch.empty(2, 3, device="meta", dtype=torch.float16)))
    assert (back.device.type, tuple(back.shape), back.dtype) == ("meta", (2, 3), torch.float16)
