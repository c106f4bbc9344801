"""Indexing: elements chosen by their places.

>>> from shapelens.operators import Gather, Tensor
>>> Gather(axis=1).evaluate(Tensor((2, 197, 768)), Tensor((), "int64", (0,))).outputs[0].shape
(2, 768)
>>> Gather().evaluate(Tensor((30522, 768)), Tensor((1, 128), "int64")).outputs[0].shape
(1, 128, 768)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from shapelens.dims import Dim, Unknown, all_of, at_least, at_most, decide, equal
from shapelens.operators.arguments import fixed_axis, given, is_size, optional, refused, told_number
from shapelens.operators.backward import Kept, Run
from shapelens.operators.elementwise import broadcast
from shapelens.operators.operator import Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.reach import Link, identity, same_cells
from shapelens.operators.rearranging import known_contents, picked
from shapelens.operators.spans import inside, span_of
from shapelens.operators.strides import Strides
from shapelens.records import dataclass

__all__ = [
    "Gather",
    "GatherElements",
    "GatherND",
    "OneHot",
    "Triangle",
    "elements_fit",
    "reached",
    "stands_inside",
]


@dataclass(frozen=True)
class Gather(Operator):
    """Whole slices chosen along one axis: its place is taken by the axes of the indices.

    Inputs: the tensor (of an embedding: its table) and the indices, where they are computed.

    Args:
        axis: along which axis.
        indices: the indices, where they are given beforehand: a number or a dim drops the axis, a list keeps it.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "indices")
    learned: ClassVar[frozenset[str]] = frozenset({"input"})
    family: ClassVar[str] = "reshape"
    takes_elements: ClassVar[bool] = True

    axis: int = 0
    indices: Dim | tuple[Dim, ...] | None = None

    @property
    def is_single(self) -> bool:
        """Whether it is one place, given beforehand, so that the axis goes."""
        return self.indices is not None and not isinstance(self.indices, tuple)

    def chosen(self, inputs: Sequence[Tensor | None]) -> Tensor:
        """The indices as a tensor."""
        if self.is_single:
            return Tensor((), "int64", (self.indices,))
        if self.indices is not None:
            return Tensor((len(self.indices),), "int64", self.indices)
        return given(inputs, 1)

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor, indices = given(inputs), self.chosen(inputs)
        axis, broken = fixed_axis(self.axis, tensor.rank)
        if broken is not None:
            return refused(broken, tensor)
        own = tensor.dims
        shape = (*own[:axis], *indices.dims, *own[axis + 1 :])
        out = Tensor(shape, tensor.dtype, self._contents(tensor, indices, axis))
        return Outcome((out,), reached(own, axis, indices))

    def _contents(self, tensor: Tensor, indices: Tensor, axis: int) -> tuple[Any, ...] | None:
        places = known_contents(indices)
        if known_contents(tensor) is None or places is None:
            return None
        size = tensor.dims[axis]
        if not all(isinstance(place, int) and -size <= place < size for place in places):
            return None
        picks: list[Sequence[int]] = [range(dim) for dim in tensor.dims]
        picks[axis] = [place % size for place in places]
        return picked(tensor, picks)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        rank, indices = given(inputs).rank, self.chosen(inputs)
        axis = self.axis % rank
        before = identity(0, [(place, place) for place in range(axis)])
        after = identity(0, [(place, place + indices.rank - 1) for place in range(axis + 1, rank)])
        if self.indices is not None:
            return before + after
        return before + after + identity(1, [(place, axis + place) for place in range(indices.rank)])

    def views(self, run: Run) -> tuple[Strides | None, ...]:
        """One place of an axis is a view; several are copied."""
        lies = run.lies()
        if not self.is_single:
            return ()
        axis = self.axis % len(lies)
        return ((*lies[:axis], *lies[axis + 1 :]),)

    def kept_for_backward(self, run: Run) -> Kept:
        """The indices, unless it is one that is fixed."""
        if self.indices is None:
            return Kept((1,))
        return Kept() if self.is_single else Kept(others=(self.chosen(run.inputs),))

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"take {self.indices}" if self.is_single else "gather"


def reached(own: Shape, axis: int, indices: Tensor) -> tuple[Requirement, ...]:
    """That an axis reaches as far as the indices that are known ask for."""
    facts = {"gets": own, "axis": axis, "size": own[axis], "indices": indices.contents}
    fixed = fixed_indices(indices)
    if fixed:
        # -5 asks for five places as 4 does.
        needed = max(max(fixed) + 1, -min(fixed))
        return (Requirement("index", at_least(own[axis], needed), {**facts, "needed": needed}),)
    if indices.span is not None:
        truth = inside(indices, own[axis], from_end=True)
        return (Requirement("index", truth, {**facts, "needed": indices.span.most + 1}),)
    known = known_contents(indices) or ()
    places = [place for place in known if is_size(place) and not isinstance(place, Unknown)]
    truths = [all_of(at_least(own[axis], place + 1), at_least(place + own[axis], 0)) for place in places]
    return (Requirement("index", all_of(*truths), facts),) if truths else ()


def fixed_indices(indices: Tensor) -> tuple[int, ...] | None:
    """The indices, if they are known numbers."""
    contents = known_contents(indices)
    if contents is None or not all(isinstance(place, int) for place in contents):
        return None
    return contents


@dataclass(frozen=True)
class GatherElements(Operator):
    """One element for each index: `out[i][j] = in[index[i][j]][j]` along axis 0. The indices give the shape.

    Args:
        axis: along which axis an index says the place.
        broadcasts: whether the tensor and the indices are stretched to each other along all other axes.
        from_end: whether negative indices count from the end (ONNX); else they are none (PyTorch).
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "indices")
    learned: ClassVar[frozenset[str]] = frozenset({"input"})
    word: ClassVar[str] = "gather elements"
    family: ClassVar[str] = "reshape"

    axis: int = 0
    broadcasts: bool = False
    from_end: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor, indices = given(inputs), given(inputs, 1)
        if self.broadcasts:
            return self._stretched(tensor, indices)
        if isinstance(tensor.shape, Unknown):
            return Outcome((Tensor(indices.shape, tensor.dtype),))
        requirements = elements_fit(tensor, indices, self.axis, from_end=self.from_end)
        return Outcome((Tensor(indices.dims, tensor.dtype),), requirements)

    def _stretched(self, tensor: Tensor, indices: Tensor) -> Outcome:
        own, places = tensor.dims, indices.dims
        facts = {"gets": places, "wants": own, "axis": self.axis}
        axis, broken = fixed_axis(self.axis, max(len(own), 1))
        if broken is None and len(own) != len(places):
            broken = Requirement("indices", False, facts, spoils=None)
        if broken is not None:
            return refused(broken, tensor)
        if not own:
            return Outcome((tensor.shaped(()),))
        others, requirements = broadcast([(*dims[:axis], 1, *dims[axis + 1 :]) for dims in (own, places)])
        return Outcome((tensor.shaped((*others[:axis], places[axis], *others[axis + 1 :])),), requirements)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        axis = self.axis % max(given(inputs).rank, 1)
        links = same_cells([given(inputs).shape, given(inputs, 1).shape], outputs[0].shape)
        return tuple([link for link in links if (link.input, link.input_axis) != (0, axis)])

    def kept_for_backward(self, run: Run) -> Kept:
        """The tensor and the indices."""
        return Kept((0, 1))


def elements_fit(
    tensor: Tensor, indices: Tensor, axis: int, *, from_end: bool = False
) -> tuple[Requirement, ...]:
    """The indices have as many axes, reach no further along any but the indexed one, and stand inside of that."""
    facts = {"gets": indices.dims, "wants": tensor.dims, "axis": axis}
    if tensor.rank != indices.rank:
        return (Requirement("indices", False, facts, spoils=None),)
    found, broken = fixed_axis(axis, max(tensor.rank, 1))
    if broken is not None:
        return (broken,)
    reach = [
        Requirement("indices", at_most(indices.dims[place], tensor.dims[place]), {**facts, "at": place})
        for place in range(tensor.rank)
        if place != found
    ]
    stands = stands_inside(tensor.dims, found, indices, from_end=from_end) if tensor.rank else ()
    return (*reach, *stands)


def stands_inside(
    own: Shape, axis: int, indices: Tensor, *, from_end: bool = False
) -> tuple[Requirement, ...]:
    """That every index which is computed of sizes is a place of the axis, counted from its beginning or either end."""
    span = span_of(indices)
    if span is None:
        return ()
    facts = {"gets": own, "axis": axis, "size": own[axis], "needed": span.most + 1}
    return (Requirement("index", inside(replace(indices, span=span), own[axis], from_end=from_end), facts),)


@dataclass(frozen=True)
class GatherND(Operator):
    """Whole slices chosen by several indices at once: the last axis of the indices says a place on each axis.

    `out = indices' axes but the last, then the tensor's axes that are not indexed`

    Args:
        batch_axes: how many leading axes both share.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "indices")
    learned: ClassVar[frozenset[str]] = frozenset({"input"})
    word: ClassVar[str] = "gather"
    family: ClassVar[str] = "reshape"

    batch_axes: int = 0

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor, indices = given(inputs), given(inputs, 1)
        own, places = tensor.dims, indices.dims
        if not places or len(own) <= self.batch_axes or len(places) <= self.batch_axes:
            facts = {"gets": places, "wants": own, "batch_axes": self.batch_axes}
            return refused(Requirement("indices", False, facts, spoils=None), tensor)
        facts = {"gets": places, "wants": own, "batch_axes": self.batch_axes, "depth": places[-1]}
        depths = range(1, len(own) - self.batch_axes + 1)
        depth = next((depth for depth in depths if decide(equal(places[-1], depth))), None)
        if depth is None:
            return refused(Requirement("indices", False, facts, spoils=None), tensor)
        requirements = tuple(
            [
                Requirement("indices", equal(own[axis], places[axis]), {**facts, "at": axis}, spoils=(axis,))
                for axis in range(self.batch_axes)
            ]
        )
        return Outcome((tensor.shaped((*places[:-1], *own[self.batch_axes + depth :])),), requirements)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        own, places = given(inputs).rank, given(inputs, 1).rank
        rank = len(outputs[0].dims)
        kept = rank - (places - 1)
        shared = identity(0, [(axis, axis) for axis in range(self.batch_axes)])
        after = identity(0, [(own - kept + place, rank - kept + place) for place in range(kept)])
        return shared + after + identity(1, [(axis, axis) for axis in range(places - 1)])


@dataclass(frozen=True)
class OneHot(Operator):
    """A new axis, as long as there are classes: 1 at the index, 0 elsewhere.

    Inputs: the indices, the number of classes where it is computed, and the two values where they are chosen.

    Args:
        depth: the number of classes.
        axis: where the new axis stands in the result.
        dtype: the type of the output, where no values say it.
        is_checked: whether every index must be one of the classes (PyTorch); else what is none has no 1 (ONNX).
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "depth", "values")
    word: ClassVar[str] = "one hot"
    family: ClassVar[str] = "reshape"

    depth: Dim | None = None
    axis: int = -1
    dtype: str = "int64"
    is_checked: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        indices = given(inputs)
        depth = told_number(self.depth, optional(inputs, 1), "the number of classes")
        if depth is None:
            depth = Unknown("the number of classes is not given")
        axis, broken = fixed_axis(self.axis, indices.rank + 1)
        if broken is not None:
            return refused(broken, indices)
        shape = (*indices.dims[:axis], depth, *indices.dims[axis:])
        facts = {"gets": indices.dims, "depth": depth}
        positive = Requirement("classes", at_least(depth, 1), facts, spoils=(axis,))
        values = optional(inputs, 2)
        known = stands_inside(shape, axis, indices) if self.is_checked else ()
        dtype = self.dtype if values is None else values.dtype
        return Outcome((Tensor(shape, dtype),), (positive, *known))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        rank = given(inputs).rank
        axis = self.axis % (rank + 1)
        return identity(0, [(place, place if place < axis else place + 1) for place in range(rank)])


@dataclass(frozen=True)
class Triangle(Operator):
    """The upper or lower triangle of a matrix; zeros stand in the other one.

    Args:
        upper: whether it is the upper one.
    """

    keeps_shape: ClassVar[bool] = True
    family: ClassVar[str] = "activation"

    upper: bool = True

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        if not isinstance(tensor.shape, Unknown) and tensor.rank < 2:
            return refused(
                Requirement("rank", False, {"gets": tensor.dims, "wants": (2,)}, spoils=None), tensor
            )
        return Outcome((tensor.shaped(tensor.shape),))

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"{'upper' if self.upper else 'lower'} triangle"
