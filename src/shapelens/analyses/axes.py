"""What each axis of a tensor is: batch, channels, height, width, or places in a row.

Shapes do not tell. Operators do: a convolution has channels and places, a linear layer makes features of the last
axis, a transposition moves axes. So letters are led through the network as sizes are:

    N batch   C channels or features   D, H, W depth, height, width   T length or tokens   . anything else
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shapelens.dims import Dim, Unknown
from shapelens.dims.layout import layout_of
from shapelens.network import Evaluation, Input, Step
from shapelens.operators import (
    AdaptivePool,
    Concatenate,
    Convolution,
    DeformableConvolution,
    Elementwise,
    Flatten,
    Gemm,
    GlobalPool,
    Index,
    LayerNormalization,
    Linear,
    MatrixProduct,
    Operator,
    Pool,
    Reduce,
    Reshape,
    Resize,
    Shape,
    Squeeze,
    Tensor,
    Transpose,
    TransposedConvolution,
    Unsqueeze,
)  # fmt: skip

__all__ = ["axes_of"]

_IMAGES = (Convolution, DeformableConvolution, TransposedConvolution, Pool, AdaptivePool, GlobalPool)


def axes_of(evaluation: Evaluation) -> dict[str, str]:
    """A letter for each axis of every tensor of known rank, by the tensor's name.

    >>> from shapelens.network import evaluate_network
    >>> from shapelens.readers.classics import read_classic
    >>> axes = axes_of(evaluate_network(read_classic("vgg16"), {}))
    >>> axes["features.0"], axes["classifier.0"]
    ('NCHW', 'NC')
    """
    found: dict[str | None, str] = {}
    by_shape: dict[Shape, str] = {}
    for declared in evaluation.network.inputs:
        tensor = evaluation.values[declared.name]
        if not isinstance(tensor.shape, Unknown):
            found[declared.name] = _declared(declared, tensor.rank)
    for step in evaluation.steps:
        for name, tensor in zip(step.node.outputs, step.outputs, strict=False):
            if isinstance(tensor.shape, Unknown):
                continue
            letters = _after(step, tensor, found)
            if "." in letters:
                # Windows were cut and laid together again: it is what had this shape before.
                letters = by_shape.get(tensor.shape, letters)
            else:
                by_shape.setdefault(tensor.shape, letters)
            found[name] = letters
    return {name: letters for name, letters in found.items() if name is not None}


def _declared(declared: Input, rank: int) -> str:
    if declared.layout is not None and len(declared.layout.axes) == rank:
        return declared.layout.axes
    return _usual(rank, batched=declared.batched)


def _usual(rank: int, *, batched: bool = True) -> str:
    """What an axis most often is, where nothing tells."""
    if not batched:
        return _usual(rank + 1)[1:]
    if rank <= 2:
        return "NC"[:rank]
    if rank == 3:
        return "NTC"
    return str(layout_of(rank - 2)) if rank - 2 <= 3 else "N" + "." * (rank - 2) + "C"


def _after(step: Step, tensor: Tensor, found: Mapping[str | None, str]) -> str:
    """The letters of an output."""
    operator, rank = step.node.operator, tensor.rank
    known = [
        (found[name], before)
        for name, before in zip(step.node.inputs, step.inputs, strict=False)
        if name is not None
        and name in found
        and before is not None
        and not before.is_held
        and len(found[name]) == before.rank
    ]
    if not known:
        return _usual(rank)
    letters, before = known[0]
    if isinstance(operator, _IMAGES):
        return _image(operator, letters, rank)
    if isinstance(operator, (Elementwise, Concatenate)):
        return min((own for own, _ in known if len(own) == rank), key=_unnamed, default=_usual(rank))
    if isinstance(operator, (Linear, Gemm, MatrixProduct)) and len(letters) == rank:
        return _featured(letters)
    if isinstance(operator, LayerNormalization) and len(letters) == rank:
        last_only = operator.axis in {-1, rank - 1} or len(operator.normalized_shape or ()) == 1
        return _featured(letters) if last_only and "C" not in letters else letters
    moved = _moved(operator, letters, before, tensor)
    if moved is not None and len(moved) == rank:
        return moved
    return letters if len(letters) == rank else _usual(rank)


def _image(operator: Operator, letters: str, rank: int) -> str:
    is_last = getattr(operator, "channels_last", False)
    batched = "N" in letters or len(letters) != rank
    spatial = rank - (2 if batched else 1)
    if not 0 <= spatial <= 3:
        return _usual(rank)
    return str(layout_of(spatial, channels_last=is_last, batched=batched))


def _unnamed(letters: str) -> int:
    return letters.count(".")


def _featured(letters: str) -> str:
    """The last axis holds features; what held them before is one axis like others."""
    return letters[:-1].replace("C", ".") + "C"


def _moved(operator: Operator, letters: str, before: Tensor, after: Tensor) -> str | None:
    """Letters after an operator that only arranges axes; None where it is none of these."""
    rank = before.rank
    if isinstance(operator, Transpose):
        order = operator.order if operator.order is not None else tuple(reversed(range(rank)))
        return "".join(letters[axis] for axis in order)
    if isinstance(operator, (Reshape, Flatten)):
        return _reshaped(letters, before.dims, after.dims)
    if isinstance(operator, Reduce) and operator.axes is not None and not operator.keeps_axes:
        gone = {axis % rank for axis in operator.axes}
        return "".join(letter for axis, letter in enumerate(letters) if axis not in gone)
    if isinstance(operator, (Squeeze, Index)) or after.rank < rank:
        return _without_some(letters, before.dims, after.dims)
    if isinstance(operator, Unsqueeze) and operator.axes is not None:
        raised = list(letters)
        for axis in sorted(axis % after.rank for axis in operator.axes):
            raised.insert(axis, ".")
        return "".join(raised)
    if isinstance(operator, Resize):
        return letters
    return None


def _without_some(letters: str, before: Sequence[Dim], after: Sequence[Dim]) -> str | None:
    """The letters of the axes that are left, matched by their sizes from the front, those of size 1 going first."""
    kept: list[str] = []
    place = 0
    for axis, size in enumerate(before):
        left = len(before) - axis
        if place < len(after) and size == after[place] and (size != 1 or left <= len(after) - place):
            kept.append(letters[axis])
            place += 1
    return "".join(kept) if place == len(after) else None


def _reshaped(letters: str, before: Sequence[Dim], after: Sequence[Dim]) -> str:
    """Letters after a reshape: axes that keep their size keep their letter, merged ones are told by what they hold."""
    front = 0
    while front < min(len(before), len(after)) and before[front] == after[front]:
        front += 1
    back = 0
    while back < min(len(before), len(after)) - front and before[-1 - back] == after[-1 - back]:
        back += 1
    merged = letters[front : len(letters) - back]
    room = len(after) - front - back
    head, tail = letters[:front], letters[len(letters) - back :] if back else ""
    if room == 0:
        return head + tail
    if room == 1 and merged:
        return head + _one_letter(merged) + tail
    if room == 2 and merged == "T":
        return head + "HW" + tail
    if room == len(merged):
        return head + merged + tail
    return head + "." * room + tail


def _one_letter(merged: str) -> str:
    """What several axes are together."""
    if "N" in merged:
        return "N"
    if "C" in merged or all(letter == "." for letter in merged):
        return "C"
    return "T"
