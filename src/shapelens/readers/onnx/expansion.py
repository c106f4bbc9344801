"""Functions of the file, and branches whose condition the file holds, written out: nodes among nodes.

A function is an operator that the file defines by nodes, and a branch of an `If` is a graph of its own. Where
one stands in another, its values get names that nothing else has: those of its place, then their own. Outputs
keep the names that the graph around them knows them by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from shapelens.errors import MalformedFileError
from shapelens.readers.onnx import limits
from shapelens.readers.onnx.constants import constant_of
from shapelens.readers.onnx.model import (
    AttributeValue,
    OnnxFunction,
    OnnxGraph,
    OnnxModel,
    OnnxNode,
    OnnxReference,
    OnnxTensor,
)
from shapelens.readers.onnx.reading import limit_exceeded
from shapelens.readers.onnx.visible import visible
from shapelens.records import dataclass

__all__ = ["Body", "Placed", "expanded"]

_Key = tuple[str, str, str]
"""The domain, name and overload of a function."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A node in its place.

    Args:
        node: the node, its values called as the whole network calls them.
        opset_imports: the version of each domain that it is written for.
        branches: of an `If` whose condition is not in the file: what is computed where it holds, and where not.
        refused: why it is not followed, where it is not.
    """

    node: OnnxNode
    opset_imports: Mapping[str, int]
    branches: tuple[Body, Body] | None = None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """A graph with nothing left in it to write out.

    Args:
        nodes: in the order of the file.
        constants: the tensors that it holds, by name.
        outputs: the names of the values that it gives.
    """

    nodes: tuple[Placed, ...]
    constants: Mapping[str, OnnxTensor]
    outputs: tuple[str, ...]

    def taken(self) -> Iterator[str]:
        """The values that it takes from the graph around it, in order."""
        own = {*self.constants, *[name for placed in self.nodes for name in placed.node.outputs]}
        used = [name for placed in self.nodes for name in placed.node.inputs]
        yield from dict.fromkeys(name for name in (*used, *self.outputs) if name and name not in own)


def expanded(model: OnnxModel) -> Body:
    """The graph of a file, its functions and known branches written out.

    Args:
        model: the file.

    Raises:
        LimitExceededError: "it has functions of 250,001 nodes".
    """
    return _Expansion(model).graph()


# names --------------------------------------------------------------------------------------------------


class _Names:
    """Names that nothing else has."""

    def __init__(self, graph: OnnxGraph) -> None:
        self._taken = {value.name for value in graph.inputs} | {tensor.name for tensor in graph.initializers}
        self._taken.update([name for node in graph.nodes for name in node.outputs])
        self._times: dict[str, int] = {}

    def new(self, wanted: str) -> str:
        """A name of its own, as near to the wanted one as can be."""
        name = wanted
        while name in self._taken:
            times = self._times[wanted] = self._times.get(wanted, 1) + 1
            name = f"{wanted}:{times}"
        self._taken.add(name)
        return name


class _Scope:
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
        names: _Names,
        known: dict[str, str],
        around: _Scope | None = None,
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
        attributes = {name: self._attribute(value) for name, value in node.attributes.items()}
        return OnnxNode(
            node.operator,
            node.domain,
            f"{self.place}/{_cut(node.name or node.operator).lstrip('/')}",
            tuple([self.value(name) for name in node.inputs]),
            tuple([self.value(name) for name in node.outputs]),
            {name: value for name, value in attributes.items() if value is not None},
            node.metadata or call.metadata,
            node.overload,
        )

    def _attribute(self, value: AttributeValue) -> AttributeValue | None:
        return self._attributes.get(value.name) if isinstance(value, OnnxReference) else value


class _WholeGraph(_Scope):
    """The file's own graph, in which everything is called as it is called."""

    def value(self, name: str) -> str:
        return name

    def node(self, node: OnnxNode, call: OnnxNode) -> OnnxNode:
        return node


def _cut(name: str) -> str:
    """A name as a part of others: names within names within names would fill the memory."""
    return name if len(name) <= limits.MAXIMUM_PLACE_CHARACTERS else name[-limits.MAXIMUM_PLACE_CHARACTERS :]


def _place(call: OnnxNode) -> str:
    """What a call's values begin with; the name of a node in a function holds its place already."""
    return _cut(call.name or next((name for name in call.outputs if name), call.operator))


# expansion ----------------------------------------------------------------------------------------------


class _Writing:
    """A body while it is written."""

    def __init__(self) -> None:
        self.nodes: list[Placed] = []
        self.constants: dict[str, OnnxTensor] = {}

    def finished(self, outputs: Iterable[str]) -> Body:
        """The body, with the names of its outputs."""
        return Body(tuple(self.nodes), self.constants, tuple(outputs))


@dataclass(frozen=True, slots=True)
class _Around:
    """What a node stands in.

    Args:
        scope: what names mean.
        opset_imports: the version of each domain.
        call: the node that called the function, or whose branch this is.
        calls: the functions that are being written out, the outermost first.
        depth: how many functions and branches there are around it.
    """

    scope: _Scope
    opset_imports: Mapping[str, int]
    call: OnnxNode
    calls: tuple[_Key, ...] = ()
    depth: int = 0


class _Expansion:
    """A file while it is written out."""

    def __init__(self, model: OnnxModel) -> None:
        self._model = model
        self._functions = {(f.domain, f.name, f.overload): f for f in model.functions}
        self._constants: dict[str, OnnxTensor] = {}
        self._count = 0

    def graph(self) -> Body:
        """The file's own graph."""
        graph, body = self._model.graph, _Writing()
        for tensor in graph.initializers:
            self._hold(tensor, tensor.name, body)
        scope = _WholeGraph("", _Names(graph), {})
        around = _Around(scope, self._model.opset_imports, OnnxNode("", "", "", (), (), {}, {}))
        self._write(graph.nodes, around, body)
        return body.finished([value.name for value in graph.outputs])

    def _hold(self, tensor: OnnxTensor, name: str, body: _Writing) -> None:
        """Keep a tensor as a constant of a body."""
        known = body.constants.get(name, tensor)
        if known != tensor:
            raise MalformedFileError(
                f"two tensors in this file are called {visible(name)}",
                at=self._model.path,
                have=f"one of shape {known.shape} and one of shape {tensor.shape}",
                rule="every value of an ONNX graph has a name of its own",
            )
        body.constants[name] = self._constants[name] = tensor

    def _write(self, nodes: Iterable[OnnxNode], around: _Around, body: _Writing) -> None:
        for found in nodes:
            self._check(around)
            node = around.scope.node(found, around.call)
            tensor = constant_of(node)
            key = (node.domain, node.operator, node.overload)
            if tensor is not None and node.outputs[0] not in body.constants:
                self._hold(tensor, node.outputs[0], body)
            elif key in self._functions:
                self._call(self._functions[key], node, around, body)
            elif node.operator == "If" and not node.domain:
                self._branch(node, around, body)
            else:
                body.nodes.append(Placed(node, around.opset_imports))

    def _check(self, around: _Around) -> None:
        """Count what is written out beyond the file's own graph: small files can ask for any number of nodes."""
        if not around.depth:
            return
        self._count += 1
        at = f"{self._model.path}, node {visible(around.call.name or around.call.operator)}"
        if self._count > limits.MAXIMUM_WRITTEN_OUT:
            raise limit_exceeded("functions", self._count, limits.MAXIMUM_WRITTEN_OUT, "nodes", at)
        if around.depth > limits.MAXIMUM_NESTING:
            raise limit_exceeded("functions", around.depth, limits.MAXIMUM_NESTING, "levels", at)

    # functions ----------------------------------------------------------------------------------------

    def _call(self, function: OnnxFunction, node: OnnxNode, around: _Around, body: _Writing) -> None:
        key = (function.domain, function.name, function.overload)
        if key in around.calls:
            reason = f"the function {visible(function.name)} calls itself"
            body.nodes.append(Placed(node, around.opset_imports, refused=reason))
            return
        known = dict.fromkeys(function.inputs, "") | dict(zip(function.inputs, node.inputs, strict=False))
        given = list(zip(function.outputs, node.outputs, strict=False))
        made = {name for inner in function.nodes for name in inner.outputs}
        passed = _output_names(known, given, made)
        scope = _Scope(
            _place(node), around.scope.names, known, None, {**function.defaults, **node.attributes}
        )
        imports = {**around.opset_imports, **function.opset_imports}
        within = _Around(scope, imports, node, (*around.calls, key), around.depth + 1)
        self._write(function.nodes, within, body)
        self._pass(passed, within, body)

    def _pass(self, passed: Iterable[tuple[str, str]], within: _Around, body: _Writing) -> None:
        """Give outputs that no node within makes: a value that came in, or one that is given twice."""
        for inner, outer in passed:
            taken = (within.scope.value(inner),)
            identity = OnnxNode("Identity", "", within.call.name, taken, (outer,), {}, within.call.metadata)
            body.nodes.append(Placed(identity, within.opset_imports))

    # branches -----------------------------------------------------------------------------------------

    def _branch(self, node: OnnxNode, around: _Around, body: _Writing) -> None:
        graphs = (node.attributes.get("then_branch"), node.attributes.get("else_branch"))
        then, otherwise = graphs
        if not isinstance(then, OnnxGraph) or not isinstance(otherwise, OnnxGraph) or not node.inputs:
            refused = "an If has a condition and two branches"
            body.nodes.append(Placed(node, around.opset_imports, refused=refused))
            return
        condition = self._constants.get(node.inputs[0])
        if condition is not None and condition.values is not None and len(condition.values) == 1:
            self._take(then if condition.values[0] else otherwise, node, around, body)
            return
        branches = (self._body(then, node, around), self._body(otherwise, node, around))
        captured = dict.fromkeys([*branches[0].taken(), *branches[1].taken()])
        plain = replace(node, inputs=(*captured, node.inputs[0]), attributes={})
        body.nodes.append(Placed(plain, around.opset_imports, branches))

    def _take(self, graph: OnnxGraph, node: OnnxNode, around: _Around, body: _Writing) -> None:
        """Write out a branch that is always taken."""
        known: dict[str, str] = {}
        given = list(zip([value.name for value in graph.outputs], node.outputs, strict=False))
        passed = _output_names(known, given, {name for inner in graph.nodes for name in inner.outputs})
        within = self._within(graph, known, node, around)
        self._fill(graph, within, body)
        self._pass(passed, within, body)

    def _body(self, graph: OnnxGraph, node: OnnxNode, around: _Around) -> Body:
        """Write out a branch by itself."""
        body = _Writing()
        within = self._within(graph, {}, node, around)
        self._fill(graph, within, body)
        return body.finished([within.scope.value(value.name) for value in graph.outputs])

    def _within(self, graph: OnnxGraph, known: dict[str, str], node: OnnxNode, around: _Around) -> _Around:
        scope = _Scope(_place(node), around.scope.names, known, around.scope)
        own = [tensor.name for tensor in graph.initializers]
        own += [name for inner in graph.nodes for name in inner.outputs]
        for name in own:
            if name and name not in known:
                scope.own(name)
        return _Around(scope, around.opset_imports, node, around.calls, around.depth + 1)

    def _fill(self, graph: OnnxGraph, within: _Around, body: _Writing) -> None:
        for tensor in graph.initializers:
            self._hold(tensor, within.scope.value(tensor.name), body)
        self._write(graph.nodes, within, body)


def _output_names(
    known: dict[str, str], given: Iterable[tuple[str, str]], made: set[str]
) -> list[tuple[str, str]]:
    """Enter the outputs that nodes within make under their names without; the others are given back."""
    passed: list[tuple[str, str]] = []
    for inner, outer in given:
        if outer and inner in made and inner not in known:
            known[inner] = outer
        elif outer:
            passed.append((inner, outer))
    return passed
