"""A few sizes that tell most: the smallest that fits, where it goes wrong again after that, and usual ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shapelens.analyses.sizes.sizes import Sizes
from shapelens.dims import shape_text
from shapelens.operators import Shape
from shapelens.records import dataclass

__all__ = ["Row", "rows_of"]

USUAL = (224, 512)
WITH_GAPS = (224, 256, 512, 572, 700, 1000)
"""Where sizes between others do not fit, more of those that people have are told."""

_MOST = 9


@dataclass(frozen=True, slots=True)
class Row:
    """One size, and what becomes of it.

    Args:
        sizes: a size for each axis.
        fits: whether it fits; None where that is not known.
        outputs: what comes out.
        refused_by: which layer refuses it, and why.
        nearest: the nearest sizes that fit.
    """

    sizes: tuple[int, ...]
    fits: bool | None
    outputs: tuple[Shape, ...] = ()
    refused_by: str = ""
    nearest: tuple[tuple[int, ...], ...] = ()

    @property
    def size(self) -> str:
        """Its sizes: one where all are equal."""
        return sizes_text(self.sizes)


def sizes_text(sizes: Sequence[int]) -> str:
    """`224` for equal sizes, else `224×320`."""
    return str(sizes[0]) if len(set(sizes)) == 1 else shape_text(tuple(sizes))


def rows_of(sizes: Sizes, asked: Sequence[int] = ()) -> tuple[Row, ...]:
    """The sizes that tell most, in order.

    Args:
        sizes: what is known of all.
        asked: the sizes that were asked for, which come with them.
    """
    if not sizes.axes:
        return ()
    count = len(sizes.axes)
    chosen = {(n,) * count for n in _telling_sizes(sizes)}
    if not chosen:
        chosen = {sizes.inspected, *sizes.nearest(*sizes.inspected)}
    if asked:
        chosen |= {tuple(asked), *sizes.nearest(*asked)}
    return tuple([_row(sizes, each) for each in sorted(chosen)])


def _telling_sizes(sizes: Sizes) -> list[int]:
    """Sizes that are alike on every axis; none where none such fits."""
    most = max(sizes.known_to, 1)
    answers = sizes.contains(np.arange(1, most + 1))
    fits = np.flatnonzero(answers == True) + 1  # noqa: E712 - an array of objects
    fails = np.flatnonzero(answers == False) + 1  # noqa: E712
    if not len(fits):
        return []
    first = int(fits[0])
    chosen = [first - 1, first]
    later = fails[fails > first]
    if len(later):
        again = fits[fits > later[0]]
        chosen += [int(again[0]) - 1, int(again[0])] if len(again) else [int(later[0])]
    chosen += [n for n in (WITH_GAPS if len(later) else USUAL) if first < n <= most]
    return [n for n in dict.fromkeys(chosen) if n >= 1][:_MOST]


def _row(sizes: Sizes, each: tuple[int, ...]) -> Row:
    fits = sizes.contains(*each)
    if fits:
        return Row(each, True, sizes.at(*each) or ())
    refused = sizes.refused(*each)
    return Row(each, fits, (), "" if refused is None else refused.short, tuple(sizes.nearest(*each)))
