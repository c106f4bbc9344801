"""Fractional pooling in all readings."""

from __future__ import annotations

import pytest

from shapelens.dims import symbol
from shapelens.operators import Tensor
from shapelens.readers.notation.pytorch.fractional import FractionalPool
from tests.operators.readings import assert_readings_agree


@pytest.mark.parametrize(
    "operator",
    [
        FractionalPool((2, 3), output_size=(3, 4)),
        FractionalPool((4, 2), ratios=(0.7, 0.29), with_indices=True),
        FractionalPool((1, 2, 1), ratios=(0.5, 0.9, 0.7)),
    ],
)
def test_the_readings_agree(operator):
    rank = len(operator.kernel)
    image = Tensor((symbol("N"), 3, *[symbol("H")] * rank))
    sizes = {"N": (1, 2, 3, 1, 2), "H": (2, 4, 7, 10, 100)}
    answers = assert_readings_agree(operator, [image], sizes, 2 if operator.with_indices else 1)
    assert any(answer.broken for answer in answers)
    assert any(not answer.broken for answer in answers)


def test_where_windows_stand_is_not_known():
    operator, image = FractionalPool((2, 2), output_size=(3, 3)), (Tensor((1, 3, 9, 9)),)
    links = operator.links(image, operator.evaluate(*image).outputs)
    assert [(link.input_axis, link.spans is None) for link in links] == [
        (0, False),
        (1, False),
        (2, True),
        (3, True),
    ]
    assert operator.words(image, ()) == "fractional max pool 2×2"
