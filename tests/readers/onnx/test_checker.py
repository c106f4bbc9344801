"""What onnx' own checker passes, strict inference included, and no runtime runs: each is a finding here."""

from __future__ import annotations

import pytest

from shapelens.inspection import inspect
from tests.readers.onnx.judging import network_from

onnx = pytest.importorskip("onnx")

pytestmark = pytest.mark.onnx

CONVOLUTION = """
    <ir_version: 8, opset_import: ["" : 17]>
    whole (float{shape} x, float{weight} w) => (float[a,b,c,d] y) {{ y = Conv <{settings}> (x, w) }}
"""

CASES = [
    (
        "[1,3,2,2]",
        "[4,3,7,7]",
        "dilations = [1,1]",
        """SL105  the kernel is larger than the padded input
  at     y (Conv)
  have   3×2×2: height and width 2, and windows of 7
  rule   at least one window must fit: the padded size is at least 7
  fix    feed at least 3×7×7   ✓ verified   gives 4×1×1""",
    ),
    (
        "[1,3,8,8]",
        "[4,5,3,3]",
        "dilations = [1,1]",
        """SL102  this Conv takes 5 channels and gets 3
  at     y (Conv)
  have   3 channels in 3×8×8
  rule   weight 4×5×3×3 wants 5, gets 3
  fix    make w 4×3×3×3   ✓ verified   gives 4×6×6""",
    ),
    (
        "[1,3,8,8]",
        "[4,1,3,3]",
        "group = 2",
        """SL114  groups do not divide the channels
  at     y (Conv)
  have   3 channels in 2 groups, 1 over
         4 filters in 2 groups, 0 over
  rule   every group has as many channels as every other
  fix    groups=1   ✓ verified   gives 4×6×6""",
    ),
]


def a_model(shape: str, weight: str, settings: str):
    model = onnx.parser.parse_model(CONVOLUTION.format(shape=shape, weight=weight, settings=settings))
    (weights,) = [value for value in model.graph.input if value.name == "w"]
    dims = [dim.dim_value for dim in weights.type.tensor_type.shape.dim]
    model.graph.input.remove(weights)
    held = onnx.TensorProto(data_type=1, dims=dims, name="w")
    size = 4
    for dim in dims:
        size *= dim
    held.raw_data = bytes(size)
    model.graph.initializer.append(held)
    return model


@pytest.mark.parametrize(("shape", "weight", "settings", "text"), CASES)
def test_a_convolution_that_cannot_be(shape, weight, settings, text) -> None:
    model = a_model(shape, weight, settings)
    onnx.checker.check_model(model)
    onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    (found,) = inspect(network_from(model)).findings
    assert found.message.startswith(text)
    assert (found.severity, found.layer) == ("error", "y")


def test_a_shape_that_the_file_declares_and_that_is_not_so() -> None:
    """Strict inference refuses some of these; the checker by itself passes all."""
    model = a_model("[1,3,8,8]", "[4,3,3,3]", "group = 1")
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 16
    onnx.checker.check_model(model)
    (found,) = inspect(network_from(model)).findings
    assert (found.code, found.severity) == ("SL601", "warning")
    assert found.have == "y  declared a×16×c×d, computed 1×4×6×6"
