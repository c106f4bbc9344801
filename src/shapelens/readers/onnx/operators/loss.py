"""Losses over classes."""

from __future__ import annotations

from shapelens.operators import ClassLoss
from shapelens.readers.onnx.translation import Call, Translation, translates


@translates("NegativeLogLikelihoodLoss")
def likelihood_loss(call: Call) -> Translation:
    operator = ClassLoss(call.attribute("reduction", "mean"), called="negative log likelihood")
    return Translation(operator, (call.input(0), call.input(1), call.input(2)))


@translates("SoftmaxCrossEntropyLoss")
def cross_entropy(call: Call) -> Translation:
    operator = ClassLoss(call.attribute("reduction", "mean"), len(call.node.outputs) > 1)
    return Translation(operator, (call.input(0), call.input(1), call.input(2)))
