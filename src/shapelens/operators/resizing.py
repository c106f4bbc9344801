"""Resizing: a tensor sampled anew at another size, by a size or by a scale.

    >>> from shapelens.operators import Resize, Tensor
    >>> image = Tensor((1, 3, 100, 100))
    >>> Resize(sizes=(224, 224), axes=(-2, -1)).evaluate(image).outputs[0].shape
    (1, 3, 224, 224)

A scale is multiplied in floating point and rounded down, and each framework does that in its own precision:

    >>> Resize(scales=(0.29, 0.29), axes=(-2, -1)).evaluate(image).outputs[0].shape
    (1, 3, 28, 28)
    >>> Resize(scales=(0.29, 0.29), axes=(-2, -1), precision="single").evaluate(image).outputs[0].shape
    (1, 3, 29, 29)

Source: ONNX' Resize and the documentation of `torch.nn.functional.interpolate`; where the cells lie is in
`resampling`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, ClassVar

from shapelens.dims import (
    Dim,
    UndecidedError,
    Unknown,
    all_of,
    at_least,
    decide,
    equal,
    less_than,
    maximum,
    more_than,
    rounded_product,
    select,
)
from shapelens.operators.arguments import fixed_axes, given, is_size, optional, refused, required
from shapelens.operators.backward import Kept, Run
from shapelens.operators.operator import Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.operators.resampling import AREA, ASYMMETRIC, CROP, HALF_PIXEL, NEAREST, Sampling, sampled
from shapelens.operators.windows import no_image
from shapelens.records import dataclass

__all__ = ["NOT_LARGER", "NOT_SMALLER", "STRETCH", "Resize"]

STRETCH = "stretch"
NOT_LARGER = "not_larger"
NOT_SMALLER = "not_smaller"

_LARGEST_SCALE = 2.0**31
_DISAGREE = "ONNX multiplies its size by the region's, and its runtimes do not"


@dataclass(frozen=True)
class Resize(Operator):
    """A tensor sampled anew: `out = floor(in · scale)`, or the size that is asked for.

    Inputs: the tensor; what may come as tensors instead of settings: the region, the scales, the sizes. An input
    without elements counts as left out. Nothing cannot be resized, and no image becomes nothing: only `area` averages
    over no windows. (onnxruntime passes on an image without cells.)

    Args:
        scales: a factor for each of the axes.
        sizes: a size for each of the axes.
        axes: the axes, negative ones counted from the end; all of them if not given.
        mode: `nearest`, `linear`, `cubic`, `area` or `lanczos`.
        coordinates: where the cells of the output lie: `half_pixel`, `asymmetric`, `align_corners`, … as ONNX
            calls them.
        nearest: how `nearest` rounds: `floor`, `ceil`, `round_prefer_floor`, `round_prefer_ceil`, or `simple`: down
            where it enlarges and up where it shrinks (ONNX before version 11).
        antialias: whether shrinking averages over all cells between.
        policy: what the sizes mean: `stretch` to them, or keep the proportions and be `not_larger`, `not_smaller`.
        precision: in which a size is multiplied by a scale: `double` (PyTorch) or `single` (onnxruntime).
        ranks: the ranks that it takes; any if empty.
        least_scale: the least scale that it takes: 1 for an operator that only enlarges (ONNX' Upsample).
        recomputed: whether cells lie where the size that comes out puts them, and not the scale (PyTorch's
            `recompute_scale_factor`).
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "region", "scales", "sizes")
    family: ClassVar[str] = "upsampling"

    scales: tuple[float, ...] | None = None
    sizes: tuple[Dim, ...] | None = None
    axes: tuple[int, ...] | None = None
    mode: str = NEAREST
    coordinates: str = HALF_PIXEL
    nearest: str = "floor"
    antialias: bool = False
    policy: str = STRETCH
    precision: str = "double"
    ranks: tuple[int, ...] = ()
    least_scale: float = 0.0
    recomputed: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        if isinstance(tensor.shape, Unknown):
            return Outcome((tensor.shaped(tensor.shape),))
        axes, broken = self._axes(tensor)
        by_size = self._by_size(inputs)
        asked = self._asked_sizes(inputs) if by_size else self._asked_scales(inputs)
        if isinstance(asked, Unknown):
            asked = (asked,) * len(axes)
        broken = (
            self._misfit(tensor, inputs) or broken or self._miscount(tensor, axes, asked, by_size=by_size)
        )
        if broken is not None:
            return no_image(tensor, broken) if broken.kind == "settings" else refused(broken, tensor)
        before = [tensor.dims[axis] for axis in axes]
        after = self._sized(before, asked) if by_size else self._scaled(before, asked, inputs)
        out = list(tensor.dims)
        requirements: list[Requirement] = []
        for axis, size, scale in zip(axes, after, asked, strict=True):
            facts = {"axis": axis, "size": tensor.dims[axis], "out": size}
            out[axis] = size
            if self.axes is None and not by_size and isinstance(scale, (int, float)) and scale == 1:
                continue  # an axis that is no image's, and may be nothing: a batch without samples
            if not by_size:
                facts["scale"] = scale
            some = all_of(at_least(tensor.dims[axis], 1), at_least(size, 0 if self.mode == AREA else 1))
            requirements.append(Requirement("resize", some, facts, spoils=(axis,)))
        return Outcome((tensor.shaped(tuple(out)),), tuple(requirements))

    def _misfit(self, tensor: Tensor, inputs: Sequence[Tensor | None]) -> Requirement | None:
        """What the rank breaks, or what it is told twice."""
        if self.ranks and tensor.rank not in self.ranks:
            return Requirement("rank", False, {"gets": tensor.dims, "wants": self.ranks}, spoils=None)
        scales = self.scales if _present(inputs, 2) is None else _present_count(inputs, 2)
        if self._by_size(inputs) and scales:
            sizes = self.sizes if _present(inputs, 3) is None else _present_count(inputs, 3)
            return Requirement("target", False, {"sizes": sizes, "scales": scales}, spoils=None)
        return None

    def _miscount(
        self, tensor: Tensor, axes: tuple[int, ...], asked: Sequence[Any], *, by_size: bool
    ) -> Requirement | None:
        """That there is not one number for each axis, or one that is too small."""
        if len(asked) != len(axes):
            facts = {"axes": axes, "sizes" if by_size else "scales": tuple(asked), "rank": tensor.rank}
            return Requirement("count", False, facts, spoils=None)
        if not by_size and any(isinstance(s, (int, float)) and s < self.least_scale for s in asked):
            facts = {"setting": "scales", "value": tuple(asked), "axes": len(axes), "least": self.least_scale}
            return Requirement("settings", False, facts, spoils=None)
        return None

    # what it is told ----------------------------------------------------------------------------------

    def _by_size(self, inputs: Sequence[Tensor | None]) -> bool:
        """Whether it is told a size, and no scale."""
        return self.sizes is not None or _present(inputs, 3) is not None

    def _axes(self, tensor: Tensor) -> tuple[tuple[int, ...], Requirement | None]:
        return fixed_axes(tuple(range(tensor.rank)) if self.axes is None else self.axes, tensor.rank)

    def _asked_sizes(self, inputs: Sequence[Tensor | None]) -> Shape | Unknown:
        return required(self.sizes, _present(inputs, 3), "the size to resize to")

    def _asked_scales(self, inputs: Sequence[Tensor | None]) -> tuple[Any, ...] | Unknown:
        """The factors: numbers, or what sizes were computed to."""
        carried = _present(inputs, 2)
        if carried is not None and carried.contents is not None:
            return carried.contents
        return required(self.scales, carried, "the scale to resize by")

    # the rule -----------------------------------------------------------------------------------------

    def _scaled(
        self, sizes: Sequence[Dim], scales: Sequence[Any], inputs: Sequence[Tensor | None]
    ) -> list[Dim]:
        if self.coordinates == CROP and not _is_whole(_present(inputs, 1)):
            return [Unknown(_DISAGREE)] * len(sizes)
        return [self.scaled(size, scale) for size, scale in zip(sizes, scales, strict=True)]

    def scaled(self, size: Dim, scale: Any) -> Dim:
        """A size times a factor, rounded down.

        >>> Resize(precision="single").scaled(100, 0.29)
        29
        """
        if isinstance(scale, (int, float)):
            if not math.isfinite(scale) or scale < 0:
                return 0
            if scale > _LARGEST_SCALE:
                return Unknown("the scale is too large for a size")
            if scale == int(scale):
                return size * int(scale)
            return rounded_product(size, scale, precision=self.precision, rounding="floor")
        return size * scale if is_size(scale) else Unknown("the scale is a quotient of sizes that is rounded")

    def _sized(self, before: Sequence[Dim], sizes: Sequence[Dim]) -> list[Dim]:
        """The sizes asked for; or such that the proportions stay, by the axis that scales least or most.

        ONNX' formula is `round(in · scale)` with halves upwards, taken exactly; onnxruntime rounds `scale` to
        single precision before, and one in fifty exact halves falls to the other side.
        """
        if self.policy == STRETCH or not sizes:
            return list(sizes)
        wanted, held = self._proportion(before, sizes)
        return [(2 * size * wanted + held) // (2 * held) for size in before]

    def _proportion(self, before: Sequence[Dim], sizes: Sequence[Dim]) -> tuple[Dim, Dim]:
        """The one scale by which all axes are resized: the size that is wanted over the one that is there."""
        wanted, held = sizes[0], maximum(before[0], 1)
        for size, asked in zip(before[1:], sizes[1:], strict=True):
            mine, best = asked * held, wanted * size
            wins = less_than(mine, best) if self.policy == NOT_LARGER else more_than(mine, best)
            wanted, held = select(wins, asked, wanted), select(wins, maximum(size, 1), held)
        return wanted, held

    # views --------------------------------------------------------------------------------------------

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        tensor = given(inputs)
        axes, _ = self._axes(tensor)
        links = list(identity(0, [(a, a) for a in range(tensor.rank) if a not in axes]))
        if self.coordinates == CROP:
            return tuple(links)  # the region may lie anywhere
        pairs = [(tensor.dims[axis], outputs[0].dims[axis]) for axis in axes]
        scales = self._known_scales(inputs, [before for before, _ in pairs])
        if self.recomputed:
            scales = [None] * len(axes)
        # onnxruntime widens by the scale even where corners are aligned.
        how = Sampling(self.mode, self.coordinates, self.nearest, self.antialias, self.precision == "double")
        for axis, pair, scale, copied in zip(axes, pairs, scales, self._copied(pairs), strict=True):
            links.append(Link(0, axis, axis) if copied else sampled(axis, pair, scale, how))
        return tuple(links)

    def _copied(self, pairs: Sequence[tuple[Dim, Dim]]) -> list[bool]:
        """Along which axes cells are copied, whatever the scale: where the size stays the same.

        PyTorch looks at each axis by itself, but for `cubic` and `nearest-exact`; onnxruntime at all of them.
        """
        same = [
            isinstance(before, int) and isinstance(after, int) and before == after for before, after in pairs
        ]
        if self.antialias or self.mode == "linear" or self.coordinates == ASYMMETRIC:
            each = self.antialias or self.precision == "double"
            return same if each else [all(same)] * len(same)
        return [all(same) and self.precision != "double"] * len(same)

    def _known_scales(
        self, inputs: Sequence[Tensor | None], before: Sequence[Dim]
    ) -> list[float | Fraction | None]:
        """The scales as they were given, or as the proportions give them; None where the sizes decide them."""
        nothing: list[float | Fraction | None] = [None] * len(before)
        if self._by_size(inputs):
            asked = self._asked_sizes(inputs)
            if self.policy == STRETCH or isinstance(asked, Unknown) or len(asked) != len(before):
                return nothing
            if not all(isinstance(dim, int) and dim >= 1 for dim in (*asked, *before)):
                return nothing
            wanted, held = self._proportion(before, asked)
            return [Fraction(wanted, held)] * len(before)
        scales = self._asked_scales(inputs)
        if isinstance(scales, Unknown) or len(scales) != len(before):
            return nothing
        return [float(s) if isinstance(s, (int, float)) and 0 < s < math.inf else None for s in scales]

    def kept_for_backward(self, run: Run) -> Kept:
        """Nothing: its weights follow from the sizes. `area` is an adaptive pooling, and keeps what that keeps."""
        if self.mode != AREA:
            return Kept()
        axes, _ = self._axes(run.tensor())
        sizes = [run.outputs[0].dims[axis] for axis in axes]
        return Kept() if all(decide(equal(size, 1)) for size in sizes) else Kept((0,))

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        how = "" if self.mode == NEAREST else f", {self.mode}"
        try:
            changed = self._changed_words(inputs, outputs)
        except UndecidedError:
            changed = ""
        return f"resize{changed}{how}"

    def _changed_words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        """` ×2` where all axes that change do so by one factor, else ` to 7×7`."""
        before, after = given(inputs).dims, outputs[0].dims
        axes, _ = self._axes(given(inputs))
        changed = [axis for axis in axes if self.axes is not None or before[axis] != after[axis]]
        scales = (
            [None] * len(axes)
            if self._by_size(inputs)
            else self._known_scales(inputs, [before[a] for a in axes])
        )
        factors = {scale for axis, scale in zip(axes, scales, strict=True) if axis in changed}
        if len(factors) == 1 and None not in factors:
            return f" ×{factors.pop():g}"
        return f" to {'×'.join([str(after[axis]) for axis in changed])}" if changed else ""


def _present(inputs: Sequence[Tensor | None], position: int) -> Tensor | None:
    """An input that is there and has elements: files write an empty tensor for one that is left out."""
    tensor = optional(inputs, position)
    if tensor is None or tensor.contents == ():
        return None
    is_empty = not isinstance(tensor.shape, Unknown) and tensor.shape == (0,)
    return None if is_empty else tensor


def _present_count(inputs: Sequence[Tensor | None], position: int) -> Dim | None:
    """How many elements an input has that is there for certain; else None."""
    tensor = _present(inputs, position)
    if tensor is None or isinstance(tensor.shape, Unknown) or not isinstance(tensor.elements, int):
        return None
    return tensor.elements


def _is_whole(region: Tensor | None) -> bool:
    """Whether a region is known to be as long as the tensor along every axis."""
    if region is None:
        return True
    if region.contents is None:
        return False
    half = len(region.contents) // 2
    edges = zip(region.contents[:half], region.contents[half:], strict=False)
    return all(start == 0 and end == 1 for start, end in edges)
