"""Keras' layers, in `keras.layers`' words: a family of them in each file, imported when it is asked for."""

from __future__ import annotations

__all__ = ["FAMILIES"]

FAMILIES = {
    "activation": (
        "Activation ActivityRegularization AlphaDropout Dropout ELU GaussianDropout GaussianNoise Identity "
        "LeakyReLU Masking PReLU ReLU Softmax SpatialDropout1D SpatialDropout2D SpatialDropout3D"
    ),
    "attention": "AdditiveAttention Attention GroupQueryAttention MultiHeadAttention",
    "bidirectional": "Bidirectional",
    "convolution": (
        "Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose Convolution1D Convolution1DTranspose "
        "Convolution2D Convolution2DTranspose Convolution3D Convolution3DTranspose"
    ),
    "convolutional_lstm": "ConvLSTM1D ConvLSTM2D ConvLSTM3D",
    "einsum_dense": "EinsumDense",
    "inputs": "Input InputLayer",
    "linear": "Dense Embedding",
    "normalization": (
        "BatchNormalization GroupNormalization LayerNormalization RMSNormalization UnitNormalization"
    ),
    "padding": "Cropping1D Cropping2D Cropping3D ZeroPadding1D ZeroPadding2D ZeroPadding3D",
    "pooling": (
        "AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling1D "
        "AdaptiveMaxPooling2D AdaptiveMaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D "
        "AvgPool2D AvgPool3D GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalAvgPool1D "
        "GlobalAvgPool2D GlobalAvgPool3D GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D GlobalMaxPooling1D "
        "GlobalMaxPooling2D GlobalMaxPooling3D MaxPool1D MaxPool2D MaxPool3D MaxPooling1D MaxPooling2D "
        "MaxPooling3D"
    ),
    "preprocessing": (
        "AugMix AutoContrast CutMix Equalization MixUp Normalization RandAugment RandomBrightness "
        "RandomColorDegeneration RandomColorJitter RandomContrast RandomElasticTransform RandomErasing RandomFlip "
        "RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization "
        "RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation RandomZoom Rescaling "
        "Solarization"
    ),
    "recurrent": "GRU GRUCell LSTM LSTMCell RNN SimpleRNN SimpleRNNCell StackedRNNCells",
    "reshaping": "Flatten Permute RepeatVector Reshape",
    "resizing": "CenterCrop RandomCrop Resizing UpSampling1D UpSampling2D UpSampling3D",
    "separable": (
        "DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D SeparableConvolution1D "
        "SeparableConvolution2D"
    ),
    "wrappers": "Lambda SpectralNormalization TimeDistributed",
}
"""The layers that each file reads, the other names of some of them included."""
