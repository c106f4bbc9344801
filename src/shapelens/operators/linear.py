"""Linear layers, bilinear layers and tables of embeddings: what has one weight for each feature in and out.

>>> from shapelens.operators import Linear, Tensor
>>> Linear().evaluate(Tensor((1, 1568)), Tensor((10, 1568)), Tensor((10,))).outputs[0].shape
(1, 10)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from shapelens.dims import Dim, Unknown, any_of, equal
from shapelens.operators.arguments import given, optional
from shapelens.operators.backward import Kept, Run
from shapelens.operators.indexing import stands_inside
from shapelens.operators.operator import Filters, Follow, Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.products import product_kept
from shapelens.operators.reach import Link, identity
from shapelens.records import dataclass

__all__ = ["Bilinear", "Embedding", "Linear", "bias_requirements"]


@dataclass(frozen=True)
class Linear(Operator):
    """A linear layer: `out[j] = bias[j] + Σ_i weight[j, i] · in[i]`, over the last axis; all others stay.

    Args:
        features_last: whether the weight is in × out (Keras) and not out × in (PyTorch).
        dtype: the type of the output, where it is not the input's.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "weight", "bias")
    learned: ClassVar[frozenset[str]] = frozenset({"weight", "bias"})
    family: ClassVar[str] = "linear"
    word: ClassVar[str] = "linear"

    features_last: bool = False
    dtype: str | None = None

    def weight_parts(self, weight: Tensor) -> tuple[Dim, Dim]:
        """How many features go out, and how many come in."""
        first, second = weight.dims
        return (second, first) if self.features_last else (first, second)

    def weight_shape(self, out: Dim, into: Dim) -> Shape:
        """The weight's shape from its parts."""
        return (into, out) if self.features_last else (out, into)

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor, weight, bias = given(inputs), given(inputs, 1), optional(inputs, 2)
        if tensor.rank < 1 or weight.rank != 2:
            misfit = {"gets": tensor.dims, "wants": "at least 1", "weight": weight.dims}
            nothing = Unknown("a linear layer takes features, and a matrix of weights")
            return Outcome((tensor.shaped(nothing),), (Requirement("rank", False, misfit, spoils=None),))
        out, into = self.weight_parts(weight)
        features = tensor.dims[-1]
        facts = {"gets": features, "wants": into, "weight": weight.dims, "axis": tensor.rank - 1}
        shape = (*tensor.dims[:-1], out)
        requirements = (
            Requirement("features", equal(features, into), facts),
            *bias_requirements(bias, shape),
        )
        return Outcome((tensor.shaped(shape, self.dtype),), requirements)

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """Every feature that goes out takes one multiply-accumulate for each that comes in."""
        _, into = self.weight_parts(given(inputs, 1))
        return outputs[0].elements * into

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """The features are seen whole; along all other axes each cell sees its own place."""
        return identity(0, [(axis, axis) for axis in range(given(inputs).rank - 1)])

    def kept_for_backward(self, run: Run) -> Kept:
        """What a matrix product with the weight keeps: the input, or a copy of it where its axes lie across."""
        weight, lies = run.tensor(1), run.lies(1)
        if self.features_last:
            return product_kept(run, (run.tensor(), weight), (run.lies(), lies))
        turned = weight.shaped(weight.dims[::-1])
        return product_kept(run, (run.tensor(), turned), (run.lies(), lies[::-1]))

    def filters(self, inputs: Sequence[Tensor | None]) -> Filters | None:
        out, into = self.weight_parts(given(inputs, 1))
        return Filters(out, (into,))

    def attributes(self, inputs: Sequence[Tensor | None]) -> dict[str, Any]:
        return {"features_last": self.features_last}

    def follow(self, before: Sequence[Tensor | None], after: Sequence[Tensor | None]) -> Follow:
        out, into = self.weight_parts(given(before, 1))
        had, gets = given(before).dims[-1], given(after).dims[-1]
        if had == gets or had != into or not isinstance(gets, int):
            return Follow(self)
        return Follow(self, {1: self.weight_shape(out, gets)})


def bias_requirements(bias: Tensor | None, shape: Shape) -> tuple[Requirement, ...]:
    """That a bias can be added: trailing axes aligned, each of its sizes is 1 or the output's."""
    if bias is None:
        return ()
    if isinstance(bias.shape, Unknown):
        return (Requirement("bias", bias.shape, {"wants": shape}),)
    facts = {"gets": bias.dims, "wants": shape[-1:] if bias.rank <= 1 else shape}
    if bias.rank > len(shape):
        return (Requirement("bias", False, facts),)
    pairs = zip(bias.dims, shape[len(shape) - bias.rank :], strict=True)
    return tuple([Requirement("bias", any_of(equal(own, dim), equal(own, 1)), facts) for own, dim in pairs])


@dataclass(frozen=True)
class Bilinear(Operator):
    """A bilinear layer: `out[k] = bias[k] + Σ_ij left[i] · weight[k, i, j] · right[j]`, over the last axes."""

    roles: ClassVar[tuple[str, ...]] = ("left", "right", "weight", "bias")
    learned: ClassVar[frozenset[str]] = frozenset({"weight", "bias"})
    family: ClassVar[str] = "linear"
    word: ClassVar[str] = "bilinear"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        left, right, weight = given(inputs), given(inputs, 1), given(inputs, 2)
        if left.rank != right.rank or left.rank < 1 or weight.rank != 3:
            facts = {"gets": left.dims, "other": right.dims, "weight": weight.dims}
            nothing = Unknown("a bilinear layer takes two tensors alike but for their features")
            return Outcome((left.shaped(nothing),), (Requirement("rank", False, facts, spoils=None),))
        out, *wanted = weight.dims
        requirements = [
            Requirement(
                "features",
                equal(tensor.dims[-1], into),
                {"gets": tensor.dims[-1], "wants": into, "weight": weight.dims, "role": role},
            )
            for role, tensor, into in zip(("left", "right"), (left, right), wanted, strict=True)
        ]
        for axis, (one, other) in enumerate(zip(left.dims[:-1], right.dims[:-1], strict=True)):
            pair = {"axis": axis, "left": one, "right": other, "shapes": (left.dims, right.dims)}
            requirements.append(Requirement("broadcast", equal(one, other), pair, spoils=(axis,)))
        shape = (*left.dims[:-1], out)
        requirements += bias_requirements(optional(inputs, 3), shape)
        return Outcome((left.shaped(shape),), tuple(requirements))

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """For each feature that goes out the left features meet the matrix, and what comes of it the right."""
        _, left, right = given(inputs, 2).dims
        return outputs[0].elements * right * (left + 1)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        axes = [(axis, axis) for axis in range(given(inputs).rank - 1)]
        return identity(0, axes) + identity(1, axes)

    def kept_for_backward(self, run: Run) -> Kept:
        """Each of left, right and weight, for the gradients of the other two."""
        places = (0, 1, 2)
        return Kept(tuple([p for p in places if any(run.wants(other) for other in places if other != p)]))

    def filters(self, inputs: Sequence[Tensor | None]) -> Filters | None:
        out, *into = given(inputs, 2).dims
        return Filters(out, tuple(into))

    def follow(self, before: Sequence[Tensor | None], after: Sequence[Tensor | None]) -> Follow:
        weight = list(given(before, 2).dims)
        for place in (0, 1):
            had, gets = given(before, place).dims[-1], given(after, place).dims[-1]
            if had == weight[place + 1] and isinstance(gets, int):
                weight[place + 1] = gets
        return Follow(self) if tuple(weight) == given(before, 2).dims else Follow(self, {2: tuple(weight)})


@dataclass(frozen=True)
class Embedding(Operator):
    """A table with one row for each word: every index is replaced by its row, which must be there.

    Of words nothing is known; of places that are counted, the largest is.

    >>> Embedding().evaluate(Tensor((2, 10), "int64"), Tensor((30000, 512))).outputs[0].shape
    (2, 10, 512)
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "weight")
    learned: ClassVar[frozenset[str]] = frozenset({"weight"})
    family: ClassVar[str] = "linear"
    word: ClassVar[str] = "embedding"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        indices, table = given(inputs), given(inputs, 1)
        if table.rank != 2:
            wrong = Requirement("rank", False, {"gets": table.dims, "wants": 2}, spoils=None)
            nothing = Unknown("a table of embeddings has rows and columns")
            return Outcome((table.shaped(nothing),), (wrong,))
        out = table.shaped((*indices.dims, table.dims[1]))
        return Outcome((out,), stands_inside(table.dims, 0, indices))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return identity(0, [(axis, axis) for axis in range(given(inputs).rank)])

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        """The indices: they say whose rows the gradient is."""
        return Kept((0,))
