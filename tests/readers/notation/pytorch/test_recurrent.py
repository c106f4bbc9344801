"""PyTorch's recurrent layers and cells."""

from __future__ import annotations

import pytest

from shapelens.readers.notation import read_notation
from tests.readers.notation.pytorch.read import broken, error, in_a_print, outputs, weights


@pytest.mark.parametrize(
    ("text", "sample", "shapes"),
    [
        ("LSTM(10, 20)", (5, 10), ["5×20", "1×20", "1×20"]),
        ("LSTM(10, 20)", (5, 3, 10), ["5×3×20", "1×3×20", "1×3×20"]),
        ("LSTM(10, 20, 2, batch_first=True)", (5, 10), ["N×5×20", "2×N×20", "2×N×20"]),
        ("LSTM(10, 20, proj_size=4)", (5, 10), ["5×4", "1×4", "1×20"]),
        ("GRU(10, 20, bidirectional=True)", (5, 10), ["5×40", "2×20"]),
        ("RNN(10, 20, nonlinearity='relu')", (5, 10), ["5×20", "1×20"]),
        ("RNNCell(10, 20)", (10,), ["N×20"]),
        ("GRUCell(10, 20)", (10,), ["N×20"]),
        ("LSTMCell(10, 20)", (10,), ["N×20", "N×20"]),
    ],
)
def test_shapes(text, sample, shapes):
    assert outputs(text, sample) == shapes


def test_weights_are_called_as_pytorch_calls_them():
    held = weights("LSTM(3, 4, num_layers=2, bidirectional=True, proj_size=2, bias=False)")
    assert held == {
        "weight_ih_l0": (16, 3),
        "weight_hh_l0": (16, 2),
        "weight_hr_l0": (2, 4),
        "weight_ih_l0_reverse": (16, 3),
        "weight_hh_l0_reverse": (16, 2),
        "weight_hr_l0_reverse": (2, 4),
        "weight_ih_l1": (16, 4),
        "weight_hh_l1": (16, 2),
        "weight_hr_l1": (2, 4),
        "weight_ih_l1_reverse": (16, 4),
        "weight_hh_l1_reverse": (16, 2),
        "weight_hr_l1_reverse": (2, 4),
    }
    assert weights("GRU(3, 4)") == {
        "weight_ih_l0": (12, 3),
        "weight_hh_l0": (12, 4),
        "bias_ih_l0": (12,),
        "bias_hh_l0": (12,),
    }
    assert weights("RNNCell(3, 4)") == {
        "weight_ih": (4, 3),
        "weight_hh": (4, 4),
        "bias_ih": (4,),
        "bias_hh": (4,),
    }


def test_steps_come_first_and_then_the_batch():
    (declared,) = read_notation("LSTM(10, 20)", (5, 3, 10)).inputs
    assert (str(declared.layout), declared.batch_axis) == ("TNC", 1)
    (declared,) = read_notation("LSTM(10, 20)", (5, 10)).inputs
    assert (str(declared.layout), declared.batch_axis) == ("TC", None)


def test_what_does_not_fit():
    assert broken("LSTM(10, 20)", (5, 11)) == ["features"]
    assert broken("LSTMCell(10, 20)", (11,)) == ["features"]


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("LSTM(3, 4, proj_size=4)", "proj_size has to be smaller than hidden_size"),
        ("LSTM(3, 4, num_layers=17)", "a stack of 17 recurrent layers"),
        ("LSTM(3, 4, num_layers=0)", "num_layers of an LSTM cannot be 0"),
        ("RNN(3, 4, nonlinearity='gelu')", "cannot be 'gelu'"),
        ("RNNCell(3, 4, nonlinearity='gelu')", "cannot be 'gelu'"),
    ],
)
def test_what_cannot_be(text, summary):
    assert summary in error(text).summary


@pytest.mark.parametrize(
    ("line", "shape"),
    [
        ("LSTM(10, 20, num_layers=2, batch_first=True, dropout=0.1, bidirectional=True)", "N×5×40"),
        ("GRU(10, 20)", "5×20"),
        ("LSTM(10, 20, proj_size=4, batch_first=True)", "N×5×4"),
    ],
)
def test_prints(line, shape):
    assert outputs(in_a_print(line), (5, 10))[0] == shape
