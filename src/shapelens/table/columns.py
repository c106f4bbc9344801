"""The columns of the table, and which of them fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from shapelens.analyses.samples import sample_of
from shapelens.dims import Dim, Expression, Unknown, product
from shapelens.dims.counts import count_text, exact_text, share_text
from shapelens.dims.layout import Layout
from shapelens.errors import UsageError
from shapelens.explanation.document import ANSWER, BREAK, LABEL, UNKNOWN, Span, Text, join, text
from shapelens.operators import Shape
from shapelens.table.cells import (
    field_cell,
    filters_cell,
    glimpse,
    shape_cell,
    spatial_of,
    step_cell,
    volume,
)
from shapelens.table.layout import Column, total_width
from shapelens.table.rows import Row

__all__ = ["COLUMN_NAMES", "View", "columns_for", "macs_per_position", "usual_columns"]

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

_NARROW = ("layer", "operator", "filters", "out", "glimpse", "params", "macs")
_MIDDLE = ("layer", "operator", "in", "filters", "out", "volume", "field", "params", "macs")
_WIDE = ("layer", "operator", "in", "filters", "out", "volume", "field", "step", "params", "macs")
_MIDDLE_WIDTH = 110
_WIDE_WIDTH = 150


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


def usual_columns(width: int) -> list[str]:
    """The columns of a table of this width, if they fit."""
    keys = _WIDE if width >= _WIDE_WIDTH else _MIDDLE if width >= _MIDDLE_WIDTH else _NARROW
    return [key for key in keys if key != "glimpse"]


def columns_for(view: View, width: int, asked: Sequence[str] | None = None) -> list[Column]:
    """The columns that are asked for, or those that fit.

    When room is short columns go in this order: step, shares, exact counts, field, volume (to the two signs), in,
    filters. Layer, operator and out never go.
    """
    if asked is not None:
        return [_column(key, view, exact=width >= _WIDE_WIDTH) for key in asked]
    maker = _Maker(view)
    for choice in _choices(view, width):
        columns = maker.build(choice)
        if total_width(columns) <= width:
            return columns
    return _shortened([replace(column, tight=True) for column in columns], width)


@dataclass(frozen=True, slots=True)
class _Choice:
    """A set of columns.

    Args:
        keys: the columns.
        exact: whether counts are exact.
        shares: whether each count has its share of the total behind it.
        folded: whether the words of folded steps stand behind the operator.
        detail: whether more of the operator is said: the kernels in a block.
        tight: whether columns stand one space apart.
    """

    keys: tuple[str, ...]
    exact: bool = False
    shares: bool = False
    folded: bool = False
    detail: bool = False
    tight: bool = False


def _choices(view: View, width: int) -> list[_Choice]:
    """Sets of columns from the widest down."""
    plain, choices = not view.is_symbolic, []
    if width >= _WIDE_WIDTH:
        without_step = _without(_WIDE, "step")
        for detail in (True, False):
            choices += [
                _Choice(_WIDE, plain, plain, folded=True, detail=detail),
                _Choice(without_step, plain, plain, folded=True, detail=detail),
                _Choice(without_step, plain, folded=True, detail=detail),
            ]
    if width >= _MIDDLE_WIDTH:
        choices += [_Choice(_MIDDLE, detail=True), _Choice(_MIDDLE), _Choice(_MIDDLE, tight=True)]
        choices.append(_Choice(_without(_MIDDLE, "field")))
        choices.append(_Choice(("layer", "operator", "in", "filters", "out", "glimpse", "params", "macs")))
    choices += [
        _Choice(_NARROW),
        _Choice(_without(_NARROW, "glimpse")),
        _Choice(_without(_NARROW, "filters")),
    ]
    return [*choices, _Choice(_without(_NARROW, "filters", "glimpse"))]


def _without(keys: tuple[str, ...], *dropped: str) -> tuple[str, ...]:
    return tuple([key for key in keys if key not in dropped])


class _Maker:
    """Makes each column once, however many sets of columns are tried."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._made: dict[tuple[object, ...], Column] = {}

    def build(self, choice: _Choice) -> list[Column]:
        """The columns of one choice, those that would be empty left out."""
        keys, exact = choice.keys, choice.exact
        columns: list[Column] = []
        for key in keys:
            column = self._operator(choice) if key == "operator" else self._column(key, exact, keys)
            if key in _MAY_BE_EMPTY and not any(column.cells):
                continue
            if key in {"glimpse", "volume"} and self.view.ascii_only:
                continue
            columns.append(column)
            if key == "layer" and any(row.times > 1 for row in self.view.rows):
                columns.append(self._cached(("times",), lambda: _times(self.view)))
            if choice.shares and key in {"params", "macs"}:
                columns.append(_shares(self.view, key))
        return [replace(column, tight=True) for column in columns] if choice.tight else columns

    def _operator(self, choice: _Choice) -> Column:
        takes = "in" not in choice.keys

        def make() -> Column:
            return _operator(self.view, folded=choice.folded, takes=takes, detail=choice.detail)

        return self._cached(("operator", choice.folded, takes, choice.detail), make)

    def _column(self, key: str, exact: bool, keys: tuple[str, ...]) -> Column:
        is_close = "in" not in keys and key in {"filters", "out"}

        def make() -> Column:
            column = _column(key, self.view, exact)
            return replace(column, tight=True) if is_close else column

        return self._cached((key, exact, is_close), make)

    def _cached(self, key: tuple[object, ...], make: Callable[[], Column]) -> Column:
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = make()
        return made


_MAY_BE_EMPTY = {"glimpse", "volume", "field", "step", "filters"}


def _shortened(columns: list[Column], width: int) -> list[Column]:
    """The last resort: operators end in an ellipsis, so that names and shapes stay whole."""
    excess = total_width(columns) - width
    shortened: list[Column] = []
    for column in columns:
        if column.key != "operator":
            shortened.append(column)
            continue
        room = max(max((sum(len(s.text) for s in cell) for cell in column.cells), default=0) - excess, 12)
        cells = tuple([_cut(cell, room) for cell in column.cells])
        shortened.append(replace(column, cells=cells))
    return shortened


def _cut(cell: Text, room: int) -> Text:
    if sum(len(span.text) for span in cell) <= room:
        return cell
    kept: list[Span] = []
    for span in cell:
        if len(span.text) >= room:
            kept.append(Span(span.text[: max(room - 1, 0)] + "…", span.role))
            break
        kept.append(span)
        room -= len(span.text)
    return tuple(kept)


# one column -------------------------------------------------------------------------------------------


def _column(key: str, view: View, exact: bool) -> Column:
    maker = _MAKERS.get(key)
    if maker is None:
        raise UsageError(
            f"there is no column {key}",
            at="--columns",
            have=key,
            rule=f"the columns are {', '.join(COLUMN_NAMES)}",
        )
    return maker(view, exact)


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


def _times(view: View) -> Column:
    return Column(
        "times", "", _cells(view, lambda row: text(f"×{row.times}") if row.times > 1 else ()), tight=True
    )


def _operator(view: View, *, folded: bool, takes: bool, detail: bool) -> Column:
    def of_row(row: Row) -> Text:
        words = row.words + row.detail if detail else row.words
        words += "".join(f" + {word}" for word in dict.fromkeys(row.folded)) if folded else ""
        names = _takes_words(row) if takes or len(row.takes) > 1 else ""
        return text(words, (names, LABEL))

    return Column("operator", "operator", _cells(view, of_row))


def _takes_words(row: Row) -> str:
    """What a row takes, where that is not the row above."""
    if not row.takes:
        return ""
    shown = ", ".join(row.takes[:2]) + (f", … {len(row.takes)} in all" if len(row.takes) > 2 else "")
    return f" {shown}" if len(row.takes) > 1 else f" of {shown}"


def _in(view: View, exact: bool) -> Column:
    def of_row(row: Row) -> Text:
        shapes = [shape_cell(sample_of(tensor, view.batch), view.layout) for tensor in row.inputs[:2]]
        more = text(" + …") if len(row.inputs) > 2 else ()
        return (*join(" + ", dict.fromkeys(shapes)), *more)

    return Column("in", f"in {view.order}".rstrip(), _cells(view, of_row), align="shape")


def _filters(view: View, exact: bool) -> Column:
    cells = _cells(view, lambda row: filters_cell(row.filters, view.layout))
    return Column("filters", "filters", cells, align="of")


def _out(view: View, exact: bool) -> Column:
    cells = _cells(
        view,
        lambda row: shape_cell(sample_of(row.output, view.batch), view.layout),
        lambda _, shape: shape_cell(shape, view.layout),
    )
    return Column("out", f"out {view.order}".rstrip(), cells, align="shape")


def _glimpse(view: View, exact: bool) -> Column:
    cells = _cells(
        view,
        lambda row: glimpse(sample_of(row.output, view.batch), view.first, view.layout),
        lambda _, shape: glimpse(shape, view.first, view.layout),
    )
    return Column("glimpse", "", cells, tight=True)


def _volume(view: View, exact: bool) -> Column:
    cells = _cells(
        view,
        lambda row: volume(sample_of(row.output, view.batch), view.first, view.layout),
        lambda _, shape: volume(shape, view.first, view.layout),
    )
    return Column("volume", "volume", cells)


def _field(view: View, exact: bool) -> Column:
    return Column("field", "field", _cells(view, lambda row: field_cell(row.field)), align="right")


def _step(view: View, exact: bool) -> Column:
    return Column("step", "step", _cells(view, lambda row: step_cell(row.field)), align="right")


def _params(view: View, exact: bool) -> Column:
    number = exact_text if exact else count_text
    total = exact_text(view.parameters) if exact else count_text(view.parameters, 4)
    cells = _cells(view, lambda row: _count(number(row.parameters)))
    return Column("params", "parameters" if exact else "params", cells, "right", text((total, ANSWER)))


def _macs(view: View, exact: bool) -> Column:
    if view.is_symbolic:
        cells = _cells(view, lambda row: _count(exact_text(macs_per_position(row, view))))
        return Column("macs", "MACs per position", cells, "right")
    number = exact_text if exact else count_text
    total = exact_text(view.macs) if exact else count_text(view.macs, 4)
    return Column(
        "macs", "MACs", _cells(view, lambda row: _count(number(row.macs))), "right", text((total, ANSWER))
    )


def _where(view: View, exact: bool) -> Column:
    return Column("where", "where", _cells(view, lambda row: text((row.main or row.steps[0]).node.where)))


def _count(content: str) -> Text:
    return text((content, LABEL if content == "0" else UNKNOWN if content == "?" else ""))


def _shares(view: View, key: str) -> Column:
    whole = view.parameters if key == "params" else view.macs

    def of_row(row: Row) -> Text:
        part = row.parameters if key == "params" else row.macs
        share = share_text(part, whole)
        is_large = isinstance(part, int) and isinstance(whole, int) and whole and part * 10 >= whole
        return text((share, ANSWER if is_large else LABEL))

    return Column(f"{key}_share", "", _cells(view, of_row), "right", tight=True)


def macs_per_position(row: Row, view: View) -> Dim:
    """The multiply-accumulates for one position of the row's output; the whole where there are no positions."""
    if not isinstance(row.macs, Expression):
        return row.macs
    positions = product(spatial_of(sample_of(row.output, view.batch), view.layout))
    return row.macs // positions


_MAKERS: dict[str, Callable[[View, bool], Column]] = {
    "layer": _layer,
    "operator": lambda view, exact: _operator(view, folded=exact, takes=False, detail=exact),
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
