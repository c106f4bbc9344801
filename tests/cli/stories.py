"""What people ask, and the one command that answers each: the commands of the golden texts."""

from __future__ import annotations

__all__ = ["ARRAYS", "STORIES"]

ARRAYS = {
    "five": [[1, 0, 2, 3, 1], [0, 3, 1, 0, 2], [2, 1, 0, 1, 3], [1, 2, 3, 0, 0], [0, 1, 2, 2, 1]],
    "three": [[1, 0, -1], [2, 1, 0], [0, -1, 1]],
    "one": [1],
    "x": [[[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]]],
    "k": [[[[0, 1], [2, 3]], [[1, 2], [3, 4]]]],
    "small": [[1, 2], [3, 4]],
    "stamp": [[1, 2, 1], [0, 3, 1], [2, 0, 1]],
    "ten": [[[10]], [[20]], [[30]]],
    "ones": [[[[1]], [[1]], [[1]]]],
    "floats": [[[0.1, 0.25, 1 / 3], [-1.5, 2.0, 0.125], [1e-3, 4.5, -0.2]]],
}
"""What stands in the files that commands name."""

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
    # Which kernel, stride and padding halve 224?
    "solve-halving": ["solve", "Conv2d(3, 64)", "--input", "3x224x224", "--output", "64x112x112"],
    "solve-halving-80": [
        "solve", "Conv2d(3, 64)", "--input", "3x224x224", "--output", "64x112x112", "--width", "80", "--ascii",
    ],
    "solve-all": ["solve", "Conv2d(3, 64)", "--input", "3x224x224", "--output", "64x112x112", "--all"],
    "solve-padding": ["solve", "Conv2d(3, 64, 3, stride=2)", "--input", "3x224x224", "--output", "64x112x112"],
    "solve-keras": ["solve", "Conv2D(64)", "--input", "224x224x3", "--output", "112x112x64"],
    "solve-transposed": ["solve", "ConvTranspose2d()", "--input", "16x14x14", "--output", "8x28x28"],
    "solve-axes": ["solve", "Conv2d(3, 64)", "--input", "3x224x112", "--output", "64x112x112"],
    # Which sizes go in?
    "solve-inputs": ["solve", "MaxPool2d(3, 2)", "--output", "64x27x27"],
    # Nothing does it.
    "solve-patches": ["solve", "Conv2d()", "--input", "3x224x224", "--output", "768x14x14"],
    "solve-channels": ["solve", "MaxPool2d()", "--input", "64x28x28", "--output", "128x14x14"],
    "solve-growing": ["solve", "Conv2d(64, 64)", "--input", "64x28x28", "--output", "64x56x56"],
    # How are the channels combined? One cell, by hand.
    "cell": [
        "explain", "Conv2d(1, 1, 3)", "--values", "five.npy", "--weights", "three.npy", "--bias", "one.npy",
        "--width", "80",
    ],
    "cell-of-two-channels": [
        "explain", "Conv2d(2, 1, 2, bias=False)", "--input", "2x3x3", "--values", "x.npy", "--weights", "k.npy",
        "--width", "80",
    ],
    "cell-pointwise": [
        "explain", "Conv2d(3, 1, 1)", "--values", "ten.npy", "--weights", "ones.npy", "--bias", "one.npy",
    ],
    "cell-of-many-channels": ["explain", "vgg16::features.2", "--cell", "100,100", "--filter", "5"],
    "cell-in-the-padding": ["explain", "vgg16::features.0", "--cell", "0,0", "--width", "120"],
    "cell-in-the-padding-80": ["explain", "vgg16::features.0", "--cell", "0,0", "--width", "80", "--ascii"],
    "cell-reflected": ["explain", "Conv2d(1, 1, 3, padding=1, padding_mode='reflect')", "--input", "1x4x4"],
    "cell-of-keras": ["explain", "Conv2D(4, 3, strides=2, padding='same')", "--input", "6x6x2", "--filter", "3"],
    "cell-dilated": ["explain", "Conv2d(1, 1, 3, dilation=2)", "--input", "1x7x7", "--cell", "1,2"],
    "cell-flipped": ["explain", "Conv2d(1, 1, 3)", "--input", "1x5x5", "--flipped"],
    "cell-of-floats": ["explain", "Conv2d(1, 1, 2)", "--values", "floats.npy", "--cell", "1,0"],
    "cell-1d": ["explain", "Conv1d(2, 1, 3, dilation=2, padding=2)", "--input", "2x10", "--width", "80"],
    "cell-3d": ["explain", "Conv3d(1, 1, 2)", "--input", "1x3x4x4", "--cell", "1,0,2"],
    "cell-grouped": ["explain", "Conv2d(4, 4, 3, groups=2)", "--input", "4x5x5", "--filter", "3"],
    # What does a transposed convolution compute?
    "cell-transposed": [
        "explain", "ConvTranspose2d(1, 1, 3, stride=2, bias=False)", "--input", "1x2x2", "--cell", "2,2",
        "--values", "small.npy", "--weights", "stamp.npy", "--width", "120",
    ],
    "cell-transposed-80": [
        "explain", "ConvTranspose2d(2, 3, 3, stride=2, padding=1, output_padding=1)", "--input", "2x3x3",
        "--filter", "1", "--width", "80",
    ],
    # Which value wins? What is divided by?
    "cell-max-pool": ["explain", "MaxPool2d(3, 2, padding=1)", "--input", "2x6x6", "--filter", "1"],
    "cell-average-pool": ["explain", "AvgPool2d(3, 2, padding=1)", "--input", "1x6x6"],
    "cell-average-of-less": [
        "explain", "AvgPool2d(2, ceil_mode=True, count_include_pad=False)", "--input", "1x5x5", "--cell", "2,2",
    ],
    "cell-norm-pool": ["explain", "LPPool2d(2, 2)", "--input", "1x4x4"],
    "without-numbers": ["explain", "Conv2d(1, 1, 3)", "--input", "1x5x5", "--no-numbers"],
    "cell-as-data": ["explain", "Conv2d(1, 1, 2)", "--input", "1x3x3", "--cell", "1,1", "--format", "json"],
    "cell-as-markdown": ["explain", "Conv2d(1, 1, 2)", "--input", "1x3x3", "--format", "markdown"],
    # A layer of a model, with what is around it.
    "layer-of-a-model": ["explain", "vgg16::features.0"],
    "linear-of-a-model": ["explain", "vgg16::classifier.0"],
}  # fmt: skip
"""A name for each story and the arguments of its command."""
