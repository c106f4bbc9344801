"""Tables as lines of text with roles."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.analyses.findings import Finding
from shapelens.explanation.document import LABEL, Text, plain_text, text, text_width
from shapelens.output.lines import finding_lines, following_lines, wrapped
from shapelens.table.table import Table

__all__ = ["table_lines"]


def table_lines(table: Table, findings: Sequence[Finding] = ()) -> list[Text]:
    """A table with its title, notes, findings and the next command."""
    body = table.lines
    lines: list[Text] = [*wrapped(table.title, table.width, "  "), (), *body, ()]
    width = min(max([text_width(plain_text(line)) for line in body], default=80), table.width)
    if table.examples:
        lines += [text("  ", line) for line in table.examples]
        lines.append(())
    for note in table.notes:
        lines += wrapped(text((note, LABEL)), max(width, 60), "")
    for finding in findings:
        lines += [(), *finding_lines(finding, max(width, 80))]
    lines += following_lines(table.following)
    return lines
