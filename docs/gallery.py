"""The gallery: `python docs/gallery.py` draws every figure in it anew, and the page that shows them.

It needs PyTorch and torchvision for their networks, and onnx for two files that it carries along.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import shapelens
from shapelens.drawing.figure import Figure
from shapelens.readers.classics import CLASSICS

FOLDER = Path(__file__).parent / "gallery"
LARGEST = 120_000
"""Bytes: figures that take more are drawn, and not kept."""


@dataclass(frozen=True)
class Subject:
    """One figure.

    Args:
        name: of its file.
        heading: where it stands in the page.
        build: what is drawn.
        options: how.
        needs: the packages that it needs.
    """

    name: str
    heading: str
    build: Callable[[], shapelens.Inspection]
    options: dict[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()

    def draw(self) -> Figure:
        """The figure."""
        return self.build().draw(**self.options)


def subjects() -> Iterator[Subject]:
    """Every figure of the gallery, in its order."""
    for name in CLASSICS:
        yield Subject(name, "Classics", partial(shapelens.inspect, name))
    for theme in ("dark", "print"):
        yield Subject(f"vgg16-{theme}", "Themes", partial(shapelens.inspect, "vgg16"), {"theme": theme})
    yield Subject(
        "lenet5_dense-maps", "Styles", partial(shapelens.inspect, "lenet5_dense"), {"style": "maps"}
    )
    yield Subject("alexnet-maps", "Styles", partial(shapelens.inspect, "alexnet"), {"style": "maps"})
    yield Subject("resnet18-blocks", "Styles", partial(shapelens.inspect, "resnet18"), {"style": "blocks"})
    yield Subject("googlenet-blocks", "Styles", partial(shapelens.inspect, "googlenet"), {"style": "blocks"})
    yield Subject("mnist-graph", "Styles", partial(shapelens.inspect, "mnist"), {"style": "graph"})
    yield Subject("resnet18-graph", "Styles", partial(shapelens.inspect, "resnet18"), {"style": "graph"})
    field_of = {"field": "layer3.0.conv2", "highlight": "layer3.0.conv2"}
    yield Subject("resnet50-field", "Marks", partial(shapelens.inspect, "resnet50"), field_of)
    yield Subject(
        "resnet18-symbolic", "Marks", partial(shapelens.inspect, "resnet18", "3xHxW"), {"upto": "layer2"}
    )
    for name in TORCHVISION:
        build = partial(_torchvision, name)
        yield Subject(f"torchvision-{name}", "torchvision", build, needs=("torch", "torchvision"))
    for name in ("audio", "video", "failing"):
        yield Subject(f"own-{name}", "Others", partial(_own, name), needs=("torch",))
    for name in ("light_shufflenet", "light_inception_v2"):
        yield Subject(f"onnx-{name}", "Others", partial(_file, name), needs=("onnx",))


TORCHVISION = {
    "resnet152": 224, "densenet121": 224, "efficientnet_b7": 600, "convnext_base": 224, "inception_v3": 299,
    "googlenet": 224, "mobilenet_v3_large": 224, "swin_t": 224, "vit_b_16": 224, "deeplabv3_resnet50": 520,
}  # fmt: skip
"""The networks of torchvision, with the size that each is used at."""

OWN = {"audio": (1, 16000), "video": (3, 16, 112, 112), "failing": (1, 700, 700)}


def _torchvision(name: str) -> shapelens.Inspection:
    size = TORCHVISION[name]
    source = f"torchvision.models:{name}"
    if name.startswith("deeplab"):
        source = f"torchvision.models.segmentation:{name}(weights_backbone=None)"
    return shapelens.inspect(source, (3, size, size))


def _own(name: str) -> shapelens.Inspection:
    from docs import gallery_networks

    return shapelens.inspect(getattr(gallery_networks, name)(), OWN[name])


def _file(name: str) -> shapelens.Inspection:
    from importlib.util import find_spec

    found = find_spec("onnx")
    assert found is not None and found.origin is not None
    return shapelens.inspect(str(Path(found.origin).parent / "backend/test/data/light" / f"{name}.onnx"))


def main() -> None:
    """Draw them all."""
    sys.path.insert(0, str(Path(__file__).parent.parent))
    FOLDER.mkdir(exist_ok=True)
    page = ["# Gallery", "", "Each figure is one command: `shapelens draw NAME -o figure.svg`.", ""]
    heading = ""
    for subject in subjects():
        start = time.perf_counter()
        figure = subject.draw()
        figure.save(FOLDER / f"{subject.name}.svg")
        size = (FOLDER / f"{subject.name}.svg").stat().st_size
        print(
            f"{subject.name:32} {figure.size:18} {size / 1000:6.1f} kB  {time.perf_counter() - start:5.2f} s"
        )
        if size > LARGEST:
            (FOLDER / f"{subject.name}.svg").unlink()
            continue
        if subject.heading != heading:
            heading = subject.heading
            page += [f"## {heading}", ""]
        page += [f"### {subject.name}", "", f"![{subject.name}](gallery/{subject.name}.svg)", ""]
    (FOLDER.parent / "gallery.md").write_text("\n".join(page), encoding="utf-8")


if __name__ == "__main__":
    main()
