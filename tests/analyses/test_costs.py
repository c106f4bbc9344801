"""Parameters and multiply-accumulates against the figures of the papers and of the frameworks."""

from __future__ import annotations

import pytest

from shapelens import inspect
from shapelens.dims import total

PUBLISHED = {
    # name: (parameters, MACs or None)
    "lenet5": (60_000, None),
    "lenet5_dense": (61_706, None),
    "alexnet": (61_100_840, None),
    "alexnet_original": (60_965_224, None),
    "vgg16": (138_357_544, 15_470_264_320),
    "resnet18": (11_689_512, 1_814_073_344),
    "resnet50": (25_557_032, 4_089_184_256),
    "googlenet": (6_624_904, None),
    "inception_v3": (23_834_568, 5_713_216_096),
    "mobilenet_v1": (4_231_976, 568_740_352),
    "mobilenet_v2": (3_504_872, 300_774_272),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_costs(name):
    parameters, macs = PUBLISHED[name]
    net = inspect(name)
    assert net.parameters == parameters
    if macs is not None:
        assert net.macs == macs


@pytest.mark.parametrize("name", ["vgg16", "resnet50", "googlenet", "unet", "densenet121"])
def test_totals_are_the_sums_of_the_layers(name):
    net = inspect(name)
    assert total(layer.parameters for layer in net.layers) == net.parameters
    assert total(layer.macs for layer in net.layers) == net.macs


@pytest.mark.parametrize("batch", [1, 2, 7])
def test_costs_are_per_sample_whatever_the_batch(batch):
    assert inspect("resnet18", batch=batch).macs == inspect("resnet18").macs == 1_814_073_344


def test_symbolic_costs_come_to_the_same_number():
    from shapelens.dims import evaluate

    symbolic = inspect("resnet18", "3xHxW")
    assert evaluate(symbolic.macs, {"H": 224, "W": 224}) == 1_814_073_344
    assert symbolic.parameters == 11_689_512
