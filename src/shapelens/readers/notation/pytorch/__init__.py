"""PyTorch's layers, in `torch.nn`'s words: a family of them in each file, imported when it is asked for."""

from __future__ import annotations

__all__ = ["FAMILIES"]

FAMILIES = {
    "activation": (
        "AlphaDropout CELU Dropout Dropout1d Dropout2d Dropout3d ELU FeatureAlphaDropout GELU GLU Hardshrink "
        "Hardsigmoid Hardswish Hardtanh Identity LeakyReLU LogSigmoid LogSoftmax Mish PReLU RReLU ReLU ReLU6 SELU "
        "SiLU Sigmoid Softmax Softmax2d Softmin Softplus Softshrink Softsign Tanh Tanhshrink Threshold"
    ),
    "attention": "MultiheadAttention TransformerEncoderLayer",
    "convolution": (
        "Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d LazyConv1d LazyConv2d LazyConv3d "
        "LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d"
    ),
    "fractional": "FractionalMaxPool2d FractionalMaxPool3d",
    "linear": "Bilinear Embedding EmbeddingBag LazyLinear Linear NonDynamicallyQuantizableLinear",
    "normalization": (
        "BatchNorm1d BatchNorm2d BatchNorm3d CrossMapLRN2d GroupNorm InstanceNorm1d InstanceNorm2d InstanceNorm3d "
        "LayerNorm LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d LazyInstanceNorm1d LazyInstanceNorm2d "
        "LazyInstanceNorm3d LocalResponseNorm RMSNorm SyncBatchNorm"
    ),
    "padding": (
        "CircularPad1d CircularPad2d CircularPad3d ConstantPad1d ConstantPad2d ConstantPad3d ReflectionPad1d "
        "ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d ZeroPad1d ZeroPad2d "
        "ZeroPad3d"
    ),
    "pooling": (
        "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d "
        "AdaptiveMaxPool3d AvgPool1d AvgPool2d AvgPool3d LPPool1d LPPool2d LPPool3d MaxPool1d MaxPool2d MaxPool3d "
        "MaxUnpool1d MaxUnpool2d MaxUnpool3d"
    ),
    "recurrent": "GRU GRUCell LSTM LSTMCell RNN RNNCell",
    "reshaping": "Flatten Fold Unflatten Unfold",
    "resizing": "Upsample UpsamplingBilinear2d UpsamplingNearest2d",
    "shuffling": "ChannelShuffle PixelShuffle PixelUnshuffle",
    "vision": "DeformConv2d DropBlock2d DropBlock3d FrozenBatchNorm2d LayerNorm2d StochasticDepth",
}
"""The layers that each file reads."""
