"""Keras' layers that prepare data: they keep the shape, and learn nothing."""

from __future__ import annotations

from shapelens.operators import Activation, Elementwise, Shape
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.keras.entry import layer
from shapelens.readers.notation.keras.naming import given_name
from shapelens.readers.notation.layers import SHAPE
from shapelens.readers.notation.placing import Place

_RANGE = "value_range=(0, 255), "
_FORMAT = "data_format=None"
_FILLED = "fill_mode='reflect', interpolation='bilinear', seed=None, fill_value=0.0, data_format=None"

_CHANGES = {
    "AugMix": f"{_RANGE}num_chains=3, chain_depth=3, factor=0.3, alpha=1.0, all_ops=True, interpolation='bilinear', "
    f"seed=None, {_FORMAT}",
    "AutoContrast": "value_range=(0, 255)",
    "CutMix": f"factor=1.0, seed=None, {_FORMAT}",
    "Equalization": f"{_RANGE}bins=256, {_FORMAT}",
    "MixUp": f"alpha=0.2, {_FORMAT}, seed=None",
    "RandAugment": f"{_RANGE}num_ops=2, factor=0.5, interpolation='bilinear', seed=None, {_FORMAT}",
    "RandomBrightness": "factor, value_range=(0, 255), seed=None",
    "RandomColorDegeneration": f"factor, {_RANGE}{_FORMAT}, seed=None",
    "RandomColorJitter": f"{_RANGE}brightness_factor=None, contrast_factor=None, saturation_factor=None, "
    f"hue_factor=None, seed=None, {_FORMAT}",
    "RandomContrast": "factor, value_range=(0, 255), seed=None",
    "RandomElasticTransform": f"factor=1.0, scale=1.0, interpolation='bilinear', fill_mode='reflect', "
    f"fill_value=0.0, {_RANGE}seed=None, {_FORMAT}",
    "RandomErasing": f"factor=1.0, scale=(0.02, 0.33), fill_value=None, {_RANGE}seed=None, {_FORMAT}",
    "RandomFlip": f"mode='horizontal_and_vertical', seed=None, {_FORMAT}",
    "RandomGaussianBlur": f"factor=1.0, kernel_size=3, sigma=1.0, {_RANGE}{_FORMAT}, seed=None",
    "RandomGrayscale": f"factor=0.5, {_FORMAT}, seed=None",
    "RandomHue": f"factor, {_RANGE}{_FORMAT}, seed=None",
    "RandomInvert": f"factor=1.0, {_RANGE}seed=None, {_FORMAT}",
    "RandomPerspective": f"factor=1.0, scale=1.0, interpolation='bilinear', fill_value=0.0, seed=None, {_FORMAT}",
    "RandomPosterization": f"factor, {_RANGE}{_FORMAT}, seed=None",
    "RandomRotation": f"factor, {_FILLED}",
    "RandomSaturation": f"factor, {_RANGE}{_FORMAT}, seed=None",
    "RandomSharpness": f"factor, {_RANGE}{_FORMAT}, seed=None",
    "RandomShear": f"x_factor=0.0, y_factor=0.0, interpolation='bilinear', fill_mode='reflect', fill_value=0.0, "
    f"{_FORMAT}, seed=None",
    "RandomTranslation": f"height_factor, width_factor, {_FILLED}",
    "RandomZoom": f"height_factor, width_factor=None, {_FILLED}",
    "Solarization": f"addition_factor=0.0, threshold_factor=0.0, {_RANGE}seed=None",
}
"""What changes an image and keeps its size, and its signature."""


def changed(arguments: Arguments, place: Place) -> None:
    """An image of the same size, with other colours, or turned and moved while a network learns."""
    place.add(Activation(given_name(arguments.name)))


for _name, _signature in _CHANGES.items():
    layer(_name, signature=_signature, keeps=SHAPE)(changed)


@layer("Rescaling", signature="scale, offset=0.0", keeps=SHAPE)
def rescaling(arguments: Arguments, place: Place) -> None:
    place.add(Activation("rescale"))


@layer("Normalization", signature="axis=-1, mean=None, variance=None, invert=False", keeps=SHAPE)
def normalization(arguments: Arguments, place: Place) -> None:
    """Mean and variance taken out, which come of the data that the layer was adapted to, or are given."""
    if arguments.has("mean") != arguments.has("variance"):
        raise arguments.error(
            "mean and variance are given together",
            "mean" if arguments.has("mean") else "variance",
            rule="both are given, or both are taken from the data that the layer is adapted to",
        )
    axes = () if "axis" in arguments.given and not arguments.has("axis") else arguments.sequence("axis", -64)
    if place.rank is not None and not all(-place.rank <= axis < place.rank for axis in axes):
        raise arguments.error(
            f"what comes in has {place.rank} axes, the batch included",
            "axis",
            rule=f"axis is from {-place.rank} to {place.rank - 1}",
        )
    if arguments.has("mean"):
        shapes = [_given_shape(arguments, name, axes, place) for name in ("mean", "variance")]
        statistics = [
            place.constant(name, shape) for name, shape in zip(("mean", "variance"), shapes, strict=True)
        ]
    else:
        shape = _kept(axes, place)
        statistics = [place.constant(name, shape) for name in ("mean", "variance")]
        place.constant("count", ())
    place.add(Elementwise("normalize"), inputs=(place.here, *statistics))


def _kept(axes: tuple[int, ...], place: Place) -> Shape:
    """A size for each axis that has statistics of its own, and 1 for those between; none for those before."""
    rank = place.rank
    if rank is None or not axes:
        return ()
    counted = [axis + rank if axis < 0 else axis for axis in axes]
    return tuple([place.size(axis) if axis in counted else 1 for axis in range(min(counted), rank)])


def _given_shape(arguments: Arguments, name: str, axes: tuple[int, ...], place: Place) -> Shape:
    """The shape of a mean or a variance that is given: a number, or one for each place of the only axis."""
    value = arguments.value(name)
    numbers = value if isinstance(value, tuple) else (value,)
    is_fit = numbers and all(isinstance(number, (int, float)) for number in numbers)
    if not is_fit or (isinstance(value, tuple) and len(axes) != 1):
        raise arguments.error(
            f"the {name} of a Normalization cannot be read",
            name,
            rule=f"{name} is a number, or where axis is one axis a tuple with a number for each of its places",
        )
    if not isinstance(value, tuple) or place.rank is None:
        return ()
    (axis,) = axes
    behind = -axis - 1 if axis < 0 else place.rank - axis - 1
    return (len(numbers), *(1,) * behind)
