"""Unpooling: a max pooling undone by the indices that it kept.

>>> from shapelens.operators import MaxUnpool, Tensor
>>> MaxUnpool((2, 2)).evaluate(Tensor((1, 64, 56, 56)), Tensor((1, 64, 56, 56), "int64")).outputs[0].shape
(1, 64, 112, 112)

Source: the documentation of `torch.nn.MaxUnpool2d` and of ONNX' MaxUnpool; what they refuse was tried on PyTorch
and onnxruntime.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from shapelens.dims import Dim, Unknown, all_of, at_least, equal, less_than, more_than, product
from shapelens.operators.arguments import given, optional, required
from shapelens.operators.backward import Kept, Run
from shapelens.operators.operator import Operator, Outcome, Requirement, Shape, Tensor, plain
from shapelens.operators.reach import Link, identity
from shapelens.operators.spans import inside
from shapelens.operators.windows import (
    extent_words,
    image_axes,
    misfit,
    no_image,
    pad_words,
    padding_attribute,
    per_axis,
    rank_requirement,
    setting_words,
    slidings_of,
)
from shapelens.records import dataclass

__all__ = ["MaxUnpool"]


@dataclass(frozen=True)
class MaxUnpool(Operator):
    """Max pooling undone: each value goes back to where its index says, zeros stand elsewhere.

    `out = (in - 1)·stride + kernel - before - after`, or the size that is asked for.

    Args:
        kernel: the window's extent.
        stride: how far windows are apart (one number stands for all axes); the window's own extent if not given.
        padding: cells before and after each axis.
        output_size: the size that is asked for, spatial axes alone: less than a stride from the other (PyTorch).
            A third input may carry a whole shape instead, of at least as many elements (ONNX).
        batched: whether there must be an axis for a batch.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "indices", "output_shape")
    family: ClassVar[str] = "upsampling"

    kernel: tuple[int, ...] = (2, 2)
    stride: tuple[int, ...] | int | None = None
    padding: tuple[tuple[int, int], ...] = ()
    output_size: tuple[Dim, ...] | None = None
    batched: bool = False

    @property
    def strides(self) -> tuple[int, ...]:
        """The stride of each spatial axis."""
        return self.kernel if self.stride is None else per_axis(self.stride, len(self.kernel))

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        image, indices = given(inputs), given(inputs, 1)
        broken = self._structure(image)
        if broken is not None:
            return no_image(image, broken)
        requirements = _index_requirements(image, indices)
        grown = list(image.dims)
        axes = image_axes(image.rank, len(self.kernel)).spatial
        slidings = slidings_of(self.kernel, self.strides, self.padding, 1)
        for place, (axis, sliding) in enumerate(zip(axes, slidings, strict=True)):
            size, (before, after) = image.dims[axis], sliding.sides(0)
            grown[axis] = (size - 1) * sliding.stride + (sliding.kernel - before - after)
            out = grown[axis] if self.output_size is None else self.output_size[place]
            facts = {"axis": axis, "size": size, "out": out, "stride": sliding.stride}
            some = all_of(at_least(size, 1), at_least(out, 1))
            requirements.append(Requirement("unpooled_size", some, facts, spoils=(axis,)))
            if self.output_size is not None:
                least, most = grown[axis] - sliding.stride, grown[axis] + sliding.stride
                reachable = all_of(more_than(out, least), less_than(out, most))
                facts |= {"least": least + 1, "most": most - 1}
                requirements.append(Requirement("unpooled_output_size", reachable, facts))
                grown[axis] = out
        if indices.span is not None:
            cells = product([grown[axis] for axis in axes])
            facts = {"gets": tuple(grown), "axis": axes[-1], "size": cells, "needed": indices.span.most + 1}
            requirements.append(Requirement("index", inside(indices, cells), facts))
        return self._shaped(image, tuple(grown), optional(inputs, 2), requirements)

    def _structure(self, image: Tensor) -> Requirement | None:
        """What the axes of the image, or the settings, break; then there is no output to tell."""
        rank = len(self.kernel)
        ranks = rank_requirement(image, rank, batched=self.batched)
        if ranks.truth is False:
            return ranks
        other = {"padding": self.padding, "output size": self.output_size or ()}
        return misfit(rank, positive={"kernel": self.kernel, "stride": self.strides}, other=other)

    def _shaped(
        self, image: Tensor, grown: Shape, carried: Tensor | None, requirements: list[Requirement]
    ) -> Outcome:
        """The output, of the shape that an input carries if there is one."""
        if carried is None:
            return Outcome((image.shaped(grown),), tuple(requirements))
        asked = required(None, carried, "the output's shape")
        if isinstance(asked, Unknown):
            return Outcome((image.shaped(asked),), tuple(requirements))
        facts = {"gets": asked, "wants": grown}
        if len(asked) != image.rank:
            return no_image(image, Requirement("unpooled_output_size", False, facts, spoils=None))
        kept = image.rank - len(self.kernel)
        same = [equal(*pair) for pair in zip(asked[:kept], image.dims[:kept], strict=True)]
        room = at_least(product(asked[kept:]), product(grown[kept:]))
        requirements.append(Requirement("unpooled_output_size", all_of(*same, room), facts))
        return Outcome((image.shaped(asked),), tuple(requirements))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A value goes wherever its index says, in its own map."""
        kept = given(inputs).rank - len(self.kernel)
        return tuple([link for place in (0, 1) for link in identity(place, [(a, a) for a in range(kept)])])

    def kept_for_backward(self, run: Run) -> Kept:
        """The indices."""
        return Kept((1,))

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        stride = "" if self.strides == self.kernel else setting_words("stride", self.strides, 0)
        return f"max unpool {extent_words(self.kernel)}{stride}{pad_words(self.padding)}"

    def attributes(self, inputs: Sequence[Tensor | None]) -> dict[str, Any]:
        attributes = {
            "kernel": list(self.kernel),
            "stride": list(self.strides),
            "padding": padding_attribute(self.padding, len(self.kernel), ()),
        }
        if self.output_size is not None:
            attributes["output_size"] = plain(self.output_size)
        return attributes


def _index_requirements(image: Tensor, indices: Tensor) -> list[Requirement]:
    """There is one index for each value."""
    if isinstance(indices.shape, Unknown):
        return []
    facts = {"gets": indices.dims, "wants": image.dims}
    if indices.rank != image.rank:
        return [Requirement("indices", False, facts)]
    pairs = zip(indices.dims, image.dims, strict=True)
    return [Requirement("indices", all_of(*[equal(gets, wants) for gets, wants in pairs]), facts)]
