"""PyTorch's fractional max pools: windows at random places, of which there are as many as is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.dims import Dim, all_of, at_least, rounded_product
from shapelens.operators import Operator, Outcome, Requirement, Tensor
from shapelens.operators.arguments import given
from shapelens.operators.reach import Link, identity
from shapelens.operators.windows import extent_words, image_axes, no_image, rank_requirement, some_channels
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.layers import CHANNELS
from shapelens.readers.notation.placing import Place
from shapelens.readers.notation.pytorch.entry import layer
from shapelens.readers.notation.samples import image
from shapelens.records import dataclass


@layer(
    *("FractionalMaxPool2d", "FractionalMaxPool3d"),
    signature="kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None",
    takes=lambda arguments: image(arguments.rank),
    keeps=CHANNELS,
)
def fractional_pool(arguments: Arguments, place: Place) -> None:
    given_names = [name for name in ("output_size", "output_ratio") if arguments.has(name)]
    if len(given_names) != 1:
        raise arguments.error(
            f"{arguments.name} takes an output_size or an output_ratio",
            *given_names,
            have="" if given_names else "neither",
            rule="one of the two says how large the output is",
            fix=f"{arguments.name}({arguments.source.shown(arguments.span('kernel_size'))}, output_ratio=0.5)",
        )
    rank, with_indices = arguments.rank, arguments.flag("return_indices")
    operator = FractionalPool(
        kernel=arguments.integers("kernel_size", rank),
        output_size=arguments.integers("output_size", rank) if arguments.has("output_size") else None,
        ratios=_ratios(arguments) if arguments.has("output_ratio") else (),
        with_indices=with_indices,
    )
    place.add(operator, outputs=2 if with_indices else 1)


def _ratios(arguments: Arguments) -> tuple[float, ...]:
    """The share of the input's size that comes out, for each axis."""
    value = arguments.value("output_ratio")
    ratios = value if isinstance(value, tuple) else (value,) * arguments.rank
    if len(ratios) == arguments.rank and all(isinstance(ratio, float) and 0 < ratio < 1 for ratio in ratios):
        return tuple(ratios)
    raise arguments.error(
        "output_ratio must be between 0 and 1",
        "output_ratio",
        rule=f"output_ratio is a number between 0 and 1, or a tuple of {arguments.rank}",
    )


@dataclass(frozen=True)
class FractionalPool(Operator):
    """Max pooling with windows at random places: `out = size`, or `out = floor(in · ratio)`.

        >>> FractionalPool((2, 2), ratios=(0.7, 0.7)).evaluate(Tensor((1, 3, 50, 32))).outputs[0].shape
        (1, 3, 35, 22)

    Args:
        kernel: the window's extent.
        output_size: the size of each spatial axis; None where ratios say it.
        ratios: what to multiply each size by, in double precision.
        with_indices: whether a second output tells where each value came from.

    Source: Graham, "Fractional Max-Pooling", 2014; the documentation of `torch.nn.FractionalMaxPool2d`.
    """

    family: ClassVar[str] = "pool"

    kernel: tuple[int, ...] = (2, 2)
    output_size: tuple[int, ...] | None = None
    ratios: tuple[float, ...] = ()
    with_indices: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor, outputs = given(inputs), 2 if self.with_indices else 1
        broken = rank_requirement(tensor, len(self.kernel))
        if broken.truth is False:
            return no_image(tensor, broken, outputs)
        axes = image_axes(tensor.rank, len(self.kernel))
        out = list(tensor.dims)
        requirements = some_channels(tensor, axes)
        for place, axis in enumerate(axes.spatial):
            size = tensor.dims[axis]
            out[axis] = self._count(size, place)
            # Windows start at different cells, and the last one must still fit; over three axes with one to spare.
            # Of a small share nothing comes out, which PyTorch takes for an output.
            spare = 1 if len(self.kernel) == 3 else 0
            fits = all_of(at_least(size, 1), at_least(size, out[axis] + (self.kernel[place] - 1 + spare)))
            facts = {"axis": axis, "size": size, "out": out[axis], "kernel": self.kernel[place]}
            requirements.append(Requirement("pool_size", fits, facts, spoils=(axis,)))
        pooled = tensor.shaped(tuple(out))
        return Outcome((pooled, pooled.shaped(pooled.shape, "int64"))[:outputs], tuple(requirements))

    def _count(self, size: Dim, place: int) -> Dim:
        if self.output_size is not None:
            return self.output_size[place]
        return rounded_product(size, self.ratios[place], precision="double", rounding="floor")

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Where windows stand is not known before they are drawn."""
        axes = image_axes(given(inputs).rank, len(self.kernel))
        kept = [axis for axis in (axes.batch, axes.channel) if axis is not None]
        moved = [Link(0, axis, axis, spans=None) for axis in axes.spatial]
        return (*identity(0, [(axis, axis) for axis in kept]), *moved)

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"fractional max pool {extent_words(self.kernel)}"
