"""Networks of every size and kind as figures: drawn, or refused in one line."""

from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from shapelens import inspect
from shapelens.drawing.network import TALLEST
from shapelens.errors import UsageError
from tests.drawing.checks import problems

HOSTILE = [
    "x" * 500,
    "卷积层",
    "<script>alert(1)</script>",
    r"\input{/etc/passwd}",
    "100% & $more$ #1_{x}^2~",
    "a\"b'c",
    "",
]


def named(name):
    """A network of which one layer, and the network itself, have a name of somebody else's making."""
    network = inspect("mnist").network
    nodes = [replace(node, name=name) if node.name == "conv2" else node for node in network.nodes]
    return replace(network, nodes=tuple(nodes), origin=replace(network.origin, name=name), facts={})


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("style", ["volumes", "maps", "blocks", "graph"])
def test_names_are_data(name, style):
    figure = inspect(named(name)).draw(style=style)
    assert problems(figure.scene) == []
    root = ElementTree.fromstring(figure.svg)
    assert not [element for element in root.iter() if element.tag.endswith("script")]
    written = "".join(root.itertext())
    assert not name or name in written
    assert not [line for line in figure.tikz.splitlines() if "\\input{" in line and not line.startswith("%")]
    assert figure.pdf.startswith(b"%PDF")


@pytest.mark.parametrize("style", ["volumes", "maps", "blocks", "graph"])
@pytest.mark.parametrize(
    ("text", "sample"),
    [
        ("Conv2d(3, 64, 3)", (3, 224, 224)),
        ("Identity()", (3, 224, 224)),
        ("Linear(10, 2)", (10,)),
        ("Flatten()", (3, 4, 4)),
        ("Conv1d(1, 8, 9)", (1, 100)),
        ("Conv3d(1, 8, 3)", (1, 9, 9, 9)),
        ("LSTM(8, 16, batch_first=True)", (5, 8)),
        ("Conv2D(8, 3)", (32, 32, 3)),
    ],
)
def test_a_single_layer_and_none(text, sample, style):
    assert problems(inspect(text, sample).draw(style=style).scene) == []


def test_a_network_without_layers_is_its_input():
    network = replace(inspect("mnist").network, nodes=(), outputs=())
    scene = inspect(network).draw().scene
    assert problems(scene) == []
    assert [group.name for group in scene.groups("volume")] == ["input"]


def test_long_chains_fold():
    layers = ", ".join(["Conv2d(8, 8, 3, padding=1), ReLU()"] * 100)
    scene = inspect(f"Sequential(Conv2d(3, 8, 3, padding=1), {layers})", (3, 32, 32)).draw().scene
    assert problems(scene) == []
    (bracket,) = scene.groups("bracket")
    assert [child.text for child in bracket.children if hasattr(child, "text")] == ["×100"]


def test_what_is_too_long_for_one_row_stands_in_several():
    layers = ", ".join([f"Conv2d({8 + i % 5}, {8 + (i + 1) % 5}, 5)" for i in range(40)])
    scene = inspect(f"Sequential({layers})", (8, 224, 224)).draw().scene
    assert problems(scene) == []
    assert len({round(group.box.bottom) for group in scene.groups("volume")}) > 5
    assert scene.height <= TALLEST * scene.width


def test_where_there_is_no_room_one_line_says_so():
    layers = ", ".join([f"Conv2d({8 + i % 5}, {8 + (i + 1) % 5}, 5)" for i in range(60)])
    with pytest.raises(UsageError) as refused:
        inspect(f"Sequential({layers})", (8, 224, 224)).draw(width=7)
    assert "has no room for all of it" in str(refused.value)
    assert "width 14" in str(refused.value)


def test_unknown_sizes_are_drawn_dashed_and_written_so():
    text = "Sequential(Conv2d(3, 8, 3), Conv2d(16, 8, 3), ReLU(), MaxPool2d(2))"
    scene = inspect(text, (3, 16, 16)).draw().scene
    assert len(list(scene.groups("break"))) == 1
    assert problems(scene) == []


@pytest.mark.torch
def test_five_thousand_operators():
    from torch import nn

    layers = [
        layer
        for i in range(2500)
        for layer in (nn.Conv2d(3 + i % 7, 3 + (i + 1) % 7, 3, padding=1), nn.ReLU())
    ]
    inspection = inspect(nn.Sequential(*layers), (3, 64, 64))
    for style in ("volumes", "graph"):
        assert problems_or_refusal(inspection, style) == []


def problems_or_refusal(inspection, style):
    try:
        return problems(inspection.draw(style=style).scene)
    except UsageError as refused:
        return [] if "no room" in str(refused) else [str(refused)]


@pytest.mark.torch
def test_several_inputs_and_outputs():
    from torch import nn

    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.left, self.right = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(1, 8, 3, padding=1)
            self.head, self.other = nn.Conv2d(8, 4, 1), nn.Conv2d(8, 2, 1)

        def forward(self, image, mask):
            both = self.left(image) + self.right(mask)
            return self.head(both), self.other(both)

    inspection = inspect(Two(), shapes={"image": (2, 3, 32, 32), "mask": (2, 1, 32, 32)})
    for style in ("volumes", "blocks", "graph"):
        scene = inspection.draw(style=style).scene
        assert problems(scene) == []
        assert {"left", "right", "head", "other"} <= {group.name for group in scene.groups()}


@pytest.mark.parametrize("style", ["volumes", "maps"])
@pytest.mark.parametrize(
    "name",
    [
        *("resnet18", "googlenet", "vgg11"),
        *[pytest.param(name, marks=pytest.mark.conformance) for name in ("resnet152", "densenet121")],
    ],
)
def test_a_narrow_page_is_no_taller(name, style):
    assert problems(inspect(name).draw(width=7, style=style).scene) == []


def test_layers_that_follow_one_another_past_a_skip_have_lanes_of_their_own():
    lanes = [group.box.top for group in inspect("resnet18").draw().scene.groups("lane")]
    assert all(abs(one - other) > 4 for one, other in pairwise(lanes[:2]))


def test_a_fix_is_told_and_stays_on_the_page():
    layers = (
        "Conv2d(3, 16, 3, padding=1), MaxPool2d(2), Conv2d(16, 32, 3, padding=1), MaxPool2d(2), Flatten()"
    )
    scene = inspect(f"Sequential({layers}, Linear(2048, 10))", (3, 36, 36)).draw().scene
    assert problems(scene) == []
    assert any(
        "Fix: Linear(2592, 10) (tried: gives" in leaf.text for leaf in scene.leaves() if hasattr(leaf, "text")
    )
