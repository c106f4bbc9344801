"""PyTorch's shuffles."""

from __future__ import annotations

import pytest

from shapelens.readers.notation import read_notation
from tests.readers.notation.pytorch.read import broken, in_a_print, outputs


@pytest.mark.parametrize(
    ("text", "sample", "shape"),
    [
        ("PixelShuffle(2)", (256, 28, 28), "N×64×56×56"),
        ("PixelShuffle(3)", None, "N×floor(C/9)×3*H×3*W"),
        ("PixelUnshuffle(2)", (64, 56, 56), "N×256×28×28"),
        ("ChannelShuffle(4)", (64, 9, 9), "N×64×9×9"),
        (in_a_print("PixelShuffle(upscale_factor=2)"), (8, 3, 3), "N×2×6×6"),
        (in_a_print("ChannelShuffle(groups=2)"), (8, 3, 3), "N×8×3×3"),
    ],
)
def test_shapes(text, sample, shape):
    assert outputs(text, sample) == [shape]


@pytest.mark.parametrize(
    ("text", "sample", "kinds"),
    [
        ("PixelShuffle(2)", (6, 9, 9), ["block"]),
        ("PixelUnshuffle(2)", (3, 9, 8), ["block"]),
        ("ChannelShuffle(4)", (6, 9, 9), ["groups"]),
        ("PixelShuffle(2)", (8,), ["rank"]),
    ],
)
def test_what_does_not_fit(text, sample, kinds):
    assert broken(text, sample) == kinds


@pytest.mark.parametrize("text", ["PixelShuffle(3)", "PixelUnshuffle(5)", "ChannelShuffle(7)"])
def test_sizes_that_are_open_are_shown_with_some_that_fit(text):
    example = read_notation(text).inputs[0].example
    divisor = {"PixelShuffle(3)": 9, "PixelUnshuffle(5)": 5, "ChannelShuffle(7)": 7}[text]
    size = example["H"] if "Unshuffle" in text else example["C"]
    assert size % divisor == 0
