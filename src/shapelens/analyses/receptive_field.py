"""Receptive fields: which part of the input one cell of a layer sees, over the real graph.

A field is followed axis by axis, with the exact cells of every phase: after up-sampling, neighbouring cells see
windows of different places, so a field has a period. Joins take the union of their branches.

Source: Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill, 2019, for
sizes, strides and starts of networks without up-sampling; the phases are brute-forced in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import lcm

from shapelens.dims import Unknown, following
from shapelens.errors import DimensionError
from shapelens.network import Evaluation, Step
from shapelens.operators.reach import Link, Span
from shapelens.records import dataclass

__all__ = ["EVERYTHING", "Everything", "Field", "FieldOf", "receptive_fields"]

MAXIMUM_PERIOD = 1024
"""Fields with more phases than this are not followed."""


class Everything:
    """The field of a cell that sees an axis whole, however large it is."""

    def __repr__(self) -> str:
        return "EVERYTHING"


EVERYTHING = Everything()


@dataclass(frozen=True, slots=True)
class Field:
    """What one cell sees along one axis of the input.

    The cell `period · t + r` sees the input cells `advance · t + spans[r]`, first and last included.

    Args:
        axis: the axis of the tensor along which its cells lie; None where several axes were merged.
        period: after how many cells the pattern repeats.
        advance: how many input cells it has moved on by then.
        spans: for each cell of one period, the first and the last input cell that it sees.
        aligned: whether all branches that were joined on the way are centred alike.
    """

    axis: int | None
    period: int = 1
    advance: int = 1
    spans: tuple[Span, ...] = ((0, 0),)
    aligned: bool = True

    @property
    def size(self) -> int:
        """How many input cells the widest of them sees, those outside of the input included."""
        return max(last - first + 1 for first, last in self.spans)

    @property
    def stride(self) -> int | Fraction:
        """How many input cells lie between neighbours: a fraction after up-sampling."""
        step = Fraction(self.advance, self.period)
        return int(step) if step.denominator == 1 else step

    @property
    def start(self) -> int:
        """The first input cell that the first cell sees; negative in the padding."""
        return self.spans[0][0]

    def span(self, cell: int) -> Span:
        """The input cells that one cell sees, first and last included."""
        whole, phase = divmod(cell, self.period)
        first, last = self.spans[phase]
        return first + whole * self.advance, last + whole * self.advance


FieldOf = Mapping[str, "Field | Everything | Unknown"]
"""For each spatial axis of the input, by its letter, what a cell sees of it."""


def receptive_fields(evaluation: Evaluation) -> dict[str, FieldOf]:
    """The field of every value of an evaluated network, by the value's name.

    A value that does not depend on an image has no entry. Sizes must be integers where a rule needs them
    (paddings of `SAME`, resampling); where they are not, the field is unknown.
    """
    fields: dict[str, FieldOf] = {}
    for declared in evaluation.network.inputs:
        if declared.layout is not None:
            fields[declared.name] = {
                declared.layout.axes[axis]: Field(axis) for axis in declared.layout.spatial
            }
    with following(evaluation.walked):
        for step in evaluation.steps:
            found = _through(step, fields)
            if found:
                for value in step.node.outputs:
                    fields[value] = found
    return fields


def _through(step: Step, fields: Mapping[str, FieldOf]) -> dict[str, Field | Everything | Unknown]:
    """The fields of a step's outputs: those of its inputs seen through the operator, joined."""
    sources = [(p, fields[v]) for p, v in enumerate(step.node.inputs) if v is not None and v in fields]
    if not sources or not step.outputs:
        return {}
    links = _links(step)
    joined: dict[str, Field | Everything | Unknown] = {}
    for position, seen in sources:
        for letter, field in seen.items():
            carried = _carried(position, field, links, step)
            joined[letter] = _union(joined[letter], carried) if letter in joined else carried
    return joined


def _links(step: Step) -> tuple[Link, ...] | Unknown:
    for tensor in (*step.inputs, step.outputs[0]):
        if tensor is not None and isinstance(tensor.shape, Unknown):
            return tensor.shape
    try:
        return step.node.operator.links(step.inputs, step.outputs)
    except DimensionError:
        return Unknown("the size decides it")


def _carried(
    position: int, field: Field | Everything | Unknown, links: Sequence[Link] | Unknown, step: Step
) -> Field | Everything | Unknown:
    """One input's field along one axis, seen through the operator."""
    if not isinstance(field, Field):
        return field
    if isinstance(links, Unknown):
        return links
    if field.axis is None:
        # Several axes share one: it stays what it is for as long as nothing looks at its neighbours.
        plain = [link for link in links if link.input == position and link.spans == ((0, 0),)]
        tensor = step.inputs[position]
        assert tensor is not None
        return field if len(plain) == tensor.rank else EVERYTHING
    link = next((link for link in links if (link.input, link.input_axis) == (position, field.axis)), None)
    if link is None:
        return EVERYTHING
    return _compose(field, link)


def _compose(field: Field, link: Link) -> Field | Everything | Unknown:
    """What a cell sees of the input when it sees cells that see the input."""
    if link.spans is None:
        return Unknown("it depends on a size that is not known")
    axis = None if link.merged else link.output_axis
    if link.advance == 0:
        # Every period sees the same cells again.
        seen = tuple([_cells_seen(field, first, last) for first, last in link.spans])
        return Field(axis, link.period, 0, seen, field.aligned)
    common = lcm(link.advance, field.period)
    period = link.period * (common // link.advance)
    if period > MAXIMUM_PERIOD:
        return Unknown("its pattern repeats too slowly to be followed")
    spans: list[Span] = []
    for cell in range(period):
        whole, phase = divmod(cell, link.period)
        first, last = (edge + whole * link.advance for edge in link.spans[phase])
        spans.append(_cells_seen(field, first, last))
    advance = field.advance * (common // field.period)
    return _reduced(Field(axis, period, advance, tuple(spans), field.aligned))


def _cells_seen(field: Field, first: int, last: int) -> Span:
    """The input cells that some neighbouring cells of a field see together."""
    # Spans move on with the cell, so only phases of the outermost cells can be the first or last.
    cells = range(first, min(last, first + field.period) + 1)
    tail = range(max(first, last - field.period), last + 1)
    seen = [span for span in map(field.span, (*cells, *tail)) if span[0] <= span[1]]
    return (min(f for f, _ in seen), max(n for _, n in seen)) if seen else (0, -1)


def _reduced(field: Field) -> Field:
    """The same field with its least period."""
    for period in range(1, field.period):
        if field.period % period or (field.advance * period) % field.period:
            continue
        step = field.advance * period // field.period
        if all(
            field.spans[i] == (field.spans[i - period][0] + step, field.spans[i - period][1] + step)
            for i in range(period, field.period)
        ):
            return replace(field, period=period, advance=step, spans=field.spans[:period])
    return field


def _union(
    left: Field | Everything | Unknown, right: Field | Everything | Unknown
) -> Field | Everything | Unknown:
    """What a cell sees when it sees through two branches."""
    for side in (left, right):
        if isinstance(side, Everything):
            return side
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return left if isinstance(left, Unknown) else right
    assert isinstance(left, Field) and isinstance(right, Field)
    if left.advance == 0 or right.advance == 0:
        return EVERYTHING if left != right else left
    if left.advance * right.period != right.advance * left.period:
        return Unknown("its branches have different strides")
    period = lcm(left.period, right.period)
    if period > MAXIMUM_PERIOD:
        return Unknown("its pattern repeats too slowly to be followed")
    pairs = [(left.span(cell), right.span(cell)) for cell in range(period)]
    spans = tuple([(min(a[0], b[0]), max(a[1], b[1])) for a, b in pairs])
    centred = all(a[0] + a[1] == b[0] + b[1] for a, b in pairs)
    axis = left.axis if left.axis == right.axis else None
    advance = left.advance * (period // left.period)
    return _reduced(Field(axis, period, advance, spans, left.aligned and right.aligned and centred))
