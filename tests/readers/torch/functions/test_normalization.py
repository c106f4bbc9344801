"""Normalisations as modules, as functions, and as PyTorch's own kernels."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402

from tests.readers.torch.functions.tables import cases, holds_everywhere, operators_of  # noqa: E402

pytestmark = pytest.mark.torch

TOKENS, MORE_TOKENS = (2, 4, 9), [[(3, 4, 9)]]
IMAGE, IMAGES = (2, 4, 9, 7), [[(5, 4, 12, 11)], [(1, 4, 16, 16)]]
VOLUME, VOLUMES = (2, 4, 5, 6, 7), [[(1, 4, 8, 8, 9)]]


def ones(*shape):
    return torch.ones(*shape)


@pytest.mark.parametrize(
    ("layer", "shape", "others"),
    [
        (nn.BatchNorm1d(4), TOKENS, MORE_TOKENS),
        (nn.BatchNorm1d(9), (3, 9), [[(5, 9)]]),
        (nn.BatchNorm2d(4), IMAGE, IMAGES),
        (nn.BatchNorm2d(4, affine=False, track_running_stats=False), IMAGE, IMAGES),
        (nn.BatchNorm3d(4), VOLUME, VOLUMES),
        (nn.InstanceNorm2d(4), IMAGE, IMAGES),
        (nn.InstanceNorm2d(4, affine=True, track_running_stats=True), IMAGE, IMAGES),
        (nn.GroupNorm(2, 4), IMAGE, IMAGES),
        (nn.GroupNorm(4, 4, affine=False), IMAGE, IMAGES),
        (nn.LocalResponseNorm(3), IMAGE, IMAGES),
        (nn.LayerNorm(9), TOKENS, MORE_TOKENS),
        (nn.LayerNorm(9, bias=False), TOKENS, MORE_TOKENS),
        (nn.LayerNorm([4, 9], elementwise_affine=False), TOKENS, MORE_TOKENS),
        (nn.RMSNorm(9), TOKENS, MORE_TOKENS),
    ],
    ids=repr,
)
def test_layers(layer, shape, others) -> None:
    network = holds_everywhere(layer.eval(), shape, others=others, real=True)
    learned = {weight.shape for weight in network.weights.values() if weight.is_parameter}
    assert learned == {tuple(parameter.shape) for parameter in layer.parameters()}


def test_a_batch_norm_that_learns_needs_several_values() -> None:
    network = holds_everywhere(nn.BatchNorm2d(4).train(), IMAGE, others=IMAGES[:1], real=True)
    assert network.nodes[0].operator.training


@pytest.mark.parametrize(
    "function",
    cases(
        normalize=F.normalize,
        normalize_axes=lambda x: F.normalize(x, p=1, dim=(2, 3)),
        normalize_last=lambda x: F.normalize(x, dim=-1, eps=1e-6),
        batch_norm=lambda x: F.batch_norm(x, ones(4), ones(4), training=True),
        batch_norm_of_torch=lambda x: torch.batch_norm(
            x, None, None, ones(4), ones(4), True, 0.1, 1e-5, True
        ),
        instance_norm=lambda x: F.instance_norm(x, weight=ones(4), bias=ones(4)),
        group_norm=lambda x: torch.group_norm(x, 2, ones(4), ones(4)),
        native_batch_norm=lambda x: torch.native_batch_norm(
            x, ones(4), ones(4), ones(4), ones(4), False, 0.1, 1e-5
        )[0],
        native_group_norm=lambda x: torch.native_group_norm(
            x, ones(4), ones(4), x.shape[0], 4, x.shape[2] * x.shape[3], 2, 1e-5
        ),
    ),
)
def test_functions_of_images(function) -> None:
    holds_everywhere(function, IMAGE, others=IMAGES, real=True)


@pytest.mark.parametrize(
    "function",
    cases(
        layer_norm=lambda x: F.layer_norm(x, (9,), ones(9)),
        layer_norm_of_torch=lambda x: torch.layer_norm(x, [4, 9], ones(4, 9), ones(4, 9)),
        layer_norm_of_a_shape=lambda x: F.layer_norm(x, x.shape[1:]),
        native_layer_norm=lambda x: torch.native_layer_norm(x, [9], ones(9), ones(9), 1e-5),
        rms_norm=lambda x: F.rms_norm(x, (9,)),
        weight_norm=lambda x: torch._weight_norm(ones(4, 9), ones(4, 1), 0) + x,
        norm_except_dim=lambda x: torch.norm_except_dim(x, 2, 0),
        norm_of_everything=lambda x: torch.norm_except_dim(x, 2, -1),
    ),
)
def test_functions_of_tokens(function) -> None:
    holds_everywhere(function, TOKENS, others=MORE_TOKENS, real=True)


@pytest.mark.parametrize("parametrization", ["weight_norm", "spectral_norm"])
def test_a_weight_that_is_normalised_first(parametrization) -> None:
    layer = getattr(nn.utils.parametrizations, parametrization)(nn.Linear(9, 5)).eval()
    network = holds_everywhere(layer, TOKENS, others=MORE_TOKENS, real=True)
    assert operators_of(network)[-1] == "Linear"
    learned = sum(
        weight.shape[0] * (weight.shape[1] if len(weight.shape) > 1 else 1)
        for weight in network.weights.values()
        if weight.is_parameter
    )
    assert learned == sum(parameter.numel() for parameter in layer.parameters())
