"""Draws what commands print as SVG, for the README: `python docs/pictures.py` makes every picture anew.

Text stays text, on a light and on a dark ground: the colours are chosen by the reader's own preference.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from shapelens import explain, inspect
from shapelens.explanation.document import (
    ANSWER,
    BREAK,
    CHANNELS,
    LABEL,
    POSITIONS,
    UNKNOWN,
    VERIFIED,
    Text,
    plain_text,
    text,
    text_width,
)
from shapelens.output.lines import document_lines
from shapelens.output.tables import table_lines

FOLDER = Path(__file__).parent / "pictures"
CELL_WIDTH, LINE_HEIGHT, MARGIN = 8.4, 19, 18
COLOURS = {
    # role: on light, on dark
    "": ("#1c2128", "#e8ebef"),
    ANSWER: ("#000000", "#ffffff"),
    POSITIONS: ("#00687a", "#67d4e6"),
    CHANNELS: ("#8a2f8f", "#e3a0e6"),
    BREAK: ("#b84300", "#ff8a47"),
    VERIFIED: ("#1a7f37", "#57d37d"),
    UNKNOWN: ("#7d5a00", "#f0c04a"),
    LABEL: ("#57606a", "#a9b3bf"),
}
GROUND = ("#ffffff", "#11161c")


def picture(command: str, lines: list[Text]) -> str:
    """A command and what it prints, as SVG."""
    lines = [text((f"$ {command}", LABEL)), (), *lines]
    width = max(text_width(plain_text(line)) for line in lines) * CELL_WIDTH + 2 * MARGIN
    height = len(lines) * LINE_HEIGHT + 2 * MARGIN - 4
    names = {role: f"r{place}" for place, role in enumerate(COLOURS)}
    light = "".join(f".{names[role]}{{fill:{pair[0]}}}" for role, pair in COLOURS.items())
    dark = "".join(f".{names[role]}{{fill:{pair[1]}}}" for role, pair in COLOURS.items())
    style = (
        "text{font:14px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;white-space:pre}"
        f".g{{fill:{GROUND[0]}}}.{names[ANSWER]}{{font-weight:bold}}{light}"
        f"@media(prefers-color-scheme:dark){{.g{{fill:{GROUND[1]}}}{dark}}}"
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" role="img">',
        f"<title>{escape(command)}</title><style>{style}</style>",
        '<rect class="g" width="100%" height="100%" rx="8"/>',
    ]
    for number, line in enumerate(lines):
        column, y = 0, MARGIN + 12 + number * LINE_HEIGHT
        for span in line:
            size = text_width(span.text)
            if span.text.strip():
                x, length = MARGIN + column * CELL_WIDTH, size * CELL_WIDTH
                parts.append(
                    f'<text class="{names[span.role]}" x="{x:.1f}" y="{y}" textLength="{length:.1f}"'
                    f' xml:space="preserve">{escape(span.text)}</text>'
                )
            column += size
    return "\n".join([*parts, "</svg>"]) + "\n"


def main() -> None:
    """Draw every picture."""
    FOLDER.mkdir(exist_ok=True)
    table = inspect("resnet50").table(width=100)
    layer = explain("Conv2d(1, 1, 3)", (1, 5, 5), cell=(1, 1))
    pictures = {
        "show-resnet50": ("shapelens show resnet50", table_lines(table)),
        "explain-shape": ("shapelens explain 256x256x32", document_lines(explain("256x256x32"), 90)),
        "explain-numbers": (
            'shapelens explain "Conv2d(1, 1, 3)" --input 1x5x5 --cell 1,1',
            document_lines(layer, 90),
        ),
    }
    for name, (command, lines) in pictures.items():
        (FOLDER / f"{name}.svg").write_text(picture(command, lines), encoding="utf-8")
    layer.draw(FOLDER / "layer.svg")
    explain("Conv2d(3, 64, 3, stride=2, padding=1)", (3, 224, 224)).draw(FOLDER / "layer-volumes.svg")


if __name__ == "__main__":
    main()
