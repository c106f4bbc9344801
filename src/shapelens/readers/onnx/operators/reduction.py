"""Reductions, and functions along an axis."""

from __future__ import annotations

from shapelens.operators import AlongAxis, Reduce, TopK
from shapelens.readers.onnx.translation import Call, Translation, translates

_REDUCTIONS = {
    "ReduceL1": "l1",
    "ReduceL2": "l2",
    "ReduceLogSum": "log_sum",
    "ReduceLogSumExp": "log_sum_exp",
    "ReduceMax": "max",
    "ReduceMean": "mean",
    "ReduceMin": "min",
    "ReduceProd": "product",
    "ReduceSum": "sum",
    "ReduceSumSquare": "sum_of_squares",
}


@translates(*_REDUCTIONS)
def reduction(call: Call) -> Translation:
    """The axes were an attribute before version 18; before 13 for `ReduceSum`."""
    operator = Reduce(
        _REDUCTIONS[call.node.operator],
        call.integers("axes"),
        keeps_axes=bool(call.attribute("keepdims", 1)),
        empty_keeps_all=bool(call.attribute("noop_with_empty_axes", 0)),
    )
    return Translation(operator, (call.given(0), call.input(1)))


@translates("ArgMax", "ArgMin")
def place_of_extreme(call: Call) -> Translation:
    operator = Reduce(
        call.node.operator.lower(),
        (call.attribute("axis", 0),),
        keeps_axes=bool(call.attribute("keepdims", 1)),
        dtype="int64",
    )
    return Translation(operator, (call.given(0),))


@translates("Det")
def determinant(call: Call) -> Translation:
    """One number for each matrix in the last two axes."""
    return Translation(Reduce("determinant", (-2, -1), keeps_axes=False), (call.given(0),))


@translates("TopK")
def largest(call: Call) -> Translation:
    """How many was an attribute before version 10."""
    operator = TopK(call.attribute("k", kind=int), call.attribute("axis", -1))
    return Translation(operator, (call.given(0), call.input(1)))


@translates("CumSum", "CumProd")
def running(call: Call) -> Translation:
    return Translation(AlongAxis(call.node.operator.lower(), None), (call.given(0), call.input(1)))


_SOFTMAXES = {"Softmax": "softmax", "LogSoftmax": "log_softmax", "Hardmax": "hardmax"}


@translates(*_SOFTMAXES)
def softmax(call: Call) -> Translation:
    """Before version 13 all axes from the given one on were taken together, by default all but the first."""
    together = call.version < 13
    axis = call.attribute("axis", 1 if together else -1)
    return Translation(AlongAxis(_SOFTMAXES[call.node.operator], axis, together), (call.given(0),))
