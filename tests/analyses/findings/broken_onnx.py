"""Small broken networks as ONNX files, each with what must be found: the layer, the numbers, and a fix that works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

__all__ = ["BROKEN", "Broken", "saved"]

Shape = Sequence[int | str]


@dataclass(frozen=True)
class Broken:
    """One mistake.

    Args:
        code: the kind that must be found.
        layer: where.
        nodes: the nodes: operator, inputs, outputs, attributes. A node is called as its first output.
        inputs: the shapes of what goes in, by name.
        weights: the shapes of weights, or whole numbers that are held, by name.
        has: what the message must hold.
        fix: a piece of a fix that must be verified; empty where there is none to verify.
        types: of inputs that are no floats.
    """

    code: str
    layer: str
    nodes: Sequence[tuple[str, str, str, Mapping[str, Any]]]
    inputs: Mapping[str, Shape]
    weights: Mapping[str, Any]
    has: tuple[str, ...]
    fix: str = ""
    types: Mapping[str, int] | None = None


def saved(broken: Broken, path: str) -> str:
    """The network as a file."""
    nodes = [
        helper.make_node(operator, inputs.split(), outputs.split(), name=outputs.split()[0], **attributes)
        for operator, inputs, outputs, attributes in broken.nodes
    ]
    types = broken.types or {}
    inputs = [
        helper.make_tensor_value_info(name, types.get(name, TensorProto.FLOAT), list(shape))
        for name, shape in broken.inputs.items()
    ]
    weights = [
        numpy_helper.from_array(
            np.array(w, dtype=np.int64) if isinstance(w, list) else np.zeros(w, dtype=np.float32), name
        )
        for name, w in broken.weights.items()
    ]
    taken = {name for node in nodes for name in node.input}
    last = [name for node in nodes for name in node.output if name not in taken]
    outputs = [onnx.ValueInfoProto(name=name) for name in last]
    graph = helper.make_graph(nodes, "broken", inputs, outputs, weights)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)]), path)
    return path


PAD1 = {"pads": [1, 1, 1, 1]}
HALF = {"kernel_shape": [2, 2], "strides": [2, 2]}

BROKEN: dict[str, Broken] = {
    "a Gemm behind a Flatten": Broken(
        "SL101", "fc",
        [("Conv", "x w", "c", PAD1), ("MaxPool", "c", "p", HALF), ("Flatten", "p", "f", {}),
         ("Gemm", "f v", "fc", {"transB": 1})],
        {"x": ("N", 3, 12, 12)}, {"w": (8, 3, 3, 3), "v": (10, 200)},
        ("288 features = 8 × 6 × 6", "12 → 6", "200 = 8 × 5 × 5"), "feed 3×10×10 to 3×11×11"),
    "a MatMul": Broken(
        "SL101", "m", [("Relu", "x", "r", {}), ("MatMul", "r v", "m", {})], {"x": ("N", 20)}, {"v": (32, 4)},
        ("20 features", "takes 32"), "20 × 4"),
    "channels from one layer to the next": Broken(
        "SL102", "d", [("Conv", "x w", "c", {}), ("Conv", "c v", "d", {})], {"x": ("N", 3, 9, 9)},
        {"w": (12, 3, 3, 3), "v": (8, 16, 3, 3)}, ("wants 16, gets 12",), "make v 8×12×3×3"),
    "channels that add up": Broken(
        "SL102", "d", [("Conv", "x w", "a", {}), ("Conv", "x v", "b", {}), ("Concat", "a b", "cat", {"axis": 1}),
                       ("Conv", "cat u", "d", {})],
        {"x": ("N", 3, 9, 9)}, {"w": (16, 3, 3, 3), "v": (8, 3, 3, 3), "u": (4, 16, 1, 1)},
        ("24 channels", "16 + 8 of cat"), "make u 4×24×1×1"),
    "channels last": Broken(
        "SL103", "c", [("Conv", "x w", "c", {})], {"x": (1, 24, 24, 3)}, {"w": (8, 3, 3, 3)},
        ("24 channels of 24×3", "ONNX' order"), "x.permute(0, 3, 1, 2)"),
    "channels turned inside": Broken(
        "SL103", "d", [("Conv", "x w", "c", {}), ("Transpose", "c", "t", {"perm": [0, 2, 3, 1]}),
                       ("Conv", "t v", "d", {})],
        {"x": ("N", 3, 14, 14)}, {"w": (5, 3, 3, 3), "v": (2, 5, 3, 3)}, ("12 channels of 12×5",),
        "x.permute(0, 3, 1, 2) before it"),
    "one axis too few": Broken(
        "SL104", "c", [("Conv", "x w", "c", {})], {"x": (1, 9, 9)}, {"w": (2, 1, 3, 3)}, ("3 axes",), ""),
    "one axis too many": Broken(
        "SL104", "p", [("Unsqueeze", "x axes", "u", {}), ("MaxPool", "u", "p", HALF)], {"x": ("N", 3, 9, 9)},
        {"axes": [1]}, ("5 axes",), "x.squeeze(1)"),
    "a kernel on two by two": Broken(
        "SL105", "c", [("Conv", "x w", "c", {})], {"x": (1, 3, 2, 2)}, {"w": (4, 3, 7, 7)},
        ("2, and windows of 7",), "feed at least 3×7×7"),
    "a kernel behind a pool": Broken(
        "SL105", "c", [("MaxPool", "x", "p", HALF), ("Conv", "p w", "c", {})], {"x": ("N", 3, 8, 8)},
        {"w": (4, 3, 5, 5)}, ("4, and windows of 5", "8 → 4"), "feed at least 3×10×10"),
    "pooled to nothing": Broken(
        "SL106", "q", [("MaxPool", "x", "p", HALF), ("MaxPool", "p", "q", HALF)], {"x": ("N", 3, 3, 3)}, {},
        ("1, and windows of 2", "the second of 2 poolings"), "feed at least 3×4×4"),
    "averaged to nothing": Broken(
        "SL106", "p", [("Conv", "x w", "c", {}), ("AveragePool", "c", "p", {"kernel_shape": [7, 7]})],
        {"x": ("N", 3, 8, 8)}, {"w": (4, 3, 3, 3)}, ("6, and windows of 7",), "leave out this pooling, p"),
    "a skip": Broken(
        "SL107", "cat", [("MaxPool", "x", "p", HALF), ("ConvTranspose", "p w", "u", {"strides": [2, 2]}),
                         ("Concat", "x u", "cat", {"axis": 1})],
        {"x": ("N", 4, 15, 15)}, {"w": (4, 4, 2, 2)}, ("2·floor(H/2)", "15 → 7 → 14", "multiples of 2"),
        "feed 4×14×14 or 4×16×16"),
    "a skip that is padded": Broken(
        "SL107", "cat", [("AveragePool", "x", "p", HALF), ("ConvTranspose", "p w", "u", {"strides": [2, 2]}),
                         ("Concat", "u x", "cat", {"axis": 1}), ("Conv", "cat v", "c", {})],
        {"x": ("N", 4, 9, 9)}, {"w": (4, 4, 2, 2), "v": (2, 8, 1, 1)}, ("9 → 4 → 8",), "a Pad of u"),
    "a residual block": Broken(
        "SL108", "s", [("Conv", "x w", "a", PAD1), ("Conv", "a v", "b", {**PAD1, "strides": [2, 2]}),
                       ("Add", "a b", "s", {})],
        {"x": ("N", 3, 16, 16)}, {"w": (8, 3, 3, 3), "v": (16, 8, 3, 3)}, ("8 against 16", "16 → 8"),
        "nn.Conv2d(8, 16, 1, stride=2) on a"),
    "a product of maps": Broken(
        "SL108", "s", [("Conv", "x w", "a", PAD1), ("Conv", "a v", "b", {}), ("Mul", "a b", "s", {})],
        {"x": ("N", 3, 16, 16)}, {"w": (8, 3, 3, 3), "v": (8, 8, 3, 3)}, ("16 against 14",), "a Slice of a"),
    "the batch folded": Broken(
        "SL109", "r", [("Conv", "x w", "c", {}), ("Reshape", "c to", "r", {}), ("Gemm", "r v", "g", {"transB": 1})],
        {"x": ("N", 3, 8, 8)}, {"w": (16, 3, 4, 4), "to": [-1, 256], "v": (10, 256)},
        ("16 × 5 × 5 = 400", "floor(25·N/16)"), "x.flatten(1)"),
    "samples in pairs": Broken(
        "SL109", "r", [("Reshape", "x to", "r", {}), ("Gemm", "r v", "g", {"transB": 1})], {"x": ("batch", 3, 8)},
        {"to": [-1, 48], "v": (10, 48)}, ("floor(batch/2)",), "x.flatten(1)"),
    "a reshape": Broken(
        "SL110", "r", [("Reshape", "x to", "r", {}), ("Relu", "r", "y", {})], {"x": (2, 16, 5, 5)}, {"to": [2, 16, 24]},
        ("800 = 2^5 · 5^2", "768 = 2^8 · 3"), ""),
    "a reshape with a rest": Broken(
        "SL110", "r", [("Reshape", "x to", "r", {})], {"x": (1, 6, 5)}, {"to": [1, -1, 4]}, ("30 = 2 · 3 · 5",), ""),
    "a product": Broken(
        "SL112", "m", [("MatMul", "x y", "m", {})], {"x": ("N", 5, 7), "y": ("N", 5, 7)}, {},
        ("7 against 5",), "y.transpose(-2, -1)"),
    "a product the other way": Broken(
        "SL112", "m", [("Relu", "x", "r", {}), ("MatMul", "r y", "m", {})], {"x": (4, 6), "y": (4, 9)}, {},
        ("6 against 4",), "r.transpose(-2, -1)"),
    "a batch norm": Broken(
        "SL113", "n", [("Conv", "x w", "c", {}), ("BatchNormalization", "c s b m v", "n", {})], {"x": ("N", 3, 8, 8)},
        {"w": (12, 3, 3, 3), "s": (16,), "b": (16,), "m": (16,), "v": (16,)}, ("is for 16 and gets 12",),
        "make its number of features 12"),
    "an instance norm": Broken(
        "SL113", "n", [("InstanceNormalization", "x s b", "n", {})], {"x": ("N", 3, 8, 8)}, {"s": (4,), "b": (4,)},
        ("4", "3"), "make its number of features 3"),
    "groups of a convolution": Broken(
        "SL114", "c", [("Conv", "x w", "c", {"group": 2})], {"x": ("N", 3, 8, 8)}, {"w": (4, 1, 3, 3)},
        ("3 channels in 2 groups, 1 over",), "groups=1"),
    "groups of filters": Broken(
        "SL114", "c", [("Conv", "x w", "c", {"group": 4})], {"x": ("N", 8, 8, 8)}, {"w": (6, 2, 3, 3)},
        ("in 4 groups, 2 over",), "groups=2"),
    "one short": Broken(
        "SL115", "s", [("Conv", "x w", "d", {**PAD1, "strides": [2, 2]}),
                       ("ConvTranspose", "d v", "u", {**PAD1, "strides": [2, 2]}), ("Add", "x u", "s", {})],
        {"x": ("N", 4, 16, 16)}, {"w": (8, 4, 3, 3), "v": (8, 4, 3, 3)}, ("2·8 - 1 = 15",), "output_padding=1"),
    "one short of a skip": Broken(
        "SL115", "cat", [("Conv", "x w", "d", {**PAD1, "strides": [2, 2]}),
                         ("ConvTranspose", "d v", "u", {**PAD1, "strides": [2, 2]}), ("Relu", "u", "r", {}),
                         ("Concat", "x r", "cat", {"axis": 1})],
        {"x": ("N", 4, 10, 10)}, {"w": (8, 4, 3, 3), "v": (8, 4, 3, 3)}, ("2·5 - 1 = 9",), "make v 8×4×4×4"),
    "a padding of the whole window": Broken(
        "SL116", "p", [("MaxPool", "x", "p", {"kernel_shape": [2, 2], "pads": [2, 2, 2, 2]})],
        {"x": ("N", 3, 8, 8)}, {}, ("padding 2 and a window of 2",), "padding=1"),
    "a reflection": Broken(
        "SL116", "p", [("Pad", "x pads", "p", {"mode": "reflect"})], {"x": (1, 1, 4, 4)},
        {"pads": [0, 0, 4, 0, 0, 0, 4, 0]}, ("on an axis of 4",), "feed at least 1×5×5"),
    "positions": Broken(
        "SL118", "s", [("Conv", "x w", "c", {"strides": [4, 4]}), ("Reshape", "c to", "r", {}),
                       ("Add", "r p", "s", {})],
        {"x": ("N", 3, 24, 24)}, {"w": (8, 3, 4, 4), "to": [0, 0, -1], "p": (1, 8, 64)}, ("36 against 64",),
        "feed 3×32×32 to 3×35×35"),
    "a bias for each place": Broken(
        "SL118", "s", [("Conv", "x w", "c", {}), ("Add", "c p", "s", {})], {"x": ("N", 3, 12, 12)},
        {"w": (4, 3, 3, 3), "p": (4, 8, 8)}, ("10 against 8",), "make p 4×10×10"),
    "blocks of channels": Broken(
        "SL120", "d", [("Conv", "x w", "c", {}), ("DepthToSpace", "c", "d", {"blocksize": 2})], {"x": ("N", 3, 8, 8)},
        {"w": (18, 3, 3, 3)}, ("18", "multiple of 4"), ""),
    "blocks of places": Broken(
        "SL120", "d", [("SpaceToDepth", "x", "d", {"blocksize": 2})], {"x": ("N", 3, 9, 9)}, {},
        ("9", "multiple of 2"), "feed 3×8×8 or 3×10×10"),
    "labels of another batch": Broken(
        "SL121", "l", [("SoftmaxCrossEntropyLoss", "x y", "l", {})], {"x": (8, 4), "y": (6,)}, {},
        ("scores 8×4, labels 6",), "", {"y": TensorProto.INT64}),
    "labels of other pixels": Broken(
        "SL121", "l", [("Conv", "x w", "c", {}), ("SoftmaxCrossEntropyLoss", "c y", "l", {})],
        {"x": (2, 3, 8, 8), "y": (2, 8, 8)}, {"w": (5, 3, 3, 3)}, ("labels 2×8×8", "labels 2×6×6"), "",
        {"y": TensorProto.INT64}),
    "a column and a row": Broken(
        "SL201", "s", [("Gemm", "x v", "g", {"transB": 1}), ("ReduceMean", "x axes", "m", {"keepdims": 0}),
                       ("Sub", "g m", "s", {})],
        {"x": ("N", 6)}, {"v": (1, 6), "axes": [1]}, ("g N×1 and m N give N×N",), "g.squeeze(1)"),
    "maps and a number for each": Broken(
        "SL201", "s", [("GlobalAveragePool", "x", "g", {}), ("ReduceMax", "x axes", "m", {"keepdims": 0}),
                       ("Mul", "g m", "s", {})],
        {"x": ("N", 3, 6, 6)}, {"axes": [1, 2, 3]}, ("N×3×1×1",), "m[:, None, None, None]"),
}  # fmt: skip
"""By what is wrong, in words."""
