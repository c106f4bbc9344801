"""One step of a recurrent layer, against PyTorch's, against the whole layer, and in all readings."""

from __future__ import annotations

import pytest

from shapelens.dims import symbol
from shapelens.operators import GRU, LSTM, RNN, Tensor
from shapelens.readers.notation.cells import GRUCell, LSTMCell, RNNCell
from tests.operators.readings import assert_readings_agree

CELLS = {RNNCell: RNN, GRUCell: GRU, LSTMCell: LSTM}


def weights(cell, into=10, hidden=20):
    rows = cell.gates * hidden
    return Tensor((rows, into)), Tensor((rows, hidden)), Tensor((rows,)), Tensor((rows,))


@pytest.mark.parametrize("cell", CELLS)
def test_one_step_costs_what_one_step_of_the_layer_costs(cell):
    held = weights(cell)
    step = (Tensor((8, 10)), *held)
    layer = CELLS[cell]()
    whole = (Tensor((1, 8, 10)), None, None, None, None, *held)
    outputs = cell().evaluate(*step).outputs
    assert cell().macs(step, outputs) == layer.macs(whole, layer.evaluate(*whole).outputs)
    assert [t.shape for t in outputs] == [(8, 20)] * len(outputs)
    assert len(outputs) == (2 if cell is LSTMCell else 1)


@pytest.mark.parametrize("cell", CELLS)
def test_the_readings_agree(cell):
    inputs = [Tensor((symbol("N"), symbol("F"))), *weights(cell)]
    answers = assert_readings_agree(cell(), inputs, {"N": (1, 2, 3), "F": (10, 11, 10)})
    assert [answer.broken for answer in answers] == [(), ("features",), ()]


@pytest.mark.parametrize("shape", [(), (2, 3, 10)])
def test_a_step_of_another_rank(shape):
    outcome = LSTMCell().evaluate(Tensor(shape), *weights(LSTMCell))
    assert [requirement.kind for requirement in outcome.broken] == ["rank"]
    assert len(outcome.outputs) == 2


@pytest.mark.parametrize(
    ("hidden", "broken"), [((8, 20), []), ((8, 21), ["state"]), ((20,), ["state"]), ((7, 20), ["state"])]
)
def test_a_state_that_is_given_is_as_large_as_the_one_that_comes_out(hidden, broken):
    outcome = GRUCell().evaluate(Tensor((8, 10)), *weights(GRUCell), Tensor(hidden))
    assert [requirement.kind for requirement in outcome.broken] == broken


def test_words_links_and_edits():
    cell, before = LSTMCell(), (Tensor((8, 10)), *weights(LSTMCell))
    assert cell.words(before, ()) == "lstm cell"
    assert [(link.input_axis, link.output_axis) for link in cell.links(before, ())] == [(0, 0)]
    assert cell.follow(before, (Tensor((8, 12)), *before[1:])).shapes == {1: (80, 12)}
    assert cell.follow(before, before).shapes == {}
