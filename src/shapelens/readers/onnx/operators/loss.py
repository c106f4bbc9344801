"""Losses over classes."""

from __future__ import annotations

from shapelens.operators import ClassLoss
from shapelens.readers.onnx.translation import Call, Translation, translates

_REDUCTIONS = frozenset({"none", "mean", "sum"})


@translates("NegativeLogLikelihoodLoss")
def likelihood_loss(call: Call) -> Translation:
    operator = ClassLoss(call.word("reduction", "mean", _REDUCTIONS), called="negative log likelihood")
    return Translation(operator, (call.given(0), call.given(1), call.input(2)))


@translates("SoftmaxCrossEntropyLoss")
def cross_entropy(call: Call) -> Translation:
    operator = ClassLoss(call.word("reduction", "mean", _REDUCTIONS), len(call.node.outputs) > 1)
    return Translation(operator, (call.given(0), call.given(1), call.input(2)))
