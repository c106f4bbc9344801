"""Every family against the figures of its paper: sizes, parameters, MACs, fields, and the inputs that it takes."""

from functools import cache

import numpy as np
import pytest

from shapelens.analyses.costs import costs_of
from shapelens.analyses.receptive_field import Field, receptive_fields
from shapelens.dims import dim_text, symbol
from shapelens.network import evaluate_network
from shapelens.network.replay import evaluate_lanes
from shapelens.readers import classics
from shapelens.readers.classics import CLASSICS, read_classic
from tests.counting import calls
from tests.readers.classics.figures import LEAST_SIZES, PARAMETERS_AND_MACS


@cache
def evaluated(name, sample=None):
    return evaluate_network(read_classic(name, sample), {})


def shape(name, layer, sample=None):
    """The shape of one sample after a layer."""
    return evaluated(name, sample).values[layer].dims[1:]


def side(name, layer):
    """The height after a layer, which is its width."""
    _, height, width = shape(name, layer)
    assert height == width
    return height


def works(name, size):
    """Whether a square image of this size goes through."""
    channels = CLASSICS[name].sample[0]
    return not evaluated(name, (channels, size, size)).broken


def parameters(name):
    return costs_of(evaluated(name)).parameters


# all of them -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "expected"), PARAMETERS_AND_MACS.items())
def test_parameters_and_macs(name, expected):
    costs = costs_of(evaluated(name))
    assert (costs.total_parameters, costs.total_macs) == expected
    assert sum(costs.parameters.values()) == expected[0]
    assert sum(costs.macs.values()) == expected[1]


def test_every_classic_has_its_figures():
    assert set(PARAMETERS_AND_MACS) == set(CLASSICS)


@pytest.mark.parametrize("name", CLASSICS)
def test_nothing_is_broken_or_unknown_at_its_own_size(name):
    evaluation = evaluated(name)
    assert not evaluation.broken
    for step in evaluation.steps:
        assert all(requirement.truth is True for requirement in step.requirements), step.node.name
        batch, *sample = step.output.dims
        assert str(batch) == "N"
        assert all(isinstance(dim, int) and dim >= 1 for dim in sample), step.node.name


@pytest.mark.parametrize("name", CLASSICS)
def test_every_weight_is_taken_once_and_every_value_goes_on(name):
    network = read_classic(name)
    taken = [value for node in network.nodes for value in node.inputs]
    assert all(taken.count(weight) == 1 for weight in network.weights)
    (output,) = network.outputs
    assert {node.name for node in network.nodes} - set(taken) == {output}


@pytest.mark.parametrize("name", CLASSICS)
def test_every_module_on_a_path_has_a_class(name):
    network = read_classic(name)
    for node in network.nodes:
        assert node.module == network.modules[node.path]
        parts = node.path.split(".")
        for depth in range(1, len(parts)):
            assert ".".join(parts[:depth]) in network.modules


def test_the_deepest_is_built_at_no_cost():
    layers = len(read_classic("resnet152").nodes)
    classics._built.cache_clear()
    assert calls(lambda: read_classic("resnet152")) < 300 * layers


# LeNet-5 ---------------------------------------------------------------------------------------------------


def test_lenet5_layer_by_layer():
    own = parameters("lenet5")

    def of(module):
        return sum(count for name, count in own.items() if name == module or name.startswith(f"{module}."))

    assert {module: of(module) for module in ("C1", "S2", "C3", "S4", "C5", "F6", "output")} == {
        "C1": 156,
        "S2": 12,
        "C3": 1516,
        "S4": 32,
        "C5": 48_120,
        "F6": 10_164,
        "output": 0,
    }
    layers = ("tanh1", "S2.tanh", "C3.cat", "S4.tanh", "tanh5", "tanh6", "output.sum")
    assert [shape("lenet5", layer) for layer in layers] == [
        (6, 28, 28),
        (6, 14, 14),
        (16, 10, 10),
        (16, 5, 5),
        (120, 1, 1),
        (84,),
        (10,),
    ]


def test_lenet5_has_as_many_connections_as_the_paper_says():
    # Each free parameter of a convolution is a connection at each position: 122,304 and 151,600.
    own = parameters("lenet5")
    assert own["C1"] * 28 * 28 == 122_304
    assert sum(count for name, count in own.items() if name.startswith("C3.")) * 10 * 10 == 151_600


# Table 1 of the paper, as it is printed: a row for each map of S2, an X for each map of C3 that sees it.
TABLE_1 = """
X...XXX..XXXX.XX
XX...XXX..XXXX.X
XXX...XXX..X.XXX
.XXX..XXXX..X.XX
..XXX..XXXX.XX.X
...XXX..XXXX.XXX
""".strip()


def test_lenet5_sees_what_table_1_says():
    from shapelens.readers.classics.lenet import TABLE

    rows = TABLE_1.split("\n")
    maps = [seen for part in TABLE.values() for seen in part]
    printed = [{s2 for s2 in range(6) if rows[s2][c3] == "X"} for c3 in range(16)]
    assert [set(seen) for seen in maps] == printed


def test_lenet5_filters_are_as_deep_as_the_maps_that_they_see():
    weights = read_classic("lenet5").weights
    assert [weights[f"C3.{part}.weight"].shape for part in ("three", "four", "apart", "all")] == [
        (6, 3, 5, 5),
        (6, 4, 5, 5),
        (3, 4, 5, 5),
        (1, 6, 5, 5),
    ]


def test_the_drawn_digits_are_held_and_not_learned():
    network = read_classic("lenet5")
    assert network.weights["output.centres"].shape == (10, 7 * 12)
    assert "output.centres" not in network.learned


@pytest.mark.parametrize("name", ["lenet5", "lenet5_dense"])
@pytest.mark.parametrize(("size", "fits"), [(28, False), (31, False), (32, True), (35, True), (36, False)])
def test_lenet5_takes_32_and_what_its_pools_round_down_to_it(name, size, fits):
    assert works(name, size) is fits


def test_lenet5_does_not_take_colours():
    broken = evaluated("lenet5_dense", (3, 32, 32)).broken
    assert [(step.node.name, requirement.kind) for step, requirement in broken] == [("C1", "channels")]


# AlexNet ---------------------------------------------------------------------------------------------------


def test_alexnet_original_layer_by_layer():
    own = parameters("alexnet_original")
    assert {name: count for name, count in own.items() if count} == {
        "conv1": 34_944,  # 96·(3·11·11 + 1)
        "conv2": 307_456,  # 256·(48·5·5 + 1)
        "conv3": 885_120,  # 384·(256·3·3 + 1)
        "conv4": 663_936,  # 384·(192·3·3 + 1)
        "conv5": 442_624,  # 256·(192·3·3 + 1)
        "fc6": 37_752_832,
        "fc7": 16_781_312,
        "fc8": 4_097_000,
    }
    macs = 55**2 * 34_848 + 27**2 * 307_200 + 13**2 * (884_736 + 663_552 + 442_368)
    assert macs + 4096 * (9216 + 4096 + 1000) == PARAMETERS_AND_MACS["alexnet_original"][1]
    layers = ("conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool5")
    assert [side("alexnet_original", layer) for layer in layers] == [55, 27, 27, 13, 13, 13, 13, 6]


def test_alexnet_layer_by_layer():
    sides = [side("alexnet", f"features.{layer}") for layer in (0, 2, 3, 5, 6, 8, 10, 12)]
    assert sides == [55, 27, 27, 13, 13, 13, 13, 6]


@pytest.mark.parametrize(("name", "least"), LEAST_SIZES.items())
def test_the_least_size(name, least):
    assert works(name, least)
    assert least == 1 or not works(name, least - 1)


# receptive fields ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "layers", "sizes"),
    [
        ("lenet5", ("C1", "S2.pool", "C3.cat", "S4.pool", "C5"), (5, 6, 14, 16, 32)),
        ("lenet5_dense", ("C1", "S2", "C3", "S4", "C5"), (5, 6, 14, 16, 32)),
        (
            "alexnet",
            [f"features.{layer}" for layer in (0, 2, 3, 5, 6, 8, 10, 12)],
            (11, 19, 51, 67, 99, 131, 163, 195),
        ),
        ("vgg16", ["features.30"], [212]),
        ("resnet18", ["layer4.1.relu:2"], [435]),
        (
            "resnet50",
            ["layer1.2.relu:3", "layer2.3.relu:3", "layer3.5.relu:3", "layer4.2.relu:3"],
            (35, 91, 267, 427),
        ),
    ],
)
def test_receptive_fields(name, layers, sizes):
    fields = receptive_fields(evaluated(name))
    for layer, size in zip(layers, sizes, strict=True):
        for field in fields[layer].values():
            assert isinstance(field, Field)
            assert field.size == size, layer


# ResNet ----------------------------------------------------------------------------------------------------


def test_resnet18_at_every_size():
    rows = (
        "conv1",
        "layer1.1.relu:2",
        "layer2.1.relu:2",
        "layer3.1.relu:2",
        "layer4.1.relu:2",
        "avgpool",
        "fc",
    )
    sample = (3, symbol("H"), symbol("W"))
    texts = ["×".join(map(dim_text, shape("resnet18", row, sample))) for row in rows]
    assert texts == [
        "64×ceil(H/2)×ceil(W/2)",
        "64×ceil(H/4)×ceil(W/4)",
        "128×ceil(H/8)×ceil(W/8)",
        "256×ceil(H/16)×ceil(W/16)",
        "512×ceil(H/32)×ceil(W/32)",
        "512×1×1",
        "1000",
    ]
    evaluation = evaluated("resnet18", sample)
    assert not evaluation.broken
    assert evaluation.conditions == ()


def test_a_symbol_is_shown_at_the_published_size():
    (declared,) = read_classic("inception_v3", (3, symbol("H"), 320)).inputs
    assert declared.example == {"H": 299}


def test_only_blocks_that_change_the_shape_project_their_skip():
    names = [name for name in CLASSICS if name.startswith("resnet")]
    ends = {name: [node.name.endswith("downsample.0") for node in read_classic(name).nodes] for name in names}
    assert {name: sum(own) for name, own in ends.items()} == {
        "resnet18": 3,
        "resnet34": 3,
        "resnet50": 4,
        "resnet101": 4,
        "resnet152": 4,
    }


# U-Net -----------------------------------------------------------------------------------------------------

HEIGHTS = {
    "enc1": (572, 570, 568),
    "enc2": (284, 282, 280),
    "enc3": (140, 138, 136),
    "enc4": (68, 66, 64),
    "middle": (32, 30, 28),
    "dec4": (56, 54, 52),
    "dec3": (104, 102, 100),
    "dec2": (200, 198, 196),
    "dec1": (392, 390, 388),
}


def test_unet_as_it_is_drawn_in_its_paper():
    steps = evaluated("unet").by_node
    for stage, (before, between, after) in HEIGHTS.items():
        convolutions = [steps[f"{stage}.{place}"] for place in (0, 2)]
        assert [step.inputs[0].dims[2] for step in convolutions] == [before, between]
        assert [step.output.dims[2] for step in convolutions] == [between, after]
    assert shape("unet", "head") == (2, 388, 388)


def test_unet_macs_by_hand():
    encoder = [(1, 64), (64, 128), (128, 256), (256, 512), (512, 1024)]
    decoder = [(1024, 512), (512, 256), (256, 128), (128, 64)]
    macs = 0
    for (channels, filters), (_, first, second) in zip(encoder + decoder, HEIGHTS.values(), strict=True):
        macs += 9 * filters * (channels * first**2 + filters * second**2)
    for (channels, filters), out in zip(decoder, (56, 104, 200, 392), strict=True):
        macs += channels * filters * out**2
    assert macs + 64 * 2 * 388**2 == PARAMETERS_AND_MACS["unet"][1]


@pytest.mark.parametrize("height", [1, 2, 3, 4])
def test_unet_joins_the_skip_and_what_came_up(height):
    for name in ("unet", "unet_padded"):
        skip, up = evaluated(name).by_node[f"cat{height}"].inputs
        channels = 64 * 2 ** (height - 1)
        assert skip.dims == up.dims
        assert up.dims[1] == channels
        assert shape(name, f"cat{height}")[0] == 2 * channels


def test_unet_padded_gives_what_it_takes():
    assert shape("unet_padded", "head") == (2, 256, 256)
    assert shape("unet_padded", "head", (1, 512, 320)) == (2, 512, 320)


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("unet_padded", range(16, 1025, 16)),
        ("unet", range(188, 1025, 16)),
    ],
)
def test_the_sizes_that_a_unet_takes(name, sizes):
    height = np.arange(1, 1025)
    shapes = {"input": (2, 1, symbol("H"), symbol("H"))}
    found = height[evaluate_lanes(read_classic(name), shapes, {"H": height}).works()]
    assert found.tolist() == list(sizes)
    assert works(name, sizes[0])
    assert not works(name, sizes[0] - 1)


# the others ------------------------------------------------------------------------------------------------


def test_googlenet_modules_are_as_deep_as_table_1_says():
    depths = {
        "3a": 256,
        "3b": 480,
        "4a": 512,
        "4b": 512,
        "4c": 512,
        "4d": 528,
        "4e": 832,
        "5a": 832,
        "5b": 1024,
    }
    sides = {"3": 28, "4": 14, "5": 7}
    for name, depth in depths.items():
        assert shape("googlenet", f"inception{name}.cat") == (depth, sides[name[0]], sides[name[0]])


def test_inception_v3_as_its_table_1_says():
    layers = {
        "Conv2d_1a_3x3.relu": (32, 149, 149),
        "Conv2d_2a_3x3.relu": (32, 147, 147),
        "Conv2d_2b_3x3.relu": (64, 147, 147),
        "maxpool1": (64, 73, 73),
        "Conv2d_4a_3x3.relu": (192, 71, 71),
        "maxpool2": (192, 35, 35),
        "Mixed_5d.cat": (288, 35, 35),
        "Mixed_6e.cat": (768, 17, 17),
        "Mixed_7a.cat": (1280, 8, 8),
        "Mixed_7c.cat:3": (2048, 8, 8),
    }
    assert {layer: shape("inception_v3", layer) for layer in layers} == layers


def test_densenet121_grows_by_32():
    starts = {1: 64, 2: 128, 3: 256, 4: 512}
    depths = {1: 6, 2: 12, 3: 24, 4: 16}
    for block, start in starts.items():
        joins = [f"features.denseblock{block}.denselayer{k + 1}.cat" for k in range(depths[block])]
        joins.append(f"features.denseblock{block}.cat")
        assert [shape("densenet121", join)[0] for join in joins] == [
            start + 32 * k for k in range(len(joins))
        ]


def test_squeezenet_ends_in_one_map_for_each_class():
    assert shape("squeezenet", "classifier.1") == (1000, 13, 13)
    assert shape("squeezenet1_1", "classifier.1") == (1000, 13, 13)


def test_mobilenet_v1_spends_its_macs_where_table_2_of_its_paper_says():
    network, costs = read_classic("mobilenet_v1"), costs_of(evaluated("mobilenet_v1"))
    by_kind = {"pointwise": 0, "depthwise": 0, "conv1": 0, "fc": 0}
    for node in network.nodes:
        by_kind[node.name.split(".")[-1]] = by_kind.get(node.name.split(".")[-1], 0) + costs.macs[node.name]
    shares = {kind: round(100 * macs / costs.total_macs, 2) for kind, macs in by_kind.items() if macs}
    assert shares == {"pointwise": 94.86, "depthwise": 3.06, "conv1": 1.91, "fc": 0.18}


def test_mobilenet_v2_adds_where_the_shape_stays():
    skips = [n.name for n in read_classic("mobilenet_v2").nodes if n.name.endswith(".add")]
    assert skips == [f"features.{block}.add" for block in (3, 5, 6, 8, 9, 10, 12, 13, 15, 16)]


def test_mnist_layer_by_layer():
    assert {name: count for name, count in parameters("mnist").items() if count} == {
        "conv1": 320,
        "conv2": 18_496,
        "fc1": 1_179_776,
        "fc2": 1_290,
    }
    assert shape("mnist", "flatten") == (9216,)
