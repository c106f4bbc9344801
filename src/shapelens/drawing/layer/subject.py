"""What a figure of one layer is told: its shapes, its window, its words; and its numbers, where they are small."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.drawing.forms import Form
from shapelens.numbers import NumberedLayer
from shapelens.records import dataclass

__all__ = ["LayerSubject", "Line"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the arithmetic under a figure.

    Args:
        label: what it is about.
        text: the arithmetic.
        answer: what it comes to, in bold, behind it.
    """

    label: str
    text: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class LayerSubject:
    """One layer.

    Args:
        title: the layer as one would type it.
        totals: its shapes and costs, in a line.
        kind: what it is, as figures colour it.
        source: what goes in.
        target: what comes out.
        kernel: the window's extent along each spatial axis; empty where no window slides.
        dilation: how far the cells of a window are apart, along each axis.
        padding: cells before and after each spatial axis.
        stride: how far windows are apart.
        filters: how many filters there are; 0 for a pool.
        depth: how many channels each of them sees.
        is_transposed: whether cells stamp their filter.
        action: what makes a cell of a window: `27 products, summed`; of a pool `the largest of 2×2`.
        lines: the arithmetic.
        numbers: the layer with its numbers, where they are shown.
        position: the cell that is taken apart.
        map: the feature map that it is in.
    """

    title: str
    totals: str
    kind: str
    source: Form
    target: Form
    kernel: tuple[int, ...] = ()
    dilation: tuple[int, ...] = ()
    padding: tuple[tuple[int, int], ...] = ()
    stride: tuple[int, ...] = ()
    filters: int = 0
    depth: int = 0
    is_transposed: bool = False
    action: Sequence[str] = ()
    lines: tuple[Line, ...] = ()
    numbers: NumberedLayer | None = None
    position: tuple[int, ...] = ()
    map: int = 0

    @property
    def extent(self) -> tuple[int, ...]:
        """How many cells a window spans along each axis, gaps included."""
        return tuple([(k - 1) * d + 1 for k, d in zip(self.kernel, self.dilation, strict=True)])
