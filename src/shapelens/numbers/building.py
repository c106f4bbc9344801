"""From an operator and arrays to a layer with its numbers: what fits together, and how exact sums are kept.

>>> import numpy as np
>>> from shapelens.operators import Pool
>>> numbered(Pool("max", (2, 2)), np.ones((3, 8, 8))).output_shape
(3, 4, 4)
"""

from __future__ import annotations

from dataclasses import replace
from math import inf, prod

import numpy as np

from shapelens.errors import UsageError
from shapelens.numbers.axes import Axis
from shapelens.numbers.layer import NumberedLayer
from shapelens.numbers.transposed import gathering_axes
from shapelens.numbers.values import Array, Held, Number, Values
from shapelens.operators import Convolution, Outcome, Pool, Tensor, TransposedConvolution, apply
from shapelens.operators.windows import ImageAxes

__all__ = ["has_numbers", "no_numbers", "numbered"]

_WHOLE = 2**63
_LARGEST = 1e300
_FAMILIES = {"Convolution", "DepthwiseConvolution", "TransposedConvolution", "Pool"}


def has_numbers(operator: object) -> bool:
    """Whether it is known how an operator computes its numbers: convolutions, transposed ones, and pools."""
    return isinstance(operator, (Convolution, Pool)) and operator.name in _FAMILIES


def no_numbers(reason: str, rule: str = "", fix: str = "") -> UsageError:
    """The error for a layer whose numbers are not computed."""
    return UsageError(f"its numbers cannot be shown: {reason}", at="numbers", rule=rule, fix=fix)


def numbered(
    operator: object,
    input: Values | Array,
    weight: Values | Array | None = None,
    bias: Values | Array | None = None,
    *,
    flipped: bool = False,
) -> NumberedLayer:
    """A layer with its numbers.

    Args:
        operator: a `Convolution`, a `TransposedConvolution` or a `Pool`.
        input: one sample, without a batch, in the operator's order.
        weight: the weight, in the operator's order.
        bias: the bias, if there is one.
        flipped: whether kernels are turned by 180° first, as mathematics convolves. What deep learning calls a
            convolution is a cross-correlation: it does not turn them.

    Raises:
        UsageError: "its numbers cannot be shown: …", where something does not fit or is not known.
    """
    if not has_numbers(operator):
        raise no_numbers("no window slides over its input", rule="convolutions and pools have such a window")
    image = _held(input)
    if isinstance(operator, Pool):
        if flipped or weight is not None or bias is not None:
            raise no_numbers(
                "a pool has no kernel", rule="weights, a bias and a turn by 180° are a convolution's"
            )
        return _with_type(_pool(operator, image))
    assert isinstance(operator, Convolution)
    if weight is None:
        raise no_numbers("its weight is missing", rule="a convolution has a weight")
    added = None if bias is None else _held(bias)
    return _with_type(_convolution(operator, image, _held(weight), added, flipped=flipped))


def _held(values: Values | Array) -> Values:
    return Held(values) if isinstance(values, np.ndarray) else values


# what fits ----------------------------------------------------------------------------------------------


def _pool(operator: Pool, image: Values) -> NumberedLayer:
    sample = Tensor((1, *image.shape))
    _checked(apply(operator, (sample,)))
    if operator.kind == "average" and operator.count_include_pad is None:
        raise no_numbers(
            "a printed AvgPool does not tell what its mean counts",
            rule="count_include_pad and divisor_override are not in its print",
            fix="write the layer out, as AvgPool2d(2)",
        )
    if operator.kind == "lp" and not 0 < operator.norm < inf:
        raise no_numbers(
            f"the norm {operator.norm:g} has no root", rule="a norm's power is more than 0, and finite"
        )
    order = _sample_axes(operator.axes(sample))
    sizes = [image.shape[axis - 1] for axis in order.spatial]
    axes = tuple([Axis.of(sliding, size) for sliding, size in zip(operator.slidings(), sizes, strict=True)])
    own = _without_batch(order)
    return NumberedLayer(operator, image, None, None, False, axes, own, image.shape[own.channel], 1, "int64")


def _convolution(
    operator: Convolution, image: Values, weight: Values, bias: Values | None, *, flipped: bool
) -> NumberedLayer:
    sample, kernels = Tensor((1, *image.shape)), Tensor(weight.shape)
    outcome = _checked(apply(operator, (sample, kernels, None if bias is None else Tensor(bias.shape))))
    order = _sample_axes(operator.axes(sample, kernels))
    sizes = [image.shape[axis - 1] for axis in order.spatial]
    filters, depth, extent = operator.weight_parts(kernels)
    if isinstance(operator, TransposedConvolution):
        counts = [outcome.outputs[0].dims[axis] for axis in order.spatial]
        axes = gathering_axes(operator, sample, kernels, counts)
        depth = depth // operator.groups
    else:
        slid = zip(operator.slidings(extent), sizes, strict=True)
        axes = tuple([Axis.of(sliding, size, operator.padding_mode) for sliding, size in slid])
    own = _without_batch(order)
    return NumberedLayer(operator, image, weight, bias, flipped, axes, own, filters, depth, "int64")


def _sample_axes(order: ImageAxes) -> ImageAxes:
    """The axes of a batch of one.

    Raises:
        UsageError: what goes in has an axis less than a sample, so that the batch was taken for its channels.
    """
    if order.batch is None:
        raise no_numbers(
            "an axis is missing", rule="what goes in is one sample: its channels and its spatial axes"
        )
    return order


def _without_batch(order: ImageAxes) -> ImageAxes:
    return ImageAxes(None, order.channel - 1, tuple([axis - 1 for axis in order.spatial]))


def _checked(outcome: Outcome) -> Outcome:
    """What the rule says, where everything fits and every size is known.

    Raises:
        UsageError: something does not.
    """
    broken = [requirement for requirement in outcome.requirements if requirement.truth is not True]
    shape = outcome.outputs[0].shape
    known = isinstance(shape, tuple) and all(isinstance(size, int) and size > 0 for size in shape)
    if broken or not known:
        what = (
            f"what it requires of its {broken[0].kind} does not hold"
            if broken
            else "the output's size is unknown"
        )
        raise no_numbers(what, rule="the shapes of the input, the weight and the bias fit together")
    return outcome


# how exact ----------------------------------------------------------------------------------------------


def _with_type(layer: NumberedLayer) -> NumberedLayer:
    """The layer with the type of number that holds every sum of it.

    Raises:
        UsageError: there is none that does.
    """
    bounds = [values.bound for values in (layer.input, layer.weight, layer.bias) if values is not None]
    most = _largest(layer)
    if all(isinstance(bound, int) for bound in bounds):
        return replace(layer, dtype="int64" if most < _WHOLE else "object")
    if not most < _LARGEST:
        raise no_numbers(
            "they are too large",
            rule=f"no sum of floats may pass {_LARGEST:g}",
            fix="divide the values first",
        )
    return replace(layer, dtype="float64")


def _largest(layer: NumberedLayer) -> Number:
    """More than any sum of its can be."""
    operator, cells, own = layer.operator, prod(layer.kernel) * layer.depth, layer.input.bound
    if isinstance(operator, Pool):
        try:
            return own**operator.norm * cells if operator.kind == "lp" else own * cells
        except OverflowError:
            return inf
    assert layer.weight is not None
    products: Number = own * layer.weight.bound * cells
    return products + (0 if layer.bias is None else layer.bias.bound)
