"""What a layer says of its input."""

from __future__ import annotations

import pytest

from shapelens.readers.notation.samples import image, sequence, vector


@pytest.mark.parametrize(
    ("sample", "dims", "layout", "channels"),
    [
        (image(2, 3), (3, "H", "W"), "NCHW", 3),
        (image(1), ("C", "T"), "NCT", "C"),
        (image(3, 4), (4, "D", "H", "W"), "NCDHW", 4),
        (image(2, channels_last=True), ("H", "W", "C"), "NHWC", "C"),
        (sequence(5), ("T", 5), "NTC", 5),
        (sequence(5, is_batched=False), ("T", 5), "TC", 5),
        (vector(7), (7,), "None", 7),
        (vector("F"), ("F",), "None", "F"),
    ],
)
def test_samples(sample, dims, layout, channels):
    assert sample.dims == dims
    assert str(sample.layout) == layout
    assert sample.channels == channels


def test_open_channels_are_shown_with_an_example():
    assert image(2).example == {"C": 64}
    assert image(2, 3).example == {}


def test_so_many_channels():
    assert image(2).deep(16).dims == (16, "H", "W")
    assert image(2, channels_last=True).deep(16).dims == ("H", "W", 16)
