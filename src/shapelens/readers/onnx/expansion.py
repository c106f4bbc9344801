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
    OnnxFunction,
    OnnxGraph,
    OnnxModel,
    OnnxNode,
    OnnxTensor,
)
from shapelens.readers.onnx.reading import limit_exceeded
from shapelens.readers.onnx.scopes import Scope, UniqueNames, WholeGraph, place_of
from shapelens.readers.onnx.visible import visible
from shapelens.records import dataclass

__all__ = ["LOOPS", "Body", "Placed", "expanded"]

LOOPS = frozenset({"Loop", "Scan", "SequenceMap"})
"""The operators of ONNX that have a body."""

_Key = tuple[str, str, str]
"""The domain, name and overload of a function."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A node in its place.

    Args:
        node: the node, its values called as the whole network calls them.
        opset_imports: the version of each domain that it is written for.
        bodies: of an `If` whose condition is not in the file, what is computed where it holds, and where not; of
            a loop, what runs again and again.
        level: how many loops are around it.
        refused: why it is not followed, where it is not.
    """

    node: OnnxNode
    opset_imports: Mapping[str, int]
    bodies: tuple[Body, ...] = ()
    level: int = 0
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """A graph with nothing left in it to write out.

    Args:
        nodes: in the order of the file.
        constants: the tensors that it holds, by name; what a branch or a body holds is the whole network's.
        outputs: the names of the values that it gives.
        inputs: the names of the values that a loop gives it in each round.
        ranks: the rank that the file declares of each of these, None where it declares none.
    """

    nodes: tuple[Placed, ...]
    constants: Mapping[str, OnnxTensor]
    outputs: tuple[str, ...]
    inputs: tuple[str, ...] = ()
    ranks: tuple[int | None, ...] = ()

    def taken(self) -> Iterator[str]:
        """The values that it takes from the graph around it, in order."""
        own = {*self.inputs, *[name for placed in self.nodes for name in placed.node.outputs]}
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


# expansion ----------------------------------------------------------------------------------------------


class _Writing:
    """A body while it is written."""

    def __init__(self, constants: dict[str, OnnxTensor] | None = None) -> None:
        self.nodes: list[Placed] = []
        self.constants: dict[str, OnnxTensor] = {} if constants is None else constants

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
        level: how many loops.
    """

    scope: Scope
    opset_imports: Mapping[str, int]
    call: OnnxNode
    calls: tuple[_Key, ...] = ()
    depth: int = 0
    level: int = 0


class _Expansion:
    """A file while it is written out."""

    def __init__(self, model: OnnxModel) -> None:
        self._model = model
        self._functions = {(f.domain, f.name, f.overload): f for f in model.functions}
        self._count = 0

    def graph(self) -> Body:
        """The file's own graph."""
        graph, body = self._model.graph, _Writing()
        for tensor in graph.initializers:
            self._hold(tensor, tensor.name, body)
        scope = WholeGraph("", UniqueNames(graph), {})
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
        body.constants[name] = tensor

    def _write(self, nodes: Iterable[OnnxNode], around: _Around, body: _Writing) -> None:
        is_within, functions, imports = around.depth > 0, self._functions, around.opset_imports
        for found in nodes:
            node = found
            if is_within:
                self._check(around)
                node = around.scope.node(found, around.call)
            tensor = constant_of(node) if node.operator == "Constant" else None
            key = (node.domain, node.operator, node.overload)
            if tensor is not None and node.outputs[0] not in body.constants:
                self._hold(tensor, node.outputs[0], body)
            elif functions and key in functions:
                self._call(functions[key], node, around, body)
            elif node.operator == "If" and not node.domain:
                self._branch(node, around, body)
            elif node.operator in LOOPS and not node.domain:
                self._repeat(node, around, body)
            else:
                body.nodes.append(Placed(node, imports))

    def _check(self, around: _Around) -> None:
        """Count what is written out beyond the file's own graph: small files can ask for any number of nodes."""
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
        scope = Scope(
            place_of(node), around.scope.names, known, None, {**function.defaults, **node.attributes}
        )
        imports = {**around.opset_imports, **function.opset_imports}
        within = _Around(scope, imports, node, (*around.calls, key), around.depth + 1, around.level)
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
        condition = body.constants.get(node.inputs[0])
        if condition is not None and condition.values is not None and len(condition.values) == 1:
            self._take(then if condition.values[0] else otherwise, node, around, body)
            return
        branches = (self._body(then, node, around, body), self._body(otherwise, node, around, body))
        captured = dict.fromkeys([*branches[0].taken(), *branches[1].taken()])
        plain = replace(node, inputs=(*captured, node.inputs[0]), attributes={})
        body.nodes.append(Placed(plain, around.opset_imports, branches, around.level))

    def _take(self, graph: OnnxGraph, node: OnnxNode, around: _Around, body: _Writing) -> None:
        """Write out a branch that is always taken."""
        known: dict[str, str] = {}
        given = list(zip([value.name for value in graph.outputs], node.outputs, strict=False))
        passed = _output_names(known, given, {name for inner in graph.nodes for name in inner.outputs})
        within = self._within(graph, known, node, around)
        self._fill(graph, within, body)
        self._pass(passed, within, body)

    def _body(self, graph: OnnxGraph, node: OnnxNode, around: _Around, outer: _Writing) -> Body:
        """Write out a branch or a loop's body by itself; what it holds is held by the graph around it."""
        body = _Writing(outer.constants)
        within = self._within(graph, {}, node, around)
        held = {tensor.name for tensor in graph.initializers}
        given = [value for value in graph.inputs if value.name not in held]
        inputs = [within.scope.own(value.name) for value in given]
        self._fill(graph, within, body)
        outputs = [within.scope.value(value.name) for value in graph.outputs]
        ranks = [None if value.shape is None else len(value.shape) for value in given]
        return Body(tuple(body.nodes), {}, tuple(outputs), tuple(inputs), tuple(ranks))

    def _repeat(self, node: OnnxNode, around: _Around, body: _Writing) -> None:
        """Write out the body of a loop, which takes the values around it before its own inputs."""
        graph = node.attributes.get("body")
        if not isinstance(graph, OnnxGraph):
            refused = f"a {node.operator} has a body"
            body.nodes.append(Placed(node, around.opset_imports, refused=refused))
            return
        within = replace(around, level=around.level + 1)
        inner = self._body(graph, node, within, body)
        others = {name: value for name, value in node.attributes.items() if name != "body"}
        plain = replace(node, inputs=(*inner.taken(), *node.inputs), attributes=others)
        body.nodes.append(Placed(plain, around.opset_imports, (inner,), around.level))

    def _within(self, graph: OnnxGraph, known: dict[str, str], node: OnnxNode, around: _Around) -> _Around:
        scope = Scope(place_of(node), around.scope.names, known, around.scope)
        own = [tensor.name for tensor in graph.initializers]
        own += [name for inner in graph.nodes for name in inner.outputs]
        for name in own:
            if name and name not in known:
                scope.own(name)
        return _Around(scope, around.opset_imports, node, around.calls, around.depth + 1, around.level)

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
