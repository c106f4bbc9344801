"""Files made to break a reader: each with what it must end in, a network or an error, word for word.

Names are the files' names, and stand in the messages. The large files have a file of their own.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.readers.onnx.encoder import (
    attribute,
    block,
    integers,
    model,
    node,
    number,
    packed,
    small_model,
    tensor,
    tensor_type,
    value,
)

__all__ = ["FOLDER", "LAST", "SMALL", "Hostile", "X", "hostile", "integers_axis", "relu"]

FOLDER = "a folder"
"""What stands in place of bytes where the file is a folder."""

AGAIN = "copy or download the file again, or write it anew from its source"
ANEW = "write the file anew from its source"

X = block(11, value("x", tensor_type(1, "N", 3, 8, 8)))
LAST = block(12, value("last", tensor_type(1)))


@dataclass(frozen=True)
class Hostile:
    """One file.

    Args:
        name: of the file.
        write: makes its bytes.
        ends_in: the whole text of the error; or of a network the shape of each output, as `name: shape`.
    """

    name: str
    write: Callable[[], bytes]
    ends_in: str


def relu(taken: str = "x", given: str = "last", *contents: bytes) -> bytes:
    """A node of the graph."""
    return block(1, node("Relu", (taken,), (given,), *contents))


def nested(levels: int) -> bytes:
    """Graphs within each other, by the branches of conditions."""
    graph = b""
    for _ in range(levels):
        graph = block(1, node("If", (), (), attribute("then_branch", 5, block(6, graph)))) + LAST
    return model(graph, LAST)


def loops(levels: int) -> bytes:
    """Loops within each other, each of which says that it runs 2^62 times and doubles what it carries."""
    inner = block(1, node("Concat", ("a", "a"), ("b",), integers_axis(0)))
    for level in range(levels):
        body = inner
        body += block(11, value("i", tensor_type(7))) + block(11, value("go", tensor_type(9)))
        body += block(11, value("a", tensor_type(1))) + block(12, value("go", tensor_type(9)))
        body += block(12, value("b", tensor_type(1)))
        given = "last" if level == levels - 1 else "b"
        taken = "x" if level == levels - 1 else "a"
        inner = block(1, node("Loop", ("often", "", taken), (given,), attribute("body", 5, block(6, body))))
    often = block(5, tensor("often", (), 7, number(7, 2**62)))
    return model(inner, often, X, LAST)


def integers_axis(axis: int) -> bytes:
    """The attribute `axis`."""
    return attribute("axis", 2, number(3, axis))


def functions(levels: int) -> bytes:
    """Functions each of which calls the next twice."""
    found = b"".join(
        block(
            25,
            block(1, f"F{level}"),
            block(4, "a"),
            block(5, "b"),
            block(10, "own"),
            block(7, node(f"F{level + 1}", ("a",), ("c",), block(7, "own"))),
            block(7, node(f"F{level + 1}", ("c",), ("b",), block(7, "own"))),
        )
        for level in range(levels)
    )
    return model(block(1, node("F0", ("x",), ("last",), block(7, "own"))), X, LAST) + found


NAMES = {
    "escape": "\x1b[31m\x1b]0;owned\x07",
    "script": "</script><script>alert(1)</script>",
    "markup": "<svg onload=alert(1)>&amp;\"' [bold]\\write18{x} $(id) `id` %n",
    "turned": "\u202egnp.exe\u2066\u200b\ufeff",
    "lines": "a\r\nb\x85c\u2028d\x00e",
}


def named(name: str) -> bytes:
    """A network in which everything is called so."""
    return model(
        block(1, node("Conv", ("x", name), ("y",), block(3, name), integers("pads", 1, 1, 1, 1))),
        block(1, node(name, ("y",), ("z",), block(3, name), block(7, name))),
        block(5, tensor(name, (4, 3, 3, 3))),
        block(2, name),
        X,
        block(12, value("y", tensor_type(1))),
        block(12, value("z", tensor_type(1))),
    )


def _truncated() -> Iterator[Hostile]:
    whole = small_model()
    for sixteenth in range(1, 16):
        end = len(whole) * sixteenth // 16
        needed, start = 1 + _end_of_graph(whole), whole.index(b"\x3a", 9)
        text = (
            f"cut{sixteenth}.onnx cannot be read: it ends in the middle of a field\n"
            f"  at     cut{sixteenth}.onnx, byte {start}\n"
            f"  have   a field that goes on to byte {needed - 1:,} or beyond, in a file of {end:,} bytes\n"
            "  rule   a field has as many bytes as it announces\n"
            f"  fix    {AGAIN}"
        )
        yield Hostile(f"cut{sixteenth}.onnx", lambda end=end: whole[:end], text)


def _end_of_graph(whole: bytes) -> int:
    return whole.rindex(block(8, block(1, ""), number(2, 17)))


def _random() -> Iterator[Hostile]:
    for seed, (size, ends_in) in enumerate(RANDOM):
        name = f"random{seed}.onnx"
        written = ends_in.replace("{name}", name)
        yield Hostile(name, lambda seed=seed, size=size: random.Random(seed).randbytes(size), written)


RANDOM = (
    (
        64,
        "{name} cannot be read: its byte 6 begins no field\n"
        "  at     {name}, byte 6\n"
        "  have   wire type 7 in field 1571\n"
        "  rule   the wire types are 0, 1, 2 and 5\n"
        "  fix    copy or download the file again, or write it anew from its source",
    ),
    (
        64,
        "{name} cannot be read: its byte 18 begins no field\n"
        "  at     {name}, byte 18\n"
        "  have   field number 1326615600\n"
        "  rule   field numbers go from 1 to 536,870,911\n"
        "  fix    copy or download the file again, or write it anew from its source",
    ),
    (
        200,
        "{name} cannot be read: its byte 0 begins no field\n"
        "  at     {name}, byte 0\n"
        "  have   wire type 3, a group, in field 14\n"
        "  rule   ONNX has no groups: its wire types are 0, 1, 2 and 5\n"
        "  fix    copy or download the file again, or write it anew from its source",
    ),
    (
        1000,
        "{name} cannot be read: its byte 6 begins no field\n"
        "  at     {name}, byte 6\n"
        "  have   wire type 7 in field 151926\n"
        "  rule   the wire types are 0, 1, 2 and 5\n"
        "  fix    copy or download the file again, or write it anew from its source",
    ),
    (
        4096,
        "{name} cannot be read: its byte 0 begins no field\n"
        "  at     {name}, byte 0\n"
        "  have   wire type 7 in field 223834\n"
        "  rule   the wire types are 0, 1, 2 and 5\n"
        "  fix    copy or download the file again, or write it anew from its source",
    ),
    (
        65536,
        "{name} cannot be read: its byte 8 begins no field\n"
        "  at     {name}, byte 8\n"
        "  have   field number 6443668449209347\n"
        "  rule   field numbers go from 1 to 536,870,911\n"
        "  fix    copy or download the file again, or write it anew from its source",
    ),
)


def _dims() -> Iterator[Hostile]:
    stored = "the dims of a stored tensor are 0 or more"
    yield Hostile(
        "large_dims.onnx",
        lambda: model(block(5, tensor("w", (2**62, 2))), relu(), X, LAST),
        "large_dims.onnx cannot be read: it has a tensor of 2^63 elements or more\n"
        "  at     large_dims.onnx, byte 13, tensor w\n"
        "  have   the shape 4611686018427387904×2\n"
        "  rule   a tensor has fewer than 2^63 elements\n"
        f"  fix    {ANEW}",
    )
    yield Hostile(
        "negative_dims.onnx",
        lambda: model(block(5, tensor("w", (3, -7))), relu(), X, LAST),
        "negative_dims.onnx cannot be read: it has a dim of -7\n"
        "  at     negative_dims.onnx, byte 13, tensor w\n"
        "  have   the shape 3×-7\n"
        f"  rule   {stored}\n"
        f"  fix    {ANEW}",
    )
    yield Hostile(
        "declared_dims.onnx",
        lambda: model(relu(), block(11, value("x", tensor_type(1, 2**63 - 1, -(2**63), -1, 0))), LAST),
        "last: 9223372036854775807×C×H×0",
    )
    yield Hostile(
        "filled.onnx",
        lambda: model(
            block(5, tensor("to", (2,), 7, packed(7, (2**62, 2**62)))),
            block(1, node("ConstantOfShape", ("to",), ("last",))),
            X,
            LAST,
        ),
        "last: 4611686018427387904×4611686018427387904",
    )


def _graphs() -> Iterator[Hostile]:
    name = "every value of an ONNX graph has a name of its own"
    yield Hostile(
        "circle.onnx",
        lambda: model(relu("a", "b"), relu("b", "a"), relu("a"), X, LAST),
        "the nodes of this file wait for each other in a circle\n"
        "  at     circle.onnx, node Relu\n"
        "  have   3 nodes, none of which can be first\n"
        "  rule   an ONNX graph has no cycles",
    )
    yield Hostile(
        "doubles.onnx",
        lambda: model(relu(), relu(), X, LAST),
        "two things in this file are called last\n"
        "  at     doubles.onnx, node Relu\n"
        "  have   a value last that something else gives already\n"
        f"  rule   {name}",
    )
    yield Hostile("missing.onnx", lambda: model(relu("nobody"), X, LAST), "last: ?")
    yield Hostile(
        "nested.onnx",
        lambda: nested(60),
        "nested.onnx cannot be read: it has a subgraph of 33 levels\n"
        "  at     nested.onnx, byte 870\n"
        "  have   33 levels\n"
        "  rule   at most 32 levels; no network needs as many\n"
        "  fix    if this is a real network, please report it: the limit can be raised",
    )
    yield Hostile("loops.onnx", lambda: loops(30), "last: ?×3×8×8")
    yield Hostile(
        "functions.onnx",
        lambda: functions(40),
        "it has functions of 33 levels\n"
        f"  at     functions.onnx, node last/{'/'.join([f'F{level}' for level in range(1, 32)])}/…\n"
        "  have   33 levels\n"
        "  rule   at most 32 levels; no network needs as many\n"
        "  fix    if this is a real network, please report it: the limit can be raised",
    )


def _names() -> Iterator[Hostile]:
    for kind, name in NAMES.items():
        yield Hostile(f"{kind}.onnx", lambda name=name: named(name), "y: N×4×8×8\nz: ?")


def _others() -> Iterator[Hostile]:
    yield Hostile(
        "empty.onnx",
        lambda: b"",
        "empty.onnx is empty\n"
        "  at     empty.onnx\n"
        "  have   0 bytes\n"
        "  rule   an ONNX file is a protobuf message whose field 7 is the graph\n"
        f"  fix    {AGAIN}",
    )
    yield Hostile(
        "pointer.onnx",
        lambda: b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 553438000\n",
        "pointer.onnx holds no network: it is a Git LFS pointer\n"
        "  at     pointer.onnx, byte 0\n"
        "  have   72 bytes of text: version https://git-lfs.github.com/spec/v1 …\n"
        "         it stands for a file of 553,438,000 bytes that was not downloaded\n"
        "  rule   an ONNX file is a protobuf message whose field 7 is the graph\n"
        "  fix    git lfs pull --include pointer.onnx",
    )
    yield Hostile(
        "page.onnx",
        lambda: b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>\n",
        "page.onnx holds no network: it is a web page\n"
        "  at     page.onnx, byte 0\n"
        "  have   65 bytes of text: <!DOCTYPE html> …\n"
        "  rule   an ONNX file is a protobuf message whose field 7 is the graph\n"
        "  fix    download the file itself: on its host, the link to the raw file and not its page",
    )
    yield Hostile(
        "folder.onnx",
        FOLDER.encode,
        "folder.onnx is a folder\n"
        "  at     folder.onnx\n"
        "  have   a folder\n"
        "  rule   a model is one file\n"
        "  fix    name the .onnx file in it",
    )


SMALL: tuple[Hostile, ...] = (*_others(), *_truncated(), *_random(), *_dims(), *_graphs(), *_names())
"""Files of a few kilobytes at most."""


def hostile(name: str) -> Hostile:
    """The file of this name."""
    return next(each for each in SMALL if each.name == name)
