"""Attention, and what stands around it."""

from __future__ import annotations

from shapelens.operators import CachedAttention, LinearAttention, RotaryEmbedding, ScaledDotProductAttention
from shapelens.readers.onnx.translation import Call, Translation, translates

_CORRECTING = frozenset({"delta", "gated_delta"})


@translates("Attention")
def attention(call: Call) -> Translation:
    operator = CachedAttention(
        call.attribute("q_num_heads", kind=int), call.attribute("kv_num_heads", kind=int)
    )
    return Translation(operator, call.leading(7, required=3))


@translates("FlexAttention", domain="ai.onnx.preview")
def flexible_attention(call: Call) -> Translation:
    """The subgraphs that change scores and probabilities keep their shapes."""
    operator = ScaledDotProductAttention(grouped=True)
    return Translation(operator, call.leading(3, required=3))


@translates("LinearAttention")
def linear_attention(call: Call) -> Translation:
    corrects = call.attribute("update_rule", "gated_delta") in _CORRECTING
    operator = LinearAttention(call.attribute("q_num_heads", 1), call.attribute("kv_num_heads", 1), corrects)
    return Translation(operator, call.leading(6, required=3))


@translates("RotaryEmbedding")
def rotary_embedding(call: Call) -> Translation:
    operator = RotaryEmbedding(
        call.attribute("num_heads", kind=int), call.attribute("rotary_embedding_dim", 0)
    )
    return Translation(operator, call.leading(4, required=3))
