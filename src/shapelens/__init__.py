"""Every shape in a convolutional network, before you run it: computed, explained, drawn and checked.

>>> import shapelens
>>> net = shapelens.inspect("vgg16")
>>> net["features.0"].output_shape
(N, 64, 224, 224)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shapelens.errors import ShapelensError
    from shapelens.inspection import Inspection, explain, inspect
    from shapelens.summarizing import summary

__all__ = ["Inspection", "ShapelensError", "__version__", "explain", "inspect", "summary"]

__version__ = "0.1.0"

_HOMES = {
    "Inspection": "shapelens.inspection",
    "ShapelensError": "shapelens.errors",
    "explain": "shapelens.inspection",
    "inspect": "shapelens.inspection",
    "summary": "shapelens.summarizing",
}


def __getattr__(name: str) -> Any:
    """Names are imported when they are first used, so that importing shapelens costs next to nothing."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'shapelens' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
