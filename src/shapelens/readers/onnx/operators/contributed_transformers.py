"""Operators of onnxruntime's own domain that its optimizer makes of transformers."""

from __future__ import annotations

from shapelens.operators import (
    AlongAxis,
    EmbeddingSum,
    FusedAttention,
    GatedPositions,
    GroupedAttention,
    LikeInputs,
    PackedProduct,
    PackedSelfAttention,
    PackTokens,
    ProjectedAttention,
    RelativePositions,
    SkipNormalization,
    UnpackTokens,
)
from shapelens.readers.onnx.operators.contributed import MICROSOFT
from shapelens.readers.onnx.operators.shapes import count_symbol
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
    return Translation(PackedProduct(features, outputs), call.leading(6, required=2))


@translates("QEmbedLayerNormalization", domain=MICROSOFT)
def quantised_embedding_norm(call: Call) -> Translation:
    """Inputs: as without quantisation, then scales and zero points."""
    inputs = (call.given(0), call.input(1), call.given(2), call.given(3), *map(call.input, (4, 5, 6)))
    return Translation(EmbeddingSum("float32"), inputs)


# attention ----------------------------------------------------------------------------------------------


def _projected(call: Call, dtype: str | None = None) -> ProjectedAttention:
    return ProjectedAttention(
        call.attribute("num_heads", 1),
        call.integers("qkv_hidden_sizes") or (),
        dtype,
        bool(call.attribute("past_present_share_buffer", 0)),
    )


@translates("Attention", "DecoderMaskedSelfAttention", domain=MICROSOFT)
def projected_attention(call: Call) -> Translation:
    return Translation(_projected(call), call.leading(5, required=2))


@translates("QAttention", domain=MICROSOFT)
def quantised_attention(call: Call) -> Translation:
    """Inputs: tokens, weight, bias, the scales of the first two, a mask, their zero points, and the past."""
    inputs = (*call.leading(3, required=2), call.input(5), call.input(8))
    return Translation(_projected(call, "float32"), inputs)


@translates("PackedAttention", domain=MICROSOFT)
def packed_attention(call: Call) -> Translation:
    """Inputs: tokens, weight, bias, and where each token stands."""
    operator = PackedSelfAttention(call.attribute("num_heads", 1), call.integers("qkv_hidden_sizes") or ())
    return Translation(operator, (call.given(0), call.given(1), None, call.input(2)))


@translates("PackedMultiHeadAttention", domain=MICROSOFT)
def packed_heads(call: Call) -> Translation:
    """Inputs: query, key, value, their bias, and where each token stands."""
    operator = PackedSelfAttention(call.attribute("num_heads", 1), is_projected=False)
    return Translation(operator, call.leading(4))


@translates("RemovePadding", domain=MICROSOFT)
def remove_padding(call: Call) -> Translation:
    return Translation(PackTokens(count_symbol(call)), call.leading(2, required=2))


@translates("RestorePadding", domain=MICROSOFT)
def restore_padding(call: Call) -> Translation:
    return Translation(UnpackTokens(), call.leading(2, required=2))


@translates("MultiHeadAttention", domain=MICROSOFT)
def multi_head_attention(call: Call) -> Translation:
    """Query, key and value; then the bias of all three, two masks, the past, and how much of its buffer is used."""
    heads = call.attribute("num_heads", 1)
    inputs = (*call.leading(3), None, call.input(6), call.input(7), None, call.input(3))
    return Translation(FusedAttention(heads, heads, call.input(8) is not None), inputs)


@translates("DecoderMaskedMultiHeadAttention", domain=MICROSOFT)
def decoding_attention(call: Call) -> Translation:
    """Query, key and value; then two masks, the past, how much of it is used, two inputs of beams, and the bias.

    Keys and values that are split into heads already are those of another sequence, to which nothing is added.
    """
    heads = call.attribute("num_heads", 1)
    shares = bool(call.attribute("past_present_share_buffer", 0))
    inputs = (*call.leading(3), None, call.input(5), call.input(6), None, call.input(10))
    return Translation(FusedAttention(heads, heads, shares), inputs)


@translates("GroupQueryAttention", "SparseAttention", domain=MICROSOFT)
def grouped_attention(call: Call) -> Translation:
    """Inputs: query, key, value, both buffers; how many tokens there are in all stands elsewhere."""
    if (call.input(1) is None) != (call.input(2) is None):
        raise TranslationError("of key and value one is given and one is not")
    operator = GroupedAttention(call.attribute("num_heads", 1), call.attribute("kv_num_heads", 1))
    total = call.input(7 if call.node.operator == "SparseAttention" else 6)
    return Translation(operator, (*call.leading(5), total))


@translates("RelativePositionBias", domain=MICROSOFT)
def relative_positions(call: Call) -> Translation:
    return Translation(RelativePositions(), call.leading(3, required=3))


@translates("GatedRelativePositionBias", domain=MICROSOFT)
def gated_positions(call: Call) -> Translation:
    return Translation(GatedPositions(call.attribute("num_heads", 1)), call.leading(7, required=6))


@translates("RotaryEmbedding", domain=MICROSOFT)
def rotary_embedding(call: Call) -> Translation:
    return Translation(LikeInputs((0,), "rotary embedding"), (call.given(0),))


@translates("BiasSoftmax", domain=MICROSOFT)
def biased_softmax(call: Call) -> Translation:
    return Translation(AlongAxis("softmax", call.attribute("axis", 1), to_end=True), (call.given(0),))
