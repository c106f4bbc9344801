"""A scene as PDF: one page, exactly as large as the figure, with its type in it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from shapelens.drawing.formats.plain_text import printable
from shapelens.drawing.scene import Circle, Label, Line, Paint, Point, Polygon, Scene
from shapelens.errors import MissingPackageError
from shapelens.records import dataclass

if TYPE_CHECKING:
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.pdfgen.pathobject import PDFPathObject

__all__ = ["missing_package", "pdf_bytes"]

_FONTS = Path(__file__).with_name("fonts")
_REGULAR, _BOLD = "shapelens-Arimo-Regular", "shapelens-Arimo-Bold"
_ENDS = dict.fromkeys(map(ord, "\t\n\u2028\u2029"), " ")
_SHIFTS = {"start": 0.0, "middle": 0.5, "end": 1.0}


def pdf_bytes(scene: Scene) -> bytes:
    """The figure as a PDF document of one page.

    The same scene gives the same bytes. Text stays text, in Arimo, which is embedded; a sign that Arimo does not have
    is written as its code, `U+4E2D`. Every text is as wide as the layout took it to be.

    Raises:
        MissingPackageError: `reportlab is not installed`.
    """
    try:
        with _nobodys_settings():
            from reportlab.pdfgen.canvas import Canvas
    except ModuleNotFoundError as error:
        raise missing_package(error, "reportlab") from None
    fonts = {name: _font(name) for name in (_REGULAR, _BOLD)}
    canvas = Canvas(
        BytesIO(),
        pagesize=(scene.width, scene.height),
        pageCompression=1,
        invariant=1,
        initialFontName=_REGULAR,
    )
    canvas.setTitle(_one_line(scene.title))
    canvas.setSubject(_one_line(scene.description))
    canvas.setAuthor("shapelens")
    canvas.setCreator("shapelens")
    _Painter(canvas, fonts, scene.height).paint(scene)
    canvas.showPage()
    made: bytes = canvas.getpdfdata()
    return made


@contextmanager
def _nobodys_settings() -> Iterator[None]:
    """Reportlab runs a `reportlab_settings.py` from any folder that Python looks in, and a file in the home folder.

    While it is imported an empty module stands there, so that neither is run, and a figure is the same for everybody.
    """
    name = "reportlab_settings"
    if name in sys.modules or "reportlab.rl_config" in sys.modules:
        yield
        return
    sys.modules[name] = ModuleType(name)
    try:
        yield
    finally:
        del sys.modules[name]


def missing_package(error: ModuleNotFoundError, wanted: str) -> MissingPackageError:
    """What is raised where a package for figures is not installed.

    Args:
        error: what importing it gave.
        wanted: the package that was to be imported; another one that it needs may be missing instead.
    """
    name = (error.name or wanted).partition(".")[0]
    return MissingPackageError(
        f"{name} is not installed",
        at=f"import {wanted}",
        have=f"no package {name} in the environment that shapelens runs in",
        rule="PDF and PNG are written with reportlab and pypdfium2; SVG and TikZ need neither",
        fix='pip install "shapelens[figures]"',
    )


def _font(name: str) -> TTFont:
    """The font of a name, read once."""
    from reportlab.pdfbase.pdfmetrics import getFont, getRegisteredFontNames, registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    if name not in getRegisteredFontNames():
        registerFont(TTFont(name, str(_FONTS / f"{name.removeprefix('shapelens-')}.ttf"), asciiReadable=True))
    return getFont(name)


@dataclass(slots=True)
class _Painter:
    canvas: Canvas
    fonts: dict[str, TTFont]
    height: float

    def paint(self, scene: Scene) -> None:
        """Paint every element, the first at the bottom."""
        if scene.background:
            corners = ((0.0, 0.0), (scene.width, 0.0), (scene.width, scene.height), (0.0, scene.height))
            self._shape(self._path(corners), Paint(fill=scene.background))
        for leaf in scene.leaves():
            match leaf:
                case Polygon():
                    self._shape(self._path(leaf.points), leaf.paint)
                case Line():
                    self._line(leaf)
                case Circle():
                    path = self.canvas.beginPath()
                    path.circle(leaf.center[0], self.height - leaf.center[1], leaf.radius)
                    self._shape(path, leaf.paint)
                case Label():
                    self._label(leaf)

    def _path(self, points: tuple[Point, ...], *, is_closed: bool = True) -> PDFPathObject:
        path = self.canvas.beginPath()
        (first_x, first_y), *others = points
        path.moveTo(first_x, self.height - first_y)
        for x, y in others:
            path.lineTo(x, self.height - y)
        if is_closed:
            path.close()
        return path

    def _shape(self, path: PDFPathObject, paint: Paint) -> None:
        if not (paint.fill or paint.stroke):
            return
        canvas = self.canvas
        canvas.saveState()
        if paint.fill:
            canvas.setFillColor(_color(paint.fill))
            if paint.opacity < 1:
                canvas.setFillAlpha(paint.opacity)
        if paint.stroke:
            canvas.setStrokeColor(_color(paint.stroke))
            canvas.setLineWidth(paint.width)
            canvas.setLineJoin(1)
            if paint.dash:
                canvas.setDash(paint.dash)
        canvas.drawPath(path, stroke=int(bool(paint.stroke)), fill=int(bool(paint.fill)))
        canvas.restoreState()

    def _line(self, line: Line) -> None:
        stroke = line.paint.stroke
        paint = Paint(stroke=stroke, width=line.paint.width, dash=line.paint.dash)
        self._shape(self._path(line.points, is_closed=False), paint)
        if line.head:
            self._shape(self._path(line.head_points), Paint(fill=stroke))

    def _label(self, label: Label) -> None:
        """Write a text, no wider and no narrower than the layout took it to be."""
        name = _BOLD if label.is_bold else _REGULAR
        font = self.fonts[name]
        text = "".join(
            sign if ord(sign) in font.face.charToGlyph else f"U+{ord(sign):04X}"
            for sign in _one_line(label.text)
        )
        width = font.stringWidth(text, label.size)
        if not width:
            return
        is_bound = abs(width - label.width) > 0.01 * label.width
        canvas = self.canvas
        canvas.saveState()
        canvas.translate(label.at[0], self.height - label.at[1])
        if label.angle:
            canvas.rotate(-label.angle)
        written = canvas.beginText(-_SHIFTS[label.anchor] * (label.width if is_bound else width), 0)
        written.setFont(name, label.size)
        written.setFillColor(_color(label.color))
        if is_bound:
            written.setHorizScale(100 * label.width / width)
        written.textOut(text)
        canvas.drawText(written)
        canvas.restoreState()


def _color(color: str) -> tuple[float, float, float]:
    """The parts of red, green and blue in a colour."""
    digits = color.removeprefix("#")
    red, green, blue = (int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4))
    return red, green, blue


def _one_line(text: str) -> str:
    return printable(text).translate(_ENDS)
