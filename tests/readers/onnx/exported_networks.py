"""Networks of torchvision and timm as `torch.onnx` writes them, with the module that each is made of."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from tests.readers.classics.oracle import torchvision
from tests.readers.onnx.real_networks import RealNetwork, real_network

__all__ = ["FIXED", "FREE", "exported", "module_of"]

SIZE = (224, 224)
OTHERS = ((256, 320), (193, 161), (288, 96))

FREE = (
    "torchvision resnet18",
    "torchvision mobilenet_v3_small",
    "torchvision efficientnet_b0",
    "torchvision densenet121",
    "torchvision googlenet",
    "torchvision lraspp_mobilenet_v3_large",
    "timm convnext_atto",
    "timm mobilevit_xxs",
    "timm regnetx_002",
)
"""Those whose height and width are free in the file."""

FIXED = ("torchvision swin_t", "timm vit_tiny_patch16_224", "timm mixer_s32_224")
"""Those that are made for one size."""


@cache
def module_of(name: str) -> Any:
    """The module, ready to be used."""
    package, _, model = name.partition(" ")
    vision = torchvision()  # timm imports it, which works where its schemas are there
    if package == "timm":
        timm = pytest.importorskip("timm")
        return timm.create_model(model, pretrained=False).eval()
    models = vision.models
    settings = {"aux_logits": False, "init_weights": False} if model == "googlenet" else {}
    settings |= {"weights_backbone": None} if model.startswith("lraspp") else {}
    return models.get_model(model, weights=None, **settings).eval()


@cache
def exported(name: str, exporter: str) -> RealNetwork:
    """The network as a file.

    Args:
        name: its package and its name there.
        exporter: `new`, which writes every tensor; `folded`, which folds what it can; or `old`.
    """
    pytest.importorskip("onnxscript")
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = _EXPORTERS[exporter](module_of(name), name in FREE)
    finally:
        logging.disable(logging.NOTSET)
    return real_network(f"{name}, {exporter}", model, SIZE, OTHERS if name in FREE else ())


def _new(module: Any, is_free: bool) -> Any:
    import torch

    return _program(torch, module, is_free, optimize=False)


def _folded(module: Any, is_free: bool) -> Any:
    import torch

    return _program(torch, module, is_free, optimize=True)


def _program(torch: Any, module: Any, is_free: bool, optimize: bool) -> Any:
    sizes = ({0: "N", 2: "H", 3: "W"},) if is_free else ({0: "N"},)
    image = torch.zeros(2, 3, *SIZE)
    program = torch.onnx.export(
        module, (image,), dynamo=True, dynamic_shapes=sizes, optimize=optimize, verbose=False
    )
    return program.model_proto


def _old(module: Any, is_free: bool) -> Any:
    import onnx
    import torch

    written = io.BytesIO()
    free = {0: "N", 2: "H", 3: "W"} if is_free else {0: "N"}
    torch.onnx.export(
        module,
        (torch.zeros(2, 3, *SIZE),),
        written,
        dynamo=False,
        input_names=["x"],
        dynamic_axes={"x": free},
    )
    return onnx.load_from_string(written.getvalue())


_EXPORTERS: dict[str, Callable[[Any, bool], Any]] = {"new": _new, "folded": _folded, "old": _old}
