"""Losses: how far what comes out is from what should."""

from __future__ import annotations

from typing import Any

from shapelens.operators import ClassLoss, Elementwise, Reduce
from shapelens.readers.torch.functions import Call, translates
from shapelens.readers.torch.functions.elementwise import broadcasting
from shapelens.readers.torch.functions.reduction import reduced
from shapelens.readers.torch.recording import Value


def _reduction(named: dict[str, Any], reduction: Any = "mean") -> str:
    """`mean`, `sum` or `none`; older code says it with two truths."""
    size_average, reduce = named.get("size_average"), named.get("reduce")
    if size_average is None and reduce is None:
        return str(named.get("reduction", reduction))
    if reduce is False:
        return "none"
    return "mean" if size_average in (True, None) else "sum"


def _together(call: Call, losses: Value, named: dict[str, Any], reduction: Any = "mean") -> Value:
    """All losses as one, or as they are."""
    kind = _reduction(named, reduction)
    return losses if kind == "none" else reduced(call, "mean" if kind == "batchmean" else kind, losses)


def _named(call: Call) -> str:
    return call.function.replace("_", " ")


@translates(
    "mse_loss l1_loss smooth_l1_loss huber_loss kl_div poisson_nll_loss binary_cross_entropy hinge_embedding_loss "
    "binary_cross_entropy_with_logits soft_margin_loss"
)
def of_elements(call: Call, input: Value, target: Value, *positional: Any, **named: Any) -> Value:
    """One loss an element, all of one shape or broadcast."""
    weights = [named.get("weight"), named.get("pos_weight"), *positional]
    weighted = call.function.startswith("binary") or call.function == "mse_loss"
    more = [weight for weight in weights if isinstance(weight, Value)] if weighted else []
    words = [setting for setting in positional if setting in ("none", "mean", "sum", "batchmean")]
    # PyTorch itself takes one shape alone here; a weight is broadcast.
    is_strict = call.function.startswith("binary") and not more
    losses = call.one(Elementwise(_named(call), same_shape=is_strict), input, target, *more)
    return _together(call, losses, named, *words[:1])


@translates("cross_entropy nll_loss nll_loss2d nll_loss_nd cross_entropy_loss")
def of_classes(
    call: Call, input: Value, target: Value, weight: Value | None = None, *_: Any, **named: Any
) -> Value:
    """A label for each place, or a share of each class; one sample may come without a batch."""
    name = "nll" if call.function.startswith("nll") else "cross entropy"
    rank = input.tensor.rank
    are_shares = "int" not in target.tensor.dtype
    if target.tensor.rank == rank and name == "cross entropy" and (are_shares or rank < 2):
        losses = call.one(Elementwise("cross entropy"), input, target)
        each = call.one(Reduce("sum", (1 if rank > 1 else 0,), keeps_axes=False), losses)
        return _together(call, each, named)
    if rank == 1:
        return _together(call, call.one(Reduce(name, (0,), keeps_axes=False), input), named)
    return call.one(ClassLoss(_reduction(named), called=name), input, target, weight)


@translates("multi_margin_loss multilabel_margin_loss multilabel_soft_margin_loss")
def of_samples(call: Call, input: Value, target: Value, *_: Any, **named: Any) -> Value:
    """One loss a sample, over its classes."""
    return _together(call, reduced(call, _named(call), input, -1), named)


@translates("cosine_embedding_loss")
def of_angles(call: Call, input1: Value, input2: Value, target: Value, *_: Any, **named: Any) -> Value:
    products = broadcasting(call, "multiply", input1, input2)
    angles = reduced(call, "cosine similarity", products, -1)
    return _together(call, broadcasting(call, "cosine embedding loss", angles, target), named)


@translates("margin_ranking_loss")
def of_ranks(call: Call, input1: Value, input2: Value, target: Value, *_: Any, **named: Any) -> Value:
    return _together(call, broadcasting(call, "margin ranking loss", input1, input2, target), named)


@translates("triplet_margin_loss triplet_margin_with_distance_loss")
def of_triplets(
    call: Call, anchor: Value, positive: Value, negative: Value, *_: Any, **named: Any
) -> Value | None:
    """Two distances, between vectors in the last axis, and how far they are apart."""
    if named.get("distance_function") is not None:
        return None
    near = reduced(call, "norm", broadcasting(call, "subtract", anchor, positive), -1)
    far = reduced(call, "norm", broadcasting(call, "subtract", anchor, negative), -1)
    return _together(call, broadcasting(call, "triplet margin loss", near, far), named)


@translates("gaussian_nll_loss")
def of_normal(call: Call, input: Value, target: Value, var: Any, *_: Any, **named: Any) -> Value | None:
    """A variance for each element, or one for each row."""
    if not isinstance(var, Value):
        return _together(call, broadcasting(call, "gaussian nll loss", input, target), named)
    if var.tensor.rank < input.tensor.rank:
        return None
    return _together(call, broadcasting(call, "gaussian nll loss", input, target, var), named)


@translates("ctc_loss")
def of_sequences(call: Call, log_probs: Value, targets: Value, *_: Any, **named: Any) -> Value:
    """One loss a sequence: steps × batch × classes; without a batch, one in all."""
    axes = (0, 2) if log_probs.tensor.rank == 3 else None
    return _together(call, call.one(Reduce("ctc loss", axes, keeps_axes=False), log_probs), named)
