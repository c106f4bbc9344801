"""Files that onnxruntime optimised fully: images whose channels lie in blocks, with the shapes of an execution."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from shapelens.dims import Unknown
from shapelens.network import evaluate_network
from shapelens.operators import Opaque
from shapelens.readers.onnx.model import OnnxNode
from shapelens.readers.onnx.operators import FAMILIES, translated
from shapelens.readers.onnx.translation import Call
from tests.readers.onnx.execution import session_of
from tests.readers.onnx.judging import network_from

onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")

pytestmark = pytest.mark.onnx

BLOCKED = "com.microsoft.nchwc"


def weight(name: str, *shape: int) -> Any:
    return onnx.numpy_helper.from_array(np.ones(shape, np.float32), name)


def a_model(nodes: str, *weights: Any, shape: tuple[int, ...] = (2, 3, 32, 28)) -> Any:
    """A file of these nodes, from `x` to `y`."""
    model = onnx.parser.parse_model(
        f"""<ir_version: 9, opset_import: ["" : 17]>
        g (float[{",".join(map(str, shape))}] x) => (float[] y) {{ {nodes} }}"""
    )
    del model.graph.output[0].type.tensor_type.shape.dim[:]
    model.graph.output[0].type.tensor_type.ClearField("shape")
    model.graph.initializer.extend(weights)
    return model


MODELS = {
    "convolutions and pools": a_model(
        "a = Conv <pads = [1,1,1,1], strides = [2,2]> (x, w) ar = Relu (a) "
        "m = MaxPool <kernel_shape = [3,2], strides = [2,1], pads = [1,0,1,1]> (ar) "
        "b = Conv <group = 32, pads = [1,1,1,1]> (m, d) br = Relu (b) "
        "p = AveragePool <kernel_shape = [2,2], ceil_mode = 1> (br) y = Conv (p, o)",
        weight("w", 32, 3, 3, 3),
        weight("d", 32, 1, 3, 3),
        weight("o", 20, 32, 1, 1),
    ),
    "global pools": a_model(
        "a = Conv (x, w) g = GlobalAveragePool (a) m = GlobalMaxPool (a) y = Add (g, m)",
        weight("w", 64, 3, 3, 3),
    ),
    "upsampling": a_model(
        "a = Conv (x, w) s = Constant <value = float[4] {1.0, 1.0, 2.0, 3.0}> () "
        'u = Resize <coordinate_transformation_mode = "asymmetric", mode = "nearest", nearest_mode = "floor"> (a, , s) '
        "y = Conv (u, v)",
        weight("w", 32, 3, 3, 3),
        weight("v", 16, 32, 3, 3),
    ),
    "a pool by itself": a_model("r = Relu (x) y = MaxPool <kernel_shape = [2,2]> (r)", shape=(1, 64, 9, 8)),
}


def optimised(model: Any, folder: Any) -> Any:
    """The file that onnxruntime makes of it, for this machine."""
    options = runtime.SessionOptions()
    options.log_severity_level = 4
    options.optimized_model_filepath = str(folder / "optimised.onnx")
    runtime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return onnx.load(options.optimized_model_filepath)


def executed(model: Any) -> dict[str, tuple[int, ...]]:
    """The shape of every tensor that a node gives."""
    copy = type(model).FromString(model.SerializeToString())
    names = [name for node in copy.graph.node for name in node.output if name]
    known = {value.name for value in copy.graph.output}
    copy.graph.output.extend([onnx.helper.make_empty_tensor_value_info(n) for n in names if n not in known])
    declared = copy.graph.input[0].type.tensor_type.shape.dim
    image = np.ones([dim.dim_value for dim in declared], np.float32)
    found = session_of(copy).run(names, {"x": image})
    return {name: array.shape for name, array in zip(names, found, strict=True)}


@pytest.mark.parametrize("name", MODELS)
def test_every_tensor_is_as_onnxruntime_gives_it(name, tmp_path) -> None:
    model = optimised(MODELS[name], tmp_path)
    if not any(node.domain == BLOCKED for node in model.graph.node):
        pytest.skip("onnxruntime puts no channels into blocks on this machine")
    values = evaluate_network(network_from(model), {}).values
    expected = executed(model)
    assert len(expected) >= 3
    assert {each: values[each].shape for each in expected} == expected
    # What comes out is what came out before.
    assert values["y"].shape == executed(MODELS[name])["y"]


def test_every_operator_is_met(tmp_path) -> None:
    found = {
        node.op_type
        for number, model in enumerate(MODELS.values())
        for node in optimised(model, _made(tmp_path / str(number))).graph.node
        if node.domain == BLOCKED
    }
    if not found:
        pytest.skip("onnxruntime puts no channels into blocks on this machine")
    assert found == set(FAMILIES["contributed_blocked", BLOCKED].split())


def _made(folder: Any) -> Any:
    folder.mkdir()
    return folder


@pytest.mark.parametrize("last", [0, 1])
def test_channels_that_stand_last(last) -> None:
    from shapelens.operators import Tensor, apply

    def shape_of(operator: str, shape: tuple[int, ...], **attributes: Any) -> Any:
        node = OnnxNode(operator, BLOCKED, "", ("x",), ("y",), attributes, {})
        found = translated(Call(node, 1, {})).operator
        assert not isinstance(found, Opaque)
        return apply(found, [Tensor(shape)]).outputs[0].shape

    given = (1, 9, 8, 32) if last else (1, 32, 9, 8)
    assert shape_of("ReorderInput", given, channels_last=last) == (1, 32, 9, 8)
    expected = (1, 9, 8, 20) if last else (1, 20, 9, 8)
    assert shape_of("ReorderOutput", (1, 32, 9, 8), channels=20, channels_last=last) == expected
    # A block has 8 channels on one machine and 16 on another.
    odd = shape_of("ReorderInput", (1, 9, 8, 24) if last else (1, 24, 9, 8), channels_last=last)
    assert isinstance(odd[1], Unknown)
    assert odd[2:] == (9, 8)
