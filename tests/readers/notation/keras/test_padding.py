from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import symbol
from shapelens.network import evaluate_network
from shapelens.operators import Tensor, apply
from shapelens.readers.notation import read_notation
from shapelens.readers.notation.keras.padding import Crop
from tests.operators.influence import assert_links_see
from tests.operators.readings import assert_readings_agree

N, H = symbol("N"), symbol("H")

cells = st.integers(0, 4)


def written(sides: list[tuple[int, int]], form: int) -> tuple[str, list[tuple[int, int]]]:
    """Cells before and after each axis as a text, and what it says: a pair for each, one for each, one for all."""
    if form == 0 or (form == 1 and len(sides) == 1):
        pairs = tuple(sides)
        return str(pairs[0] if len(pairs) == 1 else pairs), sides
    if form == 1:
        each = tuple([before for before, _ in sides])
        return str(each), [(before, before) for before in each]
    return str(sides[0][0]), [(sides[0][0],) * 2] * len(sides)


@given(
    sides=st.integers(1, 3).flatmap(
        lambda rank: st.lists(st.tuples(cells, cells), min_size=rank, max_size=rank)
    ),
    form=st.integers(0, 2),
    first=st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_padding_and_cropping_are_numpys(sides, form, first) -> None:
    rank = len(sides)
    text, meant = written(sides, form)
    spatial = (7, 8, 9)[:rank]
    first = first and rank > 1
    sample = (2, *spatial) if first else (*spatial, 2)
    ends = [(0, 0), *([(0, 0), *meant] if first else [*meant, (0, 0)])]
    data_format = ", data_format='channels_first'" if first else ""
    padded = np.pad(np.zeros((1, *sample)), ends)
    assert shape_of(f"ZeroPadding{rank}D({text}{data_format})", sample) == padded.shape
    image = np.zeros((1, *sample))
    cropped = image[tuple([slice(a, size - b) for (a, b), size in zip(ends, image.shape, strict=True)])]
    expected = cropped.shape if cropped.size else None
    assert shape_of(f"Cropping{rank}D({text}{data_format})", sample) == expected


def shape_of(text, sample):
    """The shape that comes out; None where nothing is left."""
    evaluation = evaluate_network(read_notation(text, sample), {"input": (1, *sample)})
    return None if evaluation.broken else evaluation.outputs[0][1].shape


def test_readings_agree() -> None:
    sizes = {"N": (1, 2, 3, 4), "H": (1, 3, 4, 9)}
    assert_readings_agree(Crop(((-1, -2),), axes=(1,)), [Tensor((N, H, 2))], sizes)


def test_cells_move_by_what_is_cut_off() -> None:
    operator = Crop(((-1, -2),), axes=(1,))
    assert_links_see(operator, [Tensor((1, 6, 2))], lambda image: image[:, 1:-2])


@pytest.mark.parametrize(
    ("cut", "words"),
    [
        (((-1, -1), (-1, -1)), "crop 1"),
        (((-2, -2), (-4, 0)), "crop 2×4,0"),
        (((0, -3), (0, 0)), "crop 0,3"),
        (((0, 0), (0, 0)), "crop"),
    ],
)
def test_words(cut, words) -> None:
    operator, image = Crop(cut, axes=(1, 2)), Tensor((1, 9, 9, 2))
    assert operator.words([image], apply(operator, [image]).outputs) == words
