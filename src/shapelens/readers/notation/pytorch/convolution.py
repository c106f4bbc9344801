"""PyTorch's convolutions, over one to three axes, transposed and lazy ones too."""

from __future__ import annotations

from typing import Any

from shapelens.dims import Dim
from shapelens.errors import LayerTextError
from shapelens.operators import Convolution, Shape, TransposedConvolution
from shapelens.readers.building import symmetric
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.arithmetic import nearest_divisor
from shapelens.readers.notation.placing import Place
from shapelens.readers.notation.pytorch.entry import layer, with_bias
from shapelens.readers.notation.samples import Sample, image

_PADDING_MODES = ("zeros", "reflect", "replicate", "circular")

_CONVOLUTION = (
    "in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True, "
    "padding_mode='zeros', device=None, dtype=None"
)
_TRANSPOSED = (
    "in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1, bias=True, "
    "dilation=1, padding_mode='zeros', device=None, dtype=None"
)


def _takes(arguments: Arguments) -> Sample:
    channels = arguments.taken("in_channels")
    return image(arguments.rank, channels or "C")


@layer("Conv1d", "Conv2d", "Conv3d", signature=_CONVOLUTION, takes=_takes)
@layer(
    "LazyConv1d",
    "LazyConv2d",
    "LazyConv3d",
    signature=_CONVOLUTION.removeprefix("in_channels, "),
    takes=_takes,
    prints="in_channels",
)
def convolution(arguments: Arguments, place: Place) -> None:
    settings = _settings(arguments)
    settings["padding"] = _padding(arguments)
    _add(arguments, place, Convolution(**settings))


@layer("ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d", signature=_TRANSPOSED, takes=_takes)
@layer(
    "LazyConvTranspose1d",
    "LazyConvTranspose2d",
    "LazyConvTranspose3d",
    signature=_TRANSPOSED.removeprefix("in_channels, "),
    takes=_takes,
    prints="in_channels",
)
def transposed_convolution(arguments: Arguments, place: Place) -> None:
    if arguments.value("padding_mode") != "zeros":
        raise arguments.error(
            f"a {arguments.name} pads with zeros alone",
            "padding_mode",
            rule='only "zeros" padding mode is supported for ConvTranspose',
        )
    settings = _settings(arguments)
    rank = arguments.rank
    settings["padding"] = symmetric(arguments.integers("padding", rank, 0), rank)
    settings["output_padding"] = arguments.integers("output_padding", rank, 0)
    _add(arguments, place, TransposedConvolution(**settings))


def _settings(arguments: Arguments) -> dict[str, Any]:
    rank = arguments.rank
    return {
        "stride": arguments.integers("stride", rank),
        "dilation": arguments.integers("dilation", rank),
        "groups": arguments.integer("groups"),
        "padding_mode": arguments.choice("padding_mode", _PADDING_MODES),
    }


def _padding(arguments: Arguments) -> Any:
    rank = arguments.rank
    if not isinstance(arguments.value("padding"), str):
        return symmetric(arguments.integers("padding", rank, 0), rank)
    word = arguments.choice("padding", ("same", "valid"))
    if word == "same" and any(stride != 1 for stride in arguments.integers("stride", rank)):
        raise _strided_same(arguments)
    return word


def _strided_same(arguments: Arguments) -> LayerTextError:
    """`same` with a stride: the padding that gives the same size."""
    rank = arguments.rank
    kernel, dilation = arguments.integers("kernel_size", rank), arguments.integers("dilation", rank)
    extents = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    sides = [(extent - 1) // 2 for extent in extents]
    shown = str(sides[0]) if len(set(sides)) == 1 else str(tuple(sides))
    is_odd = all(extent % 2 for extent in extents)
    remark = "" if is_odd else "\nwhich gives the same size where the input's is a multiple of the stride"
    return arguments.error(
        "padding='same' is not supported for strided convolutions",
        "padding",
        "stride",
        rule="PyTorch pads 'same' only where the stride is 1; Keras' 'same' gives ceil(in / stride)",
        fix=arguments.source.replaced([(arguments.span("padding"), shown)]) + remark,
    )


def _add(arguments: Arguments, place: Place, operator: Convolution) -> None:
    filters = arguments.integer("out_channels")
    kernel = arguments.integers("kernel_size", arguments.rank)
    groups = operator.groups
    check_groups(arguments, groups)
    channels: Dim = arguments.taken("in_channels") or place.size(-1 - arguments.rank)
    transposed = isinstance(operator, TransposedConvolution)
    weight: Shape = (
        (channels, filters // groups, *kernel) if transposed else (filters, channels // groups, *kernel)
    )
    place.add(operator, with_bias(arguments, weight, filters))


def check_groups(arguments: Arguments, groups: int) -> None:
    for name in ("in_channels", "out_channels"):
        if arguments.has(name) and arguments.integer(name, 0) % groups:
            raise arguments.error(
                f"{name} must be divisible by groups",
                name,
                "groups",
                rule=f"each of the groups has as many of the {name}: {name} is a multiple of groups",
                fix=_fitting_groups(arguments, groups),
            )


def _fitting_groups(arguments: Arguments, groups: int) -> str:
    """The nearest number of groups that divides both."""
    names = [name for name in ("in_channels", "out_channels") if arguments.has(name)]
    counts = [arguments.integer(name, 0) for name in names]
    if "groups" not in arguments.given or not all(counts):
        return ""
    near = nearest_divisor(groups, *counts)
    return arguments.source.replaced([(arguments.span("groups"), str(near))])
