"""Tables and documents as CSV and markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from shapelens.analyses.findings import Finding
from shapelens.explanation.document import Document, Entry, plain_text
from shapelens.explanation.laying import lines_of
from shapelens.output.lines import safe
from shapelens.output.plain import finding_text
from shapelens.table.table import Table

__all__ = ["document_markdown", "table_csv", "table_markdown"]

_FORMULA_STARTS = ("=", "+", "-", "@")


def _cells(table: Table) -> tuple[list[str], list[list[str]]]:
    columns = [column for column in table.columns if column.key not in {"glimpse", "volume"}]
    headers = [column.header or column.key for column in columns]
    count = len(columns[0].cells) if columns else 0
    rows = [[safe(plain_text(column.cells[place])) for column in columns] for place in range(count)]
    return headers, rows


def table_csv(table: Table) -> str:
    """The rows as CSV, with a header. A cell that a spreadsheet would compute is quoted as text."""
    headers, rows = _cells(table)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(headers)
    writer.writerows(
        [[f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell for cell in row] for row in rows]
    )
    return stream.getvalue()


def table_markdown(table: Table, findings: Sequence[Finding] = ()) -> str:
    """The table as markdown: title, rows, totals, notes and findings."""
    headers, rows = _cells(table)
    columns = [column for column in table.columns if column.key not in {"glimpse", "volume"}]
    rules = ["--:" if column.align == "right" else "---" for column in columns]
    totals = [f"**{plain_text(column.total)}**" if column.total else "" for column in columns]
    lines = [f"**{_escaped(safe(plain_text(table.title)))}**", "", _row(headers), _row(rules, escape=False)]
    lines += [_row(row) for row in rows]
    lines += [_row(totals, escape=False), "", *[_escaped(note) for note in table.notes]]
    for finding in findings:
        lines += ["", "```text", finding_text(finding), "```"]
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str], *, escape: bool = True) -> str:
    return "| " + " | ".join([_escaped(cell) for cell in cells] if escape else cells) + " |"


def _escaped(content: str) -> str:
    """Text in which markdown finds no markup."""
    for character in "\\`*_[]<>|":
        content = content.replace(character, "\\" + character)
    return content


def document_markdown(document: Document) -> str:
    """An explanation as markdown: a heading, and a table of labels for each group."""
    lines = [f"### {_escaped(safe(plain_text(document.title)))}"]
    for group in document.groups:
        lines.append("")
        for block in group:
            written = [safe(plain_text(line)).rstrip() for line in lines_of(block)]
            if isinstance(block, Entry):
                head, *rest = written
                lines.append(
                    f"- **{block.label}** {_escaped(head)}" if block.label else f"- {_escaped(head)}"
                )
                lines += [f"  <br>{_escaped(line)}" for line in rest]
            else:
                lines += ["```text", *written, "```"]
    if document.following:
        lines += ["", f"next: `{document.following}`"]
    return "\n".join(lines) + "\n"
