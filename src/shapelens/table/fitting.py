"""Which columns fit a width."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from shapelens.explanation.document import Span, Text
from shapelens.records import dataclass
from shapelens.table.columns import View, column_of, operator_column, shares_column, times_column
from shapelens.table.layout import Column, total_width

__all__ = ["columns_for", "usual_columns"]

_NARROW = ("layer", "operator", "filters", "out", "glimpse", "params", "macs")
_MIDDLE = ("layer", "operator", "in", "filters", "out", "volume", "field", "params", "macs")
_WIDE = ("layer", "operator", "in", "filters", "out", "volume", "field", "step", "params", "macs")
_MIDDLE_WIDTH = 110
_WIDE_WIDTH = 150


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
        return [column_of(key, view, exact=width >= _WIDE_WIDTH) for key in asked]
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
                columns.append(self._cached(("times",), lambda: times_column(self.view)))
            if choice.shares and key in {"params", "macs"}:
                columns.append(shares_column(self.view, key))
        return [replace(column, tight=True) for column in columns] if choice.tight else columns

    def _operator(self, choice: _Choice) -> Column:
        takes = "in" not in choice.keys

        def make() -> Column:
            return operator_column(self.view, folded=choice.folded, takes=takes, detail=choice.detail)

        return self._cached(("operator", choice.folded, takes, choice.detail), make)

    def _column(self, key: str, exact: bool, keys: tuple[str, ...]) -> Column:
        is_close = "in" not in keys and key in {"filters", "out"}

        def make() -> Column:
            column = column_of(key, self.view, exact=exact)
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
