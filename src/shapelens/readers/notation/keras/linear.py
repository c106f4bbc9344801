"""Keras' linear layer and its embedding."""

from __future__ import annotations

from shapelens.operators import Embedding, Linear, Shape
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.keras.entry import layer
from shapelens.readers.notation.keras.settings import activate
from shapelens.readers.notation.placing import Place
from shapelens.readers.notation.samples import Sample, vector

__all__ = ["refuse_lora"]

_DENSE = (
    "units, activation=None, use_bias=True, kernel_initializer='glorot_uniform', bias_initializer='zeros', "
    "kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, "
    "bias_constraint=None, lora_rank=None, lora_alpha=None, quantization_config=None"
)
_EMBEDDING = (
    "input_dim, output_dim, embeddings_initializer='uniform', embeddings_regularizer=None, "
    "embeddings_constraint=None, mask_zero=False, lora_rank=None, lora_alpha=None, quantization_config=None"
)


def refuse_lora(arguments: Arguments) -> None:
    """That there are no low-rank weights beside the layer's own."""
    if arguments.has("lora_rank"):
        raise arguments.error(
            "weights of low rank beside a layer's own are not read",
            "lora_rank",
            rule="lora_rank adds two weights that are learned in place of the kernel; leave it out to see the layer",
        )


@layer("Dense", signature=_DENSE, takes=lambda arguments: vector("F"))
def dense(arguments: Arguments, place: Place) -> None:
    """A linear layer over the last axis, whatever stands before."""
    refuse_lora(arguments)
    units = arguments.integer("units")
    weights: dict[str, Shape] = {"weight": (place.size(-1), units)}
    if arguments.flag("use_bias"):
        weights["bias"] = (units,)
    place.add(Linear(features_last=True), weights, called={"weight": "kernel"})
    activate(arguments, place)


def _indices(arguments: Arguments) -> Sample:
    return Sample(("T",), dtype="int64", is_certain=False)


@layer("Embedding", signature=_EMBEDDING, takes=_indices)
def embedding(arguments: Arguments, place: Place) -> None:
    refuse_lora(arguments)
    table = (arguments.integer("input_dim"), arguments.integer("output_dim"))
    place.add(Embedding(), {"weight": table}, called={"weight": "embeddings"})
