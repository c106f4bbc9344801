"""Keras' layers that wrap another layer, at each step of a sequence or with a weight in bounds, or wrap code."""

from __future__ import annotations

from dataclasses import replace

from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.keras.entry import layer
from shapelens.readers.notation.keras.nested import nested_call, nested_expected, put_nested
from shapelens.readers.notation.keras.stepwise import StepPlace
from shapelens.readers.notation.placing import Place
from shapelens.readers.notation.samples import Sample

_STEPS = {"CHW": "TCHW", "HWC": "THWC"}
"""The axes of steps of images; those of vectors are a sequence's."""


def _steps_of(arguments: Arguments) -> Sample | None:
    """Steps, each of which is what the layer inside takes."""
    step = nested_expected(arguments, nested_call(arguments, "layer"))
    if step is None:
        return None
    axes = "TC" if len(step.dims) == 1 else _STEPS.get(step.axes, "")
    dims = ("T", *[f"{dim}2" if dim == "T" else dim for dim in step.dims])
    return replace(step, dims=dims, channel=step.channel + 1, axes=axes)


@layer("TimeDistributed", signature="layer", takes=_steps_of)
def time_distributed(arguments: Arguments, place: Place) -> None:
    """A layer at each step, with the same weights."""
    steps = StepPlace(place)
    put_nested(arguments, nested_call(arguments, "layer"), steps)
    place.nodes += steps.nodes


def _as_inside(arguments: Arguments) -> Sample | None:
    return nested_expected(arguments, nested_call(arguments, "layer"))


@layer("SpectralNormalization", signature="layer, power_iterations=1", takes=_as_inside)
def spectral_normalization(arguments: Arguments, place: Place) -> None:
    """A layer whose kernel is divided by its largest singular value, for which a vector is kept."""
    arguments.integer("power_iterations")
    before = len(place.builder.weights)
    put_nested(arguments, nested_call(arguments, "layer"), place)
    added = list(place.builder.weights.items())[before:]
    kernels = [weight for name, weight in added if name.rpartition(".")[2] in {"kernel", "embeddings"}]
    if not kernels:
        raise arguments.error(
            "there is no kernel in the layer inside",
            "layer",
            rule="SpectralNormalization takes a layer with a kernel, such as Dense(10) or Conv2D(32, 3)",
        )
    place.constant("vector_u", (1, kernels[0].shape[-1]))


@layer("Lambda", signature="function, output_shape=None, mask=None, arguments=None")
def function(arguments: Arguments, place: Place) -> None:
    raise arguments.error(
        "a Lambda runs a function, and layer text is read, never run",
        "function",
        rule="what code computes is not known; a layer with a name of its own is read",
    )
