"""The steps of training: each tensor comes out as it went in, changed in its elements alone."""

from __future__ import annotations

from shapelens.operators import LikeInputs
from shapelens.readers.onnx.translation import Call, Translation, TranslationError, translates

TRAINING = "ai.onnx.preview.training"

_KEPT = {"Adagrad": 1, "Adam": 2, "Momentum": 1}
"""How many tensors an optimizer keeps for each that it optimizes, beside its gradient."""


@translates(*_KEPT, domain=TRAINING)
def optimizer(call: Call) -> Translation:
    """Inputs: rate and count, then all that are optimized, then their gradients, then what is kept for each."""
    kept = _KEPT[call.node.operator]
    given = call.all_given()[2:]
    count, rest = divmod(len(given), kept + 2)
    if rest or not count:
        raise TranslationError(f"{len(given)} tensors cannot be parted into {kept + 2} of each")
    optimized = tuple(range(count))
    states = tuple(range(2 * count, len(given)))
    alike = tuple([tuple(range(place, len(given), count)) for place in optimized])
    return Translation(LikeInputs((*optimized, *states), call.node.operator.lower(), alike), given)


@translates("Gradient", domain=TRAINING)
def gradient(call: Call) -> Translation:
    """Inputs: what the gradient is taken for, named by `xs`, and what else the derived value hangs on."""
    names = call.attribute("xs", kind=tuple) or ()
    given = call.all_given()
    if not names or len(names) > len(given):
        raise TranslationError(f"it names {len(names)} values, and takes {len(given)}")
    return Translation(LikeInputs(tuple(range(len(names))), "gradient"), given)
