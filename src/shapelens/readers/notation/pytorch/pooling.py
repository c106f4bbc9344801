"""PyTorch's pools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shapelens.dims import Unknown, equal
from shapelens.operators import AdaptivePool, MaxUnpool, Outcome, Pool, Tensor
from shapelens.readers.building import symmetric
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.layers import CHANNELS
from shapelens.readers.notation.placing import Place
from shapelens.readers.notation.pytorch.entry import layer
from shapelens.readers.notation.samples import Sample, image
from shapelens.records import dataclass

_MAX = "kernel_size, stride=None, padding=0, dilation=1, return_indices=False, ceil_mode=False"
_AVERAGE = "kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True"
_LP = "norm_type, kernel_size, stride=None, ceil_mode=False"


def _takes(arguments: Arguments) -> Sample:
    return image(arguments.rank)


@layer("MaxPool1d", "MaxPool2d", "MaxPool3d", signature=_MAX, takes=_takes, keeps=CHANNELS)
def max_pool(arguments: Arguments, place: Place) -> None:
    rank = arguments.rank
    operator = Pool(
        "max",
        *_window(arguments),
        padding=symmetric(arguments.integers("padding", rank, 0), rank),
        dilation=arguments.integers("dilation", rank),
        ceil_mode=arguments.flag("ceil_mode"),
        with_indices=arguments.flag("return_indices"),
        half_padding=True,
    )
    place.add(operator, outputs=2 if operator.with_indices else 1)


@layer("AvgPool1d", signature=_AVERAGE, takes=_takes, keeps=CHANNELS)
@layer("AvgPool2d", "AvgPool3d", signature=f"{_AVERAGE}, divisor_override=None", takes=_takes, keeps=CHANNELS)
def average_pool(arguments: Arguments, place: Place) -> None:
    rank = arguments.rank
    kind = EitherPool if arguments.is_printed and not arguments.has("ceil_mode") else Pool
    operator = kind(
        "average",
        *_window(arguments),
        padding=symmetric(arguments.integers("padding", rank, 0), rank),
        ceil_mode=arguments.flag("ceil_mode"),
        half_padding=True,
        count_include_pad=_counts_padding(arguments),
        divisor=_divisor(arguments),
    )
    place.add(operator)


def _counts_padding(arguments: Arguments) -> bool | None:
    """Whether a mean counts the padding; a print over several axes does not tell."""
    if arguments.is_printed and not arguments.has("count_include_pad"):
        return None
    return arguments.flag("count_include_pad")


def _divisor(arguments: Arguments) -> int | None:
    """What a mean divides by, if it is told."""
    if arguments.rank == 1 or arguments.value("divisor_override") is None:
        return None
    return arguments.integer("divisor_override")


@layer("LPPool1d", "LPPool2d", "LPPool3d", signature=_LP, takes=_takes, keeps=CHANNELS)
def norm_pool(arguments: Arguments, place: Place) -> None:
    if arguments.rank == 1:
        arguments.integer("kernel_size")
    operator = Pool(
        "lp",
        *_window(arguments),
        ceil_mode=arguments.flag("ceil_mode"),
        half_padding=True,
        norm=arguments.number("norm_type"),
        norm_of_mean=True,
    )
    place.add(operator)


def _window(arguments: Arguments) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The kernel, and the stride, which is the kernel if none is given."""
    kernel = arguments.integers("kernel_size", arguments.rank)
    given = arguments.value("stride")
    return kernel, kernel if given is None else arguments.integers("stride", arguments.rank)


@layer("AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d", signature="output_size", takes=_takes,
       keeps=CHANNELS)  # fmt: skip
def adaptive_average_pool(arguments: Arguments, place: Place) -> None:
    place.add(AdaptivePool("average", _output_size(arguments)))


@layer("AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "AdaptiveMaxPool3d", takes=_takes, keeps=CHANNELS,
       signature="output_size, return_indices=False")  # fmt: skip
def adaptive_max_pool(arguments: Arguments, place: Place) -> None:
    with_indices = arguments.flag("return_indices")
    operator = AdaptivePool("max", _output_size(arguments), with_indices=with_indices)
    place.add(operator, outputs=2 if with_indices else 1)


def _output_size(arguments: Arguments) -> tuple[int | None, ...]:
    """The size that is asked for; over several axes one of them may keep the input's."""
    if arguments.rank > 1 and isinstance(arguments.value("output_size"), tuple):
        return arguments.sizes("output_size", arguments.rank)
    return arguments.integers("output_size", arguments.rank, 0)


@layer("MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d", takes=_takes, needs="the indices that a max pooling gives",
       signature="kernel_size, stride=None, padding=0")  # fmt: skip
def max_unpool(arguments: Arguments, place: Place) -> None:
    rank = arguments.rank
    padding = tuple([(side, side) for side in arguments.integers("padding", rank, 0)])
    place.add(MaxUnpool(*_window(arguments), padding), inputs=(place.here, place.beside("indices", "int64")))


@dataclass(frozen=True)
class EitherPool(Pool):
    """An average pooling whose print does not tell its `ceil_mode`: a size is known where both give the same."""

    @property
    def name(self) -> str:
        """The name of what it is."""
        return "Pool"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        floor, ceil = [
            Pool(**{**self.settings(), "ceil_mode": mode}).evaluate(*inputs) for mode in (False, True)
        ]
        left, right = floor.outputs[0].shape, ceil.outputs[0].shape
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            return ceil
        because = Unknown("a printed AvgPool does not tell its ceil_mode, and here it matters")
        shape = tuple([a if equal(a, b) is True else because for a, b in zip(left, right, strict=True)])
        return Outcome((floor.outputs[0].shaped(shape),), ceil.requirements)

    def attributes(self, inputs: Sequence[Tensor | None]) -> dict[str, Any]:
        return {**super().attributes(inputs), "ceil_mode": None}
