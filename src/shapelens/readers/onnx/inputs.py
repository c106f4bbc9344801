"""What a file declares that goes in: names for free sizes, where the axes of an image lie, and sizes themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from shapelens.dims import Dim, Unknown, symbol
from shapelens.dims.layout import Layout, layout_of
from shapelens.network import Input
from shapelens.operators import Shape, Tensor
from shapelens.readers.building import EXAMPLE_SIZE
from shapelens.readers.onnx.model import OnnxValue
from shapelens.readers.onnx.naming import count_name

__all__ = ["inputs_of", "may_hold_sizes", "with_elements"]

_SEQUENCES = frozenset({"sequence", "optional sequence"})
_MAKES_SIZES_OF = {("ConstantOfShape", 0), ("Tile", 1), ("Resize", 3)}
"""Which operators make something of sizes that are fed in, and as which input they take them."""
_MOST_ELEMENTS = 8
_IMAGE_CHANNELS = (1, 3, 4)
_EXAMPLE_OTHER = 16
"""What a free size that is neither a batch nor spatial is shown with."""


def inputs_of(values: Iterable[OnnxValue]) -> tuple[Input, ...]:
    """What a file declares that goes in, each free size with a name and an example.

    A name that the file gives to a size is kept, whatever it is, and means one size wherever it stands.

    Args:
        values: what the file declares.
    """
    declared = tuple(values)
    taken = {dim for value in declared for dim in value.shape or () if isinstance(dim, str)}
    return tuple([_input(value, taken) for value in declared])


def with_elements(
    inputs: Sequence[Input], takers: Mapping[str, Sequence[tuple[str, int]]]
) -> tuple[Input, ...]:
    """Inputs, those that hold nothing but sizes with a symbol for each of their elements.

    Args:
        inputs: the inputs.
        takers: for each input that may hold sizes, which operators take it, and as which of theirs.
    """
    return tuple([_with_elements(each) if _holds_sizes(each, takers) else each for each in inputs])


def may_hold_sizes(declared: Input) -> bool:
    """Whether an input is a few whole numbers."""
    shape = declared.shape
    is_short = (
        shape is not None and len(shape) == 1 and isinstance(shape[0], int) and 0 < shape[0] <= _MOST_ELEMENTS
    )
    return is_short and declared.dtype in {"int32", "int64"}


def _holds_sizes(declared: Input, takers: Mapping[str, Sequence[tuple[str, int]]]) -> bool:
    taken = takers.get(declared.name, ())
    return bool(taken) and _MAKES_SIZES_OF.issuperset(taken)


def _with_elements(declared: Input) -> Input:
    """An input with symbols for its elements: they are sizes, and so none is negative."""
    assert declared.shape is not None and isinstance(declared.shape[0], int)
    names = [f"{declared.name}[{place}]" for place in range(declared.shape[0])]
    elements = tuple([symbol(name, minimum=0) for name in names])
    return replace(
        declared, elements=elements, example={**declared.example, **dict.fromkeys(names, _EXAMPLE_OTHER)}
    )


def _input(value: OnnxValue, taken: set[str]) -> Input:
    if value.kind in _SEQUENCES:
        return _sequence(value, taken)
    if value.shape is None or value.kind not in {"tensor", "optional", "undeclared"}:
        return Input(value.name, None, value.data_type)
    layout = _layout(value)
    letters = layout.axes if layout is not None else ""
    shape: list[Dim] = []
    example: dict[str, int] = {}
    for axis, dim in enumerate(value.shape):
        letter = letters[axis] if letters else ""
        if isinstance(dim, int):
            shape.append(dim)
            continue
        name = dim or _free_name(letter or f"{value.name}_{axis}", taken)
        shape.append(symbol(name))
        example[name] = _example_size(letter, axis)
    return Input(value.name, tuple(shape), value.data_type, layout, example)


def _sequence(value: OnnxValue, taken: set[str]) -> Input:
    """A sequence of tensors: how many there are is free, and of each is known what the file declares of all."""
    from shapelens.operators.sequences import sequence_like

    shape: Shape | Unknown = Unknown("the rank of the tensors in a sequence is not declared")
    if value.shape is not None:
        shape = tuple([_size_of_each(dim) for dim in value.shape])
    length = _free_name(count_name(value.name), taken)
    names = dict.fromkeys(dim for dim in value.shape or () if isinstance(dim, str))
    example = dict.fromkeys([length, *names], _EXAMPLE_OTHER)
    sequence = sequence_like(Tensor(shape, value.data_type), symbol(length, minimum=0))
    return Input(value.name, None, value.data_type, None, example, batched=False, sequence=sequence)


def _size_of_each(dim: Dim | None) -> Dim:
    """A size of all tensors of a sequence; where the file gives it no name, each may have its own."""
    if isinstance(dim, str):
        return symbol(dim)
    return Unknown("the tensors of a sequence may differ in it") if dim is None else dim


def _free_name(wanted: str, taken: set[str]) -> str:
    """A name for a size that the file leaves without one."""
    name = wanted
    while name in taken:
        name += "'"
    taken.add(name)
    return name


def _example_size(letter: str, axis: int) -> int:
    if letter and letter not in "NC":
        return EXAMPLE_SIZE
    return 1 if axis == 0 else _EXAMPLE_OTHER


def _layout(value: OnnxValue) -> Layout | None:
    """An image's layout: ONNX computes channels first, but a file may take its images with channels last."""
    shape: Shape = value.shape or ()
    if len(shape) not in {3, 4, 5} or not value.data_type.startswith(("float", "bfloat", "double", "uint8")):
        return None
    if len(shape) == 3 and not isinstance(shape[1], int):
        return None
    last_is_channels = shape[-1] in _IMAGE_CHANNELS and shape[1] not in _IMAGE_CHANNELS
    return layout_of(len(shape) - 2, channels_last=last_is_channels)
