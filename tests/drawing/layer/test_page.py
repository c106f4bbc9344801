"""The figure of one layer: its volumes, its numbers, its arithmetic."""

import numpy as np
import pytest

from shapelens import explain, inspect
from shapelens.errors import UsageError
from tests.drawing.checks import problems
from tests.drawing.layer.grids import grids

LAYERS = {
    "Conv2d(3, 64, 3, stride=2, padding=1)": (3, 224, 224),
    "Conv2d(1, 1, 3)": (1, 5, 5),
    "Conv2d(2, 1, 2, bias=False)": (2, 3, 3),
    "Conv2d(3, 2, 3, padding=1)": (3, 6, 6),
    "Conv2d(32, 64, 3, groups=32, padding=1)": (32, 28, 28),
    "Conv2d(256, 64, 1)": (256, 56, 56),
    "Conv2d(2048, 2048, 3, padding=2, dilation=2)": (2048, 7, 7),
    "Conv2d(3, 3, (1, 7), padding=(0, 3))": (3, 17, 17),
    "Conv2d(1, 2, 11, stride=4)": (1, 227, 227),
    "Conv1d(4, 8, 5)": (4, 100),
    "Conv1d(1, 1, 3, padding=1)": (1, 8),
    "Conv3d(3, 16, 3, padding=1)": (3, 16, 32, 32),
    "Conv3d(1, 1, 2)": (1, 3, 3, 3),
    "ConvTranspose2d(1, 1, 3, stride=2, bias=False)": (1, 2, 2),
    "ConvTranspose2d(64, 32, 2, stride=2)": (64, 28, 28),
    "ConvTranspose1d(1, 1, 3, stride=2)": (1, 4),
    "ConvTranspose3d(1, 1, 2, stride=2)": (1, 2, 2, 2),
    "MaxPool2d(2)": (8, 32, 32),
    "MaxPool2d(3, stride=2, ceil_mode=True)": (1, 6, 6),
    "AvgPool2d(3, stride=2, padding=1)": (1, 5, 5),
    "Conv2D(64, 7, strides=2, padding='same')": (224, 224, 3),
    "MaxPooling2D(2)": (6, 6, 2),
}
IDS = [layer.partition("(")[0] + "-" + "x".join(map(str, shape)) for layer, shape in LAYERS.items()]


@pytest.mark.parametrize(("layer", "shape"), LAYERS.items(), ids=IDS)
def test_nothing_overlaps_leaves_the_page_or_is_too_small(layer, shape):
    assert problems(explain(layer, shape, numbers=False).draw(width=12).scene) == []
    assert problems(explain(layer, shape, numbers=True).draw().scene) == []


WAYS = [{"theme": "dark", "width": 24}, {"theme": "print", "width": 9}, {"title": "A layer"}]


@pytest.mark.parametrize("options", WAYS)
def test_themes_and_widths(options):
    for layer in ("Conv2d(3, 64, 3, stride=2, padding=1)", "MaxPool2d(2)"):
        assert problems(explain(layer, LAYERS[layer]).draw(**options).scene) == []


def test_every_format_is_written():
    figure = explain("Conv2d(1, 1, 3)", (1, 5, 5)).draw()
    assert figure.svg.startswith("<svg")
    assert "\\begin{tikzpicture}" in figure.tikz
    assert figure.pdf.startswith(b"%PDF")


def texts(scene):
    return [leaf.text for leaf in scene.leaves() if hasattr(leaf, "text")]


def test_two_channels_are_summed_and_not_averaged():
    image = np.array([[[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]]])
    kernel = np.array([[[[0, 1], [2, 3]], [[1, 2], [3, 4]]]])
    scene = (
        explain("Conv2d(2, 1, 2, bias=False)", (2, 3, 3), values=image, weights=kernel, cell=(0, 0))
        .draw()
        .scene
    )
    shown = grids(scene)
    assert ("output 2×2", [["56", "72"], ["104", "120"]]) in shown
    assert [rows for heading, rows in shown if heading == "products"] == [
        [["0", "1"], ["6", "12"]],
        [["1", "4"], ["12", "20"]],
    ]
    assert "sum 19" in texts(scene)
    assert "sum 37" in texts(scene)
    assert any("19 + 37 = 56" in text for text in texts(scene))


@pytest.mark.parametrize(
    "layer", ["Conv2d(2, 3, 3, padding=1)", "Conv2d(1, 1, 3, dilation=2)", "Conv2d(1, 2, 2, stride=2)"]
)
def test_the_grids_multiply_and_add_up(layer):
    channels = int(layer[7])
    explained = explain(layer, (channels, 6, 6), cell=(1, 1), numbers=True)
    shown = [
        (heading, [[number(text) for text in row] for row in rows])
        for heading, rows in grids(explained.draw().scene)
    ]
    kernels = [np.array(rows) for heading, rows in shown if heading.startswith("filter")]
    products = [np.array(rows) for heading, rows in shown if heading == "products"]
    assert len(kernels) == len(products) == channels
    total = sum(int(product.sum()) for product in products)
    numbers = explained.facts["numbers"]
    assert numbers["value"] == total + (numbers.get("bias") or 0)


def number(text):
    return int(text.replace("−", "-")) if text else 0


def test_what_is_too_large_is_shown_in_part():
    scene = explain("Conv2d(1, 1, 3)", (1, 224, 224), cell=(100, 100)).draw().scene
    sizes = {heading: (len(rows), len(rows[0])) for heading, rows in grids(scene)}
    assert max(max(size) for size in sizes.values()) <= 11


def test_what_only_a_part_is_shown_of_says_so():
    scene = explain("Conv2d(1, 1, 3)", (1, 224, 224), cell=(100, 100)).draw().scene
    assert any("of the input rows 99 to 1" in text for text in texts(scene))


def test_stamps_that_are_left_out_are_counted():
    scene = explain("ConvTranspose2d(1, 1, 3, padding=1)", (1, 5, 5), numbers=True).draw().scene
    assert "… and 5 more stamps" in texts(scene)


def test_frames_say_which_step_they_are():
    scene = explain("Conv2d(1, 1, 3)", (1, 5, 5), numbers=True).draw(frames=4).scene
    steps = [text for text in texts(scene) if text.startswith("step ")]
    assert steps == ["step 1 of 9", "step 2 of 9", "step 4 of 9", "step 9 of 9"]


def test_a_layer_of_a_network_is_drawn_too():
    figure = inspect("vgg16").explain("features.2").draw()
    assert problems(figure.scene) == []
    assert any("64 filters of 3×3×64" in text for text in texts(figure.scene))


@pytest.mark.parametrize(
    ("what", "sample", "options", "says"),
    [
        ("256x256x32", None, {}, "there is no figure of this"),
        ("Linear(10, 3)", None, {}, "there is no figure of this layer"),
        ("Conv2d(3, 64, 3)", (4, 8, 8), {}, "there is no figure of this layer"),
        ("Conv2D(8, 3, strides=2, padding='same')", None, {}, "there is no figure of this layer"),
        ("Conv2d(3, 64, 3)", (3, 8, 8), {"style": "maps"}, "there is no option style"),
        ("Conv2d(3, 64, 3)", (3, 8, 8), {"theme": "blue"}, "there is no theme blue"),
    ],
)
def test_what_cannot_be_drawn(what, sample, options, says):
    with pytest.raises(UsageError) as refused:
        explain(what, sample).draw(**options)
    assert says in str(refused.value)


def test_a_notebook_shows_the_figure_under_the_text():
    explained = explain("Conv2d(1, 1, 3)", (1, 5, 5))
    assert "<svg" in explained._repr_html_()
    assert explained._repr_svg_().startswith("<svg")
    assert explain("256x256x32")._repr_svg_() is None
    assert "<svg" not in explain("256x256x32")._repr_html_()
    assert explained.to_html().startswith("<!doctype html>")
