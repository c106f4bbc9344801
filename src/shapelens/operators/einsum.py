"""Sums over named axes, in Einstein's notation.

    >>> from shapelens.operators import Einsum, Tensor
    >>> Einsum("bhqd,bhkd->bhqk").evaluate(Tensor((8, 12, 197, 64)), Tensor((8, 12, 197, 64))).outputs[
    ...     0
    ... ].shape
    (8, 12, 197, 197)

Outer products, dot products and tensor products are sums of this kind:

    >>> tensor_product(3, 2, (2,), (0,)).equation
    'abc,cd->abd'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import ascii_letters
from typing import ClassVar

from shapelens.dims import Dim, Unknown, equal, product
from shapelens.operators.backward import Kept, Run, of_two
from shapelens.operators.elementwise import broadcast
from shapelens.operators.operator import Follow, Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.products import copy_unless_viewed
from shapelens.operators.reach import Link
from shapelens.records import dataclass

__all__ = ["Einsum", "Pairwise", "dot_product", "outer_product", "tensor_product"]

_ELLIPSIS = "..."

Label = str
"""A letter, or for the axes of an ellipsis `...1`, `...2`, counted from the last."""


@dataclass(frozen=True)
class Einsum(Operator):
    """`out[…] = Σ left[…] · right[…]` over every index that the output does not name.

    Args:
        equation: `bij,bjk->bik`; without an arrow the output has each index that comes once, in alphabetical
            order, after the axes of an ellipsis.
    """

    roles: ClassVar[tuple[str, ...]] = ("first", "second", "third", "fourth")
    learned: ClassVar[frozenset[str]] = frozenset(roles)
    family: ClassVar[str] = "linear"

    equation: str = "ij,jk->ik"

    def labels(self, shapes: Sequence[Shape]) -> tuple[list[tuple[Label, ...]], tuple[Label, ...]] | None:
        """The index of every axis of the operands and of the output; None where the equation does not fit."""
        left, arrow, right = self.equation.replace(" ", "").partition("->")
        terms = left.split(",")
        if len(terms) != len(shapes):
            return None
        operands: list[tuple[Label, ...]] = []
        for term, shape in zip(terms, shapes, strict=True):
            labels = _labels_of(term, len(shape))
            if labels is None:
                return None
            operands.append(labels)
        used = [label for labels in operands for label in labels]
        dots = sorted({label for label in used if label.startswith(_ELLIPSIS)}, key=_place, reverse=True)
        if not arrow:
            once = sorted(label for label in set(used) if len(label) == 1 and used.count(label) == 1)
            return operands, (*dots, *once)
        before, ellipsis, after = right.partition(_ELLIPSIS)
        output = (*before, *(dots if ellipsis else ()), *after)
        fits = set(output) <= set(used) and len(set(output)) == len(output)
        return (operands, output) if fits else None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensors = [tensor for tensor in inputs if tensor is not None]
        shapes = [tensor.dims for tensor in tensors]
        found = self.labels(shapes)
        if found is None:
            facts = {"equation": self.equation, "shapes": tuple(shapes)}
            nothing = Unknown(f"the equation {self.equation} does not fit")
            broken = Requirement("equation", False, facts, spoils=None)
            return Outcome((tensors[0].shaped(nothing),), (broken,))
        operands, output = found
        sizes, requirements = _sizes(operands, shapes, output)
        shape = tuple([sizes[label] for label in output])
        return Outcome((tensors[0].shaped(shape),), requirements)

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """Where two operands share an index that is summed, each combination of the indices counts one.

        Operands meet from left to right. An index of one operand alone is summed before, without a
        multiplication.
        """
        shapes = [tensor.dims for tensor in inputs if tensor is not None]
        found = self.labels(shapes)
        assert found is not None
        operands, output = found
        sizes, _ = _sizes(operands, shapes, output)
        count: Dim = 0
        met = set(operands[0])
        for place, labels in enumerate(operands[1:], start=1):
            later = set(output).union(*operands[place + 1 :])
            shared = met & set(labels)
            kept = (met | set(labels)) & (later | shared)
            if shared - later:
                count = count + product([sizes[label] for label in sorted(kept)])
            met = kept & later
        return count

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """An index that the output names is seen cell by cell; one that is summed is seen whole."""
        shapes = [tensor.dims for tensor in inputs if tensor is not None]
        found = self.labels(shapes)
        assert found is not None
        operands, output = found
        links: list[Link] = []
        for position, (labels, shape) in enumerate(zip(operands, shapes, strict=True)):
            for axis, label in enumerate(labels):
                if label in output:
                    advance = 0 if isinstance(shape[axis], int) and shape[axis] == 1 else 1
                    links.append(Link(position, axis, output.index(label), advance=advance))
        return tuple(links)

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        """Two operands are kept as a product of matrices keeps them; one alone is summed and keeps nothing."""
        tensors = [tensor for tensor in run.inputs if tensor is not None]
        found = self.labels([tensor.dims for tensor in tensors])
        if found is None or len(tensors) > 2 or len(tensors) < len(run.inputs):
            return super().kept_for_backward(run)
        operands, output = found
        if len(tensors) == 1:
            return Kept()
        both = set(operands[0]) & set(operands[1])
        summed = sorted(both - set(output))
        alone = (set(operands[0]) ^ set(operands[1])) - set(output)
        repeats = any(len(set(labels)) < len(labels) for labels in operands)
        sizes = [
            dict(zip(own, tensor.dims, strict=True)) for own, tensor in zip(operands, tensors, strict=True)
        ]
        if alone or repeats or any(sizes[0][label] != sizes[1][label] for label in both):
            return super().kept_for_backward(run)
        if not summed:
            return of_two(run)
        kept: list[int] = []
        copies: list[Tensor] = []
        for place in of_two(run).inputs:
            shared = [label for label in output if label in both]
            own = [label for label in output if label in operands[place] and label not in both]
            groups = (shared, own, summed) if place == 0 else (shared, summed, own)
            axes = [operands[place].index(label) for group in groups for label in group]
            turned = tensors[place].shaped(tuple([tensors[place].dims[axis] for axis in axes]))
            lies = tuple([run.lies(place)[axis] for axis in axes])
            rows = [product([sizes[place][label] for label in group]) for group in groups]
            copy = copy_unless_viewed(turned, lies, rows)
            kept += [place] if copy is None else []
            copies += [] if copy is None else [copy]
        return Kept(tuple(kept), others=tuple(copies))

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"einsum {self.equation.replace(' ', '')}"

    def follow(self, before: Sequence[Tensor | None], after: Sequence[Tensor | None]) -> Follow:
        """A weight's index that another operand shares follows it."""
        shapes = [tensor.dims for tensor in before if tensor is not None]
        changed = [tensor.dims for tensor in after if tensor is not None]
        found = self.labels(shapes)
        if found is None or [len(shape) for shape in shapes] != [len(shape) for shape in changed]:
            return Follow(self)
        operands, _ = found
        moves = {
            (label, had): gets
            for labels, old, new in zip(operands, shapes, changed, strict=True)
            for label, had, gets in zip(labels, old, new, strict=True)
            if had != gets and isinstance(gets, int)
        }
        fitted: dict[int, Shape] = {}
        for place, (labels, old, new) in enumerate(zip(operands, shapes, changed, strict=True)):
            shape = tuple([moves.get((label, dim), dim) for label, dim in zip(labels, old, strict=True)])
            if old == new and shape != old:
                fitted[place] = shape
        return Follow(self, fitted)


_CELLS = "m"
"""The index of the cells that a pair has both."""


@dataclass(frozen=True)
class Pairwise(Einsum):
    """A function of pairs of cells that is no sum of products: distances, covariances. It costs no MACs.

        >>> Pairwise("...im,...jm->...ij", function="distance").evaluate(
        ...     Tensor((2, 5, 8)), Tensor((2, 7, 8))
        ... ).outputs[0].shape
        (2, 5, 7)

    Args:
        function: its name in a table.
    """

    learned: ClassVar[frozenset[str]] = frozenset()
    family: ClassVar[str] = "other"

    function: str = "distance"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        """The cells of a pair are equal in number: one is not stretched to many, as in a sum of products."""
        outcome = super().evaluate(*inputs)
        shapes = tuple([tensor.dims for tensor in inputs if tensor is not None])
        if any(requirement.kind == "equation" for requirement in outcome.requirements):
            return outcome
        left, right = shapes[0][-1], shapes[-1][-1]
        kept = [
            requirement for requirement in outcome.requirements if requirement.facts.get("index") != _CELLS
        ]
        truth = equal(left, right)
        facts = {"index": _CELLS, "left": left, "right": right, "shapes": shapes}
        found = [] if truth is True else [Requirement("contraction", truth, facts)]
        return Outcome(outcome.outputs, (*kept, *found))

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        return 0

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return self.function.replace("_", " ")


def _labels_of(term: str, rank: int) -> tuple[Label, ...] | None:
    """The index of every axis of one operand; None where the term does not fit its rank."""
    before, ellipsis, after = term.partition(_ELLIPSIS)
    letters = before + after
    between = rank - len(letters)
    if any(letter not in ascii_letters for letter in letters):
        return None
    if between < 0 or (between > 0 and not ellipsis):
        return None
    return (*before, *[f"{_ELLIPSIS}{place}" for place in range(between, 0, -1)], *after)


def _place(label: Label) -> int:
    """How far from the last an axis of an ellipsis stands."""
    return int(label.removeprefix(_ELLIPSIS))


def _sizes(
    operands: Sequence[Sequence[Label]], shapes: Sequence[Shape], output: Sequence[Label]
) -> tuple[Mapping[Label, Dim], tuple[Requirement, ...]]:
    """The size of every index, and what must hold for it: operands broadcast, one operand's own axes are equal."""
    sizes: dict[Label, Dim] = {}
    requirements: list[Requirement] = []
    for labels, shape in zip(operands, shapes, strict=True):
        own: dict[Label, Dim] = {}
        for label, dim in zip(labels, shape, strict=True):
            if label not in own:
                own[label] = dim
                continue
            facts = {"index": label, "left": own[label], "right": dim, "shapes": tuple(shapes)}
            requirements.append(_index_requirement(label, equal(own[label], dim), facts, output))
        for label, dim in own.items():
            known = sizes.get(label, 1)
            (sizes[label],), broken = broadcast([(known,), (dim,)])
            for requirement in broken:
                facts = {"index": label, "left": known, "right": dim, "shapes": tuple(shapes)}
                requirements.append(_index_requirement(label, requirement.truth, facts, output))
    return sizes, tuple(requirements)


def _index_requirement(
    label: Label, truth: object, facts: Mapping[str, object], output: Sequence[Label]
) -> Requirement:
    spoils = (output.index(label),) if label in output else ()
    return Requirement("contraction", truth, facts, spoils=spoils)


def outer_product() -> Einsum:
    """`out[i, j] = left[i] · right[j]` of two vectors."""
    return Einsum("i,j->ij")


def dot_product() -> Einsum:
    """`Σ left[i] · right[i]` of two vectors."""
    return Einsum("i,i->")


def tensor_product(
    left_rank: int, right_rank: int, left_axes: Sequence[int], right_axes: Sequence[int]
) -> Einsum:
    """The sum over pairs of axes, one of the left tensor and one of the right: `tensordot`.

    Args:
        left_rank: how many axes the left tensor has.
        right_rank: how many the right one has.
        left_axes: the axes of the left tensor that are summed over.
        right_axes: the axis of the right tensor that each of them meets.
    """
    letters = iter(ascii_letters)
    left = [next(letters) for _ in range(left_rank)]
    met = {axis % right_rank: left[own] for own, axis in zip(left_axes, right_axes, strict=True)}
    right = [met.get(axis) or next(letters) for axis in range(right_rank)]
    kept = [letter for letter in left if letter not in met.values()]
    kept += [letter for axis, letter in enumerate(right) if axis not in met]
    return Einsum(f"{''.join(left)},{''.join(right)}->{''.join(kept)}")
