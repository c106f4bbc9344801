from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import Index, Tensor, apply
from tests.operators.origins import assert_links_hold
from tests.operators.readings import assert_readings_agree

N, H, W = symbol("N"), symbol("H"), symbol("W")
K = symbol("k", 0)


def places(*shape, contents=None):
    return Tensor(shape, "int64", contents)


def mask(*shape, contents=None):
    return Tensor(shape, "bool", contents)


@pytest.mark.parametrize(
    ("operator", "before", "indices", "after"),
    [
        (Index((1, 2)), (N, 3, H, W), [places(5), places(5)], (N, 5, W)),
        (Index((1, 3)), (N, 3, H, W), [places(5), places(5)], (5, N, H)),
        (Index((1, 2)), (N, 3, H, W), [places(5, 1), places(7)], (N, 5, 7, W)),
        (Index((0, 2)), (N, 3, H), [places(), places(4)], (4, 3)),
        (Index((1,), ("k",)), (N, H, W), [mask(H, W)], (N, symbol("k", 0))),
        (Index((1,), (K,)), (2, 3, 4), [mask(3)], (2, K, 4)),
        (Index((1,), ("k",)), (2, 3, 4), [mask(3)], (2, symbol("k", 0, 3), 4)),
        (Index((1,)), (2, 3, 4), [mask(3, contents=(1, 0, 1))], (2, 2, 4)),
        (Index((0,)), (1, 3), [mask(contents=(True,))], (1, 3)),
        (Index((0,), ("k",)), (1, 3), [mask()], (symbol("k", 0, 1), 3)),
        (Index((1,), ("k",)), (2, 3), [Tensor((3,), "uint8")], (2, symbol("k", 0, 3))),
        (Index((1,), ("k",)), (2, 3), [mask(Unknown("x"))], (2, symbol("k", 0, 3))),
        (Index((0, 1), ("k", "")), (4, 5), [mask(4, contents=(0, 1, 1, 0)), places(2)], (2,)),
        (Index((0, 1)), Unknown("x"), [places(2), places(2)], Unknown("x")),
        (Index((0, 1)), (2, 3), [Tensor(Unknown("x"), "int64"), places(2)], Unknown("x")),
    ],
)
def test_the_shape_that_comes_out(operator, before, indices, after) -> None:
    outcome = apply(operator, [Tensor(before), *indices])
    assert (outcome.broken, outcome.outputs[0].shape) == ((), after)


@pytest.mark.parametrize(
    ("operator", "before", "indices", "kind"),
    [
        (Index((0, 2)), (2, 3), [places(2), places(2)], "axis"),
        (Index((0, 1)), (2, 3, 4), [mask(2, 3), places(2)], "axis"),
        (Index((0, 1)), (2, 3), [places(2), places(5)], "broadcast"),
        (Index((0, 1)), (2, 3), [places(1, contents=(2,)), places(1)], "index"),
        (Index((0, 1)), (2, 3), [places(1), places(2, contents=(0, -4))], "index"),
        (Index((0,), ("k",)), (2, 3), [mask(3)], "mask"),
    ],
)
def test_what_does_not_fit(operator, before, indices, kind) -> None:
    assert [requirement.kind for requirement in apply(operator, [Tensor(before), *indices]).broken] == [kind]


def test_words() -> None:
    assert Index().words([Tensor((2,))], [Tensor((2,))]) == "index"


shapes = st.lists(st.integers(1, 4), min_size=3, max_size=4).map(tuple)


@given(shapes, st.data())
@settings(max_examples=60)
def test_integers_choose_as_numpy_does(shape, data) -> None:
    axes = sorted(data.draw(st.sets(st.integers(0, len(shape) - 1), min_size=2, max_size=3)))
    sizes = [data.draw(st.sampled_from([(3,), (1,), (2, 1), (2, 3), ()])) for _ in axes]
    drawn = [
        np.array(data.draw(st.lists(st.integers(-shape[a], shape[a] - 1), min_size=6, max_size=6)))[
            : int(np.prod(size))
        ].reshape(size)
        for a, size in zip(axes, sizes, strict=True)
    ]
    told = [places(*d.shape, contents=tuple(d.reshape(-1).tolist())) for d in drawn]
    index = tuple([drawn[axes.index(a)] if a in axes else slice(None) for a in range(len(shape))])
    assert_links_hold(Index(tuple(axes)), [shape], lambda x: x[index], *told)


@given(shapes, st.data())
@settings(max_examples=40)
def test_a_mask_that_is_known_chooses_as_numpy_does(shape, data) -> None:
    axis = data.draw(st.integers(0, len(shape) - 1))
    depth = data.draw(st.integers(1, len(shape) - axis))
    masked = shape[axis : axis + depth]
    count = int(np.prod(masked))
    truths = np.array(data.draw(st.lists(st.booleans(), min_size=count, max_size=count))).reshape(masked)
    told = mask(*masked, contents=tuple(truths.reshape(-1).tolist()))
    index = (*[slice(None)] * axis, truths)
    assert_links_hold(Index((axis,)), [shape], lambda x: x[index], told)


def test_every_reading_agrees() -> None:
    sizes = {"N": (1, 2, 3), "H": (4, 5, 6)}
    known = places(2, contents=(0, 4))
    assert_readings_agree(Index((0, 1)), [Tensor((N, H, 3)), places(2), known], sizes)
    assert_readings_agree(Index((0, 2)), [Tensor((N, 3, H)), places(H, 1), places(7)], sizes)
    truths = mask(3, contents=(True, False, True))
    assert_readings_agree(Index((1,)), [Tensor((N, 3, H)), truths], sizes)
    assert_readings_agree(Index((1, 2)), [Tensor((N, 3, H)), truths, places(2)], sizes)
