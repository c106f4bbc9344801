"""Writing into a part of a tensor, as `x[:, 1:] = y` does. The tensor keeps its shape.

What is written over is told by the operators that would take it out, and what is written must fit there:

>>> from shapelens.operators import Overwrite, Slice, Tensor
>>> operator = Overwrite((Slice((1,), (4,), (1,)),))
>>> operator.evaluate(Tensor((2, 8, 5)), Tensor((2, 3, 5))).outputs[0].shape
(2, 8, 5)
>>> [r.truth for r in operator.evaluate(Tensor((2, 8, 5)), Tensor((2, 4, 5))).requirements]
[True, False, True]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from shapelens.dims import Unknown, any_of, equal
from shapelens.operators.arguments import given, optional
from shapelens.operators.backward import Kept, Run
from shapelens.operators.elementwise import broadcast
from shapelens.operators.indexing import Gather
from shapelens.operators.operator import Operator, Outcome, Requirement, Shape, Tensor, apply, plain
from shapelens.operators.reach import Link, identity, same_cells
from shapelens.operators.selecting import Index, is_mask
from shapelens.records import dataclass

__all__ = ["MaskedScatter", "Overwrite"]

_KEEPS_VALUES = frozenset({"index add", "index copy"})


@dataclass(frozen=True)
class Overwrite(Operator):
    """A part of a tensor written over.

    Inputs: the tensor, what is written (left out for a number), and the indices that the selection takes.

    Args:
        selection: the operators that would take the part out, one after another.
        exact: whether what is written has the very shape of the part, and is not stretched to it.
        called: its name in a table.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "values", "indices")
    learned: ClassVar[frozenset[str]] = frozenset({"input", "values"})
    keeps_shape: ClassVar[bool] = True
    family: ClassVar[str] = "reshape"

    selection: tuple[Operator, ...] = ()
    exact: bool = False
    called: str = "write"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor, values = given(inputs), optional(inputs, 1)
        out = (tensor.shaped(tensor.shape),)
        if isinstance(tensor.shape, Unknown):
            return Outcome(out)
        steps = self.steps(inputs)
        requirements = [r for _, _, outcome in steps for r in _unspoilt(outcome)]
        part = steps[-1][2].outputs[0] if steps else tensor
        if values is None or isinstance(values.shape, Unknown) or isinstance(part.shape, Unknown):
            return Outcome(out, tuple(requirements))
        return Outcome(out, (*requirements, *_fits(values.dims, part.dims, exact=self.exact)))

    def steps(self, inputs: Sequence[Tensor | None]) -> list[tuple[Operator, tuple[Tensor, ...], Outcome]]:
        """How the part is taken out: each operator, what it takes and what it gives."""
        part, place = given(inputs), 2
        found: list[tuple[Operator, tuple[Tensor, ...], Outcome]] = []
        for operator in self.selection:
            count = _indices_taken(operator)
            taken = (part, *[given(inputs, place + i) for i in range(count)])
            place += count
            outcome = apply(operator, taken)
            found.append((operator, taken, outcome))
            part = outcome.outputs[0]
        return found

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """The tensor is seen cell by cell; what is written too, along axes on which the part begins where it does."""
        tensor, values = given(inputs), optional(inputs, 1)
        links = identity(0, [(axis, axis) for axis in range(tensor.rank)])
        if values is None:
            return links
        origins, part = {axis: axis for axis in range(tensor.rank)}, tensor
        for operator, taken, outcome in self.steps(inputs):
            part = outcome.outputs[0]
            if isinstance(part.shape, Unknown):
                return links
            same = [
                link for link in operator.links(taken, (part,)) if link.input == 0 and link == _same(link)
            ]
            origins = {
                link.output_axis: origins[link.input_axis] for link in same if link.input_axis in origins
            }
        offset = part.rank - values.rank
        written = [
            Link(1, axis, origins[axis + offset], advance=0 if isinstance(dim, int) and dim == 1 else 1)
            for axis, dim in enumerate(values.dims)
            if axis + offset in origins
        ]
        return links + tuple(written)

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        """The indices, and for functions of whole slices what is written; a mask is made into integers before."""
        indices = tuple(range(2, len(run.inputs)))
        if not indices:
            return Kept()
        is_plain = self.called == "write" and not self.exact
        is_known = is_plain or self.called in _KEEPS_VALUES
        if not is_known or any(is_mask(run.tensor(place)) for place in indices):
            return super().kept_for_backward(run)
        return Kept(indices if is_plain else (1, *indices))

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return self.called

    def attributes(self, inputs: Sequence[Tensor | None]) -> dict[str, Any]:
        """The selection as its operators' own settings, each under its name."""
        return {
            **super().attributes(inputs),
            "selection": [
                {"operator": operator.name, **{k: plain(v) for k, v in operator.settings().items()}}
                for operator in self.selection
            ],
        }


def _indices_taken(operator: Operator) -> int:
    """How many of the indices an operator of a selection takes."""
    if isinstance(operator, Index):
        return len(operator.axes)
    return 1 if isinstance(operator, Gather) and operator.indices is None else 0


def _unspoilt(outcome: Outcome) -> list[Requirement]:
    """What must hold for a part to be there; the tensor's own shape stays, whether it does or not."""
    return [Requirement(r.kind, r.truth, r.facts) for r in outcome.requirements]


def _same(link: Link) -> Link:
    """The link of an axis that is looked at cell by cell."""
    return Link(link.input, link.input_axis, link.output_axis)


def _fits(values: Shape, part: Shape, *, exact: bool) -> list[Requirement]:
    """What is written has the part's shape, or is stretched to it from axes of size 1; axes in front are of size 1."""
    facts = {"gets": values, "wants": part}
    if exact and len(values) != len(part):
        return [Requirement("overwrite", False, facts)]
    ahead = len(values) - len(part)
    requirements: list[Requirement] = []
    for axis, size in enumerate(values):
        if axis < ahead:
            truth = equal(size, 1)
        else:
            truth = equal(size, part[axis - ahead])
            truth = truth if exact or truth is True else any_of(truth, equal(size, 1))
        requirements.append(Requirement("overwrite", truth, {**facts, "axis": axis}))
    return requirements


@dataclass(frozen=True)
class MaskedScatter(Operator):
    """Elements put where a mask is true, one after another; those that are left over are not used.

    Inputs: the tensor, the mask, which are stretched to each other, and the elements.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "mask", "values")
    word: ClassVar[str] = "masked scatter"
    family: ClassVar[str] = "reshape"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor, mask = given(inputs), given(inputs, 1)
        shape, requirements = broadcast([tensor.dims, mask.dims])
        return Outcome((tensor.shaped(shape),), requirements)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """The tensor and the mask are seen cell by cell, the elements whole."""
        return same_cells([given(inputs).shape, given(inputs, 1).shape], outputs[0].shape)
