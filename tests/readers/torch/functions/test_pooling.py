"""Pooling as modules and as functions, and unpooling."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402

from tests.readers.torch.agreement import agrees  # noqa: E402
from tests.readers.torch.functions.tables import cases, holds_everywhere  # noqa: E402

pytestmark = pytest.mark.torch

SEQUENCE, SEQUENCES = (2, 4, 9), [[(3, 4, 14)]]
IMAGE, IMAGES = (2, 4, 9, 7), [[(5, 4, 12, 11)], [(1, 4, 16, 16)]]
VOLUME, VOLUMES = (2, 4, 5, 6, 7), [[(1, 4, 8, 8, 9)]]


@pytest.mark.parametrize(
    ("layer", "shape", "others"),
    [
        (nn.MaxPool1d(2), SEQUENCE, SEQUENCES),
        (nn.AvgPool1d(3, 2), SEQUENCE, SEQUENCES),
        (nn.LPPool1d(2, 3), SEQUENCE, SEQUENCES),
        (nn.AdaptiveAvgPool1d(4), SEQUENCE, SEQUENCES),
        (nn.AdaptiveMaxPool1d(3, return_indices=True), SEQUENCE, SEQUENCES),
        (nn.MaxPool2d(3, 2, 1), IMAGE, IMAGES),
        (nn.MaxPool2d(2, ceil_mode=True), IMAGE, IMAGES),
        (nn.MaxPool2d(1, 2, ceil_mode=True), IMAGE, IMAGES),
        (nn.MaxPool2d(3, 1, dilation=2), IMAGE, IMAGES),
        (nn.MaxPool2d(2, return_indices=True), IMAGE, IMAGES),
        (nn.AvgPool2d(3, 2, 1), IMAGE, IMAGES),
        (nn.AvgPool2d(4, padding=2, ceil_mode=True), IMAGE, IMAGES),
        (nn.AvgPool2d((3, 2), ceil_mode=True, count_include_pad=False), IMAGE, IMAGES),
        (nn.LPPool2d(2, 3, 2, ceil_mode=True), IMAGE, IMAGES),
        (nn.AdaptiveAvgPool2d(1), IMAGE, IMAGES),
        (nn.AdaptiveAvgPool2d((3, None)), IMAGE, IMAGES),
        (nn.AdaptiveMaxPool2d(2, return_indices=True), IMAGE, IMAGES),
        (nn.FractionalMaxPool2d(2, output_size=(3, 4)), IMAGE, IMAGES),
        (nn.FractionalMaxPool2d(2, output_size=3, return_indices=True), IMAGE, IMAGES),
        (nn.FractionalMaxPool2d(2, output_ratio=(0.5, 0.6)), IMAGE, IMAGES),
        (nn.MaxPool3d(2), VOLUME, VOLUMES),
        (nn.AvgPool3d(2, padding=1), VOLUME, VOLUMES),
        (nn.AdaptiveAvgPool3d((1, 2, 3)), VOLUME, VOLUMES),
        (nn.FractionalMaxPool3d(2, output_size=2), VOLUME, VOLUMES),
    ],
    ids=repr,
)
def test_layers(layer, shape, others) -> None:
    holds_everywhere(layer, shape, others=others, real=True)


@pytest.mark.parametrize(
    "function",
    cases(
        no_stride=lambda x: F.max_pool2d(x, 2, padding=1, stride=None),
        empty_stride=lambda x: F.avg_pool2d(x, kernel_size=2, stride=[]),
        of_torch=lambda x: torch.max_pool2d(x, [2, 2], [2, 2]),
        with_indices=lambda x: F.max_pool2d_with_indices(x, 2),
        without_a_batch=lambda x: F.avg_pool2d(x.mean(0), 2),
        adaptive_without_a_batch=lambda x: F.adaptive_avg_pool2d(x.mean(0), (2, 2)),
        adaptive_with_indices=lambda x: F.adaptive_max_pool2d_with_indices(x, 3),
        adaptive_to_a_size=lambda x: F.adaptive_avg_pool2d(x, x.shape[-1] // 2),
        unpool=lambda x: F.max_unpool2d(*F.max_pool2d(x, 2, return_indices=True), 2),
        unpool_to_a_size=lambda x: F.max_unpool2d(
            *F.max_pool2d(x, 2, return_indices=True), 2, output_size=x.shape
        ),
    ),
)
def test_functions(function) -> None:
    holds_everywhere(function, IMAGE, others=IMAGES, real=True)


def test_a_window_of_the_whole_image_is_global_at_every_size() -> None:
    agrees(lambda x: F.avg_pool2d(x, x.shape[-2:]), IMAGE, others=IMAGES)


@pytest.mark.parametrize(
    ("function", "settings"),
    [
        (lambda x: F.avg_pool2d(x, 2), {"count_include_pad": True, "divisor": None}),
        (lambda x: F.avg_pool2d(x, 2, None, 0, False, False, 3), {"count_include_pad": False, "divisor": 3}),
        (lambda x: F.lp_pool2d(x, 3.0, 2), {"norm": 3.0, "norm_of_mean": True}),
    ],
)
def test_what_is_counted_and_raised(function, settings) -> None:
    import shapelens

    class Model(nn.Module):
        def forward(self, x):
            return function(x)

    operators = [step.node.operator for step in shapelens.inspect(Model(), IMAGE[1:]).evaluation.steps]
    pool = next(operator for operator in operators if operator.name == "Pool")
    assert {name: getattr(pool, name) for name in settings} == settings
