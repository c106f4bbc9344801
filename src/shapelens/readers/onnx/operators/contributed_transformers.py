"""Operators of onnxruntime's own domain that its optimizer makes of transformers."""

from __future__ import annotations

from shapelens.operators import (
    AlongAxis,
    EmbeddingSum,
    FusedAttention,
    GroupedAttention,
    LikeInputs,
    PackedProduct,
    ProjectedAttention,
    SkipNormalization,
)
from shapelens.readers.onnx.operators.contributed import MICROSOFT
from shapelens.readers.onnx.translation import Call, Translation, TranslationError, translates

_LIKE_THE_FIRST = {
    "BiasDropout": "dropout",
    "GemmaRotaryEmbedding": "rotary embedding",
    "MoE": "mixture of experts",
    "NGramRepeatBlock": "block repeats",
    "QMoE": "mixture of experts",
    "SampleOp": "sample",
    "ScaledSiLU": "silu",
}
"""Operators whose output is like their first input, whatever else they take."""


@translates(*_LIKE_THE_FIRST, domain=MICROSOFT)
def like_the_first(call: Call) -> Translation:
    return Translation(LikeInputs((0,), _LIKE_THE_FIRST[call.node.operator]), (call.given(0),))


@translates("SkipLayerNormalization", domain=MICROSOFT)
def skip_norm(call: Call) -> Translation:
    return Translation(SkipNormalization(), call.leading(5, required=3))


@translates("SkipSimplifiedLayerNormalization", domain=MICROSOFT)
def skip_square_norm(call: Call) -> Translation:
    """It has no shift."""
    return Translation(
        SkipNormalization(), (call.given(0), call.given(1), call.given(2), None, call.input(3))
    )


@translates("EmbedLayerNormalization", domain=MICROSOFT)
def embedding_norm(call: Call) -> Translation:
    inputs = (call.given(0), call.input(1), call.given(2), call.given(3), *map(call.input, (4, 5, 6)))
    return Translation(EmbeddingSum(), inputs)


@translates("MatMulNBits", "MatMulBnb4", domain=MICROSOFT)
def packed_product(call: Call) -> Translation:
    features, outputs = call.attribute("K", 0), call.attribute("N", 0)
    if features < 1 or outputs < 1:
        raise TranslationError("it does not say how large its weight is")
    return Translation(PackedProduct(features, outputs), (call.given(0),))


@translates("Attention", domain=MICROSOFT)
def projected_attention(call: Call) -> Translation:
    operator = ProjectedAttention(call.attribute("num_heads", 1), call.integers("qkv_hidden_sizes") or ())
    return Translation(operator, call.leading(5, required=2))


@translates("MultiHeadAttention", domain=MICROSOFT)
def multi_head_attention(call: Call) -> Translation:
    """Query, key and value; then the bias of all three, two masks, and the past."""
    if call.input(1) is None or call.input(2) is None:
        raise TranslationError("a query with key and value packed into it is not followed")
    heads = call.attribute("num_heads", 1)
    inputs = (*call.leading(3, required=3), None, call.input(6), call.input(7))
    return Translation(FusedAttention(heads, heads), inputs)


@translates("GroupQueryAttention", domain=MICROSOFT)
def grouped_attention(call: Call) -> Translation:
    if (call.input(1) is None) != (call.input(2) is None):
        raise TranslationError("of key and value one is given and one is not")
    operator = GroupedAttention(call.attribute("num_heads", 1), call.attribute("kv_num_heads", 1))
    return Translation(operator, call.leading(3))


@translates("RotaryEmbedding", domain=MICROSOFT)
def rotary_embedding(call: Call) -> Translation:
    return Translation(LikeInputs((0,), "rotary embedding"), (call.given(0),))


@translates("BiasSoftmax", domain=MICROSOFT)
def biased_softmax(call: Call) -> Translation:
    return Translation(AlongAxis("softmax", call.attribute("axis", 1), to_end=True), (call.given(0),))
