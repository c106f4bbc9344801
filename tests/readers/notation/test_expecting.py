"""What layers say of what goes in, where no sample is given."""

from __future__ import annotations

import pytest

from shapelens.dims import shape_text
from shapelens.readers.notation import read_notation

SAID = [
    ("Conv2d(3, 64, 3)", "N×3×H×W", "NCHW"),
    ("Conv1d(4, 8, 3)", "N×4×T", "NCT"),
    ("Conv3d(1, 2, 3)", "N×1×D×H×W", "NCDHW"),
    ("Conv2D(64, 3)", "N×H×W×C", "NHWC"),
    ("MaxPooling2D(2)", "N×H×W×C", "NHWC"),
    ("Sequential(Input((28, 28, 1)), Conv2D(8, 3))", "N×28×28×1", "NHWC"),
    ("PixelShuffle(2)", "N×C×H×W", "NCHW"),
    ("AdaptiveAvgPool1d(1)", "N×C×T", "NCT"),
    ("Linear(10, 2)", "N×10", None),
    ("Dense(10)", "N×F", None),
    ("LayerNorm((8, 4))", "N×8×4", None),
    ("Embedding(1000, 64)", "N×T", None),
    ("LSTM(10, 20)", "T×10", "TC"),
    ("GRU(5, 6, batch_first=True)", "N×T×5", "NTC"),
    # A layer that keeps channels leaves it to the next to say how many.
    ("Sequential(ReLU(), MaxPool2d(2), Conv2d(16, 32, 3))", "N×16×H×W", "NCHW"),
    ("Sequential(Sequential(Dropout(0.5), Conv2d(3, 8, 3)), ReLU())", "N×3×H×W", "NCHW"),
    ("Sequential(BatchNorm2d(8), Conv2d(8, 4, 1))", "N×8×H×W", "NCHW"),
    # What changes them says nothing of what went in.
    ("Sequential(PixelShuffle(2), Conv2d(16, 32, 3))", "N×C×H×W", "NCHW"),
]


@pytest.mark.parametrize(("text", "shape", "layout"), SAID)
def test_it_is_what_the_first_layers_take(text, shape, layout):
    (declared,) = read_notation(text).inputs
    assert shape_text(declared.shape) == shape
    assert (declared.layout.axes if declared.layout else None) == layout
    assert declared.dtype == ("int64" if text.startswith("Embedding") else "float32")


@pytest.mark.parametrize(("text", "shape", "layout"), SAID)
def test_a_sample_that_is_given_takes_its_place(text, shape, layout):
    """Sizes come from the sample, and what the axes are from the layers."""
    open_axes = shape.split("×")[1 if shape.startswith("N") else 0 :]
    sample = tuple([int(axis) if axis.isdigit() else 12 for axis in open_axes])
    (declared,) = read_notation(text, sample).inputs
    assert tuple(declared.shape)[-len(sample) :] == sample
    assert (declared.layout.axes if declared.layout else None) == layout


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("Sequential(Flatten(), Linear(784, 10))", "N×784"),
        ("Sequential(ReLU(), Flatten(), Dropout(0.5), Linear(784, 10))", "N×784"),
        ("Sequential(Flatten(), ReLU())", "N×C×H×W"),
        ("Sequential(Flatten(), Unflatten(1, (1, 28, 28)), Conv2d(1, 8, 3))", "N×784"),
        ("Sequential(Flatten(), Unflatten(1, (1, -1)), Linear(28, 10))", "N×C×H×W"),
    ],
)
def test_what_is_flattened_is_taken_for_the_vector_that_it_becomes(text, shape):
    (declared,) = read_notation(text).inputs
    assert shape_text(declared.shape) == shape
    (declared,) = read_notation(text, (1, 28, 28)).inputs
    assert (shape_text(declared.shape), declared.layout.axes) == ("N×1×28×28", "NCHW")


def test_other_inputs_are_declared_too():
    inputs = read_notation("MultiheadAttention(64, 8)").inputs
    assert [(i.name, shape_text(i.shape)) for i in inputs] == [
        ("input", "T×64"),
        ("key", "S×64"),
        ("value", "S×64"),
    ]
