"""What can be read of a picture when it is as wide as a page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

LEGIBLE = 6
"""The smallest type that journals take, in points."""

LAYERS = ("Conv2d", "ConvTranspose2d", "MaxPool2d", "AdaptiveAvgPool2d", "Linear")
OPERATORS = ("Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool", "ReduceMean", "Gemm")
"""What counts as a layer, in PyTorch's words and in ONNX's."""


@dataclass(frozen=True)
class Text:
    """Some words in a picture; the size of their type is in the picture's own units, like the place."""

    words: str
    size: float
    x: float = 0
    y: float = 0


Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""


@dataclass(frozen=True)
class Picture:
    """What is known of one.

    Args:
        unit: `pt` and `px` of an SVG, `pixels` of a raster.
        solids: ours: the layers or modules that each stands for, and its box.
    """

    width: float
    height: float
    unit: str
    texts: Sequence[Text]
    solids: Sequence[tuple[list[str], Box]] = ()

    def legible(self, scale: float, channels: Mapping[str, int], layers: frozenset[str]) -> tuple[int, int]:
        """How many layers are legible at so many points to a unit: by themselves, and in a block that is."""
        read = [text for text in self.texts if text.size * scale >= LEGIBLE]
        if not self.solids:
            is_shape = self.unit == "pixels"  # which has a shape beneath each layer, and no name
            told = [
                t for t in read if (t.words.startswith("(") if is_shape else t.words in (*LAYERS, *OPERATORS))
            ]
            return min(len(told), len(layers)), 0
        alone: set[str] = set()
        inside: set[str] = set()
        for names, box in self.solids:
            if names[-1] in channels and _is_told(str(channels[names[-1]]), box, read):
                alone |= layers.intersection(names)
                inside |= {path for path in layers if any(path.startswith(f"{name}.") for name in names)}
        return len(alone), len(inside - alone)


def _is_told(channels: str, box: Box, texts: Sequence[Text]) -> bool:
    """Whether the number of channels stands on a solid or within two lines of it."""
    left, top, right, bottom = box
    return any(
        left <= text.x + 2.4 * text.size
        and text.x - 2.4 * text.size <= right
        and top <= text.y + 2.4 * text.size
        and text.y - 2.4 * text.size <= bottom
        for text in texts
        if channels in re.findall(r"\d+", text.words)
    )


def svg_picture(file: Path) -> Picture:
    root = ElementTree.parse(file).getroot()
    frame = root.get("viewBox")
    width, height = map(
        float, frame.split()[2:] if frame else (root.get("width", ""), root.get("height", ""))
    )
    unit = "pt" if root.get("width", "").endswith("pt") else "px"
    solids = [
        (_names(element.get("data-layer", "")), _box(element))
        for element in root.iter()
        if element.get("class") in ("shapelens-volume", "shapelens-bar")
    ]
    return Picture(width, height, unit, list(_texts(root)), solids)


def _texts(element: ElementTree.Element, scale: float = 1.0, size: float = 16.0) -> Iterator[Text]:
    """Every text, with its size as it is inherited."""
    style = element.get("style", "")
    if found := element.get("font-size") or "".join(re.findall(r"font-size: ?([\d.]+)", style)):
        size = float(found.removesuffix("px"))
    if found := "".join(re.findall(r"scale\(([\d.]+)", element.get("transform", ""))):
        scale *= float(found)
    if element.tag.endswith("}text"):
        words = "".join(element.itertext()).strip()
        if words:
            yield Text(words, size * scale, float(element.get("x", 0)), float(element.get("y", 0)))
        return
    for child in element:
        yield from _texts(child, scale, size)


def _names(layer: str) -> list[str]:
    """`layer1.1-2` stands for `layer1.1` and `layer1.2`."""
    if many := re.fullmatch(r"(.*?)(\d+)-(\d+)", layer):
        return [f"{many[1]}{place}" for place in range(int(many[2]), int(many[3]) + 1)]
    return [layer]


def _box(element: ElementTree.Element) -> Box:
    points = [pair.split(",") for shape in element.iter() for pair in shape.get("points", "").split()]
    across, down = ([float(point[axis]) for point in points] for axis in (0, 1))
    return min(across), min(down), max(across), max(down)
