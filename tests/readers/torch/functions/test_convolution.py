"""Convolutions as modules and as functions, in one, two and three dimensions."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402

from shapelens.network import evaluate_network  # noqa: E402
from shapelens.operators import DeformableConvolution  # noqa: E402
from tests.readers.torch.agreement import traced  # noqa: E402
from tests.readers.torch.functions.tables import cases, holds_everywhere, macs_of, operators_of  # noqa: E402
from tests.readers.torch.functions.torchvision_operators import defined  # noqa: E402

pytestmark = pytest.mark.torch

SEQUENCE, SEQUENCES = (2, 4, 9), [[(3, 4, 14)], [(1, 4, 7)]]
IMAGE, IMAGES = (2, 4, 9, 7), [[(5, 4, 12, 11)], [(1, 4, 16, 16)]]
VOLUME, VOLUMES = (2, 4, 5, 6, 7), [[(1, 4, 8, 8, 9)]]


def ones(*shape):
    return torch.ones(*shape)


@pytest.mark.parametrize(
    ("layer", "shape", "others"),
    [
        (nn.Conv1d(4, 8, 3, stride=2), SEQUENCE, SEQUENCES),
        (nn.Conv1d(4, 8, 4, padding="same"), SEQUENCE, SEQUENCES),
        (nn.ConvTranspose1d(4, 8, 4, stride=3), SEQUENCE, SEQUENCES),
        (nn.Conv2d(4, 8, 3, 2, 1), IMAGE, IMAGES),
        (nn.Conv2d(4, 8, (3, 2), padding="same", dilation=2), IMAGE, IMAGES),
        (nn.Conv2d(4, 8, 3, padding="valid"), IMAGE, IMAGES),
        (nn.Conv2d(4, 8, 3, groups=4, bias=False), IMAGE, IMAGES),
        (nn.Conv2d(4, 8, 3, padding=2, padding_mode="reflect"), IMAGE, IMAGES),
        (nn.Conv2d(4, 8, 3, padding=(1, 2), padding_mode="circular"), IMAGE, IMAGES),
        (nn.ConvTranspose2d(4, 8, 3, 2, 1, output_padding=1), IMAGE, IMAGES),
        (nn.ConvTranspose2d(4, 8, (3, 4), (2, 3), (1, 0), groups=2, dilation=2), IMAGE, IMAGES),
        (nn.Conv3d(4, 8, 3, padding=1, stride=(1, 2, 2)), VOLUME, VOLUMES),
        (nn.ConvTranspose3d(4, 8, 2, 2), VOLUME, VOLUMES),
    ],
    ids=repr,
)
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
def test_layers(layer, shape, others) -> None:
    network = holds_everywhere(layer, shape, others=others, real=True)
    parameters = {tuple(parameter.shape) for parameter in layer.parameters()}
    assert {weight.shape for weight in network.weights.values()} == parameters


@pytest.mark.parametrize(
    "function",
    cases(
        of_torch=lambda x: torch.conv2d(x, ones(8, 4, 3, 3), None, 2, 1),
        keywords=lambda x: F.conv2d(input=x, weight=ones(8, 4, 3, 3), stride=(2, 1), padding=(1, 0)),
        one_for_all_axes=lambda x: F.conv2d(x, ones(8, 4, 3, 3), stride=[2], padding=[1]),
        without_a_batch=lambda x: F.conv2d(x.mean(0), ones(8, 4, 3, 3)),
        transposed=lambda x: F.conv_transpose2d(x, ones(4, 8, 3, 3), stride=2, output_padding=1),
        any_kind=lambda x: torch.convolution(x, ones(8, 4, 3, 3), None, [1], [1], [1], False, [0], 1),
        any_transposed=lambda x: torch.convolution(
            x, ones(4, 8, 3, 3), None, [2, 2], [1, 1], [1, 1], True, [1, 1], 1
        ),
        of_a_library=lambda x: torch.ops.aten.convolution.default(
            x, ones(8, 4, 3, 3), None, [2, 2], [1, 1], [1, 1], False, [0, 0], 1
        ),
        weights_that_are_computed=lambda x: F.conv2d(x, ones(8, 4, 3, 3) * x.mean()),
        steps_first=lambda x: torch.conv_tbc(
            x.mean(3).permute(2, 0, 1).contiguous(), ones(3, 4, 5), ones(5), 1
        ),
    ),
)
def test_functions(function) -> None:
    holds_everywhere(function, IMAGE, others=IMAGES, real=True)


def test_an_output_size_is_asked_for() -> None:
    up = nn.ConvTranspose2d(4, 8, 3, stride=2, padding=1)
    network = holds_everywhere(
        lambda x: up(x, output_size=[x.shape[2] * 2, x.shape[3] * 2]), IMAGE, others=IMAGES, real=True
    )
    assert operators_of(network) == ["TransposedConvolution"]


def test_a_traced_convolution_costs_what_it_costs() -> None:
    network = holds_everywhere(nn.Conv2d(3, 8, 3, padding=1), (1, 3, 32, 32), real=True)
    assert macs_of(network, (1, 3, 32, 32)) == 221_184


@pytest.mark.parametrize("with_mask", [False, True])
def test_a_deformable_convolution(with_mask) -> None:
    """Nothing computes it here: what comes out is as large as of any convolution with these settings."""
    with torch.device("meta"):
        layer = defined().ops.DeformConv2d(4, 8, 3, stride=2, padding=1, groups=2)
        plain = nn.Conv2d(4, 8, 3, stride=2, padding=1, groups=2)

    def inputs(*sizes):
        batch, height, width = sizes
        out = (plain(torch.empty(batch, 4, height, width, device="meta"))).shape[2:]
        masks = [(batch, 9, *out)] if with_mask else []
        return [(batch, 4, height, width), (batch, 18, *out), *masks], (batch, 8, *out)

    shapes, _ = inputs(2, 9, 7)
    network = traced(layer, [torch.empty(shape, device="meta") for shape in shapes])
    for sizes in ((2, 9, 7), (3, 12, 11)):
        shapes, wanted = inputs(*sizes)
        fed = {declared.name: shape for declared, shape in zip(network.inputs, shapes, strict=True)}
        evaluation = evaluate_network(network, fed)
        assert [out.shape for _, out in evaluation.outputs] == [wanted]
        assert evaluation.broken == ()
    operator = network.nodes[-1].operator
    assert isinstance(operator, DeformableConvolution)
    assert (operator.groups, operator.offset_groups) == (2, 1)
