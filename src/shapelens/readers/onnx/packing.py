"""Many nodes and tensors, held small: those that are alike share all but their names.

A node as an object of its own takes three times as much, and a file may have a million. So of each is kept what it
shares with others, its name, and the names of its values; the node is made when somebody looks at it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, overload

from shapelens.readers.onnx.model import OnnxNode, OnnxTensor
from shapelens.records import dataclass

if TYPE_CHECKING:
    from shapelens.readers.onnx.model import AttributeValue

__all__ = ["OnnxKind", "PackedNodes", "PackedTensors", "named", "nameless", "packed"]


@dataclass(frozen=True, slots=True, eq=False)
class OnnxKind:
    """All of a node but its names.

    Args:
        operator: such as `Conv`.
        domain: of the operator.
        attributes: the value of each.
        metadata: what the exporter noted.
        overload: which of the functions of that name.
        takes: how many inputs it has.
        gives: how many outputs.
        omitted: which of its values are left out, the outputs counted after the inputs.
    """

    operator: str
    domain: str
    attributes: Mapping[str, AttributeValue]
    metadata: Mapping[str, str]
    overload: str
    takes: int
    gives: int
    omitted: tuple[int, ...] = ()


class PackedNodes(Sequence[OnnxNode]):
    """Nodes in a row.

    >>> nodes = packed([OnnxNode("Relu", "", "one", ("x",), ("y",), {}, {})])
    >>> len(nodes), nodes[0].operator, nodes.values
    (1, 'Relu', ['x', 'y'])

    Attributes:
        kinds: what each shares with others.
        values: the names of the values of all, each node's inputs before its outputs.
    """

    __slots__ = ("_ends", "_names", "_starts", "kinds", "values")

    def __init__(self) -> None:
        self.kinds: list[OnnxKind] = []
        self.values: list[str] = []
        # Names of nodes are wanted once, if at all: as bytes in a row they take half.
        self._names = bytearray()
        self._ends = array("Q")
        self._starts = array("Q")

    def add(self, kind: OnnxKind, name: bytes | bytearray) -> None:
        """Enter a node whose values are entered already.

        Args:
            kind: what it shares with others.
            name: its name, as the file has it.
        """
        self.kinds.append(kind)
        self._names += name
        self._ends.append(len(self._names))

    def append(self, node: OnnxNode) -> None:
        """Enter a node."""
        self.values += node.inputs
        self.values += node.outputs
        self.add(_kind_of(node), node.name.encode("utf-8", "backslashreplace"))

    def take(self, other: PackedNodes, place: int) -> None:
        """Enter a node of another row."""
        for values in other.values_of(place):
            self.values += values
        self.add(other.kinds[place], other.encoded_name(place))

    def encoded_name(self, place: int) -> bytearray:
        """The name of a node, as the file has it."""
        return self._names[self._ends[place - 1] if place else 0 : self._ends[place]]

    def name(self, place: int) -> str:
        r"""The name of a node; bytes that are no UTF-8 are escapes such as `\xff`."""
        return self.encoded_name(place).decode("utf-8", "backslashreplace")

    def values_of(self, place: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The inputs and the outputs of a node."""
        starts, kinds = self._starts, self.kinds
        if len(starts) != len(kinds):
            starts = self._starts = array(
                "Q", accumulate([kind.takes + kind.gives for kind in kinds[:-1]], initial=0)
            )
        kind, start = kinds[place], starts[place]
        middle = start + kind.takes
        return tuple(self.values[start:middle]), tuple(self.values[middle : middle + kind.gives])

    def __len__(self) -> int:
        return len(self.kinds)

    @overload
    def __getitem__(self, place: int) -> OnnxNode: ...

    @overload
    def __getitem__(self, place: slice) -> list[OnnxNode]: ...

    def __getitem__(self, place: int | slice) -> OnnxNode | list[OnnxNode]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        place = range(len(self))[place]
        kind = self.kinds[place]
        return OnnxNode(
            kind.operator,
            kind.domain,
            self.name(place),
            *self.values_of(place),
            kind.attributes,
            kind.metadata,
            kind.overload,
        )

    def __iter__(self) -> Iterator[OnnxNode]:
        return (self[place] for place in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(tuple(self))


def packed(nodes: Sequence[OnnxNode]) -> PackedNodes:
    """Nodes in a row; themselves where they are that already."""
    if isinstance(nodes, PackedNodes):
        return nodes
    row = PackedNodes()
    for node in nodes:
        row.append(node)
    return row


def _kind_of(node: OnnxNode) -> OnnxKind:
    values = (*node.inputs, *node.outputs)
    return OnnxKind(
        node.operator,
        node.domain,
        node.attributes,
        node.metadata,
        node.overload,
        len(node.inputs),
        len(node.outputs),
        tuple([place for place, value in enumerate(values) if not value]),
    )


class PackedTensors(Sequence[OnnxTensor]):
    """Tensors in a row.

    >>> row = PackedTensors()
    >>> row.append(OnnxTensor("w", (8, 3, 3, 3), "float32"))
    >>> row[0].name, row.kinds[0].name
    ('w', '')

    Attributes:
        names: their names.
        kinds: the tensors without their names, which those that are alike share.
    """

    __slots__ = ("kinds", "names")

    def __init__(self) -> None:
        self.names: list[str] = []
        self.kinds: list[OnnxTensor] = []

    def append(self, tensor: OnnxTensor) -> None:
        """Enter a tensor."""
        self.add(tensor.name, nameless(tensor))

    def add(self, name: str, kind: OnnxTensor) -> None:
        """Enter a tensor that has no name by the one that it gets."""
        self.names.append(name)
        self.kinds.append(kind)

    def extend(self, tensors: Iterable[OnnxTensor]) -> None:
        """Enter tensors."""
        for tensor in tensors:
            self.append(tensor)

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, place: int) -> OnnxTensor: ...

    @overload
    def __getitem__(self, place: slice) -> list[OnnxTensor]: ...

    def __getitem__(self, place: int | slice) -> OnnxTensor | list[OnnxTensor]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        return replace(self.kinds[place], name=self.names[place])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(tuple(self))


def nameless(tensor: OnnxTensor) -> OnnxTensor:
    """A tensor without its name."""
    return replace(tensor, name="") if tensor.name else tensor


def named(tensors: Sequence[OnnxTensor]) -> Iterable[tuple[str, OnnxTensor]]:
    """Tensors with their names, which the tensors may then lack."""
    if isinstance(tensors, PackedTensors):
        return zip(tensors.names, tensors.kinds, strict=True)
    return [(tensor.name, tensor) for tensor in tensors]
