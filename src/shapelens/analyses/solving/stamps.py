"""How the stamps of a transposed convolution overlap: evenly, or in a checkerboard, or with gaps.

Each input cell stamps the kernel into the output. Where the kernel is no multiple of the stride, some output cells take
more stamps than their neighbours.

Source: Odena, Dumoulin and Olah, "Deconvolution and checkerboard artifacts", Distill, 2016.
"""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.operators.windows import Sliding

__all__ = ["overlap_words", "stamps_of"]

_MOST_CELLS = 100_000
"""Of larger kernels and strides it is not told how their stamps overlap."""


def stamps_of(kernel: int, stride: int, dilation: int) -> tuple[int, ...]:
    """How many stamps reach each output cell of one stride, far from the edges.

    >>> stamps_of(4, 2, 1), stamps_of(3, 2, 1), stamps_of(1, 2, 1)
    ((2, 2), (2, 1), (1, 0))
    """
    reached = [0] * stride
    for cell in range(kernel):
        reached[cell * dilation % stride] += 1
    return tuple(reached)


def overlap_words(slidings: Sequence[Sliding], sizes: Sequence[int]) -> str:
    """How stamps overlap along all axes together: `none: side by side`, `even`, `uneven: checkerboard`, `gaps`.

    Args:
        slidings: how stamps lie along each spatial axis.
        sizes: how many there are along each.
    """
    if any(max(sliding.kernel, sliding.stride) > _MOST_CELLS for sliding in slidings):
        return "not looked at"
    # Of one stamp alone nothing overlaps.
    axes = [sliding for sliding, size in zip(slidings, sizes, strict=True) if size > 1]
    each = [stamps_of(sliding.kernel, sliding.stride, sliding.dilation) for sliding in axes]
    if any(min(reached) == 0 for reached in each):
        return "gaps between stamps"
    if any(min(reached) != max(reached) for reached in each):
        return "uneven: checkerboard"
    return "even" if any(max(reached) > 1 for reached in each) else "none: side by side"
