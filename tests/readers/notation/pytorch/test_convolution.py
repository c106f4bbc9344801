"""PyTorch's convolutions."""

from __future__ import annotations

import pytest

from tests.readers.notation.pytorch.read import broken, error, in_a_print, outputs, weights


@pytest.mark.parametrize(
    ("text", "sample", "shape", "weight"),
    [
        ("Conv2d(3, 64, 7, stride=2, padding=3)", (3, 224, 224), "N×64×112×112", (64, 3, 7, 7)),
        ("Conv2d(3, 64, 7, 2, 3)", None, "N×64×ceil(H/2)×ceil(W/2)", (64, 3, 7, 7)),
        ("Conv2d(32, 64, 3, groups=32)", None, "N×64×H - 2×W - 2", (64, 1, 3, 3)),
        ("Conv1d(4, 8, 3, padding='same')", (4, 10), "N×8×10", (8, 4, 3)),
        ("Conv3d(1, 2, (1, 2, 3))", (1, 5, 5, 5), "N×2×5×4×3", (2, 1, 1, 2, 3)),
        ("ConvTranspose2d(16, 33, 3, stride=2)", (16, 7, 7), "N×33×15×15", (16, 33, 3, 3)),
        ("ConvTranspose2d(16, 32, 3, 2, 1, 1, 4)", (16, 14, 14), "N×32×28×28", (16, 8, 3, 3)),
        ("LazyConv2d(8, 3)", (5, 9, 9), "N×8×7×7", (8, 5, 3, 3)),
        ("LazyConvTranspose2d(8, 2, stride=2)", (5, 9, 9), "N×8×18×18", (5, 8, 2, 2)),
    ],
)
def test_shapes_and_weights(text, sample, shape, weight):
    assert outputs(text, sample) == [shape]
    assert weights(text, sample)["weight"] == weight
    assert "bias" in weights(text, sample)


@pytest.mark.parametrize("text", ["Conv2d(3, 8, 3, bias=False)", "ConvTranspose2d(3, 8, 3, bias=False)"])
def test_without_a_bias(text):
    assert list(weights(text)) == ["weight"]


def test_an_image_as_deep_as_another_layer_breaks_the_channels():
    assert broken("Conv2d(3, 8, 3)", (4, 9, 9)) == ["channels"]
    assert broken("Conv2d(3, 8, 3)", (3, 2, 9)) == ["window"]


@pytest.mark.parametrize(
    ("text", "summary", "fix"),
    [
        (
            "Conv2d(3, 64, 7, stride=2, padding='same')",
            "padding='same' is not supported for strided convolutions",
            "Conv2d(3, 64, 7, stride=2, padding=3)",
        ),
        (
            "Conv2d(3, 64, (3, 5), stride=2, padding='same')",
            "padding='same' is not supported for strided convolutions",
            "Conv2d(3, 64, (3, 5), stride=2, padding=(1, 2))",
        ),
        (
            "Conv2d(3, 64, 4, stride=2, padding='same')",
            "padding='same' is not supported for strided convolutions",
            "Conv2d(3, 64, 4, stride=2, padding=1)\n"
            "which gives the same size where the input's is a multiple of the stride",
        ),
        (
            "Conv2d(3, 64, 3, groups=2)",
            "in_channels must be divisible by groups",
            "Conv2d(3, 64, 3, groups=1)",
        ),
        (
            "Conv2d(12, 8, 3, groups=6)",
            "out_channels must be divisible by groups",
            "Conv2d(12, 8, 3, groups=4)",
        ),
        ("ConvTranspose2d(3, 8, 3, padding_mode='reflect')", "pads with zeros alone", ""),
        ("Conv2d(3, 8, 3, padding_mode='mirror')", "cannot be 'mirror'", ""),
        ("Conv2d(3, 8, 3, padding='full')", "cannot be 'full'", ""),
        ("ConvTranspose2d(3, 8, 3, padding='same')", "cannot be 'same'", ""),
    ],
)
def test_what_cannot_be(text, summary, fix):
    refused = error(text)
    assert summary in refused.summary
    assert refused.fix == fix


@pytest.mark.parametrize(
    ("line", "shape"),
    [
        ("Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1), padding=same)", "N×8×9×9"),
        ("Conv2d(3, 8, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), bias=False)", "N×8×5×5"),
        ("Conv2d(3, 9, kernel_size=(3, 3), stride=(1, 1), groups=3, padding_mode=reflect)", "N×9×7×7"),
        ("ConvTranspose2d(3, 8, kernel_size=(2, 2), stride=(2, 2), output_padding=(1, 1))", "N×8×19×19"),
        ("LazyConv2d(0, 8, kernel_size=(3, 3), stride=(1, 1))", "N×8×7×7"),
    ],
)
def test_prints(line, shape):
    assert outputs(in_a_print(line), (3, 9, 9)) == [shape]
    assert outputs(line, (3, 9, 9)) == [shape]
