"""Layers of torchvision's own that its networks print."""

from __future__ import annotations

from shapelens.dims import Dim, symbol
from shapelens.operators import (
    BatchNormalization,
    DeformableConvolution,
    Dropout,
    LayerNormalization,
    Shape,
)
from shapelens.operators.arguments import fixed_axes
from shapelens.operators.operator import Requirement, Tensor
from shapelens.readers.building import BATCH, symmetric
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.layers import SHAPE
from shapelens.readers.notation.placing import Place
from shapelens.readers.notation.pytorch.activation import RankedDropout
from shapelens.readers.notation.pytorch.convolution import check_groups
from shapelens.readers.notation.pytorch.entry import layer, with_bias
from shapelens.readers.notation.ranked import Ranked
from shapelens.readers.notation.samples import image
from shapelens.records import dataclass


@dataclass(frozen=True)
class RankedLayerNormalization(Ranked, LayerNormalization):
    """A layer norm of tensors with so many axes, over those that are named."""

    def _normalised(self, tensor: Tensor) -> tuple[tuple[int, ...], Requirement | None]:
        return fixed_axes(self.axes or (), tensor.rank)


@layer("StochasticDepth", signature="p, mode", keeps=SHAPE)
def stochastic_depth(arguments: Arguments, place: Place) -> None:
    """Whole samples dropped at random."""
    mode = arguments.choice("mode", ("batch", "row"))
    place.add(Dropout(share=_share(arguments), apart=(0,) if mode == "row" else ()))


def _share(arguments: Arguments) -> float | None:
    """The share that is dropped, where it is none: whatever else it is, there is a mask."""
    return None if arguments.number("p") else 0.0


@layer("DropBlock2d", "DropBlock3d", signature="p, block_size, inplace=False, eps=1e-06", keeps=SHAPE,
       takes=lambda arguments: image(arguments.rank))  # fmt: skip
def drop_block(arguments: Arguments, place: Place) -> None:
    """Blocks of cells dropped at random."""
    arguments.integer("block_size")
    place.add(RankedDropout(share=_share(arguments), ranks=(arguments.rank + 2,)))


@layer(
    "FrozenBatchNorm2d",
    signature="num_features, eps=1e-05",
    takes=lambda arguments: image(2, arguments.integer("num_features")),
    keeps=SHAPE,
)
def frozen_batch_norm(arguments: Arguments, place: Place) -> None:
    """A batch norm whose scale and bias are not learned any further."""
    features: Shape = (arguments.integer("num_features"),)
    names = ("weight", "bias", "running_mean", "running_var")
    held = [place.constant(name, features) for name in names]
    place.add(BatchNormalization(ranks=(4,)), inputs=(place.here, *held))


@layer(
    "LayerNorm2d",
    signature="normalized_shape, eps=1e-05, elementwise_affine=True, bias=True, device=None, dtype=None",
    takes=lambda arguments: image(2, arguments.integers("normalized_shape", 1)[0]),
    keeps=SHAPE,
)
def layer_norm_of_channels(arguments: Arguments, place: Place) -> None:
    """A layer norm over the channels of each place of an image."""
    channels: Shape = arguments.integers("normalized_shape", 1)
    weights: dict[str, Shape] = {}
    if arguments.flag("elementwise_affine"):
        weights = {"scale": channels, "bias": channels} if arguments.flag("bias") else {"scale": channels}
    operator = RankedLayerNormalization(normalized_shape=channels, axes=(1,), ranks=(4,))
    place.add(operator, weights, called={"scale": "weight"})


@layer(
    "DeformConv2d",
    signature="in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True",
    takes=lambda arguments: image(2, arguments.integer("in_channels")),
    needs="an offset for each cell of a window",
)
def deformable_convolution(arguments: Arguments, place: Place) -> None:
    """A convolution whose windows are bent by offsets, which are a second input."""
    filters, channels, groups = [
        arguments.integer(name) for name in ("out_channels", "in_channels", "groups")
    ]
    check_groups(arguments, groups)
    kernel = arguments.integers("kernel_size", 2)
    operator = DeformableConvolution(
        arguments.integers("stride", 2),
        symmetric(arguments.integers("padding", 2, 0), 2),
        arguments.integers("dilation", 2),
        groups,
    )
    weights = with_bias(arguments, (filters, channels // groups, *kernel), filters)
    offset = place.input("offset", _offset_shape(operator, place, kernel))
    place.add(operator, weights, inputs=(place.here, None, offset))


def _offset_shape(operator: DeformableConvolution, place: Place, kernel: tuple[int, ...]) -> Shape:
    """Two numbers for each cell of a window, wherever a window stands; where none does, as many as one likes."""
    sizes: list[Dim] = [symbol("P"), symbol("Q")]
    if place.rank == 4:
        for axis, sliding in enumerate(operator.slidings(kernel)):
            count = sliding.count(place.size(2 + axis))
            sizes[axis] = sizes[axis] if isinstance(count, int) and count < 1 else count
    samples = place.size(0) if place.rank == 4 else symbol(BATCH)
    return (samples, 2 * kernel[0] * kernel[1], *sizes)
