from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import Reblock, Tensor, apply
from tests.operators.influence import assert_links_see
from tests.operators.readings import assert_readings_agree

N, H = symbol("N"), symbol("H")


def test_channels_put_into_blocks_and_taken_out_of_them() -> None:
    def shape_of(operator, *shape):
        return apply(operator, [Tensor(shape)]).outputs[0].shape

    assert shape_of(Reblock(), N, 64, H, 9) == (N, 64, H, 9)
    assert shape_of(Reblock(from_last=True), N, H, 9, 64) == (N, 64, H, 9)
    assert shape_of(Reblock(20), N, 32, H, 9) == (N, 20, H, 9)
    assert shape_of(Reblock(20, to_last=True), N, 32, H, 9) == (N, H, 9, 20)
    batch, channels, *rest = shape_of(Reblock(), N, 24, H, 9)
    assert (batch, rest) == (N, [H, 9])
    assert channels == Unknown("how many channels a block has is the machine's to decide")


def test_what_does_not_fit() -> None:
    assert [r.kind for r in apply(Reblock(20), [Tensor((1, 16, 9, 9))]).broken] == ["channels"]
    assert [r.kind for r in apply(Reblock(), [Tensor((16,))]).broken] == ["rank"]


@given(st.booleans(), st.booleans())
def test_each_cell_is_itself(from_last, to_last) -> None:
    shape = (2, 3, 4, 16) if from_last else (2, 16, 3, 4)

    def moved(image):
        image = np.moveaxis(image, -1, 1) if from_last else image
        return np.moveaxis(image, 1, -1) if to_last else image

    links = assert_links_see(Reblock(from_last=from_last, to_last=to_last), [Tensor(shape)], moved)
    assert len(links) == 4


@pytest.mark.parametrize("operator", [Reblock(), Reblock(20), Reblock(20, to_last=True)])
def test_readings_agree(operator) -> None:
    assert_readings_agree(operator, [Tensor((N, 32, H, 9))], {"N": (1, 2), "H": (7, 8)})
