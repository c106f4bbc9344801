"""What the quick kernels give is what PyTorch's own meta kernels give: shape, strides and type."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402 - after the check for PyTorch

from shapelens.readers.torch import kernels  # noqa: E402
from shapelens.readers.torch.kernels import quick_result  # noqa: E402
from shapelens.readers.torch.structures import tensors_in  # noqa: E402

pytestmark = pytest.mark.torch


def meta(*shape, dtype=torch.float32):
    return torch.empty(shape, dtype=dtype, device="meta")


IMAGE, TURNED, TOKENS = meta(2, 8, 6, 5), meta(2, 6, 5, 8).permute(0, 3, 1, 2), meta(2, 7, 16)
VECTOR, HALF = meta(8), meta(2, 8, 6, 5, dtype=torch.float16)


def lstm(hidden, batch_first, directions=1, layers=1):
    weights = []
    for layer in range(layers):
        for _ in range(directions):
            taken = 16 if layer == 0 else hidden * directions
            weights += [meta(4 * hidden, taken), meta(4 * hidden, hidden), meta(4 * hidden), meta(4 * hidden)]
    states = tuple([meta(layers * directions, 2 if batch_first else 7, hidden)] * 2)
    return (TOKENS, states, weights, True, layers, 0.0, False, directions == 2, batch_first)


CALLS = [
    *[
        (name, getattr(F, name), (image,), {})
        for name in "relu relu6 elu selu celu gelu silu mish sigmoid tanh logsigmoid hardswish hardsigmoid".split()
        for image in (IMAGE, TURNED, HALF, IMAGE[:, ::2])
    ],
    *[(name, getattr(torch, name), (TURNED,), {}) for name in ("exp", "sqrt", "rsqrt", "erf")],
    ("softplus", F.softplus, (IMAGE,), {}),
    ("leaky_relu", F.leaky_relu, (IMAGE, 0.1), {}),
    ("hardtanh", F.hardtanh, (IMAGE, -1.0, 1.0), {}),
    ("dropout", F.dropout, (IMAGE, 0.5, True), {}),
    ("batch_norm", F.batch_norm, (IMAGE, VECTOR, VECTOR, VECTOR, VECTOR), {}),
    ("batch_norm", F.batch_norm, (TURNED, VECTOR, VECTOR), {"training": False}),
    ("layer_norm", F.layer_norm, (TOKENS, (16,), meta(16), meta(16)), {}),
    ("layer_norm", F.layer_norm, (TOKENS.transpose(0, 1), (16,)), {}),
    ("group_norm", F.group_norm, (IMAGE, 4, VECTOR, VECTOR), {}),
    ("linear", F.linear, (TOKENS, meta(32, 16), meta(32)), {}),
    ("linear", F.linear, (meta(16), meta(32, 16)), {}),
    *[
        (name, getattr(torch, name), (IMAGE, other), {})
        for name in ("add", "sub", "mul")
        for other in (IMAGE, 2, 0.5, meta(5), meta(8, 1, 1), meta(2, 8, 1, 5), meta(3, 1, 1, 1, 1))
    ],
    *[
        (name, getattr(torch, name), (IMAGE, other), {})
        for name in ("eq", "ne", "lt", "le", "gt", "ge")
        for other in (IMAGE, 2, 0.5, meta(5), meta(3, 1, 1, 1, 1))
    ],
    ("masked_fill", torch.masked_fill, (IMAGE, meta(2, 8, 6, 5, dtype=torch.bool), 0.0), {}),
    ("matmul", torch.matmul, (IMAGE, meta(2, 8, 5, 3)), {}),
    ("matmul", torch.matmul, (TOKENS, meta(2, 16, 3).transpose(0, 1).contiguous().transpose(0, 1)), {}),
    ("matmul", torch.matmul, (IMAGE.transpose(2, 3), meta(2, 8, 6, 3)), {}),
    ("softmax", F.softmax, (IMAGE, -1), {}),
    ("softmax", torch.softmax, (HALF, 1), {}),
    ("add", torch.add, (TURNED, TURNED), {}),
    (
        "scaled_dot_product_attention",
        F.scaled_dot_product_attention,
        (meta(2, 4, 7, 8), meta(2, 4, 9, 8), meta(2, 4, 9, 6)),
        {},
    ),
    ("cat", torch.cat, ([IMAGE, meta(2, 3, 6, 5)], 1), {}),
    ("cat", torch.cat, ([TOKENS, TOKENS], -1), {}),
    ("roll", torch.roll, (IMAGE, (1, -2), (2, 3)), {}),
    ("roll", torch.roll, (TURNED, 3, 1), {}),
    ("lstm", torch.lstm, lstm(8, True), {}),
    ("lstm", torch.lstm, lstm(8, False, 2, 2), {}),
]


@pytest.mark.parametrize(("name", "function", "args", "named"), CALLS, ids=[call[0] for call in CALLS])
def test_it_gives_what_pytorch_gives(name, function, args, named):
    quick = quick_result(name, args, named)
    assert quick is not None
    with torch.no_grad():
        slow = function(*args, **named)
    for mine, theirs in zip(tensors_in(quick), tensors_in(slow), strict=True):
        assert (mine.shape, mine.dtype) == (theirs.shape, theirs.dtype)
        assert name in {"scaled_dot_product_attention", "lstm"} or mine.stride() == theirs.stride()


LEFT = [
    ("relu", (meta(3, dtype=torch.int64),), {}),
    ("batch_norm", (IMAGE, meta(7), meta(7)), {}),
    ("batch_norm", (IMAGE, VECTOR, VECTOR, None, None, True), {}),
    ("layer_norm", (TOKENS, (8,)), {}),
    ("group_norm", (IMAGE, 3), {}),
    ("linear", (TOKENS, meta(32, 15)), {}),
    ("add", (IMAGE, VECTOR), {}),
    ("add", (IMAGE, meta(5, dtype=torch.float64)), {}),
    ("mul", (IMAGE, 2j), {}),
    ("eq", (TURNED, IMAGE), {}),
    ("lt", (IMAGE, VECTOR), {}),
    ("masked_fill", (IMAGE, meta(5, dtype=torch.bool), 0.0), {}),
    ("masked_fill", (TOKENS, meta(2, 7, 16, dtype=torch.uint8), 0.0), {}),
    ("matmul", (TOKENS, meta(16, 3)), {}),
    ("matmul", (TOKENS, meta(1, 16, 3)), {}),
    ("matmul", (TOKENS, meta(2, 15, 3)), {}),
    ("softmax", (IMAGE, 4), {}),
    ("softmax", (IMAGE, 1, 3, torch.float64), {}),
    ("add", (IMAGE, TURNED), {}),
    ("scaled_dot_product_attention", (meta(2, 4, 7, 8), meta(2, 4, 9, 7), meta(2, 4, 9, 8)), {}),
    ("cat", ([IMAGE, meta(2, 3, 6, 4)], 1), {}),
    ("cat", ([], 0), {}),
    ("roll", (IMAGE, (1, 2), (2, 4)), {}),
    ("roll", (IMAGE, 3), {}),
    ("lstm", (TOKENS, (meta(1, 3, 8),) * 2, [meta(32, 16), meta(32, 8)], True, 1, 0.0, False, False, True), {}),
    ("conv2d", (IMAGE, meta(4, 8, 3, 3)), {}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args", "named"), LEFT, ids=[call[0] for call in LEFT])
def test_what_does_not_fit_the_simple_case_is_left_to_pytorch(name, args, named):
    assert quick_result(name, args, named) is None


@pytest.mark.parametrize(
    "shape", [(2, 4, 0, 6), (4, 6, 0), (0, 4, 6, 6), (2, 0, 4, 4), (2, 4, 4, 6), (2, 4, 0, 5)]
)
def test_an_image_without_cells_stays_as_it_is(shape):
    """PyTorch's meta kernel says otherwise than its CPU."""
    found = quick_result("pixel_unshuffle", (meta(*shape), 2), {})
    if not torch.zeros(shape).numel() and shape[-1] % 2 == 0:
        assert found.shape == F.pixel_unshuffle(torch.zeros(shape), 2).shape == shape
    else:
        assert found is None


def test_every_kernel_is_compared():
    compared = {call[0] for call in CALLS}
    alike = {  # the same kernel under other names
        "relu_", "sigmoid_", "tanh_", "dropout2d", "gru", "rnn_tanh", "rnn_relu", "__add__", "__sub__", "__mul__",
        "__radd__", "__rmul__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__matmul__",
    }  # fmt: skip
    assert set(kernels._KERNELS) == compared | alike | {"pixel_unshuffle"}
