"""From broken requirements to findings: each kind of requirement has one function that tells it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shapelens.analyses.findings.beyond import Beyond
from shapelens.analyses.findings.codes import CODES
from shapelens.analyses.findings.finding import Finding
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.samples import batch_of, sample_of
from shapelens.dims import Dim, Expression, Unknown, dim_text, evaluate, shape_text
from shapelens.network import Evaluation, Input, Network, Node, Step
from shapelens.operators import Requirement, Shape, Tensor
from shapelens.records import dataclass

__all__ = ["TELLERS", "Case", "Told", "number", "placed", "sample_text", "tells", "torch_list"]


@dataclass(frozen=True, slots=True)
class Told:
    """A finding whose fixes are not tried yet."""

    finding: Finding
    proposals: tuple[Proposal, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One broken requirement, in its place.

    Args:
        evaluation: the network.
        step: the node with what went in.
        requirement: what does not hold.
        beyond: what can be asked beyond the evaluation.
    """

    evaluation: Evaluation
    step: Step
    requirement: Requirement
    beyond: Beyond

    @property
    def facts(self) -> Mapping[str, Any]:
        """The numbers behind the requirement."""
        return self.requirement.facts

    @property
    def words(self) -> str:
        """The operator in words."""
        if any(t is not None and isinstance(t.shape, Unknown) for t in self.step.inputs):
            return self.step.node.operator.word or self.step.node.operator.name
        return self.step.applied.words

    @property
    def words_without_shapes(self) -> str:
        """The operator in a word, for a message about shapes that do not fit it: its module, or the function's name."""
        node = self.step.node
        return (node.module if self.is_layer else "") or node.source_operator or node.operator.name

    @property
    def is_layer(self) -> bool:
        """Whether it is a layer that somebody made, and not a function that is called with weights."""
        network = self.evaluation.network
        return not network.modules or _is_module(network, self.step.node)

    @property
    def is_file(self) -> bool:
        """Whether the network is a file's: what mends it is said without PyTorch's words."""
        return self.evaluation.network.origin.kind == "onnx"

    @property
    def at(self) -> str:
        """The layer, what it is, and the author's line."""
        node, network = self.step.node, self.evaluation.network
        if network.origin.kind == "notation" and len(network.nodes) == 1:
            fed = self.step.applied.flowing
            return ", input ".join([network.name, *[sample_text(t.shape, self.evaluation) for t in fed[:1]]])
        return placed(network, node, self.words)

    @property
    def fed_input(self) -> Input | None:
        """The network's input, where that is what the layer takes."""
        value = self.step.node.inputs[0] if self.step.node.inputs else None
        return next((d for d in self.evaluation.network.inputs if d.name == value), None)

    def tensor(self, place: int = 0) -> Tensor:
        """What goes in at a place."""
        tensor = self.step.inputs[place]
        assert tensor is not None
        return tensor

    def told(
        self,
        code: str,
        have: str,
        rule: str,
        *,
        summary: str = "",
        proposals: Sequence[Proposal] = (),
        framework: tuple[str, str] = ("", ""),
    ) -> Told:
        """A finding in this place."""
        node, kind = self.step.node, CODES[code]
        if self.is_file:
            framework = ("", "")  # a file is run by any runtime, each with its own words
        finding = Finding(
            code,
            summary or kind.title,
            node.name,
            self.at,
            have,
            rule,
            framework=framework,
            severity=kind.severity,
            where=node.where,
        )
        return Told(finding, tuple(proposals))


_NOT_THE_AUTHORS = frozenset(
    "ModuleDict ModuleList MultiheadAttention Sequential Transformer TransformerDecoder TransformerDecoderLayer "
    "TransformerEncoder TransformerEncoderLayer".split()
)
"""Modules of PyTorch's whose forward calls others: the author's line is not in them."""


def placed(network: Network, node: Node, words: str) -> str:
    """A layer with what it is and the author's line: `fc (Linear), net.py:13 in Net.forward`."""
    is_module = _is_module(network, node)
    called = node.module if is_module or not network.modules else node.source_operator
    called = called or node.source_operator or words
    own = node.name.rpartition(".")[2].partition(":")[0]
    kind = f" ({called})" if called != own else ""
    where = f", {node.where}" if node.where else ""
    around = _around(network, node.path, is_module=is_module) if node.where else ""
    return f"{node.name}{kind}{where}{around}"


def _is_module(network: Network, node: Node) -> bool:
    """Whether a node is all that its module does, or stands in one of PyTorch's."""
    is_own = network.modules.get(node.path) == node.module and _is_called(node.name, node.path)
    return node.module in _NOT_THE_AUTHORS or is_own


def _is_called(name: str, path: str) -> bool:
    """Whether a layer is called as its module: `conv1`, and `conv1:2` the second time."""
    return bool(path) and name.partition(":")[0] == path


def _around(network: Network, path: str, *, is_module: bool) -> str:
    """The class whose forward calls a layer: ` in Net.forward`."""
    outer = path.rpartition(".")[0] if is_module else path
    while outer and network.modules.get(outer) in _NOT_THE_AUTHORS:
        outer = outer.rpartition(".")[0]
    kind = network.modules.get(outer, "")
    return f" in {kind}.forward" if kind and kind not in _NOT_THE_AUTHORS else ""


Teller = Callable[[Case], Told]

TELLERS: dict[str, Teller] = {}
"""Who tells each kind of requirement."""


def tells(*kinds: str) -> Callable[[Teller], Teller]:
    """Enter a function as the teller of these kinds of requirement."""

    def enter(teller: Teller) -> Teller:
        for kind in kinds:
            TELLERS[kind] = teller
        return teller

    return enter


def sample_text(shape: Shape | Unknown, evaluation: Evaluation) -> str:
    """The shape of one sample: without the batch, where that leads."""
    return shape_text(sample_of(Tensor(shape), batch_of(evaluation)))


def torch_list(shape: Shape, evaluation: Evaluation) -> str:
    """A shape as PyTorch prints it, for one sample: `[1, 3, 224, 224]`."""
    batch = batch_of(evaluation)
    names = {s.name: 1 for s in batch.symbols()} if isinstance(batch, Expression) else {}
    return f"[{', '.join(number(evaluate(dim, names)) for dim in shape)}]"


def number(dim: Dim) -> str:
    """A dim in a message."""
    return dim_text(dim, "·")
