"""What an ONNX file says, as plain data: no weights, nothing inferred, nothing renamed.

Names are data from the file and may hold anything. The domain `ai.onnx` is written `""` throughout, as both
mean the operators of ONNX itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from shapelens.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "AttributeValue",
    "OnnxFunction",
    "OnnxGraph",
    "OnnxModel",
    "OnnxNode",
    "OnnxReference",
    "OnnxTensor",
    "OnnxUnread",
    "OnnxValue",
]


@dataclass(frozen=True, slots=True)
class OnnxTensor:
    """A tensor that is stored in the file, or said to be stored in another one.

    Args:
        name: its name; empty in most attributes.
        shape: its dims, none negative.
        data_type: such as `float32`, `int64`, `bfloat16`, `string`.
        values: its elements in row-major order, where they are few and are numbers or truth values.
        external: the name of the file that holds the elements, which is never opened.
        sparse: whether only some of its elements are stored; `shape` is that of the whole.
    """

    name: str
    shape: tuple[int, ...]
    data_type: str
    values: tuple[int | float | bool, ...] | None = None
    external: str | None = None
    sparse: bool = False


@dataclass(frozen=True, slots=True)
class OnnxValue:
    """A value that flows through a graph, as the file declares it.

    Args:
        name: its name.
        data_type: of its elements; of a sequence, an optional or a map, of the tensors within.
        shape: its dims, or those of the tensors within: an integer, a name, or `None` for a dim that is not
            declared (or negative, as some exporters write it); `None` as a whole where the rank is not.
        kind: `tensor`, `sparse`, `sequence`, `optional`, `map`, `opaque`, or `undeclared`; of what may be missing, or
            of a sequence, and is no tensor, what it is: `optional sequence`, `sequence map`.
        role: what PyTorch's exporter says that it was in the module: `PARAMETER`, `BUFFER`; empty where nothing
            is said.
    """

    name: str
    data_type: str
    shape: tuple[int | str | None, ...] | None
    kind: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class OnnxReference:
    """An attribute whose value is an attribute of the function around it.

    Args:
        name: of the function's attribute.
    """

    name: str


@dataclass(frozen=True, slots=True)
class OnnxUnread:
    """A text too long to hold anything about shapes, which was stepped over.

    Args:
        byte_count: how long it is.
    """

    byte_count: int


@dataclass(frozen=True, slots=True)
class OnnxNode:
    """One step of a graph.

    Args:
        operator: such as `Conv`; in `domain`, or a function of the file.
        domain: empty for the operators of ONNX itself.
        name: its name; may be empty.
        inputs: names of values; an empty name is an optional input that is left out.
        outputs: names of values; an empty name is an optional output that is left out.
        attributes: the value of each attribute that the file gives; defaults are the operator's.
        metadata: what the exporter noted, such as PyTorch's module paths.
        overload: which of the functions of that name.
    """

    operator: str
    domain: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, AttributeValue]
    metadata: Mapping[str, str]
    overload: str = ""


@dataclass(frozen=True, slots=True)
class OnnxGraph:
    """A graph: the file's own, or one in an attribute of `If`, `Loop` or `Scan`.

    Args:
        name: its name.
        nodes: in the file's order.
        initializers: the tensors that it stores, sparse ones last.
        inputs: what it takes; before IR version 4, its initializers too.
        outputs: what it gives.
        value_info: what the file declares of values in between.
    """

    name: str
    nodes: Sequence[OnnxNode]
    initializers: Sequence[OnnxTensor]
    inputs: tuple[OnnxValue, ...]
    outputs: tuple[OnnxValue, ...]
    value_info: tuple[OnnxValue, ...]


@dataclass(frozen=True, slots=True)
class OnnxFunction:
    """An operator that the file defines by nodes.

    Args:
        name: the `operator` of the nodes that call it.
        domain: likewise.
        overload: likewise.
        inputs: names of values within.
        outputs: names of values within.
        attributes: names of attributes that a call has to give.
        defaults: attributes that a call may give, and their values if it does not.
        nodes: in the file's order.
        opset_imports: the version of each domain that its nodes are written for.
        value_info: what the file declares of values within.
    """

    name: str
    domain: str
    overload: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: tuple[str, ...]
    defaults: dict[str, AttributeValue]
    nodes: Sequence[OnnxNode]
    opset_imports: dict[str, int]
    value_info: tuple[OnnxValue, ...]


@dataclass(frozen=True, slots=True)
class OnnxModel:
    """A whole file.

    Args:
        ir_version: of the format; 0 where the file does not say.
        opset_imports: the version of each domain that the nodes are written for.
        producer: what wrote the file, such as `pytorch 2.13.0`; may be empty.
        graph: the network.
        functions: operators that the file defines.
        path: of the file, as it was given.
    """

    ir_version: int
    opset_imports: dict[str, int]
    producer: str
    graph: OnnxGraph
    functions: tuple[OnnxFunction, ...]
    path: str


# What an attribute may hold. Lists are tuples, texts are decoded from UTF-8 with U+FFFD for what is none, and
# a type is an `OnnxValue` without a name.
AttributeScalar: TypeAlias = (
    int | float | str | OnnxTensor | OnnxGraph | OnnxValue | OnnxReference | OnnxUnread
)
AttributeValue: TypeAlias = AttributeScalar | tuple[AttributeScalar, ...]
