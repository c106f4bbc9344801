"""The builder: what it names, what it holds, and what each layer takes from the one before."""

import pytest

from shapelens.dims import Expression, symbol
from shapelens.network import Origin, evaluate_network
from shapelens.operators import Activation, Elementwise, Pool
from shapelens.readers.building import EXAMPLE_SIZE, symmetric
from shapelens.readers.layering import LayerBuilder


def builder(*sample, **settings):
    net = LayerBuilder(Origin("notation", "a network"), **settings)
    net.image(sample or (3, 32, 32))
    return net


@pytest.mark.parametrize(
    ("padding", "axes", "expected"),
    [
        (0, 2, ((0, 0), (0, 0))),
        (1, 1, ((1, 1),)),
        ((3, 0), 2, ((3, 3), (0, 0))),
        ([1, 2, 3], 3, ((1, 1), (2, 2), (3, 3))),
        ("same", 2, "same"),
    ],
)
def test_symmetric(padding, axes, expected):
    assert symmetric(padding, axes) == expected


# the input -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sample", "channels_last", "layout"),
    [
        ((3, 32, 32), False, "NCHW"),
        ((32, 32, 3), True, "NHWC"),
        ((16, 100), False, "NCT"),
        ((1, 8, 8, 8), False, "NCDHW"),
        ((784,), False, None),
    ],
)
def test_the_layout_follows_from_the_sample(sample, channels_last, layout):
    net = builder(*sample, channels_last=channels_last)
    (declared,) = net.network().inputs
    assert (None if declared.layout is None else str(declared.layout)) == layout
    assert declared.shape is not None
    assert str(declared.shape[0]) == "N"
    assert declared.shape[1:] == sample


def test_symbols_have_an_example():
    net = builder(3, symbol("H"), 2 * symbol("W"))
    assert net.inputs[0].example == {"H": EXAMPLE_SIZE, "W": EXAMPLE_SIZE}
    net.convolution(8, 3, padding=1)
    assert net.tensor().dims[1:] == (8, symbol("H"), 2 * symbol("W"))


# names -----------------------------------------------------------------------------------------------------


def test_what_has_no_name_is_numbered_in_its_scope():
    net = builder()
    with net.scope("features"):
        assert net.convolution(8, 3) == "features.0"
        assert net.relu() == "features.1"
        with net.scope(module="Block"):
            assert net.convolution(8, 3) == "features.2.0"
        assert net.pool("max", 2) == "features.3"
    assert net.flatten() == "flatten"
    with net.scope("classifier"):
        assert net.linear(10) == "classifier.0"
    assert dict(net.network().modules) == {
        "features": "Sequential",
        "features.0": "Conv2d",
        "features.1": "ReLU",
        "features.2": "Block",
        "features.2.0": "Conv2d",
        "features.3": "MaxPool2d",
        "classifier": "Sequential",
        "classifier.0": "Linear",
    }


def test_a_module_called_twice_stands_there_twice_under_one_path():
    net = builder()
    assert [net.relu("relu") for _ in range(3)] == ["relu", "relu:2", "relu:3"]
    assert [(node.path, node.module) for node in net.nodes] == [("relu", "ReLU")] * 3


def test_a_function_stands_in_the_module_that_calls_it():
    net = builder(module="Net")
    with net.scope("block", "Block"):
        start = net.here
        net.convolution(3, 3, padding=1, name="conv")
        added = net.sum(start)
    pooled = net.function(Pool("max", (2, 2)), "max_pool2d", name="pooled")
    add, pool = net.nodes[-2:]
    assert (added, add.path, add.module, add.source_operator) == ("block.add", "block", "Block", "add")
    assert (pooled, pool.path, pool.module, pool.source_operator) == ("pooled", "", "Net", "max_pool2d")


def test_a_name_is_never_given_twice():
    net = builder()
    assert net.relu("input") == "input:2"


# weights ---------------------------------------------------------------------------------------------------


def test_weights_are_as_deep_as_what_comes_in():
    net = builder(16, 9, 9)
    net.convolution(32, (3, 1), groups=4, bias=False, name="grouped")
    net.batch_norm(name="norm")
    net.transposed_convolution(8, 2, stride=2, name="up")
    net.flatten()
    net.linear(10, name="fc")
    assert {name: weight.shape for name, weight in net.weights.items()} == {
        "grouped.weight": (32, 4, 3, 1),
        "norm.weight": (32,),
        "norm.bias": (32,),
        "norm.running_mean": (32,),
        "norm.running_var": (32,),
        "up.weight": (32, 8, 2, 2),
        "up.bias": (8,),
        "fc.weight": (10, 8 * 14 * 18),
        "fc.bias": (10,),
    }
    not_learned = {"norm.running_mean", "norm.running_var"}
    assert net.network().learned == set(net.weights) - not_learned


def test_a_constant_is_held_and_not_learned():
    net = builder()
    with net.scope("shift"):
        offset = net.constant("offset", (3, 1, 1))
        net.function(Elementwise("add"), "add", [net.here, offset])
    network = net.network()
    assert offset == "shift.offset"
    assert not network.learned
    assert [weight.name for weight in network.weights_of(network.nodes[0])] == [offset]


def test_a_weight_may_have_a_name_of_its_own():
    net = builder()
    shape = (3, 1, 1)
    net.function(
        Elementwise("multiply"), "multiply", weights={"other": shape}, called={"other": "coefficient"}
    )
    assert net.nodes[0].inputs == ("input", "multiply.coefficient")
    assert net.network().learned == {"multiply.coefficient"}


# the network -----------------------------------------------------------------------------------------------


def test_branches_are_joined_in_the_order_in_which_they_are_named():
    net = builder()
    trunk = net.here
    left = net.convolution(8, 1, name="left")
    net.here = trunk
    right = net.convolution(24, 3, padding=1, name="right")
    net.concatenate([left, right])
    assert net.nodes[-1].inputs == ("left", "right")
    assert net.channels() == 32
    assert (net.channels("left"), net.channels("input")) == (8, 3)


def test_what_it_says_of_a_value_is_what_the_network_evaluates_to():
    net = builder(3, 33, 47)
    net.convolution(8, 5, stride=2, padding=2, dilation=2)
    net.local_response_norm()
    net.pool("average", 3, stride=2, ceil_mode=True)
    net.adaptive_pool(3)
    net.flatten()
    net.dropout()
    net.activation("tanh", module="Tanh")
    evaluation = evaluate_network(net.network(), {})
    assert not evaluation.broken
    assert {name: tensor.shape for name, tensor in net.values.items()} == {
        name: tensor.shape for name, tensor in evaluation.values.items()
    }
    batch, features = net.tensor().dims
    assert isinstance(batch, Expression)
    assert features == 72


def test_the_outputs_are_the_last_layer_or_those_that_are_named():
    net = builder()
    first = net.function(Activation("relu"), "relu")
    net.function(Activation("tanh"), "tanh")
    assert net.network().outputs == ("tanh",)
    assert net.network([first, "tanh"]).outputs == ("relu", "tanh")
    assert net.network(title="two functions").facts == {"title": "two functions"}
