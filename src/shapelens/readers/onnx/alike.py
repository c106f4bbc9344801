"""Nodes that are alike are translated once: most of a large graph's nodes are.

What a node becomes hangs on its operator, its version, its attributes, and on which of its inputs and outputs are
given, but hardly ever on their names. So a kind of node is translated twice under made-up names, and where that
gives the same operator and takes the same inputs, all nodes of the kind share it. Where a translator looks at a
tensor of the file, or at a name, each node is translated by itself; one that becomes the same as the last of its kind
shares that.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace

from shapelens.operators import Operator
from shapelens.readers.onnx.limits import MAXIMUM_SHARED_ENTRIES
from shapelens.readers.onnx.model import OnnxNode, OnnxTensor
from shapelens.readers.onnx.operators import translated
from shapelens.readers.onnx.translation import Call, Translation
from shapelens.records import dataclass

__all__ = ["Kinds", "is_one"]


@dataclass(frozen=True, slots=True)
class _Kind:
    """What all nodes of a kind become.

    Args:
        attributes: of these nodes; held, so that no others take their place in memory.
        operator: the operator; None where each node has its own.
        places: for each input of the operator, which of the node's it is.
        is_plain: whether it takes what the node takes.
    """

    attributes: object
    operator: Operator | None
    places: tuple[int | None, ...] = ()
    is_plain: bool = False


class Kinds:
    """The kinds of nodes of one file.

    Args:
        constants: the tensors that the file holds, by name.
    """

    def __init__(self, constants: Mapping[str, OnnxTensor]) -> None:
        self._constants = constants
        self._known: dict[Hashable, _Kind] = {}
        self._last: dict[Hashable, Operator] = {}

    def translated(self, node: OnnxNode, version: int) -> Translation:
        """What a node becomes.

        Args:
            node: the node.
            version: of its operator set.
        """
        # The attributes of nodes are shared where they are alike, byte for byte.
        key = (
            node.operator,
            node.domain,
            version,
            id(node.attributes),
            _pattern(node.inputs),
            _pattern(node.outputs),
        )
        kind = self._known.get(key)
        if kind is None:
            if len(self._known) >= MAXIMUM_SHARED_ENTRIES:
                return translated(Call(node, version, self._constants))
            kind = self._known[key] = _kind_of(node, version)
        if kind.operator is None:
            translation = translated(Call(node, version, self._constants))
            last = self._last.setdefault(key, translation.operator)
            if not is_one(last, translation.operator):
                self._last[key] = last = translation.operator
            return Translation(last, translation.inputs)
        inputs = node.inputs
        if kind.is_plain:
            return Translation(kind.operator, inputs)
        return Translation(kind.operator, tuple([None if p is None else inputs[p] for p in kind.places]))


def _pattern(names: tuple[str, ...]) -> Hashable:
    """Which of them are given: a number where all are."""
    return tuple(map(bool, names)) if "" in names else len(names)


def _kind_of(node: OnnxNode, version: int) -> _Kind:
    if not any(node.outputs):
        return _Kind(node.attributes, None)
    found: list[Translation] = []
    for word in ("one", "other"):
        looked_at = _Watched()
        renamed = replace(
            node,
            name=word,
            inputs=tuple([f"{word} {place}" if name else "" for place, name in enumerate(node.inputs)]),
            outputs=tuple([f"{word} > {place}" if name else "" for place, name in enumerate(node.outputs)]),
        )
        found.append(translated(Call(renamed, version, looked_at)))
        if looked_at.was_asked:
            return _Kind(node.attributes, None)
    places = []
    for translation, word in zip(found, ("one", "other"), strict=True):
        known = {f"{word} {place}": place for place, name in enumerate(node.inputs) if name}
        if any(name is not None and name not in known for name in translation.inputs):
            return _Kind(node.attributes, None)
        places.append(tuple([None if name is None else known[name] for name in translation.inputs]))
    is_alike = places[0] == places[1] and is_one(found[0].operator, found[1].operator)
    is_plain = places[0] == tuple(range(len(node.inputs)))
    return _Kind(node.attributes, found[0].operator if is_alike else None, places[0], is_plain)


def is_one(operator: Operator, other: Operator) -> bool:
    """Whether two operators are the same in every setting: 1 and 1.0 are equal, and are not the same setting."""
    own, its = vars(operator), vars(other)
    return type(operator) is type(other) and all(_is_same(own[name], its[name]) for name in own)


def _is_same(one: object, other: object) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_is_same, one, other))
    return type(one) is type(other) and (one is other or one == other)


class _Watched(Mapping[str, OnnxTensor]):
    """No tensors, and whether anybody asked for one."""

    def __init__(self) -> None:
        self.was_asked = False

    def __getitem__(self, name: str) -> OnnxTensor:
        self.was_asked = True
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        self.was_asked = True
        return iter(())

    def __len__(self) -> int:
        self.was_asked = True
        return 0
