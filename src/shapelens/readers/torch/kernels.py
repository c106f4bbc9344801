"""Meta kernels for what gives back the shape of what it takes, a hundred times as fast as PyTorch's own.

On the meta device PyTorch computes a batch norm through a dozen Python functions. What comes out has the shape,
strides and type of what went in, by definition; so that is what is made here, and tests compare it with PyTorch.
What does not fit the simple case goes to PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

__all__ = ["quick_result"]

_Kernel = Callable[..., Any]


def quick_result(name: str, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """What a function gives for tensors on the meta device; None where PyTorch has to be asked."""
    kernel = _KERNELS.get(name)
    if kernel is None or not args:
        return None
    first = args[0][0] if kernel is _concatenation and args[0] else args[0]
    if type(first) is not torch.Tensor:
        return None
    return kernel(*args, **named)


def _empty(shape: Sequence[int], dtype: torch.dtype) -> torch.Tensor:
    return torch.empty(shape, dtype=dtype, device="meta")


def _same(input: torch.Tensor, *_: Any, **named: Any) -> torch.Tensor | None:
    """An activation or a dropout of floats."""
    if not input.is_floating_point() or named.get("dtype") is not None:
        return None
    return input if named.get("inplace") else input.clone()


def _batch_norm(
    input: torch.Tensor,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    *_: Any,
    **__: Any,
) -> torch.Tensor | None:
    rank = input.dim()
    if rank < 2 or training or running_mean is None or not input.is_floating_point():
        return None
    return _fitting(input, [running_mean, running_var, weight, bias], (input.size(1),))


def _layer_norm(
    input: torch.Tensor, normalized_shape: Any, weight: Any = None, bias: Any = None, *_: Any, **__: Any
) -> torch.Tensor | None:
    shape = tuple(normalized_shape)
    if tuple(input.shape[-len(shape) :]) != shape or not shape:
        return None
    result = _fitting(input, [weight, bias], shape)
    return None if result is None else result.contiguous()


def _group_norm(
    input: torch.Tensor, num_groups: int, weight: Any = None, bias: Any = None, *_: Any, **__: Any
) -> torch.Tensor | None:
    if input.dim() < 3 or input.size(1) % num_groups:
        return None
    result = _fitting(input, [weight, bias], (input.size(1),))
    return None if result is None else result.contiguous()


def _fitting(input: torch.Tensor, weights: list[Any], shape: tuple[int, ...]) -> torch.Tensor | None:
    for weight in weights:
        if weight is not None and (tuple(weight.shape) != shape or weight.dtype is not input.dtype):
            return None
    return input.clone()


def _linear(input: torch.Tensor, weight: torch.Tensor, bias: Any = None) -> torch.Tensor | None:
    if weight.dim() != 2 or input.dim() < 1 or input.size(-1) != weight.size(1):
        return None
    if input.dtype is not weight.dtype or (bias is not None and tuple(bias.shape) != (weight.size(0),)):
        return None
    return _empty((*input.shape[:-1], weight.size(0)), input.dtype)


def _pointwise(input: torch.Tensor, other: Any = None, *_: Any, **named: Any) -> torch.Tensor | None:
    """Two tensors of floats, or floats and a number."""
    if not input.is_floating_point() or named:
        return None
    if not isinstance(other, torch.Tensor):
        return input.clone() if isinstance(other, (int, float)) else None
    if other.shape == input.shape and other.dtype is input.dtype and other.stride() == input.stride():
        return input.clone()
    shape = _broadcast(input, other)
    return None if shape is None else _empty(shape, input.dtype)


def _comparison(input: torch.Tensor, other: Any = None, *_: Any, **named: Any) -> torch.Tensor | None:
    """As `_pointwise`, and whether something holds comes out."""
    if not input.is_floating_point() or named:
        return None
    if not isinstance(other, torch.Tensor):
        is_plain = isinstance(other, (int, float)) and input.is_contiguous()
        return _empty(input.shape, torch.bool) if is_plain else None
    shape = _broadcast(input, other)
    return None if shape is None else _empty(shape, torch.bool)


def _broadcast(input: torch.Tensor, other: torch.Tensor) -> list[int] | None:
    """The shape that two contiguous tensors of one type have together."""
    if other.dtype is not input.dtype or not (input.is_contiguous() and other.is_contiguous()):
        return None
    mine, theirs = list(input.shape), list(other.shape)
    rank = max(len(mine), len(theirs))
    mine, theirs = [1] * (rank - len(mine)) + mine, [1] * (rank - len(theirs)) + theirs
    if any(one != another and 1 not in (one, another) for one, another in zip(mine, theirs, strict=True)):
        return None
    return [another if one == 1 else one for one, another in zip(mine, theirs, strict=True)]


def _masked(input: torch.Tensor, mask: Any, value: Any, *_: Any, **named: Any) -> torch.Tensor | None:
    """Floats with a number where a mask of the same shape says so."""
    if named or not isinstance(mask, torch.Tensor) or mask.dtype is not torch.bool:
        return None
    is_plain = input.is_floating_point() and input.is_contiguous() and isinstance(value, (int, float))
    return input.clone() if is_plain and mask.shape == input.shape else None


def _matrix_product(input: torch.Tensor, other: Any, *_: Any, **named: Any) -> torch.Tensor | None:
    """Stacks of matrices, as many on both sides."""
    if named or not isinstance(other, torch.Tensor) or input.dim() < 3 or input.dim() != other.dim():
        return None
    fits = input.shape[:-2] == other.shape[:-2] and input.size(-1) == other.size(-2)
    if not fits or input.dtype is not other.dtype:
        return None
    return _empty((*input.shape[:-1], other.size(-1)), input.dtype)


def _softmax(
    input: torch.Tensor, dim: Any = None, level: Any = 3, dtype: Any = None, **named: Any
) -> torch.Tensor | None:
    """Floats, over an axis that there is."""
    is_plain = input.is_floating_point() and input.is_contiguous() and not named and dtype is None
    has_axis = isinstance(dim, int) and isinstance(level, int) and -input.dim() <= dim < input.dim()
    return input.clone() if is_plain and has_axis else None


def _attention(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, attn_mask: Any = None, *_: Any, **named: Any
) -> torch.Tensor | None:
    if attn_mask is not None or named.get("enable_gqa") or query.dim() != 4 or key.dim() != 4:
        return None
    fits = query.shape[:2] == key.shape[:2] == value.shape[:2]
    fits = fits and query.size(3) == key.size(3) and key.size(2) == value.size(2)
    if not fits or query.dtype is not key.dtype or key.dtype is not value.dtype:
        return None
    return _empty((*query.shape[:3], value.size(3)), query.dtype)


def _recurrent(
    input: torch.Tensor,
    states: Any,
    weights: Any,
    has_biases: Any,
    layers: Any = None,
    *rest: Any,
    **named: Any,
) -> Any:
    """A stack of recurrent layers in batches: PyTorch's own unrolls every step."""
    if len(rest) != 4 or named or input.dim() != 3 or input.size(-1) != weights[0].size(1):
        return None
    _, _, is_bidirectional, is_batch_first = rest
    given = states if isinstance(states, (tuple, list)) else (states,)
    batch = input.size(0 if is_batch_first else 1)
    directions = 2 if is_bidirectional else 1
    if any(
        state.dim() != 3 or state.size(0) != layers * directions or state.size(1) != batch for state in given
    ):
        return None
    hidden = given[-1].size(2)
    if weights[0].size(0) % hidden or weights[1].size(1) != given[0].size(2):
        return None
    output = _empty((*input.shape[:2], directions * given[0].size(2)), input.dtype)
    return (output, *[state.clone() for state in given])


def _concatenation(tensors: Any, dim: int = 0) -> torch.Tensor | None:
    """Contiguous floats of one type that differ along one axis alone."""
    first = tensors[0]
    rank = first.dim()
    if rank < 1 or not -rank <= dim < rank:
        return None
    axis = dim % rank
    shape = list(first.shape)
    size = 0
    for tensor in tensors:
        own = list(tensor.shape)
        if len(own) != rank or tensor.dtype is not first.dtype or not tensor.is_contiguous():
            return None
        size += own[axis]
        own[axis] = shape[axis]
        if own != shape:
            return None
    shape[axis] = size
    return _empty(shape, first.dtype)


def _roll(input: torch.Tensor, shifts: Any, dims: Any = (), *_: Any, **named: Any) -> torch.Tensor | None:
    """Along axes that there are."""
    axes = (dims,) if isinstance(dims, int) else tuple(dims)
    counts = (shifts,) if isinstance(shifts, int) else tuple(shifts)
    if named or len(axes) != len(counts) or not all(-input.dim() <= axis < input.dim() for axis in axes):
        return None
    return _empty(input.shape, input.dtype) if axes else None


def _unshuffled(input: torch.Tensor, downscale_factor: int) -> torch.Tensor | None:
    """An image without cells, which PyTorch's CPU gives back as it is."""
    is_whole = input.dim() >= 3 and not any(size % downscale_factor for size in input.shape[-2:])
    return input.clone() if is_whole and not input.numel() else None


_KERNELS: dict[str, _Kernel] = {
    "batch_norm": _batch_norm,
    "layer_norm": _layer_norm,
    "group_norm": _group_norm,
    "linear": _linear,
    "scaled_dot_product_attention": _attention,
    "cat": _concatenation,
    "roll": _roll,
    **dict.fromkeys(["lstm", "gru", "rnn_tanh", "rnn_relu"], _recurrent),
    **dict.fromkeys(
        "relu relu6 elu selu celu gelu silu mish sigmoid tanh logsigmoid hardswish hardsigmoid hardtanh softplus "
        "leaky_relu relu_ sigmoid_ tanh_ exp sqrt rsqrt erf dropout dropout2d".split(),
        _same,
    ),
    **dict.fromkeys("add sub mul __add__ __sub__ __mul__ __radd__ __rmul__".split(), _pointwise),
    **dict.fromkeys("eq ne lt le gt ge __eq__ __ne__ __lt__ __le__ __gt__ __ge__".split(), _comparison),
    "masked_fill": _masked,
    **dict.fromkeys(["matmul", "__matmul__"], _matrix_product),
    "softmax": _softmax,
    "pixel_unshuffle": _unshuffled,
}
"""By the names of functions; an entry that gives None leaves it to PyTorch."""
