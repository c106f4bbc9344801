"""torchvision's own operators: boxes that survive, and pooling over regions."""

from __future__ import annotations

from typing import Any

from shapelens.operators import NonMaxSuppression, RegionPool
from shapelens.readers.torch.functions import Call, translates
from shapelens.readers.torch.functions.symbols import new_count
from shapelens.readers.torch.recording import Value


@translates("nms qnms")
def non_max_suppression(call: Call, dets: Value, scores: Value, iou_threshold: float) -> Value:
    """How many boxes stay is for the data to say."""
    count = new_count(call, dets.tensor.dims[0])
    return call.one(NonMaxSuppression(count, triples=False), dets, scores)


@translates("roi_align")
def align(
    call: Call,
    input: Value,
    rois: Value,
    spatial_scale: float,
    pooled_height: int,
    pooled_width: int,
    *_: Any,
    **__: Any,
) -> Value:
    return call.one(RegionPool((pooled_height, pooled_width)), input, rois)


@translates("roi_pool ps_roi_align ps_roi_pool")
def pool(
    call: Call,
    input: Value,
    rois: Value,
    spatial_scale: float,
    pooled_height: int,
    pooled_width: int,
    *_: Any,
    **__: Any,
) -> Any:
    """With the places that values came from; position-sensitive ones have channels for each cell of a region."""
    operator = RegionPool(
        (pooled_height, pooled_width),
        aligned=call.function.endswith("align"),
        position_sensitive=call.function.startswith("ps"),
        with_indices=True,
    )
    return call.add(operator, input, rois, outputs=2)
