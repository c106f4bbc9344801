"""torchvision's own operators, declared where its library for them is not loaded, as they arrive in a trace."""

from __future__ import annotations

import sys
from functools import cache

import pytest
import torch

from tests.readers.classics import oracle

__all__ = ["defined"]

_SCHEMAS = (
    "roi_align(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width, "
    "int sampling_ratio, bool aligned) -> Tensor",
    "roi_pool(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width) "
    "-> (Tensor, Tensor)",
    "ps_roi_align(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width, "
    "int sampling_ratio) -> (Tensor, Tensor)",
    "ps_roi_pool(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width) "
    "-> (Tensor, Tensor)",
    "deform_conv2d(Tensor input, Tensor weight, Tensor offset, Tensor mask, Tensor bias, SymInt stride_h, "
    "SymInt stride_w, SymInt pad_h, SymInt pad_w, SymInt dilation_h, SymInt dilation_w, SymInt groups, "
    "SymInt offset_groups, bool use_mask) -> Tensor",
)

_kept: list[object] = []
"""The library that holds the schemas; they are gone when it is."""


@cache
def defined():
    """The package, whose operators can be called without data whether its library is there or not."""
    torchvision = oracle.torchvision()
    if torchvision is None:
        pytest.skip("torchvision is not installed")
    extension = sys.modules["torchvision.extension"]
    if not extension._has_ops():
        library = torch.library.Library("torchvision", "FRAGMENT")
        for schema in _SCHEMAS:
            library.define(schema)
        _kept.append(library)
        extension._has_ops = lambda: True
        sys.modules["torchvision.ops.roi_align"]._has_ops = lambda: True
    return torchvision
