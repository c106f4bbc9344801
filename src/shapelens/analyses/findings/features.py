"""SL101: features that do not fit a linear layer, or what is one inside: a recurrent cell, a map of an attention."""

from __future__ import annotations

from math import isqrt

from shapelens.analyses.findings.chains import chain_text, size_chain
from shapelens.analyses.findings.feeding import sizes_that_fit
from shapelens.analyses.findings.layers import as_typed, changed_layer
from shapelens.analyses.findings.mending import put_in
from shapelens.analyses.findings.origins import before_flatten, from_words
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, number, tells, torch_list
from shapelens.dims import Dim, Unknown
from shapelens.dims.text import axis_text
from shapelens.operators import AdaptivePool, Tensor

__all__ = ["tell_features"]


@tells("features")
def tell_features(case: Case) -> Told:
    """A linear layer that is given another number of features than it takes."""
    operator = case.step.node.operator
    if operator.name in {"MultiHeadAttention", "ScaledDotProductAttention"}:
        from shapelens.analyses.findings.attention import tell_width

        return tell_width(case)
    gets, wants = case.facts["gets"], case.facts["wants"]
    flattened = before_flatten(case)
    product = _product(case, flattened)
    matrix = case.step.inputs[1] if len(case.step.inputs) > 1 else None
    is_layer = matrix is not None and not isinstance(matrix.shape, Unknown)
    words = _matrix_words(case, matrix) if is_layer and matrix is not None else ""
    return case.told(
        "SL101",
        f"{number(gets)} features{product}{_from(case, flattened)}{_path(case, flattened)}",
        f"{as_typed(case, operator, {}) or case.words} takes {number(wants)}{_as_squares(flattened, wants)}",
        proposals=_proposals(case, flattened),
        framework=("torch", words),
    )


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
    side = None if image is None else _side(image, wants)
    if image is None or side is None:
        return ""
    return f" = {number(image.dims[1])} × {side} × {side}"


def _side(image: Tensor, wants: Dim) -> int | None:
    """The square size at which the channels that are there give the features that are wanted."""
    if isinstance(image.shape, Unknown) or image.rank != 4:
        return None
    channels = image.dims[1]
    if not isinstance(wants, int) or not isinstance(channels, int) or channels == 0 or wants % channels:
        return None
    side = isqrt(wants // channels)
    return side if side and side * side == wants // channels else None


def _proposals(case: Case, flattened: tuple[str, str, Tensor] | None) -> list[Proposal]:
    gets, wants = case.facts["gets"], case.facts["wants"]
    operator, found = case.step.node.operator, []
    weight = case.facts["weight"]
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
    side = _side(image, wants)
    if side is not None:
        pool = put_in(node, value, AdaptivePool(output_size=(side, side)))
        written = f"nn.AdaptiveAvgPool2d({side}) before the flatten"
        found.append(Proposal(written, pool))
    return found


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
