"""The names of PyTorch's functions, and what has to be known of them before they are called."""

from __future__ import annotations

from typing import Any

import torch

__all__ = [
    "ALIASES",
    "AUTOCAST",
    "COUNTING",
    "FACTORIES",
    "PLAIN_GETTERS",
    "RANDOM",
    "VIEWING_GETTERS",
    "dtype_name",
    "is_device",
    "is_in_place",
    "is_quantized",
    "plain_name",
]

PLAIN_GETTERS = frozenset(
    "dtype ndim layout requires_grad is_leaf grad_fn is_quantized is_sparse is_nested itemsize nbytes names "
    "is_mkldnn is_complex is_vulkan is_xpu is_mps is_ipu output_nr retains_grad volatile _backward_hooks".split()
)
"""Attributes that a tensor without data has as any other."""

VIEWING_GETTERS = frozenset("data T mT H mH real imag".split())
"""Attributes that are tensors themselves."""

ALIASES = {"axis": "dim", "axes": "dim", "keepdims": "keepdim"}
"""NumPy's names for arguments, and PyTorch's."""

AUTOCAST = frozenset(
    "conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d linear matmul mm bmm addmm addbmm "
    "baddbmm __matmul__ scaled_dot_product_attention einsum prelu".split()
)
"""What autocast computes in its own type."""

FACTORIES = frozenset(
    "arange bartlett_window blackman_window empty empty_strided eye full hamming_window hann_window kaiser_window "
    "linspace logspace ones rand randint randn randperm range scalar_tensor tensor as_tensor tril_indices "
    "triu_indices zeros complex fft_fftfreq fft_rfftfreq normal".split()
)
"""What makes a tensor of none, and takes a device."""

COUNTING = frozenset(
    "_pack_padded_sequence _pad_packed_sequence lstm gru rnn_tanh rnn_relu tensor_split".split()
)
"""What reads from a tensor of integers how long sequences are, which must have its data."""

RANDOM = frozenset(
    "rand randn randint randperm normal bernoulli multinomial rand_like randn_like randint_like poisson "
    "uniform_ normal_ bernoulli_ exponential_ random_ empty empty_like new_empty empty_strided".split()
)
"""What gives other numbers each time: never computed for real."""

_OPERATOR_NAMES = {
    "iadd": "add", "radd": "add", "isub": "sub", "rsub": "sub", "imul": "mul", "rmul": "mul",
    "truediv": "div", "itruediv": "div", "rtruediv": "div", "rdiv": "div", "idiv": "div",
    "rpow": "pow", "ipow": "pow", "rmatmul": "matmul", "rfloordiv": "floordiv", "ifloordiv": "floordiv",
    "rmod": "remainder", "imod": "remainder", "mod": "remainder",
}  # fmt: skip


def is_in_place(name: str) -> bool:
    """Whether a function changes its first argument.

    >>> [is_in_place(name) for name in ("add_", "__iadd__", "__setitem__", "add", "__invert__")]
    [True, True, True, False, False]
    """
    if name.startswith("__"):
        is_assignment = name.startswith("__i") and name not in {"__invert__", "__index__", "__iter__"}
        return is_assignment or name == "__setitem__"
    return name.endswith("_")


def plain_name(name: str) -> str:
    """A function's name as its author writes it.

    >>> [plain_name(name) for name in ("__iadd__", "relu_", "conv2d")]
    ['add', 'relu', 'conv2d']
    """
    if name.startswith("__"):
        inner = name.strip("_")
        return _OPERATOR_NAMES.get(inner, inner)
    return name.rstrip("_") or name


def dtype_name(dtype: torch.dtype) -> str:
    """A type's name: `float32`."""
    return str(dtype).removeprefix("torch.")


def is_quantized(dtype: str) -> bool:
    """Whether a type is one of quantised numbers, which the meta device lacks: there floats stand for them.

    >>> [is_quantized(dtype) for dtype in ("quint8", "uint8")]
    [True, False]
    """
    return dtype.startswith("q")


def is_device(argument: Any) -> bool:
    """Whether an argument names a device."""
    return isinstance(argument, torch.device) or (
        isinstance(argument, str) and argument.split(":")[0] in {"cpu", "cuda", "meta", "mps", "xpu"}
    )
