"""The few sizes that tell most."""

from __future__ import annotations

from shapelens import inspect
from shapelens.analyses.sizes.rows import rows_of


def told(model, asked=(), sample=None):
    return [(row.size, row.fits) for row in rows_of(inspect(model, sample).sizes(), asked)]


def test_the_smallest_that_fits_and_where_it_goes_wrong_again():
    assert told("unet_padded")[:5] == [
        ("15", False),
        ("16", True),
        ("31", False),
        ("32", True),
        ("224", True),
    ]
    assert told("vgg11") == [("31", False), ("32", True), ("224", True), ("512", True)]


def test_what_was_asked_comes_with_its_nearest():
    assert ("700", False) in told("unet_padded", (700, 700))
    assert {("688", True), ("704", True)} <= set(told("unet_padded", (700, 700)))
    assert ("64×96", True) in told("unet_padded", (64, 96))


def test_where_no_equal_sizes_fit_others_are_told():
    text = "Sequential(Flatten(), Linear(13, 2))"
    assert told(text, sample="1x4x4") == [("1×13", True), ("4", False)]


def test_a_row_tells_what_comes_out_or_who_refuses():
    fits, fails = [row for row in rows_of(inspect("unet_padded").sizes()) if row.size in {"16", "31"}]
    assert [str(shape) for shape in fits.outputs] == ["(N, 2, 16, 16)"]
    assert fails.refused_by == "cat4: joins 3 and 2"
    assert fails.nearest == ((16, 16), (32, 32))
