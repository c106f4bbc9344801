"""Sampling where a grid says: a grid of places, and an image looked at through it.

    >>> from shapelens.operators import GridSample, Tensor
    >>> GridSample().evaluate(Tensor((2, 3, 64, 64)), Tensor((2, 28, 30, 2))).outputs[0].shape
    (2, 3, 28, 30)

Source: Jaderberg et al., "Spatial Transformer Networks", 2015; ONNX' GridSample and AffineGrid.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.dims import Dim, Unknown, at_least, equal
from shapelens.operators.arguments import given, optional, refused, required
from shapelens.operators.backward import Kept, Run
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.records import dataclass

__all__ = ["AffineGrid", "GridSample"]


@dataclass(frozen=True)
class GridSample(Operator):
    """An image looked at through a grid of places.

    `N × C × in`, `N × out × axes` → `N × C × out`, in any number of dimensions.

    Args:
        mode: `nearest`, `linear` or `cubic`.
        ranks: the ranks that it takes; any from 3 if empty.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "grid")
    family: ClassVar[str] = "upsampling"
    word: ClassVar[str] = "grid sample"

    mode: str = "linear"
    ranks: tuple[int, ...] = ()

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        image, grid = given(inputs), given(inputs, 1)
        for known in (image, grid):
            if isinstance(known.shape, Unknown):
                return Outcome((image.shaped(known.shape),), (Requirement("grid", known.shape),))
        takes = image.rank in self.ranks if self.ranks else image.rank >= 3
        if not takes:
            facts = {"gets": image.dims, "wants": self.ranks or (3, 4, 5)}
            return refused(Requirement("rank", False, facts, spoils=None), image)
        if grid.rank != image.rank:
            misfit = {"gets": grid.dims, "wants": (image.rank,), "image": image.dims}
            return refused(Requirement("rank", False, misfit, spoils=None), image)
        spatial = image.rank - 2
        batches = {"gets": grid.dims[0], "wants": image.dims[0], "axis": 0}
        places = {"gets": grid.dims[-1], "wants": spatial, "axis": grid.rank - 1}
        requirements = [
            Requirement("grid", equal(grid.dims[0], image.dims[0]), batches),
            Requirement("grid", equal(grid.dims[-1], spatial), places),
        ]
        requirements += [
            Requirement("resize", at_least(image.dims[axis], 1), {"axis": axis, "size": image.dims[axis]})
            for axis in range(2, image.rank)
        ]
        return Outcome((image.shaped((*image.dims[:2], *grid.dims[1:-1])),), tuple(requirements))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """The grid leads anywhere: the image is seen whole, the grid cell by cell."""
        axes = range(1, given(inputs, 1).rank - 1)
        return (*identity(0, [(0, 0), (1, 1)]), *identity(1, [(0, 0), *[(a, a + 1) for a in axes]]))

    def kept_for_backward(self, run: Run) -> Kept:
        """The image and the grid."""
        return Kept((0, 1))


@dataclass(frozen=True)
class AffineGrid(Operator):
    """The places to which an affine map moves those of an image: `N × H × W × 2`, or `N × D × H × W × 3`.

    >>> AffineGrid((2, 3, 28, 30)).evaluate(Tensor((2, 2, 3))).outputs[0].shape
    (2, 28, 30, 2)

    Args:
        size: the whole shape of the image, `N × C × H × W`; a second input may carry it instead.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "size")
    family: ClassVar[str] = "upsampling"
    word: ClassVar[str] = "affine grid"

    size: tuple[Dim, ...] | None = None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        maps = given(inputs)
        size = required(self.size, optional(inputs, 1), "the size of the image")
        for unknown in (size, maps.shape):
            if isinstance(unknown, Unknown):
                return Outcome((maps.shaped(unknown),), (Requirement("affine_map", unknown),))
        assert not isinstance(size, Unknown)
        if len(size) not in {4, 5}:
            return refused(Requirement("count", False, {"size": size, "wants": (4, 5)}, spoils=None), maps)
        axes = len(size) - 2
        wanted = (size[0], axes, axes + 1)
        if maps.rank != 3:
            facts = {"gets": maps.dims, "wants": (3,), "size": size}
            return refused(Requirement("rank", False, facts, spoils=None), maps)
        requirements = [
            Requirement("affine_map", equal(gets, wants), {"gets": maps.dims, "wants": wanted})
            for gets, wants in zip(maps.dims, wanted, strict=True)
        ]
        spoilt: tuple[tuple[int, ...], ...] = ((0,), (), *[(axis,) for axis in range(1, axes + 1)])
        requirements += [
            Requirement("resize", at_least(out, 1), {"axis": axis, "out": out}, spoils=spoils)
            for axis, (out, spoils) in enumerate(zip(size, spoilt, strict=True))
        ]
        return Outcome((maps.shaped((size[0], *size[2:], axes)),), tuple(requirements))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return identity(0, [(0, 0)])

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()
