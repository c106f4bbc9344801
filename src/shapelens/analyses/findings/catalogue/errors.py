"""Errors: what fails, or computes the wrong thing."""

from __future__ import annotations

from shapelens.analyses.findings.catalogue.code import Code
from shapelens.analyses.findings.finding import ERROR, WARNING

__all__ = ["ERRORS"]

ERRORS = (
    Code(
        "SL101",
        "features do not fit a linear layer",
        ERROR,
        "A linear layer has one weight for each input feature, so that its number of features is fixed when it is "
        "made. Behind a flatten that number is channels × height × width, and changes with the size of the image "
        "and with every kernel, stride and padding before. A recurrent cell and a map of an attention are linear "
        "layers too.",
        "nn.Flatten(), nn.Linear(2048, 10)          # 32×7×7 comes in: 1568",
        "nn.Flatten(), nn.Linear(1568, 10)",
        (
            "Give the layer the number that comes in.",
            "Feed an image of a size that leads to the number that it has.",
            "Put nn.AdaptiveAvgPool2d in front of the flatten: then every size of image leads to one number.",
        ),
        ("mat1 and mat2 shapes cannot be multiplied (1x1568 and 2048x10)",),
    ),
    Code(
        "SL102",
        "channels do not fit a convolution",
        ERROR,
        "Each filter of a convolution is as deep as its input has channels: its weight is filters × channels/groups × "
        "height × width. Channels go missing where an image is grey, are one too many where it has an alpha "
        "channel, and add up where tensors are concatenated.",
        "nn.Conv2d(16, 32, 3)                       # behind torch.cat of 16 and 8 channels",
        "nn.Conv2d(24, 32, 3)",
        (
            "Give the layer the channels that come in.",
            "Grey: repeat the channel, x.repeat(1, 3, 1, 1), or sum the first weights over their channels.",
            "RGBA: drop alpha, x[:, :3].",
        ),
        (
            "Given groups=1, weight of size [64, 3, 3, 3], expected input[1, 1, 28, 28] to have 3 channels, "
            "but got 1 channels instead",
        ),
    ),
    Code(
        "SL103",
        "channels stand last where they are taken to stand first",
        ERROR,
        "PyTorch and most ONNX files order an image channels × height × width; image files, NumPy, OpenCV and Keras "
        "have height × width × channels. A convolution reads the axis in its own place, and takes a height for the "
        "number of channels.",
        "conv(torch.from_numpy(image)[None])        # 1×224×224×3",
        "conv(torch.from_numpy(image)[None].permute(0, 3, 1, 2))",
        ("Put the channels in front: x.permute(0, 3, 1, 2).",),
        (
            "Given groups=1, weight of size [64, 3, 7, 7], expected input[1, 224, 224, 3] to have 3 channels, "
            "but got 224 channels instead",
        ),
    ),
    Code(
        "SL104",
        "the number of axes does not fit",
        ERROR,
        "A layer takes tensors of a certain number of axes: a convolution over images takes N×C×H×W, or one image "
        "C×H×W. Most often the batch is missing, or the channels of a grey image are.",
        "conv(torch.zeros(28, 28))",
        "conv(torch.zeros(1, 1, 28, 28))",
        ("One sample: add the batch, x.unsqueeze(0).", "Grey images: add the channels, x.unsqueeze(1)."),
        ("Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [28, 28]",),
    ),
    Code(
        "SL105",
        "the kernel is larger than the padded input",
        ERROR,
        "A kernel must fit into the input with its padding. A dilated one reaches over dilation · (kernel - 1) + 1 "
        "cells. It is what a network ends with that is fed an image smaller than it was made for.",
        "nn.Conv2d(3, 8, 4)                         # 3×3×3 comes in",
        "nn.Conv2d(3, 8, 4, padding=1)",
        ("Feed a larger image.", "Give the layer padding, or a smaller kernel."),
        (
            "Calculated padded input size per channel: (3 x 3). Kernel size: (4 x 4). Kernel size can't be greater "
            "than actual input size",
        ),
    ),
    Code(
        "SL106",
        "shrunk to nothing",
        ERROR,
        "Every pooling of stride 2 halves the height and the width, so that five of them need 32 of each. One that "
        "finds less than its window has nothing to give.",
        "nn.MaxPool2d(2)                            # 512×1×1 comes in",
        "feed at least 3×32×32",
        ("Feed a larger image.", "Leave out one pooling, or let one have stride 1."),
        ("Given input size: (512x1x1). Calculated output size: (512x0x0). Output size is too small",),
    ),
    Code(
        "SL107",
        "skip concatenation differs",
        ERROR,
        "A concatenation takes equal sizes on every axis but the one that it joins. A size that is halved with a "
        "floor and doubled again comes back one smaller where it was odd, so that a U-Net with four poolings takes "
        "multiples of 16.",
        "torch.cat([skip, up(x)], 1)                # 87 against 86",
        "torch.cat([skip, F.interpolate(up(x), size=skip.shape[-2:])], 1)",
        (
            "Feed an image whose size is a multiple of all strides together.",
            "Pad what comes up, or resize it, to the size of the skip; or crop the skip.",
        ),
        (
            "Sizes of tensors must match except in dimension 1. Expected size 87 but got size 86 for tensor number "
            "1 in the list.",
        ),
    ),
    Code(
        "SL108",
        "sizes do not go together",
        ERROR,
        "An addition, a product or a comparison goes element by element: two sizes go together when they are equal, "
        "or when one of them is 1. In a residual block the branch around must end with as many channels as the one "
        "through, and with the same stride.",
        "x + self.block(x)                          # 64×32×32 against 256×16×16",
        "nn.Conv2d(64, 256, 1, stride=2)(x) + self.block(x)",
        (
            "Put a 1×1 convolution with the same stride around the block.",
            "Keep channels and stride in the block.",
        ),
        ("The size of tensor a (64) must match the size of tensor b (256) at non-singleton dimension 1",),
    ),
    Code(
        "SL109",
        "the batch is folded into the features",
        ERROR,
        "A reshape whose -1 stands for the batch takes whatever number of rows comes out. Where the numbers behind "
        "it are not those of one sample, rows are made of parts of several samples. For some batches (here 16, 32, …) "
        "that runs without a word, and every label meets a row of another sample. A first size by heart, view(32, -1), "
        "makes 32 rows of whatever comes.",
        "x.view(-1, 16 * 4 * 4)                     # N×16×5×5 comes in: 25·N/16 rows",
        "x.flatten(1)                               # N×400",
        ("Let the batch alone: x.flatten(1), or x.view(x.size(0), -1).",),
        ("shape '[-1, 256]' is invalid for input of size 800",),
    ),
    Code(
        "SL110",
        "a reshape cannot hold the elements",
        ERROR,
        "A reshape keeps every element, so that the product of the sizes stays the same. One size may be -1: then "
        "the others must divide the number of elements. Windows that do not divide an image end here as well.",
        "x.view(x.size(0), 16, 24)                  # 400 elements in a sample, 384 asked for",
        "x.view(x.size(0), 16, -1)",
        (
            "Put -1 in the place of the size that is not known by heart.",
            "Pad the image to a multiple of the window.",
        ),
        ("shape '[2, 16, 24]' is invalid for input of size 800",),
    ),
    Code(
        "SL111",
        "a view of a tensor that is not contiguous",
        ERROR,
        "A view does not move elements. Behind a permute or a transpose the elements of the wanted rows do not lie "
        "side by side, so that there is no such view.",
        "x.permute(0, 2, 3, 1).view(x.size(0), -1)",
        "x.permute(0, 2, 3, 1).reshape(x.size(0), -1)",
        ("reshape copies where it must.", "Or copy before: .contiguous().view(…)."),
        ("view size is not compatible with input tensor's size and stride",),
    ),
    Code(
        "SL112",
        "a matrix product does not fit",
        ERROR,
        "The columns of the left matrix are summed with the rows of the right one, and must be as many.",
        "q @ k                                      # N×5×7 and N×5×7",
        "q @ k.transpose(-2, -1)",
        ("Transpose one of them.", "Give the maps before one width."),
        ("Expected size for first two dimensions of batch2 tensor to be: [2, 7] but got: [2, 5].",),
    ),
    Code(
        "SL113",
        "a norm is made for another number",
        ERROR,
        "A norm has one scale and one shift for each channel, or for each feature; a batch norm keeps one mean and "
        "variance for each channel too.",
        "nn.Conv2d(3, 32, 3), nn.BatchNorm2d(64)",
        "nn.Conv2d(3, 32, 3), nn.BatchNorm2d(32)",
        ("Give the norm the number of channels before it.",),
        ("running_mean should contain 32 elements not 64",),
    ),
    Code(
        "SL114",
        "groups do not divide the channels",
        ERROR,
        "Grouped filters see channels/groups of the input, and each group makes filters/groups of the output. Both "
        "must come out even; so must the channels of a group norm and of a channel shuffle.",
        "nn.GroupNorm(32, 48)",
        "nn.GroupNorm(16, 48)",
        ("Take a number of groups that divides the channels.",),
        ("Expected number of channels in input to be divisible by num_groups",),
    ),
    Code(
        "SL115",
        "a transposed convolution is one short",
        ERROR,
        "A 3×3 convolution of stride 2 and padding 1 takes 2H and 2H - 1 to the same H, and its transpose gives back "
        "2H - 1. Output padding says that it was 2H.",
        "nn.ConvTranspose2d(64, 32, 3, stride=2, padding=1)",
        "nn.ConvTranspose2d(64, 32, 3, stride=2, padding=1, output_padding=1)",
        ("output_padding=1.", "Or a kernel of 4, which gives 2H by itself."),
    ),
    Code(
        "SL116",
        "a padding that is not allowed",
        ERROR,
        "PyTorch's padding='same' knows no stride. A pooling may be padded by half of its window at most, or a window "
        "could lie in padding alone. A reflection has one cell less to give than the axis has, and a circle as many. "
        "Output padding is smaller than the stride or the dilation.",
        "F.conv2d(x, weight, stride=2, padding='same')",
        "F.conv2d(x, weight, stride=2, padding=1)",
        ("Write the padding as a number.", "mode='replicate' takes any padding."),
        (
            "padding='same' is not supported for strided convolutions",
            "pad should be at most half of effective kernel size",
        ),
    ),
    Code(
        "SL117",
        "a batch norm has one value for each channel",
        ERROR,
        "In training a batch norm takes mean and variance over the batch and all positions. Over one value there is no "
        "variance: one sample whose map has shrunk to 1×1.",
        "model.train(); model(one_image)            # 1×512×1×1 at a batch norm",
        "model.eval(); model(one_image)",
        (
            "Train with two samples or more, and let the loader drop the last batch: drop_last=True.",
            "Or take a norm over each sample: nn.GroupNorm, nn.LayerNorm.",
        ),
        ("Expected more than 1 value per channel when training, got input size torch.Size([1, 512, 1, 1])",),
    ),
    Code(
        "SL118",
        "a parameter is made for another size",
        ERROR,
        "A position embedding has one row for each token, and the number of tokens hangs on the size of the image: "
        "(224/16)² + 1 = 197. It is the size that the network was made at that fits.",
        "tokens + self.position                     # 145 tokens, 197 rows",
        "feed 3×224×224",
        (
            "Feed the size that it was made for, or make it for the size that is fed.",
            "Interpolate the embedding over its grid.",
        ),
        ("The size of tensor a (145) must match the size of tensor b (197) at non-singleton dimension 1",),
    ),
    Code(
        "SL119",
        "an attention does not fit",
        ERROR,
        "The width is divided among the heads; keys and values come in equal numbers; query and key meet in one "
        "width. PyTorch's layer reads tokens × batch × features unless batch_first=True.",
        "nn.MultiheadAttention(64, 4)(x, memory, memory)   # N×T×64, read as T×N×64",
        "nn.MultiheadAttention(64, 4, batch_first=True)",
        ("Take a number of heads that divides the width.", "batch_first=True where the batch comes first."),
        ("was expecting embedding dimension of 64, but got 48",),
    ),
    Code(
        "SL120",
        "a size does not divide",
        ERROR,
        "A pixel shuffle takes channels in blocks of factor², its inverse places in blocks of factor; a split into "
        "parts takes a multiple of them; a gate takes pairs.",
        "nn.PixelShuffle(2)                         # 18 channels come in",
        "nn.Conv2d(64, 16, 3, padding=1), nn.PixelShuffle(2)",
        ("Make the size a multiple of the number.",),
        (
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor",
        ),
    ),
    Code(
        "SL121",
        "scores and labels do not fit",
        ERROR,
        "A loss over classes takes scores N×classes and labels N, a class for each sample (N×classes×H×W and N×H×W "
        "for each pixel). Labels N×1 are one axis too many; shares of classes have the shape of the scores.",
        "F.cross_entropy(scores, labels)            # N×10 and N×1",
        "F.cross_entropy(scores, labels.squeeze(1))",
        ("Labels without the axis of classes: labels.squeeze(1), labels.argmax(1).",),
        ("0D or 1D target tensor expected, multi-target not supported, got 2D",),
    ),
    Code(
        "SL122",
        "elements of another type are wanted",
        ERROR,
        "An image file holds whole numbers from 0 to 255, and a convolution multiplies floats; an embedding looks up "
        "whole numbers.",
        "model(torchvision.io.read_image(path)[None])       # uint8",
        "model(torchvision.io.read_image(path)[None].float() / 255)",
        ("Images: x.float() / 255.", "Indices: x.long()."),
        ("Input type (unsigned char) and bias type (float) should be the same",),
    ),
    Code(
        "SL123",
        "the model is called with something else than it takes",
        ERROR,
        "A forward takes what its signature names, and a dictionary has the keys that it has.",
        "model(image)                               # forward(self, image, tokens)",
        "model(image, tokens)",
        ("Give every input: --shape image=2x3x224x224 --shape tokens=2x16:int64.",),
        ("forward() missing 1 required positional argument: 'tokens'",),
    ),
    Code(
        "SL190",
        "the model's own forward raises an exception",
        ERROR,
        "The author's code ended the forward by itself. A network is known as far as its forward goes.",
        "raise ValueError('too small')",
        "feed what the author's code takes",
        ("Read what the exception says.",),
    ),
    Code(
        "SL191",
        "PyTorch refuses an operator",
        ERROR,
        "PyTorch refused a call and none of the rules says why. Its own words are all there is.",
        "…",
        "…",
        ("Read what PyTorch says.",),
    ),
    Code(
        "SL192",
        "the trace ends where the model reads data",
        WARNING,
        "Shapes are computed without data. Where a forward needs the values of a tensor, and not only its shape, "
        "nothing can be said of what follows.",
        "while loss.item() > 0.1: …",
        "the same; the table ends there",
        ("Inspect the part of the model before.",),
    ),
    Code(
        "SL199",
        "a requirement does not hold",
        ERROR,
        "An operator states what must hold of its inputs. This is one that has no text of its own: it is shown with "
        "its numbers.",
        "…",
        "…",
        ("Compare the numbers with what the operator's documentation asks for.",),
    ),
)
"""In the order of their codes."""
