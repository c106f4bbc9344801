"""What is asked: which settings are free, and what cannot be asked."""

from __future__ import annotations

import pytest

from shapelens.analyses.solving.asking import ask
from shapelens.analyses.solving.bounds import MOST_COUNTED, Bounds
from shapelens.dims import parse_shape, symbol
from shapelens.errors import LayerTextError, UsageError

SOURCE, TARGET = (3, 224, 224), (64, 112, 112)


@pytest.mark.parametrize(
    ("layer", "source", "target", "free", "channels"),
    [
        ("Conv2d()", SOURCE, TARGET, {"kernel", "stride", "padding", "dilation"},
         {"in_channels": 3, "out_channels": 64}),
        ("Conv2d(3, 64, 3, stride=2)", SOURCE, TARGET, {"padding", "dilation"}, {}),
        ("Conv2d(3, kernel_size=3)", SOURCE, TARGET, {"stride", "padding", "dilation"}, {"out_channels": 64}),
        ("LazyConv2d(64)", SOURCE, TARGET, {"kernel", "stride", "padding", "dilation"}, {}),
        ("ConvTranspose2d()", TARGET, SOURCE, {"kernel", "stride", "padding", "dilation", "output_padding"},
         {"in_channels": 64, "out_channels": 3}),
        ("MaxPool2d()", (3, 8, 8), (3, 4, 4), {"kernel", "stride", "padding", "dilation"}, {}),
        ("AvgPool2d(2)", (3, 8, 8), (3, 4, 4), {"stride", "padding"}, {}),
        ("LPPool1d(2)", (3, 8), (3, 4), {"kernel", "stride"}, {}),
        ("Conv2D()", (8, 8, 3), (4, 4, 5), {"kernel", "stride", "padding", "dilation"}, {"filters": 5}),
        ("DepthwiseConv2D()", (8, 8, 3), (4, 4, 6), {"kernel", "stride", "padding", "dilation"},
         {"depth_multiplier": 2}),
        ("MaxPooling2D(3)", (8, 8, 3), (4, 4, 3), {"stride", "padding"}, {}),
        ("MaxPool2d(2)", None, (3, 4, 4), set(), {}),
    ],
)  # fmt: skip
def test_what_is_not_given_is_free(layer, source, target, free, channels):
    question = ask(layer, source, target)
    assert question.free == free
    assert dict(question.channels) == channels


def test_what_is_given_is_held_along_each_axis():
    question = ask("Conv2d(3, 64, (3, 5), padding='same')", SOURCE, (64, 224, 224))
    assert [choices.kernels for choices in question.choices] == [(3,), (5,)]
    assert [choices.paddings for choices in question.choices] == [("same",), ("same",)]
    assert ask("MaxPool2d(2, stride=None)", (3, 8, 8), (3, 4, 4)).choices[0].strides is None


@pytest.mark.parametrize(
    ("layer", "order"),
    [
        ("Conv2d()", "CHW"), ("Conv1d()", "CT"), ("Conv3d()", "CDHW"), ("Conv2D(3)", "HWC"), ("MaxPool1D()", "TC"),
        ("Conv2D(3, data_format='channels_first')", "CHW"), ("Conv2D(3, data_format='channels_last')", "HWC"),
        ("tf.keras.layers.Conv2D(3)", "HWC"), ("nn.MaxPool3d()", "CDHW"),
    ],
)  # fmt: skip
def test_shapes_are_in_the_layers_own_order(layer, order):
    sizes = (3, 8, 8, 8)[: len(order)] if order[0] == "C" else (*(8, 8, 8)[: len(order) - 1], 3)
    assert str(ask(layer, sizes, sizes).layout) == order


H, W = symbol("H"), symbol("W")

REFUSED = [
    # what is asked, and what is said
    (("Linear(3, 64)", SOURCE, TARGET), "Linear has no window whose settings could be solved for"),
    (("ReLU()", SOURCE, TARGET), "ReLU has no window"),
    (("AdaptiveAvgPool2d(7)", SOURCE, TARGET), "AdaptiveAvgPool2d has no window"),
    (("FractionalMaxPool2d(3, 7)", SOURCE, TARGET), "FractionalMaxPool2d has no window"),
    (("Conv2d(3, 64)", (1, 3, 224, 224), TARGET), "Conv2d takes and gives C×H×W, and this has 4 sizes"),
    (("Conv2d(3, 64)", SOURCE, (64, 112)), "Conv2d takes and gives C×H×W, and this has 2 sizes"),
    (("Conv2d(3, 64)", (224,), TARGET), "Conv2d takes and gives C×H×W, and this has 1 size"),
    (("Conv1D(64)", SOURCE, TARGET), "Conv1D takes and gives T×C, and this has 3 sizes"),
    (("Conv2d(3, 64)", SOURCE, None), "it is not said what is to come out"),
    (("Conv2d(3, 64)", None, TARGET), "either the sizes that go in are given, or the whole Conv2d"),
    (("Conv2d(3, 64)", (3, H, W), TARGET), "either the sizes that go in are given, or the whole Conv2d"),
    (("Conv2d(out_channels=64, kernel_size=3)", None, TARGET), "either the sizes that go in are given"),
    (("Conv2d(3, 64)", SOURCE, (64, H, W)), "what is to come out has a size that is no number"),
    (("LPPool2d()", (3, 8, 8), (3, 4, 4)), "this LPPool2d has no norm_type"),
]


@pytest.mark.parametrize(("asked", "summary"), REFUSED)
def test_what_cannot_be_asked(asked, summary):
    with pytest.raises(UsageError) as raised:
        ask(*asked)
    assert raised.value.summary.startswith(summary)
    assert raised.value.at
    assert raised.value.rule


def test_a_batch_is_taken_off_by_whoever_typed_it():
    with pytest.raises(UsageError) as raised:
        ask("Conv2d(3, 64)", (1, 3, 224, 224), TARGET)
    assert raised.value.fix == "--input 3x224x224, if the first is a batch"
    assert raised.value.at == "--input 1x3x224x224"


@pytest.mark.parametrize(
    ("layer", "summary"),
    [
        ("Conv2d(3, 64, 0)", "the kernel_size of a Conv2d cannot be 0"),
        ("Conv2d(3, 64, stride=-1)", "the stride of a Conv2d cannot be -1"),
        ("Conv2d(3, 64, padding='full')", "the padding of a Conv2d cannot be"),
        ("Conv2d(3, 64, (3, 3, 3))", "the kernel_size of a Conv2d cannot be (3, 3, 3)"),
        ("Conv2d(3, 64, '3')", "the kernel_size of a Conv2d cannot be '3'"),
        ("ConvTranspose2d(padding='valid')", "the padding of a ConvTranspose2d cannot be 'valid'"),
        ("MaxPool2d(padding='same')", "the padding of a MaxPool2d cannot be 'same'"),
        ("Conv2D(64, padding=1)", "the padding of a Conv2D cannot be 1"),
        ("Conv2D(64, padding='causal')", "the padding of a Conv2D cannot be 'causal'"),
        ("MaxPool2d(ceil_mode=7)", "the ceil_mode of a MaxPool2d cannot be 7"),
    ],
)
def test_what_a_layer_cannot_be_given(layer, summary):
    with pytest.raises(LayerTextError) as raised:
        ask(layer, (8, 8, 8), (4, 4, 4))
    assert raised.value.summary.startswith(summary)


@pytest.mark.parametrize("bounds", [Bounds(kernel=0), Bounds(stride=0), Bounds(padding=-1), Bounds(dilation="3"),
                                    Bounds(kernel=True), Bounds(padding=MOST_COUNTED + 1)])  # fmt: skip
def test_bounds_that_are_none(bounds):
    with pytest.raises(UsageError, match="is no bound"):
        ask("Conv2d(3, 64)", SOURCE, TARGET, bounds)


def test_bounds_that_leave_too_many():
    wide = Bounds(kernel=200, stride=200, padding=100)
    with pytest.raises(UsageError, match="these bounds leave too many settings to choose from"):
        ask("Conv2d(3, 64)", SOURCE, TARGET, wide)
    assert ask("Conv2d(3, 64, stride=2)", SOURCE, TARGET, wide).choices[0].count == 200 * 101 * 3


def test_output_paddings_are_counted_too():
    choices = ask("ConvTranspose1d(1, 1)", (1, 8), (1, 16)).choices[0]
    every = list(ask("ConvTranspose1d(1, 1)", (1, 8), (1, 16)).rules.each(choices, 8))
    assert len(every) <= choices.count
    assert choices.count == 11 * 11 * sum(max(s, d) for s in range(1, 9) for d in range(1, 4))


def test_shapes_that_are_no_shapes_are_refused_where_they_are_read():
    for typed in ("3x0x224", "3x-1x224", "", "3xx4", "3x99999999999999999999x4"):
        with pytest.raises(UsageError):
            parse_shape(typed)
