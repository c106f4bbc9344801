"""One ONNX operator, run by onnxruntime: what comes out, or that it is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

__all__ = ["run", "shapes_of", "zeros"]


def zeros(*shape: int) -> np.ndarray:
    """An input of which only the shape matters."""
    return np.zeros(shape, np.float32)


def run(
    operator: str, *arrays: np.ndarray | None, outputs: int = 1, opset: int = 21, **attributes: Any
) -> list[np.ndarray] | None:
    """The outputs of one operator; None if the runtime does not take it.

    Args:
        operator: its name.
        arrays: its inputs, None where one is left out.
        outputs: how many outputs it has.
        opset: the version of the operators.
        attributes: its attributes.
    """
    onnx, runtime = pytest.importorskip("onnx"), pytest.importorskip("onnxruntime")
    helper, state = onnx.helper, runtime.capi.onnxruntime_pybind11_state
    names = [None if array is None else f"input{place}" for place, array in enumerate(arrays)]
    node = helper.make_node(
        operator, [name or "" for name in names], [f"output{i}" for i in range(outputs)], **attributes
    )
    fed = {name: array for name, array in zip(names, arrays, strict=True) if name is not None}
    declared = [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
        for name, array in fed.items()
    ]
    float32, int64 = onnx.TensorProto.FLOAT, onnx.TensorProto.INT64
    made = [
        helper.make_tensor_value_info(f"output{i}", int64 if i else float32, None) for i in range(outputs)
    ]
    graph = helper.make_graph([node], "one", declared, made)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)
    options = runtime.SessionOptions()
    options.log_severity_level, options.intra_op_num_threads = 4, 1
    refusals = (state.Fail, state.InvalidArgument, state.InvalidGraph, state.RuntimeException)
    try:
        session = runtime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        return list(session.run(None, fed))
    except refusals:
        return None


def shapes_of(operator: str, *arrays: np.ndarray | None, **more: Any) -> list[tuple[int, ...]] | None:
    """The shapes of the outputs; None if the runtime does not take it."""
    found = run(operator, *arrays, **more)
    return None if found is None else [array.shape for array in found]
