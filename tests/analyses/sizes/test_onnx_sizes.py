"""The sizes that ONNX files take, against an execution of onnxruntime at every one of them."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

pytestmark = pytest.mark.onnx
onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402 - after the check for onnx

import shapelens  # noqa: E402
from tests.readers.onnx.execution import session_of  # noqa: E402

SIZES = range(1, 41)
POINTS = [*[(size, size) for size in SIZES], *product((1, 2, 3, 7, 8, 16, 30), (1, 4, 5, 9, 12, 33, 40))]
OPSET, IR_VERSION = 22, 10


def weights(name, *shape):
    return numpy_helper.from_array(np.zeros(shape, np.float32), name)


def numbers(name, *values):
    return numpy_helper.from_array(np.array(values, np.int64), name)


def floats(name, *values):
    return numpy_helper.from_array(np.array(values, np.float32), name)


def file(nodes, held, shape=(1, 2, "height", "width")):
    """A file that takes one tensor, `x`, and gives one, `y`."""
    graph = helper.make_graph(
        nodes,
        "sizes",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        held,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    return model.SerializeToString()


def node(kind, inputs, output, **settings):
    return helper.make_node(kind, inputs.split(), [output], **settings)


def u_net():
    """Two poolings, two transposed convolutions, and two skips that are joined as they are."""
    return file(
        [
            node("Conv", "x a", "first", pads=[1, 1, 1, 1]),
            node("MaxPool", "first", "half", kernel_shape=[2, 2], strides=[2, 2]),
            node("Conv", "half b", "second", pads=[1, 1, 1, 1]),
            node("MaxPool", "second", "quarter", kernel_shape=[2, 2], strides=[2, 2]),
            node("ConvTranspose", "quarter c", "up", strides=[2, 2]),
            node("Concat", "up second", "joined", axis=1),
            node("ConvTranspose", "joined d", "top", strides=[2, 2]),
            node("Concat", "top first", "y", axis=1),
        ],
        [
            weights("a", 2, 2, 3, 3),
            weights("b", 4, 2, 3, 3),
            weights("c", 4, 2, 2, 2),
            weights("d", 6, 2, 2, 2),
        ],
    )


def cropped():
    """A convolution without padding, whose input is cut to it by its own sizes."""
    return file(
        [
            node("Conv", "x a", "inner", strides=[2, 2]),
            node("Shape", "inner", "sizes", start=2),
            node("Slice", "x start sizes axes", "cut"),
            node("Add", "inner cut", "y"),
        ],
        [weights("a", 2, 2, 5, 5), numbers("start", 0, 0), numbers("axes", 2, 3)],
    )


def reshaped():
    """A reshape to a number of features that the file has fixed, and a matrix for them."""
    return file(
        [
            node("Conv", "x a", "maps", strides=[3, 3]),
            node("Reshape", "maps shape", "flat"),
            node("Gemm", "flat b", "y"),
        ],
        [weights("a", 2, 2, 3, 3), numbers("shape", 1, 32), weights("b", 32, 3)],
    )


def halved():
    """Rows of eight, as many as there are: what is left over is refused."""
    return file([node("Reshape", "x shape", "y")], [numbers("shape", 0, 2, -1, 8)])


def pooled(ceil):
    """Pools whose last windows may reach past the end, added to what a convolution makes."""
    return file(
        [
            node("AveragePool", "x", "mean", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=ceil),
            node("MaxPool", "x", "most", kernel_shape=[2, 2], strides=[2, 2], ceil_mode=ceil),
            node("Add", "mean most", "y"),
        ],
        [],
    )


def same():
    """Padding that follows from the size, before and after, and one that is always the same."""
    return file(
        [
            node("Conv", "x a", "upper", strides=[2, 2], auto_pad="SAME_UPPER"),
            node("MaxPool", "x", "lower", kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_LOWER"),
            node("Conv", "x b", "fixed", strides=[2, 2], pads=[1, 1, 1, 1]),
            node("Sum", "upper lower fixed", "y"),
        ],
        [weights("a", 2, 2, 3, 3), weights("b", 2, 2, 4, 4)],
    )


def resized():
    """By a factor and back by another, and to the size of what goes in."""
    return file(
        [
            node("Resize", "x none down", "small", mode="nearest"),
            node("Conv", "small a", "maps"),
            node("Shape", "x", "sizes", end=2),
            node("Shape", "maps", "own", start=2),
            node("Mul", "own two", "twice"),
            node("Concat", "sizes twice", "wanted", axis=0),
            node("Resize", "maps none none wanted", "large", mode="nearest"),
            node("Slice", "x start twice axes", "cut"),
            node("Add", "large cut", "y"),
        ],
        [
            floats("none"),
            floats("down", 1, 1, 0.6, 0.5),
            weights("a", 2, 2, 3, 3),
            numbers("two", 2),
            numbers("start", 0, 0),
            numbers("axes", 2, 3),
        ],
    )


FILES = {
    "a U-Net": (u_net, 4),
    "a skip that is cropped": (cropped, 1),
    "a reshape to fixed features": (reshaped, 1),
    "rows of eight": (halved, 1),
    "pools, floor": (lambda: pooled(0), 3),
    "pools, ceil": (lambda: pooled(1), 2),
    "same padding": (same, 1),
    "a resize by a factor": (resized, 1),
}
"""How each is made, and from which size on everything is known: of a pool whose window is larger than its image ONNX
and onnxruntime do not agree."""


@pytest.mark.parametrize("name", FILES)
def test_they_are_those_of_an_execution(name, tmp_path):
    make, least = FILES[name]
    path = tmp_path / "sizes.onnx"
    path.write_bytes(make())
    session = session_of(str(path))
    sizes = shapelens.inspect(str(path)).sizes()
    wrong, answers = [], []
    for height, width in POINTS:
        x = np.zeros((1, 2, height, width), np.float32)
        try:
            given = session.run(None, {"x": x})[0].shape
        except Exception:  # the runtime's own, which have no class in common
            given = None
        answer, told = sizes.contains(height, width), sizes.at(height, width)
        if answer is None and min(height, width) < least:
            continue
        answers.append(answer)
        if answer is not (given is not None) or (answer and told != (given,)):
            wrong.append((height, width, answer, told, given))
    assert wrong == []
    assert True in answers


def test_where_nothing_is_rounded_a_window_that_does_not_fit_is_refused(tmp_path):
    path = tmp_path / "sizes.onnx"
    path.write_bytes(file([node("AveragePool", "x", "y", kernel_shape=[7, 7])], []))
    session = session_of(str(path))
    sizes = shapelens.inspect(str(path)).sizes()
    # Of a window that is larger by one it makes nothing, of a larger one an error.
    assert session.run(None, {"x": np.zeros((1, 2, 6, 9), np.float32)})[0].size == 0
    with pytest.raises(Exception, match="AveragePool"):
        session.run(None, {"x": np.zeros((1, 2, 5, 9), np.float32)})
    assert [sizes.contains(size, 9) for size in (1, 5, 6)] == [False] * 3
    assert sizes.contains(7, 9) is True
    assert sizes.is_proved


def test_why_some_are_not_known(tmp_path):
    path = tmp_path / "sizes.onnx"
    path.write_bytes(pooled(1))
    sizes = shapelens.inspect(str(path)).sizes()
    assert sizes.contains(1, 8) is None
    assert sizes.why_unknown == (
        "ONNX and onnxruntime do not agree on what a pool gives whose window is larger than the image"
    )
