from __future__ import annotations

import pytest

from shapelens.dims import shape_text
from shapelens.readers.notation import read_notation
from shapelens.readers.notation.keras.declaring import sample_of

DECLARED = [
    # an input stands first, and its batch is left out
    ("Sequential([Input((224, 224, 3)), Conv2D(8, 3)])", "N×224×224×3", "NHWC"),
    ("Sequential([Input(shape=(224, 224, 3), batch_size=32), Conv2D(8, 3)])", "N×224×224×3", "NHWC"),
    ("Sequential([InputLayer(input_shape=(28, 28, 1)), Flatten()])", "N×28×28×1", "NHWC"),
    ("Sequential([keras.Input(batch_shape=(None, 28, 28, 1)), keras.layers.Flatten()])", "N×28×28×1", "NHWC"),
    ("Sequential([tf.keras.Input((10, 64)), LSTM(4)])", "N×10×64", "NTC"),
    ("Sequential([Input((784,)), Dense(10)])", "N×784", None),
    ("Input((2, 3, 4, 5))", "N×2×3×4×5", "NDHWC"),
    ("Input((2, 3, 4, 5, 6))", "N×2×3×4×5×6", None),
    # an open size is a symbol
    ("Sequential([Input((None, None, 3)), Conv2D(8, 3)])", "N×H×W×3", "NHWC"),
    ("Sequential([Input((None, 64)), GRU(4)])", "N×T×64", "NTC"),
    ("Sequential([Input((None,)), Embedding(100, 8)])", "N×T", None),
    ("Input((2, None, 4, 5, None))", "N×2×D2×4×5×D5", None),
    # the first layer that is certain tells which axis is which
    ("Sequential([Input((3, None, None)), Conv2D(8, 3, data_format='channels_first')])", "N×3×H×W", "NCHW"),
    (
        "Sequential([Input((3, 32, 32)), BatchNormalization(axis=1), MaxPooling2D(data_format='channels_first')])",
        "N×3×32×32",
        "NCHW",
    ),
    ("Sequential([Input((None, 8, 8, 3)), ConvLSTM2D(4, 3)])", "N×T×8×8×3", "NTHWC"),
    ("Sequential([Input((None, 8, 8, 3)), TimeDistributed(Conv2D(4, 3))])", "N×T×8×8×3", "NTHWC"),
    # a first layer declares it itself
    ("Sequential([Conv2D(8, 3, input_shape=(28, 28, 1)), Flatten()])", "N×28×28×1", "NHWC"),
    ("Sequential([Conv2D(8, 3, batch_input_shape=(16, 28, None, 1))])", "N×28×W×1", "NHWC"),
    ("Sequential([Conv2D(8, 3, data_format='channels_first', input_shape=(1, 28, 28))])", "N×1×28×28", "NCHW"),
    ("Sequential([Dense(64, input_dim=784), Dense(10)])", "N×784", None),
    ("Sequential([Embedding(100, 8, input_length=12), LSTM(4)])", "N×12", None),
    ("Sequential([Rescaling(2), Conv2D(8, 3, input_shape=(28, 28, 1))])", "N×28×28×1", "NHWC"),
    ("Sequential([TimeDistributed(Sequential([Input((8, 8, 3)), Flatten()])), LSTM(2)])", "N×T×8×8×3", "NTHWC"),
    # where nothing is declared, the layers say what they take
    ("Conv2D(8, 3)", "N×H×W×C", "NHWC"),
    ("Conv1D(8, 3)", "N×T×C", "NTC"),
    ("Conv3D(8, 3, data_format='channels_first')", "N×C×D×H×W", "NCDHW"),
    ("Dense(10)", "N×F", None),
    ("layers.LSTM(4)", "N×T×F", "NTC"),
    ("Permute((2, 1))", "N×T×C", "NTC"),
    ("Permute((1, 4, 2, 3, 5))", "N×D1×D2×D3×D4×D5", None),
    ("TimeDistributed(Dense(4))", "N×T×F", "NTC"),
    ("TimeDistributed(LSTM(4))", "N×T×T2×F", None),
    ("ConvLSTM3D(2, 3)", "N×T×D×H×W×C", None),
    ("EinsumDense('abc,cd->abd', (None, 5))", "N×D1×D2", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "shape", "layout"), DECLARED)
def test_what_goes_in(text, shape, layout) -> None:
    declared = read_notation(text).inputs[0]
    assert shape_text(declared.shape) == shape
    assert (None if declared.layout is None else str(declared.layout)) == layout


@pytest.mark.parametrize(
    ("text", "dtype"),
    [
        ("Input((10,), dtype='int32')", "int32"),
        ("Input((10,), dtype=tf.int64)", "int64"),
        ("Input((10,))", "float32"),
        ("Sequential([Embedding(100, 8, input_length=12)])", "int64"),
    ],
)
def test_the_type_of_what_goes_in(text, dtype) -> None:
    assert read_notation(text).inputs[0].dtype == dtype


def test_a_sample_that_is_given_stands_for_a_declared_one() -> None:
    network = read_notation(
        "Sequential([Input((224, 224, 3)), Conv2D(8, 3), Flatten(), Dense(2)])", (12, 12, 1)
    )
    assert network.inputs[0].shape[1:] == (12, 12, 1)
    assert network.weights["conv2d.kernel"].shape == (3, 3, 1, 8)
    assert network.weights["dense.kernel"].shape == (10 * 10 * 8, 2)


def test_an_input_computes_nothing() -> None:
    network = read_notation("Input((3, 4))")
    assert network.nodes == ()
    assert network.outputs == ("input",)
    again = read_notation("Sequential([Input((8,)), Dense(4), Sequential([Input((4,)), Dense(2)])])")
    assert [type(node.operator).__name__ for node in again.nodes] == ["Linear", "Linear"]


def test_symbols_of_open_channels_are_shown_as_channels_are() -> None:
    assert sample_of((None, None, None)).example == {"C": 64}
    assert sample_of((None, None, 3)).example == {}
