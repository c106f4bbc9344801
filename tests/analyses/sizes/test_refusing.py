"""Which layer refuses a size, and why: the whole line."""

from __future__ import annotations

import pytest

from shapelens import inspect


@pytest.mark.parametrize(
    ("model", "sample", "size", "words"),
    [
        ("vgg11", None, 28, "features.20 (max pool 2×2) shrinks 1×1 to nothing"),
        ("unet_padded", None, 700, "cat4 joins 87 and 86"),
        ("unet_padded", None, 15, "pool4 (max pool 2×2) shrinks 1×1 to nothing"),
        ("lenet5", None, 36, "F6 (linear) wants 120 and gets 480"),
        ("Conv2d(3, 8, 5)", None, 4, "conv2d finds no window in 4×4"),
        ("Conv2d(3, 8, 7, padding=1)", None, 4, "conv2d finds no window in 4×4 with its padding"),
        ("Conv1d(3, 8, 5)", "3xT", 2, "conv1d finds no window in 2"),
        (
            "ConvTranspose2d(3, 8, 2, padding=2)",
            None,
            2,
            "conv_transpose2d (transposed 2×2) makes nothing of 2×2",
        ),
        ("ReflectionPad2d(4)", "3xHxW", 4, "reflection_pad2d (pad 4 (reflect)) pads 4 by 4"),
        ("PixelUnshuffle(4)", "3xHxW", 6, "pixel_unshuffle parts 6 into blocks of 4"),
        ("InstanceNorm2d(3)", "3xHxW", 1, "instance_norm2d has one value only to normalise"),
        ("Conv2d(4, 8, 3)", "3xHxW", 9, "conv2d wants 4 and gets 3"),
        ("Sequential(Unflatten(2, (4, 4)), ReLU())", "3xHxW", 9, "0 (unflatten to 4×4) wants 16 and gets 9"),
    ],
)
def test_in_words(model, sample, size, words):
    sizes = inspect(model, sample).sizes()
    assert sizes.contains(size) is False
    assert sizes.refusal(size) == words


def test_nothing_refuses_what_fits():
    assert inspect("vgg11").sizes().refusal(224) == ""


def test_no_axis_is_empty():
    sizes = inspect("resnet18").sizes()
    assert sizes.contains(0) is False
    assert sizes.refusal(0, 5) == "an axis has at least one place"
