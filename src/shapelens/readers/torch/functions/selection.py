"""What stands in the brackets of `x[…]`, as operators that take that part out, one after another.

Slices come first, then single places, then axes put in, then all tensors of integers and masks together.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import field
from typing import Any

from shapelens.dims import Dim, Expression, Unknown
from shapelens.operators import Constant, Gather, Index, Operator, Slice, Unsqueeze
from shapelens.operators.selecting import is_mask
from shapelens.readers.torch.functions import Call
from shapelens.readers.torch.functions.symbols import true_cells
from shapelens.readers.torch.recording import Value
from shapelens.records import dataclass

__all__ = ["Step", "constant", "selection_of", "taken_out"]

_SHORT = 32
"""A list of so many items is one index, whatever they are."""

Step = tuple[Operator, tuple[Value, ...]]
"""An operator of a selection, and what it takes besides the tensor."""


@dataclass
class _Parts:
    """The parts of an index, each with its axis of the tensor or its place in the result.

    Args:
        cuts: start, end and step of each axis that is sliced.
        places: a single place on an axis, which goes.
        inserted: where axes of size 1 are put in.
        chosen: where tensors and lists of integers and masks stand.
    """

    cuts: dict[int, tuple[Any, Any, Any]] = field(default_factory=dict)
    places: dict[int, Any] = field(default_factory=dict)
    inserted: list[int] = field(default_factory=list)
    chosen: dict[int, Any] = field(default_factory=dict)


def taken_out(call: Call, value: Value, steps: Sequence[Step]) -> Value:
    """The part that a selection takes out."""
    for step, others in steps:
        value = call.one(step, value, *others)
    return value


def selection_of(call: Call, value: Value, index: Any) -> list[Step]:
    """The operators that take out what an index says.

    Args:
        call: the call.
        value: the tensor.
        index: what stands in the brackets.
    """
    parts = _sorted_out(call, value, _listed(index))
    steps: list[Step] = []
    if parts.cuts:
        starts, ends, strides = zip(*parts.cuts.values(), strict=True)
        steps.append((Slice(starts, ends, tuple(parts.cuts), strides), ()))
    # From the last axis on, so that the axes before keep their numbers.
    for axis, place in sorted(parts.places.items(), reverse=True):
        steps.append((Gather(axis), (place,)) if isinstance(place, Value) else (Gather(axis, place), ()))
    if parts.inserted:
        steps.append((Unsqueeze(tuple(parts.inserted)), ()))
    return steps + _chosen(call, parts.chosen)


def _listed(index: Any) -> list[Any]:
    """The parts of an index: a tuple has several, and a short list of other things than numbers counts as a tuple."""
    if isinstance(index, list) and len(index) < _SHORT and any(_is_part(item) for item in index):
        return index
    return list(index) if isinstance(index, tuple) else [index]


def _is_part(item: Any) -> bool:
    return (
        isinstance(item, (Value, list, tuple, slice)) or item is None or item is ... or hasattr(item, "shape")
    )


def _sorted_out(call: Call, value: Value, listed: list[Any]) -> _Parts:
    parts = _Parts()
    listed = [_tensor_of(call, part) for part in listed]
    missing = value.tensor.rank - sum([_axes_of(part) for part in listed])
    axis = place = 0
    for part in listed:
        if part is ...:
            axis, place = axis + missing, place + missing
        elif part is None:
            parts.inserted.append(place)
            place += 1
        elif isinstance(part, slice):
            cut = (_bound(part.start), _bound(part.stop), 1 if part.step is None else _bound(part.step))
            if cut not in {(None, None, 1), (0, None, 1)}:
                parts.cuts[axis] = cut
            axis, place = axis + 1, place + 1
        elif _is_single(part):
            parts.places[axis] = part if isinstance(part, Value) else _whole(part)
            axis += 1
        else:
            if isinstance(part, Value) and part.tensor.rank == 0:
                parts.inserted.append(place)  # a truth stands for an axis of its own
            parts.chosen[place] = part
            axis, place = axis + _axes_of(part), place + max(_axes_of(part), 1)
    return parts


def _tensor_of(call: Call, part: Any) -> Any:
    """Truths and nested lists as tensors; a list of whole numbers and everything else as it is."""
    if isinstance(part, bool) or type(part).__name__ in {"bool_", "bool"}:
        return call.one(Constant((), "bool", (bool(part),)))
    if isinstance(part, range):
        return list(part)
    if hasattr(part, "dtype") and hasattr(part, "tolist") and not isinstance(part, Value):
        listed = part.tolist()  # an array of NumPy's
        return _tensor_of(call, listed) if isinstance(listed, (list, bool)) else listed
    if isinstance(part, (list, tuple)) and (not part or not all(_is_whole(item) for item in part)):
        return constant(call, part)
    return part


def constant(call: Call, nested: Any) -> Value:
    """A tensor of whole numbers or truths, from lists in lists."""
    shape: list[int] = []
    elements = [nested]
    while elements and isinstance(elements[0], (list, tuple)):
        shape.append(len(elements[0]))
        elements = [item for each in elements for item in each]
    if not elements:
        shape = shape or [0]
    is_truth = bool(elements) and isinstance(elements[0], bool)
    return call.one(Constant(tuple(shape), "bool" if is_truth else "int64", tuple(elements)))


def _axes_of(part: Any) -> int:
    """How many axes of the tensor a part of an index takes."""
    if part is None or part is ...:
        return 0
    if not isinstance(part, Value):
        return 1
    return part.tensor.rank if is_mask(part.tensor) else 1


def _is_single(part: Any) -> bool:
    if isinstance(part, Value):
        return part.tensor.rank == 0 and not is_mask(part.tensor)
    return not isinstance(part, (list, tuple))


def _is_whole(item: Any) -> bool:
    return isinstance(item, (int, Expression, Unknown)) and not isinstance(item, bool)


def _bound(place: Any) -> Dim | None:
    """Where a slice starts or ends."""
    if isinstance(place, Value):
        contents = place.tensor.contents
        return contents[0] if contents else Unknown("where a slice ends is computed from data")
    return place if place is None else _whole(place)


def _whole(place: Any) -> Dim:
    """A dim as it is; whatever else stands for a whole number as one."""
    return place if isinstance(place, (Expression, Unknown)) else operator.index(place)


def _chosen(call: Call, chosen: dict[int, Any]) -> list[Step]:
    """The operator that all tensors and lists of an index make together."""
    if not chosen:
        return []
    if len(chosen) == 1:
        ((axis, part),) = chosen.items()
        if not isinstance(part, Value):
            return [(Gather(axis, tuple(part)), ())]
        if not is_mask(part.tensor):
            return [(Gather(axis), (part,))]
    indices = tuple([part if isinstance(part, Value) else constant(call, part) for part in chosen.values()])
    counts = [true_cells(call, index) if is_mask(index.tensor) else "" for index in indices]
    return [(Index(tuple(chosen), tuple(counts)), indices)]
