"""Keras' normalisations."""

from __future__ import annotations

from shapelens.operators import (
    BatchNormalization,
    GroupNormalization,
    LayerNormalization,
    LpNormalization,
    RMSNormalization,
    Shape,
)
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.keras.entry import layer
from shapelens.readers.notation.layers import SHAPE
from shapelens.readers.notation.placing import Place

_AFFINE = (
    "center=True, scale=True, beta_initializer='zeros', gamma_initializer='ones', {}beta_regularizer=None, "
    "gamma_regularizer=None, beta_constraint=None, gamma_constraint=None"
)
_MOVING = "moving_mean_initializer='zeros', moving_variance_initializer='ones', "
_BATCH = (
    f"axis=-1, momentum=0.99, epsilon=0.001, {_AFFINE.format(_MOVING)}, renorm=False, renorm_clipping=None, "
    "renorm_momentum=0.99, synchronized=False"
)
_LAYER = f"axis=-1, epsilon=0.001, {_AFFINE.format('')}"

CALLED = {"scale": "gamma", "bias": "beta", "mean": "moving_mean", "variance": "moving_variance"}
"""What Keras calls the weights of a norm."""


def _affine(arguments: Arguments, shape: Shape) -> dict[str, Shape]:
    """Scale and bias, where there are such."""
    weights: dict[str, Shape] = {"scale": shape} if arguments.flag("scale") else {}
    return {**weights, "bias": shape} if arguments.flag("center") else weights


def _axis(arguments: Arguments) -> int:
    """The axis of the channels."""
    return arguments.integer("axis", -64)


@layer("BatchNormalization", signature=_BATCH, keeps=SHAPE, also="virtual_batch_size fused")
def batch_normalization(arguments: Arguments, place: Place) -> None:
    axis = _axis(arguments)
    shape = (place.size(axis),)
    weights = {**_affine(arguments, shape), "mean": shape, "variance": shape}
    if arguments.flag("renorm"):
        for name in ("moving_stddev", "renorm_mean", "renorm_stddev"):
            place.constant(name, shape)
    operator = BatchNormalization(channels_last=axis == -1, axis=None if axis == -1 else axis)
    place.add(operator, weights, called=CALLED)


@layer("GroupNormalization", signature=_LAYER.replace("axis", "groups=32, axis", 1), keeps=SHAPE)
def group_normalization(arguments: Arguments, place: Place) -> None:
    axis, groups = _axis(arguments), arguments.integer("groups", -1)
    if groups == 0:
        raise arguments.error(
            "there is no norm over no groups",
            "groups",
            rule="groups is a whole number of at least 1, or -1 for a group for each channel",
        )
    operator = GroupNormalization(
        channels_last=axis == -1, axis=None if axis == -1 else axis, groups=None if groups == -1 else groups
    )
    place.add(operator, _affine(arguments, (place.size(axis),)), called=CALLED)


@layer("LayerNormalization", signature=_LAYER, keeps=SHAPE)
def layer_normalization(arguments: Arguments, place: Place) -> None:
    axes = _sorted_axes(arguments)
    weights = _affine(arguments, tuple([place.size(axis) for axis in axes]))
    place.add(LayerNormalization(axes=axes), weights, called=CALLED)


def _sorted_axes(arguments: Arguments) -> tuple[int, ...]:
    """The axes that are normalised, in the order in which Keras puts them: by number, whatever that means."""
    return tuple(sorted(arguments.sequence("axis", -64)))


@layer("RMSNormalization", signature="axis=-1, epsilon=1e-06", keeps=SHAPE)
def rms_normalization(arguments: Arguments, place: Place) -> None:
    """The axes divided by the root of their mean square; the scale meets the last ones, whichever these are."""
    axes, rank = _sorted_axes(arguments), place.rank
    counted = axes if rank is None else tuple([axis + rank if axis < 0 else axis for axis in axes])
    if rank is not None and counted != tuple(range(rank - len(axes), rank)):
        raise arguments.error(
            "the scale of an RMSNormalization is as long as the last axes, and others are normalised",
            "axis",
            rule=f"axis is -1, or names the last axes of the {rank} in their order",
            fix=arguments.source.replaced([(arguments.span("axis"), "-1")]),
        )
    weights: dict[str, Shape] = {"scale": tuple([place.size(axis) for axis in axes])}
    place.add(RMSNormalization(axes=axes), weights)


@layer("UnitNormalization", signature="axis=-1", keeps=SHAPE)
def unit_normalization(arguments: Arguments, place: Place) -> None:
    axes = arguments.sequence("axis", -64)
    place.add(LpNormalization(axes[0] if len(axes) == 1 else axes))
