"""What layers keep for the backward pass, alone and one after another, against what PyTorch saves."""

from __future__ import annotations

import pytest

from shapelens.dims import Unknown
from shapelens.operators import (
    GRU,
    LSTM,
    RNN,
    Activation,
    AlongAxis,
    BatchNormalization,
    Cast,
    Convolution,
    Dropout,
    Elementwise,
    Embedding,
    FillLike,
    GlobalPool,
    InstanceNormalization,
    LayerNormalization,
    Linear,
    LocalResponseNormalization,
    ParametricActivation,
    Pool,
    Reduce,
    RegionPool,
    Reshape,
    RMSNormalization,
    Slice,
    Split,
    Tensor,
    Transpose,
    TransposedConvolution,
)
from shapelens.operators.backward import Kept, Run
from tests.operators.keeping import assert_keeps_as_pytorch, kept_in

torch = pytest.importorskip("torch")
F = torch.nn.functional

pytestmark = pytest.mark.torch

IMAGE = Tensor((2, 4, 6, 6))
FEATURES = Tensor((4,))

WEIGHTED = [
    (ParametricActivation(channel_axis=1), F.prelu, IMAGE, (FEATURES,)),
    (Convolution(), F.conv2d, IMAGE, (Tensor((8, 4, 3, 3)), Tensor((8,)))),
    (
        Convolution(padding="same"),
        lambda x, w: F.conv2d(x, w, padding="same"),
        IMAGE,
        (Tensor((8, 4, 4, 3)),),
    ),
    (
        TransposedConvolution(stride=2),
        lambda x, w: F.conv_transpose2d(x, w, stride=2),
        IMAGE,
        (Tensor((4, 8, 2, 2)),),
    ),
    (Linear(), F.linear, IMAGE, (Tensor((5, 6)), Tensor((5,)))),
    (Linear(features_last=True), lambda x, w: x @ w, IMAGE, (Tensor((6, 5)),)),
    (
        BatchNormalization(),
        lambda x, w, b: F.batch_norm(x, None, None, w, b, training=True),
        IMAGE,
        (FEATURES, FEATURES),
    ),
    (
        InstanceNormalization(),
        lambda x, w, b: F.instance_norm(x, None, None, w, b),
        IMAGE,
        (FEATURES, FEATURES),
    ),
    (
        LayerNormalization(-2),
        lambda x, w, b: F.layer_norm(x, (6, 6), w, b),
        IMAGE,
        (Tensor((6, 6)), Tensor((6, 6))),
    ),
    (RMSNormalization(-1), lambda x, w: F.rms_norm(x, (6,), w), IMAGE, (Tensor((6,)),)),
    (Embedding(), F.embedding, Tensor((2, 7), "int64"), (Tensor((1000, 16)),)),
]


@pytest.mark.parametrize(("operator", "function", "input", "weights"), WEIGHTED)
@pytest.mark.parametrize("gradients", [True, False])
def test_a_layer_with_weights(operator, function, input, weights, gradients):
    """Also as the first layer, which wants no gradient of what is fed in."""
    assert_keeps_as_pytorch(operator, function, input, weights=weights, gradients=gradients)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
@pytest.mark.parametrize(("operator", "function", "input", "weights"), WEIGHTED[1:-1])
def test_a_layer_of_another_precision(operator, function, input, weights, dtype):
    tensors = [Tensor(tensor.dims, dtype) for tensor in (input, *weights)]
    assert_keeps_as_pytorch(operator, function, tensors[0], weights=tensors[1:])


# dropouts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "function"),
    [
        (Dropout(), lambda x: F.dropout(x, 0.5)),
        (Dropout(share=0.25), lambda x: F.dropout(x, 0.25)),
        (Dropout(share=0), lambda x: F.dropout(x, 0.0)),
        (Dropout(share=1), lambda x: F.dropout(x, 1.0)),
        (Dropout(), lambda x: F.alpha_dropout(x, 0.5, training=True)),
        (Dropout(apart=(0, 1)), lambda x: F.dropout2d(x, 0.5)),
        (Dropout(apart=(0, 1)), lambda x: F.feature_alpha_dropout(x, 0.5, training=True)),
    ],
)
def test_a_dropout_keeps_its_mask(operator, function):
    assert_keeps_as_pytorch(operator, function, IMAGE)


def test_what_a_dropout_of_nothing_gives_is_what_went_in():
    """The next layer keeps what the dropout was given, and no tensor of the dropout's."""
    for share in (0.0, 0.5):
        layers = [
            (Activation("relu"), ("in0",), 1),
            (Dropout(share=share), ("0",), 1),
            (Linear(), ("1", "w0"), 1),
        ]
        assert_keeps_as_pytorch(
            layers, lambda x, w, p=share: F.linear(F.dropout(x.relu(), p), w), IMAGE, weights=[Tensor((5, 6))]
        )


# what is counted ----------------------------------------------------------------------------------------

LINEAR = Tensor((6, 6))


@pytest.mark.parametrize(
    ("layers", "function"),
    [
        # What two layers keep is kept once.
        (
            [(Activation("relu"), ("in0",), 1), (Linear(), ("0", "w0"), 1)],
            lambda x, w: F.linear(x.relu(), w),
        ),
        # Of a part that is kept, the whole is.
        (
            [(Slice((0,), (1,), (1,)), ("in0",), 1), (Activation("sin"), ("0",), 1)],
            lambda x, w: x[:, :1].sin(),
        ),
        # Parts of one tensor are that tensor.
        (
            [(Split(1, parts=2), ("in0",), 2), (Activation("sin"), ("0",), 1), (Activation("sin"), ("0.1",), 1)],
            lambda x, w: [part.sin() for part in x.chunk(2, 1)],
        ),
        # A reshape of what lies across is a copy, which is kept.
        (
            [(Transpose((0, 2, 3, 1)), ("in0",), 1), (Reshape((2, -1)), ("0",), 1), (Activation("sin"), ("1",), 1)],
            lambda x, w: x.permute(0, 2, 3, 1).reshape(2, -1).sin(),
        ),
        # A function of elements lies as its input does: its reshape is a copy too.
        (
            [
                (Transpose((0, 2, 3, 1)), ("in0",), 1),
                (Activation("exp"), ("0",), 1),
                (Reshape((2, -1)), ("1",), 1),
                (Activation("sin"), ("2",), 1),
            ],
            lambda x, w: x.permute(0, 2, 3, 1).exp().reshape(2, -1).sin(),
        ),
        # A linear layer copies what lies across.
        ([(Transpose((0, 3, 2, 1)), ("in0",), 1), (Linear(), ("0", "w1"), 1)], None),
        # An image that lies across is copied to be normalised, each by itself.
        (
            [(Transpose((0, 1, 3, 2)), ("in0",), 1), (InstanceNormalization(), ("0",), 1)],
            lambda x, w: F.instance_norm(x.transpose(2, 3)),
        ),
        # A weight that is used in two places is none of it.
        (
            [(Linear(), ("in0", "w0"), 1), (Linear(), ("0", "w0"), 1)],
            lambda x, w: F.linear(F.linear(x, w), w),
        ),
        # A weight that is computed from another is kept.
        (
            [(Activation("tanh"), ("w0",), 1), (Linear(), ("in0", "0"), 1)],
            lambda x, w: F.linear(x, w.tanh()),
        ),
        # A weight that is transposed is still a weight.
        (
            [(Transpose((1, 0)), ("w0",), 1), (Linear(), ("in0", "0"), 1)],
            lambda x, w: F.linear(x, w.t()),
        ),
    ],
)  # fmt: skip
def test_each_tensor_counts_once(layers, function):
    weights = [LINEAR] if function else [LINEAR, Tensor((5, 4))]
    function = function or (lambda x, w, v: F.linear(x.permute(0, 3, 2, 1), v))
    assert_keeps_as_pytorch(layers, function, IMAGE, weights=weights)


def test_where_no_gradient_is_wanted_nothing_is_kept():
    layers = [(Activation("relu"), ("in0",), 1), (Pool("max", (2, 2)), ("0",), 1), (Linear(), ("1", "w0"), 1)]
    assert_keeps_as_pytorch(
        layers,
        lambda x, w: F.linear(F.max_pool2d(x.relu(), 2), w),
        IMAGE,
        weights=[Tensor((5, 3))],
        gradients=False,
    )


def test_past_what_no_gradient_leads_through_nothing_is_kept():
    layers = [(FillLike(1.0), ("in0",), 1), (Activation("sin"), ("0",), 1)]
    assert_keeps_as_pytorch(layers, lambda x: torch.ones_like(x).sin(), IMAGE)
    layers = [(Cast("int64"), ("in0",), 1), (Cast("float32"), ("0",), 1), (Activation("sin"), ("1",), 1)]
    assert_keeps_as_pytorch(layers, lambda x: x.long().float().sin(), IMAGE)


def test_a_frozen_norm_keeps_what_it_multiplies_by():
    names = ("in0", "0", "1", "2", "3")
    frozen = [(Cast("float32"), (f"in{i}",), 1) for i in range(1, 5)]
    layers = [*frozen, (BatchNormalization(), names, 1)]

    def frozen_norm(x, w, b, mean, variance):
        scale = w.float() * (variance.float() + 1e-5).rsqrt()
        return x * scale.reshape(1, -1, 1, 1) + (b.float() - mean.float() * scale).reshape(1, -1, 1, 1)

    held = [Tensor((4,), "int64")] * 4
    assert_keeps_as_pytorch(layers, frozen_norm, IMAGE, *held)


# what is not known --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "inputs"),
    [
        (Activation("a function of somebody's"), (IMAGE,)),
        (Elementwise("addcmul"), (IMAGE, IMAGE, IMAGE)),
        (Elementwise("multiply"), (IMAGE, IMAGE, IMAGE)),
        (Reduce("product", (1, 2)), (IMAGE,)),
        (Reduce("determinant", (-2, -1)), (IMAGE,)),
        (AlongAxis("sparsemax"), (IMAGE,)),
        (GlobalPool("lp"), (IMAGE,)),
        (LocalResponseNormalization(5, ranks=(4,)), (IMAGE,)),
        (RegionPool(aligned=False), (IMAGE, Tensor((3, 5)))),
    ],
)
def test_what_is_not_known_says_so(operator, inputs):
    assert kept_in(operator, inputs) == Unknown(
        f"what {operator.name} keeps for the backward pass is not known"
    )


@pytest.mark.parametrize(("kind", "gates"), [(RNN, 1), (GRU, 3), (LSTM, 4)])
def test_what_a_recurrent_layer_keeps_is_up_to_the_library_that_runs_it(kind, gates):
    names = ("in0", None, None, None, None, "w0", "w1")
    weights = [Tensor((gates * 20, 10)), Tensor((gates * 20, 20))]
    reason = f"what {kind.__name__} keeps for the backward pass is not known"
    assert kept_in([(kind(), names, 2)], [Tensor((5, 1, 10))], weights) == Unknown(reason)


def test_regions_are_kept_where_they_say_of_which_image_they_are():
    """torchvision's own code is not always there to run; this is what it says."""
    assert kept_in(RegionPool((7, 7)), [IMAGE, Tensor((3, 5))]) == (2 * 4 * 6 * 6 + 3 * 5) * 4 + 3 * 5 * 4


# a run --------------------------------------------------------------------------------------------------


def test_a_run_lies_in_order_where_nothing_else_is_said():
    run = Run((IMAGE, None), (IMAGE,), ("a", None), (None, None), (True,))
    assert run.lies() == (144, 36, 6, 1)
    assert [run.wants(place) for place in range(3)] == [True, False, False]


def test_of_a_dropout_with_its_mask_only_what_passes_is_a_view():
    run = Run((IMAGE,), (IMAGE, Tensor(IMAGE.dims, "bool")), ("a",), (None,))
    assert Dropout(with_mask=True).views(run) == ((144, 36, 6, 1),)
    assert Dropout(with_mask=True).kept_for_backward(run) == Kept(others=(IMAGE,))
