"""What layers say of what goes into the first of them, together: how many axes, which channels.

`Sequential(ReLU(), MaxPool2d(2), Conv2d(16, 32, 3))` takes 16 channels: the first layer passes on its shape, the
second has two spatial axes and passes on its channels, the third says how many. Of `Sequential(Flatten(),
Linear(784, 10))` no more is known than the number of elements: the sample is taken for the vector that it becomes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from shapelens.readers.notation.chains import Item, is_chain, items_of
from shapelens.readers.notation.layers import CHANNELS, ELEMENTS, SHAPE
from shapelens.readers.notation.samples import Sample
from shapelens.readers.notation.syntax import Call
from shapelens.readers.notation.vocabulary import Vocabulary

__all__ = ["expected"]


def expected(vocabulary: Vocabulary, items: Iterable[Item], *, is_given: bool = False) -> Sample | None:
    """What a chain of layers says of one sample that goes in; None if it says nothing.

    Args:
        vocabulary: the layers that they may be.
        items: the chain.
        is_given: whether the shape of the sample is known, and only what it is is asked for.
    """
    said: Sample | None = None
    keeps_shape = True
    calls = _calls(vocabulary, items)
    for call in calls:
        layer = vocabulary.layer(call)
        if layer is None:
            return said
        found = layer.takes(vocabulary.arguments(call, layer))
        if found is not None:
            said = found if said is None else _joined(said, found, keeps_shape=keeps_shape)
        if said is not None and said.is_certain and isinstance(said.channels, int) and not said.is_declared:
            return said
        if layer.keeps == ELEMENTS and said is None:
            return None if is_given else _vector(vocabulary, calls)
        keeps_shape = keeps_shape and layer.keeps == SHAPE
        if layer.keeps not in {SHAPE, CHANNELS} or (layer.keeps == CHANNELS and said is None):
            return said
    return said


def _vector(vocabulary: Vocabulary, calls: Iterable[Call]) -> Sample | None:
    """The vector that the next layer takes, of so many features; None if it takes none such."""
    for call in calls:
        layer = vocabulary.layer(call)
        found = vocabulary.takes(call)
        if found is not None:
            return found if len(found.dims) == 1 and isinstance(found.channels, int) else None
        if layer is None or layer.keeps not in {SHAPE, ELEMENTS}:
            return None
    return None


def _joined(said: Sample, later: Sample, *, keeps_shape: bool) -> Sample:
    """What was said, with what a later layer knows better."""
    if said.is_declared or later.is_declared:
        return _laid_out(said, later) if said.is_declared and keeps_shape else said
    if keeps_shape and not said.is_certain and later.is_certain:
        kept = later if isinstance(later.channels, int) else later.deep(said.channels)
        return replace(kept, example={**later.example, **said.example})
    if (
        isinstance(said.channels, str)
        and isinstance(later.channels, int)
        and len(said.dims) == len(later.dims)
    ):
        return said.deep(later.channels)
    return said


def _laid_out(declared: Sample, later: Sample) -> Sample:
    """A declared sample, whose axes are as the first layer that is certain of them takes them."""
    if not later.is_certain or not later.axes or len(later.dims) != len(declared.dims):
        return declared
    dims = tuple(
        [
            letter if isinstance(dim, str) else dim
            for letter, dim in zip(later.axes, declared.dims, strict=True)
        ]
    )
    example = {name: size for name, size in later.example.items() if name in dims}
    return replace(
        declared, dims=dims, channel=later.channel, axes=later.axes, example=example, is_declared=False
    )


def _calls(vocabulary: Vocabulary, items: Iterable[Item]) -> Iterator[Call]:
    """The layers of a chain in the order in which they are called, up to what is no layer."""
    for item in items:
        if not isinstance(item.item, Call):
            return
        if is_chain(item.item):
            yield from _calls(vocabulary, items_of(vocabulary.source, item.item))
        else:
            yield item.item
