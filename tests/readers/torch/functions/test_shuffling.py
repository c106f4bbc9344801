"""Channels made into space, windows unrolled, and views of memory."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402

from shapelens.dims import symbol  # noqa: E402
from shapelens.operators import Frames, ImageToColumns, Tensor  # noqa: E402
from tests.readers.torch.functions.tables import cases, holds_everywhere  # noqa: E402

pytestmark = pytest.mark.torch

IMAGE, IMAGES = (2, 12, 8, 6), [[(3, 12, 10, 16)], [(1, 12, 4, 8)]]


@pytest.mark.parametrize(
    "function",
    cases(
        pixel_shuffle=lambda x: F.pixel_shuffle(x, 2),
        pixel_shuffle_module=nn.PixelShuffle(2),
        pixel_unshuffle=lambda x: F.pixel_unshuffle(x, 2),
        pixel_shuffle_unbatched=lambda x: F.pixel_shuffle(x.mean(0), 2),
        channel_shuffle=lambda x: F.channel_shuffle(x, 4),
        channel_shuffle_module=nn.ChannelShuffle(3),
        native_channel_shuffle=lambda x: torch.native_channel_shuffle(x, 3),
        unfold=lambda x: F.unfold(x, 3, padding=1),
        unfold_unevenly=lambda x: F.unfold(x, (2, 3), dilation=(1, 2), stride=2),
        unfold_module=nn.Unfold(2, stride=2),
        fold=lambda x: F.fold(F.unfold(x, 2, stride=2), x.shape[-2:], 2, stride=2),
        fold_module=lambda x: F.fold(x.flatten(2)[..., :9], (4, 4), (2, 2)),
        windows=lambda x: x.unfold(2, 3, 1),
        windows_by_name=lambda x: x.unfold(dimension=1, size=4, step=3),
        windows_of_both_axes=lambda x: x.unfold(-1, 2, 2).unfold(2, 2, 2),
        windows_of_a_size=lambda x: x.unfold(3, x.shape[2] // 4, 1),
        windows_of_a_vector=lambda x: x.mean((0, 1, 2)).unfold(0, 3, 2),
        as_strided=lambda x: x.as_strided((2, 3), (1, 1)),
        as_strided_of_sizes=lambda x: torch.as_strided(x, (x.shape[0], x.shape[2], 3), (1, 1, 1), 2),
    ),
)
def test_functions(function) -> None:
    holds_everywhere(function, IMAGE, others=IMAGES)


def test_two_functions_have_one_name() -> None:
    images = holds_everywhere(lambda x: F.unfold(x, 3), IMAGE)
    anything = holds_everywhere(lambda x: x.unfold(2, 3, 1), IMAGE)
    assert [type(network.nodes[0].operator) for network in (images, anything)] == [ImageToColumns, Frames]


def test_windows_have_a_formula() -> None:
    network = holds_everywhere(lambda x: x.unfold(2, 3, 2), IMAGE)
    height = symbol("H")
    shape = network.nodes[0].operator.evaluate(Tensor((1, 12, height, 6))).outputs[0].shape
    assert str(shape[2]) == "ceil(H/2) - 1"
