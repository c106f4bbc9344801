"""Padding, constant and by what stands at the border."""

from __future__ import annotations

from typing import Any

from shapelens.operators import Pad
from shapelens.operators.padding import CIRCULAR, CONSTANT, REFLECT, REPLICATE
from shapelens.readers.torch.functions import Call, translates
from shapelens.readers.torch.recording import Value


@translates("pad constant_pad_nd")
def pad(call: Call, input: Value, pad: Any, mode: Any = CONSTANT, *_: Any, **__: Any) -> Value:
    """The last axis' cells before and after come first."""
    return _padded(call, input, pad, mode if isinstance(mode, str) else CONSTANT)


@translates("reflection_pad1d reflection_pad2d reflection_pad3d")
def reflection_pad(call: Call, input: Value, padding: Any) -> Value:
    return _padded(call, input, padding, REFLECT)


@translates("replication_pad1d replication_pad2d replication_pad3d")
def replication_pad(call: Call, input: Value, padding: Any) -> Value:
    return _padded(call, input, padding, REPLICATE)


@translates("_pad_circular")
def circular_pad(call: Call, input: Value, pad: Any) -> Value:
    return _padded(call, input, pad, CIRCULAR)


def _padded(call: Call, input: Value, sides: Any, mode: str) -> Value:
    """All modes but the constant one want images: channels in front, and perhaps a batch."""
    sides = tuple(sides)
    pairs = tuple(zip(sides[::2], sides[1::2], strict=True))[::-1]
    ranks = () if mode == CONSTANT else (len(pairs) + 1, len(pairs) + 2)
    return call.one(Pad(pairs, tuple(range(-len(pairs), 0)), mode, ranks=ranks), input)
