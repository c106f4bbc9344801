"""A protobuf writer that writes anything, right or wrong, also what `onnx` would refuse to build."""

from __future__ import annotations

import struct
from functools import cache

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def varint(number):
    number &= (1 << 64) - 1
    encoded = bytearray()
    while number > 127:
        encoded.append(number & 127 | 128)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def tag(field, wire_type):
    return varint(field << 3 | wire_type)


def number(field, value):
    return tag(field, VARINT) + varint(value)


def block(field, *contents):
    content = b"".join(part.encode() if isinstance(part, str) else part for part in contents)
    return tag(field, BYTES) + varint(len(content)) + content


def float32(field, value):
    return tag(field, FIXED32) + struct.pack("<f", value)


def packed(field, numbers):
    return block(field, *map(varint, numbers))


# Messages of ONNX


def tensor(name="", dims=(), data_type=1, *contents):
    return (
        b"".join(number(1, dim) for dim in dims) + number(2, data_type) + block(8, name) + b"".join(contents)
    )


def shape(*dims):
    encoded = b""
    for dim in dims:
        content = b"" if dim is None else block(2, dim) if isinstance(dim, str) else number(1, dim)
        encoded += block(1, content)
    return encoded


def tensor_type(data_type, *dims):
    return block(1, number(1, data_type), block(2, shape(*dims)))


def value(name, *type_contents):
    return block(1, name) + block(2, *type_contents)


def node(operator, inputs=(), outputs=(), *contents):
    return (
        b"".join(block(1, name) for name in inputs)
        + b"".join(block(2, name) for name in outputs)
        + block(4, operator)
        + b"".join(contents)
    )


def attribute(name, kind, *contents):
    """A whole field 5 of a node; kind 0 leaves it out."""
    return block(5, block(1, name), *contents, number(20, kind) if kind else b"")


def model(*graph_contents, ir_version=8, opset=17):
    return (
        number(1, ir_version)
        + block(2, "tests")
        + block(7, *graph_contents)
        + block(8, block(1, ""), number(2, opset))
    )


@cache
def small_model():
    """A convolution and a flatten: every kind of message, in 500 bytes."""
    return model(
        block(
            1,
            node(
                "Conv",
                ("x", "w", "b"),
                ("y",),
                block(3, "first"),
                integers("pads", 1, 1, 1, 1),
                integers("strides", 2, 2),
            ),
        ),
        block(1, node("Reshape", ("y", "to"), ("z",), block(9, block(1, "module"), block(2, "head")))),
        block(1, node("If", ("known",), ("last",), branch("then_branch"), branch("else_branch"))),
        block(2, "small"),
        block(5, tensor("w", (8, 3, 3, 3), 1, block(9, bytes(8 * 27 * 4)))),
        block(5, tensor("b", (8,), 1, block(4, struct.pack("<8f", *range(8))))),
        block(5, tensor("to", (2,), 7, packed(7, (0, -1)))),
        block(5, tensor("known", (), 9, number(5, 1))),
        block(11, value("x", tensor_type(1, "batch", 3, 32, 32))),
        block(12, value("last", tensor_type(1, "batch", None))),
        block(13, value("y", tensor_type(1, "batch", 8, 16, 16))),
    )


def integers(name, *numbers):
    return attribute(name, 7, *(number(8, each) for each in numbers))


def branch(name):
    constant = attribute("value", 4, block(5, tensor("", (1,), 1, float32(4, 0.5))))
    return attribute(
        name,
        5,
        block(6, block(1, node("Constant", (), ("c",), constant)), block(12, value("c", tensor_type(1, 1)))),
    )
