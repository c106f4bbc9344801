"""What the author's code asks of a tensor's sizes: `x.shape`, `x.size(1)`, `len(x)`, `x.numel()`, `x.stride()`.

An answer is an integer that remembers where it comes from, as far as it hangs on what goes in; what Python then asks
of that integer is told here again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from shapelens.dims import Dim, Expression, Truth, Unknown, equal
from shapelens.readers.torch.holding import Holder
from shapelens.readers.torch.places import place_of, user_frame
from shapelens.readers.torch.recording import Recording
from shapelens.readers.torch.sizes import TracedInt, traced

__all__ = ["MEASURES", "Measures"]


class Measures:
    """Gives the author's code the sizes of tensors, and is the witness of what is asked of them.

    Args:
        recording: what is asked is written into it.
        holder: what is known of every tensor.

    Attributes:
        reads_sizes: whether the author's code was given a size that may be another one elsewhere.
    """

    def __init__(self, recording: Recording, holder: Holder) -> None:
        self.reads_sizes = False
        self._recording = recording
        self._holder = holder

    # what is asked of sizes ---------------------------------------------------------------------------

    def ask(self, truth: Truth, answer: bool) -> None:
        """A question about sizes was answered so."""
        if not isinstance(truth, bool):
            self._recording.ask(truth, answer, place_of(user_frame(3)))

    def pin(self, dim: Dim, value: int) -> None:
        """From here on a dim is taken to have this value."""
        truth = equal(dim, value)
        if not isinstance(truth, bool):
            self._recording.ask(truth, True, place_of(user_frame(3)))

    # what is asked of tensors -------------------------------------------------------------------------

    def shape(self, tensor: torch.Tensor) -> torch.Size:
        """A tensor's shape, with sizes that remember where they come from."""
        value = self._holder.known(tensor)
        sizes = tensor.size()
        if value is None:
            return sizes
        self._recording.measured[id(value)] = value
        shape = value.tensor.shape
        dims = (shape,) * len(sizes) if isinstance(shape, Unknown) else shape
        self.reads_sizes = self.reads_sizes or any(isinstance(dim, Expression) for dim in dims)
        return torch.Size([traced(size, dim, self) for size, dim in zip(sizes, dims, strict=True)])

    def size(self, tensor: torch.Tensor, dim: int | None = None) -> Any:
        """The shape, or the size of one axis."""
        shape = self.shape(tensor)
        return shape if dim is None else shape[dim]

    def count(self, tensor: torch.Tensor) -> int:
        """How many elements it has."""
        value = self._holder.known(tensor)
        if value is None:
            return int(tensor.numel())
        self._recording.measured[id(value)] = value
        self.reads_sizes = True
        return traced(tensor.numel(), value.tensor.elements, self)

    def length(self, tensor: torch.Tensor) -> int:
        """The size of its first axis: a plain integer, as `len` gives nothing else, so the size is held."""
        if not tensor.dim():
            return len(tensor)
        length = self.shape(tensor)[0]
        return length.pinned() if isinstance(length, TracedInt) else int(length)

    def stride(self, tensor: torch.Tensor, dim: int | None = None) -> Any:
        """How far the elements of each axis lie apart: the sizes of the axes behind it, which are held."""
        value = self._holder.known(tensor)
        shape = () if value is None or isinstance(value.tensor.shape, Unknown) else value.tensor.shape
        for own in shape[1:]:
            if isinstance(own, Expression):
                self.reads_sizes = True
                self.pin(own, self._recording.size_of(own))
        return tensor.stride() if dim is None else tensor.stride(dim)

    def rank(self, tensor: torch.Tensor) -> int:
        """How many axes it has."""
        return int(tensor.dim())


MEASURES: dict[str, Callable[..., Any]] = {
    "size": Measures.size,
    "numel": Measures.count,
    "nelement": Measures.count,
    "__len__": Measures.length,
    "dim": Measures.rank,
    "ndimension": Measures.rank,
    "stride": Measures.stride,
}
"""The functions that measure a tensor, and what answers in their place."""
