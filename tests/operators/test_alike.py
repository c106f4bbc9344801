from __future__ import annotations

import pytest

from shapelens.dims import Unknown, symbol
from shapelens.operators import JoinRows, LikeInputs, PickColumns, RowWise, Tensor, apply
from shapelens.operators.reach import identity
from tests.operators.readings import assert_readings_agree

N, F = symbol("N"), symbol("F")


def shapes(operator, *inputs, count=1):
    outcome = apply(operator, [Tensor(shape) for shape in inputs], count)
    assert outcome.broken == ()
    return [tensor.shape for tensor in outcome.outputs]


def broken(operator, *inputs):
    return {r.kind for r in apply(operator, [Tensor(shape) for shape in inputs]).broken}


def test_outputs_are_like_inputs() -> None:
    operator = LikeInputs((0, 2), "step", ((0, 1),))
    assert shapes(operator, (N, 3), (N, 3), (7,), count=2) == [(N, 3), (7,)]
    assert broken(operator, (2, 3), (2, 4), (7,)) == {"same_shape"}
    assert broken(operator, (2, 3), (6,), (7,)) == {"same_shape"}
    unknown = [Tensor((2, 3)), Tensor(Unknown("not declared")), Tensor((7,))]
    assert apply(operator, unknown, 2).broken == ()
    assert operator.words((), ()) == "step"


def test_outputs_see_the_input_that_they_are_like() -> None:
    operator = LikeInputs((1,))
    inputs = [Tensor((5,)), Tensor((2, 3))]
    assert operator.links(inputs, operator.evaluate(*inputs).outputs) == identity(1, [(0, 0), (1, 1)])


@pytest.mark.parametrize(("before", "rows"), [((N, 4), N), ((4,), 1)])
def test_rows_by_themselves(before, rows) -> None:
    assert shapes(RowWise((None, 3)), before, count=2) == [(rows,), (rows, 3)]


def test_rows_that_are_none() -> None:
    assert broken(RowWise(), (2, 3, 4)) == {"rank"}
    (found,) = apply(RowWise((3,)), [Tensor(Unknown("not declared"))]).outputs
    assert found.shape == (Unknown("not declared"), 3)


def test_types_of_what_rows_give() -> None:
    found = RowWise((None, 3), "classifier", ("string", "float32")).evaluate(Tensor((2, 4))).outputs
    assert [tensor.dtype for tensor in found] == ["string", "float32"]


def test_columns() -> None:
    assert shapes(PickColumns(), (N, 4), (1, 2)) == [(N, 2)]
    assert shapes(PickColumns(), (4,), (3,)) == [(1, 3)]
    assert broken(PickColumns(), (), (3,)) == {"rank"}
    assert shapes(JoinRows(), (N, 4), (N, 2)) == [(N, 6)]
    assert shapes(JoinRows((1, 2)), (4,), (2,)) == [(1, 3)]
    assert broken(JoinRows(), (2, 4), (3, 2)) == {"rows"}
    assert broken(JoinRows(), (2, 4), (2, 2, 2)) == {"rank"}


def test_readings_agree() -> None:
    symbols = {"N": (1, 2, 3), "F": (4, 5, 6)}
    assert_readings_agree(LikeInputs((0,)), [Tensor((N, F))], symbols)
    assert_readings_agree(RowWise((None, 3)), [Tensor((N, F))], symbols, output_count=2)
    assert_readings_agree(PickColumns(), [Tensor((N, F)), Tensor((1, N), "int64")], symbols)
    assert_readings_agree(JoinRows(), [Tensor((N, F)), Tensor((N, 2))], symbols)
