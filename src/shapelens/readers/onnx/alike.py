"""Nodes that are alike are translated once: most of a large graph's nodes are.

What a node becomes hangs on its operator, its version, its attributes, on which of its inputs and outputs are given,
and at times on the tensors that the file holds, but hardly ever on names. So a kind of node is translated twice under
made-up names, and where that gives the same operator and takes the same inputs, all nodes of the kind share it, or
all whose tensors answer alike what the translator asks of them. Where names count, each node is translated by itself;
one that becomes the same as the last of its kind shares that.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import field

from shapelens.operators import Operator
from shapelens.operators.likeness import is_one
from shapelens.readers.onnx.limits import MAXIMUM_SHARED_ENTRIES
from shapelens.readers.onnx.model import OnnxNode, OnnxTensor
from shapelens.readers.onnx.operators import translated
from shapelens.readers.onnx.packing import OnnxKind
from shapelens.readers.onnx.translation import Call, Translation
from shapelens.records import dataclass

__all__ = ["Kinds"]

_SHAPE, _ELEMENTS = "shape", "elements"

_MOST_COMPARED = 16
"""Tensors of more elements are not compared: what is made of these is translated for each node."""


@dataclass(frozen=True, slots=True)
class _Shared:
    """What nodes become.

    Args:
        operator: the operator; None where each node has its own.
        places: for each input of the operator, which of the node's it is.
        is_plain: whether it takes what the node takes.
    """

    operator: Operator | None
    places: tuple[int | None, ...] = ()
    is_plain: bool = False


@dataclass(frozen=True, slots=True)
class _Alike:
    """The nodes of one kind.

    Args:
        attributes: of these nodes; held, so that no others take their place in memory.
        asked: which of their inputs the translator asks for, and what of them.
        found: what they become, by the answers.
    """

    attributes: object
    asked: dict[tuple[int, str], None] = field(default_factory=dict)
    found: dict[Hashable, _Shared] = field(default_factory=dict)


class Kinds:
    """The kinds of nodes of one file.

    Args:
        held: the tensors that the file holds, by name.
    """

    def __init__(self, held: Mapping[str, OnnxTensor]) -> None:
        self._held = held
        self._of_kind: dict[tuple[OnnxKind, int], _Alike] = {}
        self._known: dict[Hashable, _Alike] = {}
        self._last: dict[OnnxKind, Operator] = {}

    def translated(
        self, kind: OnnxKind, version: int, inputs: tuple[str, ...], outputs: tuple[str, ...]
    ) -> Translation:
        """What a node becomes.

        Args:
            kind: of the node.
            version: of its operator set.
            inputs: the names of the values that it takes.
            outputs: the names of those that it gives.
        """
        alike = self._of_kind.get((kind, version)) or self._alike(kind, version)
        answers: Hashable = None
        if alike.asked:
            answers = tuple([self._answer(inputs, place, what) for place, what in alike.asked])
        shared = alike.found.get(answers)
        if shared is None:
            shared = self._translated_twice(alike, kind, version, inputs)
        operator = shared.operator
        if operator is None:
            return self._by_itself(kind, version, inputs, outputs)
        if shared.is_plain:
            return Translation(operator, inputs)
        return Translation(operator, tuple([None if p is None else inputs[p] for p in shared.places]))

    def _alike(self, kind: OnnxKind, version: int) -> _Alike:
        # The attributes of nodes are one object where they are alike, byte for byte.
        own = (kind.operator, kind.domain, version, id(kind.attributes), kind.takes, kind.gives, kind.omitted)
        alike = self._known.get(own) or _Alike(kind.attributes)
        if len(self._known) < MAXIMUM_SHARED_ENTRIES:
            self._known[own] = alike
        if len(self._of_kind) < MAXIMUM_SHARED_ENTRIES:
            self._of_kind[kind, version] = alike
        return alike

    def _answer(self, inputs: Sequence[str], place: int, what: str) -> Hashable:
        tensor = self._held.get(inputs[place]) if place < len(inputs) else None
        if tensor is None:
            return None
        if what == _SHAPE:
            return tensor.shape
        values = tensor.values
        # One that is not compared is like none but itself.
        is_long = values is not None and len(values) > _MOST_COMPARED
        return (tensor.data_type, inputs[place] if is_long else values)

    def _translated_twice(
        self, alike: _Alike, kind: OnnxKind, version: int, inputs: Sequence[str]
    ) -> _Shared:
        """What a node becomes, whatever its values are called."""
        asked: dict[tuple[int, str], None] = {}
        tensors = [self._held.get(name) if name else None for name in inputs]
        shared = _shared(kind, version, tensors, asked)
        if not alike.asked.keys() >= asked.keys():
            # What it asks hangs on the answers: what was found before may have been told apart too little.
            alike.asked.update(asked)
            alike.found.clear()
        answers = tuple([self._answer(inputs, place, what) for place, what in alike.asked]) or None
        if len(alike.found) < MAXIMUM_SHARED_ENTRIES:
            alike.found[answers] = shared
        return shared

    def _by_itself(
        self, kind: OnnxKind, version: int, inputs: tuple[str, ...], outputs: tuple[str, ...]
    ) -> Translation:
        translation = translated(Call(_node(kind, "", inputs, outputs), version, self._held))
        last = self._last.get(kind)
        if last is not None and is_one(last, translation.operator):
            return Translation(last, translation.inputs)
        if len(self._last) < MAXIMUM_SHARED_ENTRIES:
            self._last[kind] = translation.operator
        return translation


def _node(kind: OnnxKind, name: str, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> OnnxNode:
    return OnnxNode(
        kind.operator, kind.domain, name, inputs, outputs, kind.attributes, kind.metadata, kind.overload
    )


def _shared(
    kind: OnnxKind, version: int, tensors: Sequence[OnnxTensor | None], asked: dict[tuple[int, str], None]
) -> _Shared:
    if len(kind.omitted) == kind.takes + kind.gives or not kind.gives:
        return _Shared(None)
    found: list[Translation] = []
    places = []
    for word in ("one", "other"):
        values = [
            "" if place in kind.omitted else f"{word} {place}" for place in range(kind.takes + kind.gives)
        ]
        inputs, outputs = tuple(values[: kind.takes]), tuple(values[kind.takes :])
        if not any(outputs):
            return _Shared(None)
        held = {name: tensor for name, tensor in zip(inputs, tensors, strict=True) if tensor is not None}
        translation = translated(_Watched(_node(kind, word, inputs, outputs), version, held, asked))
        known = {name: place for place, name in enumerate(inputs) if name}
        if any(name is not None and name not in known for name in translation.inputs):
            return _Shared(None)
        places.append(tuple([None if name is None else known[name] for name in translation.inputs]))
        found.append(translation)
    is_alike = places[0] == places[1] and is_one(found[0].operator, found[1].operator)
    is_plain = places[0] == tuple(range(kind.takes))
    return _Shared(found[0].operator if is_alike else None, places[0], is_plain)


@dataclass(frozen=True, slots=True)
class _Watched(Call):
    """A node to be translated, of which it is noted what the translator asks of its tensors.

    Args:
        asked: where it is noted.
    """

    asked: dict[tuple[int, str], None]

    def held_shape(self, position: int) -> tuple[int, ...] | None:
        self.asked[position, _SHAPE] = None
        return Call.held_shape(self, position)

    def constant(self, position: int) -> tuple[object, ...] | None:
        self.asked[position, _ELEMENTS] = None
        return Call.constant(self, position)
