"""One block opened under the figure."""

import pytest

from shapelens import inspect
from shapelens.drawing.scene import Label
from tests.drawing.checks import problems


def inset(name, **options):
    scene = inspect(name).draw(**options).scene
    assert problems(scene) == []
    found = list(scene.groups("inset"))
    return found[0] if found else None


def texts(group):
    return [child.text for child in group.children if isinstance(child, Label)]


@pytest.mark.parametrize(
    ("name", "title", "numbers"),
    [
        ("resnet50", "layer1.0 opened: Bottleneck", "75,008 parameters · 0.231 GMAC"),
        ("googlenet", "inception3a opened: Inception", "155,872 parameters · 0.122 GMAC"),
        ("mobilenet_v2", "features.3 opened: InvertedResidual", "8,832 parameters · 0.026 GMAC"),
    ],
)
def test_it_says_what_is_opened_and_what_it_costs(name, title, numbers):
    assert texts(inset(name))[:2] == [title, numbers]


def test_its_numbers_are_those_of_the_blocks_layers():
    net = inspect("resnet50")
    inside = [name for name in net.costs.parameters if name.startswith("layer1.0.")]
    assert sum(net.costs.parameters[name] for name in inside) == 75008


def test_a_chain_has_none():
    assert inset("vgg16") is None


def test_it_may_be_left_out():
    assert inset("resnet50", inset=False) is None


def test_its_layers_are_named_without_the_path_of_the_block():
    assert {"conv1", "conv2", "conv3", "downsample.0"} <= {
        group.name for group in inset("resnet50").children if hasattr(group, "name")
    }
