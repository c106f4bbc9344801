"""Keras' layers that put cells around images, or cut them off.

>>> from shapelens.operators import Tensor
>>> Crop(((-2, -2), (-4, -4)), axes=(1, 2)).evaluate(Tensor((2, 28, 28, 3))).outputs[0].shape
(2, 24, 20, 3)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shapelens.dims import at_least
from shapelens.operators import Outcome, Pad, Requirement, Tensor
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.keras.entry import layer
from shapelens.readers.notation.keras.settings import image_taken, pairs, spatial_axes
from shapelens.readers.notation.layers import CHANNELS
from shapelens.readers.notation.placing import Place
from shapelens.records import dataclass


@dataclass(frozen=True)
class Crop(Pad):
    """Cells cut off, as many as leave at least one."""

    @property
    def name(self) -> str:
        """The name of what it is."""
        return "Pad"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        outcome = super().evaluate(*inputs)
        return Outcome(outcome.outputs, tuple([_leaving_one(r) for r in outcome.requirements]))

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        cut = tuple([(-before, -after) for before, after in self.pads or ()])
        return Pad(cut).words(inputs, outputs).replace("pad", "crop", 1)


def _leaving_one(requirement: Requirement) -> Requirement:
    if requirement.kind != "pad_cut":
        return requirement
    return replace(requirement, truth=at_least(requirement.facts["out"], 1))


@layer("ZeroPadding1D", signature="padding=1, data_format=None", takes=image_taken, keeps=CHANNELS)
@layer("ZeroPadding2D", "ZeroPadding3D", signature="padding=1, data_format=None", takes=image_taken,
       keeps=CHANNELS)  # fmt: skip
def zero_padding(arguments: Arguments, place: Place) -> None:
    place.add(Pad(pairs(arguments, "padding"), spatial_axes(arguments), ranks=(arguments.rank + 2,)))


@layer("Cropping1D", signature="cropping=(1, 1)", takes=image_taken, keeps=CHANNELS)
@layer(
    "Cropping2D", signature="cropping=((0, 0), (0, 0)), data_format=None", takes=image_taken, keeps=CHANNELS
)
@layer("Cropping3D", signature="cropping=((1, 1), (1, 1), (1, 1)), data_format=None", takes=image_taken,
       keeps=CHANNELS)  # fmt: skip
def cropping(arguments: Arguments, place: Place) -> None:
    cut = tuple([(-before, -after) for before, after in pairs(arguments, "cropping")])
    place.add(Crop(cut, spatial_axes(arguments), ranks=(arguments.rank + 2,)))
