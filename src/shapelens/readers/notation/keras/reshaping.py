"""Keras' layers that put the same elements into another shape; none of them touches the batch."""

from __future__ import annotations

from shapelens.operators import Flatten, Reshape, Tile, Transpose, Unsqueeze
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.keras.entry import layer
from shapelens.readers.notation.layers import ELEMENTS
from shapelens.readers.notation.placing import Place
from shapelens.readers.notation.samples import Sample, vector


@layer("Flatten", signature="data_format=None", keeps=ELEMENTS)
def flatten(arguments: Arguments, place: Place) -> None:
    """One vector for each sample; one number is a vector of one."""
    if arguments.has("data_format"):
        arguments.choice("data_format", ("channels_last", "channels_first"))
    place.add(Unsqueeze((1,)) if place.rank == 1 else Flatten(1))


@layer("Reshape", signature="target_shape", keeps=ELEMENTS)
def reshape(arguments: Arguments, place: Place) -> None:
    target = arguments.sequence("target_shape", -1)
    if 0 in target or target.count(-1) > 1:
        raise arguments.error(
            "a target_shape has sizes of at least 1, and at most one -1",
            "target_shape",
            rule="target_shape is that of one sample; -1 stands for the one size that follows from the others",
        )
    place.add(Reshape((0, *target), zero_copies=True))


def _permuted(arguments: Arguments) -> Sample:
    """So many axes as are named."""
    rank = len(_dims(arguments))
    axes = {2: "TC", 3: "HWC", 4: "DHWC"}.get(rank, "")
    return Sample(tuple(axes) or tuple([f"D{axis}" for axis in range(1, rank + 1)]), rank - 1, axes)


@layer("Permute", signature="dims", takes=_permuted)
def permute(arguments: Arguments, place: Place) -> None:
    place.add(Transpose((0, *_dims(arguments))))


def _dims(arguments: Arguments) -> tuple[int, ...]:
    """The axes in their new order."""
    dims = arguments.sequence("dims")
    if not dims or sorted(dims) != list(range(1, len(dims) + 1)):
        raise arguments.error(
            "dims name each axis of a sample once",
            "dims",
            rule="axes are counted from 1, and the batch is none of them: (2, 1) swaps the two of a matrix",
        )
    return dims


@layer("RepeatVector", signature="n", takes=lambda arguments: vector("F"))
def repeat_vector(arguments: Arguments, place: Place) -> None:
    """A vector laid down several times: steps that are alike."""
    repeats = arguments.integer("n")
    place.add(Unsqueeze((1,)))
    place.then(Tile((1, repeats, 1)), "repeat")
