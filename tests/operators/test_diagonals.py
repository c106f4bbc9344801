from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import BlockDiagonal, Diagonal, DiagonalMatrix, Tensor, apply
from tests.operators.origins import assert_links_hold
from tests.operators.readings import assert_readings_agree

N, H, W = symbol("N"), symbol("H"), symbol("W")


@pytest.mark.parametrize(
    ("operator", "shapes", "after"),
    [
        (Diagonal(), [(4, 6)], (4,)),
        (Diagonal(3), [(4, 6)], (3,)),
        (Diagonal(-3), [(4, 6)], (1,)),
        (Diagonal(9), [(4, 6)], (0,)),
        (Diagonal(0, (-1, 1)), [(N, 5, 7, 3)], (N, 7, 3)),
        (DiagonalMatrix(), [(N, H)], (N, H, H)),
        (DiagonalMatrix(-2, (0, 2)), [(N, 5)], (7, N, 7)),
        (BlockDiagonal(), [(2, 3), (4,), ()], (4, 8)),
        (BlockDiagonal(), [(H, 3), (H, W)], (2 * H, W + 3)),
        (DiagonalMatrix(), [Unknown("x")], Unknown("x")),
    ],
)
def test_the_shape_that_comes_out(operator, shapes, after) -> None:
    outcome = apply(operator, [Tensor(shape) for shape in shapes])
    assert (outcome.broken, outcome.outputs[0].shape) == ((), after)


@pytest.mark.parametrize(
    ("operator", "shape", "kind"),
    [
        (Diagonal(), (4,), "axis"),
        (Diagonal(0, (1, 1)), (4, 5), "axis"),
        (DiagonalMatrix(), (), "rank"),
        (DiagonalMatrix(0, (0, 3)), (4,), "axis"),
        (BlockDiagonal(), (1, 2, 3), "rank"),
    ],
)
def test_what_does_not_fit(operator, shape, kind) -> None:
    assert [requirement.kind for requirement in apply(operator, [Tensor(shape)]).broken] == [kind]


@given(st.integers(1, 5), st.integers(1, 5), st.integers(-4, 4))
@settings(max_examples=50)
def test_they_do_what_numpy_does(rows, columns, offset) -> None:
    shape = (2, rows, columns)
    assert_links_hold(Diagonal(offset, (1, 2)), [shape], lambda x: np.diagonal(x, offset, axis1=1, axis2=2))
    assert_links_hold(Diagonal(offset, (2, 0)), [shape], lambda x: np.diagonal(x, offset, axis1=2, axis2=0))
    # Nothing but the diagonal is compared: a number below 0 comes from nowhere.
    empty = -np.ones((rows + abs(offset), rows + abs(offset)), dtype=np.int64)

    def embedded(x):
        out = np.stack([empty] * 2)
        for sample in range(2):
            for place in range(rows):
                out[sample, place + max(-offset, 0), place + max(offset, 0)] = x[sample, place]
        return out

    assert_links_hold(DiagonalMatrix(offset), [(2, rows)], embedded)

    def blocks(x, y):
        out = -np.ones((rows + columns, columns + 2), dtype=np.int64)
        out[:rows, :columns] = x
        out[rows:, columns:] = y
        return out

    assert_links_hold(BlockDiagonal(), [(rows, columns), (columns, 2)], blocks)


def test_every_reading_agrees() -> None:
    sizes = {"N": (1, 2, 3), "H": (3, 7, 1), "W": (5, 2, 4)}
    for offset in (-2, 0, 3):
        assert_readings_agree(Diagonal(offset, (1, 2)), [Tensor((N, H, W))], sizes)
        assert_readings_agree(DiagonalMatrix(offset), [Tensor((N, H))], sizes)
    assert_readings_agree(BlockDiagonal(), [Tensor((N, H)), Tensor((W,)), Tensor(())], sizes)
