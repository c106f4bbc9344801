"""Networks from transformers, MONAI and segmentation_models_pytorch, each with the sample that it is made for."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator

import torch

__all__ = ["build", "cases"]

IMAGE, WIDE, VOLUME = (3, 224, 224), (3, 256, 256), (1, 64, 64, 64)

TRANSFORMERS = {
    "BeitModel": IMAGE,
    "CLIPVisionModel": IMAGE,
    "ConvNextModel": IMAGE,
    "ConvNextV2Model": IMAGE,
    "CvtModel": IMAGE,
    "DPTModel": (3, 384, 384),
    "DeiTModel": IMAGE,
    "Dinov2Model": IMAGE,
    "EfficientNetModel": IMAGE,
    "FocalNetModel": IMAGE,
    "LevitModel": IMAGE,
    "MobileNetV2Model": IMAGE,
    "MobileViTModel": WIDE,
    "PoolFormerModel": IMAGE,
    "PvtModel": IMAGE,
    "RegNetModel": IMAGE,
    "ResNetModel": IMAGE,
    "SegformerForSemanticSegmentation": IMAGE,
    "SiglipVisionModel": IMAGE,
    "SwinModel": IMAGE,
    "ViTModel": IMAGE,
}

MONAI: dict[str, tuple[str, dict[str, object], tuple[int, ...]]] = {
    "attention U-Net": (
        "AttentionUnet",
        {"spatial_dims": 2, "in_channels": 1, "out_channels": 2, "channels": (16, 32, 64), "strides": (2, 2)},
        (1, 96, 96),
    ),
    "basic U-Net": ("BasicUNet", {"spatial_dims": 2, "in_channels": 1, "out_channels": 2}, (1, 96, 96)),
    "dynamic U-Net": (
        "DynUNet",
        {
            "spatial_dims": 2,
            "in_channels": 1,
            "out_channels": 2,
            "kernel_size": [3, 3, 3],
            "strides": [1, 2, 2],
            "upsample_kernel_size": [2, 2],
        },
        (1, 64, 64),
    ),
    "flexible U-Net": (
        "FlexibleUNet",
        {"in_channels": 1, "out_channels": 2, "backbone": "efficientnet-b0"},
        (1, 64, 64),
    ),
    "residual U-Net": (
        "UNet",
        {
            "spatial_dims": 2,
            "in_channels": 1,
            "out_channels": 2,
            "channels": (16, 32, 64, 128),
            "strides": (2, 2, 2),
            "num_res_units": 2,
        },
        (1, 96, 96),
    ),
    "SegResNet": ("SegResNet", {}, (1, 32, 32, 32)),
    "Swin UNETR": ("SwinUNETR", {"in_channels": 1, "out_channels": 2, "feature_size": 24}, VOLUME),
    "U-Net of volumes": (
        "UNet",
        {
            "spatial_dims": 3,
            "in_channels": 1,
            "out_channels": 2,
            "channels": (16, 32, 64, 128),
            "strides": (2, 2, 2),
        },
        VOLUME,
    ),
    "UNETR": ("UNETR", {"in_channels": 1, "out_channels": 2, "img_size": (64, 64, 64)}, VOLUME),
    "V-Net": ("VNet", {}, VOLUME),
}

SEGMENTATION = (
    "DeepLabV3 DeepLabV3Plus FPN Linknet MAnet PAN PSPNet Segformer UPerNet Unet UnetPlusPlus".split()
)


def cases() -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """Library, network and sample, of what is installed."""
    libraries = {
        "transformers": TRANSFORMERS.items(),
        "monai": [(name, sample) for name, (_, _, sample) in MONAI.items()],
        "segmentation_models_pytorch": [(name, WIDE) for name in SEGMENTATION],
    }
    for library, networks in libraries.items():
        if importlib.util.find_spec(library) is not None:
            yield from ((library, name, sample) for name, sample in networks)


def build(library: str, name: str) -> torch.nn.Module:
    """A network on the meta device; on the CPU where building or tracing it reads numbers of tensors."""
    if library == "transformers":
        module = importlib.import_module(library)
        kind = getattr(module, name)
        with torch.device("cpu" if name.startswith("CLIP") else "meta"):
            return kind(kind.config_class()).eval()
    if library == "monai":
        kind_name, settings, _ = MONAI[name]
        kind = getattr(importlib.import_module("monai.networks.nets"), kind_name)
        with torch.device("cpu" if kind_name == "SwinUNETR" else "meta"):
            return kind(**settings).eval()
    kind = getattr(importlib.import_module(library), name)
    with torch.device("meta"):
        return kind("resnet34", encoder_weights=None).eval()
