"""Layered graphs in columns: every operator, every shape, and where lines go on."""

from functools import partial
from itertools import pairwise

import pytest

import shapelens
from shapelens.analyses.blocks import is_bookkeeping
from shapelens.drawing.palette import THEMES
from shapelens.drawing.scene import Line
from tests.counting import calls
from tests.drawing.flat.flat import (
    boxes,
    drawn_as,
    flat_problems,
    inspected,
    lines_through,
    texts,
    texts_of,
)  # fmt: skip

WHOLE = ("lenet5", "vgg16", "resnet18", "unet", "unet_padded", "mobilenet_v2", "squeezenet")
"""The classics of which 17 cm hold every operator."""


def drawn(name, **options):
    return drawn_as("graph", name, **options)


def flowing(name):
    """The inputs and the steps that the input of a network flows through."""
    evaluation = inspected(name).evaluation
    reached = {declared.name for declared in evaluation.network.inputs}
    names = list(reached)
    for step in evaluation.steps:
        if reached.intersection(step.node.inputs) and not is_bookkeeping(step):
            reached.update(step.node.outputs)
            names.append(step.node.name)
    return names


@pytest.mark.parametrize("name", WHOLE)
def test_every_operator_is_drawn(name):
    assert sorted(boxes(drawn(name))) == sorted(flowing(name))
    assert not [text for text in texts(drawn(name)) if text.startswith("Folded")]


@pytest.mark.conformance
@pytest.mark.parametrize(("name", "count"), [("resnet152", 516), ("inception_v3", 315)])
def test_larger_pages_hold_every_operator_of_larger_networks(name, count):
    assert len(list(drawn(name, width=25.0).groups("block"))) == count


def test_what_is_folded_to_fit_is_told():
    scene = drawn("resnet152")
    assert len(list(scene.groups("block"))) == 209
    assert any("Folded: norms and activations into their layers" in text for text in texts(scene))


@pytest.mark.conformance
def test_a_line_for_each_tensor_that_is_taken_much_later():
    scene = drawn("densenet121", width=36.0)
    assert list(lines_through(scene)) == []
    assert len(list(scene.groups("block"))) == 432


# how it is laid out -------------------------------------------------------------------------------------


def test_a_chain_is_straight():
    found = boxes(drawn("vgg16"))
    columns = {}
    for box in found.values():
        columns.setdefault(box.left, []).append(box)
    assert len(columns) < 6
    for column in columns.values():
        for upper, lower in pairwise(column):
            assert upper.bottom < lower.top


def test_all_lines_are_orthogonal():
    for name in ("resnet18", "googlenet", "unet"):
        for arrow in drawn(name).groups("arrow"):
            for line in arrow.children:
                for (x, y), (right, bottom) in pairwise(line.points):
                    assert abs(x - right) < 1e-6 or abs(y - bottom) < 1e-6


def test_what_takes_stands_under_what_gives_unless_in_another_column():
    found = boxes(drawn("resnet18"))
    pairs = [("conv1", "bn1"), ("layer1.0.conv1", "layer1.0.bn1"), ("layer2.0.bn2", "layer2.0.add")]
    for giver, taker in pairs:
        assert found[taker].top > found[giver].bottom


def test_a_line_that_is_cut_goes_on_at_its_number():
    scene = drawn("unet")
    ends = [texts_of(group) for group in scene.groups("leaves")]
    goes_on = [texts_of(group) for group in scene.groups("enters")]
    assert ends
    assert sorted(ends) == sorted(goes_on)
    assert any("a number in a circle stands where a line goes on" in text for text in texts(scene))


def test_a_box_tells_what_the_operator_does():
    group = next(group for group in drawn("vgg16").groups("block") if group.name == "features.0")
    assert texts_of(group) == ["features.0", "conv 3×3, 64, pad 1"]
    assert group.title.startswith("features.0: conv 3×3, pad 1: 64×224×224")


def test_the_parts_of_a_concatenation_are_coloured_where_they_come_in():
    group = next(group for group in drawn("unet").groups("block") if group.name == "cat4")
    shades = THEMES["light"].shades
    fills = [
        child.paint.fill for child in group.children if getattr(child, "paint", None) and child.paint.fill
    ]
    assert fills == [shades["upsampling"].front, shades["convolution"].front]


def test_a_highlight_is_an_outline():
    scene = drawn("resnet18", highlight="layer2.0")
    assert len(list(scene.groups("highlight"))) == 9


def test_modules_are_folded_as_the_user_wants():
    scene = drawn("resnet18", fold=("layer2.0",))
    found = boxes(scene)
    assert "layer2.0" in found
    assert "layer2.0.conv1" not in found
    assert "layer1.0.bn1" in found
    assert flat_problems(scene) == []


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_what_breaks_is_marked(theme):
    scene = inspected("unet_padded", (1, 700, 700)).draw(style="graph", theme=theme).scene
    assert flat_problems(scene) == []
    (mark,) = scene.groups("break")
    (zigzag,) = mark.children
    assert mark.name == "cat4"
    assert isinstance(zigzag, Line)
    assert zigzag.paint.stroke == THEMES[theme].error
    assert zigzag.box.bottom < boxes(scene)["cat4"].top
    assert "512×?×?" in texts(scene, "shape")
    doubtful = next(group for group in scene.groups("block") if group.name == "dec4.0")
    assert doubtful.children[0].paint.dash


# large networks --------------------------------------------------------------------------------------------


def chain(count):
    """So many groups of four layers, no two of them alike."""
    channels = [8 + number * 7 % 57 for number in range(count + 1)]
    layers = [
        f"Conv2d({before}, {after}, 3, padding=1), BatchNorm2d({after}), ReLU(), Dropout()"
        for before, after in pairwise(channels)
    ]
    inspection = shapelens.inspect(f"Sequential({', '.join(layers)})", (8, 32, 32))
    assert inspection.findings is not None
    return inspection


@pytest.mark.conformance
def test_five_thousand_operators_are_folded_and_quick():
    inspection = chain(1249)
    for style in ("graph", "blocks"):
        scene = inspection.draw(style=style).scene
        assert flat_problems(scene) == []
        assert any("Folded" in text for text in texts(scene))
        assert calls(partial(inspection.draw, style=style)) < 20_000_000


@pytest.mark.conformance
def test_a_deep_network_is_quick():
    inspection = inspected("resnet152")
    inspection.draw(style="graph")
    assert calls(lambda: inspection.draw(style="graph")) < 7_000_000


# networks of PyTorch ------------------------------------------------------------------------------------


@pytest.mark.torch
def test_several_inputs_and_outputs():
    from tests.drawing.flat.torch_networks import two_and_three

    scene = two_and_three().draw(style="graph").scene
    assert flat_problems(scene) == []
    assert {"x", "y", "chunk", "relu", "mul", "mean"} <= set(boxes(scene))


@pytest.mark.torch
def test_tensors_of_unequal_shapes_are_told_each_by_itself():
    from tests.drawing.flat.torch_networks import split

    scene = split().draw(style="graph").scene
    assert flat_problems(scene) == []
    assert {"4×14×14", "8×14×14"} <= set(texts(scene, "shape"))
    assert {"output 1 of 2", "output 2 of 2"} <= set(texts(scene))
    assert not [text for text in texts(scene) if "a shape is written where it changes" in text]


@pytest.mark.torch
def test_an_output_that_is_taken_inside_too_is_told():
    from tests.drawing.flat.torch_networks import split

    for style in ("graph", "blocks"):
        written = texts(split().draw(style=style).scene)
        assert any(text.endswith("output") for text in written)


@pytest.mark.torch
def test_a_linear_layer_that_does_not_fit():
    from tests.drawing.flat.torch_networks import misfit

    scene = misfit().draw(style="graph").scene
    assert flat_problems(scene) == []
    assert [group.name for group in scene.groups("break")] == ["f"]
