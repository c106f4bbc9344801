"""What operators keep for the backward pass, against what PyTorch saves for the same functions."""

from __future__ import annotations

import pytest

from shapelens.operators import (
    Activation,
    AffineGrid,
    AlongAxis,
    Cast,
    ChannelShuffle,
    ClassLoss,
    Clip,
    Concatenate,
    DepthToSpace,
    Elementwise,
    Expand,
    FillLike,
    Flatten,
    GatedLinearUnit,
    Gather,
    GatherElements,
    Gemm,
    GlobalPool,
    GridSample,
    Identity,
    LocalResponseNormalization,
    LpNormalization,
    Pad,
    Pool,
    Reduce,
    Reshape,
    Resize,
    Scatter,
    Slice,
    Split,
    Squeeze,
    Stack,
    Tensor,
    Tile,
    TopK,
    Transpose,
    Triangle,
    Unbind,
    Unsqueeze,
)
from tests.operators.keeping import assert_keeps_as_pytorch

torch = pytest.importorskip("torch")
F = torch.nn.functional

pytestmark = pytest.mark.torch

IMAGE = Tensor((2, 4, 6, 6))
OTHER = Tensor((2, 4, 6, 6))
CHANNELS = Tensor((4, 1, 1))
PLACES = Tensor((2, 2, 6, 6), "int64")

OF_ONE = [
    *"abs acos acosh asin asinh atan atanh ceil cos cosh deg2rad digamma erf erfc erfinv exp exp2 expm1".split(),
    *"floor frac i0 lgamma log log10 log1p log2 logit nan_to_num neg positive rad2deg reciprocal round".split(),
    *"rsqrt sigmoid sign sin sinc sinh sqrt square tan tanh trunc".split(),
]


@pytest.mark.parametrize("name", OF_ONE)
def test_a_function_of_one_element(name):
    assert_keeps_as_pytorch(Activation(name), getattr(torch, name), IMAGE)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("absolute", torch.abs),
        ("negative", torch.neg),
        ("square_root", torch.sqrt),
        ("truncate", torch.trunc),
        ("swish", F.silu),
        ("hard_swish", F.hardswish),
        ("log_sigmoid", F.logsigmoid),
        ("tanh_shrink", F.tanhshrink),
        ("soft_shrink", F.softshrink),
        ("thresholded_relu", lambda x: F.threshold(x, 1.0, 0.0)),
        ("leaky_relu", F.leaky_relu),
        ("gelu", lambda x: F.gelu(x, approximate="tanh")),
        ("rescale", lambda x: x / 255 - 1),
    ],
)
def test_the_same_function_under_another_name(ours, theirs):
    assert_keeps_as_pytorch(Activation(ours), theirs, IMAGE)


PAIRS = {
    "add": torch.add,
    "atan2": torch.atan2,
    "divide": torch.div,
    "fmax": torch.fmax,
    "maximum": torch.maximum,
    "min": torch.minimum,
    "modulo": torch.remainder,
    "multiply": torch.mul,
    "power": torch.pow,
    "remainder": torch.fmod,
    "subtract": torch.sub,
}


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("other", [OTHER, CHANNELS])
def test_a_function_of_two_tensors(name, other):
    assert_keeps_as_pytorch(Elementwise(name), PAIRS[name], IMAGE, other)


@pytest.mark.parametrize("name", PAIRS)
def test_a_function_of_a_tensor_and_one_that_is_not_learned(name):
    """What is fed in flows into the second operand, and no gradient is wanted of it."""
    # The first is multiplied by what is learned, the second is an input of integers cast to floats.
    layers = [(Cast("float32"), ("in1",), 1), (Elementwise(name), ("in0", "0"), 1)]
    whole = Tensor(IMAGE.dims, "int64")
    assert_keeps_as_pytorch(layers, lambda x, y: PAIRS[name](x, y.float()), IMAGE, whole)
    layers = [(Cast("float32"), ("in1",), 1), (Elementwise(name), ("0", "in0"), 1)]
    assert_keeps_as_pytorch(layers, lambda x, y: PAIRS[name](y.float(), x), IMAGE, whole)


@pytest.mark.parametrize(
    ("operator", "function"),
    [
        (Elementwise("multiply"), lambda x: x * 2),
        (Elementwise("divide"), lambda x: x / 2),
        (Elementwise("add"), lambda x: x + 2),
        (Elementwise("subtract"), lambda x: 1 - x),
        (Elementwise("power"), lambda x: x**2),
        (Clip(0.0, 6.0), lambda x: x.clamp(0, 6)),
        (Clip(0.0), lambda x: x.clamp(min=0)),
        (AlongAxis("softmax", 1), lambda x: x.softmax(1)),
        (AlongAxis("log_softmax", 1), lambda x: x.log_softmax(1)),
        (AlongAxis("softmin", 1), lambda x: F.softmin(x, 1)),
        (AlongAxis("cumsum", 1), lambda x: x.cumsum(1)),
        (AlongAxis("cumprod", 1), lambda x: x.cumprod(1)),
        (AlongAxis("logcumsumexp", 1), lambda x: x.logcumsumexp(1)),
        (AlongAxis("flip", 1), lambda x: x.flip(1)),
        (Reduce("mean", (2, 3)), lambda x: x.mean((2, 3), keepdim=True)),
        (Reduce("sum"), lambda x: x.sum()),
        (Reduce("max", (2, 3)), lambda x: x.amax((2, 3))),
        (Reduce("min", (1,)), lambda x: x.amin(1)),
        (Reduce("product", (1,)), lambda x: x.prod(1)),
        (Reduce("l1", (1,)), lambda x: x.norm(1, 1)),
        (Reduce("l2", (1,)), lambda x: x.norm(2, 1)),
        (Reduce("log_sum_exp", (1,)), lambda x: x.logsumexp(1)),
        (Reduce("log_sum", (1,)), lambda x: x.sum(1).log()),
        (Reduce("sum_of_squares", (1,)), lambda x: x.square().sum(1)),
        (Reduce("std", (1,)), lambda x: x.std(1)),
        (Reduce("var", (1,)), lambda x: x.var(1)),
        (Reduce("argmax", (1,), dtype="int64"), lambda x: x.argmax(1)),
        (GatedLinearUnit(1), lambda x: F.glu(x, 1)),
        (Identity(), lambda x: x),
        (Flatten(1), lambda x: x.flatten(1)),
        (Reshape((2, 144)), lambda x: x.reshape(2, 144)),
        (Squeeze((0,), keeps_larger=True), lambda x: x.squeeze(0)),
        (Unsqueeze((0,)), lambda x: x.unsqueeze(0)),
        (Transpose((0, 2, 3, 1)), lambda x: x.permute(0, 2, 3, 1)),
        (Slice((1,), (3,), (1,)), lambda x: x[:, 1:3]),
        (Slice((None,), (None,), (2,), (-1,)), lambda x: x.flip(2)),
        (Slice((0,), (6,), (2,), (2,)), lambda x: x[:, :, ::2]),
        (Split(1, parts=2), lambda x: x.chunk(2, 1)[0]),
        (Unbind(1), lambda x: x.unbind(1)[0]),
        (Expand((3, 2, 4, 6, 6)), lambda x: x.expand(3, 2, 4, 6, 6)),
        (Tile((1, 2, 1, 1)), lambda x: x.tile(1, 2, 1, 1)),
        (Gather(1, 0), lambda x: x[:, 0]),
        (Gather(1, (0, 2, 2)), lambda x: x[:, [0, 2, 2]]),
        (Cast("float64"), lambda x: x.double()),
        (Cast("float32"), lambda x: x.float()),
        (Triangle(), lambda x: x.triu()),
        (FillLike(0.0), torch.zeros_like),
        (Concatenate(1), lambda x: torch.cat([x], 1)),
        (GlobalPool("average"), lambda x: F.adaptive_avg_pool2d(x, 1)),
        (GlobalPool("max"), lambda x: F.adaptive_max_pool2d(x, 1)),
        (DepthToSpace(2), lambda x: F.pixel_shuffle(x, 2)),
        (ChannelShuffle(2), lambda x: F.channel_shuffle(x, 2)),
        (
            Resize((2.0, 2.0), axes=(-2, -1), mode="area"),
            lambda x: F.interpolate(x, scale_factor=2, mode="area"),
        ),
        (Resize(sizes=(1, 1), axes=(-2, -1), mode="area"), lambda x: F.interpolate(x, size=1, mode="area")),
        (
            Resize(sizes=(3, 3), axes=(-2, -1), mode="cubic"),
            lambda x: F.interpolate(x, size=3, mode="bicubic"),
        ),
        (Pad(((1, 1), (0, 2)), (-1, -2), "reflect"), lambda x: F.pad(x, (1, 1, 0, 2), "reflect")),
        (Pad(((1, -2),), (-1,)), lambda x: F.pad(x, (1, -2))),
        (LocalResponseNormalization(4), lambda x: F.local_response_norm(x, 4)),
        (LpNormalization(1), lambda x: F.normalize(x, dim=1)),
        (LpNormalization((-1, -2), 1), lambda x: F.normalize(x, p=1, dim=(-1, -2))),
        (Pool("max", (2, 2)), lambda x: F.max_pool2d(x, 2)),
        (Pool("lp", (2, 2)), lambda x: F.lp_pool2d(x, 3.0, 2)),
    ],
)
def test_a_function_of_one_tensor(operator, function):
    assert_keeps_as_pytorch(operator, function, IMAGE)


@pytest.mark.parametrize(
    ("operator", "outputs", "function"),
    [
        (TopK(2), 2, lambda x: x.topk(2)),
        (Reduce("max", (-1,), keeps_axes=False, with_indices=True), 2, lambda x: x.max(-1)),
        (Pool("max", (2, 2), with_indices=True), 2, lambda x: F.max_pool2d(x, 2, return_indices=True)),
    ],
)
def test_where_something_stood_is_given_out_and_kept(operator, outputs, function):
    assert_keeps_as_pytorch([(operator, ("in0",), outputs)], function, IMAGE)


@pytest.mark.parametrize(
    ("operator", "function", "inputs"),
    [
        (Concatenate(1), lambda x, y: torch.cat([x, y], 1), (IMAGE, OTHER)),
        (Stack(1), lambda x, y: torch.stack([x, y], 1), (IMAGE, OTHER)),
        (Elementwise("where"), torch.where, (Tensor((2, 4, 6, 6), "bool"), IMAGE, OTHER)),
        (Elementwise("masked_fill"), lambda x, m: x.masked_fill(m, 0), (IMAGE, Tensor((6, 6), "bool"))),
        (Elementwise("gelu"), lambda x, y: F.gelu(x + y), (IMAGE, CHANNELS)),
        (Gather(1), lambda x, i: x[:, i], (IMAGE, Tensor((3,), "int64"))),
        (GatherElements(1), lambda x, i: x.gather(1, i), (IMAGE, PLACES)),
        (Scatter(1), lambda x, i, u: x.scatter(1, i, u), (IMAGE, PLACES, Tensor((2, 2, 6, 6)))),
        (GridSample(), lambda x, g: F.grid_sample(x, g, align_corners=False), (IMAGE, Tensor((2, 3, 5, 2)))),
        (
            AffineGrid((2, 3, 5, 7)),
            lambda m: F.affine_grid(m, (2, 3, 5, 7), align_corners=False),
            (Tensor((2, 2, 3)),),
        ),
        (Gemm(transposed_right=True), lambda x, y: x @ y.t(), (Tensor((3, 4)), Tensor((5, 4)))),
        (ClassLoss(), F.cross_entropy, (IMAGE, Tensor((2, 6, 6), "int64"))),
        (
            ClassLoss("none"),
            lambda x, t: F.cross_entropy(x, t, reduction="none"),
            (IMAGE, Tensor((2, 6, 6), "int64")),
        ),
        (ClassLoss(called="negative log likelihood"), F.nll_loss, (IMAGE, Tensor((2, 6, 6), "int64"))),
    ],
)
def test_a_function_of_several_tensors(operator, function, inputs):
    assert_keeps_as_pytorch(operator, function, *inputs)
