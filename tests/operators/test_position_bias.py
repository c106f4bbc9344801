from __future__ import annotations

import pytest

from shapelens.dims import Unknown, symbol
from shapelens.operators import GatedPositions, RelativePositions, Tensor, apply
from tests.operators.readings import assert_readings_agree

N, L = symbol("N"), symbol("L")
LENGTH = Tensor((1,), "int64", (L,))
GATES = [Tensor((8,)), Tensor((1, 2, L, L)), Tensor((4, 6)), Tensor((6,)), Tensor((1, 2, 1, 1))]


def broken(operator, *inputs):
    return {r.kind for r in apply(operator, inputs).broken}


def test_a_table_of_distances() -> None:
    (found,) = apply(RelativePositions(), [Tensor((32, 12)), LENGTH, Tensor((), "int64", (7,))]).outputs
    assert found.shape == (1, 12, L, 7)
    (found,) = apply(RelativePositions(), [Tensor((32, 12)), Tensor((1,), "int64"), LENGTH]).outputs
    assert found.shape[2] == Unknown("how many queries there are is computed from data")
    assert broken(RelativePositions(), Tensor((32,)), LENGTH, LENGTH) == {"rank"}


def test_biases_that_each_query_weighs() -> None:
    operator = GatedPositions(2)
    (found,) = apply(operator, [Tensor((N, L, 8)), *GATES]).outputs
    assert found.shape == (N, 2, L, L)
    (found,) = apply(operator, [Tensor((33, 8)), *GATES, Tensor((N, L), "int32")]).outputs
    assert found.shape == (N, 2, L, L)
    fixed = [Tensor((3, 5, 8)), Tensor((8,)), Tensor((1, 2, 5, 5)), *GATES[2:]]
    assert operator.macs(fixed, operator.evaluate(*fixed).outputs) == 3 * 2 * 5 * 4 * 6
    assert broken(operator, Tensor((3, 5, 9)), *fixed[1:]) == {"features"}
    assert broken(GatedPositions(4), Tensor((3, 5, 16)), *fixed[1:]) == {"heads"}
    assert broken(operator, Tensor((5, 8)), *fixed[1:]) == {"rank"}


@pytest.mark.parametrize(
    ("operator", "inputs"),
    [
        (RelativePositions(), [Tensor((32, 12)), LENGTH, LENGTH]),
        (GatedPositions(2), [Tensor((N, L, 8)), *GATES]),
    ],
)
def test_readings_agree(operator, inputs) -> None:
    assert_readings_agree(operator, inputs, {"N": (1, 2, 3), "L": (5, 6, 7)})
