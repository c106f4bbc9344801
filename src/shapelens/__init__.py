"""Every shape in a convolutional network, before you run it: computed, explained, drawn and checked.

>>> import shapelens
>>> net = shapelens.inspect("vgg16")
>>> net["features.0"].output_shape
(N, 64, 224, 224)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shapelens.errors import MisfitError, ShapelensError
    from shapelens.inspection import Inspection, check, explain, inspect, solve, watch
    from shapelens.summarizing import summary

__all__ = [
    "Inspection",
    "MisfitError",
    "ShapelensError",
    "__version__",
    "check",
    "explain",
    "inspect",
    "solve",
    "summary",
    "watch",
]

__version__ = "0.1.0"

_HOMES = {
    "Inspection": "shapelens.inspection",
    "MisfitError": "shapelens.errors",
    "ShapelensError": "shapelens.errors",
    "check": "shapelens.inspection",
    "explain": "shapelens.inspection",
    "inspect": "shapelens.inspection",
    "solve": "shapelens.inspection",
    "summary": "shapelens.summarizing",
    "watch": "shapelens.inspection",
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
