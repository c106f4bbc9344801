"""Whole texts: a `Sequential` and the print of a real model are read as PyTorch computes them."""

from __future__ import annotations

import pytest

from shapelens import inspect
from shapelens.dims import Unknown
from shapelens.readers.notation import read_notation
from shapelens.readers.notation.reading import is_notation
from tests.readers.notation.oracle import parameters

CHAIN = "Sequential(Conv2d(1, 6, 5), ReLU(), MaxPool2d(2), Flatten(), Linear(6*12*12, 10))"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Conv2d(3, 64, 3)", True),
        ("  nn.ReLU ()", True),
        ("(0): Conv2d(3, 64, 3)", True),
        ("vgg16", False),
        ("models/net (1).onnx", True),
        ("3x224x224", False),
        ("", False),
    ],
)
def test_what_is_meant_as_layer_text(text, is_one):
    assert is_notation(text) is is_one


def test_a_chain():
    network = read_notation(CHAIN, (1, 28, 28))
    assert network.name == "Sequential"
    assert [node.name for node in network.nodes] == ["0", "1", "2", "3", "4"]
    assert {name: weight.shape for name, weight in network.weights.items()} == {
        "0.weight": (6, 1, 5, 5),
        "0.bias": (6,),
        "4.weight": (10, 864),
        "4.bias": (10,),
    }
    assert inspect(CHAIN, (1, 28, 28)).findings == ()


def test_a_chain_in_keras_words_is_named_as_keras_names_it():
    text = "Sequential([Input((28, 28, 1)), Conv2D(6, 5), Conv2D(8, 3, name='last'), Flatten(), Dense(10)])"
    network = read_notation(text)
    assert [node.name for node in network.nodes] == ["conv2d", "last", "flatten", "dense"]
    assert next(iter(network.weights.values())).shape == (5, 5, 1, 6)


def test_repeats_of_a_print_are_counted_out():
    text = "Sequential(\n  (0-2): 3 x Conv2d(8, 8, kernel_size=(3, 3), stride=(1, 1))\n)"
    assert [node.name for node in read_notation(text).nodes] == ["0", "1", "2"]
    assert inspect(text, (8, 9, 9)).evaluation.outputs[0][1].shape[1:] == (8, 3, 3)


def test_a_module_of_somebodys_own_class_is_not_guessed():
    """Its print shows what it holds and not what it does: parameters are known, what comes out is not."""
    conv, fc = "Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1))", "Linear(in_features=8, out_features=2)"
    text = f"Net(\n  (conv): {conv}\n  (fc): {fc}\n)"
    net = inspect(text, (3, 32, 32))
    assert net.parameters == 8 * 3 * 9 + 8 + 8 * 2 + 2
    shape = net.evaluation.outputs[0][1].shape
    assert isinstance(shape, Unknown)
    assert "print does not show" in shape.reason


PRINTED = [
    "alexnet.features",
    "vgg11.features",
    "vgg16_bn.features",
    "vgg16.classifier",
    "mobilenet_v2.features.0",
]
UNPRINTED = (
    *("class_token", "in_proj_bias", "in_proj_weight", "layer_scale", "pos_embedding"),
    *("relative_position_bias_table", "relative_position_index"),
)
"""What a module holds itself, beside the modules in it: no print shows it."""
SAMPLES = {"classifier": (25088,)}


@pytest.mark.torch
@pytest.mark.parametrize("path", PRINTED)
def test_a_printed_part_of_a_real_model(path):
    torch = pytest.importorskip("torch")
    from tests.readers.classics.oracle import torchvision

    name, _, part = path.partition(".")
    with torch.device("meta"):
        module = getattr(torchvision().models, name)().get_submodule(part).eval()
    sample = SAMPLES.get(part, (3, 224, 224))
    network = read_notation(repr(module), sample)
    evaluation = inspect(repr(module), sample).evaluation
    expected = module(torch.zeros((1, *sample), device="meta"))
    assert evaluation.outputs[0][1].shape[1:] == tuple(expected.shape[1:])
    assert {name: weight.shape for name, weight in network.weights.items()} == parameters(module)


@pytest.mark.torch
@pytest.mark.parametrize(
    "name", ["resnet18", "googlenet", "densenet121", "convnext_tiny", "swin_t", "vit_b_16"]
)
def test_a_whole_print_has_the_models_parameters(name):
    """Of a module whose forward is not shown nothing is claimed but what it holds."""
    torch = pytest.importorskip("torch")
    from tests.readers.classics.oracle import torchvision

    settings = {"init_weights": False} if name == "googlenet" else {}
    with torch.device("meta"):
        model = getattr(torchvision().models, name)(**settings)
    network = read_notation(repr(model), (3, 224, 224))
    told = {key: network.weights[key].shape for key in network.weights}
    assert told == {key: shape for key, shape in parameters(model).items() if not key.endswith(UNPRINTED)}
