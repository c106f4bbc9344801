"""A shape explained: which axis is what, how sure that is, and the arithmetic of the layer behind it."""

from __future__ import annotations

import pytest

from shapelens import explain
from shapelens.explanation.asking import is_shape_text, split_layer
from shapelens.explanation.shape import read_shape
from shapelens.output.plain import document_text


@pytest.mark.parametrize(
    ("shape", "layout", "sure"),
    [
        ((256, 256, 32), "HWC", "most likely"),
        ((32, 256, 256), "CHW", "most likely"),
        ((3, 224, 224), "CHW", "most likely"),
        ((224, 224, 3), "HWC", "most likely"),
        ((1, 28, 28), "CHW", "most likely"),
        ((480, 640, 4), "HWC", "most likely"),
        ((7, 7, 512), "HWC", "most likely"),
        ((16, 24, 32), "HWC", "open"),
        ((64, 64, 64), "HWC", "open"),
        ((3, 5, 3), "HWC", "open"),
        ((8, 3, 224, 224), "NCHW", "most likely"),
        ((8, 224, 224, 3), "NHWC", "most likely"),
    ],
)
def test_which_axis_is_what(shape, layout, sure):
    reading = read_shape(shape)
    assert (reading.layout.axes, reading.sure) == (layout, sure)


def test_the_question_that_the_project_exists_for():
    document = explain("256x256x32")
    assert document.facts == {
        "shape": [256, 256, 32],
        "layout": "HWC",
        "sure": "most likely",
        "axes": {"height": 256, "width": 256, "channels": 32},
        "positions": 65536,
        "activations": 2097152,
    }
    shown = document_text(document)
    for said in (
        "the third number, 32, is the number of channels",
        "32×256×256   C×H×W, PyTorch",
        "256 · 256 · 32 = 2,097,152 activations",
        "32 × (3·3·3) + 32 = 896",
        "56,623,104",
        "they are not parameters",
        "the shape is the tensor's",
        "32, not 3 · 32",
    ):
        assert said in shown


@pytest.mark.parametrize(
    "shape", ["512", "28x28", "64x3x3x3", "2x16x64x64x64", "3xHxW", "16x24x32", "1x1x1x1x1x1"]
)
def test_every_shape_has_an_answer(shape):
    assert document_text(explain(shape))


def test_a_small_square_may_be_a_weight():
    assert "a convolution's weight: 64 filters of 3×3×3" in document_text(explain("64x3x3x3"))
    assert "a convolution's weight: 64 filters of 16×7×7" in document_text(explain("7x7x16x64"))
    assert "weight" not in document_text(explain("64x3x224x224"))


@pytest.mark.parametrize(
    ("text", "is_shape"),
    [
        ("256x256x32", True), ("256×256×32", True), ("(1, 3, 224, 224)", True), ("3xHxW", True), ("512", True),
        ("vgg16", False), ("resnet50", False), ("model.onnx", False), ("Conv2d(3, 64, 3)", False), ("HxW", False),
        ("", False), ("0x3x3", True), ("-1x3x3", True),
    ],
)  # fmt: skip
def test_what_is_meant_as_a_shape(text, is_shape):
    assert is_shape_text(text) is is_shape


def test_a_layer_of_a_model_is_named_after_two_colons():
    assert split_layer("vgg16::features.0") == ("vgg16", "features.0")
    assert split_layer("vgg16") == ("vgg16", "")
