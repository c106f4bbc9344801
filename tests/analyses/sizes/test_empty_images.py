"""Layers that are given an image without rows or columns: PyTorch's CPU takes some of it, and refuses some."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from torch import nn  # noqa: E402 - after the check for PyTorch

from tests.analyses.sizes.forwards import compared  # noqa: E402


class Cut(nn.Module):
    """A layer behind which the first four rows and columns are cut off."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x[:, :, 4:, 4:])


LAYERS = {
    "Conv2d": lambda: nn.Conv2d(3, 4, 3, padding=1),
    "Conv2d, strided": lambda: nn.Conv2d(3, 4, 1, 2),
    "Conv2d, circular": lambda: nn.Conv2d(3, 4, 3, padding=1, padding_mode="circular"),
    "ConvTranspose2d": lambda: nn.ConvTranspose2d(3, 4, 3, 2, 1, 1),
    "ConvTranspose2d, padded": lambda: nn.ConvTranspose2d(3, 4, 3, 1, 1),
    "MaxPool2d": lambda: nn.MaxPool2d(3, 2, 1),
    "MaxPool2d, ceil": lambda: nn.MaxPool2d(2, ceil_mode=True),
    "AvgPool2d": lambda: nn.AvgPool2d(2, 1, 1),
    "LPPool2d": lambda: nn.LPPool2d(2, 2),
    "AdaptiveAvgPool2d, to one": lambda: nn.AdaptiveAvgPool2d(1),
    "AdaptiveAvgPool2d": lambda: nn.AdaptiveAvgPool2d((1, 3)),
    "AdaptiveMaxPool2d": lambda: nn.AdaptiveMaxPool2d(1),
    "FractionalMaxPool2d": lambda: nn.FractionalMaxPool2d(2, output_ratio=0.5),
    "FractionalMaxPool2d, unlike": lambda: nn.FractionalMaxPool2d(3, output_ratio=(0.7, 0.3)),
    "FractionalMaxPool2d, of one": lambda: nn.FractionalMaxPool2d(1, output_ratio=0.9),
    "FractionalMaxPool2d, to two": lambda: nn.FractionalMaxPool2d(2, output_size=2),
    "Upsample": lambda: nn.Upsample(scale_factor=2),
    "ReflectionPad2d": lambda: nn.ReflectionPad2d(1),
    "ZeroPad2d": lambda: nn.ZeroPad2d(1),
    "Unfold": lambda: nn.Unfold(2, stride=2),
    "PixelUnshuffle": lambda: nn.PixelUnshuffle(2),
    "InstanceNorm2d": lambda: nn.InstanceNorm2d(3),
    "BatchNorm2d": lambda: nn.BatchNorm2d(3),
}


@pytest.mark.parametrize("name", LAYERS)
def test_they_are_told_as_they_are(name):
    points = [(h, w) for h in range(1, 10) for w in (h, 9)] + [(9, w) for w in range(1, 9)]
    _, wrong, unknown = compared(Cut(LAYERS[name]()), points)
    assert wrong == []
    assert unknown == 0


@pytest.mark.parametrize("kernel", [1, 2, 3])
def test_volumes_are_pooled_with_one_cell_to_spare(kernel):
    model = nn.FractionalMaxPool3d(kernel, output_ratio=0.6)
    points = [(size, size, 9) for size in range(1, 10)]
    _, wrong, unknown = compared(model, points)
    assert (wrong, unknown) == ([], 0)
