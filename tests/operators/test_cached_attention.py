from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import CachedAttention, LinearAttention, RotaryEmbedding, Tensor, apply
from tests.operators.readings import assert_readings_agree

B, T, S, P = symbol("B"), symbol("T"), symbol("S"), symbol("P")


def outputs_of(operator, *inputs):
    return [tensor.shape for tensor in apply(operator, inputs).outputs]


@pytest.mark.parametrize("past", [None, 30])
def test_heads_as_an_axis_and_as_features_are_one_attention(past) -> None:
    before = [None, None] if past is None else [Tensor((2, 3, past, 8)), Tensor((2, 3, past, 5))]
    apart = [Tensor((2, 9, 4, 8)), Tensor((2, 3, 6, 8)), Tensor((2, 3, 6, 5)), None, *before]
    flat = [Tensor((2, 4, 72)), Tensor((2, 6, 24)), Tensor((2, 6, 15)), None, *before]
    layer = CachedAttention(query_heads=9, key_heads=3)
    seen = 6 + (past or 0)
    caches = [(2, 3, seen, 8), (2, 3, seen, 5), (2, 9, 4, seen)]
    assert outputs_of(CachedAttention(), *apart) == [(2, 9, 4, 5), *caches]
    assert outputs_of(layer, *flat) == [(2, 4, 45), *caches]
    for operator, inputs in ((CachedAttention(), apart), (layer, flat)):
        macs = operator.macs(inputs, apply(operator, inputs).outputs)
        assert macs == 2 * 9 * 4 * seen * (8 + 5)


@pytest.mark.parametrize(
    ("inputs", "kind"),
    [
        ([(2, 9, 4, 8), (2, 3, 6, 7), (2, 3, 6, 5)], "features"),
        ([(2, 9, 4, 8), (2, 4, 6, 8), (2, 4, 6, 5)], "heads"),
        ([(2, 9, 4, 8), (2, 3, 6, 8), (2, 1, 6, 5)], "heads"),
        ([(2, 9, 4, 8), (2, 3, 6, 8), (2, 3, 5, 5)], "tokens"),
        ([(2, 9, 4, 8), (3, 3, 6, 8), (3, 3, 6, 5)], "broadcast"),
        ([(2, 9, 4, 8), (2, 3, 6, 8), (2, 3, 6, 5), (4, 7)], "mask"),
        ([(2, 9, 4, 8), (2, 3, 6, 8), (2, 3, 6, 5), None, (2, 3, 9, 7), (2, 3, 9, 5)], "state"),
        ([(2, 9, 4, 8), (2, 3, 6, 8), (2, 3, 6, 5), None, (2, 9, 8), (2, 3, 9, 5)], "rank"),
        ([(2, 4, 72), (2, 6, 24), (2, 6, 15)], "rank"),
        ([(2, 0, 4, 8), (2, 0, 6, 8), (2, 0, 6, 5)], "heads"),
    ],
)
def test_what_does_not_fit(inputs, kind) -> None:
    tensors = [None if shape is None else Tensor(shape) for shape in inputs]
    assert kind in {requirement.kind for requirement in apply(CachedAttention(), tensors).broken}


@pytest.mark.parametrize("mask", [(4, 6), (1, 1, 4, 6), (4, 5), (2, 9, 4, 1)])
def test_a_mask_may_say_nothing_of_the_last_keys(mask) -> None:
    inputs = [Tensor((2, 9, 4, 8)), Tensor((2, 3, 6, 8)), Tensor((2, 3, 6, 5)), Tensor(mask)]
    assert apply(CachedAttention(), inputs).broken == ()


@given(
    flat=st.booleans(),
    remembers=st.booleans(),
    mask=st.booleans(),
    numbers=st.lists(st.sampled_from([1, 2, 5]), min_size=4, max_size=4),
)
def test_four_readings(flat, remembers, mask, numbers) -> None:
    query, key, value = (B, 4, T, 8), (B, 2, S, 8), (B, 2, S, 6)
    if flat:
        query, key, value = (B, T, 32), (B, S, 16), (B, S, 12)
    past = [Tensor((B, 2, P, 8)), Tensor((B, 2, P, 6))] if remembers else [None, None]
    inputs = [Tensor(query), Tensor(key), Tensor(value), Tensor((T, S)) if mask else None, *past]
    symbols = {"B": (1, 2, 3, 4), "T": numbers, "S": numbers[::-1], "P": (9, 8, 7, 6)}
    assert_readings_agree(CachedAttention(4, 2), inputs, symbols, 4)


# linear attention ---------------------------------------------------------------------------------------


def test_linear_attention_counts_what_it_does_to_its_state() -> None:
    inputs = [Tensor((2, 5, 4 * 8)), Tensor((2, 5, 2 * 8)), Tensor((2, 5, 2 * 6))]
    for corrects, times in ((False, 4 + 2), (True, 4 + 2 + 2)):
        layer = LinearAttention(4, 2, corrects)
        outcome = apply(layer, inputs, 2)
        assert [tensor.shape for tensor in outcome.outputs] == [(2, 5, 4 * 6), (2, 2, 8, 6)]
        assert layer.macs(inputs, outcome.outputs) == 2 * 5 * 8 * 6 * times


@pytest.mark.parametrize(
    ("shapes", "kind"),
    [
        ([(2, 5, 32), (2, 5, 16), (2, 5, 13)], "heads"),
        ([(2, 5, 32), (2, 4, 16), (2, 5, 12)], "tokens"),
        ([(2, 5, 32), (2, 5, 16), (2, 5, 12), (2, 2, 8, 5)], "state"),
        ([(2, 5, 32), (2, 5, 16), (2, 5, 12), (2, 2, 8)], "state"),
        ([(5, 32), (5, 16), (5, 12)], "rank"),
    ],
)
def test_what_linear_attention_refuses(shapes, kind) -> None:
    outcome = apply(LinearAttention(4, 2), [Tensor(shape) for shape in shapes], 2)
    assert kind in {requirement.kind for requirement in outcome.broken}


@given(numbers=st.lists(st.sampled_from([1, 2, 5]), min_size=4, max_size=4), remembers=st.booleans())
def test_four_readings_of_linear_attention(numbers, remembers) -> None:
    inputs = [Tensor((B, T, 32)), Tensor((B, T, 16)), Tensor((B, S, 12))]
    inputs += [Tensor((B, 2, 8, 6))] if remembers else []
    symbols = {"B": (1, 2, 3, 4), "T": numbers, "S": (5, 5, 2, 1)}
    assert_readings_agree(LinearAttention(4, 2), inputs, symbols, 2)


# rotary embedding ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "shape", "table", "fits"),
    [
        (RotaryEmbedding(), (2, 4, 3, 8), (50, 4), True),
        (RotaryEmbedding(), (2, 4, 3, 8), (50, 3), False),
        (RotaryEmbedding(rotated=6), (2, 4, 3, 8), (50, 3), True),
        (RotaryEmbedding(heads=4), (2, 3, 32), (2, 3, 4), True),
        (RotaryEmbedding(heads=5), (2, 3, 32), (2, 3, 4), False),
        (RotaryEmbedding(), (2, 3, 32), (2, 3, 4), False),
    ],
)
def test_turning(operator, shape, table, fits) -> None:
    outcome = apply(operator, [Tensor(shape), Tensor(table), Tensor(table)])
    assert (outcome.broken == ()) == fits
    if fits:
        assert outcome.outputs[0].shape == shape


def test_four_readings_of_turning() -> None:
    inputs = [Tensor((B, T, S)), Tensor((9, 4)), Tensor((9, 4))]
    symbols = {"B": (1, 2), "T": (3, 4), "S": (32, 33)}
    assert_readings_agree(RotaryEmbedding(heads=4), inputs, symbols)
    assert apply(RotaryEmbedding(), [Tensor(Unknown("x")), *inputs[1:]]).outputs[0].shape == Unknown("x")
