from __future__ import annotations

import pytest

from shapelens.dims import Unknown, symbol
from shapelens.operators import PackedSelfAttention, PackTokens, Tensor, UnpackTokens, apply
from tests.operators.readings import assert_readings_agree

N, L, K = symbol("N"), symbol("L"), symbol("K")
TOKENS = Tensor((N, L, 8))


def shapes_of(operator, *inputs, count=1):
    outcome = apply(operator, inputs, count)
    assert outcome.broken == ()
    return [tensor.shape for tensor in outcome.outputs[:count]]


def broken(operator, *inputs):
    return {r.kind for r in apply(operator, inputs).broken}


def test_tokens_in_a_row() -> None:
    found = apply(PackTokens("k"), [TOKENS, Tensor((N,), "int32")], 4).outputs
    assert [str(tensor.shape[0]) for tensor in found] == ["k", "N", "N + 1", "1"]
    assert [tensor.dtype for tensor in found] == ["float32", "int32", "int32", "int32"]
    assert found[0].shape[1] == 8
    assert found[1].shape == (N, L)
    assert broken(PackTokens("k"), Tensor((5, 8)), Tensor((5,))) == {"rank"}


def test_there_are_at_most_as_many_as_there_were() -> None:
    (count, _) = apply(PackTokens("k"), [Tensor((2, 5, 8)), Tensor((2,))]).outputs[0].shape
    (only,) = count.symbols()
    assert (only.minimum, only.maximum) == (0, 10)


def test_tokens_put_back() -> None:
    assert shapes_of(UnpackTokens(), Tensor((K, 8)), Tensor((N, L), "int32")) == [(N, L, 8)]
    assert broken(UnpackTokens(), Tensor((2, 5, 8)), Tensor((2, 5))) == {"rank"}
    assert broken(UnpackTokens(), Tensor((7, 8)), Tensor((10,))) == {"rank"}


def test_attention_among_them() -> None:
    row, weight = Tensor((K, 8)), Tensor((8, 24))
    assert shapes_of(PackedSelfAttention(2), row, weight) == [(K, 8)]
    assert shapes_of(PackedSelfAttention(2, (8, 8, 16)), row, Tensor((8, 32))) == [(K, 16)]
    assert PackedSelfAttention(2).learned == {"weight", "bias"}
    apart = PackedSelfAttention(2, is_projected=False)
    assert apart.learned == {"bias"}
    assert shapes_of(apart, row, row, Tensor((K, 12))) == [(K, 12)]
    assert shapes_of(apart, Tensor((K, 2, 3, 4)), None, None) == [(K, 8)]
    assert broken(PackedSelfAttention(2), Tensor((7, 9)), weight) == {"features"}
    assert broken(PackedSelfAttention(2), TOKENS, weight) == {"rank"}
    assert broken(PackedSelfAttention(2, (8, 8)), row, weight) == {"settings"}
    assert broken(apart, row, None, None) == {"rank"}
    assert isinstance(apart.macs([row], []), Unknown)


@pytest.mark.parametrize(
    ("operator", "inputs"),
    [
        (UnpackTokens(), [Tensor((L, 8)), Tensor((N, L))]),
        (PackedSelfAttention(2), [Tensor((L, 8)), Tensor((8, 24))]),
    ],
)
def test_readings_agree(operator, inputs) -> None:
    assert_readings_agree(operator, inputs, {"N": (1, 2, 3), "L": (5, 6, 7)})
