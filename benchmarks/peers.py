"""The tools that find shapes in ONNX files: from a file to the shapes of its tensors, each in its own words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
import onnx

Found = Mapping[str, tuple[int | str | None, ...] | None]
"""The shape of each tensor: an integer, a formula, or None for a dim; None where not even the rank is known."""

Infer = Callable[[Any, Mapping[str, Any]], Found]
"""From a file, and the values of its inputs where a tool wants them, to what it finds."""


@dataclass(frozen=True)
class Peer:
    """A tool.

    Args:
        name: what it is called.
        infer: what it is asked.
        is_symbolic: whether it takes names for sizes.
        keeps_names: whether the tensors within a network are still there, and tell their shapes.
    """

    name: str
    infer: Infer
    is_symbolic: bool = True
    keeps_names: bool = True


def peers() -> tuple[list[Peer], list[str]]:
    """The tools that are installed, ours first, and the names of those that are not."""
    found: list[Peer] = []
    missing: list[str] = []
    for peer, packages in _all():
        lacking = [package for package in packages if not find_spec(package)]
        if lacking:
            missing.append(f"{peer.name} ({', '.join(lacking)})")
        else:
            found.append(peer)
    return found, missing


def _all() -> Iterator[tuple[Peer, tuple[str, ...]]]:
    yield Peer("shapelens", _shapelens), ()
    yield Peer("onnx, strict, data_prop", _onnx), ("onnx",)
    yield Peer("onnx-ir's pass", _onnx_ir), ("onnx_ir",)
    yield Peer("onnx-shape-inference", _onnx_shape_inference), ("onnx_ir", "onnx_shape_inference")
    yield Peer("onnxruntime symbolic", _onnxruntime), ("onnxruntime", "sympy")
    yield Peer("onnxslim", _onnxslim, keeps_names=False), ("onnxslim",)
    yield Peer("onnx-tool", _onnx_tool, is_symbolic=False), ("onnx_tool", "tabulate")


def _shapelens(model: Any, fed: Mapping[str, Any]) -> Found:
    from shapelens.dims import Expression, Path, Unknown
    from shapelens.network import evaluate_network
    from shapelens.readers.onnx.decoding import decode_model
    from shapelens.readers.onnx.reader import network_of

    network = network_of(decode_model(model.SerializeToString()))
    sizes: dict[str, int] = {}
    for declared in network.inputs:
        if declared.shape is not None and declared.name in fed:
            pairs = zip(declared.shape, np.shape(fed[declared.name]), strict=True)
            sizes |= {dim.symbols()[0].name: size for dim, size in pairs if isinstance(dim, Expression)}
    evaluation = evaluate_network(network, {}, Path(sizes))
    return {
        name: None
        if isinstance(tensor.shape, Unknown)
        else tuple([dim if isinstance(dim, (int, Expression)) else None for dim in tensor.shape])
        for name, tensor in evaluation.values.items()
    }


def _declared(model: Any) -> Found:
    """The shapes that a file declares of its outputs and of what is in between."""
    return {value.name: _shape(value) for value in [*model.graph.output, *model.graph.value_info]}


def _shape(value: Any) -> tuple[int | str | None, ...] | None:
    kind = value.type.tensor_type
    if value.type.WhichOneof("value") != "tensor_type" or not kind.HasField("shape"):
        return None
    return tuple([d.dim_value if d.HasField("dim_value") else d.dim_param or None for d in kind.shape.dim])


def _onnx(model: Any, fed: Mapping[str, Any]) -> Found:
    return _declared(onnx.shape_inference.infer_shapes(model, True, True, True))


def _onnx_ir(model: Any, fed: Mapping[str, Any]) -> Found:
    import onnx_ir
    from onnx_ir.passes.common import ShapeInferencePass

    result = ShapeInferencePass()(onnx_ir.serde.deserialize_model(model))
    return _declared(onnx_ir.serde.serialize_model(result.model))


def _onnx_shape_inference(model: Any, fed: Mapping[str, Any]) -> Found:
    import onnx_ir
    from onnx_shape_inference import infer_symbolic_shapes

    inferred = infer_symbolic_shapes(onnx_ir.serde.deserialize_model(model), warn_on_missing=False)
    return _declared(onnx_ir.serde.serialize_model(inferred))


def _onnxruntime(model: Any, fed: Mapping[str, Any]) -> Found:
    from onnxruntime.tools.symbolic_shape_infer import SymbolicShapeInference

    return _declared(SymbolicShapeInference.infer_shapes(model, auto_merge=True, guess_output_rank=True))


def _onnxslim(model: Any, fed: Mapping[str, Any]) -> Found:
    import onnxslim

    slimmed = onnxslim.slim(model)
    if slimmed is None:
        raise RuntimeError("it gives nothing back")
    return _declared(slimmed)


def _onnx_tool(model: Any, fed: Mapping[str, Any]) -> Found:
    import onnx_tool

    graph = onnx_tool.Model(model, {"verbose": False, "constant_folding": True}).graph
    graph.shape_infer(dict(fed))
    names = [name for node in model.graph.node for name in node.output if name in graph.tensormap]
    return {name: tuple([int(size) for size in graph.tensormap[name].get_shape()]) for name in names}
