"""Tables, documents and errors as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shapelens.analyses.findings import Finding
from shapelens.errors import ShapelensError
from shapelens.explanation.document import Document, Text, plain_text
from shapelens.output.lines import ascii_line, document_lines, error_lines, finding_lines, safe

if TYPE_CHECKING:
    from shapelens.table.table import Table

__all__ = ["document_text", "error_text", "finding_text", "joined", "table_text"]


def joined(lines: Sequence[Text], *, ascii_only: bool = False) -> str:
    """Lines as one text, without roles and control characters."""
    written = [safe(plain_text(line)).rstrip() for line in lines]
    return "\n".join([ascii_line(line) for line in written] if ascii_only else written)


def table_text(table: Table, findings: Sequence[Finding] = (), *, ascii_only: bool = False) -> str:
    """A table as plain text."""
    from shapelens.output.tables import table_lines

    return joined(table_lines(table, findings), ascii_only=ascii_only)


def document_text(document: Document, *, width: int = 100, ascii_only: bool = False) -> str:
    """An explanation as plain text."""
    return joined(document_lines(document, width), ascii_only=ascii_only)


def finding_text(finding: Finding, *, width: int = 100) -> str:
    """A finding as plain text."""
    return joined(finding_lines(finding, width))


def error_text(error: ShapelensError, *, width: int = 100, ascii_only: bool = False) -> str:
    """An error as plain text."""
    return joined(error_lines(error, width), ascii_only=ascii_only)
