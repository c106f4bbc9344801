from __future__ import annotations

import pytest

from shapelens.dims import Unknown, symbol
from shapelens.operators import LookUp, Tensor, apply
from shapelens.operators.reach import identity
from tests.operators.readings import assert_readings_agree

N, H, W = symbol("N"), symbol("H"), symbol("W")


@pytest.mark.parametrize(
    ("operator", "table", "dtype"),
    [
        (LookUp(), (9,), "int64"),
        (LookUp("isin", dtype="bool"), (2, 5), "bool"),
        (LookUp("searchsorted", by_rows=True), (9,), "int64"),
        (LookUp("searchsorted", by_rows=True, dtype="int32"), (N, 9), "int32"),
        (LookUp("searchsorted", by_rows=True), Unknown("x"), "int64"),
    ],
)
def test_elements_keep_their_shape(operator, table, dtype) -> None:
    outcome = apply(operator, [Tensor((N, H)), Tensor(table)])
    assert (outcome.broken, outcome.outputs) == ((), (Tensor((N, H), dtype),))


@pytest.mark.parametrize("table", [(3, 9), (2, 2, 9), ()])
def test_a_table_of_rows_has_a_row_for_each(table) -> None:
    outcome = apply(LookUp("searchsorted", by_rows=True), [Tensor((2, 5)), Tensor(table)])
    assert [requirement.kind for requirement in outcome.broken] == ["table"]


def test_a_row_is_seen_by_its_own_elements() -> None:
    inputs = [Tensor((2, 5)), Tensor((2, 9))]
    out = [Tensor((2, 5), "int64")]
    own = identity(0, [(0, 0), (1, 1)])
    assert LookUp("searchsorted", by_rows=True).links(inputs, out) == own + identity(1, [(0, 0)])
    assert LookUp("isin").links(inputs, out) == own
    assert LookUp("isin").words(inputs, out) == "isin"


def test_every_reading_agrees() -> None:
    operator = LookUp("searchsorted", by_rows=True)
    sizes = {"N": (1, 2, 2), "H": (2, 2, 3)}
    answers = assert_readings_agree(operator, [Tensor((N, 5)), Tensor((H, 9))], sizes)
    assert [answer.broken for answer in answers] == [("table",), (), ("table",)]
