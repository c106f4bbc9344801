"""Layers one after another, and modules whose forward a print does not show beside each other."""

from __future__ import annotations

import pytest

from shapelens.dims import Unknown
from shapelens.errors import LayerTextError
from shapelens.network import evaluate_network
from shapelens.readers.notation import read_notation
from shapelens.readers.notation.assembling import _snake
from shapelens.readers.notation.unprinted import MOST_PARAMETERS

CONV = "Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1))"
LINEAR = "Linear(in_features=4, out_features=2, bias=True)"


def evaluated(text, sample=None):
    network = read_notation(text, sample)
    evaluation = evaluate_network(network, {})
    return {step.node.name: step.output.shape for step in evaluation.steps}


def known(shape):
    """A shape with None for what is not known."""
    if isinstance(shape, Unknown):
        return None
    return tuple([None if isinstance(dim, Unknown) else dim for dim in shape])


def names(text):
    return [node.name for node in read_notation(text).nodes]


# names ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Conv2d(3, 8, 3)", ["conv2d"]),
        ("Sequential(ReLU(), ReLU())", ["0", "1"]),
        ("Sequential(ReLU(), Sequential(ReLU(), ReLU()), ReLU())", ["0", "1.0", "1.1", "2"]),
        ("Sequential(OrderedDict([('act', ReLU()), ('bn', BatchNorm2d(3))]))", ["act", "bn"]),
        ("Sequential(\n  (0-2): 3 x ReLU()\n  (last): ReLU()\n)", ["0", "1", "2", "last"]),
        ("DataParallel(\n  (module): Sequential(\n    (0): ReLU()\n  )\n)", ["module.0"]),
        ("DataParallel(Sequential(ReLU()))", ["module.0"]),
        ("(3): ReLU()\n(4): ReLU()", ["3", "4"]),
        ("Net(\n  (a): ModuleList(\n    (0-1): 2 x ReLU()\n  )\n)", ["forward", "a.0", "a.1"]),
        (
            "Net(\n  (a): Sequential(\n    (0): ReLU()\n  )\n  (b): B(\n    (c): ReLU()\n  )\n)",
            ["forward", "a.0", "b.forward", "b.c"],
        ),
        ("Net(\n  (a): ModuleDict(\n    (x): ReLU()\n  )\n  (down): None\n)", ["forward", "a.x"]),
    ],
)
def test_layers_are_named_as_the_framework_names_them(text, expected):
    assert names(text) == expected


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("MaxPooling2D", "max_pooling2d"),
        ("Conv2d", "conv2d"),
        ("LSTM", "lstm"),
        ("BatchNorm2d", "batch_norm2d"),
    ],
)
def test_a_class_as_a_name(name, snake):
    assert _snake(name) == snake


@pytest.mark.parametrize(
    "text",
    [
        "Sequential(OrderedDict([('a', ReLU()), ('a', ReLU())]))",
        "Sequential(\n  (0): ReLU()\n  (0): ReLU()\n)",
        "Net(\n  (a): ReLU()\n  (a): ReLU()\n)",
        "Sequential([Dense(3, name='a'), Dense(3, name='a')])",
    ],
)
def test_two_layers_of_one_name(text):
    with pytest.raises(LayerTextError, match="two layers have the same name"):
        read_notation(text)


# chains ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("Sequential()", "there is no layer in this text"),
        ("Sequential(ReLU(), Bilinear(3, 4, 5))", "Bilinear takes a second input besides"),
        ("Sequential(Bilinear(3, 4, 5), ReLU())", "Bilinear takes a second input besides"),
        ("Sequential(LSTM(3, 4), Linear(4, 2))", "LSTM gives 3 tensors"),
        ("Sequential(MaxPool2d(2, return_indices=True), ReLU())", "MaxPool2d gives 2 tensors"),
        ("Sequential(\n  (0): LSTM(3, 4)\n  (1): ReLU()\n)", "LSTM gives 3 tensors"),
    ],
)
def test_what_is_no_chain(text, summary):
    with pytest.raises(LayerTextError) as caught:
        read_notation(text)
    assert summary in caught.value.summary
    assert caught.value.fix


@pytest.mark.parametrize(
    "text", ["Bilinear(3, 4, 5)", "Sequential(Bilinear(3, 4, 5))", "Sequential(LSTM(3, 4))"]
)
def test_at_the_end_of_a_chain_more_may_come_out_and_alone_more_may_go_in(text):
    assert read_notation(text).nodes


def test_somebodys_own_class_may_take_several_tensors():
    shapes = evaluated("Sequential(\n  (0): LSTM(3, 4, batch_first=True)\n  (1): Select()\n)", (5, 3))
    assert known(shapes["0"])[1:] == (5, 4)
    assert known(shapes["1.forward"]) is None


@pytest.mark.parametrize("item", ["None", "something else", "Linear (3 -> 4", "12"])
def test_what_does_not_read_like_a_layer_is_never_skipped(item):
    if item.endswith("4"):
        with pytest.raises(LayerTextError):
            read_notation(f"Sequential(\n  (0): {item}\n  (1): ReLU()\n)")
        return
    shapes = evaluated(f"Sequential(\n  (0): {item}\n  (1): ReLU()\n)", (3, 8, 8))
    assert known(shapes["1"]) is None
    assert "what stands at 0" in shapes["1"].reason


# modules --------------------------------------------------------------------------------------------------


def test_children_get_what_they_take_and_the_module_gives_what_the_next_one_takes():
    text = f"Sequential(\n  (0): {CONV}\n  (1): Own(\n    (fc): {LINEAR}\n    (conv): {CONV}\n  )\n  (2): {CONV}\n)"
    shapes = evaluated(text, (3, 9, 9))
    assert known(shapes["0"])[1:] == (8, 7, 7)
    assert known(shapes["1.forward"]) == (None, 3, None, None)
    assert known(shapes["1.fc"]) is None
    assert known(shapes["1.conv"]) == (None, 8, None, None)
    assert known(shapes["2"]) == (None, 8, None, None)
    assert "Own.forward" in shapes["2"][2].reason


def test_children_that_take_more_are_given_what_is_not_known():
    text = (
        "Net(\n  (bilinear): Bilinear(in1_features=2, in2_features=3, out_features=4, bias=True)\n"
        "  (unpool): MaxUnpool2d(kernel_size=(2, 2), stride=(2, 2), padding=(0, 0))\n"
        f"  (conv): {CONV}\n)"
    )
    network = read_notation(text)
    assert network.weights["bilinear.weight"].shape == (4, 2, 3)
    assert [declared.name for declared in network.inputs] == ["input"]
    assert known(evaluated(text)["conv"]) == (None, 8, None, None)


@pytest.mark.parametrize("place", [0, 1])
def test_lines_with_names_of_their_own_may_be_called_in_any_way(place):
    shapes = evaluated(f"(conv): {CONV}\n(fc): {LINEAR}", (3, 8, 8))
    assert known(list(shapes.values())[place]) is None or place == 1


def test_what_a_print_refuses_to_be_is_another_class():
    """A `GroupNorm` of 3 groups of 8 channels is none of PyTorch's."""
    text = "Sequential(\n  (0): GroupNorm(3, 8, eps=1e-05, affine=True)\n  (1): ReLU()\n)"
    assert known(evaluated(text, (8, 4, 4))["1"]) is None
    with pytest.raises(LayerTextError, match="num_channels must be divisible"):
        read_notation("Sequential(GroupNorm(3, 8), ReLU())")


def test_parameters_in_lists_are_the_modules():
    text = (
        "Net(\n  (scale): ParameterList(\n"
        "      (0): Parameter containing: [torch.float32 of size 2x3]\n"
        "      (1): Parameter containing: [torch.float32 of size ]\n"
        "      (2): Tensor containing: [torch.float32 of size 7]\n  )\n"
        "  (named): ParameterDict(  (a): Parameter containing: [torch.FloatTensor of size 4])\n"
        "  (block): Block(\n    (p): ParameterList(  (0): Parameter containing: [torch.float32 of size 5])\n  )\n)"
    )
    network = read_notation(text)
    assert {name: weight.shape for name, weight in network.weights.items()} == {
        "scale.0": (2, 3),
        "scale.1": (),
        "scale.2": (7,),
        "named.a": (4,),
        "block.p.0": (5,),
    }
    assert network.learned == {"scale.0", "scale.1", "named.a", "block.p.0"}


def test_a_module_with_more_parameters_than_can_be_read():
    lines = "".join(
        f"      ({i}): Parameter containing: [torch.float32 of size 2]\n" for i in range(MOST_PARAMETERS + 1)
    )
    with pytest.raises(LayerTextError, match="more parameters than can be read"):
        read_notation(f"Net(\n  (p): ParameterList(\n{lines}  )\n)")


def test_a_print_with_modules_of_its_own_tells_no_more_than_a_least_number_of_parameters():
    assert "does not show" in read_notation(f"Net(\n  (a): {LINEAR}\n)").facts["parameters"]
    assert "parameters" not in read_notation(f"Sequential(\n  (a): {LINEAR}\n)").facts


# what goes in ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sample", "shape", "layout"),
    [
        ("LSTM(3, 4)", (5, 3), "(5, 3)", "TC"),
        ("LSTM(3, 4)", (5, 2, 3), "(5, 2, 3)", "TNC"),
        ("LSTM(3, 4, batch_first=True)", (5, 3), "(N, 5, 3)", "NTC"),
        ("Linear(3, 4)", (5, 3), "(N, 5, 3)", "None"),
        ("Conv2d(3, 8, 3)", (9, 9), "(9, 9)", "None"),
        ("Conv2d(3, 8, 3)", (1, 3, 9, 9), "(N, 1, 3, 9, 9)", "None"),
        ("ReLU()", (3, 9, 9), "(N, 3, 9, 9)", "NCHW"),
        ("ReLU()", (7,), "(N, 7)", "None"),
        ("GroupNorm(2, 4)", (4, 9), "(N, 4, 9)", "NCT"),
        (f"Net(\n  (a): {CONV}\n)", (3, 9, 9), "(N, 3, 9, 9)", "NCHW"),
    ],
)
def test_a_sample_is_taken_as_the_layers_take_it(text, sample, shape, layout):
    (declared, *_) = read_notation(text, sample).inputs
    assert str(declared.shape) == shape
    assert str(declared.layout) == layout


def test_of_a_module_of_somebodys_own_not_even_the_rank_is_known():
    (declared,) = read_notation(f"Net(\n  (a): {CONV}\n)").inputs
    assert declared.shape is None
