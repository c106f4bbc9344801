"""What names within functions, branches and bodies are called in the whole network."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from shapelens.readers.onnx import limits
from shapelens.readers.onnx.model import AttributeValue, OnnxGraph, OnnxNode, OnnxReference

__all__ = ["Scope", "UniqueNames", "WholeGraph", "place_of"]


class UniqueNames:
    """Names that nothing else has."""

    def __init__(self, graph: OnnxGraph) -> None:
        self._graph = graph
        self._times: dict[str, int] = {}

    @cached_property
    def _taken(self) -> set[str]:
        """The file's own names, collected where a new one is wanted: most files have nothing to write out."""
        graph = self._graph
        taken = {value.name for value in graph.inputs} | {tensor.name for tensor in graph.initializers}
        for node in graph.nodes:
            taken.update(node.outputs)
        return taken

    def new(self, wanted: str) -> str:
        """A name of its own, as near to the wanted one as can be."""
        name, taken = wanted, self._taken
        while name in taken:
            times = self._times[wanted] = self._times.get(wanted, 1) + 1
            name = f"{wanted}:{times}"
        taken.add(name)
        return name


class Scope:
    """What the names in a function or a branch mean in the whole network.

    Args:
        place: of the call; the names within begin with it.
        names: where new names come from.
        known: the names that are known beforehand.
        around: where a branch's other names come from; None for a function, which sees nothing around it.
        attributes: what references to the function's attributes mean.
    """

    def __init__(
        self,
        place: str,
        names: UniqueNames,
        known: dict[str, str],
        around: Scope | None = None,
        attributes: Mapping[str, AttributeValue] | None = None,
    ) -> None:
        self.place = place
        self.names = names
        self._known = known
        self._around = around
        self._attributes = around.attributes if around is not None else attributes or {}

    @property
    def attributes(self) -> Mapping[str, AttributeValue]:
        """What references to attributes mean here."""
        return self._attributes

    def value(self, name: str) -> str:
        """What a value is called in the whole network."""
        if not name:
            return ""
        known = self._known.get(name)
        if known is not None:
            return known
        if self._around is not None:
            return self._around.value(name)
        return self.own(name)

    def own(self, name: str) -> str:
        """A new name for a value that stands in here."""
        known = self._known[name] = self.names.new(f"{self.place}/{_cut(name)}")
        return known

    def node(self, node: OnnxNode, call: OnnxNode) -> OnnxNode:
        """A node of the function or branch, as one of the whole network."""
        attributes = node.attributes
        if any(isinstance(value, OnnxReference) for value in attributes.values()):
            meant = {name: self._attribute(value) for name, value in attributes.items()}
            attributes = {name: value for name, value in meant.items() if value is not None}
        return OnnxNode(
            node.operator,
            node.domain,
            f"{self.place}/{_cut(node.name or node.operator).lstrip('/')}",
            tuple([self.value(name) for name in node.inputs]),
            tuple([self.value(name) for name in node.outputs]),
            attributes,
            node.metadata or call.metadata,
            node.overload,
        )

    def _attribute(self, value: AttributeValue) -> AttributeValue | None:
        return self._attributes.get(value.name) if isinstance(value, OnnxReference) else value


class WholeGraph(Scope):
    """The file's own graph, in which everything is called as it is called."""

    def value(self, name: str) -> str:
        return name


def _cut(name: str) -> str:
    """A name as a part of others: names within names within names would fill the memory."""
    return name if len(name) <= limits.MAXIMUM_PLACE_CHARACTERS else name[-limits.MAXIMUM_PLACE_CHARACTERS :]


def place_of(call: OnnxNode) -> str:
    """What a call's values begin with; the name of a node in a function holds its place already."""
    return _cut(call.name or next((name for name in call.outputs if name), call.operator))
