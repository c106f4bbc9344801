"""What people ask, and the one command that answers each: the commands of the golden texts."""

from __future__ import annotations

__all__ = ["STORIES"]

STORIES: dict[str, list[str]] = {
    # What is the third number in 256×256×32? Are the first two nodes?
    "third-number": ["explain", "256x256x32"],
    # Why smaller and deeper?
    "smaller-and-deeper": ["show", "vgg16", "--width", "80"],
    # Why is each filter as deep as its input? Three filters on RGB: nine maps?
    "three-filters-on-rgb": ["explain", "Conv2d(3, 3, 3)", "--input", "3x128x128"],
    # How many parameters has this layer, and why?
    "parameters": ["explain", "Conv2d(3, 64, 3, padding=1)", "--input", "3x224x224"],
    # What size comes out?
    "size": ["explain", "Conv2d(1, 1, 3)", "--input", "1x5x5"],
    "size-any": ["explain", "Conv2d(3, 64, 7, stride=2, padding=3)"],
    # 224 or 227 for AlexNet?
    "alexnet-224": ["explain", "Conv2d(3, 96, 11, stride=4)", "--input", "3x224x224"],
    # Kernel size can't be greater than actual input size.
    "kernel-too-large": ["explain", "Conv2d(3, 8, 4)", "--input", "3x3x3"],
    # Output size is too small.
    "pooled-to-nothing": ["show", "vgg16", "--input", "3x16x16", "--width", "80"],
    # Same or valid? Why do Keras and PyTorch differ?
    "keras-same": ["explain", "Conv2D(64, 7, strides=2, padding='same')", "--input", "224x224x3"],
    "keras-valid": ["explain", "Conv2D(64, 7, strides=2)", "--input", "224x224x3"],
    # padding='same' is not supported for strided convolutions.
    "torch-same-strided": ["explain", "Conv2d(3, 64, 7, stride=2, padding='same')", "--input", "3x224x224"],
    # What does output_padding do?
    "output-padding": ["explain", "ConvTranspose2d(16, 33, 3, stride=2)", "--input", "16x3x3"],
    # Why is my transposed convolution's weight the other way round?
    "transposed-weight": ["explain", "ConvTranspose2d(16, 33, 3)", "--input", "16x14x14"],
    # ceil_mode gives one less than the formula.
    "ceil-mode": ["explain", "MaxPool2d(1, stride=2, ceil_mode=True)", "--input", "8x32x32"],
    # What are groups? Depthwise?
    "depthwise": ["explain", "Conv2d(32, 32, 3, groups=32)", "--input", "32x28x28"],
    "depthwise-saving": ["explain", "Conv2d(3, 64, 3, padding=1)", "--input", "3x28x28"],
    "groups": ["explain", "Conv2d(96, 256, 5, padding=2, groups=2)", "--input", "96x27x27"],
    # What does a 1×1 convolution do?
    "pointwise": ["explain", "Conv2d(256, 64, 1)", "--input", "256x56x56"],
    # Expected 3D (unbatched) or 4D (batched) input to conv2d.
    "rank": ["explain", "Conv2d(3, 64, 3)", "--input", "224x224"],
    # Channels last given to channels first.
    "channels-last": ["explain", "Conv2d(3, 64, 7, stride=2, padding=3)", "--input", "224x224x3"],
    # What do the numbers in print(model) mean?
    "printed": [
        "explain",
        "Sequential(\n"
        "  (0): Conv2d(1, 32, kernel_size=(3, 3), stride=(1, 1))\n"
        "  (1): ReLU()\n"
        "  (2): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)\n"
        "  (3): Flatten(start_dim=1, end_dim=-1)\n"
        "  (4): Linear(in_features=5408, out_features=10, bias=True)\n"
        ")",
        "--input",
        "1x28x28",
    ],
    # Which of my channels, heights and widths is which in (h, w, c)?
    "orders": ["explain", "224x224x3"],
    # A layer of a model, with what is around it.
    "layer-of-a-model": ["explain", "vgg16::features.0"],
    "linear-of-a-model": ["explain", "vgg16::classifier.0"],
}
"""A name for each story and the arguments of its command."""
