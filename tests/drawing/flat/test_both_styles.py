"""Flat boxes, in rows or in columns: what holds of both styles, of every classic and of any network."""

import os
import subprocess
import sys

import pytest

from shapelens.drawing.flat.blocks import lay_blocks
from shapelens.drawing.flat.layered import lay_graph
from shapelens.drawing.palette import THEMES
from tests.drawing.flat.flat import (
    CLASSICS,
    ROOM,
    drawn_as,
    flat_problems,
    inspected,
    lines_through,
    on_a_page,
    some_graph,
    some_options,
    unknown_shapes,
)  # fmt: skip

LAYOUTS = {"blocks": lay_blocks, "graph": lay_graph}

pytestmark = pytest.mark.parametrize("style", LAYOUTS)


@pytest.mark.parametrize("name", CLASSICS)
def test_nothing_overlaps_and_no_line_runs_through_anything(style, name):
    assert flat_problems(drawn_as(style, name)) == []


@pytest.mark.conformance
@pytest.mark.parametrize("theme", ["dark", "print"])
@pytest.mark.parametrize("name", ["resnet18", "unet"])
def test_other_themes(style, name, theme):
    scene = drawn_as(style, name, theme=theme)
    assert flat_problems(scene) == []
    assert scene.background == THEMES[theme].page


@pytest.mark.conformance
@pytest.mark.parametrize("width", [7.0, 200.0])
@pytest.mark.parametrize("name", ["resnet18", "unet"])
def test_every_page_is_well_filled(style, name, width):
    assert flat_problems(drawn_as(style, name, width=width)) == []


@pytest.mark.parametrize("name", CLASSICS)
def test_every_shape_is_the_networks(style, name):
    scene = drawn_as(style, name, order="both")
    assert list(lines_through(scene)) == []
    assert unknown_shapes(scene, inspected(name).evaluation) == []


@pytest.mark.conformance
def test_the_same_bytes_in_every_process(style):
    code = (
        "import hashlib, shapelens\n"
        f"svg = ''.join(shapelens.inspect(n).draw(style={style!r}).svg for n in ('unet', 'googlenet', 'resnet18'))\n"
        "print(hashlib.sha256(svg.encode()).hexdigest())"
    )
    seen = {
        subprocess.check_output([sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed})
        for seed in ("1", "2")
    }
    assert len(seen) == 1


@pytest.mark.parametrize("seed", range(20))
def test_any_network_has_a_box_for_each_layer(style, seed):
    graph, options = some_graph(seed), some_options(seed)
    laid = LAYOUTS[style](graph, options, THEMES[options.theme], ROOM)
    if laid is None:
        return
    scene = on_a_page(laid)
    assert [problem for problem in flat_problems(scene) if not problem.startswith("the page is")] == []
    assert sorted(group.name for group in scene.groups("block")) == sorted(s.name for s in graph.stations)


def test_most_networks_have_room(style):
    lay = [LAYOUTS[style](some_graph(s), some_options(s), THEMES["light"], ROOM) for s in range(60)]
    assert sum(laid is not None for laid in lay) > 50
