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
    from shapelens.operators.alike import JoinRows, LikeInputs, PickColumns, RowWise
    from shapelens.operators.attention import MultiHeadAttention, ScaledDotProductAttention
    from shapelens.operators.axis_normalization import (
        LayerNormalization,
        LpNormalization,
        MeanVarianceNormalization,
        RMSNormalization,
    )
    from shapelens.operators.blocked import Reblock
    from shapelens.operators.cached_attention import CachedAttention, LinearAttention, RotaryEmbedding
    from shapelens.operators.casting import Cast
    from shapelens.operators.causal import CausalConvolution
    from shapelens.operators.columns import ColumnsToImage, ImageToColumns
    from shapelens.operators.complex_numbers import ComplexToPairs, PairsToComplex
    from shapelens.operators.convolution import Convolution
    from shapelens.operators.counting import BinCount, Compress, NonMaxSuppression, NonZero, Unique
    from shapelens.operators.decoding import DecodeImage
    from shapelens.operators.deformable import DeformableConvolution
    from shapelens.operators.diagonals import BlockDiagonal, Diagonal, DiagonalMatrix
    from shapelens.operators.einsum import Einsum, Pairwise
    from shapelens.operators.elementwise import Elementwise, broadcast
    from shapelens.operators.filling import Fill, FillLike, Sample
    from shapelens.operators.fourier import FourierTransform, InverseShortTimeFourier, ShortTimeFourier
    from shapelens.operators.fused import (
        EmbeddingSum,
        PackedGather,
        PackedProduct,
        ProjectedAttention,
        SkipGroupNormalization,
        SkipNormalization,
        TransposedProduct,
    )
    from shapelens.operators.fused_attention import FusedAttention, GroupedAttention
    from shapelens.operators.gating import GatedLinearUnit
    from shapelens.operators.grids import BroadcastTogether, CartesianProduct, Combinations, MeshGrid
    from shapelens.operators.indexing import Gather, GatherElements, GatherND, OneHot, Triangle
    from shapelens.operators.joining import Concatenate, Split, Stack, Unbind
    from shapelens.operators.linear import Bilinear, Embedding, Linear
    from shapelens.operators.linear_algebra import Decomposition, Kronecker, MatrixChain, Solve
    from shapelens.operators.local_response import LocalResponseNormalization
    from shapelens.operators.looking_up import LookUp
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
    from shapelens.operators.overlapping import Frames, Strided
    from shapelens.operators.overwriting import MaskedScatter, Overwrite
    from shapelens.operators.packed_tokens import PackedSelfAttention, PackTokens, UnpackTokens
    from shapelens.operators.packing import PackSequences, PadSequences
    from shapelens.operators.padding import CenterCropPad, Pad
    from shapelens.operators.paired_fourier import MelWeights, PairedFourier, PairedShortTimeFourier
    from shapelens.operators.pooling import Pool
    from shapelens.operators.position_bias import GatedPositions, RelativePositions
    from shapelens.operators.quantization import Dequantize, DynamicQuantize, Quantize
    from shapelens.operators.recurrent import GRU, LSTM, RNN
    from shapelens.operators.reduction import AlongAxis, Reduce, TopK
    from shapelens.operators.regions import RegionPool
    from shapelens.operators.repeating import Expand, RepeatElements, Tile
    from shapelens.operators.reshaping import Flatten, Reshape, Squeeze, Unsqueeze
    from shapelens.operators.resizing import Resize
    from shapelens.operators.sampling import AffineGrid, GridSample
    from shapelens.operators.scattering import Scatter, ScatterND, UpdateCache
    from shapelens.operators.selecting import Index
    from shapelens.operators.sequences import (
        JoinSequence,
        MakeSequence,
        SequenceLength,
        SequencePart,
        SequenceWith,
        SequenceWithout,
        SplitToSequence,
        TensorSequence,
        what_both_are,
    )
    from shapelens.operators.shape_arithmetic import Constant, Identity, Range, ShapeOf, Size
    from shapelens.operators.shuffling import ChannelShuffle, DepthToSpace, SpaceToDepth
    from shapelens.operators.slicing import Narrow, Slice
    from shapelens.operators.texts import NGrams, NormalizeTexts, SplitTexts
    from shapelens.operators.transposed import TransposedConvolution
    from shapelens.operators.transposing import Transpose
    from shapelens.operators.turning import Flip, Roll
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
    "BinCount",
    "BlockDiagonal",
    "BroadcastTogether",
    "CachedAttention",
    "CartesianProduct",
    "Cast",
    "CausalConvolution",
    "CenterCropPad",
    "ChannelShuffle",
    "ClassLoss",
    "Clip",
    "ColumnsToImage",
    "Combinations",
    "ComplexToPairs",
    "Compress",
    "Concatenate",
    "Constant",
    "Convolution",
    "DecodeImage",
    "Decomposition",
    "DeformableConvolution",
    "DepthToSpace",
    "Dequantize",
    "Diagonal",
    "DiagonalMatrix",
    "Dropout",
    "DynamicQuantize",
    "Einsum",
    "Elementwise",
    "Embedding",
    "EmbeddingSum",
    "Expand",
    "Fill",
    "FillLike",
    "Filters",
    "Flatten",
    "Flip",
    "Follow",
    "FourierTransform",
    "Frames",
    "FusedAttention",
    "GatedLinearUnit",
    "GatedPositions",
    "Gather",
    "GatherElements",
    "GatherND",
    "Gemm",
    "GlobalPool",
    "GridSample",
    "GroupNormalization",
    "GroupedAttention",
    "Identity",
    "ImageToColumns",
    "Index",
    "InstanceNormalization",
    "InverseShortTimeFourier",
    "JoinRows",
    "JoinSequence",
    "Kronecker",
    "LayerNormalization",
    "LikeInputs",
    "Linear",
    "LinearAttention",
    "LocalResponseNormalization",
    "LookUp",
    "LpNormalization",
    "MakeSequence",
    "MaskedScatter",
    "MatrixChain",
    "MatrixProduct",
    "MaxUnpool",
    "MeanVarianceNormalization",
    "MelWeights",
    "MeshGrid",
    "MultiHeadAttention",
    "NGrams",
    "Narrow",
    "NonMaxSuppression",
    "NonZero",
    "NormalizeTexts",
    "OneHot",
    "Opaque",
    "Operator",
    "Outcome",
    "Overwrite",
    "PackSequences",
    "PackTokens",
    "PackedGather",
    "PackedProduct",
    "PackedSelfAttention",
    "Pad",
    "PadSequences",
    "PairedFourier",
    "PairedShortTimeFourier",
    "PairsToComplex",
    "Pairwise",
    "ParametricActivation",
    "PickColumns",
    "Pool",
    "ProjectedAttention",
    "Quantize",
    "RMSNormalization",
    "Range",
    "Reblock",
    "Reduce",
    "RegionPool",
    "RelativePositions",
    "RepeatElements",
    "Requirement",
    "Reshape",
    "Resize",
    "Roll",
    "RotaryEmbedding",
    "RowWise",
    "Sample",
    "ScaledDotProductAttention",
    "Scatter",
    "ScatterND",
    "SequenceLength",
    "SequencePart",
    "SequenceWith",
    "SequenceWithout",
    "Shape",
    "ShapeOf",
    "ShortTimeFourier",
    "Size",
    "SkipGroupNormalization",
    "SkipNormalization",
    "Slice",
    "Solve",
    "SpaceToDepth",
    "Split",
    "SplitTexts",
    "SplitToSequence",
    "Squeeze",
    "Stack",
    "Strided",
    "Tensor",
    "TensorSequence",
    "Tile",
    "TopK",
    "Transpose",
    "TransposedConvolution",
    "TransposedProduct",
    "Triangle",
    "Unbind",
    "Unique",
    "UnpackTokens",
    "Unsqueeze",
    "UpdateCache",
    "apply",
    "broadcast",
    "what_both_are",
]

_FAMILIES = {
    "activation": "Activation Clip Dropout ParametricActivation",
    "adaptive": "AdaptivePool GlobalPool",
    "alike": "JoinRows LikeInputs PickColumns RowWise",
    "attention": "MultiHeadAttention ScaledDotProductAttention",
    "axis_normalization": "LayerNormalization LpNormalization MeanVarianceNormalization RMSNormalization",
    "cached_attention": "CachedAttention LinearAttention RotaryEmbedding",
    "blocked": "Reblock",
    "casting": "Cast",
    "causal": "CausalConvolution",
    "columns": "ColumnsToImage ImageToColumns",
    "complex_numbers": "ComplexToPairs PairsToComplex",
    "convolution": "Convolution",
    "counting": "BinCount Compress NonMaxSuppression NonZero Unique",
    "decoding": "DecodeImage",
    "deformable": "DeformableConvolution",
    "diagonals": "BlockDiagonal Diagonal DiagonalMatrix",
    "einsum": "Einsum Pairwise",
    "elementwise": "Elementwise broadcast",
    "filling": "Fill FillLike Sample",
    "fourier": "FourierTransform InverseShortTimeFourier ShortTimeFourier",
    "fused": (
        "EmbeddingSum PackedGather PackedProduct ProjectedAttention SkipGroupNormalization SkipNormalization "
        "TransposedProduct"
    ),
    "fused_attention": "FusedAttention GroupedAttention",
    "gating": "GatedLinearUnit",
    "grids": "BroadcastTogether CartesianProduct Combinations MeshGrid",
    "indexing": "Gather GatherElements GatherND OneHot Triangle",
    "joining": "Concatenate Split Stack Unbind",
    "linear": "Bilinear Embedding Linear",
    "linear_algebra": "Decomposition Kronecker MatrixChain Solve",
    "local_response": "LocalResponseNormalization",
    "looking_up": "LookUp",
    "loss": "ClassLoss",
    "matrix": "Gemm MatrixProduct",
    "normalization": "BatchNormalization GroupNormalization InstanceNormalization",
    "opaque": "Opaque",
    "operator": "Filters Follow Operator Outcome Requirement Shape Tensor apply",
    "overlapping": "Frames Strided",
    "overwriting": "MaskedScatter Overwrite",
    "packed_tokens": "PackTokens PackedSelfAttention UnpackTokens",
    "packing": "PackSequences PadSequences",
    "padding": "CenterCropPad Pad",
    "paired_fourier": "MelWeights PairedFourier PairedShortTimeFourier",
    "pooling": "Pool",
    "position_bias": "GatedPositions RelativePositions",
    "quantization": "Dequantize DynamicQuantize Quantize",
    "recurrent": "GRU LSTM RNN",
    "reduction": "AlongAxis Reduce TopK",
    "regions": "RegionPool",
    "repeating": "Expand RepeatElements Tile",
    "reshaping": "Flatten Reshape Squeeze Unsqueeze",
    "resizing": "Resize",
    "sampling": "AffineGrid GridSample",
    "scattering": "Scatter ScatterND UpdateCache",
    "selecting": "Index",
    "sequences": (
        "JoinSequence MakeSequence SequenceLength SequencePart SequenceWith SequenceWithout SplitToSequence "
        "TensorSequence what_both_are"
    ),
    "shape_arithmetic": "Constant Identity Range ShapeOf Size",
    "shuffling": "ChannelShuffle DepthToSpace SpaceToDepth",
    "slicing": "Narrow Slice",
    "texts": "NGrams NormalizeTexts SplitTexts",
    "transposed": "TransposedConvolution",
    "transposing": "Transpose",
    "turning": "Flip Roll",
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
