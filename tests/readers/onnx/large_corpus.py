"""Files of megabytes that ask for time or memory by number; they are written when they are asked for."""

from __future__ import annotations

from tests.readers.onnx.corpus import LAST, Hostile, X, integers_axis, relu
from tests.readers.onnx.encoder import (
    attribute,
    block,
    integers,
    model,
    node,
    number,
    tensor,
    tensor_type,
    value,
)

__all__ = ["LARGE"]

MILLION = 1_000_000


def chain(count: int) -> bytes:
    """So many nodes one after the other."""
    names = ["x", *[f"{place:x}" for place in range(count)]]
    nodes = b"".join([relu(names[place], names[place + 1]) for place in range(count)])
    return model(nodes, X, block(12, value(names[-1], tensor_type(1))))


def convolutions(count: int, letters: int, *, own_weights: bool = False, backwards: bool = False) -> bytes:
    """So many convolutions one after the other, all of whose names have so many letters."""
    nodes, weights, before = [], [], "x"
    for place in range(count):
        end = f"{place:07d}".rjust(letters - 1, "_")
        weight = f"w{end}" if own_weights else "w"
        # Programs write the name in front of the operator.
        taken = block(1, before) + block(1, weight) + block(2, f"v{end}") + block(3, f"n{end}")
        nodes.append(block(1, taken, block(4, "Conv"), integers("pads", 1, 1, 1, 1)))
        if own_weights or not weights:
            weights.append(block(5, tensor(weight, (8, 3, 3, 3))))
        before = f"v{end}"
    return model(
        *(nodes[::-1] if backwards else nodes), *weights, X, block(12, value(before, tensor_type(1)))
    )


def too_much(name: str, size: str, position: str) -> str:
    """What is said of a file that would fill the memory."""
    return (
        f"{name} cannot be read: it has names, nodes and settings of {size} bytes in memory\n"
        f"  at     {name}, byte {position}\n"
        f"  have   {size} bytes in memory\n"
        "  rule   at most 400,000,000 bytes in memory; no network needs as many\n"
        "  fix    if this is a real network, please report it: the limit can be raised"
    )


BODY = (
    block(1, node("Concat", ("a", "a"), ("b",), integers_axis(0)))
    + b"".join([block(11, value(name, tensor_type(1))) for name in ("i", "go", "a")])
    + b"".join([block(12, value(name, tensor_type(1))) for name in ("go", "b")])
)


def branch_of(name: str) -> bytes:
    """A branch of one node."""
    inner = block(1, node("Relu", ("x",), ("r",))) + block(12, value("r", tensor_type(1)))
    return attribute(name, 5, block(6, inner))


LARGE: tuple[Hostile, ...] = (
    Hostile("million.onnx", lambda: chain(MILLION), "1,000,000 nodes and 0 tensors"),
    Hostile("long_names.onnx", lambda: convolutions(MILLION, 66), "1,000,000 nodes and 1 tensors"),
    Hostile(
        "backwards.onnx",
        lambda: convolutions(MILLION // 2, 40, backwards=True),
        "500,000 nodes and 1 tensors",
    ),
    Hostile(
        "own_weights.onnx",
        lambda: convolutions(MILLION // 2, 40, own_weights=True),
        "500,000 nodes and 500,000 tensors",
    ),
    Hostile(
        "longer_names.onnx",
        lambda: convolutions(MILLION * 2 // 5, 500),
        too_much("longer_names.onnx", "400,000,202", "542250458"),
    ),
    Hostile(
        "settings.onnx",
        lambda: model(
            *[relu("x", f"{p:x}", attribute("axis", 2, number(3, p))) for p in range(MILLION * 7 // 10)],
            relu(),
            X,
            LAST,
        ),
        too_much("settings.onnx", "400,000,024", "21450786"),
    ),
    Hostile(
        "wide.onnx",
        lambda: model(block(1, node("Max", ("x",) * MILLION, ("last",))), X, LAST),
        "last: N×3×8×8",
    ),
    Hostile(
        "outputs.onnx",
        lambda: model(block(1, node("Split", ("x",), [f"{place:x}" for place in range(MILLION)])), X, LAST),
        "last: ?",
    ),
    Hostile(
        "tensors.onnx",
        lambda: model(
            b"".join([block(5, tensor(f"{p:x}", (p + 1,))) for p in range(MILLION)]), relu(), X, LAST
        ),
        "1 nodes and 1,000,000 tensors",
    ),
    Hostile(
        "values.onnx",
        lambda: model(
            b"".join([block(13, value(f"{p:x}", tensor_type(1, p))) for p in range(MILLION)]), relu(), X, LAST
        ),
        "last: N×3×8×8",
    ),
    Hostile(
        "pads.onnx",
        lambda: model(relu("x", "last", attribute("pads", 7, block(8, b"\x01" * 10 * MILLION))), X, LAST),
        "last: N×3×8×8",
    ),
    Hostile(
        "names.onnx",
        lambda: model(b"".join([relu("x", f"{p}" + "n" * 60_000) for p in range(2_000)]), relu(), X, LAST),
        "last: N×3×8×8",
    ),
    Hostile(
        "conditions.onnx",
        lambda: model(
            *[
                block(
                    1, node("If", ("truth",), (f"{p:x}",), branch_of("then_branch"), branch_of("else_branch"))
                )
                for p in range(20_000)
            ],
            relu(),
            block(11, value("truth", tensor_type(9))),
            X,
            LAST,
        ),
        "last: N×3×8×8",
    ),
    Hostile(
        "counting.onnx",
        lambda: model(
            block(5, tensor("often", (), 7, number(7, 1000))),
            *[
                block(1, node("Loop", ("often", "", "x"), (f"{p:x}",), attribute("body", 5, block(6, BODY))))
                for p in range(20_000)
            ],
            relu(),
            X,
            LAST,
        ),
        "last: N×3×8×8",
    ),
)
"""Files of megabytes, which ask for time or memory by number."""
