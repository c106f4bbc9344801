"""Whether the numbers of a layer are shown, and what they are: the grids, what is said of them, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from shlex import quote
from typing import TYPE_CHECKING, Any

from shapelens.analyses.samples import sample_of, typed_sample
from shapelens.dims import Dim, Unknown
from shapelens.errors import UsageError
from shapelens.explanation.document import LABEL, Block, Entry, Text, text
from shapelens.explanation.grids.asked import Asked
from shapelens.explanation.subject import Subject
from shapelens.operators import Convolution, Pool
from shapelens.records import dataclass

if TYPE_CHECKING:
    from shapelens.explanation.grids.telling import Telling
    from shapelens.numbers import ConvolutionCell, NumberedLayer, PoolCell

__all__ = ["Shown", "shown_numbers", "telling_of"]

_MOST_CHANNELS = 4
_MOST_CELLS, _MOST_CELLS_OF_SEVERAL = 12, 8
"""What is read whole: one grid, or several under one another."""
_MOST_ON_A_LINE = 16
_MOST_IN_A_VOLUME = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """Numbers that are shown.

    Args:
        title: what is said of them in the document's first line.
        groups: the grids, and what is said of them.
        following: a command for another cell.
        facts: the same as plain data.
        layer: the layer with its numbers.
        map: the feature map that is looked at.
        position: the cell in it.
    """

    title: Text
    groups: tuple[tuple[Block, ...], ...]
    following: str
    facts: Mapping[str, Any]
    layer: NumberedLayer
    map: int
    position: tuple[int, ...]


def shown_numbers(subject: Subject, asked: Asked) -> Shown | None:
    """The numbers of a layer; None where they are not asked for, and the layer is not small and alone.

    Raises:
        UsageError: they are asked for, and there are none.
        UnreadableError: they are asked of a file that cannot be read.
    """
    if asked.numbers is False or subject.is_broken:
        return None
    if not (asked.is_explicit or _is_small(subject)):
        return None
    reason, fix = _hindrance(subject)
    if reason and asked.is_explicit:
        raise UsageError(
            f"its numbers cannot be shown: {reason}",
            at=subject.step.node.name if not subject.is_alone else subject.evaluation.network.name,
            rule="they are shown of convolutions and pools whose sizes are known",
            fix=fix,
        )
    if reason:
        return None
    try:
        return _shown(subject, asked)
    except UsageError:
        if asked.is_explicit:
            raise
        return None


def _hindrance(subject: Subject) -> tuple[str, str]:
    """Why there are no numbers, and what to do; nothing where there are."""
    from shapelens.numbers import has_numbers

    step = subject.step
    operator = step.node.operator
    if not has_numbers(operator):
        return "no window of a filter or a pool slides over its input", ""
    tensors = [tensor for tensor in (*step.inputs[:3], step.outputs[0]) if tensor is not None]
    shapes = [tensor.shape for tensor in tensors if tensor.shape != ()]
    source = subject.source
    if not isinstance(source, tuple) or any(tensor.has_unknown for tensor in tensors) or not shapes:
        return "not all of its sizes are known", ""
    held = [tensor.dims for tensor in tensors if tensor.is_held]
    sizes = [*source, *[size for shape in held for size in shape]]
    if not all(isinstance(size, int) for size in sizes):
        free = "x".join(["8" if not isinstance(size, int) else str(size) for size in source])
        return "not all of its sizes are numbers", f"--input {free}"
    if getattr(operator, "dtype", None) is not None or tensors[0].dtype in {"int8", "uint8"}:
        return "it computes with scales of quantised numbers", ""
    return _unknown_padding(subject), ""


def _unknown_padding(subject: Subject) -> str:
    """Why it is not known where its windows stand; empty where it is."""
    operator, inputs = subject.step.node.operator, subject.step.inputs
    sides: tuple[tuple[Dim, Dim], ...] = ()
    if isinstance(operator, Pool):
        sides = operator.sides(inputs[0])
    elif isinstance(operator, Convolution) and inputs[1] is not None:
        sides = operator.sides(inputs[0], inputs[1])
    return next((side.reason for pair in sides for side in pair if isinstance(side, Unknown)), "")


def _is_small(subject: Subject) -> bool:
    """Whether the layer is alone, and its input, kernel and output can be read whole."""
    layout, source, target = subject.layout, subject.source, subject.target
    if (
        not subject.is_alone
        or layout is None
        or not isinstance(source, tuple)
        or not isinstance(target, tuple)
    ):
        return False
    if not isinstance(subject.step.node.operator, (Convolution, Pool)):
        return False
    if not len(source) == len(target) == len(layout.axes):
        return False
    if not all(isinstance(size, int) for size in (*source, *target)):
        return False
    spatial, channels = layout.spatial, source[layout.channel]
    several = channels > 1 and not isinstance(subject.step.node.operator, Pool)
    most = _MOST_CELLS_OF_SEVERAL if several else _MOST_CELLS
    limits = {1: (_MOST_ON_A_LINE,), 2: (most, most), 3: (_MOST_IN_A_VOLUME, *(_MOST_CELLS_OF_SEVERAL,) * 2)}
    sizes = [(source[axis], target[axis]) for axis in spatial]
    if channels > _MOST_CHANNELS:
        return False
    return all(max(pair) <= limit for pair, limit in zip(sizes, limits[len(spatial)], strict=True))


# what is shown ----------------------------------------------------------------------------------------------


def _shown(subject: Subject, asked: Asked) -> Shown:
    from shapelens.explanation.grids.facts import cell_facts
    from shapelens.explanation.grids.sources import numbered_subject, source_words
    from shapelens.numbers import cell as cell_of

    layer = numbered_subject(subject, asked)
    map, position = asked.filter or 0, asked.cell or _first_cell(layer)
    cell = cell_of(layer, map, position)
    telling = telling_of(layer, cell)
    rounded = "; what is not whole is shown rounded" if telling.is_rounded else ""
    numbers = Entry("numbers", (text((f"{source_words(subject, asked)}{rounded}", LABEL)),))
    flipped = [Entry("flipped", (text(_FLIPPED),))] if layer.is_flipped else []
    groups = (*telling.groups[:-1], (*telling.groups[-1], *flipped, numbers))
    facts = cell_facts(layer, cell) | {"source": source_words(subject, asked)}
    following = _following(subject, asked, layer, position)
    return Shown(telling.title, groups, following, facts, layer, map, position)


_FLIPPED = (
    "the kernel is turned by 180° first, as mathematics convolves; what deep learning calls a convolution "
    "is a cross-correlation, and does not turn it"
)


def _first_cell(layer: NumberedLayer) -> tuple[int, ...]:
    """The first cell; of a transposed convolution the first on which the most stamps overlap."""
    if layer.is_transposed:
        from shapelens.explanation.grids.transposed import most_overlapped

        return most_overlapped(layer)
    return (0,) * layer.rank


def telling_of(layer: NumberedLayer, cell: ConvolutionCell | PoolCell) -> Telling:
    """A cell told in grids, by the family of its layer."""
    from shapelens.numbers import PoolCell

    if isinstance(cell, PoolCell):
        from shapelens.explanation.grids.pooling import pool_telling

        return pool_telling(layer, cell)
    if layer.is_transposed:
        from shapelens.explanation.grids.transposed import transposed_telling

        return transposed_telling(layer, cell)
    from shapelens.explanation.grids.convolution import convolution_telling

    return convolution_telling(layer, cell)


def _following(subject: Subject, asked: Asked, layer: NumberedLayer, position: tuple[int, ...]) -> str:
    """The same with another cell, as it is typed; nothing where there is no other, or arrays are not in files."""
    last = tuple([count - 1 for count in layer.counts])
    other = last if position != last else (0,) * layer.rank
    options: list[str] = []
    for name in ("values", "weights", "bias", "image"):
        value = getattr(asked, name)
        if value is not None and not isinstance(value, str):
            return ""
        options += [f"--{name} {quote(value)}"] if value is not None else []
    options += [f"--filter {asked.filter}"] if asked.filter is not None else []
    options += [f"--seed {asked.seed}"] if asked.seed is not None else []
    options += ["--flipped"] if asked.flipped else []
    what = _what(subject)
    if not what or other == position:
        return ""
    return " ".join([f"shapelens explain {what}", *options, f"--cell {','.join(map(str, other))}"])


def _what(subject: Subject) -> str:
    """The layer and its input, as they are typed."""
    network = subject.evaluation.network
    declared = network.inputs[0]
    shape = subject.evaluation.shapes.get(declared.name, declared.shape)
    if len(network.inputs) != 1 or shape is None:
        return ""
    sample = sample_of(subject.evaluation.values[declared.name], subject.batch)
    if not isinstance(sample, tuple) or not all(isinstance(size, int) for size in sample):
        return ""
    if network.origin.kind == "notation" and subject.is_alone:
        # In double quotes a shell leaves everything as it is but these.
        is_plain = not set(network.name) & set('"$`\\!\n')
        name = f'"{network.name}"' if is_plain else ""
    else:
        name = network.origin.layer_argument(subject.step.node.name)
    return f"{name} --input {typed_sample(sample)}" if name else ""
