"""What if: weights that follow an edit, and weights that are held."""

from __future__ import annotations

import pytest

from shapelens import inspect
from shapelens.errors import UsageError


def test_a_stride_changes_everything_after_it():
    net = inspect("resnet18").edit("conv1", stride=1)
    assert net["layer4.1.add"].output_shape[1:] == (512, 14, 14)
    assert net.findings == ()


def test_more_filters_and_the_next_layers_follow():
    net = inspect("vgg16").edit("features.0", weights={"weight": (32, 3, 3, 3), "bias": (32,)})
    assert net["features.2"].weights["features.2.weight"] == (64, 32, 3, 3)
    assert net.findings == ()
    assert net.parameters == 138_357_544 - 32 * 28 - 64 * 32 * 9


def test_norms_follow():
    net = inspect("resnet18").edit("conv1", weights={"weight": (32, 3, 7, 7)})
    assert next(iter(net["bn1"].weights.values())) == (32,)
    assert net["layer1.0.conv1"].weights["layer1.0.conv1.weight"] == (64, 32, 3, 3)


def test_a_linear_layer_follows_at_the_example_size():
    net = inspect("alexnet").edit("features.0", stride=2)
    features = net["classifier.1"].weights["classifier.1.weight"][1]
    assert features == net["flatten"].output_shape[-1]
    assert net.findings == ()


def test_strict_keeps_all_weights_and_finds_what_breaks():
    net = inspect("vgg16").edit("features.0", follow=False, weights={"weight": (32, 3, 3, 3), "bias": (32,)})
    assert [f.layer for f in net.findings] == ["features.2"]
    assert net["features.2"].weights["features.2.weight"] == (64, 64, 3, 3)


def test_another_input_size_never_remakes_a_weight():
    net = inspect("vgg11").at((3, 256, 256))
    assert net["classifier.0"].weights["classifier.0.weight"] == (4096, 25088)
    assert net.findings == ()  # the adaptive pooling sees to that


def test_depthwise_groups_follow():
    net = inspect("mobilenet_v1")
    depthwise = next(layer for layer in net.layers if layer.words.startswith("depthwise"))
    before = list(net.network.nodes)
    place = [n.name for n in before].index(depthwise.name)
    earlier = next(n for n in reversed(before[:place]) if n.operator.name == "Convolution")
    weight = net.network.weights[earlier.inputs[1]]
    edited = net.edit(earlier.name, weights={"weight": (48, *weight.shape[1:])})
    assert edited[depthwise.name].step.node.operator.groups == 48
    assert edited.findings == ()


@pytest.mark.parametrize(
    ("layer", "settings", "message"),
    [
        ("nowhere", {"stride": 1}, "no layer is called nowhere"),
        ("conv1", {"strides": 1}, "Convolution has no setting strides"),
    ],
)
def test_what_cannot_be_edited_is_said(layer, settings, message):
    with pytest.raises(UsageError, match=message):
        inspect("resnet18").edit(layer, **settings)
