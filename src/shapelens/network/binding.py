"""What a traced network's settings are at the sizes that are fed: `view(N, 16·floor(H/4))` at H = 224.

The author's own arithmetic on sizes stands in the settings of operators, in the symbols of the declared inputs.
Whatever is fed (other sizes, vectors, recorders) takes their place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shapelens.dims import Dim, Expression, Truth, Unknown, decide, equal, shape_text, substitute
from shapelens.dims.evaluation import evaluate_condition
from shapelens.operators import Tensor

if TYPE_CHECKING:
    from shapelens.network.graph import Guard, Input, Network
    from shapelens.operators import Operator, Shape

__all__ = ["bound", "is_open", "size_left", "sizes_fed", "tensor_fed", "way_left"]


def sizes_fed(network: Network, shapes: Mapping[str, Shape]) -> dict[str, Dim]:
    """What is fed for each symbol of the declared inputs, where that is not the symbol itself.

    Args:
        network: the network.
        shapes: the shape of each input, by name.
    """
    sizes: dict[str, Dim] = {}
    for declared in network.inputs:
        for own, fed in zip(declared.shape or (), shapes.get(declared.name, ()), strict=False):
            if isinstance(own, Expression) and own != fed:
                names = [symbol.name for symbol in own.symbols()]
                if names == [str(own)]:
                    sizes[names[0]] = fed
    return sizes


def tensor_fed(declared: Input, shape: Shape | None, sizes: Mapping[str, Dim]) -> Tensor:
    """What an input is: a tensor, or a sequence whose tensors have the sizes that are fed.

    Args:
        declared: the input.
        shape: what is fed, or declared; of a sequence, the shape of each of its tensors.
        sizes: what is fed for symbols.
    """
    sequence = declared.sequence
    if sequence is None:
        unknown = Unknown("the input's rank is not declared")
        return Tensor(
            unknown if shape is None else shape, declared.dtype, _elements_fed(declared, shape, sizes)
        )
    from shapelens.operators.sequences import sequence_like

    each = sequence.each
    if shape is not None:
        each = Tensor(shape, declared.dtype)
    elif each is not None and not isinstance(each.shape, Unknown) and sizes:
        each = each.shaped(tuple([_bound(dim, sizes) for dim in each.shape]))
    return sequence_like(each, _bound(sequence.length, sizes), declared.dtype)


def _elements_fed(declared: Input, shape: Shape | None, sizes: Mapping[str, Dim]) -> Shape | None:
    """What its elements are, where they are sizes; as many as are declared."""
    if declared.elements is None or shape != declared.shape:
        return None
    return declared.elements if _are_plain(sizes) else (_BY_DATA,) * len(declared.elements)


def is_open(operator: Operator) -> bool:
    """Whether its settings hold arithmetic on sizes."""
    return any(_is_open(value) for value in operator.settings().values())


def _is_open(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return any(_is_open(item) for item in value)
    return is_open(value) if _is_operator(value) else isinstance(value, Expression)


def _is_operator(value: Any) -> bool:
    """Whether a setting is an operator itself: what a part that is written over is taken out by."""
    return hasattr(value, "with_settings")


def bound(operator: Operator, sizes: Mapping[str, Dim]) -> Operator:
    """An operator with what is fed in the place of symbols."""
    settings = {name: v for name, v in operator.settings().items() if _is_open(v)}
    return operator.with_settings(**{name: _bound(value, sizes) for name, value in settings.items()})


def _bound(value: Any, sizes: Mapping[str, Dim]) -> Any:
    if isinstance(value, (tuple, list)):
        return tuple([_bound(item, sizes) for item in value])
    if _is_operator(value):
        return bound(value, sizes)
    return substitute(value, _with_counts([value], sizes)) if isinstance(value, Expression) else value


def _with_counts(expressions: Sequence[Expression], sizes: Mapping[str, Dim]) -> Mapping[str, Dim]:
    """The sizes, and of counts that only the data decide that they are not known where many sizes are fed at once."""
    if _are_plain(sizes):
        return sizes
    return {s.name: _BY_DATA for expression in expressions for s in expression.symbols()} | dict(sizes)


def _are_plain(sizes: Mapping[str, Dim]) -> bool:
    """Whether one size is fed for each symbol, and not many at once."""
    return all(isinstance(size, (int, Expression, Unknown)) for size in sizes.values())


_BY_DATA = Unknown("only the data decide how many there are")


def size_left(network: Network, shapes: Mapping[str, Shape]) -> Unknown | None:
    """Why nothing is known of a traced network at other sizes than it was traced at; None where it is at these.

    Raises:
        UndecidedError: what is fed cannot be compared.
    """
    if network.origin.kind != "torch":
        return None
    for declared in network.inputs:
        own, fed = declared.shape or (), shapes.get(declared.name, declared.shape or ())
        held = [equal(dim, size) for dim, size in zip(own, fed, strict=False) if isinstance(dim, int)]
        if len(own) != len(fed) or not all(decide(truth) for truth in held):
            return Unknown(f"the model was traced with {shape_text(own)} for {declared.name}")
    return None


def way_left(guard: Guard, sizes: Mapping[str, Dim]) -> Unknown | None:
    """Why nothing behind a guard is known at the sizes that are fed; None where its answer is the same.

    Raises:
        UndecidedError: the question cannot be answered for what is fed.
    """
    known = _with_counts(guard.condition.expressions(), sizes)
    truth: Truth = evaluate_condition(guard.condition, known) if known else guard.condition
    if isinstance(truth, Unknown):
        return truth
    if decide(truth):
        return None
    place = f" at {guard.where}" if guard.where else ""
    return Unknown(f"the model's code goes another way{place} unless {guard.condition}")
