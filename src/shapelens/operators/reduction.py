"""Reductions: axes taken together into one value, and functions that look along a whole axis.

>>> from shapelens.operators import Reduce, Tensor
>>> Reduce("mean", (2, 3), keeps_axes=False).evaluate(Tensor((1, 512, 7, 7))).outputs[0].shape
(1, 512)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from shapelens.dims import Dim, Unknown, all_of, any_of, at_least, equal, maximum, minimum, product, total
from shapelens.operators.arguments import (
    fixed_axes,
    fixed_axis,
    given,
    is_size,
    optional,
    refused,
    told,
    told_number,
)
from shapelens.operators.backward import Kept, Run
from shapelens.operators.contents import strides_of
from shapelens.operators.operator import Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.operators.rearranging import known_contents
from shapelens.records import dataclass

__all__ = ["AlongAxis", "Reduce", "TopK"]

_FUNCTIONS: dict[str, Callable[[Sequence[Dim]], Dim]] = {
    "sum": total,
    "prod": product,
    "product": product,
    "max": lambda dims: maximum(*dims),
    "min": lambda dims: minimum(*dims),
}
"""The reductions that are computed for sizes."""

_KEEPS_NOTHING = frozenset(["mean", "sum"])
_KEEPS_INPUT = frozenset(["sum_of_squares", "var"])
_KEEPS_BOTH = frozenset(
    ["amax", "amin", "l1", "l2", "log_sum_exp", "logsumexp", "max", "min", "norm", "prod", "product", "std"]
)
_KEEPS_ALONG = {
    "cumsum": Kept(),
    "flip": Kept(),
    "log_softmax": Kept(outputs=(0,)),
    "reverse": Kept(),
    "roll": Kept(),
    "softmax": Kept(outputs=(0,)),
    "softmin": Kept(outputs=(0,)),
    "cumprod": Kept((0,), (0,)),
    "logcumsumexp": Kept((0,), (0,)),
}


@dataclass(frozen=True)
class Reduce(Operator):
    """Axes reduced to one value each: their mean, their sum, their largest value or its place.

    Inputs: the tensor, and the axes where they are computed.

    Args:
        kind: `mean`, `sum`, `max`, `min`, `product`, `l1`, `l2`, `argmax`, … (any text).
        axes: which axes; all if not given.
        keeps_axes: whether the axes stay, with size 1.
        empty_keeps_all: whether no axes at all means that nothing is reduced, and not everything.
        with_indices: whether a second output tells where each value came from.
        dtype: the type of the output, where it is not the input's.
        least: how many places each reduced axis has at least (PyTorch); else a largest value and its place need one,
            unless there is no output either (ONNX).
        of_all: whether so many places are asked of every axis.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "axes")
    family: ClassVar[str] = "pool"

    kind: str = "mean"
    axes: tuple[int, ...] | None = None
    keeps_axes: bool = True
    empty_keeps_all: bool = False
    with_indices: bool = False
    dtype: str | None = None
    least: Dim | None = None
    of_all: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        axes = told(self.axes, optional(inputs, 1), "which axes are reduced")
        if isinstance(tensor.shape, Unknown):
            is_scalar = axes is None and not self.keeps_axes and not self.empty_keeps_all
            return self._outcome(tensor, () if is_scalar else tensor.shape)
        unknown = next((axis for axis in _listed(axes) if isinstance(axis, Unknown)), None)
        if unknown is not None:
            return self._outcome(tensor, self._of_unknown_axes(tensor, axes, unknown))
        reduced, broken = self._reduced(axes, tensor.rank)
        if broken is not None:
            return refused(broken, *self._outcome(tensor, tensor.shape).outputs)
        own = tensor.dims
        if self.keeps_axes:
            shape: Shape = tuple([1 if axis in reduced else dim for axis, dim in enumerate(own)])
        else:
            shape = tuple([dim for axis, dim in enumerate(own) if axis not in reduced])
        return self._outcome(tensor, shape, self._contents(tensor, reduced), self._requirements(own, reduced))

    def _reduced(self, axes: Any, rank: int) -> tuple[frozenset[int], Requirement | None]:
        """The axes that are reduced."""
        if not axes:
            return frozenset(() if self.empty_keeps_all else range(rank)), None
        # A scalar is reduced as if it had one axis.
        found, broken = fixed_axes(axes, max(rank, 1), may_repeat=True)
        return frozenset(found if rank else ()), broken

    def _of_unknown_axes(self, tensor: Tensor, axes: Any, unknown: Unknown) -> Shape | Unknown:
        """The shape when it is not known which axes are reduced, but perhaps how many."""
        if self.keeps_axes:
            return (unknown,) * tensor.rank
        # Several may be the same one.
        return unknown if isinstance(axes, Unknown) or len(axes) > 1 else (unknown,) * (tensor.rank - 1)

    def _requirements(self, own: Shape, reduced: frozenset[int]) -> tuple[Requirement, ...]:
        """Nothing has no largest value, and no place of it, unless there is no output either."""
        facts = {"gets": own, "axes": tuple(sorted(reduced)), "kind": self.kind}
        if self.least is not None:
            asked = range(len(own)) if self.of_all else sorted(reduced)
            truth = all_of(*[at_least(own[axis], self.least) for axis in asked])
            return () if truth is True else (Requirement("reduction", truth, facts),)
        has_places = self.with_indices and self.kind in {"max", "min"}
        if self.kind not in {"argmax", "argmin", "amax", "amin"} and not has_places:
            return ()
        kept = [dim for axis, dim in enumerate(own) if axis not in reduced]
        some = all_of(*[at_least(own[axis], 1) for axis in sorted(reduced)])
        truth = some if some is True else any_of(some, equal(product(kept), 0))
        return () if truth is True else (Requirement("reduction", truth, facts),)

    def _outcome(
        self,
        tensor: Tensor,
        shape: Shape | Unknown,
        contents: tuple[Any, ...] | None = None,
        requirements: tuple[Requirement, ...] = (),
    ) -> Outcome:
        values = Tensor(shape, self.dtype or tensor.dtype, contents)
        outputs = (values, Tensor(shape, "int64")) if self.with_indices else (values,)
        return Outcome(outputs, requirements)

    def _contents(self, tensor: Tensor, reduced: frozenset[int]) -> tuple[Any, ...] | None:
        elements, function = known_contents(tensor), _FUNCTIONS.get(self.kind)
        if not elements or function is None or not all(is_size(element) for element in elements):
            return None
        groups = _groups(tensor.dims, reduced)
        return tuple([function([elements[place] for place in group]) for group in groups])

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        tensor = given(inputs)
        axes = told(self.axes, optional(inputs, 1), "which axes are reduced")
        if any(not isinstance(axis, int) for axis in _listed(axes)):
            return ()
        reduced, _ = self._reduced(axes, tensor.rank)
        kept = [axis for axis in range(tensor.rank) if axis not in reduced]
        return identity(0, [(axis, axis if self.keeps_axes else place) for place, axis in enumerate(kept)])

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        """A sum keeps nothing; the largest values are found again by their places, or in the input."""
        if self.with_indices:
            return Kept(outputs=(1,))
        if self.kind in _KEEPS_NOTHING:
            return Kept()
        if self.kind in _KEEPS_INPUT:
            return Kept((0,))
        axes = told(self.axes, optional(run.inputs, 1), "which axes are reduced")
        if self.kind in {"prod", "product"} and len(_listed(axes)) > 1:
            return super().kept_for_backward(run)  # PyTorch has no product over several axes
        if self.kind == "log_sum":
            return Kept(others=(run.outputs[0].shaped(run.outputs[0].shape),))
        return Kept((0,), (0,)) if self.kind in _KEEPS_BOTH else super().kept_for_backward(run)

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        axes = told(self.axes, optional(inputs, 1), "which axes are reduced")
        return f"{self.kind.replace('_', ' ')} {_over(axes)}"


def _listed(axes: tuple[Dim, ...] | Unknown | None) -> tuple[Dim, ...]:
    return () if axes is None else (axes,) if isinstance(axes, Unknown) else axes


def _over(axes: tuple[Dim, ...] | Unknown | None) -> str:
    listed = _listed(axes)
    if not listed:
        return "over all axes"
    return f"over {'axis' if len(listed) == 1 else 'axes'} {', '.join(str(axis) for axis in listed)}"


def _groups(shape: Sequence[int], reduced: frozenset[int]) -> list[list[int]]:
    """For each element of the result, the places of those that it is reduced from."""
    starts, steps = [0], [0]
    for axis, (size, stride) in enumerate(zip(shape, strides_of(shape), strict=True)):
        along = [place * stride for place in range(size)]
        if axis in reduced:
            steps = [step + place for step in steps for place in along]
        else:
            starts = [start + place for start in starts for place in along]
    return [[start + step for step in steps] for start in starts]


@dataclass(frozen=True)
class TopK(Operator):
    """The largest or smallest values along an axis, and where they stood.

    Inputs: the tensor, and how many where that is computed.

    Args:
        count: how many.
        axis: along which axis.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "count")
    family: ClassVar[str] = "pool"

    count: Dim | None = None
    axis: int = -1

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        count = told_number(self.count, optional(inputs, 1), "how many are kept")
        if count is None:
            count = Unknown("how many are kept is not given")
        if isinstance(tensor.shape, Unknown):
            return Outcome((tensor.shaped(tensor.shape), Tensor(tensor.shape, "int64")))
        axis, broken = fixed_axis(self.axis, tensor.rank)
        if broken is not None:
            return refused(broken, tensor, tensor.shaped(tensor.shape, "int64"))
        own = tensor.dims
        shape = (*own[:axis], count, *own[axis + 1 :])
        fits = all_of(at_least(count, 0), at_least(own[axis], count))
        facts = {"gets": own, "axis": axis, "size": own[axis], "count": count}
        requirement = Requirement("top_k", fits, facts, spoils=(axis,))
        return Outcome((tensor.shaped(shape), Tensor(shape, "int64")), (requirement,))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        rank = given(inputs).rank
        return identity(0, [(axis, axis) for axis in range(rank) if axis != self.axis % rank])

    def kept_for_backward(self, run: Run) -> Kept:
        """Where they stood."""
        return Kept(outputs=(1,))

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        count = told_number(self.count, optional(inputs, 1), "how many are kept")
        return f"top {count} along axis {self.axis}"


@dataclass(frozen=True)
class AlongAxis(Operator):
    """A function that keeps the shape and looks along an axis whole: softmax, a running sum, a sort.

    Inputs: the tensor, and the axis where it is computed.

    Args:
        function: its name in a table: `softmax`, `log_softmax`, `cumsum`, …
        axis: along which axis; None where an input says it, or where it looks at all.
        to_end: whether it looks at all axes from that one on, as if they were one (ONNX before version 13).
        with_indices: whether a second output tells where each value came from.
        dtype: the type of the output, where it is not the input's.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "axis")
    keeps_shape: ClassVar[bool] = True
    family: ClassVar[str] = "activation"

    function: str = "softmax"
    axis: int | None = -1
    to_end: bool = False
    with_indices: bool = False
    dtype: str | None = None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        places = (tensor.shaped(tensor.shape, "int64"),) if self.with_indices else ()
        out = (tensor.shaped(tensor.shape, self.dtype), *places)
        axis = told_number(self.axis, optional(inputs, 1), "the axis")
        if isinstance(tensor.shape, Unknown) or not isinstance(axis, int):
            return Outcome(out)
        _, broken = fixed_axis(axis, max(tensor.rank, 1))
        return Outcome(out, () if broken is None else (broken,))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        rank = given(inputs).rank
        axis = told_number(self.axis, optional(inputs, 1), "the axis")
        if not isinstance(axis, int) or rank == 0:
            return ()
        seen_whole = range(axis % rank, rank) if self.to_end else {axis % rank}
        return identity(0, [(place, place) for place in range(rank) if place not in seen_whole])

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        """A softmax keeps what comes out of it."""
        return _KEEPS_ALONG.get(self.function) or super().kept_for_backward(run)

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        name = self.function.replace("_", " ")
        axis = told_number(self.axis, optional(inputs, 1), "the axis")
        return name if axis is None or axis == -1 else f"{name} along axis {axis}"
