from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import (
    JoinSequence,
    MakeSequence,
    SequenceLength,
    SequencePart,
    SequenceWith,
    SequenceWithout,
    SplitToSequence,
    Tensor,
    TensorSequence,
    apply,
    what_both_are,
)
from shapelens.operators.sequences import sequence_like, sequence_of

N, L = symbol("N"), symbol("L")
DATA = Tensor((), "int64")


def number(value):
    return Tensor((), "int64", (value,))


def sequence(*shapes):
    return sequence_of([Tensor(shape) for shape in shapes])


def given_by(operator, *inputs):
    outcome = apply(operator, inputs)
    assert outcome.broken == ()
    return outcome.outputs[0]


def items(found):
    assert isinstance(found, TensorSequence)
    return None if found.items is None else [item.shape for item in found.items]


PAIR = sequence((2, 3), (4, 3))


def test_what_a_sequence_says_of_itself() -> None:
    assert PAIR.shape == Unknown("it is a sequence of 2×3, 4×3, and no tensor")
    assert str(sequence()) == "an empty sequence"
    assert str(sequence(*[(1,)] * 5)) == "a sequence of 1, 1, 1, 1, …"
    assert str(sequence_like(Tensor((1, N)), N)) == "a sequence of tensors of 1×N"
    assert str(sequence_like(None, N)) == "a sequence of tensors"
    assert sequence_like(Tensor((4,)), N).shape == Unknown("it is a sequence of tensors of 4, and no tensor")
    assert PAIR.each is not None
    assert PAIR.each.shape == (Unknown("the tensors of a sequence differ in it"), 3)


def test_made_and_changed() -> None:
    assert items(given_by(MakeSequence(), Tensor((2,)), Tensor((N, 3)))) == [(2,), (N, 3)]
    assert items(given_by(SequenceWith(), PAIR, Tensor((9,)))) == [(2, 3), (4, 3), (9,)]
    assert items(given_by(SequenceWith(), PAIR, Tensor((9,)), number(0))) == [(9,), (2, 3), (4, 3)]
    assert items(given_by(SequenceWith(), PAIR, Tensor((9,)), number(-1))) == [(2, 3), (9,), (4, 3)]
    assert items(given_by(SequenceWithout(), PAIR)) == [(2, 3)]
    assert items(given_by(SequenceWithout(), PAIR, number(0))) == [(4, 3)]
    assert given_by(MakeSequence("int64")).dtype == "int64"


def test_one_tensor_of_it() -> None:
    assert given_by(SequencePart(), PAIR, number(-2)).shape == (2, 3)
    each = (Unknown("the tensors of a sequence differ in it"), 3)
    assert given_by(SequencePart(), PAIR, DATA).shape == each
    assert given_by(SequencePart(), sequence_like(Tensor((N, 3)), L), number(5)).shape == (N, 3)
    nothing = Unknown("what a sequence holds is not known")
    assert given_by(SequencePart(), sequence_like(None, L), number(0)).shape == nothing


@pytest.mark.parametrize("operator", [SequencePart(), SequenceWithout()])
@pytest.mark.parametrize("place", [2, -3])
def test_a_place_that_is_not_there(operator, place) -> None:
    assert {r.kind for r in apply(operator, [PAIR, number(place)]).broken} == {"place"}
    assert {r.kind for r in apply(SequenceWith(), [PAIR, Tensor((1,)), number(7)]).broken} == {"place"}


def test_a_tensor_is_no_sequence() -> None:
    assert given_by(SequencePart(), Tensor((2, 3)), number(0)).shape == Unknown(
        "it is a tensor, and no sequence"
    )
    unknown = Unknown("nothing declares it")
    assert given_by(JoinSequence(), Tensor(unknown)).shape == unknown


def test_how_long_it_is() -> None:
    assert given_by(SequenceLength(), PAIR).contents == (2,)
    assert given_by(SequenceLength(), sequence_like(None, N)).contents == (N,)
    assert given_by(SequenceLength(), sequence_like(None, Unknown("data"))).contents is None
    assert given_by(SequenceLength(), Tensor(Unknown("not declared"))).shape == ()


def test_joined() -> None:
    assert given_by(JoinSequence(0), PAIR).shape == (6, 3)
    assert given_by(JoinSequence(-1, is_new=True), sequence((2, 3), (2, 3))).shape == (2, 3, 2)
    alike = sequence_like(Tensor((N, 3)), L)
    assert given_by(JoinSequence(1), alike).shape == (N, 3 * L)
    assert given_by(JoinSequence(0, is_new=True), alike).shape == (L, N, 3)
    assert {r.kind for r in apply(JoinSequence(1), [PAIR]).broken} == {"concatenation"}
    assert {r.kind for r in apply(JoinSequence(5), [alike]).broken} == {"axis"}
    assert given_by(JoinSequence(), sequence()).shape == Unknown("an empty sequence is joined")


def test_parted() -> None:
    tensor = Tensor((5, 3))
    assert items(given_by(SplitToSequence(), tensor)) == [(1, 3)] * 5
    assert items(given_by(SplitToSequence(keeps_axis=False), tensor)) == [(3,)] * 5
    assert items(given_by(SplitToSequence(), tensor, number(2))) == [(2, 3), (2, 3), (1, 3)]
    assert items(given_by(SplitToSequence(1), tensor, Tensor((2,), "int64", (1, 2)))) == [(5, 1), (5, 2)]
    found = given_by(SplitToSequence(), Tensor((2 * N, 3)), number(2))
    assert (items(found), found.length, found.each.shape) == (None, N, (2, 3))
    found = given_by(SplitToSequence(), Tensor((N, 3)), number(2))
    assert found.each.shape == (Unknown("the last part may be smaller"), 3)
    found = given_by(SplitToSequence(), Tensor((10**9, 3)))
    assert (found.length, found.each.shape) == (10**9, (1, 3))
    found = given_by(SplitToSequence(), tensor, Tensor((N,), "int64"))
    assert (found.length, found.each.shape[1]) == (N, 3)
    for whole in (tensor, Tensor((N, 3))):
        assert {r.kind for r in apply(SplitToSequence(), [whole, number(0)]).broken} == {"parts"}
    assert {r.kind for r in apply(SplitToSequence(7), [tensor]).broken} == {"axis"}


@pytest.mark.onnx
@given(st.integers(1, 9), st.integers(1, 5), st.integers(0, 1))
def test_as_numpy_parts_and_joins(size, each, axis) -> None:
    shape = (size, 3) if axis == 0 else (3, size)
    parts = np.split(np.zeros(shape), range(each, size, each), axis)
    found = given_by(SplitToSequence(axis), Tensor(shape), number(each))
    assert items(found) == [part.shape for part in parts]
    assert given_by(JoinSequence(axis), found).shape == shape


def test_what_both_are() -> None:
    assert what_both_are(Tensor((2, 3)), Tensor((2,))).shape == Unknown(
        "the tensors of a sequence differ in it"
    )
    assert what_both_are(Tensor((2,), "int64", (1, 2)), Tensor((2,), "int64", (1, 2))).contents == (1, 2)
    assert what_both_are(Tensor((2,), "int64"), Tensor((2,), "int32")).dtype == "unknown"
    unknown = Unknown("not declared")
    assert what_both_are(Tensor(unknown), Tensor((2,))).shape == unknown
    both = what_both_are(sequence((2,), (3,)), sequence((2,), (4,)))
    assert items(both)[0] == (2,)
    lengths = what_both_are(sequence((2,)), sequence((2,), (2,)))
    assert isinstance(lengths.length, Unknown)
    assert lengths.each.shape == (2,)
