"""The classics that there are: what each is, without building any."""

from __future__ import annotations

from collections.abc import Mapping

from shapelens.records import dataclass

__all__ = ["CLASSICS", "Classic"]


@dataclass(frozen=True, slots=True)
class Classic:
    """A network that every course draws.

    Args:
        name: what it is called here: `resnet50`.
        title: what it is, in one line.
        year: when it was published.
        paper: by whom, under what title, and where.
        variant: which of the networks of that name this is.
        sample: the shape of one sample, channels first.
        file: the file in this folder that builds it, by a function called as the network is.
        module: the class of the whole network; torchvision's where it has one.
    """

    name: str
    title: str
    year: int
    paper: str
    variant: str
    sample: tuple[int, ...]
    file: str
    module: str

    @property
    def heading(self) -> str:
        """Its name as its paper writes it: `ResNet-50`."""
        stem = self.name.rstrip("0123456789")
        return _HEADINGS.get(self.name) or f"{self.module}-{self.name[len(stem) :]}"


_HEADINGS = {
    "lenet5": "LeNet-5", "lenet5_dense": "LeNet-5", "alexnet_original": "AlexNet", "alexnet": "AlexNet",
    "googlenet": "GoogLeNet", "unet": "U-Net", "unet_padded": "U-Net", "inception_v3": "Inception v3",
    "squeezenet": "SqueezeNet 1.0", "squeezenet1_1": "SqueezeNet 1.1", "mobilenet_v1": "MobileNet v1",
    "mobilenet_v2": "MobileNet v2", "mnist": "MNIST network",
}  # fmt: skip

CLASSICS: dict[str, Classic] = {}
"""The classics by name, in the order of their publication."""


def _enter(
    titles: Mapping[str, str],
    *,
    year: int,
    paper: str,
    variant: str,
    file: str,
    module: str,
    sample: tuple[int, ...] = (3, 224, 224),
) -> None:
    """Enter networks of one paper; torchvision's take ImageNet's 224×224 where nothing else is said."""
    for name, title in titles.items():
        CLASSICS[name] = Classic(name, title, year, paper, variant, sample, file, module)


_LENET = (
    'LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", '
    "Proceedings of the IEEE 86"
)
_enter(
    {"lenet5": "LeNet-5 as published: digits, by layers that learn 60,000 numbers"},
    year=1998,
    paper=_LENET,
    variant="1998: C3 sees its inputs by a table, S2 and S4 learn, the output is a distance",
    file="lenet",
    module="LeNet5",
    sample=(1, 32, 32),
)
_enter(
    {"lenet5_dense": "LeNet-5 as it is taught: pools learn nothing, the output is linear"},
    year=1998,
    paper=_LENET,
    variant="dense: C3 sees all six maps and pools learn nothing (1998: by a table; 12 and 32 in S2 and S4)",
    file="lenet",
    module="LeNet5",
    sample=(1, 32, 32),
)
_enter(
    {"alexnet_original": "AlexNet as published: two groups, one for each graphics card"},
    year=2012,
    paper=(
        'Krizhevsky, Sutskever, Hinton, "ImageNet classification with deep convolutional neural networks", '
        "NIPS 25"
    ),
    variant="2012: two groups, at 227×227: its text says 224, its numbers need 227",
    file="alexnet",
    module="AlexNet",
    sample=(3, 227, 227),
)
_enter(
    {"alexnet": "AlexNet in one tower: five convolutions and three linear layers"},
    year=2014,
    paper='Krizhevsky, "One weird trick for parallelizing convolutional neural networks", arXiv:1404.5997',
    variant="torchvision's: one tower, not two groups, and no response norm",
    file="alexnet",
    module="AlexNet",
)
_enter(
    {
        "vgg11": "VGG of 11 layers: 3×3 convolutions, deeper after each pool",
        "vgg13": "VGG of 13 layers: two 3×3 convolutions before each pool",
        "vgg16": "VGG of 16 layers: two, then three 3×3 convolutions before each pool",
        "vgg19": "VGG of 19 layers: two, then four 3×3 convolutions before each pool",
    },
    year=2014,
    paper=(
        'Simonyan, Zisserman, "Very deep convolutional networks for large-scale image recognition", '
        "arXiv:1409.1556"
    ),
    variant="torchvision's, without batch norm",
    file="vgg",
    module="VGG",
)
_enter(
    {"googlenet": "GoogLeNet, or Inception v1: nine modules of four branches side by side"},
    year=2014,
    paper='Szegedy et al., "Going deeper with convolutions", arXiv:1409.4842',
    variant="torchvision's, without auxiliary heads: batch norm, and 3×3 where the paper has 5×5",
    file="googlenet",
    module="GoogLeNet",
)
_UNET = (
    'Ronneberger, Fischer, Brox, "U-Net: convolutional networks for biomedical image segmentation", '
    "arXiv:1505.04597"
)
_enter(
    {"unet": "U-Net as published: convolutions without padding, skips cropped to fit"},
    year=2015,
    paper=_UNET,
    variant="2015: unpadded, so 572×572 gives 388×388",
    file="unet",
    module="UNet",
    sample=(1, 572, 572),
)
_enter(
    {"unet_padded": "U-Net with padded convolutions: what comes out is as large as what came in"},
    year=2015,
    paper=_UNET,
    variant="the 2015 network, padded; it needs multiples of 16",
    file="unet",
    module="UNet",
    sample=(1, 256, 256),
)
_enter(
    {"inception_v3": "Inception v3: large kernels taken apart into 3×3, 1×7 and 7×1"},
    year=2015,
    paper='Szegedy et al., "Rethinking the Inception architecture for computer vision", arXiv:1512.00567',
    variant="torchvision's, without auxiliary head",
    file="inception_v3",
    module="Inception3",
    sample=(3, 299, 299),
)
_RESNET = 'He, Zhang, Ren, Sun, "Deep residual learning for image recognition", arXiv:1512.03385'
_enter(
    {
        "resnet18": "ResNet of 18 layers: blocks of two 3×3 convolutions, each with a skip",
        "resnet34": "ResNet of 34 layers: blocks of two 3×3 convolutions, each with a skip",
    },
    year=2015,
    paper=_RESNET,
    variant="torchvision's: a skip that changes shape is a conv 1×1",
    file="resnet",
    module="ResNet",
)
_enter(
    {
        "resnet50": "ResNet of 50 layers: bottlenecks of 1×1, 3×3, 1×1, each with a skip",
        "resnet101": "ResNet of 101 layers: as resnet50, with 23 blocks in the third stage",
        "resnet152": "ResNet of 152 layers: as resnet50, with 8 and 36 blocks in the middle stages",
    },
    year=2015,
    paper=_RESNET,
    variant="torchvision's: the stride sits in the 3×3",
    file="resnet",
    module="ResNet",
)
_SQUEEZENET = (
    'Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size", '
    "arXiv:1602.07360"
)
_enter(
    {"squeezenet": "SqueezeNet 1.0: AlexNet's accuracy, with a fiftieth of its parameters"},
    year=2016,
    paper=_SQUEEZENET,
    variant="torchvision's squeezenet1_0",
    file="squeezenet",
    module="SqueezeNet",
)
_enter(
    {"squeezenet1_1": "SqueezeNet 1.1: pools earlier, at less than half the MACs of 1.0"},
    year=2016,
    paper=_SQUEEZENET,
    variant="torchvision's squeezenet1_1, the authors' later version",
    file="squeezenet",
    module="SqueezeNet",
)
_enter(
    {"densenet121": "DenseNet of 121 layers: each takes all maps made before it in its block"},
    year=2016,
    paper=(
        'Huang, Liu, van der Maaten, Weinberger, "Densely connected convolutional networks", arXiv:1608.06993'
    ),
    variant="torchvision's",
    file="densenet",
    module="DenseNet",
)
_enter(
    {"mobilenet_v1": "MobileNet: depthwise 3×3, then 1×1, in place of whole convolutions"},
    year=2017,
    paper=(
        'Howard et al., "MobileNets: efficient convolutional neural networks for mobile vision '
        'applications", arXiv:1704.04861'
    ),
    variant="1.0 at 224; padded alike on both sides, where TensorFlow pads at the end",
    file="mobilenet",
    module="MobileNetV1",
)
_enter(
    {"mobilenet_v2": "MobileNet v2: blocks wide inside and narrow between, with skips"},
    year=2018,
    paper='Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", arXiv:1801.04381',
    variant="torchvision's",
    file="mobilenet",
    module="MobileNetV2",
)
_enter(
    {"mnist": "the network of PyTorch's MNIST example: two convolutions, two linear layers"},
    year=2019,
    paper='PyTorch examples, "Basic MNIST example", github.com/pytorch/examples',
    variant="the form with 3×3 convolutions",
    file="mnist",
    module="Net",
    sample=(1, 28, 28),
)
