"""The fifteen relationships of convolution arithmetic: `python docs/arithmetic.py` draws them, and their page.

Source: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import shapelens
from shapelens.drawing.figure import Figure

FOLDER = Path(__file__).parent / "arithmetic"
FRAMES = 4


@dataclass(frozen=True)
class Relationship:
    """One relationship.

    Args:
        number: as the guide counts them.
        words: what it is about.
        layer: a layer of which it is true.
        size: of its square input.
        gives: of its square output.
    """

    number: int
    words: str
    layer: str
    size: int
    gives: int

    @property
    def name(self) -> str:
        """Of its file: two inputs of one relationship are told apart by their size."""
        return f"r{self.number:02}-{self.size}"

    @property
    def command(self) -> str:
        """What draws it."""
        sample = f"1x{self.size}x{self.size}"
        return f'shapelens explain "{self.layer}" --input {sample} --frames {FRAMES} -o {self.name}.svg'

    def draw(self) -> Figure:
        """The figure."""
        shape = (1, self.size, self.size)
        return shapelens.explain(self.layer, shape, numbers=True).draw(frames=FRAMES)


RELATIONSHIPS = (
    Relationship(1, "no padding, stride 1", "Conv2d(1, 1, 3)", 4, 2),
    Relationship(2, "some padding, stride 1", "Conv2d(1, 1, 4, padding=2)", 5, 6),
    Relationship(3, "half padding: as large as it was", "Conv2d(1, 1, 3, padding=1)", 5, 5),
    Relationship(4, "full padding: larger", "Conv2d(1, 1, 3, padding=2)", 5, 7),
    Relationship(5, "no padding, stride 2", "Conv2d(1, 1, 3, stride=2)", 5, 2),
    Relationship(6, "padding and stride", "Conv2d(1, 1, 3, stride=2, padding=1)", 5, 3),
    Relationship(6, "padding and stride: a row more in, and no more out",
                 "Conv2d(1, 1, 3, stride=2, padding=1)", 6, 3),
    Relationship(7, "pooling", "MaxPool2d(3, stride=1)", 5, 3),
    Relationship(8, "transposed, no padding", "ConvTranspose2d(1, 1, 3)", 2, 4),
    Relationship(9, "transposed, some padding", "ConvTranspose2d(1, 1, 4, padding=2)", 6, 5),
    Relationship(10, "transposed, half padding", "ConvTranspose2d(1, 1, 3, padding=1)", 5, 5),
    Relationship(11, "transposed, full padding: smaller", "ConvTranspose2d(1, 1, 3, padding=2)", 7, 5),
    Relationship(12, "transposed, stride 2", "ConvTranspose2d(1, 1, 3, stride=2)", 2, 5),
    Relationship(13, "transposed, padding and stride", "ConvTranspose2d(1, 1, 3, stride=2, padding=1)", 3, 5),
    Relationship(14, "transposed, with output padding",
                 "ConvTranspose2d(1, 1, 3, stride=2, padding=1, output_padding=1)", 3, 6),
    Relationship(15, "dilated", "Conv2d(1, 1, 3, dilation=2)", 7, 3),
)  # fmt: skip
"""All of them, with what they give."""


def main() -> None:
    """Draw them all."""
    FOLDER.mkdir(exist_ok=True)
    page = [
        "# Convolution arithmetic",
        "",
        "The fifteen relationships of Dumoulin and Visin's guide (2016), each a layer with numbers that can be checked",
        "by hand. What goes in stands above, what comes out below; the window is framed, and the cell that it makes is",
        "filled. A transposed convolution is drawn both ways: each cell of the input stamps the filter, or a plain",
        "convolution gathers over the input with zeros put between and around its cells.",
        "",
    ]
    for one in RELATIONSHIPS:
        figure = one.draw()
        figure.save(FOLDER / f"{one.name}.svg")
        print(f"{one.name:8} {figure.size:18} {one.layer}")
        sizes = f"{one.size}×{one.size} → {one.gives}×{one.gives}"
        page += [f"## {one.number}: {one.words}, {sizes}", "", "```", one.command, "```", ""]
        page += [f"![{one.layer}, {sizes}](arithmetic/{one.name}.svg)", ""]
    (FOLDER.parent / "arithmetic.md").write_text("\n".join(page), encoding="utf-8")


if __name__ == "__main__":
    main()
