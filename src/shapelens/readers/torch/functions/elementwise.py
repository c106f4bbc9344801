"""Functions of several tensors, element by element, with broadcasting."""

from __future__ import annotations

from typing import Any

from shapelens.operators import Activation, Cast, Constant, Elementwise
from shapelens.operators.contents import is_float
from shapelens.operators.functions import COMPARISONS, GIVES_TRUTH
from shapelens.readers.torch.functions import Call, translates
from shapelens.readers.torch.recording import Value

_WORDS = {
    "__ilshift__": "left_shift", "__irshift__": "right_shift", "and": "bitwise_and", "arctan2": "atan2",
    "bitwise_left_shift": "left_shift", "bitwise_right_shift": "right_shift", "div": "true_divide",
    "divide": "true_divide", "eq": "equal", "floordiv": "floor_divide", "fmod": "remainder", "ge": "greater_or_equal",
    "greater_equal": "greater_or_equal", "gt": "greater", "ilshift": "left_shift", "irshift": "right_shift",
    "le": "less_or_equal", "less_equal": "less_or_equal", "logical_and": "and", "logical_or": "or",
    "logical_xor": "xor", "lshift": "left_shift", "lt": "less", "mul": "multiply", "ne": "not_equal",
    "or": "bitwise_or", "pow": "power", "remainder": "modulo", "rlshift": "left_shift", "rrshift": "right_shift",
    "rshift": "right_shift", "rsub": "subtract", "sub": "subtract", "xor": "bitwise_xor",
}  # fmt: skip
"""What the functions of PyTorch are called among operators, where that is another word."""

_OF_TRUTHS = {"bitwise_and": "and", "bitwise_or": "or", "bitwise_xor": "xor"}
_OF_NUMBER = {"power": "exponential", "true_divide": "reciprocal"}
"""What a number on the left makes of a function: `2 ** x`, `1 / x`."""

_ROUNDED = {"floor": "floor_divide", "trunc": "divide"}


def broadcasting(call: Call, function: str, *operands: Any) -> Value:
    """One function of tensors and numbers; numbers have no shape to meet, but where elements are followed."""
    values = [operand for operand in operands if isinstance(operand, Value)]
    if all(map(_is_followed, values)):
        given = [operand for operand in operands if operand is not None]
        values = [_in_type(call, operand, _type_of(call, function, given)) for operand in given]
    return call.one(Elementwise(function), *values)


def _is_followed(value: Value) -> bool:
    """Whether it is known what its elements are, or between which numbers they lie."""
    return value.tensor.contents is not None or value.tensor.span is not None


def _type_of(call: Call, function: str, operands: list[Any]) -> str | None:
    """The type that elements are computed in: PyTorch's result's, and of comparisons that of their operands."""
    if function in COMPARISONS:
        types = [operand.tensor.dtype for operand in operands if isinstance(operand, Value)]
        floats = [dtype for dtype in types if is_float(dtype)]
        floats += ["float32"] if any(isinstance(operand, float) for operand in operands) else []
        return [*floats, "int64"][0]
    if function in GIVES_TRUTH:
        return None
    return call.dtype


def _in_type(call: Call, operand: Any, dtype: str | None) -> Value:
    if not isinstance(operand, Value):
        return call.one(Constant((), dtype or "bool", (operand,)))
    return operand if dtype in {None, operand.tensor.dtype} else call.one(Cast(dtype), operand)


@translates(
    "add sub mul div pow subtract multiply divide true_divide floor_divide remainder fmod maximum minimum fmax fmin "
    "eq ne lt le gt ge greater greater_equal less less_equal not_equal logical_and logical_or logical_xor "
    "bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift atan2 arctan2 hypot rsub float_power "
    "xlogy logaddexp logaddexp2 copysign ldexp nextafter heaviside gcd lcm igamma igammac isclose "
    "special_gammainc special_gammaincc special_xlog1py special_xlogy special_zeta "
    "__add__ __radd__ __iadd__ __sub__ __rsub__ __isub__ __mul__ __rmul__ __imul__ __truediv__ __rtruediv__ "
    "__itruediv__ __div__ __rdiv__ __idiv__ __pow__ __rpow__ __ipow__ __floordiv__ __rfloordiv__ __ifloordiv__ "
    "__mod__ __rmod__ __imod__ __and__ __rand__ __iand__ __or__ __ror__ __ior__ __xor__ __rxor__ __ixor__ "
    "__lt__ __le__ __gt__ __ge__ __eq__ __ne__ __lshift__ __rlshift__ __ilshift__ __rshift__ __rrshift__ __irshift__ "
    "special_chebyshev_polynomial_t special_chebyshev_polynomial_u special_chebyshev_polynomial_v "
    "special_chebyshev_polynomial_w special_hermite_polynomial_h special_hermite_polynomial_he "
    "special_laguerre_polynomial_l special_legendre_polynomial_p"
)
def binary(call: Call, input: Any, other: Any, *_: Any, **named: Any) -> Value:
    function = _WORDS.get(call.function, call.function.removeprefix("special_"))
    if function == "true_divide":
        function = _ROUNDED.get(named.get("rounding_mode") or "", function)
    if all(
        isinstance(o, bool) or (isinstance(o, Value) and o.tensor.dtype == "bool") for o in (input, other)
    ):
        function = _OF_TRUTHS.get(function, function)
    if call.function == "rsub" or call.reflected:
        input, other = other, input
    times = named.get("alpha", 1)
    if times != 1 and isinstance(other, Value) and _is_followed(other):
        other = broadcasting(call, "multiply", other, times)
    if function in _OF_NUMBER and not isinstance(input, Value) and other.tensor.contents is None:
        return call.one(Activation(_OF_NUMBER[function]), other)
    return broadcasting(call, function, input, other)


@translates("where")
def where(call: Call, condition: Value, input: Any = None, other: Any = None) -> Any:
    if input is None and other is None:
        from shapelens.readers.torch.functions.counting import nonzero

        return nonzero(call, condition, as_tuple=True)
    values = [condition, input, other]
    if condition.tensor.contents is not None:
        values[1:] = [_in_type(call, value, call.dtype) for value in (input, other)]
    return call.one(Elementwise("where"), *[value for value in values if isinstance(value, Value)])


@translates("masked_fill")
def masked_fill(call: Call, input: Value, mask: Value, value: Any) -> Value:
    return call.one(Elementwise("masked_fill"), input, mask)


@translates("lerp addcmul addcdiv")
def ternary(call: Call, input: Value, first: Any, second: Any, *_: Any, **__: Any) -> Value:
    return call.one(Elementwise(call.function), *[v for v in (input, first, second) if isinstance(v, Value)])


@translates(
    "to type float half double int long bool bfloat16 short byte char type_as cpu cuda cfloat cdouble chalf"
)
def cast(call: Call, input: Value, *_: Any, **__: Any) -> Value:
    """The type is what PyTorch made of it; without a change nothing happens."""
    dtype = call.dtype or input.tensor.dtype
    return input if dtype == input.tensor.dtype else call.one(Cast(dtype), input)


@translates(
    "contiguous clone detach requires_grad requires_grad_ detach_ data real imag alias lift_fresh retain_grad "
    "__copy__ __deepcopy__ as_subclass pin_memory"
)
def same(call: Call, input: Value, *_: Any, **__: Any) -> Value:
    """Nothing happens that a shape would show."""
    if call.function in {"real", "imag"} and input.tensor.dtype.startswith("complex"):
        return call.one(Cast("float64" if input.tensor.dtype == "complex128" else "float32"), input)
    return input
