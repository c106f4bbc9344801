"""The translators of ONNX operators, a file for each family, which is imported when one of its operators is met."""

from __future__ import annotations

from importlib import import_module

from shapelens.operators import Opaque
from shapelens.readers.onnx.translation import TRANSLATORS, Call, Translation, TranslationError, Translator

__all__ = ["FAMILIES", "import_all", "translated", "translator_of"]

FAMILIES: dict[tuple[str, str], str] = {
    ("attention", ""): "Attention LinearAttention RotaryEmbedding",
    ("attention", "ai.onnx.preview"): "FlexAttention",
    ("columns", ""): "Col2Im",
    ("contributed", ""): "SimplifiedLayerNormalization",
    ("contributed", "com.microsoft"): (
        "BiasAdd BiasGelu BiasSplitGelu CDist CropAndResize DequantizeLinear DynamicQuantizeLSTM "
        "DynamicQuantizeMatMul ExpandDims FastGelu FusedConv FusedGemm FusedMatMul FusedMatMulActivation "
        "GatherBlockQuantized GatherND Gelu GridSample GroupNorm Inverse MatMulInteger16 MatMulIntegerToFloat "
        "MulInteger NhwcMaxPool Pad QGemm QLinearAdd QLinearAveragePool QLinearConcat QLinearConv "
        "QLinearGlobalAveragePool QLinearLeakyRelu QLinearMul QLinearReduceMean QLinearSigmoid QLinearSoftmax "
        "QLinearWhere QuantizeLinear QuickGelu Range ReduceSumInteger SkipGroupNorm TransposeMatMul Trilu"
    ),
    ("contributed_blocked", "com.microsoft.nchwc"): (
        "AveragePool Conv GlobalAveragePool GlobalMaxPool MaxPool ReorderInput ReorderOutput Upsample"
    ),
    ("contributed_transformers", "com.microsoft"): (
        "Attention BiasDropout BiasSoftmax DecoderMaskedMultiHeadAttention DecoderMaskedSelfAttention "
        "EmbedLayerNormalization GatedRelativePositionBias GemmaRotaryEmbedding GroupQueryAttention MatMulBnb4 "
        "MatMulNBits MoE MultiHeadAttention NGramRepeatBlock PackedAttention PackedMultiHeadAttention QAttention "
        "QEmbedLayerNormalization QMoE RelativePositionBias RemovePadding RestorePadding RotaryEmbedding SampleOp "
        "ScaledSiLU SkipLayerNormalization SkipSimplifiedLayerNormalization SparseAttention"
    ),
    ("elementwise", ""): (
        "Abs Acos Acosh Add And Asin Asinh Atan Atanh BitCast BitShift BitwiseAnd BitwiseNot BitwiseOr "
        "BitwiseXor Cast CastLike Ceil Celu Clip Cos Cosh Div Dropout Elu Equal Erf Exp Floor Gelu "
        "Greater GreaterOrEqual HardSigmoid HardSwish IsInf IsNaN LeakyRelu Less LessOrEqual Log Max Mean "
        "Min Mish Mod Mul Neg Not Or PRelu Pow Reciprocal RegexFullMatch Relu Round Selu Shrink Sigmoid "
        "Sign Sin Sinh Softplus Softsign Sqrt StringConcat Sub Sum SwiGLU Swish Tan Tanh ThresholdedRelu "
        "Where Xor"
    ),
    ("fourier", ""): "DFT MelWeightMatrix STFT",
    ("images", ""): "ImageDecoder",
    ("joining", ""): "Concat Split",
    ("linear", ""): "Einsum Gemm MatMul MatMulInteger QLinearMatMul",
    ("loss", ""): "NegativeLogLikelihoodLoss SoftmaxCrossEntropyLoss",
    ("normalization", ""): (
        "BatchNormalization GroupNormalization InstanceNormalization LRN LayerNormalization "
        "LpNormalization MeanVarianceNormalization RMSNormalization"
    ),
    ("padding", ""): "CenterCropPad Pad",
    ("quantization", ""): "DequantizeLinear DynamicQuantizeLinear QuantizeLinear",
    ("recurrent", ""): "GRU LSTM RNN",
    ("reduction", ""): (
        "ArgMax ArgMin CumProd CumSum Det Hardmax LogSoftmax ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp "
        "ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Softmax TopK"
    ),
    ("reshaping", ""): "Expand Flatten Reshape Squeeze Tile Transpose Unsqueeze",
    ("resizing", ""): "Resize Upsample",
    ("sampling", ""): "AffineGrid GridSample",
    ("sequences", ""): (
        "ConcatFromSequence Optional OptionalGetElement OptionalHasElement SequenceAt SequenceConstruct "
        "SequenceEmpty SequenceErase SequenceInsert SequenceLength SplitToSequence"
    ),
    ("shapes", ""): (
        "Bernoulli BlackmanWindow Constant ConstantOfShape EyeLike HammingWindow HannWindow Identity "
        "Multinomial NonMaxSuppression NonZero RandomNormal RandomNormalLike RandomUniform "
        "RandomUniformLike Range Shape Size Unique"
    ),
    ("shuffling", ""): "DepthToSpace SpaceToDepth",
    ("slicing", ""): (
        "Compress Gather GatherElements GatherND OneHot ReverseSequence Scatter ScatterElements ScatterND "
        "Slice TensorScatter Trilu"
    ),
    ("tables", "ai.onnx.ml"): (
        "ArrayFeatureExtractor Binarizer CastMap CategoryMapper DictVectorizer FeatureVectorizer Imputer "
        "LabelEncoder LinearClassifier LinearRegressor Normalizer OneHotEncoder SVMClassifier SVMRegressor "
        "Scaler TreeEnsemble TreeEnsembleClassifier TreeEnsembleRegressor ZipMap"
    ),
    ("texts", ""): "StringNormalizer StringSplit TfIdfVectorizer",
    ("training", "ai.onnx.preview.training"): "Adagrad Adam Gradient Momentum",
    ("windows", ""): (
        "AveragePool CausalConvWithState Conv ConvInteger ConvTranspose DeformConv GlobalAveragePool "
        "GlobalLpPool GlobalMaxPool LpPool MaxPool MaxRoiPool MaxUnpool QLinearConv RoiAlign"
    ),
}
"""The operators that each file of this package translates, by file and domain."""

_HOMES = {
    (domain, operator): family for (family, domain), names in FAMILIES.items() for operator in names.split()
}


def translator_of(domain: str, operator: str) -> Translator | None:
    """The translator of an operator, or None where it has none.

    >>> translator_of("", "Conv").__name__, translator_of("", "Svm")
    ('convolution', None)

    Args:
        domain: empty for ONNX' own.
        operator: its name there.
    """
    family = _HOMES.get((domain, operator))
    if family is None:
        return None
    if (domain, operator) not in TRANSLATORS:
        import_module(f"{__name__}.{family}")
    return TRANSLATORS[domain, operator]


def translated(call: Call) -> Translation:
    """What a node becomes; an operator of which nothing is known where it cannot be translated.

    Args:
        call: the node.
    """
    node = call.node
    translator = translator_of(node.domain, node.operator)
    reason = ""
    if translator is not None:
        try:
            return translator(call)
        except TranslationError as refused:
            reason = f"{node.operator} cannot be read: {refused.reason}"
    called = f"{node.domain}.{node.operator}" if node.domain else node.operator
    return Translation(Opaque(called, reason), tuple([name or None for name in node.inputs]))


def import_all() -> None:
    """Import every family, so that all translators are entered."""
    for family, _ in FAMILIES:
        import_module(f"{__name__}.{family}")
