"""`SAME_UPPER` and `SAME_LOWER`: which cells of the input each output reads, beside executions cell by cell."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest

from shapelens.dims import Unknown
from shapelens.inspection import inspect
from tests.readers.onnx.execution import session_of
from tests.readers.onnx.judging import network_from

onnx = pytest.importorskip("onnx")

pytestmark = pytest.mark.onnx

FLOAT, BYTE = onnx.TensorProto.FLOAT, onnx.TensorProto.UINT8
SIZES, KERNELS, STRIDES = (1, 3, 4, 6, 7, 8, 9, 12, 13), (1, 2, 3), (1, 2, 3, 4, 5, 6)


def a_model(operator: str, size: int, kernel: int, stride: int, padding: str) -> Any:
    """A file of one window that slides along one axis, and adds up what it reads."""
    helper, attributes = onnx.helper, {"auto_pad": padding, "strides": [stride]}
    taken, held, kind, given = ["x"], [], FLOAT, FLOAT
    domain, shape, weight = "", [1, 1, size], [1, 1, kernel]
    if operator in {"Conv", "ConvInteger", "QLinearConv"}:
        kind = FLOAT if operator == "Conv" else BYTE
        given = onnx.TensorProto.INT32 if operator == "ConvInteger" else kind
        taken.append("w")
        held.append(helper.make_tensor("w", kind, weight, np.ones(kernel)))
    else:
        attributes["kernel_shape"] = [kernel]
    if operator.startswith("QLinear"):
        kind = given = BYTE
        scales = [helper.make_tensor(name, FLOAT, [], [1.0]) for name in ("s", "t", "u")]
        held += [*scales, helper.make_tensor("z", BYTE, [], [0])]
        taken = ["x", "s", "z", "w", "t", "z", "u", "z"] if "w" in taken else ["x", "s", "z", "u", "z"]
        domain = "" if operator == "QLinearConv" else "com.microsoft"
    node = helper.make_node(operator, taken, ["y"], domain=domain, **attributes)
    inputs = [helper.make_tensor_value_info("x", kind, shape)]
    outputs = [helper.make_tensor_value_info("y", given, None)]
    graph = helper.make_graph([node], "same", inputs, outputs, held)
    version = 18 if operator == "LpPool" else 19
    imports = [helper.make_opsetid("", version), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=imports, ir_version=9)


def read_by_each(model: Any) -> list[list[int]] | None:
    """The input cells that each output changes with; None where it does not run."""
    declared = model.graph.input[0].type.tensor_type
    shape = [dim.dim_value for dim in declared.shape.dim]
    session = session_of(model)
    nothing = np.zeros(shape, onnx.helper.tensor_dtype_to_np_dtype(declared.elem_type))
    # Its errors have no class in common.
    try:
        (before,) = session.run(None, {"x": nothing})
    except Exception:
        return None
    found: list[list[int]] = [[] for _ in range(before.shape[-1])]
    for cell in range(shape[-1]):
        changed = nothing.copy()
        changed[..., cell] = 40
        (after,) = session.run(None, {"x": changed})
        for place in np.nonzero((after != before).reshape(-1))[0]:
            found[place].append(cell)
    return found


@cache
def told(operator: str, size: int, kernel: int, stride: int, padding: str) -> Any:
    return inspect(network_from(a_model(operator, size, kernel, stride, padding)))


def windows(net: Any) -> list[list[int]]:
    """The input cells under each window, as its sides tell."""
    (step,) = net.evaluation.steps
    ((before, _),) = net.to_dict()["layers"][0]["attributes"]["padding"]
    operator, image = step.node.operator, step.inputs[0]
    slidings = operator.slidings((step.inputs[1].dims[-1],)) if len(step.inputs) > 1 else operator.slidings()
    size = image.dims[-1]
    return [
        [at - before for at in slidings[0].places(place) if 0 <= at - before < size]
        for place in range(step.outputs[0].dims[-1])
    ]


SETTINGS = list(product(SIZES, KERNELS, STRIDES))
SUMMING = ["Conv", "ConvInteger", "QLinearConv", "AveragePool", "LpPool", "QLinearAveragePool"]


@pytest.mark.parametrize("padding", ["SAME_UPPER", "SAME_LOWER"])
@pytest.mark.parametrize("operator", SUMMING)
def test_each_output_reads_what_we_say_that_it_reads(operator, padding) -> None:
    cut = 0
    for setting in SETTINGS:
        net = told(operator, *setting, padding)
        expected = read_by_each(a_model(operator, *setting, padding))
        assert windows(net) == expected, setting
        cut += sum(net.to_dict()["layers"][0]["attributes"]["padding"][0]) < 0
        assert net.evaluation.values["y"].dims[-1] == len(expected)
    assert cut >= 40


@pytest.mark.parametrize("padding", ["SAME_UPPER", "SAME_LOWER"])
@pytest.mark.parametrize("operator", ["Conv", "AveragePool"])
def test_the_field_begins_where_the_first_window_does(operator, padding) -> None:
    for size, kernel, stride in SETTINGS:
        net = told(operator, size, kernel, stride, padding)
        (field,) = net.fields["y"].values()
        ((before, _),) = net.to_dict()["layers"][0]["attributes"]["padding"]
        assert field.spans == ((-before, kernel - 1 - before),)
        assert field.advance == stride


@pytest.mark.parametrize("padding", ["SAME_UPPER", "SAME_LOWER"])
def test_a_max_pool_whose_stride_is_beyond_its_window_is_not_guessed(padding) -> None:
    """The runtime refuses it."""
    for size, kernel, stride in SETTINGS:
        net = told("MaxPool", size, kernel, stride, padding)
        expected = read_by_each(a_model("MaxPool", size, kernel, stride, padding))
        wanted = (-(-size // stride) - 1) * stride + kernel - size
        assert (expected is None) == (wanted < 0)
        assert net.evaluation.values["y"].dims == (1, 1, -(-size // stride))
        if expected is not None:
            assert windows(net) == expected
            continue
        assert net.to_dict()["layers"][0]["attributes"]["padding"] in {"same", "same_lower"}
        assert all(isinstance(field, Unknown) for field in net.fields["y"].values())
        assert "onnxruntime refuses" in str(net["y"].explain())


@pytest.mark.parametrize("padding", ["SAME_UPPER", "SAME_LOWER"])
@pytest.mark.parametrize("operator", ["Conv", "AveragePool"])
def test_the_numbers_are_the_runtime_s(operator, padding) -> None:
    for setting in [(10, 1, 5), (8, 2, 4), (13, 3, 6), (9, 2, 3)]:
        model = a_model(operator, *setting, padding)
        image = np.arange(1, setting[0] + 1, dtype=np.float32)[None, None] ** 2
        (expected,) = session_of(model).run(None, {"x": image})
        net = told(operator, *setting, padding)
        given = {"weights": np.ones((1, 1, setting[1]))} if operator == "Conv" else {}
        for place in range(expected.shape[-1]):
            explained = net.explain("y", cell=(place,), values=image[0], **given)
            assert explained.facts["numbers"]["value"] == pytest.approx(expected[0, 0, place])


def test_what_is_cut_off_is_told() -> None:
    net = told("Conv", 10, 1, 5, "SAME_UPPER")
    words = str(net["y"].explain())
    assert "(2 - 1)·5 + 1·(1 - 1) + 1 - 10 = -4 in all" in words
    assert "1 cut off left, 3 cut off right" in words
    # Keras cuts nothing off.
    assert "Keras" not in words
    assert "Keras" in str(told("Conv", 10, 3, 2, "SAME_UPPER")["y"].explain())
