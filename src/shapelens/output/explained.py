"""An explanation that a notebook and `print` show as the command does."""

from __future__ import annotations

from typing import Any

from shapelens.explanation.document import Document, plain_text
from shapelens.records import dataclass

__all__ = ["Explanation"]


@dataclass(frozen=True, slots=True, repr=False)
class Explanation(Document):
    """A document with its faces: text, markdown, plain data."""

    @classmethod
    def of(cls, document: Document) -> Explanation:
        """A document with faces."""
        return cls(document.title, document.groups, document.following, document.facts, document.has_errors)

    def __str__(self) -> str:
        from shapelens.output.plain import document_text
        from shapelens.output.terminal import explanation_width

        return document_text(self, width=explanation_width())

    def __repr__(self) -> str:
        return f"<Explanation: {plain_text(self.title)}>"

    def _repr_html_(self) -> str:
        """As a notebook shows it."""
        from shapelens.output.html import document_html

        return document_html(self)

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def to_markdown(self) -> str:
        """The whole as markdown."""
        from shapelens.output.delimited import document_markdown

        return document_markdown(self)

    def to_dict(self) -> dict[str, Any]:
        """The whole as plain data: the schema `shapelens/1`."""
        from shapelens.output.json import document_data

        return document_data(self)
