"""Keras' layers that make images larger or smaller, or cut their middle out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shapelens.dims import Unknown
from shapelens.operators import Resize, Tensor
from shapelens.operators.reach import Link
from shapelens.operators.resampling import ASYMMETRIC, HALF_PIXEL
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.keras.entry import layer
from shapelens.readers.notation.keras.settings import image_taken, is_channels_last, spatial_axes
from shapelens.readers.notation.layers import CHANNELS
from shapelens.readers.notation.placing import Place
from shapelens.readers.notation.samples import Sample, image
from shapelens.records import dataclass

_MODES = {
    "nearest": "nearest",
    "bilinear": "linear",
    "bicubic": "cubic",
    "lanczos3": "lanczos",
    "lanczos5": "lanczos",
}
_WIDEST = "lanczos5"
"""Its reach is not followed."""


@dataclass(frozen=True)
class ResizeOrCrop(Resize):
    """An image of a size that is asked for, cut or resized or both: which cells one sees is not followed.

    Args:
        called: what it is called in a table.
    """

    called: str = "resize"

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        shape = outputs[0].shape
        refitted = set() if isinstance(shape, Unknown) else {axis % len(shape) for axis in self.axes or ()}
        return tuple(
            [
                replace(link, spans=None) if link.input_axis in refitted else link
                for link in super().links(inputs, outputs)
            ]
        )

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return super().words(inputs, outputs).replace("resize", self.called, 1)


@layer("UpSampling1D", signature="size=2", takes=image_taken, keeps=CHANNELS)
@layer("UpSampling2D", signature="size=(2, 2), data_format=None, interpolation='nearest'", takes=image_taken,
       keeps=CHANNELS)  # fmt: skip
@layer("UpSampling3D", signature="size=(2, 2, 2), data_format=None", takes=image_taken, keeps=CHANNELS)
def upsampling(arguments: Arguments, place: Place) -> None:
    """Each cell repeated, or the image interpolated, by a whole factor for each axis."""
    rank = arguments.rank
    factors = (arguments.integer("size"),) if rank == 1 else arguments.integers("size", rank)
    how = arguments.choice("interpolation", tuple(_MODES)) if rank == 2 else "nearest"
    operator = (ResizeOrCrop if how == _WIDEST else Resize)(
        scales=tuple([float(factor) for factor in factors]),
        axes=spatial_axes(arguments),
        mode=_MODES[how],
        coordinates=ASYMMETRIC if how == "nearest" else HALF_PIXEL,
        ranks=(rank + 2,),
    )
    place.add(operator)


def _image(arguments: Arguments) -> Sample:
    return image(2, channels_last=is_channels_last(arguments), is_certain=False)


def _axes(arguments: Arguments) -> tuple[int, int]:
    """Height and width, of one image or of a batch of them."""
    return (-3, -2) if is_channels_last(arguments) else (-2, -1)


@layer(
    "Resizing",
    signature="height, width, interpolation='bilinear', crop_to_aspect_ratio=False, pad_to_aspect_ratio=False, "
    "fill_mode='constant', fill_value=0.0, antialias=False, data_format=None",
    takes=_image,
    keeps=CHANNELS,
)
def resizing(arguments: Arguments, place: Place) -> None:
    how = arguments.choice("interpolation", tuple(_MODES))
    crops, pads = arguments.flag("crop_to_aspect_ratio"), arguments.flag("pad_to_aspect_ratio")
    if crops and pads:
        raise arguments.error(
            "an image is cropped or padded to keep its proportions, and not both",
            "crop_to_aspect_ratio",
            "pad_to_aspect_ratio",
            rule="only one of crop_to_aspect_ratio and pad_to_aspect_ratio can be True",
        )
    operator = (ResizeOrCrop if crops or pads or how == _WIDEST else Resize)(
        sizes=(arguments.integer("height"), arguments.integer("width")),
        axes=_axes(arguments),
        mode=_MODES[how],
        nearest="round_prefer_ceil",
        antialias=arguments.flag("antialias"),
        ranks=(4,),
    )
    place.add(operator)


@layer("CenterCrop", signature="height, width, data_format=None", takes=_image, keeps=CHANNELS)
@layer("RandomCrop", signature="height, width, seed=None, data_format=None", takes=_image, keeps=CHANNELS)
def cropped(arguments: Arguments, place: Place) -> None:
    """A part of an image; one that is smaller is resized."""
    sizes = (arguments.integer("height"), arguments.integer("width"))
    place.add(ResizeOrCrop(sizes=sizes, axes=_axes(arguments), mode="linear", ranks=(4,), called="crop"))
