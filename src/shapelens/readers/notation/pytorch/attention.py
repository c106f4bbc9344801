"""PyTorch's attention, and the encoder layer that is made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from shapelens.dims import symbol
from shapelens.operators import (
    Activation,
    Dropout,
    Elementwise,
    LayerNormalization,
    Linear,
    MultiHeadAttention,
    Operator,
    Shape,
)
from shapelens.readers.building import BATCH, Builder
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.arithmetic import nearest_divisor
from shapelens.readers.notation.placing import Place
from shapelens.readers.notation.pytorch.entry import layer
from shapelens.readers.notation.samples import sequence

_ATTENTION = (
    "embed_dim, num_heads, dropout=0.0, bias=True, add_bias_kv=False, add_zero_attn=False, kdim=None, vdim=None, "
    "batch_first=False, device=None, dtype=None"
)
_ENCODER = (
    "d_model, nhead, dim_feedforward=2048, dropout=0.1, activation='relu', layer_norm_eps=1e-05, "
    "batch_first=False, norm_first=False, bias=True, device=None, dtype=None"
)

_CALLED = {
    "in_weight": "in_proj_weight",
    "in_bias": "in_proj_bias",
    "out_weight": "out_proj.weight",
    "out_bias": "out_proj.bias",
    "query_weight": "q_proj_weight",
    "key_weight": "k_proj_weight",
    "value_weight": "v_proj_weight",
    "extra_key": "bias_k",
    "extra_value": "bias_v",
}
"""What PyTorch calls the weights of an attention."""

_KEYS = symbol("S")
"""How many tokens the keys are, which need not be as many as the queries."""


def _width(arguments: Arguments, width: str, heads: str) -> int:
    """The width, which the heads share out evenly."""
    size, count = arguments.integer(width), arguments.integer(heads)
    if size % count:
        near = nearest_divisor(count, size)
        raise arguments.error(
            f"{width} must be divisible by {heads}",
            width,
            heads,
            rule=f"each head gets as many of the features: {width} is a multiple of {heads}",
            fix=arguments.source.replaced([(arguments.span(heads), str(near))]),
        )
    return size


@layer(
    "MultiheadAttention",
    signature=_ATTENTION,
    takes=lambda arguments: sequence(
        arguments.integer("embed_dim"), is_batched=arguments.flag("batch_first")
    ),
    needs="keys and values",
)
def multihead_attention(arguments: Arguments, place: Place) -> None:
    """Attention of queries to keys and values, and how much each takes from each."""
    width = _width(arguments, "embed_dim", "num_heads")
    key_width = arguments.optional("kdim") or width
    value_width = arguments.optional("vdim") or width
    weights = attention_weights(width, key_width, value_width, bias=arguments.flag("bias"))
    if arguments.flag("add_bias_kv"):
        weights |= {"extra_key": (1, 1, width), "extra_value": (1, 1, width)}
    operator = MultiHeadAttention(
        heads=arguments.integer("num_heads"),
        batch_first=arguments.flag("batch_first"),
        with_weights=True,
        zero_token=arguments.flag("add_zero_attn"),
        dropout=arguments.number("dropout"),
    )
    key = place.input("key", _other(place, operator.batch_first, key_width))
    value = place.input("value", _other(place, operator.batch_first, value_width))
    place.add(operator, weights, called=_CALLED, outputs=2, inputs=(place.here, key, value))


def _other(place: Place, batch_first: bool, width: int) -> Shape:
    """The shape of the keys or the values: of the query's samples, and of tokens of their own."""
    if batch_first:
        return (place.size(0) if place.rank == 3 else symbol(BATCH), _KEYS, width)
    return (_KEYS, place.size(1), width) if place.rank == 3 else (_KEYS, width)


def attention_weights(width: int, key_width: int, value_width: int, *, bias: bool) -> dict[str, Shape]:
    """The weights of an attention: the maps of query, key and value in one where they are alike, and the last map."""
    weights: dict[str, Shape] = {"out_weight": (width, width)}
    if key_width == value_width == width:
        weights["in_weight"] = (3 * width, width)
    else:
        weights |= {
            "query_weight": (width, width),
            "key_weight": (width, key_width),
            "value_weight": (width, value_width),
        }
    if bias:
        weights |= {"in_bias": (3 * width,), "out_bias": (width,)}
    return weights


@layer(
    "TransformerEncoderLayer",
    signature=_ENCODER,
    takes=lambda arguments: sequence(arguments.integer("d_model"), is_batched=arguments.flag("batch_first")),
    keeps="shape",
)
def encoder_layer(arguments: Arguments, place: Place) -> None:
    """Attention of tokens to each other and two linear layers, each added to what came in and normalised."""
    encoder = _Encoder(arguments, place.builder)
    with place.builder.scope(place.label, place.layer):
        if arguments.flag("norm_first"):
            encoder.added(lambda: encoder.norm("norm1") and encoder.attend())
            encoder.added(lambda: encoder.norm("norm2") and encoder.feed_forward())
        else:
            encoder.added(encoder.attend)
            encoder.norm("norm1")
            encoder.added(encoder.feed_forward)
            encoder.norm("norm2")
    place.nodes.append(place.builder.here)


class _Encoder:
    """The parts of an encoder layer, which go on from where the builder stands."""

    def __init__(self, arguments: Arguments, builder: Builder) -> None:
        self.builder = builder
        self.width = _width(arguments, "d_model", "nhead")
        self.inner = arguments.integer("dim_feedforward")
        self.function = arguments.word("activation")
        self.has_bias = arguments.flag("bias")
        self.dropout = arguments.number("dropout")
        self.attention = MultiHeadAttention(
            arguments.integer("nhead"), arguments.flag("batch_first"), dropout=self.dropout
        )

    def added(self, block: Callable[[], str]) -> str:
        """A block's output added to what went into it."""
        before = self.builder.here
        return self.builder.function(Elementwise("add"), "add", [block(), before])

    def norm(self, name: str) -> str:
        """A layer norm."""
        weights = self._with_bias("scale", (self.width,), self.width)
        operator = LayerNormalization(-1, (self.width,))
        return self._add(operator, name, "LayerNorm", weights, {"scale": "weight"})

    def attend(self) -> str:
        """The attention of tokens to each other."""
        here = self.builder.here
        weights = attention_weights(self.width, self.width, self.width, bias=self.has_bias)
        self._add(self.attention, "self_attn", "MultiheadAttention", weights, _CALLED, [here] * 3)
        return self._add(Dropout(share=self.dropout), "dropout1", "Dropout")

    def feed_forward(self) -> str:
        """Two linear layers and the activation between them."""
        self._linear("linear1", self.width, self.inner)
        self.builder.function(Activation(self.function), self.function)
        self._add(Dropout(share=self.dropout), "dropout", "Dropout")
        self._linear("linear2", self.inner, self.width)
        return self._add(Dropout(share=self.dropout), "dropout2", "Dropout")

    def _linear(self, name: str, into: int, out: int) -> None:
        self._add(Linear(), name, "Linear", self._with_bias("weight", (out, into), out))

    def _with_bias(self, role: str, shape: Shape, count: int) -> dict[str, Shape]:
        return {role: shape, "bias": (count,)} if self.has_bias else {role: shape}

    def _add(
        self,
        operator: Operator,
        name: str,
        module: str,
        weights: Mapping[str, Shape] | None = None,
        called: Mapping[str, str] | None = None,
        inputs: Sequence[str] | None = None,
    ) -> str:
        return self.builder.add(operator, inputs, name=name, module=module, weights=weights, called=called)
