"""Operators: one file for each family, and in it all there is to know of them.

A family is imported when one of its operators is first asked for, so that a question about one layer does not wait
for all of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shapelens.operators.activation import Activation, Clip, Dropout, ParametricActivation
    from shapelens.operators.adaptive import AdaptivePool, GlobalPool
    from shapelens.operators.attention import MultiHeadAttention, ScaledDotProductAttention
    from shapelens.operators.axis_normalization import (
        LayerNormalization,
        LpNormalization,
        MeanVarianceNormalization,
        RMSNormalization,
    )
    from shapelens.operators.cached_attention import CachedAttention, LinearAttention, RotaryEmbedding
    from shapelens.operators.casting import Cast
    from shapelens.operators.columns import ColumnsToImage, ImageToColumns
    from shapelens.operators.convolution import Convolution
    from shapelens.operators.counting import Compress, NonMaxSuppression, NonZero, Unique
    from shapelens.operators.deformable import DeformableConvolution
    from shapelens.operators.einsum import Einsum
    from shapelens.operators.elementwise import Elementwise, broadcast
    from shapelens.operators.filling import Fill, FillLike, Sample
    from shapelens.operators.gating import GatedLinearUnit
    from shapelens.operators.indexing import Gather, GatherElements, GatherND, OneHot, Triangle
    from shapelens.operators.joining import Concatenate, Split, Stack, Unbind
    from shapelens.operators.linear import Bilinear, Embedding, Linear
    from shapelens.operators.local_response import LocalResponseNormalization
    from shapelens.operators.loss import ClassLoss
    from shapelens.operators.matrix import Gemm, MatrixProduct
    from shapelens.operators.normalization import (
        BatchNormalization,
        GroupNormalization,
        InstanceNormalization,
    )
    from shapelens.operators.opaque import Opaque
    from shapelens.operators.operator import (
        Filters,
        Follow,
        Operator,
        Outcome,
        Requirement,
        Shape,
        Tensor,
        apply,
    )
    from shapelens.operators.padding import CenterCropPad, Pad
    from shapelens.operators.pooling import Pool
    from shapelens.operators.quantization import Dequantize, DynamicQuantize, Quantize
    from shapelens.operators.recurrent import GRU, LSTM, RNN
    from shapelens.operators.reduction import AlongAxis, Reduce, TopK
    from shapelens.operators.regions import RegionPool
    from shapelens.operators.repeating import Expand, Tile
    from shapelens.operators.reshaping import Flatten, Reshape, Squeeze, Unsqueeze
    from shapelens.operators.resizing import Resize
    from shapelens.operators.sampling import AffineGrid, GridSample
    from shapelens.operators.scattering import Scatter, ScatterND, UpdateCache
    from shapelens.operators.shape_arithmetic import Constant, Identity, Range, ShapeOf, Size
    from shapelens.operators.shuffling import ChannelShuffle, DepthToSpace, SpaceToDepth
    from shapelens.operators.slicing import Slice
    from shapelens.operators.transposed import TransposedConvolution
    from shapelens.operators.transposing import Transpose
    from shapelens.operators.unpooling import MaxUnpool

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "Activation",
    "AdaptivePool",
    "AffineGrid",
    "AlongAxis",
    "BatchNormalization",
    "Bilinear",
    "CachedAttention",
    "Cast",
    "CenterCropPad",
    "ChannelShuffle",
    "ClassLoss",
    "Clip",
    "ColumnsToImage",
    "Compress",
    "Concatenate",
    "Constant",
    "Convolution",
    "DeformableConvolution",
    "DepthToSpace",
    "Dequantize",
    "Dropout",
    "DynamicQuantize",
    "Einsum",
    "Elementwise",
    "Embedding",
    "Expand",
    "Fill",
    "FillLike",
    "Filters",
    "Flatten",
    "Follow",
    "GatedLinearUnit",
    "Gather",
    "GatherElements",
    "GatherND",
    "Gemm",
    "GlobalPool",
    "GridSample",
    "GroupNormalization",
    "Identity",
    "ImageToColumns",
    "InstanceNormalization",
    "LayerNormalization",
    "Linear",
    "LinearAttention",
    "LocalResponseNormalization",
    "LpNormalization",
    "MatrixProduct",
    "MaxUnpool",
    "MeanVarianceNormalization",
    "MultiHeadAttention",
    "NonMaxSuppression",
    "NonZero",
    "OneHot",
    "Opaque",
    "Operator",
    "Outcome",
    "Pad",
    "ParametricActivation",
    "Pool",
    "Quantize",
    "RMSNormalization",
    "Range",
    "Reduce",
    "RegionPool",
    "Requirement",
    "Reshape",
    "Resize",
    "RotaryEmbedding",
    "Sample",
    "ScaledDotProductAttention",
    "Scatter",
    "ScatterND",
    "Shape",
    "ShapeOf",
    "Size",
    "Slice",
    "SpaceToDepth",
    "Split",
    "Squeeze",
    "Stack",
    "Tensor",
    "Tile",
    "TopK",
    "Transpose",
    "TransposedConvolution",
    "Triangle",
    "Unbind",
    "Unique",
    "Unsqueeze",
    "UpdateCache",
    "apply",
    "broadcast",
]

_FAMILIES = {
    "activation": "Activation Clip Dropout ParametricActivation",
    "adaptive": "AdaptivePool GlobalPool",
    "attention": "MultiHeadAttention ScaledDotProductAttention",
    "axis_normalization": "LayerNormalization LpNormalization MeanVarianceNormalization RMSNormalization",
    "cached_attention": "CachedAttention LinearAttention RotaryEmbedding",
    "casting": "Cast",
    "columns": "ColumnsToImage ImageToColumns",
    "convolution": "Convolution",
    "counting": "Compress NonMaxSuppression NonZero Unique",
    "deformable": "DeformableConvolution",
    "einsum": "Einsum",
    "elementwise": "Elementwise broadcast",
    "filling": "Fill FillLike Sample",
    "gating": "GatedLinearUnit",
    "indexing": "Gather GatherElements GatherND OneHot Triangle",
    "joining": "Concatenate Split Stack Unbind",
    "linear": "Bilinear Embedding Linear",
    "local_response": "LocalResponseNormalization",
    "loss": "ClassLoss",
    "matrix": "Gemm MatrixProduct",
    "normalization": "BatchNormalization GroupNormalization InstanceNormalization",
    "opaque": "Opaque",
    "operator": "Filters Follow Operator Outcome Requirement Shape Tensor apply",
    "padding": "CenterCropPad Pad",
    "pooling": "Pool",
    "quantization": "Dequantize DynamicQuantize Quantize",
    "recurrent": "GRU LSTM RNN",
    "reduction": "AlongAxis Reduce TopK",
    "regions": "RegionPool",
    "repeating": "Expand Tile",
    "reshaping": "Flatten Reshape Squeeze Unsqueeze",
    "resizing": "Resize",
    "sampling": "AffineGrid GridSample",
    "scattering": "Scatter ScatterND UpdateCache",
    "shape_arithmetic": "Constant Identity Range ShapeOf Size",
    "shuffling": "ChannelShuffle DepthToSpace SpaceToDepth",
    "slicing": "Slice",
    "transposed": "TransposedConvolution",
    "transposing": "Transpose",
    "unpooling": "MaxUnpool",
}
"""The operators of each file."""

_HOMES = {name: family for family, names in _FAMILIES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    family = _HOMES.get(name)
    if family is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{family}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
