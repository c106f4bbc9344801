"""Linear layers, matrix products and what is written as a product."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from shapelens.operators import Bilinear, ClassLoss, Einsum, Embedding, Expand, Linear, MatrixProduct, Reduce
from shapelens.operators.contents import is_float
from shapelens.readers.torch.functions import Call, translates
from shapelens.readers.torch.functions.elementwise import broadcasting
from shapelens.readers.torch.recording import Value


@translates("linear")
def linear(call: Call, input: Value, weight: Value, bias: Value | None = None) -> Value:
    return call.one(Linear(), input, weight, bias)


@translates("bilinear")
def bilinear(call: Call, input1: Value, input2: Value, weight: Value, bias: Value | None = None) -> Value:
    return call.one(Bilinear(), input1, input2, weight, bias)


@translates("embedding")
def embedding(call: Call, input: Value, weight: Value, *_: Any, **__: Any) -> Value:
    """`torch.embedding` has the table first, `torch.nn.functional.embedding` the words."""
    is_table = is_float(input.tensor.dtype) and not (weight.tensor.is_held and not input.tensor.is_held)
    words, table = (weight, input) if is_table else (input, weight)
    return call.one(Embedding(), words, table)


@translates("embedding_bag")
def embedding_bag(call: Call, input: Value, weight: Value, offsets: Any = None, *_: Any, **named: Any) -> Any:
    """The rows of a bag taken together: bags are rows, or they begin at offsets in one long vector."""
    if call.results and len(call.results) != 1:
        return None
    words, table = (weight, input) if is_float(input.tensor.dtype) else (input, weight)
    rows = call.one(Embedding(), words, table)
    mode = str(named.get("mode", "mean"))
    if words.tensor.rank == 2:
        return call.one(Reduce(mode, (1,), keeps_axes=False), rows)
    if not isinstance(offsets, Value):
        return None
    bags = offsets.tensor.dims[0] - (1 if named.get("include_last_offset") else 0)
    whole = call.one(Reduce(mode, (0,)), rows)
    return call.one(Expand((bags, table.tensor.dims[1])), whole)


@translates("matmul mm bmm __matmul__ mv dot linalg_matmul")
def product(call: Call, input: Value, other: Value) -> Value:
    return call.one(MatrixProduct(), input, other)


@translates("__rmatmul__")
def reflected_product(call: Call, input: Value, other: Value) -> Value:
    return call.one(MatrixProduct(), other, input)


@translates("addmm baddbmm addmv")
def product_and_sum(call: Call, input: Value, first: Value, second: Value, *_: Any, **__: Any) -> Value:
    return broadcasting(call, "add", call.one(MatrixProduct(), first, second), input)


@translates("einsum")
def einsum(call: Call, *operands: Any) -> Value:
    """An equation and its operands, or each operand with a list of numbers that name its axes."""
    first, *rest = operands
    if isinstance(first, str):
        given = rest[0] if len(rest) == 1 and isinstance(rest[0], (list, tuple)) else rest
        return call.one(Einsum(first.replace(" ", "")), *given)
    terms = [_letters(axes) for axes in operands[1::2]]
    output = f"->{_letters(operands[-1])}" if len(operands) % 2 else ""
    return call.one(Einsum(",".join(terms) + output), *operands[: len(terms) * 2 : 2])


def _letters(axes: Sequence[Any]) -> str:
    """The letters for axes that are named by numbers from 0 to 51; upper case comes first, as PyTorch sorts it."""
    letters = ascii_uppercase + ascii_lowercase
    return "".join(["..." if axis is Ellipsis else letters[axis] for axis in axes])


@translates("linear_cross_entropy")
def linear_and_loss(
    call: Call, input: Value, linear_weight: Value, target: Value, *_: Any, **named: Any
) -> Value | None:
    """A linear layer and the loss of its scores, which are never written out."""
    if target.tensor.dtype.startswith("float") or input.tensor.rank != 2:
        return None
    scores = call.one(Linear(), input, linear_weight, named.get("linear_bias"))
    return call.one(ClassLoss(str(named.get("reduction", "mean"))), scores, target)
