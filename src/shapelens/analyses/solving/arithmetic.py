"""What comes out along one axis, before any layer is built: the operators' own arithmetic, fed with settings.

It only spares building most of the layers. Those that are left are read and evaluated as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from shapelens.analyses.solving.setting import Choices, Setting
from shapelens.operators import TransposedConvolution
from shapelens.operators.windows import SAME, VALID, Padding, Sliding

__all__ = ["CONVOLUTION", "POOL", "TRANSPOSED", "Rules"]

CONVOLUTION = "convolution"
TRANSPOSED = "transposed convolution"
POOL = "pool"

_STAMPS = TransposedConvolution()

Given = tuple[Setting, int | None]
"""A setting and what comes out by it; None where only the whole layer tells."""


class Rules:
    """How sizes follow from settings in one layer.

    Args:
        family: `convolution`, `transposed convolution` or `pool`.
        is_keras: whether paddings and output paddings are Keras'.
        ceil_mode: whether the last window may reach past the end.
    """

    def __init__(self, family: str, *, is_keras: bool = False, ceil_mode: bool = False) -> None:
        self.family = family
        self.is_keras = is_keras
        self.ceil_mode = ceil_mode

    def each(self, choices: Choices, size: int) -> Iterator[Given]:
        """Every setting, and what comes out by it."""
        find = self._stamped if self.family == TRANSPOSED else self._windowed
        return find(choices, size)

    def _windowed(self, choices: Choices, size: int) -> Iterator[Given]:
        for kernel, stride, dilation in choices.windows():
            for padding in choices.paddings:
                setting = Setting(kernel, stride, padding, dilation)
                sides = (padding, padding) if isinstance(padding, int) else padding
                if sides in {SAME, VALID} or isinstance(padding, int):
                    yield setting, Sliding(kernel, stride, dilation, sides, self.ceil_mode).count(size)
                else:
                    yield setting, None

    def _stamped(self, choices: Choices, size: int) -> Iterator[Given]:
        for kernel, stride, dilation in choices.windows():
            for padding in choices.paddings:
                for extra in self._output_paddings(choices, kernel, stride, dilation, padding):
                    sides, added = self._cut(kernel, stride, dilation, padding, extra)
                    sliding = Sliding(kernel, stride, dilation, sides)
                    yield (
                        Setting(kernel, stride, padding, dilation, extra),
                        _STAMPS.grown(size, sliding, added),
                    )

    def _output_paddings(
        self, choices: Choices, kernel: int, stride: int, dilation: int, padding: int | str
    ) -> tuple[int | None, ...]:
        if choices.output_paddings is not None:
            return choices.output_paddings
        if not self.is_keras:
            return tuple(range(max(stride, dilation)))
        # What says the same as leaving it out is left out.
        usual = self._cut(kernel, stride, dilation, padding, None)
        others = [n for n in range(stride) if self._cut(kernel, stride, dilation, padding, n) != usual]
        return (None, *others)

    def _cut(
        self, kernel: int, stride: int, dilation: int, padding: int | str, extra: int | None
    ) -> tuple[str | tuple[int, int], int]:
        """Cells cut off on each side, and those added at the end."""
        if not self.is_keras:
            assert isinstance(padding, int)
            return (padding, padding), extra or 0
        from shapelens.readers.notation.keras.convolution import transposed_sides

        extent = Sliding(kernel, dilation=dilation).extent
        given = None if extra is None else (extra,)
        cut: Padding
        cut, added = transposed_sides((extent,), (stride,), given, same=padding == SAME)
        if isinstance(cut, str):
            return cut, added[0]
        return (cut[0] if cut else (0, 0)), added[0]
