"""What somebody asks to have explained: a shape, a layer, a layer of a model, or a pasted model."""

from __future__ import annotations

import re

from shapelens.analyses.costs import costs_of
from shapelens.analyses.findings import findings_of
from shapelens.analyses.receptive_field import receptive_fields
from shapelens.dims import parse_shape
from shapelens.errors import UsageError
from shapelens.explanation.document import Document
from shapelens.explanation.grids.asked import NOT_ASKED, Asked
from shapelens.network import Evaluation
from shapelens.operators import Convolution, Pool

__all__ = ["check_not_asked", "explain_network", "explain_shape_text", "is_shape_text", "split_layer"]

_SHAPE = re.compile(r"[(\[]?\s*[-+]?\w+(\s*[x×*,]\s*[-+]?\w+)*\s*,?\s*[)\]]?\Z")
_LAYER_SEPARATOR = "::"


def is_shape_text(what: str) -> bool:
    """Whether a text is meant as a shape: sizes and symbols parted by `x`, `×` or commas.

    >>> [is_shape_text(t) for t in ("256x256x32", "3xHxW", "(1, 3, 224, 224)", "vgg16", "resnet50.onnx")]
    [True, True, True, False, False]
    """
    stripped = what.strip()
    if not _SHAPE.match(stripped):
        return False
    inner = stripped.strip("()[] ")
    parts = [part.strip() for part in re.split(r"[x×*,]", inner) if part.strip()]
    is_size = [bool(re.fullmatch(r"[-+]?\d+|[A-Z]", part)) for part in parts]
    return all(is_size) and any(part.lstrip("+-").isdigit() for part in parts)


def check_not_asked(asked: Asked, evaluation: Evaluation | None = None) -> None:
    """Refuse to show numbers of what is not one layer.

    Args:
        asked: which numbers are shown.
        evaluation: the network, where it is one.

    Raises:
        UsageError: "numbers are shown of one layer".
    """
    if not asked.is_explicit:
        return
    steps = () if evaluation is None else evaluation.steps
    name = next((s.node.name for s in steps if isinstance(s.node.operator, (Convolution, Pool))), "")
    raise UsageError(
        "numbers are shown of one layer",
        at="explain" if evaluation is None else evaluation.network.name,
        have="a shape" if evaluation is None else f"{len(steps)} layers",
        rule="a layer, or a layer of a model: a convolution, a transposed one or a pool",
        fix=f"explain {evaluation.network.origin.layer_argument(name)}"
        if evaluation is not None and name
        else "",
    )


def split_layer(what: str) -> tuple[str, str]:
    """`vgg16::features.0` as model and layer; the layer is empty where none is named."""
    model, _, layer = what.partition(_LAYER_SEPARATOR)
    return model.strip(), layer.strip()


def explain_shape_text(what: str) -> Document:
    """A shape as somebody typed it, explained.

    Raises:
        ShapeTextError: it is no shape.
    """
    from shapelens.explanation.shape import explain_shape

    return explain_shape(parse_shape(what, "explain"))


def explain_network(evaluation: Evaluation, asked: Asked = NOT_ASKED) -> Document:
    """A network of one layer as that layer; of several as what each of them is.

    Args:
        evaluation: the network.
        asked: which numbers are shown.

    Raises:
        UsageError: "numbers are shown of one layer", where they are asked of several.
    """
    costs, fields = costs_of(evaluation), receptive_fields(evaluation)
    if len(evaluation.steps) == 1:
        from shapelens.explanation.layer import explain_layer

        return explain_layer(evaluation, evaluation.steps[0], costs, fields, asked)
    check_not_asked(asked, evaluation)
    from shapelens.explanation.model import explain_model

    problems = [finding for finding in findings_of(evaluation) if finding.severity != "note"]
    return explain_model(evaluation, costs, problems)
