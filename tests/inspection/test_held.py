"""What users hold: a network at a size, at another, changed, and all that can be asked of it."""

from __future__ import annotations

import pytest

from shapelens import Inspection, ShapelensError, explain, inspect
from shapelens.dims import symbol
from shapelens.errors import InputMismatchError, NoSuchModelError, ShapeTextError, UsageError


def test_a_sample_in_every_form():
    H, W = symbol("H"), symbol("W")
    for sample in ("3xHxW", (3, "H", "W"), (3, H, W), "3,H,W"):
        assert inspect("resnet18", sample)["layer4.1.add"].output_shape == (
            symbol("N"), 512, (H + 31) // 32, (W + 31) // 32,
        )  # fmt: skip


def test_a_fixed_batch():
    net = inspect("vgg16", (3, 224, 224), batch=8)
    assert net["features.0"].output_shape == (8, 64, 224, 224)
    assert net.macs == inspect("vgg16").macs == 15_470_264_320


def test_the_same_network_at_another_size():
    net = inspect("resnet50")
    other = net.at((3, 256, 320))
    assert other.network is net.network
    assert other["layer4.2.add"].output_shape == (symbol("N"), 2048, 8, 10)
    assert net["layer4.2.add"].output_shape == (symbol("N"), 2048, 7, 7)


def test_what_takes_any_channels_is_made_for_those_that_come_in():
    """Keras' layers and lazy ones have no depth of their own: at a size they have one, at another size another."""
    open_network = inspect("Conv2D(32, 3)")
    assert str(open_network.parameters) == "288*C + 32"
    assert open_network.at((32, 32, 3)).parameters == 32 * 3 * 9 + 32
    assert open_network.at((32, 32, 3)).at((32, 32, 1)).parameters == 32 * 9 + 32
    assert open_network.at("HxWx4").parameters == 32 * 4 * 9 + 32
    assert inspect("LazyLinear(10)").at((7,)).parameters == 80


def test_formulas_of_a_network_at_a_size():
    net = inspect("resnet18").symbolic()
    assert str(net["conv1"].output_shape) == "(N, 64, ceil(H/2), ceil(W/2))"
    assert net.macs != inspect("resnet18").macs


def test_what_if_weights_follow():
    net = inspect("vgg11").edit("features.0", weights={"weight": (32, 3, 3, 3), "bias": (32,)})
    assert net["features.3"].weights["features.3.weight"] == (128, 32, 3, 3)
    assert net.findings == ()


def test_what_if_strictly():
    net = inspect("vgg11").edit("features.0", follow=False, weights={"weight": (32, 3, 3, 3), "bias": (32,)})
    assert [(f.code, f.layer) for f in net.findings] == [("SL102", "features.3")]


def test_a_layer_tells_what_it_is():
    layer = inspect("vgg16")["features.0"]
    assert (layer.name, layer.words) == ("features.0", "conv 3×3, pad 1")
    assert layer.input_shapes == ((symbol("N"), 3, 224, 224),)
    assert (layer.parameters, layer.macs) == (1792, 86_704_128)
    assert layer.receptive_field["H"].size == 3
    assert "features.0" in repr(layer)


def test_shapes_by_name():
    net = inspect("resnet18", shapes={"input": (2, 3, 64, 64)})
    assert net["fc"].output_shape == (2, 1000)


@pytest.mark.parametrize(
    ("error", "ask"),
    [
        (UsageError, lambda: inspect("vgg16")["features.99"]),
        (UsageError, lambda: inspect("vgg16").explain("nothing")),
        (UsageError, lambda: inspect("vgg16").edit("nowhere", stride=1)),
        (UsageError, lambda: inspect("vgg16").edit("features.0", strid=1)),
        (InputMismatchError, lambda: inspect("vgg16", shapes={"image": (1, 3, 224, 224)})),
        (ShapeTextError, lambda: inspect("vgg16", (3, 0, 224))),
        (ShapeTextError, lambda: inspect("vgg16", (3, -1, 224))),
        (ShapeTextError, lambda: inspect("vgg16", "")),
        (NoSuchModelError, lambda: inspect("no_such_network")),
        (NoSuchModelError, lambda: inspect("")),
    ],
)
def test_errors_tell_where_and_what(error, ask):
    with pytest.raises(error) as caught:
        ask()
    assert isinstance(caught.value, ShapelensError)
    assert caught.value.at
    assert caught.value.rule


def test_a_module_of_a_model_is_explained_layer_by_layer():
    document = inspect("resnet50").explain("layer2.0")
    assert document.facts["layers"][0] == "layer2.0.conv1"


def test_print_gives_the_table(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    shown = str(inspect("vgg16"))
    assert "features.28   conv 3×3, pad 1  512 of 512×3×3   512×14×14" in shown
    assert max(map(len, shown.splitlines())) <= 80
    assert repr(inspect("vgg16")) == "<Inspection of vgg16: 40 layers>"


def test_explain_takes_a_network_of_several_layers():
    document = explain("Sequential(Conv2d(1, 8, 3), ReLU())", (1, 28, 28))
    assert document.facts["layers"] == 2


def test_a_sample_that_lacks_an_axis_is_never_taken_for_one_that_does_not():
    net = inspect("vgg16", (3, 224))
    assert net.findings[0].code == "SL104"
    assert isinstance(net, Inspection)


@pytest.mark.parametrize("batch", [0, -1, "x", 2.5, True])
def test_a_batch_is_a_number_of_samples(batch):
    for ask in (lambda: inspect("resnet18", batch=batch), lambda: inspect("resnet18").memory(batch)):
        with pytest.raises(UsageError, match="a batch is a number of samples"):
            ask()
