"""Between which numbers elements lie, against the elements themselves."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.dims import Path, Unknown, following, symbol
from shapelens.operators import (
    Cast,
    Clip,
    Concatenate,
    Elementwise,
    Embedding,
    Expand,
    Gather,
    GatherElements,
    MeshGrid,
    OneHot,
    Range,
    Scatter,
    Slice,
    Stack,
    Tensor,
    Unsqueeze,
    apply,
)
from shapelens.operators.spans import NOT_FOLLOWED, Span, inside, span_of
from tests.operators.readings import assert_readings_agree

H, W = symbol("H"), symbol("W")


def spanned(least, most, *shape, is_reached=True):
    return Tensor(shape or (H,), "int64", span=Span(least, most, is_reached))


def number(value):
    return Tensor((), "int64", (value,))


@pytest.mark.parametrize(
    ("operator", "inputs", "told"),
    [
        (Range(0, H, 1), (), Span(0, H - 1)),
        (Range(H, 0, -1), (), Span(1, H)),
        (Range(2, H, 3), (), Span(2, (H - 3) // 3 * 3 + 2)),
        (Range(0, H, 1, "int64", 2), (), NOT_FOLLOWED),
        (Unsqueeze((0,)), (spanned(0, H),), Span(0, H)),
        (Expand((4, H)), (spanned(0, H),), Span(0, H)),
        (Cast("int32"), (spanned(0, H),), Span(0, H)),
        (Slice((1,), (None,)), (spanned(0, H),), Span(0, H, is_reached=False)),
        (Gather(0, 3), (spanned(0, H),), Span(0, H, is_reached=False)),
        (Clip(2, 5), (spanned(3, 9),), Span(3, 5)),
        (Clip(None, H), (spanned(0, 2 * H),), Span(0, H)),
        (Clip(0.5, None), (spanned(0, 9),), NOT_FOLLOWED),
        (Elementwise("add"), (spanned(0, H, H, 1), spanned(1, W, W)), Span(1, H + W)),
        (Elementwise("add"), (spanned(0, H), spanned(0, H)), Span(0, 2 * H, is_reached=False)),
        (Elementwise("subtract"), (number(9), spanned(0, H)), Span(9 - H, 9)),
        (Elementwise("multiply"), (spanned(-2, H), number(-3)), Span(-3 * H, 6)),
        (Elementwise("multiply"), (spanned(-2, H, H, 1), spanned(0, W, W)), NOT_FOLLOWED),
        (Elementwise("floor_divide"), (spanned(-3, H), number(2)), Span(-2, H // 2)),
        (Elementwise("floor_divide"), (spanned(0, H), number(0)), NOT_FOLLOWED),
        (Elementwise("modulo"), (spanned(0, H), number(4)), Span(0, 3, is_reached=False)),
        (Elementwise("power"), (spanned(0, H), number(2)), NOT_FOLLOWED),
        (Elementwise("add"), (spanned(0, H), Tensor((H,), "int64")), None),
        (Concatenate(0), (spanned(0, 4, 2), spanned(-1, 3, 2)), Span(-1, 4)),
        (Concatenate(0), (spanned(0, 4, H - 1), spanned(5, 6, 2)), Span(0, 6, is_reached=False)),
        (Concatenate(0), (spanned(0, 4), Tensor((3,), "int64")), None),
        (Stack(0), (spanned(0, 4, 2), Tensor((2,), "int64", (7, 1))), Span(0, 7)),
        (MeshGrid(), (spanned(0, H), spanned(1, W, W)), Span(0, H)),
    ],
)
def test_what_is_known_of_the_elements(operator, inputs, told):
    with following(Path({"H": 9, "W": 5})):
        assert apply(operator, inputs).outputs[0].span == told


def test_contents_tell_their_own():
    assert span_of(Tensor((3,), "int64", (4, -1, 2))) == Span(-1, 4)
    assert span_of(Tensor((2,), "int64", (H, H + 3))) == Span(H, H + 3)
    assert span_of(Tensor((2,), "float32", (0.5, 1.5))) == NOT_FOLLOWED
    assert span_of(Tensor((2,), "int64")) is None
    assert span_of(Tensor((0,), "int64", ())) is None


elements = st.integers(-4, 4)
vectors = st.lists(elements, min_size=1, max_size=4)
FUNCTIONS = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "floor_divide": np.floor_divide,
    "modulo": np.mod,
    "maximum": np.maximum,
    "minimum": np.minimum,
}


@given(st.sampled_from(sorted(FUNCTIONS)), vectors, vectors, st.booleans())
def test_a_function_of_elements_lies_where_it_is_told_to(name, left, right, are_apart):
    one, other = np.array(left), np.array(right[: 1 if name in {"floor_divide", "modulo"} else None])
    if not are_apart and len(other) > 1:
        one = np.resize(one, len(other))
    if name in {"floor_divide", "modulo"}:
        other = abs(other) + 1
    first = one[:, None] if are_apart else one
    made = FUNCTIONS[name](first, other)
    given_spans = [
        Tensor(array.shape, "int64", span=Span(int(array.min()), int(array.max())))
        for array in (first, other)
    ]
    found = apply(Elementwise(name), given_spans).outputs[0].span
    assert found is not None
    if isinstance(found.least, Unknown):
        assert name == "multiply"
        return
    assert found.least <= made.min()
    assert found.most >= made.max()
    if found.is_reached:
        assert (found.least, found.most) == (made.min(), made.max())


@pytest.mark.parametrize(("least", "most", "size"), list(product((-3, -1, 0), (-1, 0, 4, 5), (4, 5, 6))))
def test_standing_inside(least, most, size):
    indices = spanned(least, most, 7)
    assert inside(indices, size) is (0 <= least and most < size)
    assert inside(indices, size, from_end=True) is (-size <= least and most < size)
    loose = inside(spanned(least, most, 7, is_reached=False), size)
    assert loose is True if inside(indices, size) else isinstance(loose, Unknown)
    assert inside(spanned(least, most, 0), size) is True
    assert inside(Tensor((7,), "int64"), size) is True


@pytest.mark.parametrize(
    ("operator", "inputs"),
    [
        (Embedding(), (spanned(0, H - 1), Tensor((10, 3)))),
        (Embedding(), (spanned(3 - W, H // 2, H, W), Tensor((10, 3)))),
        (Gather(1), (Tensor((2, W, 3)), spanned(-H, H - 1))),
        (GatherElements(0), (Tensor((W,)), spanned(0, H - 1))),
        (Scatter(0), (Tensor((W,)), spanned(0, H - 1), Tensor((H,)))),
        (OneHot(9, is_checked=True), (spanned(0, H - 1),)),
    ],
)
def test_four_readings(operator, inputs):
    sizes = {"H": (1, 3, 9, 10, 11, 20), "W": (5, 3, 2, 12, 11, 9)}
    answers = assert_readings_agree(operator, inputs, sizes)
    assert any(answer.broken for answer in answers)
    assert any(not answer.broken for answer in answers)


@pytest.mark.parametrize("height", [9, 12])
def test_a_table_has_the_rows_that_are_asked_for(height):
    with following(Path({"H": height})) as path:
        (requirement,) = apply(Embedding(), [spanned(0, H - 1), Tensor((10, 3))]).requirements
        (of_some,) = apply(Embedding(), [spanned(0, H - 1, is_reached=False), Tensor((10, 3))]).requirements
    assert str(requirement.truth) == "H - 1 ≤ 9"
    assert of_some.truth is True if height <= 10 else isinstance(of_some.truth, Unknown)
    assert [str(condition) for condition in path.conditions] == ["H - 1 ≤ 9" if height <= 10 else "H - 1 > 9"]
