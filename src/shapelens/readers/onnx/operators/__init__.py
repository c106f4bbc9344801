"""The translators of ONNX operators, a file for each family. Importing this package enters all of them."""

from __future__ import annotations

from importlib import import_module

__all__ = ["FAMILIES"]

FAMILIES = (
    "attention",
    "columns",
    "contributed",
    "elementwise",
    "joining",
    "linear",
    "loss",
    "normalization",
    "padding",
    "quantization",
    "recurrent",
    "reduction",
    "reshaping",
    "resizing",
    "sampling",
    "shapes",
    "shuffling",
    "slicing",
    "windows",
)
"""The files of this package."""

for _family in FAMILIES:
    import_module(f"{__name__}.{_family}")
