"""What `check` found, as lines: a strip of the network that marks where it breaks, and the findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shapelens.analyses.findings import Finding
from shapelens.dims import Expression, Unknown, dim_text
from shapelens.explanation.document import (
    ANSWER,
    BREAK,
    LABEL,
    POSITIONS,
    UNKNOWN,
    Text,
    plain_text,
    text,
    text_width,
)
from shapelens.network import Evaluation
from shapelens.output.lines import finding_lines, following_lines, wrapped
from shapelens.table.layout import Column, lines_of, total_width
from shapelens.table.rows import Row
from shapelens.table.table import Table

__all__ = ["checked_lines", "checked_markdown", "headline"]

_WHOLE = 26
"""So many rows are shown whole; of more, those around what breaks."""
_BEFORE, _BEHIND = 5, 3
_MARGIN = 2


def headline(findings: Sequence[Finding], name: str, counts: str) -> str:
    """The answer: how many, in what, and the first of them."""
    if not findings:
        return f"{name}: nothing wrong"
    first = findings[0]
    is_named = not first.layer or first.layer in first.summary.split()
    told = first.summary if is_named else f"{first.layer}: {first.summary}"
    return f"{counts} in {name}: {told}"


def checked_lines(
    table: Table,
    findings: Sequence[Finding],
    title: str,
    counts: str,
    *,
    width: int,
    formulas: Evaluation | None = None,
    following: str = "",
    ascii_only: bool = False,
) -> list[Text]:
    """The answer, the strip, the findings, and a last line that counts.

    Args:
        table: the network as a table of layers.
        findings: what was found.
        title: the answer in one line.
        counts: how many findings there are.
        width: to lay out for.
        formulas: the same network with free sizes, for a column of heights.
        following: the next command.
        ascii_only: whether only ASCII may be printed.
    """
    lines: list[Text] = [*wrapped(text((title, ANSWER)), width, "  ")]
    if any(finding.layer for finding in findings) and table.rows.rows:
        lines += [(), *_strip(table, findings, width, formulas, ascii_only=ascii_only)]
    for finding in findings:
        lines += [(), *finding_lines(finding, max(width, 80))]
    lines += [(), text(counts)]
    return [*lines, *following_lines(following)]


def _strip(
    table: Table,
    findings: Sequence[Finding],
    width: int,
    formulas: Evaluation | None,
    *,
    ascii_only: bool,
) -> list[Text]:
    """The rows of the network, those that break marked in the margin."""
    marked = _marks(table.rows.rows, findings)
    columns = _columns(table, marked, width - _MARGIN, formulas)
    header, *rows = lines_of(columns)
    inputs = len(rows) - len(table.rows.rows)
    shown = _shown(len(table.rows.rows), set(marked))
    lines: list[Text] = [text("  ", header)]
    before = -1
    for place in shown:
        if place > before + 1:
            lines.append(text((f"  … {_rows(place - before - 1)}", LABEL)))
        sign, role = _SIGNS[marked[place]] if place in marked else (" ", "")
        sign = "X" if ascii_only and sign == "✗" else sign
        lines.append(text((sign, role), " ", rows[inputs + place]))
        before = place
    if before < len(table.rows.rows) - 1:
        lines.append(text((f"  … {_rows(len(table.rows.rows) - 1 - before)}", LABEL)))
    return lines


_SIGNS = {"error": ("✗", BREAK), "warning": ("!", UNKNOWN), "note": ("·", LABEL)}
_WORST = ("error", "warning", "note")


def _rows(count: int) -> str:
    return f"{count} row{'' if count == 1 else 's'}"


def _marks(rows: Sequence[Row], findings: Sequence[Finding]) -> dict[int, str]:
    """The severity of the worst finding in each row."""
    found: dict[int, str] = {}
    for place, row in enumerate(rows):
        names = {step.node.name for step in row.steps}
        severities = {finding.severity for finding in findings if finding.layer in names}
        worst = next((severity for severity in _WORST if severity in severities), None)
        if worst is not None:
            found[place] = worst
    return found


def _shown(count: int, marked: set[int]) -> list[int]:
    if count <= _WHOLE:
        return list(range(count))
    near = {
        place for mark in marked for place in range(mark - _BEFORE, mark + _BEHIND + 1) if 0 <= place < count
    }
    return sorted(near | {0, count - 1})


def _columns(
    table: Table, marked: Mapping[int, str], width: int, formulas: Evaluation | None
) -> list[Column]:
    """The columns that fit: layer, operator, what goes in, filters, what comes out, and its height as a formula."""
    rows = table.rows.rows
    columns = [_unmarked(column, rows, marked) for column in table.columns]
    heights = None if formulas is None else _heights(table, formulas)
    if heights is not None:
        columns.append(heights)
    for left_out in ("height", "filters", "in"):
        if total_width(columns) <= width:
            break
        columns = [column for column in columns if column.key != left_out]
    return columns


def _unmarked(column: Column, rows: Sequence[Row], marked: Mapping[int, str]) -> Column:
    """The column of layers without its own mark, which stands in the margin."""
    if column.key != "layer":
        return column
    inputs = len(column.cells) - len(rows)
    cells = list(column.cells)
    for place, row in enumerate(rows):
        if row.broken or place in marked:
            cells[inputs + place] = text((row.label, BREAK if marked.get(place) == "error" else ANSWER))
    return Column(column.key, column.header, tuple(cells), column.align)


def _heights(table: Table, formulas: Evaluation) -> Column | None:
    """The height of what comes out of each row, for any height that goes in."""
    cells: list[Text] = []
    layout = formulas.network.layout
    if layout is None or len(layout.spatial) < 2:
        return None
    axis = layout.spatial[0]
    for row in table.rows.rows:
        tensor = formulas.by_node.get(row.steps[-1].node.name)
        shape = None if tensor is None else tensor.output.shape
        is_image = shape is not None and not isinstance(shape, Unknown) and len(shape) == len(layout.axes)
        dim = shape[axis] if is_image and shape is not None and not isinstance(shape, Unknown) else None
        cells.append(text((dim_text(dim, "·"), POSITIONS)) if isinstance(dim, Expression) else ())
    if len({plain_text(cell) for cell in cells if cell}) < 2 or max(map(_width, cells), default=0) > 28:
        return None
    inputs = len(table.columns[0].cells) - len(table.rows.rows)
    return Column("height", "height, any H", (*[()] * inputs, *cells))


def _width(cell: Text) -> int:
    return text_width(plain_text(cell))


def checked_markdown(findings: Sequence[Finding], title: str) -> str:
    """The answer and the findings as markdown."""
    lines = [f"**{title}**"]
    for finding in findings:
        lines += ["", "```text", finding.message, "```"]
    return "\n".join(lines) + "\n"
