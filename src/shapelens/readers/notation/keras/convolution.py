"""Keras' convolutions, over one to three axes, transposed ones too."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.operators import Convolution, Shape, TransposedConvolution
from shapelens.operators.windows import SAME, Padding
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.keras.entry import layer
from shapelens.readers.notation.keras.settings import activate, image_taken, is_channels_last, window_padding
from shapelens.readers.notation.placing import Place

__all__ = ["CALLED", "channels_of", "check_dilation", "transposed_sides"]

_DETAILS = (
    "activation=None, use_bias=True, kernel_initializer='glorot_uniform', bias_initializer='zeros', "
    "kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, "
    "bias_constraint=None"
)
_CONVOLUTION = (
    "filters, kernel_size, strides=1, padding='valid', data_format=None, dilation_rate=1, groups=1, "
    + _DETAILS
)
_TRANSPOSED = (
    "filters, kernel_size, strides=1, padding='valid', output_padding=None, data_format=None, dilation_rate=1, "
    + _DETAILS
)
_TRANSPOSED_3D = _TRANSPOSED.replace(
    "output_padding=None, data_format=None", "data_format=None, output_padding=None"
)

CALLED = {"weight": "kernel"}
"""What Keras calls the weights of a convolution; the bias is called so."""


def channels_of(arguments: Arguments) -> int:
    """The axis of the channels."""
    return -1 if is_channels_last(arguments) else 1


@layer("Conv1D", "Conv2D", "Conv3D", signature=_CONVOLUTION, takes=image_taken, alias="Convolution")
def convolution(arguments: Arguments, place: Place) -> None:
    rank, filters, groups = arguments.rank, arguments.integer("filters"), arguments.integer("groups")
    kernel = arguments.integers("kernel_size", rank)
    if filters % groups:
        near = next(count for count in range(min(groups, filters), 0, -1) if filters % count == 0)
        raise arguments.error(
            "filters must be divisible by groups",
            "filters",
            "groups",
            rule="each of the groups has as many of the filters: filters is a multiple of groups",
            fix=arguments.source.replaced([(arguments.span("groups"), str(near))]),
        )
    check_dilation(arguments)
    operator = Convolution(
        arguments.integers("strides", rank),
        _padding(arguments, kernel),
        arguments.integers("dilation_rate", rank),
        groups,
        is_channels_last(arguments),
        filters_last=True,
        batched=True,
    )
    weight = (*kernel, place.size(channels_of(arguments)) // groups, filters)
    place.add(operator, _weights(arguments, weight, filters), called=CALLED)
    activate(arguments, place)


def _padding(arguments: Arguments, kernel: tuple[int, ...]) -> Padding:
    """The padding; `causal` pads before alone, so that no step sees a later one."""
    if arguments.rank == 1 and arguments.choice("padding", ("valid", "same", "causal")) == "causal":
        (dilation,) = arguments.integers("dilation_rate", 1)
        return ((dilation * (kernel[0] - 1), 0),)
    return window_padding(arguments)


def check_dilation(arguments: Arguments) -> None:
    """That not both a stride and a dilation are larger than 1."""
    rank = arguments.rank
    if max(arguments.integers("strides", rank)) > 1 and max(arguments.integers("dilation_rate", rank)) > 1:
        raise arguments.error(
            "strides and dilation_rate are both larger than 1",
            "strides",
            "dilation_rate",
            rule="strides > 1 is not supported in conjunction with dilation_rate > 1",
            fix=arguments.source.replaced([(arguments.span("strides"), "1")]),
        )


def _weights(arguments: Arguments, weight: Shape, filters: int) -> dict[str, Shape]:
    return {"weight": weight, "bias": (filters,)} if arguments.flag("use_bias") else {"weight": weight}


@layer("Conv1DTranspose", "Conv2DTranspose", signature=_TRANSPOSED, takes=image_taken, alias="Convolution")
@layer("Conv3DTranspose", signature=_TRANSPOSED_3D, takes=image_taken, alias="Convolution")
def transposed_convolution(arguments: Arguments, place: Place) -> None:
    rank, filters = arguments.rank, arguments.integer("filters")
    kernel = arguments.integers("kernel_size", rank)
    check_dilation(arguments)
    padding, output_padding = _transposed_padding(arguments, kernel)
    operator = TransposedConvolution(
        arguments.integers("strides", rank),
        padding,
        arguments.integers("dilation_rate", rank),
        channels_last=is_channels_last(arguments),
        filters_last=True,
        batched=True,
        output_padding=output_padding,
    )
    weight = (*kernel, filters, place.size(channels_of(arguments)))
    place.add(operator, _weights(arguments, weight, filters), called=CALLED)
    activate(arguments, place)


def _transposed_padding(arguments: Arguments, kernel: tuple[int, ...]) -> tuple[Padding, tuple[int, ...]]:
    """Cells cut off before and after each axis, or `same`; and those added at the end."""
    rank = arguments.rank
    strides, dilation = arguments.integers("strides", rank), arguments.integers("dilation_rate", rank)
    extents = [(cells - 1) * apart + 1 for cells, apart in zip(kernel, dilation, strict=True)]
    same, extra = window_padding(arguments) == SAME, None
    if arguments.has("output_padding"):
        extra = arguments.integers("output_padding", rank, 0)
        if any(cells >= stride for cells, stride in zip(extra, strides, strict=True)):
            raise arguments.error(
                "output_padding must be smaller than strides",
                "output_padding",
                "strides",
                rule="as many input sizes as the stride share an output size; output_padding chooses one of them",
            )
    return transposed_sides(extents, strides, extra, same=same)


def transposed_sides(
    extents: Sequence[int], strides: Sequence[int], extra: Sequence[int] | None, *, same: bool
) -> tuple[Padding, tuple[int, ...]]:
    """What Keras' `same` or `valid` cuts off the stamps of a transposed convolution, and adds at the end.

        >>> transposed_sides((3,), (2,), (1,), same=True), transposed_sides((1,), (2,), None, same=False)
        ((((0, 1),), (0,)), ((), (1,)))

    Args:
        extents: what a window spans along each axis.
        strides: how far stamps are apart.
        extra: the output padding; None where it is not given.
        same: whether the padding is `same`; else `valid`.
    """
    if extra is None:
        gaps = [max(stride - extent, 0) for stride, extent in zip(strides, extents, strict=True)]
        return (SAME, (0,) * len(gaps)) if same else ((), tuple(gaps))
    if not same:
        return (), tuple(extra)
    # (in - 1) · stride + extent mod 2 + output_padding; where that is longer than the stamps reach, cells are added.
    cut = [extent - extent % 2 - cells for extent, cells in zip(extents, extra, strict=True)]
    before = [_cut_before(extent, cells) for extent, cells in zip(extents, extra, strict=True)]
    after = [whole - first for whole, first in zip(cut, before, strict=True)]
    return (
        tuple([(first, max(last, 0)) for first, last in zip(before, after, strict=True)]),
        tuple([max(-last, 0) for last in after]),
    )


def _cut_before(extent: int, output_padding: int) -> int:
    """How many cells `same` cuts off at the start, where the output padding is given."""
    whole = extent + extent % 2 - 2 + output_padding
    return extent - 1 - min(whole - whole // 2, extent - 1)
