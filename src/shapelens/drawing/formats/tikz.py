"""A scene as TikZ: text that stands in a LaTeX document, in the document's own letters, to be edited by hand."""

from __future__ import annotations

from dataclasses import field
from itertools import pairwise

from shapelens.drawing.formats.plain_text import number, printable
from shapelens.drawing.scene import Circle, Element, Group, Label, Line, Paint, Point, Polygon, Scene
from shapelens.records import dataclass

__all__ = ["tikz_text"]

_MACROS = r"""
\providecommand\shapelensline[2]{{\setbox0=\hbox{#2}\ifdim\wd0>#1\relax\pgfmathparse{(#1)/(\the\wd0)}%
\scalebox{\pgfmathresult}[1]{\box0}\else\box0\fi}}%
\providecommand\shapelenstype[1]{{\usefont{OT1}{cmtt}{m}{n}\char#1\relax}}%
\providecommand\shapelenssign[2]{\ifdefined\Umathchar\iffontchar\font\string"#1 #2\else U+#1\fi\else U+#1\fi}%
""".strip().splitlines()
r"""What texts are written with.

The first makes a text narrower that would be wider than the figure has room for. The second is a sign of ASCII that
only the typewriter type has in every encoding, by its place there. The third is any other sign: itself where TeX reads
Unicode and the type has it, else its code; `\string` because `"` is a command in some languages.
"""

_SPELLED = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    '"': r"\shapelenstype{34}", "^": r"\shapelenstype{94}", "~": r"\shapelenstype{126}",
    "'": r"\shapelenstype{13}", "`": r"\shapelenstype{18}",
    "’": "'", "\u2018": "`", "“": "``", "”": "''", "–": "--", "—": "---", "…": r"\dots{}", "\xa0": "~",
    "×": r"$\times$", "·": r"$\cdot$", "−": "$-$", "±": r"$\pm$", "°": r"$^\circ$", "²": "$^2$", "³": "$^3$",
    "→": r"$\to$", "←": r"$\leftarrow$", "↔": r"$\leftrightarrow$", "↑": r"$\uparrow$", "↓": r"$\downarrow$",
    "≤": r"$\leq$", "≥": r"$\geq$", "≠": r"$\neq$", "≈": r"$\approx$", "∈": r"$\in$", "∞": r"$\infty$",
    "⌊": r"$\lfloor$", "⌋": r"$\rfloor$", "⌈": r"$\lceil$", "⌉": r"$\rceil$",
}  # fmt: skip
_JOINING = set("-–—\u2018’“”,<>!?")
_ANCHORS = {"start": "base west", "middle": "base", "end": "base east"}
_ENDS = dict.fromkeys(map(ord, "\t\n\u2028\u2029"), " ")
_WHITES = {"#fff", "#ffffff", "white"}


def tikz_text(scene: Scene) -> str:
    r"""The figure as a text for `\input` in a LaTeX document that has `\usepackage{tikz}`.

    The same scene gives the same text, to the byte. Names of layers are data: no sign of them is a command, and none
    of them ends a comment. A length in it is a point of 1/72 inch, and the picture is as large as the scene.

    >>> print(tikz_text(Scene(20, 10, "", (Label((1, 9), "50% of x_1"),))))
    % Needs \usepackage{tikz} and nothing else.
    ...
    \node[anchor=base west, font=\sffamily\fontsize{6.6bp}{7.92bp}\selectfont, text=shapelens-figure-1C2128]
     at (1,9) {\shapelensline{33.02bp}{50\% of x\_1}};
    \end{tikzpicture}%
    \endgroup%
    <BLANKLINE>
    """
    return "\n".join([*_Writer(scene).lines(), ""])


@dataclass(slots=True)
class _Writer:
    scene: Scene
    used: set[str] = field(default_factory=set)

    def lines(self) -> list[str]:
        """The text, line by line."""
        scene = self.scene
        subject = f" A figure of {_one_line(scene.title)}" if scene.title else ""
        page = f"(0,0) rectangle ({number(scene.width)},{number(scene.height)})"
        is_painted = scene.background and scene.background.lower() not in _WHITES
        background = f", fill={self._color(scene.background)}" if is_painted else ""
        drawn = [line for element in scene.elements for line in self._element(element)]
        return [
            rf"% Needs \usepackage{{tikz}} and nothing else.{subject}",
            r"\begingroup%",
            *_MACROS,
            *[rf"\definecolor{{{self._color(digits)}}}{{HTML}}{{{digits}}}%" for digits in sorted(self.used)],
            r"\begin{tikzpicture}[x=1bp, y=-1bp, line join=round,",
            r" every node/.style={shape=rectangle, inner sep=0pt, outer sep=0pt, minimum size=0pt}]",
            rf"\path[use as bounding box{background}] {page};",
            *drawn,
            r"\end{tikzpicture}%",
            r"\endgroup%",
        ]

    def _element(self, element: Element) -> list[str]:
        match element:
            case Group():
                said = _one_line(": ".join(part for part in (element.kind, element.name) if part))
                inside = [line for child in element.children for line in self._element(child)]
                return [f"% {said}", *inside] if said else inside
            case Polygon():
                return self._path(element.paint, f"{_path(element.points)} -- cycle")
            case Line():
                return self._line(element)
            case Circle():
                return self._path(
                    element.paint, f"{_point(element.center)} circle[radius={number(element.radius)}bp]"
                )
            case Label():
                return self._label(element)

    def _path(self, paint: Paint, path: str) -> list[str]:
        options = []
        if paint.fill:
            options.append(f"fill={self._color(paint.fill)}")
            options += [f"fill opacity={number(paint.opacity)}"] if paint.opacity < 1 else []
        if paint.stroke:
            options += [f"draw={self._color(paint.stroke)}", f"line width={number(paint.width)}bp"]
            options += [f"dash pattern={_dashes(paint.dash)}"] if paint.dash else []
        return [rf"\path[{', '.join(options)}] {path};"] if options else []

    def _line(self, line: Line) -> list[str]:
        stroke = line.paint.stroke
        written = self._path(
            Paint(stroke=stroke, width=line.paint.width, dash=line.paint.dash), _path(line.points)
        )
        if line.head:
            written += self._path(Paint(fill=stroke), f"{_path(line.head_points)} -- cycle")
        return written

    def _label(self, label: Label) -> list[str]:
        if not label.text:
            return []
        weight = r"\bfseries" if label.is_bold else ""
        size = rf"\fontsize{{{number(label.size)}bp}}{{{number(1.2 * label.size)}bp}}\selectfont"
        turn = f", rotate={number(-label.angle)}" if label.angle else ""
        return [
            rf"\node[anchor={_ANCHORS[label.anchor]}, font=\sffamily{weight}{size},"
            f" text={self._color(label.color)}{turn}]",
            rf" at {_point(label.at)} {{\shapelensline{{{number(label.width)}bp}}{{{_spelled(label.text)}}}}};",
        ]

    def _color(self, color: str) -> str:
        """The name of a colour, by what it is: no other figure on the page has it for another one."""
        digits = color.removeprefix("#").upper()
        self.used.add(digits)
        own = "".join(sign for sign in self.scene.identity if sign.isascii() and sign.isalnum())
        return f"shapelens-{own[:40]}-{digits}"


def _dashes(lengths: tuple[float, ...]) -> str:
    """Strokes and gaps in turn: an odd number of lengths is read twice, as SVG and PDF do."""
    turns = lengths * (1 + len(lengths) % 2)
    return " ".join(
        f"{'off' if place % 2 else 'on'} {number(length)}bp" for place, length in enumerate(turns)
    )


def _path(points: tuple[Point, ...]) -> str:
    return " -- ".join(_point(point) for point in points)


def _point(point: Point) -> str:
    return f"({number(point[0])},{number(point[1])})"


def _one_line(text: str) -> str:
    """Text that ends no line, and so no comment."""
    return printable(text).translate(_ENDS)


def _spelled(text: str) -> str:
    """Text in which no sign is a command, and no two of them become another one."""
    parts: list[str] = []
    for before, sign in pairwise(" " + _one_line(text)):
        part = _sign(sign)
        if sign == " " == before:
            part = r"\ "
        elif before in _JOINING and sign in _JOINING:
            part = r"{\kern0pt}" + part
        parts.append(part)
    if parts and parts[-1] == " ":
        parts[-1] = r"\ "
    return "".join(parts)


def _sign(sign: str) -> str:
    if sign in _SPELLED:
        return _SPELLED[sign]
    return sign if sign.isascii() else rf"\shapelenssign{{{ord(sign):04X}}}{{{sign}}}"
