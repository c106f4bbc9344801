from __future__ import annotations

import pytest

from shapelens.dims import Unknown, symbol
from shapelens.operators import FusedAttention, GroupedAttention, Tensor, apply
from tests.operators.readings import assert_readings_agree

N, L = symbol("N"), symbol("L")
TOKENS = Tensor((N, L, 8))


def shapes_of(operator, *inputs, count=1):
    outcome = apply(operator, inputs, count)
    assert outcome.broken == ()
    return [tensor.shape for tensor in outcome.outputs[:count]]


def broken(operator, *shapes):
    return {r.kind for r in apply(operator, [Tensor(shape) for shape in shapes]).broken}


def test_keys_that_are_split_into_heads_already() -> None:
    attention = FusedAttention(2, 2)
    keys = Tensor((N, 2, 7, 4))
    assert shapes_of(attention, TOKENS, keys, keys) == [(N, L, 8)]
    assert shapes_of(attention, TOKENS, Tensor((N, 7, 8)), Tensor((N, 7, 12))) == [(N, L, 12)]
    inputs = [Tensor((2, 5, 8)), Tensor((2, 2, 7, 4)), Tensor((2, 2, 7, 4))]
    assert attention.macs(inputs, ()) == 2 * 2 * 5 * 7 * (4 + 4)


def test_heads_that_share_a_key() -> None:
    attention = GroupedAttention(4, 2)
    key = Tensor((N, L, 16))
    assert shapes_of(attention, Tensor((N, L, 32)), key, key) == [(N, L, 32)]
    assert shapes_of(attention, Tensor((N, L, 64)), None, None) == [(N, L, 32)]
    assert broken(attention, (2, 5, 32), (2, 5, 12), (2, 5, 12)) == {"features"}
    assert {r.kind for r in apply(attention, [Tensor((2, 5, 63)), None, None]).broken} == {"heads"}
    total = Tensor((), "int32", (30,))
    inputs = [Tensor((2, 5, 32)), Tensor((2, 5, 16)), Tensor((2, 5, 16)), None, None, total]
    assert attention.macs(inputs, attention.evaluate(*inputs).outputs) == 2 * 4 * 5 * 30 * (8 + 8)
    assert isinstance(attention.macs(inputs[:3], [Tensor((2, 5, 32))]), Unknown)


def test_buffers_grow_where_they_are_too_small() -> None:
    attention, tokens, key = GroupedAttention(4, 2), Tensor((N, L, 32)), Tensor((N, L, 16))
    for total, room in ((30, 40), (50, 50)):
        buffers = [Tensor((N, 2, 40, 8))] * 2
        found = shapes_of(attention, tokens, key, key, *buffers, Tensor((), "int32", (total,)), count=4)
        assert found == [(N, L, 32), (N, 2, room, 8), (N, 2, room, 8), (N, 4, L, total)]
    found = shapes_of(attention, tokens, key, key, None, None, Tensor((), "int32", (L,)), count=3)
    assert found[1] == (N, 2, L, 8)
    found = shapes_of(attention, tokens, key, key, None, None, Tensor((), "int32"), count=3)
    assert isinstance(found[1][2], Unknown)
    assert found[1][3] == 8
    assert broken(GroupedAttention(0, 2), (2, 5, 32), (2, 5, 16), (2, 5, 16)) == {"rank"}


def test_what_is_packed_into_one_tensor() -> None:
    attention = FusedAttention(2, 2)
    assert shapes_of(attention, Tensor((N, L, 2, 3, 4)), count=3) == [(N, L, 8), (N, 2, L, 4), (N, 2, L, 4)]
    assert shapes_of(attention, Tensor((N, L, 24))) == [(N, L, 8)]
    assert shapes_of(attention, TOKENS, Tensor((N, 7, 2, 2, 4)), count=2) == [(N, L, 8), (N, 2, 7, 4)]
    packed = [Tensor((2, 5, 2, 3, 4))]
    assert attention.macs(packed, ()) == 2 * 2 * 5 * 5 * (4 + 4)
    assert {r.kind for r in apply(attention, [Tensor((2, 5, 8)), Tensor((2, 5, 8)), None]).broken} == {"rank"}


def test_a_buffer_that_stays_as_large_as_it_is() -> None:
    buffer = Tensor((N, 2, 30, 4))
    attention = FusedAttention(2, 2, shares_buffer=True)
    found = shapes_of(attention, TOKENS, TOKENS, TOKENS, None, buffer, buffer, count=4)
    assert found[:3] == [(N, L, 8), (N, 2, 30, 4), (N, 2, 30, 4)]
    assert isinstance(found[3], Unknown)
    assert isinstance(attention.macs([TOKENS, TOKENS, TOKENS, None, buffer, buffer], ()), Unknown)


def test_a_bias_of_all_three_is_learned() -> None:
    assert FusedAttention.roles[7] in FusedAttention.learned


@pytest.mark.parametrize(
    ("operator", "inputs", "count"),
    [
        (FusedAttention(2, 2), [TOKENS, TOKENS, TOKENS], 3),
        (FusedAttention(2, 2), [Tensor((N, L, 2, 3, 4))], 3),
        (FusedAttention(2, 2, True), [TOKENS, TOKENS, TOKENS, None, *[Tensor((N, 2, 30, 4))] * 2], 3),
        (
            GroupedAttention(4, 2),
            [Tensor((N, L, 64)), None, None, *[Tensor((N, 2, 6, 8))] * 2, Tensor((), "int32", (L,))],
            4,
        ),
    ],
)
def test_readings_agree(operator, inputs, count) -> None:
    assert_readings_agree(operator, inputs, {"N": (1, 2, 3), "L": (5, 6, 7)}, output_count=count)
