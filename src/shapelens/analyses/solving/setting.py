"""What can be set along one axis, and what there is to choose from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from shapelens.records import dataclass

__all__ = ["ROLES", "Axis", "Choices", "Setting"]

ROLES = {
    "kernel": ("kernel_size", "pool_size"),
    "stride": ("stride", "strides"),
    "padding": ("padding",),
    "dilation": ("dilation", "dilation_rate"),
    "output_padding": ("output_padding",),
}
"""What the frameworks call each setting."""


class Setting(NamedTuple):
    """The settings of a layer along one axis.

    Args:
        kernel: how many cells a window takes.
        stride: how far windows are apart.
        padding: cells on each side, or a word of the framework's: `same`, `valid`, `causal`.
        dilation: how far the cells of a window are apart.
        output_padding: cells added at the end of what a transposed convolution gives; None where it is left to the
            framework.
    """

    kernel: int
    stride: int = 1
    padding: int | str = 0
    dilation: int = 1
    output_padding: int | None = 0


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from along one axis.

    Args:
        kernels: the kernels.
        strides: the strides; None for the kernel's own.
        paddings: the paddings.
        dilations: the dilations.
        output_paddings: the output paddings; None for all that the stride and the dilation allow.
        free: the names of the settings that are not given.
    """

    kernels: tuple[int, ...]
    strides: tuple[int, ...] | None
    paddings: tuple[int | str, ...]
    dilations: tuple[int, ...]
    output_paddings: tuple[int | None, ...] | None = (0,)
    free: frozenset[str] = frozenset()

    @property
    def count(self) -> int:
        """How many settings there are, at most."""
        strides = self.strides or (1,)
        extra = [max(s, d) for s in strides for d in self.dilations] if self.output_paddings is None else None
        each = (
            len(strides) * len(self.dilations) * len(self.output_paddings or ())
            if extra is None
            else sum(extra)
        )
        return len(self.kernels) * len(self.paddings) * each

    def windows(self) -> Iterator[tuple[int, int, int]]:
        """Every kernel, stride and dilation; the cells of a kernel of 1 cannot be apart."""
        for kernel in self.kernels:
            for dilation in self.dilations[:1] if kernel == 1 else self.dilations:
                for stride in (kernel,) if self.strides is None else self.strides:
                    yield kernel, stride, dilation


@dataclass(frozen=True, slots=True)
class Axis:
    """What is asked along one spatial axis.

    Args:
        size: what goes in.
        wanted: what is to come out.
        choices: what there is to choose from.
    """

    size: int
    wanted: int
    choices: Choices
