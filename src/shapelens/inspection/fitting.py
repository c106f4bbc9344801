"""An example that fits, for free sizes that nobody gave one for.

A symbol is traced at some size, and 224 is only the usual one: a network made for 32 would seem to be wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapelens.inspection.held import Inspection

__all__ = ["fitting_example"]

_TRACES = 16
"""So many traces are made to find sizes that fit."""


def fitting_example(inspection: Inspection) -> dict[str, int] | None:
    """The sizes nearest to the example's that fit; None where these do, or where none are known.

    Args:
        inspection: a traced network.
    """
    network = inspection.network
    is_refused = bool(network.refusals) or "stopped" in network.facts
    if not inspection.has_free_sizes or not is_refused or "stopped_for" in network.facts:
        return None
    sizes = inspection.sizes(budget=_TRACES)
    near = sizes.nearest(*sizes.inspected) if sizes.axes else []
    if not near:
        return None
    nearest = min(
        near, key=lambda fits: sum([abs(a - b) for a, b in zip(fits, sizes.inspected, strict=True)])
    )
    return {axis.name: size for axis, size in zip(sizes.axes, nearest, strict=True)}
