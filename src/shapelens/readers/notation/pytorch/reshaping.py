"""PyTorch's layers that put the same elements into another shape."""

from __future__ import annotations

from math import prod

from shapelens.operators import ColumnsToImage, Flatten, ImageToColumns
from shapelens.operators.windows import Sliding
from shapelens.readers.building import symmetric
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.layers import ELEMENTS
from shapelens.readers.notation.placing import Place
from shapelens.readers.notation.pytorch.entry import layer
from shapelens.readers.notation.samples import Sample, image, vector
from shapelens.readers.notation.unflattening import Unflatten

_ANY = -64
"""An axis may be counted from the end."""

_EXAMPLE_CHANNELS = 16


@layer("Flatten", signature="start_dim=1, end_dim=-1", keeps=ELEMENTS, tells="start_dim end_dim")
def flatten(arguments: Arguments, place: Place) -> None:
    """Neighbouring axes made one; all but the batch, if nothing else is said."""
    place.add(Flatten(arguments.integer("start_dim", _ANY), arguments.integer("end_dim", _ANY)))


def _parted(arguments: Arguments) -> Sample | None:
    """A vector of as many features as it is parted into, where it is one that is parted."""
    sizes = arguments.sequence("unflattened_size", -1)
    is_known = arguments.value("dim") == 1 and sizes and min(sizes) >= 1
    return vector(prod(sizes)) if is_known else None


@layer("Unflatten", signature="dim, unflattened_size", takes=_parted)
def unflatten(arguments: Arguments, place: Place) -> None:
    """One axis parted into several."""
    sizes = arguments.sequence("unflattened_size", -1)
    if not sizes or sizes.count(-1) > 1:
        raise arguments.error(
            f"an axis cannot be parted into {arguments.source.shown(arguments.span('unflattened_size'))}",
            "unflattened_size",
            rule="unflattened_size has at least one size, and at most one of them is -1: what remains",
        )
    place.add(Unflatten(arguments.integer("dim", _ANY), sizes))


@layer("Unfold", signature="kernel_size, dilation=1, padding=0, stride=1", takes=lambda arguments: image(2))
def unfold(arguments: Arguments, place: Place) -> None:
    """Every window of an image as a column."""
    kernel, dilation, padding, stride = _window(arguments)
    place.add(ImageToColumns(kernel, stride, symmetric(padding, 2), dilation))  # type: ignore[arg-type]


def _columns(arguments: Arguments) -> Sample:
    """As many columns as there are windows in the image that they are folded to."""
    kernel, dilation, padding, stride = _window(arguments)
    settings = zip(kernel, stride, dilation, padding, arguments.integers("output_size", 2), strict=True)
    count = prod([int(str(Sliding(k, s, d, (p, p)).count(size))) for k, s, d, p, size in settings])
    example = {"C": _EXAMPLE_CHANNELS * prod(kernel)}
    return Sample(("C", max(count, 1)), axes="CT", example=example)


@layer("Fold", signature="output_size, kernel_size, dilation=1, padding=0, stride=1", takes=_columns)
def fold(arguments: Arguments, place: Place) -> None:
    """Columns put back where their windows were."""
    kernel, dilation, padding, stride = _window(arguments)
    size = arguments.integers("output_size", 2)
    place.add(ColumnsToImage(size, kernel, stride, symmetric(padding, 2), dilation))  # type: ignore[arg-type]


def _window(arguments: Arguments) -> tuple[tuple[int, ...], ...]:
    """The kernel, dilation, padding and stride of both axes."""
    return (
        arguments.integers("kernel_size", 2),
        arguments.integers("dilation", 2),
        arguments.integers("padding", 2, 0),
        arguments.integers("stride", 2),
    )
