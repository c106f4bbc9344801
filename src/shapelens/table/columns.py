"""The columns of the table: what each says of an input and of a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from shapelens.analyses.samples import sample_of
from shapelens.dims import Dim, Expression, Unknown, product
from shapelens.dims.counts import count_text, exact_text, share_text
from shapelens.dims.layout import Layout
from shapelens.errors import UsageError
from shapelens.explanation.document import ANSWER, BREAK, LABEL, UNKNOWN, Text, join, text
from shapelens.network import Answers, Applied
from shapelens.operators import Shape
from shapelens.records import dataclass
from shapelens.table.cells import (
    field_cell,
    filters_cell,
    glimpse,
    shape_cell,
    spatial_of,
    step_cell,
    volume,
)
from shapelens.table.layout import Column
from shapelens.table.rows import Row

__all__ = [
    "COLUMN_NAMES",
    "View",
    "column_of",
    "operator_column",
    "shares_column",
    "takes_words",
    "times_column",
]

COLUMN_NAMES = (
    "layer",
    "operator",
    "in",
    "filters",
    "out",
    "volume",
    "field",
    "step",
    "params",
    "macs",
    "where",
)
"""The columns that can be asked for."""


@dataclass(frozen=True, slots=True)
class View:
    """What the cells of a table are made from.

    Args:
        rows: the rows.
        layout: the layout of the network's images.
        batch: the number of samples.
        first: the shape of one sample of the first input.
        inputs: the names and the shapes of one sample of all inputs.
        parameters: the total.
        macs: the total.
        ascii_only: whether only ASCII may be printed: then there are no volumes.
    """

    rows: Sequence[Row]
    layout: Layout | None
    batch: Dim
    first: Shape | Unknown
    inputs: Sequence[tuple[str, Shape | Unknown]]
    parameters: Dim
    macs: Dim
    ascii_only: bool = False

    @property
    def order(self) -> str:
        """The order of axes for headers: `C×H×W`."""
        return self.layout.sample.spaced if self.layout is not None else ""

    @property
    def is_symbolic(self) -> bool:
        """Whether costs hang on a free size."""
        return isinstance(self.macs, Expression)


def column_of(key: str, view: View, *, exact: bool) -> Column:
    """A column by its name.

    Args:
        key: its name.
        view: what its cells are made from.
        exact: whether counts are exact.

    Raises:
        UsageError: "there is no column size".
    """
    maker = _MAKERS.get(key)
    if maker is None:
        raise UsageError(
            f"there is no column {key}",
            at="--columns",
            have=key,
            rule=f"the columns are {', '.join(COLUMN_NAMES)}",
        )
    return maker(view, exact)


def _shape_cells(view: View, of_shape: Callable[[Shape | Unknown], Text]) -> tuple[Text, ...]:
    """A cell for the shape of each input, then for what comes out of each row."""
    of_last = Answers[Text](lambda applied: of_shape(sample_of(applied.output, view.batch)))
    return _cells(view, lambda row: of_last(row.last), lambda _, shape: of_shape(shape))


def _cells(
    view: View, of_row: Callable[[Row], Text], of_input: Callable[[str, Shape | Unknown], Text] | None = None
) -> tuple[Text, ...]:
    """A cell for each input, then for each row."""
    inputs = [of_input(name, shape) if of_input else () for name, shape in view.inputs]
    return (*inputs, *[of_row(row) for row in view.rows])


def _layer(view: View, exact: bool) -> Column:
    def of_row(row: Row) -> Text:
        name = text(
            ("│ " * (row.indent - 1) + ("└ " if row.is_last else "├ ") if row.indent else "", LABEL),
            row.label,
        )
        return text((f"{'✗' if not view.ascii_only else 'X'} {row.label}", BREAK)) if row.broken else name

    return Column("layer", "layer", _cells(view, of_row, lambda name, _: text(name)), total=text("total"))


def times_column(view: View) -> Column:
    """How many blocks stand in each row."""
    return Column(
        "times", "", _cells(view, lambda row: text(f"×{row.times}") if row.times > 1 else ()), tight=True
    )


def operator_column(view: View, *, folded: bool, takes: bool, detail: bool) -> Column:
    """What each row computes, in words.

    Args:
        view: what its cells are made from.
        folded: whether the words of folded steps stand behind: `+ relu`.
        takes: whether what a row takes stands behind, where that is not the row above.
        detail: whether more is said: the kernels in a block.
    """

    def of_row(row: Row) -> Text:
        words = row.words + row.detail if detail else row.words
        words += "".join(f" + {word}" for word in dict.fromkeys(row.folded)) if folded else ""
        names = takes_words(row) if takes or len(row.takes) > 1 else ""
        return text(words, (names, LABEL))

    return Column("operator", "operator", _cells(view, of_row))


def takes_words(row: Row) -> str:
    """What a row takes, where that is not the row above."""
    if not row.takes:
        return ""
    shown = ", ".join(row.takes[:2]) + (f", … {len(row.takes)} in all" if len(row.takes) > 2 else "")
    return f" {shown}" if len(row.takes) > 1 else f" of {shown}"


def _in(view: View, exact: bool) -> Column:
    def of_first(applied: Applied) -> Text:
        flowing = applied.flowing
        shapes = [shape_cell(sample_of(tensor, view.batch), view.layout) for tensor in flowing[:2]]
        more = text(" + …") if len(flowing) > 2 else ()
        return (*join(" + ", dict.fromkeys(shapes)), *more)

    cells = Answers(of_first)
    header = f"in {view.order}".rstrip()
    return Column("in", header, _cells(view, lambda row: cells(row.first)), align="shape")


def _filters(view: View, exact: bool) -> Column:
    of_main = Answers[Text](lambda applied: filters_cell(applied.filters, view.layout))
    cells = _cells(view, lambda row: of_main(row.main.applied) if row.main is not None else ())
    return Column("filters", "filters", cells, align="of")


def _out(view: View, exact: bool) -> Column:
    cells = _shape_cells(view, lambda shape: shape_cell(shape, view.layout))
    return Column("out", f"out {view.order}".rstrip(), cells, align="shape")


def _glimpse(view: View, exact: bool) -> Column:
    cells = _shape_cells(view, lambda shape: glimpse(shape, view.first, view.layout))
    return Column("glimpse", "", cells, tight=True)


def _volume(view: View, exact: bool) -> Column:
    cells = _shape_cells(view, lambda shape: volume(shape, view.first, view.layout))
    return Column("volume", "volume", cells)


def _field(view: View, exact: bool) -> Column:
    return Column("field", "field", _cells(view, lambda row: field_cell(row.field)), align="right")


def _step(view: View, exact: bool) -> Column:
    return Column("step", "step", _cells(view, lambda row: step_cell(row.field)), align="right")


def _params(view: View, exact: bool) -> Column:
    number = _numbers(exact=exact)
    total = exact_text(view.parameters) if exact else count_text(view.parameters, 4)
    cells = _cells(view, lambda row: number(row.parameters))
    return Column("params", "parameters" if exact else "params", cells, "right", text((total, ANSWER)))


def _macs(view: View, exact: bool) -> Column:
    if view.is_symbolic:
        cells = _cells(view, lambda row: _count(exact_text(_macs_per_position(row, view))))
        return Column("macs", "MACs/pos", cells, "right")
    number = _numbers(exact=exact)
    total = exact_text(view.macs) if exact else count_text(view.macs, 4)
    return Column("macs", "MACs", _cells(view, lambda row: number(row.macs)), "right", text((total, ANSWER)))


def _where(view: View, exact: bool) -> Column:
    return Column("where", "where", _cells(view, lambda row: text((row.main or row.steps[0]).node.where)))


def _numbers(*, exact: bool) -> Callable[[Dim], Text]:
    """How a count is written, once for each count."""
    return cache(lambda number: _count(exact_text(number) if exact else count_text(number)))


def _count(content: str) -> Text:
    return text((content, LABEL if content == "0" else UNKNOWN if content == "?" else ""))


def shares_column(view: View, key: str) -> Column:
    """The share of each row in the total of `params` or `macs`."""
    whole = view.parameters if key == "params" else view.macs

    def of_row(row: Row) -> Text:
        part = row.parameters if key == "params" else row.macs
        share = share_text(part, whole)
        is_large = isinstance(part, int) and isinstance(whole, int) and whole and part * 10 >= whole
        return text((share, ANSWER if is_large else LABEL))

    return Column(f"{key}_share", "", _cells(view, of_row), "right", tight=True)


def _macs_per_position(row: Row, view: View) -> Dim:
    """The multiply-accumulates for one position of the row's output; the whole where there are no positions.

    A tensor that is no image has its positions along the axes whose size is free: tokens, anchors.
    """
    if not isinstance(row.macs, Expression):
        return row.macs
    sample = sample_of(row.output, view.batch)
    spatial = spatial_of(sample, view.layout)
    if not spatial and not isinstance(sample, Unknown):
        spatial = tuple([dim for dim in sample if isinstance(dim, Expression)])
    return row.macs // product(spatial)


_MAKERS: dict[str, Callable[[View, bool], Column]] = {
    "layer": _layer,
    "operator": lambda view, exact: operator_column(view, folded=exact, takes=False, detail=exact),
    "in": _in,
    "filters": _filters,
    "out": _out,
    "glimpse": _glimpse,
    "volume": _volume,
    "field": _field,
    "step": _step,
    "params": _params,
    "macs": _macs,
    "where": _where,
}
