from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import PackSequences, PadSequences, Tensor, apply
from shapelens.operators.reach import identity
from tests.operators.readings import assert_readings_agree

N, T, F = (symbol(letter) for letter in "NTF")


def lengths(*numbers):
    return Tensor((len(numbers),), "int64", numbers)


def test_all_first_steps_then_all_second_ones() -> None:
    steps, sizes = apply(PackSequences(), [Tensor((3, 5, 10)), lengths(4, 2, 1)]).outputs
    assert (steps.shape, sizes.shape, sizes.contents) == ((7, 10), (4,), (3, 2, 1, 1))
    padded, back = apply(PadSequences(), [steps, sizes]).outputs
    assert (padded.shape, back.contents) == ((3, 4, 10), (4, 2, 1))


def test_steps_may_stand_first() -> None:
    steps, sizes = apply(PackSequences(False), [Tensor((5, 3, F)), lengths(4, 2, 1)]).outputs
    assert steps.shape == (7, F)
    assert apply(PadSequences(False, T), [steps, sizes]).outputs[0].shape == (T, 3, F)


@pytest.mark.parametrize(
    ("operator", "inputs", "kind"),
    [
        (PackSequences(), [Tensor((3,)), lengths(1)], "rank"),
        (PackSequences(), [Tensor((3, 5)), lengths(2, 1)], "lengths"),
        (PackSequences(), [Tensor((2, 5)), lengths(6, 1)], "lengths"),
        (PadSequences(), [Tensor(()), lengths(1)], "rank"),
        (PadSequences(steps=3), [Tensor((6, 10)), lengths(2, 2, 1, 1)], "lengths"),
    ],
)
def test_what_does_not_fit(operator, inputs, kind) -> None:
    assert [broken.kind for broken in apply(operator, inputs, 2).broken] == [kind]


def test_lengths_that_are_data_say_nothing() -> None:
    steps, sizes = apply(PackSequences(), [Tensor((N, T, 10)), Tensor((N,), "int64")]).outputs
    assert isinstance(steps.dims[0], Unknown)
    assert steps.dims[1] == 10
    padded, back = apply(PadSequences(steps=7), [steps, sizes]).outputs
    assert isinstance(padded.dims[0], Unknown)
    assert (padded.dims[1], back.contents) == (7, None)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=4), st.booleans(), st.sampled_from([None, 6, 8]))
@settings(max_examples=60, deadline=None)
@pytest.mark.torch
def test_packing_is_pytorchs(numbers, batch_first, total) -> None:
    torch = pytest.importorskip("torch")
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

    numbers = sorted(numbers, reverse=True)
    shape = (len(numbers), 6, 2) if batch_first else (6, len(numbers), 2)
    true = pack_padded_sequence(torch.zeros(shape), torch.tensor(numbers), batch_first)
    packed = apply(PackSequences(batch_first), [Tensor(shape), lengths(*numbers)]).outputs
    assert packed[0].shape == tuple(true.data.shape)
    assert packed[1].contents == tuple(true.batch_sizes.tolist())
    whole, back = pad_packed_sequence(true, batch_first, total_length=total)
    padded = apply(PadSequences(batch_first, total), packed).outputs
    assert (padded[0].shape, padded[1].contents) == (tuple(whole.shape), tuple(back.tolist()))


def test_four_readings() -> None:
    symbols = {"N": (3, 2, 3), "T": (4, 5, 3), "F": (1, 10, 2)}
    answers = assert_readings_agree(PackSequences(), [Tensor((N, T, F)), lengths(4, 2, 1)], symbols, 2)
    assert [answer.broken for answer in answers] == [(), ("lengths",), ("lengths",)]
    assert_readings_agree(PadSequences(steps=5), [Tensor((7, F)), lengths(3, 2, 1, 1)], symbols, 2)


def test_features_are_kept_apart() -> None:
    inputs = [Tensor((3, 5, 10)), lengths(4, 2, 1)]
    outputs = apply(PackSequences(), inputs).outputs
    assert PackSequences().links(inputs, outputs) == identity(0, [(2, 1)])
    assert PadSequences().links(outputs, apply(PadSequences(), outputs).outputs) == identity(0, [(1, 2)])
