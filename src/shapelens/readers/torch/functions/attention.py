"""Attention: over tensors that are mapped already, as a layer, and as a whole encoder layer."""

from __future__ import annotations

from typing import Any

from shapelens.operators import (
    Activation,
    Elementwise,
    LayerNormalization,
    Linear,
    MultiHeadAttention,
    ScaledDotProductAttention,
)
from shapelens.readers.torch.functions import Call, translates
from shapelens.readers.torch.recording import Value


@translates("scaled_dot_product_attention")
def scaled_dot_product(
    call: Call,
    query: Value,
    key: Value,
    value: Value,
    attn_mask: Value | None = None,
    dropout_p: float = 0.0,
    *_: Any,
    enable_gqa: bool = False,
    **__: Any,
) -> Value:
    operator = ScaledDotProductAttention(grouped=bool(enable_gqa), dropout=float(dropout_p))
    return call.one(operator, query, key, value, attn_mask)


@translates("multi_head_attention_forward")
def multi_head(
    call: Call,
    query: Value,
    key: Value,
    value: Value,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Value | None,
    in_proj_bias: Value | None,
    bias_k: Value | None,
    bias_v: Value | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Value,
    out_proj_bias: Value | None,
    training: bool = True,
    key_padding_mask: Value | None = None,
    need_weights: bool = True,
    attn_mask: Value | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Value | None = None,
    k_proj_weight: Value | None = None,
    v_proj_weight: Value | None = None,
    static_k: Value | None = None,
    static_v: Value | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> Any:
    """`torch.nn.MultiheadAttention`, which gives its tensors as tokens × batch × features."""
    if static_k is not None or static_v is not None:
        return None
    operator = MultiHeadAttention(
        heads=num_heads,
        with_weights=bool(need_weights),
        average_weights=bool(average_attn_weights),
        zero_token=bool(add_zero_attn),
        dropout=float(dropout_p),
    )
    separate = (q_proj_weight, k_proj_weight, v_proj_weight) if use_separate_proj_weight else (None,) * 3
    together = None if use_separate_proj_weight else in_proj_weight
    taken = (query, key, value, together, in_proj_bias, out_proj_weight, out_proj_bias, *separate)
    made = call.add(
        operator, *taken, bias_k, bias_v, key_padding_mask, attn_mask, outputs=2 if need_weights else 1
    )
    return made if need_weights else (made[0], None)


@translates("_native_multi_head_attention")
def native_multi_head(
    call: Call,
    query: Value,
    key: Value,
    value: Value,
    embed_dim: int,
    num_head: int,
    qkv_weight: Value,
    qkv_bias: Value | None,
    proj_weight: Value,
    proj_bias: Value | None,
    mask: Value | None = None,
    need_weights: bool = True,
    average_attn_weights: bool = True,
    mask_type: int | None = None,
) -> Any:
    """The same in one step, as PyTorch runs it when nothing looks on; the batch comes first."""
    operator = MultiHeadAttention(
        heads=num_head,
        batch_first=True,
        with_weights=bool(need_weights),
        average_weights=bool(average_attn_weights),
    )
    masks = (mask, None) if mask_type == 1 else (None, mask)
    taken = (query, key, value, qkv_weight, qkv_bias, proj_weight, proj_bias)
    made = call.add(operator, *taken, *(None,) * 5, *masks, outputs=2 if need_weights else 1)
    return made if need_weights else (made[0], None)


@translates("_transformer_encoder_layer_fwd")
def encoder_layer(
    call: Call,
    src: Value,
    embed_dim: int,
    num_heads: int,
    qkv_weight: Value,
    qkv_bias: Value | None,
    proj_weight: Value,
    proj_bias: Value | None,
    use_gelu: bool,
    norm_first: bool,
    eps: float,
    norm_weight_1: Value,
    norm_bias_1: Value | None,
    norm_weight_2: Value,
    norm_bias_2: Value | None,
    ffn_weight_1: Value,
    ffn_bias_1: Value | None,
    ffn_weight_2: Value,
    ffn_bias_2: Value | None,
    mask: Value | None = None,
    mask_type: int | None = None,
) -> Value:
    """Attention and two linear layers, each with a residual and a norm before or after it."""
    width = (embed_dim,)

    def first_norm(tokens: Value) -> Value:
        return call.one(LayerNormalization(normalized_shape=width), tokens, norm_weight_1, norm_bias_1)

    def second_norm(tokens: Value) -> Value:
        return call.one(LayerNormalization(normalized_shape=width), tokens, norm_weight_2, norm_bias_2)

    def attention(tokens: Value) -> Value:
        operator = MultiHeadAttention(heads=num_heads, batch_first=True)
        masks = (mask, None) if mask_type == 1 else (None, mask)
        weights = (qkv_weight, qkv_bias, proj_weight, proj_bias, *(None,) * 5)
        return call.one(operator, tokens, tokens, tokens, *weights, *masks)

    def forward(tokens: Value) -> Value:
        inner = call.one(Linear(), tokens, ffn_weight_1, ffn_bias_1)
        inner = call.one(Activation("gelu" if use_gelu else "relu"), inner)
        return call.one(Linear(), inner, ffn_weight_2, ffn_bias_2)

    def plus(tokens: Value, more: Value) -> Value:
        return call.one(Elementwise("add"), tokens, more)

    if norm_first:
        tokens = plus(src, attention(first_norm(src)))
        return plus(tokens, forward(second_norm(tokens)))
    tokens = first_norm(plus(src, attention(src)))
    return second_norm(plus(tokens, forward(tokens)))
