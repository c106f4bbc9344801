"""What many of Keras' layers are told alike: where the channels stand, how windows are padded, what comes after."""

from __future__ import annotations

from typing import Any

from shapelens.operators.windows import SAME, Padding
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.keras.functions import function_given
from shapelens.readers.notation.placing import Place
from shapelens.readers.notation.samples import Sample, image

__all__ = ["activate", "image_taken", "is_channels_last", "pairs", "spatial_axes", "window_padding"]


def is_channels_last(arguments: Arguments) -> bool:
    """Whether the channels stand last, as they do unless a layer says otherwise."""
    if not arguments.has("data_format"):
        return True
    return arguments.choice("data_format", ("channels_last", "channels_first")) == "channels_last"


def image_taken(arguments: Arguments) -> Sample:
    """An image of as many axes as the layer's name says."""
    return image(arguments.rank, channels_last=is_channels_last(arguments))


def spatial_axes(arguments: Arguments) -> tuple[int, ...]:
    """The spatial axes of a batch of images."""
    first = 1 if is_channels_last(arguments) else 2
    return tuple(range(first, first + arguments.rank))


def window_padding(arguments: Arguments) -> Padding:
    """How windows are padded: not at all, or so that as many come out as strides fit in."""
    return SAME if arguments.choice("padding", ("valid", "same")) == "same" else ()


def activate(arguments: Arguments, place: Place) -> None:
    """Put a layer's activation after it, where it has one."""
    if not arguments.has("activation"):
        return
    function = function_given(arguments, "activation")
    if function is not None:
        place.then(function, arguments.word("activation"))


def pairs(arguments: Arguments, name: str, least: int = 0) -> tuple[tuple[int, int], ...]:
    """A number of cells before and after each spatial axis: from one for all, one for each, or a pair for each.

    With one axis, two numbers are the pair.
    """
    value, rank = arguments.value(name), arguments.rank
    sides: Any = value
    if _is_count(value, least):
        sides = (value,) * (1 if rank > 1 else 2)
        sides = sides * rank if rank > 1 else (sides,)
    elif rank == 1 and isinstance(value, tuple) and not (len(value) == 1 and isinstance(value[0], tuple)):
        sides = (value,)
    if isinstance(sides, tuple) and len(sides) == rank:
        each = tuple([(side, side) if _is_count(side, least) else side for side in sides])
        if all(
            isinstance(side, tuple) and len(side) == 2 and all(_is_count(n, least) for n in side)
            for side in each
        ):
            return each
    shown = arguments.source.shown(arguments.span(name))
    several = (
        "a whole number, or a pair of such"
        if rank == 1
        else f"a whole number, a tuple of {rank} such, or a tuple of {rank} pairs of such"
    )
    raise arguments.error(
        f"the {name} of {arguments.name} cannot be {shown}", name, rule=f"{name} is {several}"
    )


def _is_count(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least
