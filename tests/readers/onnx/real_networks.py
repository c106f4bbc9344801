"""Whole networks, as onnx and other packages bring them along, with every tensor of them as an output."""

from __future__ import annotations

import importlib.util
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.readers.onnx.execution import session_of

onnx = pytest.importorskip("onnx")

IMAGENET = tuple(
    """
    bvlc_alexnet densenet121 inception_v1 inception_v2 resnet50 shufflenet squeezenet vgg19 zfnet512
    """.split()
)
"""The networks in onnx' own data; their weights are made up by the file itself, which keeps it small."""

NUDENET = "yolov8 of nudenet"
"""A detector of 323 nodes whose height and width are free: `pip install --no-deps nudenet`."""

RAPIDOCR = {
    "text detector of rapidocr": "ch_PP-OCRv4_det_infer.onnx",
    "text reader of rapidocr": "ch_PP-OCRv4_rec_infer.onnx",
    "text direction of rapidocr": "ch_ppocr_mobile_v2.0_cls_infer.onnx",
}
"""Three networks that PaddlePaddle exported, of opsets 11 and 12: `pip install --no-deps rapidocr-onnxruntime`."""

_OCR_SIZES = {
    "text detector of rapidocr": ((320, 320), ((256, 352), (96, 640), (480, 64))),
    "text reader of rapidocr": ((48, 320), ((48, 160), (48, 424), (48, 96))),
    "text direction of rapidocr": ((48, 192), ((48, 160), (64, 224), (80, 96))),
}
"""Where lines of text are read they are of one height."""

CLASSIFIER = frozenset({"Flatten", "Gemm", "Reshape"})
"""What bears one size alone in most of these networks."""


@dataclass(frozen=True)
class RealNetwork:
    """A network of somebody's.

    Args:
        name: what it is called here.
        model: the file, as a message, without what it says of values in between.
        input: the name of the image that it takes.
        size: the height and width that it is made for.
        others: heights and widths that it is also run at.
    """

    name: str
    model: Any
    input: str
    size: tuple[int, int]
    others: tuple[tuple[int, int], ...]

    def flowing(self, before: Collection[str] = ()) -> list[str]:
        """The tensors that hang on the input, in order; those alone that come before any of some operators."""
        reached, stopped = {self.input}, set[str]()
        found: list[str] = []
        for node in self.model.graph.node:
            if not reached.intersection(node.input):
                continue
            reached.update(filter(None, node.output))
            if node.op_type in before or stopped.intersection(node.input):
                stopped.update(node.output)
            found += [name for name in node.output if name and name not in stopped]
        return found

    def sized(self, height: int | str, width: int | str) -> Any:
        """The file at a size; a name stands for any."""
        model = type(self.model).FromString(self.model.SerializeToString())
        declared = next(value for value in model.graph.input if value.name == self.input)
        sizes = declared.type.tensor_type.shape.dim
        sizes[0].dim_value = 1
        for dim, size in zip(sizes[2:], (height, width), strict=True):
            if isinstance(size, int):
                dim.dim_value = size
            else:
                dim.dim_param = size
        return model

    def shapes(self, height: int, width: int) -> Mapping[str, tuple[int, ...]] | None:
        """The shape of every tensor at a size, by running it; None if it does not run.

        Where the classifier bears no such size, those alone that come before it.
        """
        for names in (self.flowing(), self.flowing(CLASSIFIER)):
            found = self._run(names, height, width)
            if found is not None:
                return found
        return None

    def _run(self, names: list[str], height: int, width: int) -> dict[str, tuple[int, ...]] | None:
        model = self.sized("H", "W")
        del model.graph.output[:]
        kept: set[str] = set(names)
        flowing = set(self.flowing())
        nodes = [
            n for n in model.graph.node if kept.intersection(n.output) or not flowing.intersection(n.output)
        ]
        model.graph.ClearField("node")
        model.graph.node.extend(nodes)
        model.graph.output.extend([onnx.ValueInfoProto(name=name) for name in names])
        image = np.zeros((1, 3, height, width), np.float32)
        # A run that is refused has no class of errors of its own.
        try:
            found = session_of(model).run(names, {self.input: image})
        except Exception:
            return None
        return dict(zip(names, map(np.shape, found), strict=True))


def paths() -> Iterator[tuple[str, Path, tuple[int, int], tuple[tuple[int, int], ...]]]:
    """Where the networks are that can be found."""
    folder = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
    for name in IMAGENET:
        yield name, folder / f"light_{name}.onnx", (224, 224), ((256, 320), (257, 301), (288, 192))
    nudenet = importlib.util.find_spec("nudenet")
    if nudenet is not None and nudenet.submodule_search_locations:
        path = Path(nudenet.submodule_search_locations[0]) / "320n.onnx"
        yield NUDENET, path, (320, 320), ((256, 352), (300, 333), (480, 640))
    rapidocr = importlib.util.find_spec("rapidocr_onnxruntime")
    if rapidocr is not None and rapidocr.submodule_search_locations:
        models = Path(rapidocr.submodule_search_locations[0]) / "models"
        for name, file in RAPIDOCR.items():
            yield name, models / file, *_OCR_SIZES[name]


@cache
def real_networks() -> dict[str, RealNetwork]:
    """The networks by name."""
    return {name: real_network(name, onnx.load(path), *sizes) for name, path, *sizes in paths()}


def real_network(
    name: str, model: Any, size: tuple[int, int], others: tuple[tuple[int, int], ...]
) -> RealNetwork:
    """A network without what its file says of values in between."""
    del model.graph.value_info[:]
    for value in model.graph.output:
        value.type.tensor_type.ClearField("shape")
    stored = {tensor.name for tensor in model.graph.initializer}
    image = next(value.name for value in model.graph.input if value.name not in stored)
    return RealNetwork(name, model, image, size, others)
