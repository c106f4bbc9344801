"""SL101: features that do not fit a linear layer, or what is one inside: a recurrent cell, a map of an attention."""

from __future__ import annotations

from math import isqrt

from shapelens.analyses.findings.arranging import Arrangement, arranged
from shapelens.analyses.findings.chains import chain_text, size_chain
from shapelens.analyses.findings.feeding import sizes_that_fit
from shapelens.analyses.findings.layers import as_typed, changed_layer
from shapelens.analyses.findings.mending import all_of_them, put_in, with_operator
from shapelens.analyses.findings.origins import before_flatten, from_words
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, number, sample_text, tells, torch_list
from shapelens.analyses.samples import batch_of
from shapelens.dims import Dim, Expression, Unknown, shape_text
from shapelens.dims.text import axis_text
from shapelens.operators import AdaptivePool, Flatten, Linear, Shape, Squeeze, Tensor

__all__ = ["square_side", "tell_features"]


@tells("features")
def tell_features(case: Case) -> Told:
    """A linear layer that is given another number of features than it takes."""
    operator = case.step.node.operator
    if operator.name in {"MultiHeadAttention", "ScaledDotProductAttention"}:
        from shapelens.analyses.findings.attention import tell_width

        return tell_width(case)
    if operator.family == "recurrent" and case.facts.get("layer") == 0:
        return _tell_steps(case)
    gets, wants = case.facts["gets"], case.facts["wants"]
    squeezed = _squeezed_away(case, gets)
    if squeezed is not None:
        return squeezed
    flattened = before_flatten(case)
    lies = None if flattened is not None else arranged(case, wants)
    product = _product(case, flattened)
    matrix = case.step.inputs[1] if len(case.step.inputs) > 1 else None
    is_layer = matrix is not None and not isinstance(matrix.shape, Unknown)
    words = _matrix_words(case, matrix) if is_layer and matrix is not None else ""
    return case.told(
        "SL101",
        f"{number(gets)} features{product}{_from(case, flattened)}{_path(case, flattened)}",
        f"{as_typed(case, operator, {}) or case.words} takes {number(wants)}{_as_squares(flattened, wants)}"
        f"{_lying(lies)}",
        proposals=_proposals(case, flattened, lies),
        framework=("torch", words),
    )


def _squeezed_away(case: Case, gets: Dim) -> Told | None:
    """A squeeze that took the axis of the features too, because it had one: the samples stand in its place."""
    network, value = case.evaluation.network, case.step.node.inputs[0]
    node = network.producers.get(value or "")
    is_all = node is not None and isinstance(node.operator, Squeeze)
    if node is None or not is_all or gets != batch_of(case.evaluation) or not isinstance(gets, Expression):
        return None
    before = case.evaluation.by_node[node.name].inputs[0]
    flat = all_of_them(with_operator(node.name, Flatten(1)))
    return case.told(
        "SL101",
        f"{number(gets)} from {node.name}: the samples"
        + (
            "" if before is None else f"; {node.name} took every axis of size 1 of {shape_text(before.shape)}"
        ),
        f"{as_typed(case, case.step.node.operator, {}) or case.words} takes {number(case.facts['wants'])}",
        proposals=[Proposal(f"x.flatten(1) in the place of {node.name}", flat)],
    )


def _lying(lies: Arrangement | None) -> str:
    return "" if lies is None else f": {lies.words}"


def _tell_steps(case: Case) -> Told:
    """A recurrent layer, or a cell of one, whose steps have another number of features than it takes."""
    gets, wants = case.facts["gets"], case.facts["wants"]
    called, lies = case.words_without_shapes, arranged(case, wants)
    fed = sample_text(case.tensor().shape, case.evaluation)
    turned = () if lies is None or lies.is_all else lies.proposals
    return case.told(
        "SL101",
        f"{number(gets)} features in each step of {fed}{from_words(case, axis=-1)}",
        f"{called} takes {number(wants)} in each step{_lying(lies)}",
        summary=f"features do not fit this {called}",
        proposals=[*turned, _for_steps(case, gets, wants)],
    )


def _for_steps(case: Case, gets: Dim, wants: Dim) -> Proposal:
    """The first layer with weights for the features that come."""
    inside = {
        role: tensor.dims
        for role, tensor in zip(case.step.node.operator.roles, case.step.inputs, strict=False)
        if tensor is not None and role in {"input_weight", "input_weight_0", "input_weight_0_reverse"}
    }
    text = f"make its input features {number(gets)}" if case.is_file else f"input_size={number(gets)}"
    if not isinstance(gets, int) or any(wants not in shape for shape in inside.values()):
        return Proposal(text)
    # In PyTorch and ONNX the features are the last axis of a weight, in Keras the one before.
    place = -2 if case.step.node.operator.settings().get("features_last") else -1
    weights = {role: _with(shape, place, gets) for role, shape in inside.items()}
    return changed_layer(case, weights=weights, arguments={"input_size": str(gets)}, text=text)


def _with(shape: Shape, place: int, size: int) -> Shape:
    place %= len(shape)
    return (*shape[:place], size, *shape[place + 1 :])


def _from(case: Case, flattened: tuple[str, str, Tensor] | None) -> str:
    """Where the features come from: the layer that was flattened, where that is one."""
    producers = case.evaluation.network.producers
    if flattened is not None and flattened[1] in producers:
        return f" from {producers[flattened[1]].name}"
    return from_words(case)


def _product(case: Case, flattened: tuple[str, str, Tensor] | None) -> str:
    image = None if flattened is None else flattened[2]
    if image is None or isinstance(image.shape, Unknown) or image.rank <= 2:
        return ""
    return " = " + " × ".join(axis_text(dim) for dim in image.shape[1:])


def _path(case: Case, flattened: tuple[str, str, Tensor] | None) -> str:
    """How the height came about: `32 → 14 → 7`."""
    if flattened is None or isinstance(flattened[2].shape, Unknown) or flattened[2].rank < 3:
        return ""
    chain = chain_text(size_chain(case.evaluation, flattened[1], 2))
    axis = "height and width" if flattened[2].rank > 3 else "length"
    if flattened[2].rank > 3 and flattened[2].dims[2] != flattened[2].dims[3]:
        axis = "height"
    return f"\n{axis}: {chain}" if "→" in chain else ""


def _as_squares(flattened: tuple[str, str, Tensor] | None, wants: Dim) -> str:
    image = None if flattened is None else flattened[2]
    side = None if image is None else square_side(image, wants)
    if image is None or side is None:
        return ""
    return f" = {number(image.dims[1])} × {side} × {side}"


def square_side(image: Tensor, wants: Dim) -> int | None:
    """The square size at which the channels that are there give the features that are wanted."""
    if isinstance(image.shape, Unknown) or image.rank != 4:
        return None
    channels = image.dims[1]
    if not isinstance(wants, int) or not isinstance(channels, int) or channels == 0 or wants % channels:
        return None
    side = isqrt(wants // channels)
    return side if side and side * side == wants // channels else None


def _proposals(
    case: Case, flattened: tuple[str, str, Tensor] | None, lies: Arrangement | None
) -> list[Proposal]:
    gets, wants = case.facts["gets"], case.facts["wants"]
    operator, found = case.step.node.operator, [] if lies is None else list(lies.proposals)
    weight = case.facts["weight"]
    if lies is not None and lies.is_all:
        return found
    if _is_shared(case) and isinstance(gets, int) and isinstance(wants, int):
        text, value = f"nn.Linear({gets}, {wants}) before it", case.step.node.inputs[0] or ""
        return [*found, Proposal(text, put_in(case.step.node.name, value, Linear(), [(wants, gets)]))]
    if isinstance(gets, int) and len(weight) == 2 and operator.name in {"Linear", "Gemm", "MatrixProduct"}:
        place = next((i for i, dim in enumerate(weight) if dim == wants), 1)
        if operator.name == "Linear":
            place = 1 if not operator.settings().get("features_last") else len(weight) - 1
            place = place if not operator.settings().get("features_last") else weight.index(wants)
        shape = tuple([gets if i == place else dim for i, dim in enumerate(weight)])
        role = operator.roles[1]
        text = "" if operator.name == "Linear" else f"make its weight {' × '.join(map(number, shape))}"
        arguments = {"in_features": str(gets)}
        found.append(changed_layer(case, weights={role: shape}, arguments=arguments, text=text))
    else:
        found.append(Proposal(f"make its input features {number(gets)}"))
    if flattened is None:
        return found
    node, value, image = flattened
    if not isinstance(image.shape, Unknown) and image.rank > 2:
        found += sizes_that_fit(case)
    side = square_side(image, wants)
    if side is not None:
        pool = put_in(node, value, AdaptivePool(output_size=(side, side)))
        written = f"nn.AdaptiveAvgPool2d({side}) before the flatten"
        found.append(Proposal(written, pool))
    return found


def _is_shared(case: Case) -> bool:
    """Whether something else takes its weight too, which fits there as it is."""
    network = case.evaluation.network
    weight = case.step.node.inputs[1] if len(case.step.node.inputs) > 1 else None
    return weight in network.weights and len(network.consumers.get(weight or "", ())) > 1


def _matrix_words(case: Case, weight: Tensor) -> str:
    """PyTorch's words for rows that meet columns of another length."""
    shape = case.tensor().shape
    if isinstance(shape, Unknown) or len(shape) < 2 or weight.rank != 2:
        return ""
    rows, columns = weight.dims
    if case.step.node.operator.name == "MatrixProduct":
        rows, columns = columns, rows
    sizes = torch_list(shape, case.evaluation).strip("[]").split(", ")
    if not all(size.isdigit() for size in sizes):
        return ""
    count = 1
    for size in sizes[:-1]:
        count *= int(size)
    return f"mat1 and mat2 shapes cannot be multiplied ({count}x{sizes[-1]} and {number(columns)}x{number(rows)})"
