"""What somebody asks to have explained: a shape, a layer, a layer of a model, or a pasted model."""

from __future__ import annotations

import re

from shapelens.analyses.costs import costs_of
from shapelens.analyses.findings import findings_of
from shapelens.analyses.receptive_field import receptive_fields
from shapelens.dims import parse_shape
from shapelens.explanation.document import Document
from shapelens.network import Evaluation

__all__ = ["explain_network", "explain_shape_text", "is_shape_text", "split_layer"]

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


def explain_network(evaluation: Evaluation) -> Document:
    """A network of one layer as that layer; of several as what each of them is."""
    costs, fields = costs_of(evaluation), receptive_fields(evaluation)
    if len(evaluation.steps) == 1:
        from shapelens.explanation.layer import explain_layer

        return explain_layer(evaluation, evaluation.steps[0], costs, fields)
    from shapelens.explanation.model import explain_model

    return explain_model(evaluation, costs, findings_of(evaluation))
