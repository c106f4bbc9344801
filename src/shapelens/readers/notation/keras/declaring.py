"""Samples that the text itself declares: `Input((224, 224, 3))`, or `input_shape=(224, 224, 3)` on a first layer."""

from __future__ import annotations

from typing import Any

from shapelens.readers.notation.arguments import Arguments
from shapelens.readers.notation.samples import Sample

__all__ = ["DECLARING", "declared_sample", "sample_of"]

DECLARING = ("input_shape", "batch_input_shape", "batch_shape", "input_dim", "input_length")
"""The arguments of any layer that declare what goes into it."""

_BATCHED = frozenset({"batch_input_shape", "batch_shape"})
_AXES = {2: "TC", 3: "HWC", 4: "DHWC"}
"""What axes are taken for where no layer tells; channels last, as Keras has them."""

MAXIMUM_RANK = 16

_CHANNELS_EXAMPLE = 64


def declared_sample(arguments: Arguments, said: Sample | None) -> Sample | None:
    """The sample that a layer declares, else what it says of its input.

    Args:
        arguments: of the layer.
        said: what the layer says of any input.
    """
    for name in DECLARING:
        if arguments.has(name) and name not in arguments.signature.by_name:
            return sample_of(_sizes(arguments, name), said)
    return said


def sample_of(sizes: tuple[int | None, ...], like: Sample | None = None, dtype: str = "") -> Sample:
    """A declared sample, whose open sizes are symbols.

        >>> sample_of((None, None, 3)).dims, sample_of((None,)).dims, sample_of((28, 28)).axes
        (('H', 'W', 3), ('T',), 'TC')

    Args:
        sizes: of each axis; None where it is open.
        like: what a layer says of it, which tells its axes.
        dtype: the type of its elements; what the layer says if not given.
    """
    rank = len(sizes)
    fits = like is not None and len(like.dims) == rank
    axes = like.axes if like is not None and fits else _AXES.get(rank, "")
    letters = axes or ("T" if rank == 1 else tuple([f"D{axis}" for axis in range(1, rank + 1)]))
    dims = tuple([letter if size is None else size for letter, size in zip(letters, sizes, strict=True)])
    return Sample(
        dims,
        like.channel if like is not None and fits else rank - 1,
        axes,
        dtype or ("float32" if like is None else like.dtype),
        example={"C": _CHANNELS_EXAMPLE} if "C" in dims else {},
        is_declared=True,
    )


def _sizes(arguments: Arguments, name: str) -> tuple[int | None, ...]:
    """The sizes of one sample, however they are given."""
    value = arguments.value(name)
    if name in {"input_dim", "input_length"} and not isinstance(value, tuple):
        return (arguments.integer(name),)
    sizes = checked_sizes(arguments, name)
    return sizes[1:] if name in _BATCHED else sizes


def checked_sizes(arguments: Arguments, name: str) -> tuple[int | None, ...]:
    """A shape as Keras takes it: a tuple of whole numbers, and None for what is open.

    Raises:
        LayerTextError: `the shape of an Input cannot be 784`.
    """
    value = arguments.value(name)
    least = 2 if name in _BATCHED else 1
    if (
        isinstance(value, tuple)
        and least <= len(value) <= MAXIMUM_RANK
        and all(_is_size(size) for size in value)
    ):
        return value
    shown = arguments.source.shown(arguments.span(name))
    raise arguments.error(
        f"the {name} of {arguments.name} cannot be {shown}",
        name,
        rule=f"{name} is a tuple of sizes, such as (224, 224, 3); None where a size is open",
        fix=arguments.source.replaced([(arguments.span(name), f"({shown},)")])
        if value and _is_size(value)
        else "",
    )


def _is_size(value: Any) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 1)
