"""Normalisation."""

from __future__ import annotations

from shapelens.operators import (
    BatchNormalization,
    GroupNormalization,
    InstanceNormalization,
    LayerNormalization,
    LocalResponseNormalization,
    LpNormalization,
    MeanVarianceNormalization,
    RMSNormalization,
)
from shapelens.readers.onnx.schema import data_type_name
from shapelens.readers.onnx.translation import Call, Translation, translates


@translates("BatchNormalization")
def batch_norm(call: Call) -> Translation:
    """Before version 9 each place could have a scale of its own; the outputs beside the first are statistics."""
    operator = BatchNormalization(
        least_rank=1,
        statistics=max(len(call.node.outputs) - 1, 0),
        per_place=call.version < 9 and not call.attribute("spatial", 1),
    )
    return Translation(operator, call.leading(5))


@translates("InstanceNormalization")
def instance_norm(call: Call) -> Translation:
    return Translation(InstanceNormalization(), call.leading(3))


@translates("GroupNormalization")
def group_norm(call: Call) -> Translation:
    """Before version 21 there was one scale for each group, not for each channel."""
    operator = GroupNormalization(groups=call.attribute("num_groups", 1), per_group=call.version < 21)
    return Translation(operator, call.leading(3))


@translates("LayerNormalization")
def layer_norm(call: Call) -> Translation:
    operator = LayerNormalization(
        call.attribute("axis", -1),
        statistics=max(len(call.node.outputs) - 1, 0),
        statistics_dtype=data_type_name(call.attribute("stash_type", 1)),
    )
    return Translation(operator, call.leading(3))


@translates("RMSNormalization")
def rms_norm(call: Call) -> Translation:
    return Translation(RMSNormalization(call.attribute("axis", -1)), call.leading(2))


@translates("LRN")
def local_response_norm(call: Call) -> Translation:
    operator = LocalResponseNormalization(call.attribute("size", 1), odd_side="after")
    return Translation(operator, (call.given(0),))


@translates("LpNormalization")
def lp_norm(call: Call) -> Translation:
    operator = LpNormalization(call.attribute("axis", -1), call.attribute("p", 2))
    return Translation(operator, (call.given(0),))


@translates("MeanVarianceNormalization")
def mean_variance_norm(call: Call) -> Translation:
    return Translation(MeanVarianceNormalization(call.integers("axes") or (0, 2, 3)), (call.given(0),))
