"""Signatures are Keras' own."""

from __future__ import annotations

import inspect

import pytest

from shapelens.readers.notation.layers import KERAS, layers_of
from shapelens.readers.notation.signatures import REQUIRED

EVERYWHERE = {"args", "dtype", "kwargs", "name", "self"}
"""What every layer takes."""


@pytest.mark.torch
def test_every_signature_is_that_of_keras(keras) -> None:
    for name, layer in layers_of(KERAS).items():
        kind = getattr(keras.layers, name)
        function = kind.__init__ if inspect.isclass(kind) else kind
        parameters = [p for p in inspect.signature(function).parameters.values() if p.name not in EVERYWHERE]
        own = [p for p in layer.signature.parameters if p.name not in EVERYWHERE]
        # Weights that are given as arrays say nothing of shapes, and are taken by name alone.
        wanted = [p for p in parameters if (name, p.name) != ("Embedding", "weights")]
        assert [p.name for p in own] == [p.name for p in wanted], name
        for parameter, ours in zip(wanted, own, strict=True):
            default = REQUIRED if parameter.default is inspect.Parameter.empty else parameter.default
            assert _alike(default, ours.default), (name, ours.name)


def _alike(theirs, ours) -> bool:
    """Whether two defaults mean the same: one number for all axes is that number for each."""
    if isinstance(theirs, tuple) and isinstance(ours, int):
        return all(_alike(item, ours) for item in theirs)
    if isinstance(theirs, str) and isinstance(ours, str):
        return theirs.lower() == ours.lower()
    return bool(theirs == ours)


@pytest.mark.parametrize(
    "extra",
    ["name='x'", "trainable=False", "dtype='float16'", "activity_regularizer='l2'", "input_shape=(4, 4, 3)"],
)
def test_what_every_layer_takes(extra) -> None:
    from shapelens.readers.notation import read_notation

    for text in ("Conv2D(8, 3, {})", "MaxPooling2D({})", "layers.Flatten({})", "BatchNormalization({})"):
        assert read_notation(text.format(extra), (4, 4, 3)).nodes


@pytest.mark.parametrize(
    "given",
    [
        *("kernel_initializer='he_normal'", "kernel_initializer=HeNormal()", "bias_initializer=init"),
        *(
            "kernel_regularizer=regularizers.l2(0.01)",
            "kernel_constraint=keras.constraints.MaxNorm(max_value=2)",
        ),
    ],
)
def test_initialisers_and_their_like_may_be_anything(given) -> None:
    from shapelens.readers.notation import read_notation

    network = read_notation(f"Conv2D(8, 3, {given})", (4, 4, 3))
    assert network.weights["conv2d.kernel"].shape == (3, 3, 3, 8)
