"""An explanation that a notebook and `print` show as the command does."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from shapelens.errors import UsageError
from shapelens.explanation.document import Document, plain_text
from shapelens.records import dataclass

if TYPE_CHECKING:
    from shapelens.drawing.figure import Figure

__all__ = ["Explanation"]


@dataclass(frozen=True, slots=True, repr=False)
class Explanation(Document):
    """A document with its faces: text, markdown, plain data."""

    @classmethod
    def of(cls, document: Document) -> Explanation:
        """A document with faces."""
        return cls(
            document.title, document.groups, document.following, document.facts, document.has_errors, document.picture
        )  # fmt: skip

    def __str__(self) -> str:
        from shapelens.output.plain import document_text
        from shapelens.output.terminal import explanation_width

        return document_text(self, width=explanation_width())

    def __repr__(self) -> str:
        return f"<Explanation: {plain_text(self.title)}>"

    def _repr_html_(self) -> str:
        """As a notebook shows it."""
        from shapelens.output.html import document_html, figure_html

        figure = self._figure_or_none()
        return document_html(self) + ("" if figure is None else figure_html(figure))

    def _repr_svg_(self) -> str | None:
        """The figure alone, where there is one."""
        figure = self._figure_or_none()
        return None if figure is None else figure.svg

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def to_markdown(self) -> str:
        """The whole as markdown."""
        from shapelens.output.delimited import document_markdown

        return document_markdown(self)

    def draw(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        frames: int = 0,
        dpi: float | None = None,
        **options: Any,
    ) -> Figure:
        """The layer as a figure, and in a file where a path is given.

        Args:
            path: where it is saved; its ending tells the format: `.svg`, `.tex`, `.pdf`, `.png`.
            frames: how many steps of the window are drawn side by side, instead of one cell taken apart.
            dpi: dots per inch of a PNG.
            options: how it is drawn: `theme`, `width` in centimetres, `title`, `caption`, `fonts`.

        Raises:
            UsageError: what is explained is no layer with a window, an option is not known, or the file cannot be
                written.
        """
        from shapelens.drawing.figure import DOTS_PER_INCH, Figure
        from shapelens.drawing.layer.page import draw_layer
        from shapelens.drawing.options import LAYER_OPTIONS, Options

        if self.picture is None:
            raise UsageError(
                "there is no figure of this",
                at=plain_text(self.title).partition("   ")[0],
                rule="a figure shows one convolution or pool, at a size",
                fix='shapelens explain "Conv2d(3, 64, 3)" --input 3x224x224 -o figure.svg',
            )
        wanted = Options.of(options, LAYER_OPTIONS)
        figure = Figure(draw_layer(self.picture.figure(self), wanted, frames))
        if path is not None:
            figure.save(path, dpi or DOTS_PER_INCH)
        return figure

    def _figure_or_none(self) -> Figure | None:
        try:
            return self.draw()
        except UsageError:
            return None

    def to_html(self) -> str:
        """The whole as a page, with its figure."""
        from shapelens.output.html import page_html

        return page_html(plain_text(self.title).partition("   ")[0], self._repr_html_())

    def to_dict(self) -> dict[str, Any]:
        """The whole as plain data: the schema `shapelens/1`."""
        from shapelens.output.json import document_data

        return document_data(self)
