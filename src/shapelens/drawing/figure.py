"""A figure in hand: one scene, written as SVG, TikZ, PDF or PNG."""

from __future__ import annotations

import os
from pathlib import Path

from shapelens.drawing.scene import Scene
from shapelens.errors import UsageError

__all__ = ["FORMATS", "Figure"]

FORMATS = ("svg", "tex", "pdf", "png")
"""What a figure can be written as, by the ends of files' names."""

DOTS_PER_INCH = 300.0


class Figure:
    """A figure: shown in a notebook by itself, and saved where it is wanted.

    Args:
        scene: what is in it, in points.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def __repr__(self) -> str:
        return f"<Figure of {self.scene.title}: {self.size}>"

    @property
    def size(self) -> str:
        """Its width and height in words: `17.0 × 9.8 cm`."""
        per_centimetre = 72 / 2.54
        return f"{self.scene.width / per_centimetre:.1f} × {self.scene.height / per_centimetre:.1f} cm"

    @property
    def svg(self) -> str:
        """The figure as SVG."""
        from shapelens.drawing.formats.svg import svg_text

        return svg_text(self.scene)

    @property
    def tikz(self) -> str:
        """The figure as a TikZ picture, for a document that uses the package of that name."""
        from shapelens.drawing.formats.tikz import tikz_text

        return tikz_text(self.scene)

    @property
    def pdf(self) -> bytes:
        """The figure as a PDF of one page, its type embedded."""
        from shapelens.drawing.formats.pdf import pdf_bytes

        return pdf_bytes(self.scene)

    def png(self, dots_per_inch: float = DOTS_PER_INCH) -> bytes:
        """The figure as pixels."""
        from shapelens.drawing.formats.png import png_bytes

        return png_bytes(self.scene, dots_per_inch)

    def _repr_svg_(self) -> str:
        """As a notebook shows it."""
        return self.svg

    def written(self, kind: str, dots_per_inch: float = DOTS_PER_INCH) -> bytes:
        """The figure as one of `FORMATS`.

        Raises:
            UsageError: `a figure cannot be written as gif`.
        """
        if kind == "svg":
            return self.svg.encode()
        if kind == "tex":
            return self.tikz.encode()
        if kind == "pdf":
            return self.pdf
        if kind == "png":
            return self.png(dots_per_inch)
        raise UsageError(
            f"a figure cannot be written as {kind or 'a file without an ending'}",
            at=kind,
            rule=f"one of {', '.join(FORMATS)}",
            fix="figure.svg",
        )

    def save(self, path: str | os.PathLike[str], dots_per_inch: float = DOTS_PER_INCH) -> None:
        """Write it to a file, in the format that the file's name ends with.

        What stood in the file stays there until all of the figure is made.

        Raises:
            UsageError: the format is not known, or the file cannot be written.
        """
        target = Path(path)
        kind = target.suffix.lower().lstrip(".")
        content = self.written("tex" if kind == "tikz" else kind, dots_per_inch)
        try:
            target.write_bytes(content)
        except OSError as error:
            raise UsageError(
                f"{target} cannot be written",
                at=str(target),
                have=(error.strerror or str(error)).lower(),
                rule="a file in a folder that is there and may be written to",
            ) from None
