"""One layer of which arguments are left out: what is read of it, and what it reads like once they are known."""

from __future__ import annotations

import pytest

from shapelens.errors import LayerTextError
from shapelens.readers.notation import read_notation
from shapelens.readers.notation.unfinished import read_unfinished

TEXTS = [
    # the layer, what is found, and the layer as one would type it
    ("Conv2d(3, 64)", {"kernel_size": 3}, "Conv2d(3, 64, 3)"),
    ("Conv2d()", {"in_channels": 3, "out_channels": 64, "kernel_size": 3}, "Conv2d(3, 64, 3)"),
    ("Conv2d(3, 64)", {"kernel_size": 3, "stride": 1, "padding": 0}, "Conv2d(3, 64, 3)"),
    ("Conv2d(3, 64)", {"kernel_size": (3, 5), "stride": (1, 2)}, "Conv2d(3, 64, (3, 5), stride=(1, 2))"),
    ("Conv2d(3, 64, 3, 2)", {"padding": 1}, "Conv2d(3, 64, 3, 2, padding=1)"),
    ("Conv2d(3, 64, bias=False)", {"kernel_size": 3, "stride": 2}, "Conv2d(3, 64, 3, stride=2, bias=False)"),
    (
        "Conv2d(3, out_channels=64)",
        {"kernel_size": 3},
        "Conv2d(3, out_channels=64, kernel_size=3)",
    ),
    ("nn.Conv2d(3, 8*8)", {"kernel_size": 3}, "nn.Conv2d(3, 8*8, 3)"),
    ("MaxPool2d()", {"kernel_size": 2}, "MaxPool2d(2)"),
    ("MaxPool2d(ceil_mode=True)", {"kernel_size": 3, "stride": 2}, "MaxPool2d(3, stride=2, ceil_mode=True)"),
    ("MaxPooling2D()", {"pool_size": 2}, "MaxPooling2D(2)"),
    ("MaxPooling2D()", {"pool_size": 3, "strides": 2}, "MaxPooling2D(3, strides=2)"),
    ("Conv2D(64)", {"kernel_size": 3, "padding": "same"}, "Conv2D(64, 3, padding='same')"),
    ("Conv2D(64, padding='SAME')", {"kernel_size": 3}, "Conv2D(64, 3, padding='SAME')"),
    (
        "Conv2D(64, activation='relu', name='stem')",
        {"kernel_size": 3},
        "Conv2D(64, 3, activation='relu', name='stem')",
    ),
    ("LPPool2d(2)", {"kernel_size": 3}, "LPPool2d(2, 3)"),
    (
        "(0): Conv2d(3, 64, kernel_size=(3, 3), stride=(1, 1))",
        {"padding": 1},
        "Conv2d(3, 64, kernel_size=(3, 3), stride=(1, 1), padding=1)",
    ),
]


@pytest.mark.parametrize(("text", "found", "typed"), TEXTS)
def test_what_is_found_stands_where_one_would_type_it(text, found, typed):
    written = read_unfinished(text).text(found)
    assert written == typed
    assert read_notation(written).nodes  # and it can be read again


def test_what_is_given_and_what_is_missing():
    layer = read_unfinished("Conv2d(3, stride=2)")
    assert layer.missing == ("out_channels", "kernel_size")
    assert [layer.is_given(name) for name in ("in_channels", "stride", "padding")] == [True, True, False]
    assert layer.sample.dims == (3, "H", "W")
    assert read_unfinished("MaxPool2d(2)").missing == ()


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("Sequential(Conv2d(3, 64))", "one layer is asked for, and here are several"),
        ("Conv2s(3, 64)", "no layer is called Conv2s"),
        ("Conv2d(3, 64, kernal_size=3)", "Conv2d has no kernal_size"),
        ("Conv2d(3, 64, 3, 1, 0, 1, 1, True, 'zeros', None, None, 7)", "Conv2d takes at most 11 arguments"),
        ("Conv2d(3, channels)", "out_channels of Conv2d is a name"),
        ("Conv2d(3, 64", "this layer text ends in the middle"),
        ("", "this layer text is empty"),
        ("(0): Conv2d(3, 64)", "no layer is called Conv2d, or it takes other arguments"),
    ],
)
def test_what_cannot_be_read(text, summary):
    with pytest.raises(LayerTextError) as raised:
        read_unfinished(text)
    assert raised.value.summary.startswith(summary)


def test_a_misspelt_argument_is_mended_without_what_is_left_out():
    with pytest.raises(LayerTextError) as raised:
        read_unfinished("Conv2d(3, 64, stirde=2)")
    assert raised.value.fix == "Conv2d(3, 64, stride=2)"
