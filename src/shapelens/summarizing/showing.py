"""What stands in each row that is shown, so that every column adds up: each number stands in one row, once."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.records import dataclass
from shapelens.summarizing.layers import LayerInfo

__all__ = ["Shown", "shown_rows"]


@dataclass(slots=True, eq=False)
class Shown:
    """A row that is shown.

    Args:
        layer: the layer.
        is_innermost: whether none of the rows inside of it is shown.
        macs: the multiply-adds that no row inside shows; None where they are not known.
        parameters: the places of the parameters that no other row shows.
        is_repeated: whether rows above show all of its parameters.
    """

    layer: LayerInfo
    is_innermost: bool
    macs: int | None = 0
    parameters: frozenset[int] = frozenset()
    is_repeated: bool = False


def shown_rows(
    layers: Sequence[LayerInfo], depth: int, *, hides_recursive: bool = False, hides_functions: bool = False
) -> list[Shown]:
    """The rows that are shown, with what each of them has to show.

    Multiply-adds stand in the innermost row that is shown and has them. A parameter stands in the first of the
    innermost rows that have it; what none of those has stands in the module nearest to it.

    Args:
        layers: every row.
        depth: rows that stand deeper are not shown.
        hides_recursive: whether modules that are called again are not shown.
        hides_functions: whether functions are not shown.
    """
    shown = [
        layer
        for layer in layers
        if layer.depth <= depth
        and not (hides_recursive and layer.is_recursive)
        and not (hides_functions and layer.is_function)
    ]
    outer = {id(each) for layer in shown for each in layer.around}
    rows = [Shown(layer, id(layer) not in outer) for layer in shown]
    _share_macs(layers, rows)
    _share_parameters(rows)
    return rows


def _share_macs(layers: Sequence[LayerInfo], rows: Sequence[Shown]) -> None:
    by_layer = {id(row.layer): row for row in rows}
    for layer in layers:
        if not layer.is_leaf_layer:
            continue
        row = next((by_layer[id(each)] for each in (layer, *layer.around) if id(each) in by_layer), None)
        if row is not None:
            row.macs = None if row.macs is None or layer.macs is None else row.macs + layer.macs


def _share_parameters(rows: Sequence[Shown]) -> None:
    innermost = [row for row in rows if row.is_innermost]
    holding = sorted(
        [row for row in rows if not row.layer.is_function], key=lambda row: -len(row.layer.path.split("."))
    )
    owned: set[int] = set()
    for row in (*innermost, *holding):
        own = row.layer.parameters - owned
        row.parameters |= own
        owned |= own
    above: set[int] = set()
    for row in rows:
        row.is_repeated = bool(row.layer.parameters) and row.layer.parameters <= above
        above |= row.parameters
