"""Numbers of a layer as they are shown: which layers show them, what is told, and that it fits and adds up."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shapelens import explain, inspect
from shapelens.errors import ShapelensError, UsageError
from shapelens.explanation.document import CHANNELS, LABEL, POSITIONS, plain_text
from shapelens.output.lines import document_lines
from shapelens.output.plain import document_text

FIVE = [[1, 0, 2, 3, 1], [0, 3, 1, 0, 2], [2, 1, 0, 1, 3], [1, 2, 3, 0, 0], [0, 1, 2, 2, 1]]
THREE = [[1, 0, -1], [2, 1, 0], [0, -1, 1]]
TWO_CHANNELS = [[[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]]]
TWO_KERNELS = [[[[0, 1], [2, 3]], [[1, 2], [3, 4]]]]
STAMP = [[1, 2, 1], [0, 3, 1], [2, 0, 1]]
PRINTED = "Sequential(\n  (0): AvgPool2d(kernel_size=2, stride=2, padding=0)\n)"


# which layers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "sample", "is_shown"),
    [
        ("Conv2d(1, 1, 3)", "1x5x5", True),
        ("Conv2d(4, 64, 3, padding=1)", "4x8x8", True),
        ("Conv2d(1, 1, 3)", "1x12x12", True),
        ("Conv1d(1, 1, 3)", "1x16", True),
        ("Conv3d(1, 1, 2)", "1x3x4x4", True),
        ("ConvTranspose2d(1, 1, 3, stride=2)", "1x2x2", True),
        ("MaxPool2d(2)", "3x12x12", True),
        ("AvgPool1d(2)", "3x12", True),
        ("Conv2D(1, 3)", "5x5x1", True),
        ("DepthwiseConv2D(3)", "5x5x2", True),
        ("Conv2d(1, 1, 3)", "1x13x5", False),
        ("Conv2d(2, 1, 3)", "2x9x9", False),
        ("Conv2d(5, 1, 3)", "5x5x5", False),
        ("Conv1d(1, 1, 3)", "1x17", False),
        ("Conv3d(1, 1, 2)", "1x5x4x4", False),
        ("ConvTranspose2d(1, 1, 3, stride=2)", "1x6x6", False),
        ("Conv2d(1, 1, 3)", "1xHx5", False),
        ("Conv2d(1, 1, 3)", None, False),
        ("Conv2d(1, 1, 7)", "1x5x5", False),
        ("Conv2d(2, 1, 3)", "1x5x5", False),
        ("Linear(4, 2)", "4", False),
        ("ReLU()", "1x5x5", False),
        ("AdaptiveAvgPool2d(1)", "1x5x5", False),
        ("BatchNorm2d(1)", "1x5x5", False),
        ("Conv2D(1, 3, activation='relu')", "5x5x1", False),
        ("Conv2d(1, 1, 3)", "5x5", False),
    ],
)
def test_numbers_are_shown_where_a_layer_can_be_read_whole(layer, sample, is_shown):
    assert ("numbers" in explain(layer, sample).facts) is is_shown
    assert "numbers" not in explain(layer, sample, numbers=False).facts


def test_a_layer_of_a_model_shows_them_where_they_are_asked_for():
    assert "numbers" not in explain("lenet5::C1").facts
    assert explain("lenet5::C1", cell=(0, 0)).facts["numbers"]["cell"] == [0, 0]
    assert explain("lenet5::C1", numbers=True).facts["numbers"]["cell"] == [0, 0]


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        ({"cell": (1, 1)}, [1, 1]), ({"cell": "1,1"}, [1, 1]), ({"filter": 1}, [0, 0]), ({"seed": 3}, [0, 0]),
        ({"flipped": True}, [0, 0]), ({"values": np.ones((1, 50, 50))}, [0, 0]),
        ({"weights": np.ones((2, 1, 3, 3))}, [0, 0]), ({"bias": [1, 2]}, [0, 0]), ({"numbers": True}, [0, 0]),
    ],
)  # fmt: skip
def test_whatever_is_asked_shows_them(asked, value):
    assert explain("Conv2d(1, 2, 3)", "1x50x50", **asked).facts["numbers"]["cell"] == value


def test_what_is_told_beside_numbers_that_are_asked_for_is_short():
    whole, short = explain("Conv2d(1, 1, 3)", "1x5x5"), explain("Conv2d(1, 1, 3)", "1x5x5", cell=(0, 0))
    labels = [
        {block.label for group in document.groups for block in group if hasattr(block, "label")}
        for document in (whole, short)
    ]
    assert labels[0] - labels[1] == {"unread", "MACs", "field", "Keras"}
    assert {"sum", "numbers", "in", "filters", "out", "size", "padding", "weights", "params"} <= labels[1]


# what is shown --------------------------------------------------------------------------------------------


def shown(width, layer, sample=None, **asked):
    return document_text(explain(layer, sample, **asked), width=width)


def test_one_channel():
    text = shown(80, "Conv2d(1, 1, 3)", values=FIVE, weights=THREE, bias=[1])
    assert text.startswith("Conv2d(1, 1, 3)   1×5×5 → 1×3×3   C×H×W     cell 0,0 = 2\n")
    for line in (
        "  input 1×5×5           filter 1×3×3       products           out 1×3×3",
        "  [1  0  2] 3  1          1   0  -1          1   0  -2        [2] 6  6",
        "  [0  3  1] 0  2    ×     2   1   0    =     0   3   0    →    6  3  1",
        "  [2  1  0] 1  3          0  -1   1          0  -1   0         8  8  3",
        "   1  2  3  0  0",
        "sum       1·1 + 0·0 + 2·(-1) + 0·2 + 3·1 + 1·0 + 2·0 + 1·(-1) + 0·1",
        "          = 1, + bias 1 = 2",
        "numbers   values as given, weights as given, bias as given",
    ):
        assert f"\n{line}\n" in text


def test_two_channels_are_summed():
    text = shown(80, "Conv2d(2, 1, 2, bias=False)", (2, 3, 3), values=TWO_CHANNELS, weights=TWO_KERNELS)
    assert "cell 0,0: 19 + 37 = 56" in text
    for line in (
        "  channel 0   [0  1] 2    ×    0  1    =     0   1    sum     19",
        "  channel 1   [1  2] 3    ×    1  2    =     1   4    sum     37",
        "  channel 0 gives       channel 1 gives       out 1×2×2",
        "   19  25           +    37  47           =   [ 56]  72",
        "   37  43                67  77                104  120",
    ):
        assert f"\n{line}\n" in text
    assert "the channels are summed, never averaged: the mean would give 28" in text


def test_a_transposed_convolution_both_ways():
    text = shown(
        120, "ConvTranspose2d(1, 1, 3, stride=2, bias=False)", values=[[1, 2], [3, 4]], weights=STAMP
    )
    assert "     cell 2,2 = 12\n" in text  # where the most stamps overlap
    for line in (
        "    2   0 [ 1]  ·   ·      ·   · [ 4]  0   2      3   6 [ 3]  ·   ·      ·   · [ 4]  8   4",
        "   0  0 [1  0  2] 0  0           ×    1  2  1                 →     5   6 [12]  8   6",
        "sum       1·1 + 2·2 + 3·1 + 4·1 = 12",
    ):
        assert f"\n{line}\n" in text
    for title in ("input 1×2×2", "out 1×5×5", "stuffed and padded input 7×7", "filter, turned by 180°"):
        assert title in text
    assert "filter 1×3×3, turned" not in text


def test_which_value_wins():
    text = shown(80, "MaxPool2d(2)", values=[[[1, 7, 0, 0], [7, 2, 0, 0]]])
    assert "\n  [1  7] 0  0    →    1 [7]   →   [7] 0\n" in text
    assert "largest   7 at 0,1 of the input; 2 times in the window, and the first counts" in text


def test_what_is_divided_by():
    values = [[[1, 7], [7, 2]]]
    text = shown(80, "AvgPool2d(3, stride=1, padding=1)", values=values)
    assert "mean      (0 + 0 + 0 + 0 + 1 + 7 + 0 + 7 + 2) / 9 = 1.89" in text
    assert "all 9 cells count, those of the padding too (count_include_pad=True)" in text
    text = shown(80, "AvgPool2d(3, stride=1, padding=1, count_include_pad=False)", values=values)
    assert "mean      (1 + 7 + 7 + 2) / 4 = 4.25" in text
    text = shown(80, "AvgPool2d(2, divisor_override=5)", values=values)
    assert "mean      (1 + 7 + 7 + 2) / 5 = 3.4" in text
    assert "divided by 5, as divisor_override says" in text


@pytest.mark.parametrize(
    ("mode", "row", "said"),
    [
        ("zeros", "  [0  0  0] 0", "zeros"),
        ("reflect", "  [4  3  4] 3", "the input mirrored"),
        ("replicate", "  [1  1  2] 2", "the nearest cell again"),
        ("circular", "  [4  3  4] 3", "the cells of the other end"),
    ],
)
def test_what_stands_in_the_padding(mode, row, said):
    values = [[1, 2], [3, 4]]
    text = shown(80, f"Conv2d(1, 1, 3, padding=1, padding_mode={mode!r})", values=values)
    assert f"\n{row}" in text
    assert f"row -1 and column -1 are padding, {said}" in " ".join(text.split())


def test_a_large_layer_shows_what_is_around_the_window():
    text = shown(80, "vgg16::features.0", cell=(112, 100), filter=3)
    assert "of the input rows 109 to 115 of 224, columns 97 to 103 of 224" in text
    assert "of the output rows 110 to 114 of 224, columns 98 to 102 of 224" in text
    assert "window    rows 111 to 113, columns 99 to 101" in text


def test_of_many_channels_the_first_two_and_the_last():
    text = shown(80, "vgg16::features.2", cell=(5, 5))
    assert [line.split()[1] for line in text.splitlines() if line.startswith("  channel ")] == [
        "0",
        "1",
        "63",
    ]
    assert "…          channels 2 to 62" in text
    sums = [int(n) for n in re.findall(r"sum +(-?\d+)$", text, re.MULTILINE)]
    bias, value = (
        int(re.search(rf"{word} +(-?\d+)$", text, re.MULTILINE).group(1)) for word in ("bias", "cell")
    )
    assert sum(sums) + bias == value


def test_roles():
    document = explain("Conv2d(1, 1, 3)", values=FIVE, weights=THREE, bias=[1])
    lines = document_lines(document, 80)
    row = next(line for line in lines if plain_text(line).startswith("  [1  0  2]"))
    numbers = [(span.text, span.role) for span in row if span.text.strip(" -").isdigit()]
    assert numbers[:5] == [("1", POSITIONS), ("0", POSITIONS), ("2", POSITIONS), ("3", LABEL), ("1", LABEL)]
    assert numbers[-3:] == [("2", CHANNELS), ("6", LABEL), ("6", LABEL)]


def test_where_the_numbers_come_from(tmp_path):
    np.save(tmp_path / "x.npy", np.array(FIVE))
    path = str(tmp_path / "x.npy")
    cases = [
        ({}, "small integers from seed 0; --values and --image take yours"),
        ({"seed": 4}, "small integers from seed 4; --values and --image take yours"),
        (
            {"values": path},
            "values of x.npy; weights and bias: small integers from seed 0; --weights and --bias take",
        ),
        (
            {"weights": THREE},
            "weights as given; values and bias: small integers from seed 0; --values, --image and --bias take",
        ),
        ({"values": path, "weights": THREE}, "bias: small integers from seed 0; --bias takes yours"),
    ]
    for asked, said in cases:
        assert said in " ".join(shown(110, "Conv2d(1, 1, 3)", "1x5x5", **asked).split())
    assert "not the network's own" in shown(80, "lenet5::C1", cell=(0, 0))


# that it fits, and adds up --------------------------------------------------------------------------------


@st.composite
def layers(draw):
    """A layer's text, a sample, and what is asked of it."""
    rank = draw(st.sampled_from([1, 2, 2, 2, 3]))
    size = draw(st.integers(2, 20 if rank < 3 else 6))
    kernel, stride, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    padding, channels = draw(st.integers(0, 2)), draw(st.integers(1, 6))
    filters = draw(st.integers(1, 3))
    kind = draw(st.sampled_from(["Conv", "ConvTranspose", "MaxPool", "AvgPool"]))
    if kind.endswith("Pool"):
        more = f", dilation={dilation}" if kind == "MaxPool" else ""
        layer = f"{kind}{rank}d({kernel}, {stride}, {min(padding, kernel // 2)}{more}, ceil_mode=True)"
        maps = channels
    else:
        mode = ", padding_mode='reflect'" if kind == "Conv" and padding < size and draw(st.booleans()) else ""
        layer = (
            f"{kind}{rank}d({channels}, {filters}, {kernel}, stride={stride}, padding={padding}, "
            f"dilation={dilation}{mode}, bias={draw(st.booleans())})"
        )
        maps = filters
    asked = {"filter": draw(st.integers(0, maps - 1)), "flipped": "Conv" in kind and draw(st.booleans())}
    return layer, (channels, *(size,) * rank), asked, draw(st.randoms(use_true_random=False))


def explained(drawn):
    layer, sample, asked, random = drawn
    plain = explain(layer, sample, numbers=False)
    assume(not plain.has_errors and None not in plain.facts["output"])
    counts = plain.facts["output"][1:]
    cell = tuple([random.randrange(count) for count in counts])
    try:
        return explain(layer, sample, cell=cell, **asked)
    except UsageError as error:
        if "nothing but padding" not in error.summary:
            raise
        assume(False)


@given(layers(), st.integers(60, 120))
@settings(max_examples=60)
def test_no_grid_is_wider_than_the_text(drawn, width):
    document = explained(drawn)
    for line in document_text(document, width=width).splitlines():
        assert len(line) <= max(width, 78) or line.startswith("next  ")


@given(layers())
@settings(max_examples=60)
def test_what_is_written_out_adds_up(drawn):
    document = explained(drawn)
    facts, text = document.facts["numbers"], document_text(document, width=110)
    value = facts["value"]
    if "channels" in facts:
        total = sum(part["sum"] for part in facts["channels"])
        assert total == facts["sum"]
        assert value == total + (facts["bias"] or 0)
        for part in facts["channels"]:
            products = np.array(part["values"]) * np.array(part["kernel"])
            assert products.tolist() == part["products"]
            assert products.sum() == part["sum"]
    for terms in re.findall(r"^sum +((?:\(?-?\d+\)?·\(?-?\d+\)?(?: \+ )?)+)$", text, re.MULTILINE):
        assert eval(terms.replace("·", "*")) == facts["sum"]  # noqa: S307 - digits and signs alone
    assert f"cell {','.join(map(str, facts['cell']))}" in text.splitlines()[0] + text.splitlines()[1]
    if "output" in facts:
        where = (facts.get("filter", facts.get("channel")), *facts["cell"])
        assert np.array(facts["output"])[where] == pytest.approx(value)


# what is refused ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "sample", "asked", "summary"),
    [
        ("Linear(4, 2)", "4", {"cell": (0,)}, "its numbers cannot be shown: no window of a filter"),
        ("Conv2d(1, 1, 3)", "1xHxW", {"cell": (0, 0)}, "its numbers cannot be shown: not all of its sizes are"),
        ("AdaptiveAvgPool2d(1)", "1x5x5", {"cell": (0, 0)}, "its numbers cannot be shown: no window"),
        ("256x256x32", None, {"cell": (0, 0)}, "numbers are shown of one layer"),
        ("lenet5", None, {"cell": (0, 0)}, "numbers are shown of one layer"),
        ("resnet18::layer1", None, {"cell": (0, 0)}, "numbers are shown of one layer"),
        ("Conv2d(1, 1, 3)", "1x5x5", {"cell": (3, 0)}, "cell 3,0 is outside the output"),
        ("Conv2d(1, 1, 3)", "1x5x5", {"cell": (0,)}, "a cell of this output has 2 numbers"),
        ("Conv2d(1, 1, 3)", "1x5x5", {"filter": 1}, "there is no filter 1"),
        ("MaxPool2d(2)", "3x6x6", {"filter": 3}, "there is no channel 3"),
        ("MaxPool2d(2)", "3x6x6", {"weights": [1]}, "there is no place for --weights"),
        ("MaxPool2d(2)", "3x6x6", {"bias": [1]}, "there is no place for --bias"),
        ("MaxPool2d(2)", "3x6x6", {"flipped": True}, "its numbers cannot be shown: a pool has no kernel"),
        ("Conv2d(1, 1, 3, bias=False)", "1x5x5", {"bias": [1]}, "there is no place for --bias"),
        ("Conv2d(1, 1, 3)", "1x5x5", {"values": np.ones((1, 6, 5))}, "the values have another shape"),
        ("Conv2d(1, 1, 3)", "1x5x5", {"values": np.ones((2, 5, 5))}, "the values have another shape"),
        ("Conv2d(1, 1, 3)", "1x5x5", {"weights": np.ones((3, 2))}, "the weights have another shape"),
        ("Conv2d(1, 1, 3)", "1x5x5", {"bias": [1, 2]}, "the bias have another shape"),
        ("Conv2d(1, 1, 3)", "1x5x5", {"values": [["a"] * 5] * 5}, "these are texts, not numbers"),
        ("Conv2d(1, 1, 3)", "1x5x5", {"values": "nowhere.npy"}, "there is no file nowhere.npy"),
        ("Conv2d(1, 1, 3)", "1x5x5", {"image": "nowhere.png"}, "there is no file nowhere.png"),
        ("Conv2d(1, 1, 3)", "1x5x5", {"image": "a.png", "values": [1]}, "a picture and values are both given"),
        ("Conv1d(1, 1, 3)", "1x5", {"image": "a.png"}, "a picture has two spatial axes"),
        ("Conv2d(1, 1, 3)", "1x5x5", {"cell": "2;1"}, "this is no cell"),
        ("Conv2d(1, 1, 3)", "1x5x5", {"cell": "-1,0"}, "this is no cell"),
        ("Conv2d(1, 1, 3)", "1x5x5", {"cell": ""}, "this is no cell"),
        ("Conv2d(1, 1, 3)", "1x5x5", {"cell": (0.5, 1)}, "this is no cell"),
        ("Conv2d(1, 1, 3)", "1x5x5", {"cell": "1" * 30}, "this is no cell"),
        ("Conv2d(1, 1, 3)", "1x5x5", {"filter": -1}, "filter is a whole number"),
        ("Conv2d(1, 1, 3)", "1x5x5", {"seed": "a"}, "seed is a whole number"),
        ("Conv2d(1, 1, 3)", "1x5x5", {"image": 5}, "an image is named by its path"),
        ("Conv2d(1, 1, 3)", "1x5x5", {"cell": (0, 0), "numbers": False}, "numbers are asked for, and left out"),
        (PRINTED, "1x4x4", {"cell": (0, 0)}, "its numbers cannot be shown: a printed AvgPool does not tell"),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_one_error(what, sample, asked, summary):
    with pytest.raises(ShapelensError) as error:
        explain(what, sample, **asked)
    assert error.value.summary.startswith(summary)


def test_a_layer_that_does_not_fit_says_so_and_shows_no_numbers():
    document = explain("Conv2d(2, 1, 3)", "1x5x5", cell=(0, 0))
    assert document.has_errors
    assert "numbers" not in document.facts


def test_an_argument_that_there_is_not():
    with pytest.raises(UsageError, match="there is no argument cel"):
        inspect("lenet5").explain("C1", cel=(0, 0))


# sizes from what is given ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "values", "source"),
    [
        ("Conv2d(2, 1, 2)", np.ones((2, 3, 4)), [2, 3, 4]),
        ("Conv2d(1, 1, 2)", np.ones((3, 4)), [1, 3, 4]),
        ("Conv2D(1, 2)", np.ones((3, 4, 2)), [3, 4, 2]),
        ("MaxPool2d(2)", np.ones((7, 4, 4)), [7, 4, 4]),
        ("Conv1d(1, 1, 2)", np.ones(9), [1, 9]),
    ],
)
def test_the_values_tell_the_size(layer, values, source):
    assert explain(layer, values=values).facts["input"] == source


def test_the_values_of_a_layer_that_takes_the_networks_input_tell_its_size():
    assert explain("vgg16::features.0", values=np.ones((3, 40, 50))).facts["input"] == [3, 40, 50]
    with pytest.raises(UsageError, match="the values have another shape"):
        explain("vgg16::features.2", values=np.ones((3, 40, 50)))


def test_a_picture_tells_the_size(tmp_path):
    image = pytest.importorskip("PIL.Image")
    pixels = np.random.default_rng(0).integers(0, 256, (8, 9, 3), dtype=np.uint8)
    path = str(tmp_path / "photo.png")
    image.fromarray(pixels).save(path)
    for layer, source in (
        ("Conv2d(3, 1, 3)", [3, 8, 9]),
        ("Conv2d(1, 1, 3)", [1, 8, 9]),
        ("Conv2D(1, 3)", [8, 9, 3]),
        ("MaxPool2d(2)", [3, 8, 9]),
    ):
        facts = explain(layer, image=path).facts
        assert facts["input"] == source
    weights = np.zeros((1, 3, 1, 1), dtype=int)
    weights[0, 1] = 1
    facts = explain("Conv2d(3, 1, 1, bias=False)", image=path, weights=weights, cell=(3, 4)).facts["numbers"]
    assert facts["value"] == pixels[3, 4, 1]
    with pytest.raises(UsageError, match="another size") as error:
        explain("Conv2d(3, 1, 3)", "3x9x9", image=path)
    assert error.value.fix == "--input 3x8x9"
    with pytest.raises(UsageError, match="a picture has 1 or 3 channels"):
        explain("Conv2d(4, 1, 3)", image=path)


# from Python ----------------------------------------------------------------------------------------------


@pytest.mark.torch
def test_pytorchs_own_numbers():
    torch = pytest.importorskip("torch")
    module = torch.nn.Conv2d(3, 4, 3, stride=2, padding=1, dtype=torch.float64)
    image = torch.randn(3, 9, 8, dtype=torch.float64)
    asked = {"values": image, "weights": module.weight, "bias": module.bias}
    facts = explain(module, (3, 9, 8), filter=2, cell=(1, 3), **asked).facts["numbers"]
    assert facts["value"] == pytest.approx(module(image[None])[0, 2, 1, 3].item())


def test_a_layer_explained_with_numbers():
    net = inspect("lenet5")
    by_name, by_layer = net.explain("C1", cell="3,4"), net["C1"].explain(cell=(3, 4))
    assert by_name.facts["numbers"] == by_layer.facts["numbers"]
    assert by_name.facts["numbers"]["cell"] == [3, 4]


def test_every_face_has_the_numbers():
    document = explain("Conv2d(1, 1, 2)", "1x3x3")
    row = "[3  3] 2      ×     1   1        =     3   3    →   [4] 3"
    assert row in str(document)
    assert "```text\n" in document.to_markdown()
    assert row in document.to_markdown()
    assert any(
        row in line for group in document.to_dict()["groups"] for block in group for line in block["lines"]
    )
    assert '<span class="shapelens-positions">3</span>' in document._repr_html_()
