"""Weights that do not fit what comes in: channels, features, norms, groups."""

from __future__ import annotations

from math import isqrt

from shapelens.analyses.findings.finding import Finding, Fix
from shapelens.analyses.findings.telling import Case, number, sample_text, tells, torch_list
from shapelens.analyses.findings.trying import fed_image, input_fixes, weight_fix
from shapelens.dims import Unknown, shape_text
from shapelens.operators import Convolution, Tensor

__all__ = ["tell_channels", "tell_features", "tell_groups"]


@tells("channels")
def tell_channels(case: Case) -> Finding:
    """A convolution whose filters are not as deep as its input."""
    gets, wants, weight = case.facts["gets"], case.facts["wants"], case.facts["weight"]
    image = _input(case)
    last = _misplaced_axis(image, wants, case.facts["axis"])
    summary = f"this {case.words_without_shapes} takes {number(wants)} channels and gets {number(gets)}"
    many = "channel" if gets == 1 else "channels"
    have = f"{number(gets)} {many} in {sample_text(image.shape, case.evaluation)}{_from(case)}"
    rule = f"weight {shape_text(weight)} wants {number(wants)}, gets {number(gets)}"
    code = "SL102"
    if last is not None:
        code = "SL103"
        have = f"read as {_order(image)}, PyTorch's order: {number(gets)} channels of {_positions(image)}"
        rule += f"; the {number(wants)} stands last, as in H×W×C"
    words = (
        f"Given groups={case.facts['groups']}, weight of size {list(weight)}, expected input"
        f"{_listed(image, case)} to have {number(wants)} channels, but got {number(gets)} channels instead"
    )
    fixes = _channel_fixes(case, image, last)
    return case.finding(code, summary, have, rule, fixes=tuple(fixes), framework=("torch", words))


def _order(image: Tensor) -> str:
    return {3: "C×L", 4: "C×H×W", 5: "C×D×H×W"}.get(image.rank, "channels first")


def _positions(image: Tensor) -> str:
    return shape_text(image.dims[2:])


def _channel_fixes(case: Case, image: Tensor, last: int | None) -> list[Fix]:
    """What makes the channels fit: another order, another depth of the input, or of the filters."""
    gets, wants, weight = case.facts["gets"], case.facts["wants"], case.facts["weight"]
    if isinstance(image.shape, Unknown):
        return []
    sample = image.dims[1:]
    if last is not None:
        order = ", ".join(map(str, (0, image.rank - 1, *range(1, image.rank - 1))))
        return input_fixes(case, (sample[-1], *sample[:-1]), f"x.permute({order})")
    fixes: list[Fix] = []
    groups, operator = case.facts["groups"], case.step.node.operator
    is_plain = type(operator) is Convolution and not operator.filters_last
    if is_plain and isinstance(gets, int) and gets % groups == 0 and wants == weight[1] * groups:
        fixes.append(weight_fix(case, "weight", (weight[0], gets // groups, *weight[2:])))
    if fed_image(case) is not None and gets == 1:
        repeats = ", ".join(["1", str(wants), *["1"] * (image.rank - 2)])
        fixes += input_fixes(case, (wants, *sample[1:]), f"x.repeat({repeats})")[1:]
    elif fed_image(case) is not None and (gets, wants) == (4, 3):
        fixes += input_fixes(case, (wants, *sample[1:]), "x[:, :3]")[1:]
    return fixes or [Fix(f"make the layer's input channels {number(gets)}")]


def _input(case: Case) -> Tensor:
    image = case.step.inputs[0]
    assert image is not None
    return image


def _listed(image: Tensor, case: Case) -> str:
    return "" if isinstance(image.shape, Unknown) else torch_list(image.shape, case.evaluation)


def _misplaced_axis(image: Tensor, wants: object, axis: int) -> int | None:
    """Where the wanted number stands instead, if that is the last axis of an image."""
    if isinstance(image.shape, Unknown) or image.rank < 3 or axis == image.rank - 1:
        return None
    return image.rank - 1 if image.shape[-1] == wants else None


def _from(case: Case) -> str:
    """Where the input comes from; the sum behind it if that is a concatenation."""
    value = case.step.node.inputs[0]
    producer = case.evaluation.network.producers.get(value or "")
    if producer is None:
        return ""
    before = case.evaluation.by_node[producer.name]
    if producer.operator.name == "Concatenate":
        parts = [
            number(t.shape[1]) for t in before.inputs if t is not None and not isinstance(t.shape, Unknown)
        ]
        return f" = {' + '.join(parts)} of {producer.name}"
    return f" from {producer.name}"


@tells("features")
def tell_features(case: Case) -> Finding:
    """A linear layer that is given another number of features than it takes."""
    gets, wants = case.facts["gets"], case.facts["wants"]
    image = _before_flatten(case)
    product = ""
    weight = case.facts["weight"]
    is_known = isinstance(gets, int) and len(weight) == 2 and case.step.node.operator.name == "Linear"
    last = bool(case.step.node.operator.settings().get("features_last"))
    shape = (gets, weight[-1]) if last else (weight[0], gets)
    fixes = [
        weight_fix(case, "weight", shape) if is_known else Fix(f"make its input features {number(gets)}")
    ]
    if image is not None and not isinstance(image.shape, Unknown) and image.rank > 2:
        product = " = " + " × ".join(number(dim) for dim in image.shape[1:])
        side = _side(image, wants)
        if side is not None:
            fixes.append(Fix(f"pool to {side}×{side} before the flatten: AdaptiveAvgPool2d({side})"))
    matrix = case.step.inputs[1] if len(case.step.inputs) > 1 else None
    transposed = "" if matrix is None or isinstance(matrix.shape, Unknown) else _matrix_words(case, matrix)
    return case.finding(
        "SL101",
        "features do not fit a linear layer",
        f"{number(gets)} features{product}{_from(case)}",
        f"{case.words} takes {number(wants)}",
        fixes=tuple(fixes),
        framework=("torch", transposed),
    )


def _matrix_words(case: Case, weight: Tensor) -> str:
    shape = _input(case).shape
    if isinstance(shape, Unknown) or len(shape) != 2:
        return ""
    rows, columns = weight.dims
    left = torch_list(shape, case.evaluation).strip("[]").replace(", ", "x")
    return f"mat1 and mat2 shapes cannot be multiplied ({left} and {number(columns)}x{number(rows)})"


def _before_flatten(case: Case) -> Tensor | None:
    """What was flattened into the features, past layers that keep the shape."""
    value = case.step.node.inputs[0]
    while value is not None:
        node = case.evaluation.network.producers.get(value)
        if node is None:
            return None
        step = case.evaluation.by_node[node.name]
        if node.operator.name in {"Flatten", "Reshape"}:
            return step.inputs[0]
        if not node.operator.keeps_shape:
            return None
        value = node.inputs[0]
    return None


def _side(image: Tensor, wants: object) -> int | None:
    """The square size at which the channels that are there give the features that are wanted."""
    channels = image.dims[1]
    if not isinstance(wants, int) or not isinstance(channels, int) or channels == 0 or wants % channels:
        return None
    side = isqrt(wants // channels)
    return side if side * side == wants // channels else None


@tells("groups")
def tell_groups(case: Case) -> Finding:
    """Groups that do not divide the channels."""
    groups, channels = case.facts["groups"], case.facts["channels"]
    legal = [g for g in range(1, channels + 1) if channels % g == 0] if isinstance(channels, int) else []
    near = sorted(sorted(legal, key=lambda g: abs(g - groups))[:3])
    rest = f", {channels % groups} over" if isinstance(channels, int) else ""
    return case.finding(
        "SL114",
        "groups do not divide the channels",
        f"{number(channels)} channels in {groups} groups{rest}",
        "every group has as many channels as every other",
        fixes=tuple([Fix(f"groups={' or '.join(map(str, near))}")] if near else []),
    )


@tells("norm")
def tell_norm(case: Case) -> Finding:
    """A norm over another number of channels than it has scales for."""
    gets, wants = case.facts.get("gets"), case.facts.get("wants")
    return case.finding(
        "SL113",
        f"this norm is for {_listing(wants)} and gets {_listing(gets)}",
        f"{_listing(gets)} in {sample_text(_input(case).shape, case.evaluation)}{_from(case)}",
        f"a norm has one scale for each channel or feature: here {_listing(wants)}",
        fixes=(Fix(f"make its number of features {_listing(gets)}"),),
    )


def _listing(value: object) -> str:
    return shape_text(value) if isinstance(value, tuple) else number(value)
