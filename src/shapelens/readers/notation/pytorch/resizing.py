"""PyTorch's upsampling: an image sampled anew at another size, by a size or by a factor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shapelens.dims import Unknown
from shapelens.operators import Resize, Tensor
from shapelens.operators.reach import Link
from shapelens.operators.resampling import ALIGN_CORNERS, ASYMMETRIC, HALF_PIXEL
from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.layers import CHANNELS
from shapelens.readers.notation.placing import Place
from shapelens.readers.notation.pytorch.entry import layer
from shapelens.readers.notation.samples import Sample, image
from shapelens.records import dataclass

_MODES = {
    "nearest": ("nearest", None),
    "nearest-exact": ("nearest", None),
    "linear": ("linear", 1),
    "bilinear": ("linear", 2),
    "trilinear": ("linear", 3),
    "bicubic": ("cubic", 2),
    "area": ("area", None),
}
"""How each mode samples, and over how many axes; None where it takes one to three."""

_ALIGNED = frozenset({"linear", "bilinear", "trilinear", "bicubic"})
"""The modes in which corners may lie on corners."""


def _mode(arguments: Arguments) -> str:
    if arguments.name == "Upsample":
        return arguments.choice("mode", tuple(_MODES))
    return "nearest" if arguments.name == "UpsamplingNearest2d" else "bilinear"


def _spatial_rank(arguments: Arguments) -> int | None:
    """Over how many axes it resizes, where the layer tells."""
    known = _MODES[_mode(arguments)][1]
    if known is not None:
        return known
    given = [arguments.value(name) for name in ("size", "scale_factor")]
    return next((len(value) for value in given if isinstance(value, tuple)), None)


def _takes(arguments: Arguments) -> Sample | None:
    rank = _spatial_rank(arguments)
    return image(2, is_certain=False) if rank is None else image(rank) if 1 <= rank <= 3 else None


@layer(
    "Upsample",
    signature="size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None",
    takes=_takes,
    keeps=CHANNELS,
    tells="mode",
)
@layer("UpsamplingNearest2d", "UpsamplingBilinear2d", signature="size=None, scale_factor=None", takes=_takes,
       keeps=CHANNELS, also="mode")  # fmt: skip
def upsample(arguments: Arguments, place: Place) -> None:
    """An image sampled anew."""
    _check_one_of(arguments)
    mode, known = _mode(arguments), _spatial_rank(arguments)
    rank = known or (min(max(place.rank - 2, 1), 3) if place.rank is not None else 2)
    aligned = _is_aligned(arguments, mode)
    kind = Resize
    if mode in _ALIGNED and arguments.is_printed and arguments.name == "Upsample":
        kind = EitherResize
    sampling, _ = _MODES[mode]
    operator = kind(
        scales=_factors(arguments, rank),
        sizes=arguments.integers("size", rank) if arguments.has("size") else None,
        axes=tuple(range(-rank, 0)),
        mode=sampling,
        coordinates=ALIGN_CORNERS if aligned else ASYMMETRIC if mode == "nearest" else HALF_PIXEL,
        nearest="round_prefer_ceil" if mode == "nearest-exact" else "floor",
        ranks=(rank + 2,),
        recomputed=arguments.name == "Upsample" and arguments.value("recompute_scale_factor") is True,
    )
    place.add(operator)


def _check_one_of(arguments: Arguments) -> None:
    """That there is a size or a factor, and not both."""
    given = [name for name in ("size", "scale_factor") if arguments.has(name)]
    if len(given) == 1:
        return
    raise arguments.error(
        f"{'either size or' if not given else 'only one of size and'} scale_factor should be defined",
        *given,
        have="neither" if not given else "",
        rule=f"{arguments.name} takes the size of the output, or a factor for each axis",
        fix="" if given else f"{arguments.name}(scale_factor=2)",
    )


def _factors(arguments: Arguments, rank: int) -> tuple[float, ...] | None:
    """The factor of each axis, as a float: so PyTorch keeps it."""
    if not arguments.has("scale_factor"):
        return None
    value = arguments.value("scale_factor")
    factors = value if isinstance(value, tuple) else (value,) * rank
    is_fit = len(factors) == rank and all(
        isinstance(factor, (int, float)) and not isinstance(factor, bool) and factor > 0 for factor in factors
    )
    if not is_fit:
        raise arguments.error(
            f"the scale_factor of {arguments.name} cannot be {arguments.source.shown(arguments.span('scale_factor'))}",
            "scale_factor",
            rule=f"scale_factor is a number above 0{f', or a tuple of {rank}' if rank > 1 else ''}",
        )
    return tuple([float(factor) for factor in factors])


def _is_aligned(arguments: Arguments, mode: str) -> bool:
    """Whether corners lie on corners."""
    if arguments.name != "Upsample":
        return mode == "bilinear"
    if not arguments.has("align_corners"):
        return False
    aligned = arguments.flag("align_corners")
    if mode not in _ALIGNED:
        raise arguments.error(
            f"align_corners has no meaning for mode={mode!r}",
            "align_corners",
            "mode",
            rule=f"align_corners goes with {', '.join(sorted(_ALIGNED))}",
        )
    return aligned


@dataclass(frozen=True)
class EitherResize(Resize):
    """A resize whose print does not tell `align_corners`: the size does not hang on it, what a cell sees does."""

    @property
    def name(self) -> str:
        """The name of what it is."""
        return "Resize"

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        shape = outputs[0].shape
        resized = set() if isinstance(shape, Unknown) else {axis % len(shape) for axis in self.axes or ()}
        return tuple(
            [
                replace(link, spans=None) if link.input_axis in resized else link
                for link in super().links(inputs, outputs)
            ]
        )
