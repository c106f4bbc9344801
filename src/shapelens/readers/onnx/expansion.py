"""Functions of the file, and branches whose condition the file holds, written out: nodes among nodes.

A function is an operator that the file defines by nodes, and a branch of an `If` is a graph of its own. Where
one stands in another, its values get names that nothing else has: those of its place, then their own. Outputs
keep the names that the graph around them knows them by.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
from shapelens.readers.onnx.packing import OnnxKind, PackedNodes, named, nameless, packed
from shapelens.readers.onnx.reading import limit_exceeded
from shapelens.readers.onnx.scopes import Scope, UniqueNames, WholeGraph, place_of
from shapelens.readers.onnx.visible import visible
from shapelens.records import dataclass

__all__ = ["LOOPS", "Body", "Place", "expanded"]

LOOPS = frozenset({"Loop", "Scan", "SequenceMap"})
"""The operators of ONNX that have a body."""

_Key = tuple[str, str, str]
"""The domain, name and overload of a function."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """What a node stands in, which most nodes have in common.

    Args:
        opset_imports: the version of each domain that it is written for.
        bodies: of an `If` whose condition is not in the file, what is computed where it holds, and where not; of
            a loop, what runs again and again.
        level: how many loops are around it.
        refused: why it is not followed, where it is not.
    """

    opset_imports: Mapping[str, int]
    bodies: tuple[Body, ...] = ()
    level: int = 0
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """A graph with nothing left in it to write out.

    Args:
        nodes: in the order of the file, their values called as the whole network calls them.
        places: what each stands in.
        constants: the tensors that it holds, by name; what a branch or a body holds is the whole network's.
        outputs: the names of the values that it gives.
        inputs: the names of the values that a loop gives it in each round.
        ranks: the rank that the file declares of each of these, None where it declares none.
    """

    nodes: PackedNodes
    places: Sequence[Place]
    constants: Mapping[str, OnnxTensor]
    outputs: tuple[str, ...]
    inputs: tuple[str, ...] = ()
    ranks: tuple[int | None, ...] = ()

    def taken(self) -> Iterator[str]:
        """The values that it takes from the graph around it, in order."""
        own = {*self.inputs, *[name for node in self.nodes for name in node.outputs]}
        used = [name for node in self.nodes for name in node.inputs]
        yield from dict.fromkeys(name for name in (*used, *self.outputs) if name and name not in own)


def expanded(model: OnnxModel) -> Body:
    """The graph of a file, its functions and known branches written out.

    Args:
        model: the file.

    Raises:
        LimitExceededError: "it has functions of 150,001 nodes".
    """
    return _Expansion(model).graph()


# expansion ----------------------------------------------------------------------------------------------


class _Writing:
    """A body while it is written."""

    def __init__(self, constants: dict[str, OnnxTensor] | None = None) -> None:
        self.nodes = PackedNodes()
        self.places: list[Place] = []
        self.constants: dict[str, OnnxTensor] = {} if constants is None else constants

    def add(self, node: OnnxNode, place: Place) -> None:
        """Write a node."""
        self.nodes.append(node)
        self.places.append(place)

    def finished(self, outputs: Iterable[str]) -> Body:
        """The body, with the names of its outputs."""
        return Body(self.nodes, self.places, self.constants, tuple(outputs))


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
        self._inner: dict[_Key, tuple[Sequence[OnnxNode], frozenset[str]]] = {}
        self._count = 0

    def graph(self) -> Body:
        """The file's own graph."""
        graph, body = self._model.graph, _Writing()
        for name, tensor in named(graph.initializers):
            self._hold(tensor, name, body)
        scope = WholeGraph("", UniqueNames(graph), {})
        around = _Around(scope, self._model.opset_imports, OnnxNode("", "", "", (), (), {}, {}))
        self._write(graph.nodes, around, body)
        return body.finished([value.name for value in graph.outputs])

    def _hold(self, tensor: OnnxTensor, name: str, body: _Writing) -> None:
        """Keep a tensor as a constant of a body."""
        tensor = nameless(tensor)
        known = body.constants.setdefault(name, tensor)
        if known is not tensor and known != tensor:
            raise MalformedFileError(
                f"two tensors in this file are called {visible(name)}",
                at=self._model.path,
                have=f"one of shape {known.shape} and one of shape {tensor.shape}",
                rule="every value of an ONNX graph has a name of its own",
            )

    def _write(self, nodes: Sequence[OnnxNode], around: _Around, body: _Writing) -> None:
        plain = Place(around.opset_imports)
        if around.depth:
            for node in nodes:
                self._check(around)
                self._write_node(around.scope.node(node, around.call), around, body, plain)
            return
        row = packed(nodes)
        followed = {kind for kind in set(row.kinds) if self._is_followed(kind)}
        if not followed:
            # A file's own graph in which there is nothing to write out is taken as it is: it may be large.
            body.nodes, body.places = row, [plain] * len(row)
            return
        for place, kind in enumerate(row.kinds):
            if kind in followed:
                self._write_node(row[place], around, body, plain)
            else:
                body.nodes.take(row, place)
                body.places.append(plain)

    def _is_followed(self, kind: OnnxKind | OnnxNode) -> bool:
        """Whether a node is more than what it says itself."""
        is_own = not kind.domain and (kind.operator in {"Constant", "If"} or kind.operator in LOOPS)
        return is_own or (kind.domain, kind.operator, kind.overload) in self._functions

    def _write_node(self, node: OnnxNode, around: _Around, body: _Writing, plain: Place) -> None:
        tensor = constant_of(node) if node.operator == "Constant" else None
        key = (node.domain, node.operator, node.overload)
        if tensor is not None and node.outputs[0] not in body.constants:
            self._hold(tensor, node.outputs[0], body)
        elif key in self._functions:
            self._call(self._functions[key], node, around, body)
        elif node.operator == "If" and not node.domain:
            self._branch(node, around, body)
        elif node.operator in LOOPS and not node.domain:
            self._repeat(node, around, body)
        else:
            body.add(node, plain)

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
            body.add(node, Place(around.opset_imports, refused=reason))
            return
        known = dict.fromkeys(function.inputs, "") | dict(zip(function.inputs, node.inputs, strict=False))
        given = list(zip(function.outputs, node.outputs, strict=False))
        nodes, made = self._within_function(key, function)
        passed = _output_names(known, given, made)
        scope = Scope(
            place_of(node), around.scope.names, known, None, {**function.defaults, **node.attributes}
        )
        imports = {**around.opset_imports, **function.opset_imports}
        within = _Around(scope, imports, node, (*around.calls, key), around.depth + 1, around.level)
        self._write(nodes, within, body)
        self._pass(passed, within, body)

    def _within_function(
        self, key: _Key, function: OnnxFunction
    ) -> tuple[Sequence[OnnxNode], frozenset[str]]:
        """The nodes of a function, and the names of the values that they make; kept where these are few."""
        kept = self._inner.get(key)
        if kept is None:
            made = frozenset([name for inner in function.nodes for name in inner.outputs])
            is_short = len(function.nodes) <= limits.MAXIMUM_KEPT_NODES
            kept = (tuple(function.nodes) if is_short else function.nodes), made
            if is_short:
                self._inner[key] = kept
        return kept

    def _pass(self, passed: Iterable[tuple[str, str]], within: _Around, body: _Writing) -> None:
        """Give outputs that no node within makes: a value that came in, or one that is given twice."""
        for inner, outer in passed:
            taken = (within.scope.value(inner),)
            identity = OnnxNode("Identity", "", within.call.name, taken, (outer,), {}, within.call.metadata)
            body.add(identity, Place(within.opset_imports))

    # branches -----------------------------------------------------------------------------------------

    def _branch(self, node: OnnxNode, around: _Around, body: _Writing) -> None:
        graphs = (node.attributes.get("then_branch"), node.attributes.get("else_branch"))
        then, otherwise = graphs
        if not isinstance(then, OnnxGraph) or not isinstance(otherwise, OnnxGraph) or not node.inputs:
            refused = "an If has a condition and two branches"
            body.add(node, Place(around.opset_imports, refused=refused))
            return
        condition = body.constants.get(node.inputs[0])
        if condition is not None and condition.values is not None and len(condition.values) == 1:
            self._take(then if condition.values[0] else otherwise, node, around, body)
            return
        branches = (self._body(then, node, around, body), self._body(otherwise, node, around, body))
        captured = dict.fromkeys([*branches[0].taken(), *branches[1].taken()])
        plain = replace(node, inputs=(*captured, node.inputs[0]), attributes={})
        body.add(plain, Place(around.opset_imports, branches, around.level))

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
        held = {name for name, _ in named(graph.initializers)}
        given = [value for value in graph.inputs if value.name not in held]
        inputs = [within.scope.own(value.name) for value in given]
        self._fill(graph, within, body)
        outputs = [within.scope.value(value.name) for value in graph.outputs]
        ranks = [None if value.shape is None else len(value.shape) for value in given]
        return Body(body.nodes, body.places, {}, tuple(outputs), tuple(inputs), tuple(ranks))

    def _repeat(self, node: OnnxNode, around: _Around, body: _Writing) -> None:
        """Write out the body of a loop, which takes the values around it before its own inputs."""
        graph = node.attributes.get("body")
        if not isinstance(graph, OnnxGraph):
            refused = f"a {node.operator} has a body"
            body.add(node, Place(around.opset_imports, refused=refused))
            return
        within = replace(around, level=around.level + 1)
        inner = self._body(graph, node, within, body)
        others = {name: value for name, value in node.attributes.items() if name != "body"}
        plain = replace(node, inputs=(*inner.taken(), *node.inputs), attributes=others)
        body.add(plain, Place(around.opset_imports, (inner,), around.level))

    def _within(self, graph: OnnxGraph, known: dict[str, str], node: OnnxNode, around: _Around) -> _Around:
        scope = Scope(place_of(node), around.scope.names, known, around.scope)
        own = [name for name, _ in named(graph.initializers)]
        own += [name for inner in graph.nodes for name in inner.outputs]
        for name in own:
            if name and name not in known:
                scope.own(name)
        return _Around(scope, around.opset_imports, node, around.calls, around.depth + 1, around.level)

    def _fill(self, graph: OnnxGraph, within: _Around, body: _Writing) -> None:
        for name, tensor in named(graph.initializers):
            self._hold(tensor, within.scope.value(name), body)
        self._write(graph.nodes, within, body)


def _output_names(
    known: dict[str, str], given: Iterable[tuple[str, str]], made: Collection[str]
) -> list[tuple[str, str]]:
    """Enter the outputs that nodes within make under their names without; the others are given back."""
    passed: list[tuple[str, str]] = []
    for inner, outer in given:
        if outer and inner in made and inner not in known:
            known[inner] = outer
        elif outer:
            passed.append((inner, outer))
    return passed
