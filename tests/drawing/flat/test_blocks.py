"""Flat boxes in rows: what stands where, what is written, and where lines run."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from shapelens.drawing.flat.blocks import lay_blocks
from shapelens.drawing.flat.boxes import Room
from shapelens.drawing.formats.svg import svg_text
from shapelens.drawing.palette import THEMES
from shapelens.drawing.scene import Circle, Line, Polygon
from tests.drawing.flat.flat import (
    NAMES,
    ROOM,
    boxes,
    drawn_as,
    flat_problems,
    inspected,
    on_a_page,
    some_graph,
    some_options,
    texts,
    texts_of,
)  # fmt: skip


def drawn(name, **options):
    return drawn_as("blocks", name, **options)


# what is drawn ------------------------------------------------------------------------------------------


def test_a_box_tells_its_layer():
    scene = drawn("vgg16")
    group = next(group for group in scene.groups("block") if group.name == "features.0")
    assert texts_of(group) == ["features.0", "64 filters", "of 3×3×3"]
    assert group.title == "features.0: conv 3×3, pad 1: 64×224×224 (C×H×W) = 224×224×64 (H×W×C)"


def test_rows_are_read_from_left_to_right():
    places = list(boxes(drawn("vgg16")).values())
    rows = {box.top for box in places}
    assert len(rows) > 2
    for before, after in pairwise(places):
        assert after.left > before.right or after.top > before.bottom


def test_the_other_order_stands_under_the_arrow():
    scene = drawn("vgg16", order="both")
    assert "64×112×112" in texts(scene, "shape")
    assert "112×112×64" in texts(scene, "shape")
    assert "112×112×64" not in texts(drawn("vgg16"), "shape")


def test_a_skip_ends_in_a_plus():
    scene = drawn("resnet18", unfold=("layer1", "layer2"))
    group = next(group for group in scene.groups("block") if group.name == "layer1.1.add")
    assert any(isinstance(child, Circle) for child in group.children)
    lines = [arrow.children[0] for arrow in scene.groups("arrow") if arrow.name == "layer1.1.add"]
    assert len(lines) == 2
    assert any(len(line.points) > 2 for line in lines)


def test_a_concatenation_tells_its_sum():
    scene = drawn("unet")
    written = texts(scene)
    assert {"concat", "64 + 64", "= 128", "512 + 512", "= 1024"} <= set(written)
    assert flat_problems(scene) == []


def test_branches_stand_one_above_another_and_end_in_one_box():
    scene = drawn("googlenet", unfold=("inception3a",))
    assert flat_problems(scene) == []
    found = boxes(scene)
    ends = [
        found[f"inception3a.{name}"]
        for name in ("branch1.conv", "branch2.1.conv", "branch3.1.conv", "branch4.1.conv")
    ]
    joined = next(box for name, box in found.items() if name.startswith("inception3a.cat"))
    for upper, lower in pairwise(sorted(ends, key=lambda box: box.top)):
        assert upper.bottom < lower.top
    assert all(end.right < joined.left for end in ends)
    assert joined.top < min(end.bottom for end in ends)
    assert joined.bottom > max(end.top for end in ends)
    assert "= 256" in texts(scene)


def test_what_repeats_is_told_once():
    scene = drawn("resnet152")
    assert {"×2", "×7", "×35"} <= {text.strip() for text in texts(scene, "block")}


def test_what_is_opened_is_seen_before_a_small_page():
    names = boxes(drawn("googlenet", unfold=("inception3a",)))
    assert "inception3a.branch2.0.conv" in names
    assert "inception3b" in names


def test_a_highlight_is_an_outline():
    scene = drawn("vgg16", highlight="features.10")
    (mark,) = scene.groups("highlight")
    assert mark.children[0].box == boxes(scene)["features.10"]
    assert mark.children[0].paint.stroke == THEMES["light"].filter_line


# what fails ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_what_breaks_is_marked(theme):
    scene = inspected("unet_padded", (1, 700, 700)).draw(style="blocks", theme=theme).scene
    assert flat_problems(scene) == []
    error = THEMES[theme].error
    (zigzag,) = [line for group in scene.groups("break") for line in group.children if isinstance(line, Line)]
    outlines = [
        leaf
        for leaf in scene.leaves()
        if isinstance(leaf, Polygon) and leaf.paint.stroke == error and not leaf.paint.fill
    ]
    assert zigzag.paint.stroke == error
    assert any(abs(outline.box.left - zigzag.box.right) < 6 for outline in outlines)
    assert any("?" in text for text in texts(scene, "shape"))


def test_what_is_not_known_is_dashed():
    scene = inspected("unet_padded", (1, 700, 700)).draw(style="blocks").scene
    doubtful = next(group for group in scene.groups("block") if group.name == "dec4.0")
    outline = next(child for child in doubtful.children if isinstance(child, Polygon))
    assert outline.paint.dash
    assert outline.paint.fill == THEMES["light"].page


# any network --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_an_arrow_for_each_that_takes_and_one_for_what_leaves(seed):
    graph, options = some_graph(seed), some_options(seed)
    laid = lay_blocks(graph, options, THEMES[options.theme], ROOM)
    if laid is None:
        return
    arrows = [arrow.name for arrow in on_a_page(laid).groups("arrow")]
    for place, station in enumerate(graph.stations):
        leaves = not graph.children[place]
        assert arrows.count(station.name) == len(set(station.parents)) + leaves, station.name


def test_a_network_without_room_is_not_laid_out():
    options = some_options(1)
    graph = next(some_graph(seed) for seed in range(60) if len(some_graph(seed).stations) > 20)
    assert lay_blocks(graph, options, THEMES[options.theme], Room(458.0, 0.0, 40.0)) is None


def test_names_are_data():
    graph = next(some_graph(seed) for seed in range(60) if len(some_graph(seed).stations) > 20)
    options = some_options(0)
    svg = svg_text(on_a_page(lay_blocks(graph, options, THEMES[options.theme], ROOM)))
    root = ElementTree.fromstring(svg)
    layers = [group.get("data-layer") for group in root.iter("{http://www.w3.org/2000/svg}g")]
    for station in graph.stations:
        assert station.name in layers
    assert "<script>" not in svg
    assert any(name.startswith(NAMES[3]) for name in layers if name)


# networks of PyTorch ------------------------------------------------------------------------------------


@pytest.mark.torch
def test_several_inputs_and_outputs():
    from tests.drawing.flat.torch_networks import two_and_three

    scene = two_and_three().draw(style="blocks").scene
    assert flat_problems(scene) == []
    found = boxes(scene)
    assert {"x", "y", "a", "b", "c", "h", "k"} <= set(found)
    ends = [arrow.name for arrow in scene.groups("arrow")]
    assert ends.count("h") == 2
    assert ends.count("k") == 2


@pytest.mark.torch
def test_a_linear_layer_that_does_not_fit():
    from tests.drawing.flat.torch_networks import misfit

    scene = misfit().draw(style="blocks").scene
    assert flat_problems(scene) == []
    (mark,) = scene.groups("break")
    assert mark.name == "f"
