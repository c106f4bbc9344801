"""A scene as SVG: text stays text, and whoever cannot see the picture is told what is in it."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from shapelens.drawing.formats.plain_text import number, printable
from shapelens.drawing.scene import Circle, Element, Group, Label, Line, Paint, Polygon, Scene
from shapelens.records import dataclass

__all__ = ["svg_text"]


def svg_text(scene: Scene) -> str:
    """The figure as a text that is an SVG document.

    The same scene gives the same text, to the byte. Names of layers are data: they are escaped wherever they stand, and
    what XML cannot hold is replaced.
    """
    return "\n".join([*_Writer(scene).lines(), ""])


@dataclass(slots=True)
class _Writer:
    scene: Scene

    def lines(self) -> list[str]:
        """The document, line by line."""
        scene = self.scene
        width, height = number(scene.width), number(scene.height)
        name = escape(printable(scene.identity), {'"': "&quot;"})
        families = ", ".join(f"'{f}'" if " " in f else f for f in scene.fonts)
        written = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}pt" height="{height}pt"'
            f' viewBox="0 0 {width} {height}" role="img" aria-labelledby="{name}-title {name}-desc"'
            f' xml:space="preserve"'
            f" font-family={quoteattr(printable(families))}>",
            f'<title id="{name}-title">{_escaped(scene.title)}</title>',
            f'<desc id="{name}-desc">{_escaped(scene.description)}</desc>',
        ]
        if scene.background:
            written.append(f'<rect width="{width}" height="{height}" fill="{scene.background}"/>')
        for element in scene.elements:
            written += self._element(element, "")
        return [*written, "</svg>"]

    def _element(self, element: Element, indent: str) -> list[str]:
        match element:
            case Group():
                return self._group(element, indent)
            case Polygon():
                path = " ".join(_point(p) for p in element.points)
                return [f'{indent}<polygon points="{path}"{_paint(element.paint)}/>']
            case Line():
                return self._line(element, indent)
            case Circle():
                x, y = element.center
                place = f'cx="{number(x)}" cy="{number(y)}" r="{number(element.radius)}"'
                return [f"{indent}<circle {place}{_paint(element.paint)}/>"]
            case Label():
                return [indent + _label(element)]

    def _group(self, group: Group, indent: str) -> list[str]:
        inside = [line for child in group.children for line in self._element(child, indent + " ")]
        if not (group.kind or group.name or group.title):
            return inside
        named = f"shapelens-{group.kind.replace(' ', '-')}"
        kind = f" class={quoteattr(printable(named))}" if group.kind else ""
        name = f" data-layer={quoteattr(printable(group.name))}" if group.name else ""
        title = [f"{indent} <title>{_escaped(group.title)}</title>"] if group.title else []
        return [f"{indent}<g{kind}{name}>", *title, *inside, f"{indent}</g>"]

    def _line(self, line: Line, indent: str) -> list[str]:
        path = " ".join(_point(p) for p in line.points)
        written = [f'{indent}<polyline points="{path}" fill="none"{_stroke(line.paint)}/>']
        if line.head:
            tip = " ".join(_point(p) for p in line.head_points)
            written.append(f'{indent}<polygon points="{tip}" fill="{line.paint.stroke}"/>')
        return written


def _label(label: Label) -> str:
    x, y = number(label.at[0]), number(label.at[1])
    turn = f' transform="rotate({number(label.angle)} {x} {y})"' if label.angle else ""
    anchor = f' text-anchor="{label.anchor}"' if label.anchor != "start" else ""
    weight = ' font-weight="bold"' if label.is_bold else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{number(label.size)}" fill="{label.color}"{anchor}{weight}{turn}>'
        f"{_escaped(label.text)}</text>"
    )


def _paint(paint: Paint) -> str:
    written = f' fill="{paint.fill or "none"}"'
    if paint.opacity < 1 and paint.fill:
        written += f' fill-opacity="{number(paint.opacity)}"'
    return written + _stroke(paint)


def _stroke(paint: Paint) -> str:
    if not paint.stroke:
        return ""
    written = f' stroke="{paint.stroke}" stroke-width="{number(paint.width)}" stroke-linejoin="round"'
    if paint.dash:
        written += f' stroke-dasharray="{" ".join(number(length) for length in paint.dash)}"'
    return written


def _point(point: tuple[float, float]) -> str:
    return f"{number(point[0])},{number(point[1])}"


def _escaped(text: str) -> str:
    return escape(printable(text))
