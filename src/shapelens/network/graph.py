"""A network as every reader makes it and every view reads it: plain data, without framework, file or view.

Values are named. A node takes named values and gives named values; what a name stands for is an input, a weight,
or the output of an earlier node. Nodes stand in an order in which they can be evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from shapelens.dims import Condition, Expression, evaluate
from shapelens.dims.layout import Layout
from shapelens.network.applied import one_of_each
from shapelens.network.binding import is_open, sizes_fed
from shapelens.operators import Fill, Operator, Shape, Tensor
from shapelens.operators.likeness import first_alike
from shapelens.records import dataclass

if TYPE_CHECKING:
    from shapelens.operators import TensorSequence

__all__ = ["Claims", "Guard", "Input", "ModuleCall", "Network", "Node", "Origin", "Weight"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a network came from.

    Args:
        kind: `onnx`, `torch`, `keras`, `notation` or `classic`.
        name: a file's name, a model's, a layer text.
        variant: which of several networks of that name this is; empty where there is but one.
        typed: how it is named in a command, where that is not its name: a file's path.
    """

    kind: str
    name: str
    variant: str = ""
    typed: str = ""

    @property
    def argument(self) -> str:
        """How it is named in a command, quoted for a shell."""
        from shlex import quote

        return quote(self.typed or self.name)

    def layer_argument(self, layer: str) -> str:
        """How one of its layers is named in a command, quoted for a shell."""
        from shlex import quote

        return quote(f"{self.typed or self.name}::{layer}")


@dataclass(frozen=True, slots=True)
class Input:
    """An input that the network declares.

    Args:
        name: its name.
        shape: its declared shape, with the batch in front where there is one; symbols where a size is free.
        dtype: the type of its elements.
        layout: the names of its axes, or None where they are not known to be an image's.
        example: the sizes of one sample that a symbolic shape is shown with, by symbol.
        batched: whether the first of unnamed axes is a batch's.
        sequence: what flows in where it is no tensor but a sequence of tensors, and has no shape of its own.
        elements: a symbol for each of its elements, where they are sizes that the network makes something of.
    """

    name: str
    shape: Shape | None
    dtype: str = "float32"
    layout: Layout | None = None
    example: Mapping[str, int] = field(default_factory=dict)
    batched: bool = True
    sequence: TensorSequence | None = None
    elements: Shape | None = None

    @property
    def batch_axis(self) -> int | None:
        """The axis along which samples lie; None where there is but one."""
        if self.layout is not None:
            return self.layout.axes.index("N") if "N" in self.layout.axes else None
        return 0 if self.batched and (self.shape is None or len(self.shape) > 1) else None


@dataclass(frozen=True, slots=True)
class Weight:
    """A tensor that the network holds: a parameter, a statistic, or a constant.

    Args:
        name: its name in the source.
        shape: its shape, in the source's order.
        dtype: the type of its elements.
        contents: its elements, where they are few whole numbers (they carry sizes).
        learned: whether it counts as parameters, where an operator learns it.
        is_parameter: whether the source itself calls it a parameter, which counts whatever takes it.
    """

    name: str
    shape: Shape
    dtype: str = "float32"
    contents: tuple[Any, ...] | None = None
    learned: bool = True
    is_parameter: bool = False

    @property
    def tensor(self) -> Tensor:
        """What an operator sees of it."""
        return Tensor(self.shape, self.dtype, self.contents, is_held=True)


@dataclass(frozen=True, slots=True)
class Node:
    """One operator in its place.

    Args:
        name: the layer's name as its author sees it (`layer1.0.conv2`); unique in the network.
        operator: what is computed.
        inputs: the names of the values that it takes; None where an optional one is left out.
        outputs: the names of the values that it gives.
        source_operator: what the source calls it: `Conv`, `conv2d`.
        module: the class of the innermost module: `Conv2d`, `Bottleneck`.
        path: the modules that it stands in, outermost first, itself included if it is one, parted by dots.
        where: the file and line of the author's code.
    """

    name: str
    operator: Operator
    inputs: tuple[str | None, ...]
    outputs: tuple[str, ...]
    source_operator: str = ""
    module: str = ""
    path: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Guard:
    """A question that the author's own code asked of sizes, and how it was answered.

    Args:
        condition: what holds wherever the answer is the same.
        before: the index of the first node that stands for this answer.
        where: the file and line of the question.
    """

    condition: Condition
    before: int
    where: str = ""


@dataclass(frozen=True, slots=True)
class ModuleCall:
    """One call of a module of the source.

    Args:
        path: where the module stands: `layer1.0`; empty for the whole.
        module: its class.
        inputs: the values that it took.
        outputs: the values that it gave, each with its place in what was given: empty for a single one.
        first: the index of the first node inside.
        last: the index behind the last node inside.
    """

    path: str
    module: str
    inputs: tuple[str, ...]
    outputs: tuple[tuple[str, str], ...]
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Claims:
    """What a source says of itself, which is checked and never believed.

    Args:
        shapes: of its inputs, its outputs and values in between, by name: for each dim an integer, a name, or None.
        files: the files that weights are said to be in, by the weight's name; they are not opened.
    """

    shapes: Mapping[str, tuple[int | str | None, ...]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Network:
    """A network: immutable; an edit gives another one.

    Args:
        origin: where it came from.
        inputs: what it takes.
        outputs: the names of the values that it gives.
        nodes: its operators, each after those whose values it takes.
        weights: the tensors that it holds, by name.
        modules: the class of each module, by path.
        facts: what else a reader has to say: the producer of a file, the operator set.
        guards: what the author's code asked of sizes on the way that the nodes stand for, in order.
        calls: the calls of modules, in the order in which they begin, where the source has modules.
        assumptions: what had to be assumed, each a sentence.
        refusals: the framework's own words where it refuses an operator, by the name of its first output.
        claims: what the source says of itself.
        measured: the values whose sizes the author's own code was given.
        caught: the nodes that, where they refuse a size, may send the author's own code another way.
    """

    origin: Origin
    inputs: tuple[Input, ...]
    outputs: tuple[str, ...]
    nodes: Sequence[Node]
    weights: Mapping[str, Weight] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    guards: tuple[Guard, ...] = ()
    calls: tuple[ModuleCall, ...] = ()
    assumptions: tuple[str, ...] = ()
    refusals: Mapping[str, str] = field(default_factory=dict)
    claims: Claims = field(default_factory=Claims)
    measured: frozenset[str] = frozenset()
    caught: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The name that it is shown under."""
        return self.origin.name

    @cached_property
    def by_name(self) -> dict[str, Node]:
        """The nodes by name."""
        return {node.name: node for node in self.nodes}

    @cached_property
    def producers(self) -> dict[str, Node]:
        """The node that gives each value."""
        return {value: node for node in self.nodes for value in node.outputs}

    @cached_property
    def consumers(self) -> dict[str, tuple[Node, ...]]:
        """The nodes that take each value, in order."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            for value in dict.fromkeys(v for v in node.inputs if v is not None):
                found.setdefault(value, []).append(node)
        return {value: tuple(nodes) for value, nodes in found.items()}

    @cached_property
    def held(self) -> dict[str, Tensor]:
        """What operators see of the weights, by name."""
        return one_of_each({name: weight.tensor for name, weight in self.weights.items()})

    def fitted(self, shapes: Mapping[str, Shape]) -> Network:
        """The network with its open weights made for what comes in, as lazy layers and Keras' make theirs.

        Args:
            shapes: the shape of each input, by name.
        """
        is_open = any(isinstance(dim, Expression) for weight in self.weights.values() for dim in weight.shape)
        if not is_open:
            return self
        sizes = sizes_fed(self, shapes)
        weights = {
            name: replace(weight, shape=tuple([evaluate(dim, sizes) for dim in weight.shape]))
            for name, weight in self.weights.items()
        }
        return replace(self, weights=weights)

    @cached_property
    def open_nodes(self) -> frozenset[str]:
        """The nodes whose settings hold the author's arithmetic on the sizes of inputs, by name."""
        return frozenset([node.name for node in self.nodes if is_open(node.operator)])

    @cached_property
    def alike(self) -> Mapping[int, Operator]:
        """The first operator that each is one with, by its identity: most layers of a deep network are alike."""
        firsts: dict[Operator, Operator] = {}
        own = {id(node.operator): node.operator for node in self.nodes}
        return {place: first_alike(operator, firsts) for place, operator in own.items()}

    @cached_property
    def constants(self) -> frozenset[str]:
        """The values that hang on no input: the weights, and what is computed from weights alone."""
        known = set(self.weights)
        for node in self.nodes:
            taken = [value for value in node.inputs if value is not None]
            if taken and known.issuperset(taken):
                known.update(node.outputs)
        return frozenset(known)

    @cached_property
    def _stretched(self) -> frozenset[str]:
        """The values that hang on sizes of inputs and yet are a weight, whole: stretched to a batch, as a token is."""
        found: set[str] = set()
        for node in self.nodes:
            value = node.inputs[0] if node.inputs else None
            if value is None or not node.operator.keeps_elements or self.constants.issuperset(node.outputs):
                continue
            if value in found or (value in self.constants and self._is_more_than_a_number(value)):
                found.update(node.outputs)
        return frozenset(found)

    def _is_more_than_a_number(self, value: str) -> bool:
        """Whether a constant is a weight of several elements: one that is stretched fills."""
        weight = self.weights.get(self.weight_behind(value))
        return weight is not None and any(size != 1 for size in weight.shape)

    def learned_by(self, node: Node) -> list[tuple[str, str]]:
        """What an operator learns, by the role that it has there, traced back to the weight behind it.

        A weight that the source transposes, fills or stretches before it is used is still the layer's weight.
        """
        return [
            (role, self.weight_behind(value))
            for role, value in zip(node.operator.roles, node.inputs, strict=False)
            if value is not None
            and role in node.operator.learned
            and (value in self.constants or value in self._stretched)
        ]

    @cached_property
    def learned(self) -> frozenset[str]:
        """The values that count as parameters: those that an operator learns, or that the source calls so."""
        found = {weight for node in self.nodes for _, weight in self.learned_by(node)}
        own = {name for name, weight in self.weights.items() if weight.is_parameter}
        return frozenset(v for v in found if self._is_learned(v)) | own

    def _is_learned(self, value: str) -> bool:
        """Whether a value is a weight, or one that a file fills on the spot; arithmetic on sizes is none."""
        if value in self.weights:
            return self.weights[value].learned
        node = self.producers.get(value)
        return node is not None and isinstance(node.operator, Fill)

    def weight_behind(self, value: str) -> str:
        """The weight that a constant value is computed from; itself where it is made from sizes alone."""
        while value not in self.weights:
            node = self.producers.get(value)
            held = [v for v in node.inputs if v is not None] if node is not None else []
            source = next((v for v in held if v not in self.weights or _is_data(self.weights[v])), None)
            if source is None:
                return value
            value = source
        return value

    @property
    def layout(self) -> Layout | None:
        """The layout of the first input that is an image."""
        return next((i.layout for i in self.inputs if i.layout is not None), None)

    def weights_of(self, node: Node) -> Iterator[Weight]:
        """The weights that a node takes, in the order in which it takes them."""
        for value in node.inputs:
            if value is not None and value in self.weights:
                yield self.weights[value]


def _is_data(weight: Weight) -> bool:
    """Whether a weight is more than a few whole numbers, which say a shape, an axis or a place."""
    return weight.contents is None or "float" in weight.dtype
