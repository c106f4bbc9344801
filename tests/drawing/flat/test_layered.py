"""Layered graphs in columns: every operator, every shape, and where lines go on."""

import os
import subprocess
import sys
from functools import cache, partial
from itertools import pairwise

import pytest

import shapelens
from shapelens.analyses.blocks import is_bookkeeping
from shapelens.drawing.flat.boxes import Room
from shapelens.drawing.flat.layered import lay_graph
from shapelens.drawing.palette import THEMES
from shapelens.drawing.scene import Label, Line
from tests.counting import calls
from tests.drawing.flat.flat import (
    CLASSICS,
    boxes,
    flat_problems,
    lines_through,
    on_a_page,
    some_graph,
    some_options,
    texts,
    unknown_shapes,
)  # fmt: skip

ROOM = Room(458.0, 0.0, 4000.0)
WHOLE = ("lenet5", "vgg16", "resnet18", "unet", "unet_padded", "mobilenet_v2", "squeezenet")
"""The classics of which 17 cm hold every operator."""


@cache
def inspected(name, shape=None):
    return shapelens.inspect(name, shape) if shape else shapelens.inspect(name)


@cache
def drawn(name, **options):
    return inspected(name).draw(style="graph", **options).scene


@pytest.mark.parametrize("name", CLASSICS)
def test_nothing_overlaps_and_no_line_runs_through_anything(name):
    assert flat_problems(drawn(name)) == []


@pytest.mark.conformance
@pytest.mark.parametrize("theme", ["dark", "print"])
@pytest.mark.parametrize("name", ["resnet18", "unet"])
def test_other_themes(name, theme):
    scene = drawn(name, theme=theme)
    assert flat_problems(scene) == []
    assert scene.background == THEMES[theme].page


@pytest.mark.conformance
@pytest.mark.parametrize("width", [7.0, 200.0])
@pytest.mark.parametrize("name", ["resnet18", "unet"])
def test_every_page_is_well_filled(name, width):
    assert flat_problems(drawn(name, width=width)) == []


@pytest.mark.parametrize("name", CLASSICS)
def test_every_shape_is_the_networks(name):
    scene = drawn(name, order="both")
    assert list(lines_through(scene)) == []
    assert unknown_shapes(scene, inspected(name).evaluation) == []


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


@pytest.mark.conformance
def test_the_same_bytes_in_every_process():
    code = (
        "import hashlib, shapelens\n"
        "svg = ''.join(shapelens.inspect(n).draw(style='graph').svg for n in ('unet', 'googlenet', 'resnet18'))\n"
        "print(hashlib.sha256(svg.encode()).hexdigest())"
    )
    seen = {
        subprocess.check_output([sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed})
        for seed in ("1", "2")
    }
    assert len(seen) == 1


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


def texts_of(group):
    return [child.text for child in group.children if isinstance(child, Label)]


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


# any network --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_any_network_has_its_columns(seed):
    graph, options = some_graph(seed), some_options(seed)
    laid = lay_graph(graph, options, THEMES[options.theme], ROOM)
    if laid is None:
        return
    scene = on_a_page(laid)
    assert [problem for problem in flat_problems(scene) if not problem.startswith("the page is")] == []
    assert sorted(group.name for group in scene.groups("block")) == sorted(s.name for s in graph.stations)


def test_most_networks_have_room():
    lay = [lay_graph(some_graph(s), some_options(s), THEMES["light"], ROOM) for s in range(60)]
    assert sum(laid is not None for laid in lay) > 50


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
