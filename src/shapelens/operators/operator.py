"""What an operator is: a rule from input shapes to output shapes, and all there is to know beside it.

Each family of operators has one file. A rule is a plain function of shapes, written in the words of
`shapelens.dims`, so that it can be fed integers, symbols, vectors or recorders alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, fields, replace
from math import isfinite
from typing import TYPE_CHECKING, Any, ClassVar, cast

from shapelens.dims import Dim, Truth, UndecidedError, Unknown, product
from shapelens.operators.reach import Link, same_cells
from shapelens.operators.spans import NOT_FOLLOWED, Span, of_some, span_of
from shapelens.records import dataclass

if TYPE_CHECKING:
    from shapelens.operators.backward import Kept, Run
    from shapelens.operators.strides import Strides

__all__ = ["Filters", "Follow", "Operator", "Outcome", "Requirement", "Shape", "Tensor", "apply"]

Shape = tuple[Dim, ...]


@dataclass(frozen=True, slots=True)
class Tensor:
    """What is known of a tensor: its shape, the type of its elements, and its contents where they carry sizes.

    Args:
        shape: a dim for each axis, or `Unknown` where not even the rank is known.
        dtype: `float32`, `int64`, …
        contents: the elements in row-major order where they are known (sizes that a network computes with);
            integers, expressions, floats or unknowns.
        is_held: whether the network holds it (a weight, a constant) and it does not flow through.
        span: between which numbers its elements lie, where it is computed of sizes alone; None for data.
    """

    shape: Shape | Unknown
    dtype: str = "float32"
    contents: tuple[Any, ...] | None = None
    is_held: bool = False
    span: Span | None = field(default=None, repr=False)

    @property
    def dims(self) -> Shape:
        """The shape of a tensor of known rank; whoever asks has made sure of it."""
        if isinstance(self.shape, Unknown):
            raise UndecidedError(self.shape.reason)
        return self.shape

    @property
    def rank(self) -> int:
        """How many axes it has."""
        return len(self.dims)

    @property
    def has_unknown(self) -> bool:
        """Whether its rank or a size of it is not known."""
        return isinstance(self.shape, Unknown) or any(isinstance(dim, Unknown) for dim in self.shape)

    @property
    def elements(self) -> Dim:
        """How many elements it has."""
        return self.shape if isinstance(self.shape, Unknown) else product(self.shape)

    def shaped(self, shape: Shape | Unknown, dtype: str | None = None) -> Tensor:
        """A tensor of another shape, and of the same type if none is given, whose contents are not known."""
        return Tensor(shape, self.dtype if dtype is None else dtype)


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something that must hold for an operator to work.

    Args:
        kind: which kind of requirement: `channels`, `window`, `features`, …; findings are told by it.
        truth: whether it holds: a `bool`, a condition on the sizes, or `Unknown`.
        facts: the numbers behind it, for the message.
        spoils: the output axes that have no size when it does not hold; None for all of them.
    """

    kind: str
    truth: Truth
    facts: Mapping[str, Any] = field(default_factory=dict)
    spoils: tuple[int, ...] | None = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule says: the outputs, and what must hold for them to be right."""

    outputs: tuple[Tensor, ...]
    requirements: tuple[Requirement, ...] = ()

    @property
    def broken(self) -> tuple[Requirement, ...]:
        """The requirements that are known not to hold."""
        return tuple(r for r in self.requirements if r.truth is False)


@dataclass(frozen=True, slots=True)
class Filters:
    """How many filters a layer has, and what each is made of.

    Args:
        count: the number of filters: of feature maps, or of output features.
        of: the shape of one filter, in the order of the layer's layout: `(3, 3, 3)`.
        kernel: its spatial extent alone: `(3, 3)`; empty for a linear layer.
    """

    count: Dim
    of: Shape
    kernel: Shape = ()


@dataclass(frozen=True, slots=True)
class Follow:
    """How weights follow an edit: the operator as it then is, and the weights' shapes by input position."""

    operator: Operator
    shapes: Mapping[int, Shape] = field(default_factory=dict)


class Operator:
    """One operator with its settings: each kind is a frozen data class, whose fields are its attributes.

    `roles` names the inputs in their order; `learned` names those whose weights count as parameters.
    """

    roles: ClassVar[tuple[str, ...]] = ("input",)
    learned: ClassVar[frozenset[str]] = frozenset()
    word: ClassVar[str] = ""
    keeps_shape: ClassVar[bool] = False
    """Whether the output always has the first input's shape, so that a table may fold it into another row."""
    family: ClassVar[str] = "other"
    """The kind that figures colour it by: convolution, pool, linear, upsampling, reshape, sum, attention, …"""
    has_gradient: ClassVar[bool] = True
    """Whether a gradient of its outputs leads back to its inputs."""
    lies_like_input: ClassVar[bool] = False
    """Whether the axes of its output lie in memory in the order of its input's, as of functions of elements."""
    keeps_elements: ClassVar[bool] = False
    """Whether its output has the elements of its first input, all of them and no others."""
    takes_elements: ClassVar[bool] = False
    """Whether its outputs have some elements of its first input, and no others."""

    @property
    def name(self) -> str:
        """The operator's name in every output: `Convolution`."""
        return type(self).__name__

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        """The rule. An input is None where an optional one is left out."""
        raise NotImplementedError

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """Multiply-accumulates for the whole of the outputs, all samples of the batch together."""
        return 0

    def parameters_of(self, role: str, tensor: Tensor) -> Dim:
        """How many parameters a weight that it learns stands for: its elements, unless several lie in one.

        Args:
            role: what the operator takes it as.
            tensor: the weight.
        """
        return tensor.elements

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Which part of each input axis one cell of the first output sees.

        An input axis with no link is seen whole. By default each output cell sees the input cells at its own
        place, broadcasting included.
        """
        return same_cells([None if t is None else t.shape for t in inputs], outputs[0].shape)

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        """The operator in the words of a table: `conv 3×3, stride 2, pad 1`."""
        return self.word or self.name.lower()

    def filters(self, inputs: Sequence[Tensor | None]) -> Filters | None:
        """The filters of a layer that has some."""
        return None

    def attributes(self, inputs: Sequence[Tensor | None]) -> dict[str, Any]:
        """The settings for JSON: plain numbers, texts and lists."""
        return {name: plain(value) for name, value in self.settings().items()}

    def follow(self, before: Sequence[Tensor | None], after: Sequence[Tensor | None]) -> Follow:
        """The operator and weights that fit what comes in after an edit, as those before fitted.

        Only a weight's dim that matched the dim it met follows; a weight that did not fit stays as it was.
        """
        return Follow(self)

    def views(self, run: Run) -> tuple[Strides | None, ...]:
        """How each output lies in the memory of the first input; None, or nothing, for memory of its own.

        A view holds no elements: a reshape of what lies in order, a part, another order of the axes.
        """
        return ()

    def kept_for_backward(self, run: Run) -> Kept | Unknown:
        """What PyTorch keeps for the backward pass, where the gradient of some input is wanted."""
        return Unknown(f"what {self.name} keeps for the backward pass is not known")

    def settings(self) -> dict[str, Any]:
        """Its fields, by name."""
        return {f.name: getattr(self, f.name) for f in fields(cast("Any", self))}

    def with_settings(self, **settings: Any) -> Operator:
        """The same operator with other settings."""
        changed: Operator = replace(cast("Any", self), **settings)
        return changed


def plain(value: Any) -> Any:
    """Settings as JSON knows them: a formula is a text, an unknown is null, infinity is a text.

    >>> from shapelens.dims import symbol
    >>> plain({"sizes": (symbol("H") * 2, 7, Unknown("data decide it"))})
    {'sizes': ['2*H', 7, None]}
    """
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, Unknown):
        return None
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    return value if isinstance(value, (int, float, str, bool, type(None))) else str(value)


def apply(
    operator: Operator, inputs: Sequence[Tensor | None], output_count: int = 1, blame: str = ""
) -> Outcome:
    """Evaluate a rule, and leave what it cannot say unknown instead of failing.

    Args:
        operator: the operator.
        inputs: its inputs, None where an optional one is left out.
        output_count: how many outputs its node has; more than the rule gives are unknown.
        blame: the name to give as the reason of what a broken requirement leaves unknown.
    """
    try:
        outcome = operator.evaluate(*inputs)
    except UndecidedError as undecided:
        return Outcome((Tensor(Unknown(undecided.summary), "unknown"),) * max(output_count, 1))
    if any(tensor is not None and tensor.span is not None for tensor in inputs):
        outcome = _spanned(operator, inputs, outcome)
    missing = output_count - len(outcome.outputs)
    if missing > 0:
        nothing = Tensor(Unknown(f"{operator.name} says nothing of this output"), "unknown")
        extra = _last_unknown(outcome) or nothing
        outcome = replace(outcome, outputs=outcome.outputs + (extra,) * missing)
    if any(requirement.truth is False for requirement in outcome.requirements):
        return _spoiled(outcome, blame or operator.name)
    return outcome


def _spanned(operator: Operator, inputs: Sequence[Tensor | None], outcome: Outcome) -> Outcome:
    """The outcome with what is known of the elements of outputs that are computed of sizes alone."""
    first = inputs[0]
    others = [tensor for tensor in inputs[1:] if tensor is not None]
    if first is None or first.span is None:
        return outcome
    if operator.keeps_elements or operator.takes_elements:
        span = first.span if operator.keeps_elements else of_some(first.span)
    elif all(tensor.is_held or span_of(tensor) is not None for tensor in others):
        span = NOT_FOLLOWED
    else:
        return outcome
    outputs = [
        replace(tensor, span=span) if tensor.span is None and tensor.contents is None else tensor
        for tensor in outcome.outputs
    ]
    return replace(outcome, outputs=tuple(outputs))


def _last_unknown(outcome: Outcome) -> Tensor | None:
    """The last output, if nothing is known of it either."""
    last = outcome.outputs[-1] if outcome.outputs else None
    return last if last is not None and isinstance(last.shape, Unknown) else None


def _spoiled(outcome: Outcome, blame: str) -> Outcome:
    """The outcome with what broken requirements leave without a size made unknown."""
    because = Unknown(f"because of {blame}")
    outputs = list(outcome.outputs)
    for requirement in outcome.broken:
        for i, tensor in enumerate(outputs):
            if isinstance(tensor.shape, Unknown) or requirement.spoils == ():
                continue
            if requirement.spoils is None:
                outputs[i] = Tensor(because, tensor.dtype)
                continue
            spoiled = {axis % len(tensor.shape) for axis in requirement.spoils if tensor.shape}
            shape = tuple([because if axis in spoiled else dim for axis, dim in enumerate(tensor.shape)])
            outputs[i] = Tensor(shape, tensor.dtype)
    return replace(outcome, outputs=tuple(outputs))
