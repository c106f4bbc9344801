"""Which axis is which, in every order."""

from __future__ import annotations

import pytest

from shapelens.dims.layout import AXIS_WORDS, CHANNELS_FIRST, CHANNELS_LAST, Layout, layout_of

# axes, sample, other, channel, spatial, channels last
TABLE = [
    ("NCHW", "CHW", "NHWC", 1, (2, 3), False),
    ("NHWC", "HWC", "NCHW", 3, (1, 2), True),
    ("CHW", "CHW", "HWC", 0, (1, 2), False),
    ("HWC", "HWC", "CHW", 2, (0, 1), True),
    ("NCT", "CT", "NTC", 1, (2,), False),
    ("NTC", "TC", "NCT", 2, (1,), True),
    ("NCDHW", "CDHW", "NDHWC", 1, (2, 3, 4), False),
    ("NDHWC", "DHWC", "NCDHW", 4, (1, 2, 3), True),
    ("DHWC", "DHWC", "CDHW", 3, (0, 1, 2), True),
]


@pytest.mark.parametrize(("axes", "sample", "other", "channel", "spatial", "channels_last"), TABLE)
def test_layout(axes, sample, other, channel, spatial, channels_last):
    layout = Layout(axes)
    assert str(layout) == axes
    assert layout.sample == Layout(sample)
    assert layout.batched == Layout("N" + sample)
    assert layout.other == Layout(other)
    assert layout.other.other == layout
    assert layout.channel == channel
    assert layout.spatial == spatial
    assert layout.channels_last is channels_last


@pytest.mark.parametrize("axes", [row[0] for row in TABLE])
def test_reordered_there_and_back(axes):
    layout = Layout(axes)
    shape = tuple(AXIS_WORDS[letter] for letter in axes)
    there = layout.reordered(shape, layout.other)
    assert there == tuple(AXIS_WORDS[letter] for letter in layout.other.axes)
    assert layout.other.reordered(there, layout) == shape


def test_the_picture_of_the_question():
    # 32×256×256 (C×H×W) = 256×256×32 (H×W×C)
    layout = CHANNELS_FIRST.sample
    assert layout.spaced == "C×H×W"
    assert layout.words == "channels×height×width"
    assert layout.reordered((32, 256, 256), layout.other) == (256, 256, 32)
    assert layout.other.spaced == "H×W×C"


@pytest.mark.parametrize(
    ("spatial_rank", "channels_last", "batched", "axes"),
    [
        (0, False, True, "NC"),
        (0, False, False, "C"),
        (1, False, True, "NCT"),
        (1, True, True, "NTC"),
        (2, False, True, "NCHW"),
        (2, True, True, "NHWC"),
        (2, True, False, "HWC"),
        (3, False, True, "NCDHW"),
        (3, True, False, "DHWC"),
    ],
)
def test_layout_of(spatial_rank, channels_last, batched, axes):
    assert layout_of(spatial_rank, channels_last=channels_last, batched=batched) == Layout(axes)


def test_the_usual_layouts():
    assert CHANNELS_FIRST == Layout("NCHW")
    assert CHANNELS_LAST == Layout("NHWC")


@pytest.mark.parametrize("axes", [row[0] for row in TABLE])
def test_every_axis_has_a_word(axes):
    assert len(Layout(axes).words.split("×")) == len(axes)
