"""Keras' attention: of one sequence to another, with and without heads."""

from __future__ import annotations

from shapelens.dims import Dim, symbol
from shapelens.operators import (
    Activation,
    AlongAxis,
    Elementwise,
    MatrixProduct,
    Reduce,
    ScaledDotProductAttention,
    Shape,
    Unsqueeze,
)
from shapelens.readers.building import BATCH
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.keras.entry import layer
from shapelens.readers.notation.keras.heads import HeadsAttention
from shapelens.readers.notation.placing import Place
from shapelens.readers.notation.samples import Sample, sequence

_DETAILS = (
    "kernel_initializer='glorot_uniform', bias_initializer='zeros', kernel_regularizer=None, bias_regularizer=None, "
    "activity_regularizer=None, kernel_constraint=None, bias_constraint=None, use_gate=False, seed=None"
)
_HEADS = (
    "num_heads, key_dim, value_dim=None, dropout=0.0, use_bias=True, output_shape=None, attention_axes=None, "
    f"sliding_window=None, flash_attention=None, {_DETAILS}"
)
_SHARED = (
    "head_dim, num_query_heads, num_key_value_heads, dropout=0.0, use_bias=True, sliding_window=None, "
    f"flash_attention=None, {_DETAILS}"
)
_KEYS = symbol("S")
"""How many tokens the values are, which need not be as many as the queries."""

_CALLED = {
    f"{name}_{part}": f"{'attention_output' if name == 'output' else name}.{part}"
    for name in ("query", "key", "value", "gate", "output")
    for part in ("kernel", "bias")
}


def _queries(arguments: Arguments) -> Sample:
    return sequence("F")


def _values(place: Place) -> str:
    """The other sequence, whose tokens are keys and values both; as wide as the queries."""
    batch: Dim = place.size(0) if place.rank == 3 else symbol(BATCH)
    return place.input("value", (batch, _KEYS, place.size(-1)))


# with heads -----------------------------------------------------------------------------------------------


def _mapped(
    arguments: Arguments, features: Dim, widths: dict[str, tuple[int, int]], out: Shape
) -> dict[str, Shape]:
    """The weights of each map to so many heads of a width, and of the output."""
    weights: dict[str, Shape] = {}
    for name, width in widths.items():
        weights[f"{name}_kernel"] = (features, *width)
        if arguments.flag("use_bias"):
            weights[f"{name}_bias"] = width
    weights["output_kernel"] = (*(widths["query"][0], widths["value"][1]), *out)
    if arguments.flag("use_bias"):
        weights["output_bias"] = out
    return weights


@layer("MultiHeadAttention", signature=_HEADS, takes=_queries, needs="values, and maybe keys")
def multi_head_attention(arguments: Arguments, place: Place) -> None:
    heads, key_width = arguments.integer("num_heads"), arguments.integer("key_dim")
    value_width = arguments.optional("value_dim") or key_width
    widths = {"query": (heads, key_width), "key": (heads, key_width), "value": (heads, value_width)}
    if arguments.flag("use_gate"):
        widths["gate"] = (heads, value_width)
    features = place.size(-1)
    out = arguments.sequence("output_shape") if arguments.has("output_shape") else (features,)
    axes = arguments.sequence("attention_axes", -64) if arguments.has("attention_axes") else None
    if (
        axes is not None
        and place.rank is not None
        and not all(-place.rank < axis < place.rank for axis in axes)
    ):
        raise arguments.error(
            f"what comes in has {place.rank} axes",
            "attention_axes",
            rule="attention_axes are axes between the batch and the features",
        )
    values = _values_like(place)
    weights = _mapped(arguments, features, widths, out)
    place.add(HeadsAttention(axes), weights, called=_CALLED, inputs=(place.here, values, values))


def _values_like(place: Place) -> str:
    """The other tensor: a sequence for a sequence, and for images images of the same size."""
    if place.rank in {None, 2, 3}:
        return _values(place)
    return place.beside("value", place.tensor.dtype)


@layer("GroupQueryAttention", signature=_SHARED, takes=_queries, needs="values, and maybe keys")
def grouped_query_attention(arguments: Arguments, place: Place) -> None:
    """Several heads of the query share one of the keys and values."""
    width = arguments.integer("head_dim")
    heads, shared = arguments.integer("num_query_heads"), arguments.integer("num_key_value_heads")
    if heads % shared:
        near = next(count for count in range(min(heads, shared), 0, -1) if heads % count == 0)
        raise arguments.error(
            "num_query_heads must be divisible by num_key_value_heads",
            "num_query_heads",
            "num_key_value_heads",
            rule="as many heads of the query share each of the keys and values",
            fix=arguments.source.replaced([(arguments.span("num_key_value_heads"), str(near))]),
        )
    widths = {"query": (heads, width), "key": (shared, width), "value": (shared, width)}
    if arguments.flag("use_gate"):
        widths["gate"] = (heads, width)
    features, values = place.size(-1), _values(place)
    weights = _mapped(arguments, features, widths, (features,))
    place.add(HeadsAttention(), weights, called=_CALLED, inputs=(place.here, values, values))


# without heads --------------------------------------------------------------------------------------------


@layer("Attention", signature="use_scale=False, score_mode='dot', dropout=0.0, seed=None", takes=_queries,
       needs="values, and maybe keys")  # fmt: skip
def attention(arguments: Arguments, place: Place) -> None:
    """Each query takes the values by how much it is like the keys, which are the values too."""
    query, values = place.here, _values(place)
    scale: Shape | None = () if arguments.flag("use_scale") else None
    if arguments.choice("score_mode", ("dot", "concat")) == "concat":
        _additive(place, query, values, before=scale, after=())
        return
    if scale is None:
        place.add(ScaledDotProductAttention(), inputs=(query, values, values))
        return
    scaled = place.add(Elementwise("multiply"), {"other": scale}, called={"other": "scale"})
    place.then(ScaledDotProductAttention(), "attention", inputs=(scaled, values, values))


@layer(
    "AdditiveAttention",
    signature="use_scale=True, dropout=0.0",
    takes=_queries,
    needs="values, and maybe keys",
)
def additive_attention(arguments: Arguments, place: Place) -> None:
    """The scores are the sum of a tangent over the features of a query and a key added."""
    scale: Shape | None = (place.size(-1),) if arguments.flag("use_scale") else None
    _additive(place, place.here, _values(place), within=scale)


def _additive(
    place: Place,
    query: str,
    values: str,
    *,
    before: Shape | None = None,
    within: Shape | None = None,
    after: Shape | None = None,
) -> None:
    """Scores by addition: `Σ tanh(query + key)`, with a weight before the tangent, in the sum, or after it."""
    queries = place.add(Unsqueeze((-2,)), inputs=(query,))
    keys = place.then(Unsqueeze((-3,)), "keys", inputs=(values,))
    place.then(Elementwise("add"), "add", inputs=(queries, keys))
    if before is not None:
        place.then(Elementwise("multiply"), "scale", {"other": before}, called={"other": "weight"})
    place.then(Activation("tanh"), "tanh")
    if within is not None:
        place.then(Elementwise("multiply"), "scale", {"other": within}, called={"other": "weight"})
    place.then(Reduce("sum", (-1,), keeps_axes=False), "sum")
    if after is not None:
        place.then(
            Elementwise("multiply"), "concat_score_weight", {"other": after}, called={"other": "weight"}
        )
    shares = place.then(AlongAxis("softmax", -1), "softmax")
    place.then(MatrixProduct(), "output", inputs=(shares, values))
